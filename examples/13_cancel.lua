-- A run that failed or waits is unfinished, and what its `finally` would tear down is still needed.
-- `cancel` ends it for good: nothing else happens any more, and `finally` cleans up.
--
--   runbook run examples/13_cancel.lua
--   runbook cancel @last --reason 'not today'      (in another terminal, or after Ctrl-C)

local fs = require 'fs'

local scratch = '.runbook/example-13'

step('take some space', function()
  fs.write(scratch, 'mine')
end)

finally(function()
  fs.remove(scratch)
end)

sleep('think it over', '1h')

step('go on', function()
  print('so it was not cancelled')
end)
