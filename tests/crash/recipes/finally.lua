-- Endings: one of the finally bodies fails at first, one has a step that only its own probe can settle; each runs once.
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
  step('blind', {
    probe = function()
      return world.get 'tear down blindly' > 0 and outcome.done() or outcome.not_done()
    end,
  }, function()
    world.fire 'tear down blindly'
  end)
end)

on_fail(function()
  world.set 'any-alarm'
end)

output { done = true }
