-- Beside the primitives: amounts in the units people say them in, and handles, which are tables of
-- options with the primitives as methods.
local raw = ...

local M = {}
for name, fn in pairs(raw) do
  M[name] = fn
end

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

-- The options of a handle that reads take too.
local read_options = { 'url', 'headers', 'request_timeout', 'patience', 'chain', 'chain_id' }

local function chosen(options, names)
  local some = {}
  for _, name in ipairs(names) do
    some[name] = options[name]
  end
  return some
end

local function over(first, second)
  local both = {}
  for name, value in pairs(first) do
    both[name] = value
  end
  for name, value in pairs(second) do
    both[name] = value
  end
  return both
end

-- What a method was given, over the options of the handle: one table, or values by position.
local function given(options, first, ...)
  if type(first) == 'table' and select('#', ...) == 0 then
    return over(options, first)
  end
  return over(options, { first, ... })
end

--- @class eth.ChainOptions
--- @field url string JSON-RPC endpoint of a node
--- @field key? string private key of the sender, a secret
--- @field keystore? string or: the file that holds it, encrypted
--- @field password? string of the keystore, a secret
--- @field account? string or: an account that the node unlocks
--- @field chain_id? integer what the node must serve
--- @field confirmations? integer blocks until a transaction is done, 1 if absent
--- @field fees? table { max_fee, max_spend, max_priority_fee, gas_price }, in wei
--- @field gas? integer|bigint most gas of a transaction; estimated if absent
--- @field timeout? string how long a transaction is waited for, 10m if absent
--- @field in_flight? integer most transactions of the sender at a time, 16 if absent
--- @field headers? table that go with each request
--- @field request_timeout? string for one request
--- @field patience? string how long a request is repeated that the node does not answer
--- @field chain? string name of the handle and of its target; "chain", then "chain 2" …

--- A chain, and who acts on it. Its methods balance, code, nonce, storage, receipt, logs, batch, call,
--- estimate, send, transfer, deploy and top_up take what the primitive of the name takes (`runbook
--- explain eth.send`), without what the handle knows already.
--- @class eth.Chain
--- @field name string
--- @field sender? string address
local Chain = {}
Chain.__index = Chain

local function reading(chain, more)
  return over(chosen(chain.options, read_options), more or {})
end

--- A block of the chain.
--- @param which? integer|bigint|string|table number, hash or tag; the newest if absent
--- @return table? block
function Chain.block(chain, which)
  return raw.block(over(reading(chain), type(which) == 'table' and which or { block = which }))
end

for _, name in ipairs({ 'balance', 'code', 'nonce', 'storage', 'receipt', 'logs', 'batch' }) do
  Chain[name] = function(chain, ...)
    return raw[name](given(reading(chain), ...))
  end
end

-- As the sender would see it.
for _, name in ipairs({ 'call', 'estimate' }) do
  Chain[name] = function(chain, ...)
    return raw[name](given(reading(chain, { from = chain.sender }), ...))
  end
end

for _, name in ipairs({ 'send', 'transfer', 'deploy', 'top_up' }) do
  Chain[name] = function(chain, ...)
    return raw[name](given(chain.options, ...))
  end
end

--- Waits until a transaction is as deep as this handle wants its own to be.
--- @param ... any hash, or a table of options
--- @return table receipt
function Chain.wait(chain, ...)
  return raw.wait(given(reading(chain, { confirmations = chain.options.confirmations }), ...))
end

-- token:balanceOf(a): a method for every name, which is one of the ABI's functions or a signature.
local function methods(call, fields)
  return setmetatable(fields, {
    __index = function(self, name)
      return function(object, ...)
        if object ~= self then
          error('contracts are called with a colon: contract:' .. tostring(name) .. '(…)', 2)
        end
        return call(name, { ... })
      end
    end,
  })
end

-- Of an ABI that is no path, what a call of this name needs: all would be recorded with each call.
local function part_of(abi, name)
  local list = type(abi) == 'table' and (abi.abi or abi) or {}
  local bare, part, found = name:match '^[^(]*', {}, false
  for _, entry in ipairs(list) do
    local signature = type(entry) == 'string'
    if signature or entry.name == bare or entry.type == 'error' then
      part[#part + 1] = entry
      found = found or signature or entry.name == bare
    end
  end
  return found and part or abi
end

local function contract_of(chain, abi, address, options)
  local function calling(method)
    return function(name, args)
      local call = { name, args, abi = part_of(abi, name), to = address }
      return chain[method](chain, over(options, call))
    end
  end
  return methods(calling('call'), {
    address = address,
    send = methods(calling('send'), {}),
    estimate = methods(calling('estimate'), {}),
    logs = function(_, first, ...)
      local more = over({ abi = abi, address = address }, options)
      return chain:logs(given(more, first, ...))
    end,
    with = function(_, more)
      return contract_of(chain, abi, address, over(options, more))
    end,
  })
end

--- A contract by its ABI: `token:balanceOf(a)` asks, `token.send:transfer(a, 5)` sends a transaction
--- and waits for it, `token.estimate:transfer(a, 5)` is the gas of that, `token:logs { 'Transfer',
--- from_block = 0 }` its events. Where several functions have the name, the signature says which:
--- `token['mint(address)'](token, a)`. `token:with { value = 1 }` has these options in all calls.
--- @param abi table|string list, artefact, or the path of one
--- @param address string
--- @return eth.Contract
function Chain.contract(chain, abi, address)
  return contract_of(chain, abi, address, {})
end

--- @class eth.Contract
--- @field address string
--- @field send table methods that send
--- @field estimate table methods that tell the gas of sending
--- @field logs fun(self: eth.Contract, options: table): table[] what it logged
--- @field with fun(self: eth.Contract, options: table): eth.Contract the same, with options
--- @field [string] fun(self: eth.Contract, ...: any): any methods that read

-- Of one call that ended, what verify looks at.
local function settled(call)
  local intent, result = call.intent, call.result
  if type(intent) ~= 'table' or type(result) ~= 'table' or call.primitive:sub(1, 4) ~= 'eth.' then
    return nil
  end
  return {
    step = call.step,
    chain_id = intent.chain_id,
    genesis = intent.genesis,
    hash = result.hash,
    block = result.block,
    block_hash = result.block_hash,
    address = result.address,
  }
end

local handles = 0

--- The chain that a node serves, and who acts on it: a target of the run. Another chain or sender on
--- resume is refused, and so is a chain on which what the run did is not there any more; another
--- node of the same chain is fine. Handles are told apart by their order, so make them outside steps.
--- Errors: RB1016 another chain · RB1209 another target
--- @param options eth.ChainOptions
--- @return eth.Chain
function M.chain(options)
  handles = handles + 1
  options = over({ chain = handles == 1 and 'chain' or 'chain ' .. handles }, options)
  local sends = options.key ~= nil or options.keystore ~= nil or options.account ~= nil
  local sender = options.sender
  if sends and sender == nil then
    sender = raw.sender_of(chosen(options, { 'key', 'keystore', 'account' }))
    options.sender = sender
  end
  target(options.chain, function()
    return raw.connect(options)
  end, function(recorded, ended)
    local calls = {}
    for _, call in ipairs(ended) do
      calls[#calls + 1] = settled(call)
    end
    return raw.verify(over(options, { recorded = recorded, calls = calls }))
  end)
  return setmetatable({ name = options.chain, sender = sender, options = options }, Chain)
end

return M
