-- Waiting for a condition and for a time.
local world = require 'world'

local seen = wait_until('look', {
  every = '1ms',
  timeout = '10s',
  why = function()
    return 'asked ' .. world.get 'nothing'
  end,
}, function()
  return world.look { 'door', after = 3, shy = true }
end)

sleep('rest', '15ms')

step('after', function()
  return world.send('after').did
end)

output { seen = seen }
