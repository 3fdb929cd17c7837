-- Retries inside a session: a call that did not happen, one whose answer was lost, one that needs two tries.
local world = require 'world'

local fast = { attempts = 5, initial = '1ms', max = '2ms' }

local a = step('flaky', { retry = fast }, function()
  local before = world.send('before').did
  return before .. world.flaky { 'flaky', failures = 2 }.did
end)

local b = step('lost after', { retry = fast }, function()
  return world.lose('after').did
end)

local c = step('lost before', { retry = fast }, function()
  return world.lose { 'not yet', before = true }.did
end)

local d = step('named', { retry = { attempts = 3, initial = '1ms', on = { 'RB0701' } } }, function()
  return world.flaky('named').did
end)

output { all = a .. b .. c .. d }
