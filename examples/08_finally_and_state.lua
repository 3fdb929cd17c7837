-- `state` keeps values for the next run of the project; `finally` runs once, when the run has ended
-- for good; `attach` keeps a file in the journal.
--
--   runbook run examples/08_finally_and_state.lua; runbook state examples/count

local fs = require 'fs'
local json = require 'json'
local state = require 'state'

-- Reading and writing are two steps: were they one, a crash between the write and the end of the step
-- would make it read what it wrote itself, and count twice.
local before = step('read the count', function()
  return state.get('examples/count') or 0
end)
local count = before + 1
step('count this run', function()
  state.put('examples/count', count)
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
