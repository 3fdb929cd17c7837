-- A failure that is caught, told and raised again was not handled: a resume attempts it again.
local world = require 'world'

on_fail(function()
  world.set 'any-alarm'
end)

local ok, problem = pcall(step, 'risky', function()
  world.send 'before'
  return world.broken('risky').did
end)

if not ok then
  step('tell', function()
    return world.set('any-told').did
  end)
  error(problem, 0)
end

output { ok = ok }
