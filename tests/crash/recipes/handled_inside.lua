-- A failure handled inside a step, which then fails itself; its next attempt takes the same branch.
local world = require 'world'

local result = step('outer', function()
  local ok = pcall(step, 'primary', function()
    return world.broken('primary').did
  end)
  local route = step(ok and 'primary route' or 'fallback route', function()
    return world.send(ok and 'primary route' or 'fallback route').did
  end)
  step('then', function()
    return world.broken('then').did
  end)
  return route
end)

output { result = result }
