-- A service that a step stops, and one that `finally` does: neither is missed by a resume.
local service = require 'service'
local world = require 'world'

local function start(name)
  return step('start ' .. name, function()
    return service.start { 'sh', '-c', 'echo up; exec sleep 600', name = name, ready = { log = 'up' } }.name
  end)
end

start 'short'
start 'long'
step('use both', function()
  return world.send { 'use' }.did
end)
step('stop short', function()
  service.stop { name = 'short' }
end)
step('use one', function()
  return world.send { 'use again' }.did
end)
finally(function()
  service.stop { name = 'long' }
end)
