-- Equal calls in one body are told apart by their occurrence; a blind one between them.
local world = require 'world'

local result = step('thrice', function()
  local list = {}
  for index = 1, 3 do
    list[index] = world.send('coin').did
  end
  world.fire 'bell'
  return list
end)

step('again', function()
  world.send 'coin'
end)

output { result = result }
