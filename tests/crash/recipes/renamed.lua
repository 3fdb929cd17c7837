-- renamed_from may stay in a recipe for ever.
local world = require 'world'

local a = step('new name', { renamed_from = 'old name' }, function()
  return world.send('a').did
end)

step('end', { renamed_from = 'the end' }, function()
  return world.broken('b').did
end)

output { a = a }
