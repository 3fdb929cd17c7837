-- skip ends the innermost step, whatever it did before.
local world = require 'world'

local nothing = step('not needed', function()
  world.send 'looked'
  step('inner', function()
    skip 'inner is not needed'
  end)
  world.send 'between'
  skip 'everything is there'
end)

step('end', function()
  return world.broken('end').did
end)

output { nothing = nothing == nil }
