-- What cannot be scripted yet stands in the recipe all the same: a person does it, says so, and types
-- what the next lines need.
--
--   runbook run examples/14_manual.lua
--   runbook answer @last 'create the organisation' id=org-1234      (from another terminal, any time)
--   runbook resume                                                  (if the run had ended)

local process = require 'process'

local organisation = manual('create the organisation', {
  text = [[
1. Open the console and choose *New organisation*.
2. Call it **Example**, and copy its id.
]],
  ask = { id = param.string { help = 'such as org-1234' } },
})

step('use it', function()
  process.run { 'echo', 'working in ' .. organisation.id, idempotent = true }
end)

output { organisation = organisation.id }
