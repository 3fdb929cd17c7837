-- Steps in steps, with effects before, between and after them, and a failure deep inside.
local world = require 'world'

local top = step('top', function()
  local a = world.send('a').did
  local middle = step('middle', function()
    local b = world.send('b').did
    step('leaf', function()
      return world.broken('c').did
    end)
    local after = step('leaf 2', function()
      return world.set('d').did
    end)
    return b .. after
  end)
  return a .. middle .. world.send('e').did
end)

group('a group', function()
  step('one', function()
    return world.send('f').did
  end)
  group('inside', function()
    step('one', function()
      return world.send('g').did
    end)
  end)
end)

output { top = top }
