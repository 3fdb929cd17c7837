-- A failure that the recipe handles decides a branch, which every resume must take again.
local world = require 'world'

local ok, problem = pcall(step, 'primary', function()
  world.send 'tried'
  return world.broken('primary').did
end)

local route
if ok then
  route = step('use the primary', function()
    return world.send('primary route').did
  end)
else
  route = step('use the fallback', function()
    return world.send('fallback route').did
  end)
end

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, route = route, code = not ok and problem.code or nil, path = not ok and problem.path or nil }
