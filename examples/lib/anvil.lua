-- A chain of one's own on this machine, for as long as the run; `sh examples/setup.sh node` fetches it.
local fs = require 'fs'
local service = require 'service'

local M = {}

--- Starts it, or finds it again.
--- @param options? string[] of anvil: { '--block-time', '2' }
--- @return string url
function M.start(options)
  local chain = step('start the chain', function()
    -- The platform's own package: killing npm's wrapper around it would leave it running.
    local binary = fs.glob('examples/node_modules/@foundry-rs/anvil-*/bin/anvil')[1]
    if not binary then
      fail { message = 'anvil is not installed', hint = 'sh examples/setup.sh node', exit = 40 }
    end
    local command = {
      binary, '--port', '{port}', '--silent',
      name = 'anvil',
      port = 'auto',
      ready = { port = true },
    }
    for _, option in ipairs(options or {}) do
      command[#command + 1] = option
    end
    return service.start(command)
  end)
  finally(function()
    service.stop { name = 'anvil' }
  end)
  return 'http://127.0.0.1:' .. chain.port
end

return M
