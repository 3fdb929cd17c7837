-- Two once calls in a body, the second of which fails until the world is mended.
local world = require 'world'

local paid = step('pay', function()
  local first = world.send 'deposit'
  local second = world.broken 'rest'
  return { first = first.did, second = second.did }
end)

output { paid = paid }
