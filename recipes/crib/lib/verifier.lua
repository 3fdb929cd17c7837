-- The contracts that verify reports of prices: a proxy, behind it a verifier, in that a configuration for each feed.

local crypto = require 'crypto'
local deployed = require 'deployed'
local eth = require 'eth'
local feeds = require 'feeds'
local json = require 'json'
local ocr3 = require 'ocr3'

local verifier = {}

local SET_CONFIG = 'setConfig(bytes32 feedId, address[] signers, bytes32[] offchainTransmitters, uint8 f, '
  .. 'bytes onchainConfig, uint64 offchainConfigVersion, bytes offchainConfig, '
  .. '(address addr, uint64 weight)[] recipientAddressesAndWeights)'
local DETAILS = 'latestConfigDetails(bytes32 feedId) returns (uint32 configCount, uint32 blockNumber, '
  .. 'bytes32 configDigest)'
local INITIALIZE = 'initializeVerifier(address verifierAddress)'
local INITIALIZED = 'VerifierInitialized(address verifierAddress)'
local ABI = {
  SET_CONFIG,
  'error ExcessSigners(uint256 numSigners, uint256 maxSigners)',
  'error FaultToleranceMustBePositive()',
  'error InsufficientSigners(uint256 numSigners, uint256 minSigners)',
  'error NonUniqueSignatures()',
  'error ZeroAddress()',
}
local NOBODY = '0x' .. ('0'):rep(40)
--- Which contract a digest is of.
local DIGEST_PREFIX = '0x0006'

--- Timings of feeds that report every 250 ms.
local TIMES = {
  DeltaProgressMillis = 10000,
  DeltaResendMillis = 10000,
  DeltaInitialMillis = 400,
  DeltaRoundMillis = 5000,
  DeltaGraceMillis = 0,
  DeltaCertifiedCommitRequestMillis = 1000,
  DeltaStageMillis = 0,
  MaxRoundsPerEpoch = 25,
  TransmissionSchedule = 'auto',
  MaxDurationQueryMillis = 0,
  MaxDurationObservationMillis = 250,
  MaxDurationAcceptMillis = 0,
  MaxDurationTransmitMillis = 0,
}
--- Version 1, and the prices that are believed: 0 to the most that 64 bits with a sign can say.
local ONCHAIN_CONFIG = ('0x%064x%064x%048x7fffffffffffffff'):format(1, 0, 0)
--- A day until a report expires, and no fee.
local REPORTING = crypto.hex_encode(json.encode { baseUSDFee = '0', expirationWindow = 86400 })

--- What all feeds of a DON are configured with.
--- @param keys table entries of PublicKeys.json of the nodes that take part
--- @param options table f; secrets of ocr3_settings.secrets
--- @return table arguments of setConfig after the feed's id
function verifier.configuration(keys, options)
  local config = { MaxFaultyOracles = options.f }
  for name, value in pairs(TIMES) do
    config[name] = value
  end
  local set_config = ocr3.set_config {
    nodes = keys,
    config = config,
    shared_secret = options.secrets.shared_secret,
    ephemeral_key = options.secrets.ephemeral_key,
    reporting_plugin_config = REPORTING,
  }
  local transmitters = {}
  for index, node in ipairs(keys) do
    transmitters[index] = '0x' .. node.CSAPublicKey:gsub('^csa_', '')
  end
  return {
    set_config.signers, transmitters, set_config.f, ONCHAIN_CONFIG, set_config.offchain_config_version,
    set_config.offchain_config,
  }
end

--- The digest that the verifier gives a configuration.
--- @param options table feed (id), chain_id, contract, count, configuration
function verifier.digest(options)
  local encoded = eth.encode_arguments {
    types = {
      'bytes32', 'uint256', 'address', 'uint64', 'address[]', 'bytes32[]', 'uint8', 'bytes', 'uint64', 'bytes',
    },
    values = {
      options.feed, options.chain_id, options.contract, options.count, unpack(options.configuration),
    },
  }
  return DIGEST_PREFIX .. crypto.keccak256({ encoded, hex = true }):sub(7)
end

--- Deploys what was not found, and has the proxy know the verifier.
--- @param found table verifier, verifier_proxy of deployed.look; each may be absent
--- @param p table parameters verifier_bytecode_file, verifier_proxy_bytecode_file
--- @return table { proxy, verifier } addresses
--- @return number transactions sent
function verifier.ensure(chain, place, found, p)
  local proxy = deployed.ensure(chain, place, 'verifier_proxy', found.verifier_proxy, p.verifier_proxy_bytecode_file,
    NOBODY)
  local contract = deployed.ensure(chain, place, 'verifier', found.verifier, p.verifier_bytecode_file, proxy.address)
  local known = step('see whether the proxy knows the verifier', function()
    local logs = chain:logs { INITIALIZED, address = proxy.address, from_block = proxy.block or 0 }
    for _, entry in ipairs(logs) do
      if entry.arguments.verifierAddress:lower() == contract.address:lower() then
        return true
      end
    end
    return false
  end)
  if not known then
    step('have the proxy know the verifier', function()
      return chain:send({ INITIALIZE, { contract.address }, to = proxy.address }).hash
    end)
  end
  local sent = (found.verifier_proxy and 0 or 1) + (found.verifier and 0 or 1) + (known and 0 or 1)
  return { proxy = proxy.address, verifier = contract.address }, sent
end

--- Configures the feeds whose digest on chain is another than ours, a step for each.
--- @param list table feeds
--- @param options table contract, chain_id, configuration
--- @return number transactions sent
function verifier.configure(chain, list, options)
  local outdated = step('see which feeds are configured', function()
    local found = {}
    for _, feed in ipairs(list) do
      local details = chain:call { DETAILS, { feed.id }, to = options.contract }
      local ours = verifier.digest {
        feed = feed.id, chain_id = options.chain_id, contract = options.contract, count = details.configCount,
        configuration = options.configuration,
      }
      found[#found + 1] = ours ~= details.configDigest and feed or nil
    end
    return found
  end)
  each('configure the feed', outdated, { key = feeds.key }, function(feed)
    local arguments = { feed.id, unpack(options.configuration) }
    arguments[#arguments + 1] = {}
    return chain:send({ SET_CONFIG, arguments, to = options.contract, abi = ABI }).hash
  end)
  return #outdated
end

return verifier
