-- Amounts that were recorded compute as they did: results, recorded values, state and outputs.
local state = require 'state'
local world = require 'world'

local p = recipe {
  name = 'crash/amounts',
  params = { budget = param.bigint { default = bigint '3 ether' } },
}

local price = step('price', function()
  world.set('priced')
  return { each = bigint '0.7 ether', fees = { bigint(21000) * bigint '30 gwei', bigint '-0x1' } }
end)

step('pay', function()
  world.send('pay#' .. price.each + price.fees[1])
  state.put('crash/left', { left = p.budget - price.each })
end)

local left = step('left', function()
  local kept = state.get('crash/left').left
  world.send('left#' .. kept)
  return kept
end)

step('compare', function()
  world.send('same#' .. tostring(left == '2.3 ether' and left > price.each and price.fees[2] == -1))
end)

output { left = left, list = { left / 2 } }
