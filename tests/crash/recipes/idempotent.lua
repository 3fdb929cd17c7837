-- Effects that may happen again, by their class or because the author says so.
local world = require 'world'

step('set', function()
  world.set 'a'
  world.set 'b'
  return world.get 'a' > 0
end)

local b = step('declared', { idempotent = true }, function()
  return world.fire('any-b').did
end)

local c = step('rerun', { on_unknown = 'rerun' }, function()
  return world.fire('any-c').did
end)

output { b = b, c = c }
