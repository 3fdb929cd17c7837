-- Questions beside work in a parallel; then one that is denied and handled, one that is denied at first, one by hand.
local world = require 'world'

local results = parallel('roll out', {
  eu = function()
    world.send 'prepare-eu'
    gate('go', { show = { where = 'eu' } })
    return world.send('eu').did
  end,
  us = function()
    local answer = ask('size', { size = param.integer {}, token = param.secret {} })
    return world.send({ 'us', value = answer.token }).did .. answer.size
  end,
  work = function()
    return world.slow('work').did
  end,
})

local ok = pcall(gate, 'no thanks', { expires = '1h' })
step('instead', function()
  return world.send('instead').did
end)

gate('denied at first')

step('around', function()
  world.send 'before'
  local back = manual('by hand', { text = 'Do it.', ask = { id = param.string {} } })
  return world.send('after').did .. back.id
end)

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, results = results.eu .. results.us .. results.work }
