-- A group that fails and is handled: nothing under it starts again.
local world = require 'world'

local ok, problem = pcall(group, 'try', function()
  step('first', function()
    return world.send('first').did
  end)
  group('deeper', function()
    step('second', function()
      return world.broken('second').did
    end)
  end)
  step('third', function()
    return world.send('third').did
  end)
end)

note(ok and 'it worked' or 'it did not: ' .. problem.message)

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, message = not ok and problem.message or nil }
