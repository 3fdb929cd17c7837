-- An each that fails and is handled, one item after another: the rest never starts.
local world = require 'world'

local ok, problem = pcall(each, 'try', { 'a', 'b', 'c' }, function(name)
  if name == 'b' then
    return world.broken('try-b').did
  end
  return world.send('try-' .. name).did
end)

local fallback = step('fallback', function()
  return world.send('fallback').did
end)

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, fallback = fallback, where = not ok and problem.path or nil }
