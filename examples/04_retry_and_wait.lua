-- A step may be tried several times; `wait_until` looks again and again until something is true.
--
--   runbook run examples/04_retry_and_wait.lua

local fs = require 'fs'
local process = require 'process'

local file = '.runbook/example-04'

step('start clean', function()
  fs.remove(file)
end)

-- Fails the first time, then works: `on` names the errors that are worth another try.
step('knock twice', { retry = { attempts = 3, initial = '10ms', on = { 'RB0612' } } }, function()
  process.run { 'sh', '-c', 'test -e "$0" || { touch "$0"; exit 1; }', file, idempotent = true }
end)

local size = wait_until('see the file', { every = '50ms', timeout = '10s' }, function()
  local found = fs.stat(file)
  return found and { bytes = found.size }
end)

output { bytes = size.bytes }
