-- A parallel that fails and is handled while a sibling is in flight.
local world = require 'world'

local ok, problem = pcall(parallel, 'try', {
  bad = function()
    world.look { 'ready', after = 1 }
    return world.broken('try-bad').did
  end,
  ['maybe'] = function()
    world.send 'maybe-before'
    return world.slow { 'maybe-slow', takes = '60ms' }.did
  end,
})

local fallback = step('fallback', function()
  return world.send('fallback').did
end)

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, fallback = fallback, where = not ok and problem.path or nil }
