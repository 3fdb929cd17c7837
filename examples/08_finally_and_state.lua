-- `state` keeps values for the next run of the project; `finally` runs once, when the run has ended
-- for good; `attach` keeps a file in the journal.
--
--   runbook run examples/08_finally_and_state.lua; runbook state examples/count

local fs = require 'fs'
local json = require 'json'
local state = require 'state'

local count = step('count this run', function()
  local before = state.get('examples/count') or 0
  state.put('examples/count', before + 1)
  return before + 1
end)

local report = step('write a report', function()
  local file = '.runbook/example-08.json'
  fs.write(file, json.encode { count = count, at = now() })
  attach(file, { caption = 'how often this ran' })
  return file
end)

finally(function()
  fs.remove(report)
end)

output { count = count }
