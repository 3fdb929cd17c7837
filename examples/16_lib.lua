-- What several recipes share lies in lib/ beside them and is required by name. It may take steps too:
-- they belong to the run that called it. An edited lib file is drift that the next resume reports.
--
--   runbook run examples/16_lib.lua

local hosts = require 'hosts'

local inventory = step('list the hosts', function()
  return hosts.all('eu')
end)

local checked = hosts.check(inventory)

output { hosts = #inventory, first = checked[inventory[1]] }
