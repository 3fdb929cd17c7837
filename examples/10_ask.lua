-- `ask` wants values from a person. They are typed like parameters, checked when they are given, and
-- recorded like any result: a resume does not ask again.
--
--   runbook run examples/10_ask.lua
--   runbook answer @last where region=eu      (from another terminal, any time)
--   runbook resume                            (if the run had ended)
--
-- In a script: runbook run examples/10_ask.lua --answer where.region=eu

local where = ask('where', {
  region = param.enum { values = { 'eu', 'us' }, help = 'where it shall run' },
  replicas = param.integer { default = 2, min = 1, max = 9 },
})

step('deploy', function()
  print('deploying ' .. where.replicas .. ' replicas to ' .. where.region)
end)

output { region = where.region, replicas = where.replicas }
