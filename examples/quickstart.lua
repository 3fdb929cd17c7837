-- Boots a local chain, funds six accounts to a target balance in parallel, waits for the receipts and
-- reads the balances back. Kill it at any instant, then `runbook resume`: nobody is funded twice.
--
--   sh examples/quickstart.sh        (installs, builds and runs this)

local anvil = require 'anvil'
local fs = require 'fs'
local json = require 'json'
local jsonrpc = require 'jsonrpc'

recipe {
  name = 'quickstart',
  summary = 'Boot a local chain and fund six accounts',
}

local TEN_ETHER = '0x8ac7230489e80000'

local url = anvil.start { '--block-time', '2' }

local function look(method, ...)
  return jsonrpc.call { url = url, method = method, params = select('#', ...) > 0 and { ... } or nil }
end

local function is_funded(account, block)
  return look('eth_getBalance', account, block) == TEN_ETHER
end

local chain_id = wait_until('the chain answers', { every = '100ms', timeout = '30s' }, function()
  return look('eth_chainId')
end)

-- Whom to fund, and an unlocked account for each to get it from.
local transfers = step('list the accounts', function()
  local list = {}
  for number, sender in ipairs(look('eth_accounts')) do
    if number <= 6 then
      list[number] = { to = ('0x%040x'):format(0xf00d + number), from = sender }
    end
  end
  return list
end)

-- Sending twice would pay twice. If the run is cut off in here, the probe asks the chain what became
-- of it; a transaction that still waits for its block counts too.
local sent = each('fund', transfers, {
  key = 'to',
  jobs = 6,
  probe = function(calls)
    local account = calls[1].arguments.params[1].to
    return is_funded(account, 'pending') and outcome.done { to = account } or outcome.not_done()
  end,
}, function(transfer)
  local hash = jsonrpc.call {
    url = url,
    method = 'eth_sendTransaction',
    params = { { from = transfer.from, to = transfer.to, value = TEN_ETHER } },
  }
  return { to = transfer.to, hash = hash }
end)

each('confirm', transfers, { key = 'to', jobs = 6 }, function(transfer)
  return wait_until('mined', { every = '200ms', timeout = '1m' }, function()
    local hash = sent[transfer.to].hash
    local receipt = hash and look('eth_getTransactionReceipt', hash)
    return receipt and receipt.blockNumber or is_funded(transfer.to, 'latest') and 'balance'
  end)
end)

local balances = step('read the balances', function()
  local found = {}
  for _, transfer in ipairs(transfers) do
    found[transfer.to] = look('eth_getBalance', transfer.to, 'latest')
  end
  return found
end)

step('write the balances', function()
  fs.write('.runbook/balances.json', json.encode(balances))
  attach('.runbook/balances.json', { caption = 'balances on chain ' .. chain_id })
end)

for account, balance in pairs(balances) do
  print(account, balance == TEN_ETHER and '10 ether' or balance)
end

output { chain = chain_id, funded = #transfers }
