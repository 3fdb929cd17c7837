-- The configuration of an OCR3 contract on its chain, and whether ours is to be sent.

local bytes_or_addresses = { [true] = 'bytes[]', [false] = 'address[]' }
local ocr3 = require 'ocr3'
local state = require 'state'

local configuration = {}

local DETAILS = 'latestConfigDetails() returns (uint32 configCount, uint32 blockNumber, bytes32 configDigest)'
local CONFIG_SET = 'ConfigSet(uint32 previousConfigBlockNumber, bytes32 configDigest, uint64 configCount, %s signers, '
  .. 'address[] transmitters, uint8 f, bytes onchainConfig, uint64 offchainConfigVersion, bytes offchainConfig)'
local REFUSALS = { 'error InvalidConfig(string message)' }

--- What is on chain, for the body of a step.
--- @return table { count, block, digest, set = arguments of the event }; count = 0 and no more where nothing was set
function configuration.on_chain(chain, contract, multichain)
  local details = chain:call { DETAILS, to = contract }
  local count, block = bigint(details.configCount):to_number(), bigint(details.blockNumber):to_number()
  if count == 0 then
    return { count = 0 }
  end
  local logs = chain:logs {
    CONFIG_SET:format(bytes_or_addresses[multichain]),
    address = contract, from_block = block, to_block = block,
  }
  if #logs == 0 then
    fail {
      ('%s has a configuration of block %d, of which the node has no log'):format(contract, block),
      hint = ('is it a contract of %s? then -p era=%s; else set rpc_url to a node that keeps logs of that age'):format(
        multichain and 'June 2024' or 'October 2024', multichain and '2024-06' or '2024-10'),
    }
  end
  return { count = count, block = block, digest = details.configDigest, set = logs[#logs].arguments }
end

local function digest_of(options, count)
  return ocr3.config_digest {
    chain_id = options.chain_id,
    contract = options.contract,
    config_count = count,
    set_config = options.set_config,
    multichain = options.multichain,
  }
end

--- Whether the configuration on chain will do.
--- @param options table on_chain, set_config (of ocr3.set_config), chain_id, contract, multichain
--- @return table { send = true or false, why = a sentence }
function configuration.compare(options)
  local on_chain = options.on_chain
  if on_chain.count == 0 then
    return { send = true, why = 'the contract has no configuration yet' }
  elseif digest_of(options, on_chain.count) == on_chain.digest then
    return { send = false, why = ('the configuration of block %d is ours'):format(on_chain.block) }
  end
  local difference = ocr3.difference(options.set_config, on_chain.set)
  local fields = table.concat(difference.fields, ', ')
  if difference.kept then
    return {
      send = false,
      why = ('the configuration of block %d is kept: only %s differs, which every node can read'):format(
        on_chain.block, fields),
    }
  end
  return { send = true, why = ('the configuration of block %d has another %s'):format(on_chain.block, fields) }
end

--- Sends our configuration and remembers it, for the body of a step.
--- @param options table as those of compare
--- @return table { count, block, digest, set }
function configuration.send(chain, place, options)
  chain:send { to = options.contract, data = options.set_config.calldata, abi = REFUSALS }
  local on_chain = configuration.on_chain(chain, options.contract, options.multichain)
  if on_chain.count == 0 or digest_of(options, on_chain.count) ~= on_chain.digest then
    fail {
      ('%s has another configuration than the one that was sent'):format(options.contract),
      hint = 'somebody else configures it too: find out who, then run this again',
    }
  end
  return configuration.remember(place, on_chain)
end

--- Has the contract configured as wanted, in one step: ours is sent if what is there will not do.
--- @param options table as those of compare
--- @return table what is then on chain
--- @return number transactions sent
function configuration.settle(chain, place, options)
  local choice = configuration.compare(options)
  log(choice.why)
  local on_chain = step(choice.send and 'set the OCR3 configuration' or 'keep the OCR3 configuration', function()
    return choice.send and configuration.send(chain, place, options) or configuration.remember(place, options.on_chain)
  end)
  return on_chain, choice.send and 1 or 0
end

--- Puts down which configuration the contract has.
function configuration.remember(place, on_chain)
  state.put(place.prefix .. 'configuration', {
    count = on_chain.count, block = on_chain.block, digest = on_chain.digest,
  })
  return on_chain
end

return configuration
