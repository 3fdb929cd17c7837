-- A recipe reads top to bottom. Each step is remembered: run it again after a crash, and what is
-- done stays done.
--
--   runbook run examples/01_hello.lua

local process = require 'process'

local kernel = step('ask for the kernel', function()
  return process.run { 'uname', '-s', reads = true }.stdout
end)

step('greet', function()
  print('hello from ' .. kernel)
end)

output { kernel = kernel }
