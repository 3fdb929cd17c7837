-- Endings: one of the finally bodies fails at first; each runs once.
local world = require 'world'

finally(function()
  world.send 'tear down first'
end)

step('work', function()
  return world.send('work').did
end)

finally(function()
  world.send 'before the trouble'
  world.broken 'tear down second'
end)

finally(function()
  step('inner', function()
    world.send 'tear down third'
  end)
end)

on_fail(function()
  world.set 'any-alarm'
end)

output { done = true }
