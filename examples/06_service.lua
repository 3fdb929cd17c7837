-- A service is a background process that belongs to the run: it outlives a crash, is found again by
-- the resume, and is stopped by `finally`.
--
--   runbook run examples/06_service.lua

local process = require 'process'
local service = require 'service'

local server = step('start the server', function()
  return service.start {
    'sh', '-c', 'echo listening; exec sleep 600',
    name = 'server',
    ready = { log = 'listening' },
  }
end)

finally(function()
  service.stop { name = 'server' }
end)

step('see that it lives', function()
  process.run { 'kill', '-0', server.pid, reads = true }
end)

output { server = server.name }
