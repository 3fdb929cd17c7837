-- A command without `reads`, `idempotent` or `creates` may harm when it happens twice. If this run
-- is killed while it is in flight, nobody knows whether it happened: the step's `probe` finds out.
--
--   runbook run examples/05_once_and_probe.lua -p ledger=ledger.txt

local fs = require 'fs'
local process = require 'process'

local p = recipe {
  name = 'examples/once',
  params = { ledger = param.path { default = 'ledger.txt' } },
}

local function booked()
  local found = fs.stat(p.ledger)
  return found and fs.read(p.ledger):find('pay alice', 1, true) ~= nil
end

step('pay alice', {
  probe = function()
    return booked() and outcome.done('paid') or outcome.not_done()
  end,
}, function()
  process.run { 'sh', '-c', 'echo "pay alice 10" >> "$0"', p.ledger }
  return 'paid'
end)

output { ledger = p.ledger }
