-- A failing item among slow siblings: what was in flight finishes or is cut off.
local world = require 'world'

local results = each('pay', { 'a', 'b', 'c', 'd', 'e' }, { jobs = 3 }, function(name)
  if name == 'b' then
    return world.broken('pay-b').did
  end
  world.send('before-' .. name)
  return world.slow { 'slow-' .. name, takes = name == 'c' and '60ms' or '2ms' }.did
end)

output(results)
