-- Intents that name a resource, amended and lost.
local world = require 'world'

local a = step('bump', function()
  local one = world.bump { 'a', resource = true }.did
  return one .. world.bump { 'b', resource = true }.did
end)

local c = step('lost', { retry = { attempts = 2, initial = '1ms' } }, function()
  return world.lose { 'c', resource = true }.did
end)

local d = step('probed', {
  probe = function()
    return outcome.not_done()
  end,
}, function()
  return world.send { 'd', resource = true }.did
end)

output { all = a .. c .. d }
