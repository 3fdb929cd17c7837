-- Branches of nested steps, one of which fails while the others are in flight.
local world = require 'world'

local results = parallel('branches', {
  good = function()
    local one = step('one', function()
      return world.send('good-1').did
    end)
    local two = step('two', function()
      return world.slow('good-2').did
    end)
    return one .. two
  end,
  late = function()
    return world.slow { 'late', takes = '60ms', early = true }.did
  end,
  bad = function()
    step('fine', function()
      return world.send('bad-1').did
    end)
    return step('broken', function()
      return world.broken('bad-2').did
    end)
  end,
})

output(results)
