-- Questions that the command line has answered: asked and answered within one session.
local world = require 'world'

parallel('roll out', {
  eu = function()
    world.send 'prepare-eu'
    gate('go', { show = { where = 'eu' } })
    return world.send('eu').did
  end,
  us = function()
    local answer = ask('size', { size = param.integer {}, token = param.secret {} })
    return world.send({ 'us', value = answer.token }).did .. answer.size
  end,
})

step('around', function()
  gate 'inside'
  return world.broken('around').did
end)
