-- Steps in the items of an each, and a failure after it: what an operator goes back into.
local world = require 'world'

step('before', function()
  return world.send('before').did
end)
each('pay', { 'a', 'b' }, { jobs = 2 }, function(who)
  step('send', function()
    return world.send('send-' .. who).did
  end)
  return step('check', function()
    step('deep', function()
      return world.send('deep-' .. who).did
    end)
    return world.send('check-' .. who).did
  end)
end)
step('after', function()
  return world.send('after').did
end)
local last = step('last', function()
  return world.broken('last').did
end)

output { last = last }
