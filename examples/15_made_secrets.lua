-- A command that makes a secret says so with `keep`: what it prints is in no log, the value lies in
-- the run's own file of secrets, and the recipe goes on with a reference. Answers can be secret too.
--
--   runbook run examples/15_made_secrets.lua
--   echo correct-horse > password.txt; runbook answer @last 'choose a password' password=@password.txt
--   runbook resume      (if the run had ended)

local process = require 'process'

local made = step('make a token', function()
  return process.run {
    'sh', '-c', [[printf '{"id": 7, "token": "t-%s"}' "$(date +%s%N)"]],
    decode = 'json',
    keep = { token = '/token' },
    idempotent = true,
  }.value
end)

local chosen = ask('choose a password', { password = param.secret { help = 'at least 6 characters' } })

step('log in', function()
  process.run {
    'sh', '-c', 'test ${#TOKEN} -gt 10 && test ${#PASSWORD} -ge 6',
    env = { TOKEN = made.token, PASSWORD = chosen.password },
    idempotent = true,
  }
end)

output { id = made.id, token = made.token }
