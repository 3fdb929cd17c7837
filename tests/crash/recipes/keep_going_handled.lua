-- keep_going handled: what failed stays failed.
local world = require 'world'

local ok, problem = pcall(each, 'pay', { 'a', 'b', 'c' }, { keep_going = true, jobs = 2 }, function(name)
  if name ~= 'b' then
    return world.broken('pay-' .. name).did
  end
  return world.send('pay-' .. name).did
end)

step('after', function()
  return world.send('after').did
end)

step('end', function()
  return world.broken('end').did
end)

output { ok = ok, code = problem.code, failures = #problem.detail.failures, message = problem.message }
