-- Amounts on chain are bigints: whole numbers of 256 bits, computed exactly or refused, and recorded
-- as what they are. They compute and compare with whole numbers and with strings of digits.
--
--   runbook run examples/17_amounts.lua -p budget='0.5 ether'

local p = recipe {
  name = 'examples/amounts',
  summary = 'Shares a budget',
  params = {
    budget = param.bigint { help = 'digits, 0x…, or with a unit: wei, gwei, ether' },
    gas_price = param.bigint { default = bigint '30 gwei' },
  },
}

local fee = step('estimate the fee', function()
  return 21000 * p.gas_price
end)

if p.budget <= fee then
  fail('the budget does not even pay the fee of ' .. fee:format 'ether' .. ' ether')
end

local share = (p.budget - fee) / 3 -- towards zero, as in Solidity

output {
  fee = fee, -- in wei
  share = share:format 'ether' .. ' ether',
  rest = (p.budget - fee) % 3,
  hex = share:to_hex(),
  tokens = bigint('1.5', 6), -- 1.5 of a token with 6 decimals
}
