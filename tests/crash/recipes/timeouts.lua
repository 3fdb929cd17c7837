-- A timeout in a once call proves nothing: it is examined, found done or found not done.
local world = require 'world'

local fast = { attempts = 5, initial = '1ms' }

local early = step('acted in time', { timeout = '20ms', retry = fast }, function()
  return world.slow { 'early', takes = '200ms', early = true }.did
end)

local late = step('did not act', { timeout = '20ms', retry = fast }, function()
  world.send 'companion'
  return world.slow { 'late', takes = '200ms' }.did
end)

local outer = step('outer', { timeout = '30ms', retry = fast }, function()
  return step('inner', function()
    return world.slow { 'inner', takes = '200ms', early = true }.did
  end)
end)

output { all = early .. late .. outer }
