-- A gate waits for a person. On a terminal it asks there; elsewhere the run is saved and ends with
-- exit 10. Answering needs no terminal of the run: any other one of this machine will do.
--
--   runbook run examples/09_gate.lua
--   runbook approve @last go-live --comment 'looks good'      (from another terminal, any time)
--   runbook resume                                            (if the run had ended)

local process = require 'process'

local plan = step('plan', function()
  return { version = '1.4.0', hosts = { 'a', 'b' } }
end)

-- What is shown belongs to the question: if a resume would show something else, it is asked again.
local yes = gate('go-live', {
  text = 'Roll the new version out to all hosts?',
  show = plan,
  expires = '4h', -- by = '@ops' would let only members of that group answer
})

each('roll out', plan.hosts, function(host)
  process.run { 'echo', host .. ' now has ' .. plan.version, idempotent = true }
end)

output { version = plan.version, approved_by = yes.by, comment = yes.comment }
