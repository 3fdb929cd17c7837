-- keep_going: every item is tried, one error tells of all that failed, the next session tries those again.
local world = require 'world'

local results = each('pay', { 'a', 'b', 'c', 'd' }, { keep_going = true, jobs = 2 }, function(name)
  world.send('try-' .. name)
  if name == 'b' or name == 'd' then
    return world.broken('pay-' .. name).did
  end
  return world.send('pay-' .. name).did
end)

output(results)
