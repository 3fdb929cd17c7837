-- Fan-outs inside steps inside fan-outs.
local world = require 'world'

local results = each('outer', { { id = 'x' }, { id = 'y' } }, { key = 'id', jobs = 2 }, function(_, key)
  local inner = each('inner', { '1', '2' }, { jobs = 2 }, function(name)
    world.send(key .. name)
    return step('leaf', function()
      return world.slow('leaf ' .. key .. name).did
    end)
  end)
  if key == 'y' then
    world.broken 'gate'
  end
  return inner['1'] .. inner['2']
end)

output(results)
