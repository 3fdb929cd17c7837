-- A chain of one's own on this machine, for as long as the run; `sh examples/setup.sh node` fetches it.
local fs = require 'fs'
local service = require 'service'

local M = {}

--- Starts it, or finds it again.
--- @return string url
function M.start()
  local chain = step('start the chain', function()
    local binary = fs.glob('examples/node_modules/@foundry-rs/anvil-*/bin/anvil')[1]
    if not binary then
      fail { message = 'anvil is not installed', hint = 'sh examples/setup.sh node', exit = 40 }
    end
    return service.start {
      binary, '--port', '{port}', '--silent',
      name = 'anvil',
      port = 'auto',
      ready = { port = true },
    }
  end)
  finally(function()
    service.stop { name = 'anvil' }
  end)
  return 'http://127.0.0.1:' .. chain.port
end

return M
