-- finally waits until the run ends for good: not after a failure.
local world = require 'world'

finally(function()
  world.send 'tear down'
end)

step('set up', function()
  return world.send('set up').did
end)

step('work', function()
  assert(world.get 'tear down' == 0)
  return world.broken('work').did
end)

output { done = true }
