-- Transmitters pay for the reports they bring on chain: each is filled up to an amount.

local funding = {}

local function ether(amount)
  return bigint(amount):format 'ether' .. ' ether'
end

--- Refuses to begin what the account cannot pay, for the body of a step.
--- @param options table addresses (to fund; may be empty), target, below (wei), sends = true if more is sent
function funding.check(chain, options)
  local missing = bigint(0)
  for _, address in ipairs(options.addresses) do
    local balance = chain:balance(address)
    if balance < options.below then
      missing = missing + options.target - balance
    end
  end
  local balance = chain:balance(chain.sender)
  if balance <= missing and (options.sends or missing > 0) then
    fail {
      ('%s has %s, and needs %s for %d transmitters, and gas'):format(
        chain.sender, ether(balance), ether(missing), #options.addresses),
      hint = ('send it %s and something for gas, then resume'):format(ether(missing - balance)),
    }
  end
  return { missing = missing, balance = balance }
end

--- Fills up each account that has less than `below`, side by side, a step for each.
--- @return number how many were paid
function funding.fill(chain, options)
  local filled = each('fund', options.addresses, { jobs = 8 }, function(address)
    return chain:top_up { to = address, target = options.target, below = options.below }
  end)
  local paid = 0
  for _, result in pairs(filled) do
    paid = paid + (result.sent and 1 or 0)
  end
  return paid
end

--- Refuses accounts that have nothing, for the body of a step.
function funding.require_some(chain, addresses)
  local empty = {}
  for _, address in ipairs(addresses) do
    if chain:balance(address) == 0 then
      empty[#empty + 1] = address
    end
  end
  if #empty > 0 then
    fail {
      ('these transmitters have nothing to pay with: %s'):format(table.concat(empty, ', ')),
      hint = 'fund them, or resume without skip_funding',
    }
  end
end

return funding
