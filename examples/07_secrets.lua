-- A secret is a reference: the recipe can pass it on and join it to other text, but its value is
-- never in the journal, a log, an error or on the screen.
--
--   EXAMPLE_TOKEN=correct-horse runbook run examples/07_secrets.lua

local process = require 'process'

local p = recipe {
  name = 'examples/secrets',
  params = { token = param.secret { env = 'EXAMPLE_TOKEN', help = 'any text of 6 characters or more' } },
}

-- The child gets the value in its environment; what it prints is masked before anyone sees it.
local said = step('use the token', function()
  local result = process.run {
    'sh', '-c', 'echo "length ${#TOKEN}, token $TOKEN"',
    env = { TOKEN = p.token },
    idempotent = true,
  }
  return result.stdout
end)

print('the child said: ' .. said)
output { header = 'Bearer ' .. p.token }
