-- Effects that nobody can examine: every cut in flight is a question to the operator.
local world = require 'world'

step('alone', function()
  return world.fire 'a'
end)

step('with company', function()
  local before = world.send 'b'
  local blind = world.fire 'c'
  return before.did .. blind.did
end)

local last = step('nested', function()
  return step('inner', function()
    return world.fire('d').did
  end) .. '!'
end)

output { last = last }
