-- Amounts in the units people say them in, beside the primitives.
local M = ...

--- eth.ether '0.5' is 500000000000000000 wei.
--- Errors: RB1312 no amount, or more decimals than ether has · RB1313 beyond 256 bits
--- @param amount string|number|bigint
--- @return bigint
function M.ether(amount)
  return bigint(amount, 'ether')
end

--- eth.gwei(2) is 2000000000 wei.
--- Errors: RB1312 no amount, or more decimals than gwei has · RB1313 beyond 256 bits
--- @param amount string|number|bigint
--- @return bigint
function M.gwei(amount)
  return bigint(amount, 'gwei')
end

return M
