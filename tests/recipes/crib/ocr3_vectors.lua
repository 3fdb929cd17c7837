-- The scenarios that were computed elsewhere, byte for byte.
local crypto, data, fs, json = require 'crypto', require 'data', require 'fs', require 'json'
local ocr3 = require 'ocr3'

local function same(what, ours, expected)
  local mine, theirs = json.encode(ours), json.encode(expected)
  assert(mine == theirs, ('%s: %s, not %s'):format(what, mine, theirs))
end

local vectors = step('read the vectors', function()
  return json.decode(fs.read 'data/ocr3_setconfig_vectors.json')
end)

for _, v in ipairs(vectors) do
  local set_config = ocr3.set_config {
    nodes = v.nodes, config = v.oracleConfig, shared_secret = v.sharedSecret, ephemeral_key = v.ephemeralSk,
    reporting_plugin_config = v.reportingPluginConfig, max_duration_initialization = data.null,
    multichain = v.multichainSigners,
  }
  same(v.name, set_config, {
    signers = v.signers, transmitters = v.transmitters, f = v.f, onchain_config = v.onchainConfig,
    offchain_config_version = v.offchainConfigVersion, offchain_config = v.offchainConfig,
    calldata = v.setConfigCalldata,
  })
  same(v.name, ocr3.config_digest {
    chain_id = v.chainID, contract = v.contractAddress, config_count = v.configCount, set_config = set_config,
    multichain = v.multichainSigners,
  }, v.configDigest)
  local without_secrets = ocr3.set_config { nodes = v.nodes, config = { OracleConfig = v.oracleConfig },
    multichain = v.multichainSigners }
  same('the usual secrets', without_secrets, set_config)
end

local made = step('read the scenarios', function()
  return json.decode(fs.read 'data/scenarios.json')
end)

local function nodes_of(scenario)
  local nodes = {}
  for position = 1, scenario.count do
    local node = {}
    for name, value in pairs(made.nodes[scenario.first + position]) do
      node[name] = value
    end
    node.AptosOnchainPublicKey = scenario.aptos[position] and node.AptosOnchainPublicKey or nil
    nodes[position] = node
  end
  return nodes
end

for _, scenario in ipairs(made.scenarios) do
  local expected = scenario.expected
  local set_config = ocr3.set_config {
    nodes = nodes_of(scenario), config = scenario.config, multichain = scenario.multichain,
    shared_secret = scenario.shared_secret, ephemeral_key = scenario.ephemeral_key,
    reporting_plugin_config = scenario.reporting_plugin_config,
    max_duration_initialization = scenario.max_duration_initialization,
  }
  for _, name in ipairs { 'offchain_config', 'signers', 'transmitters', 'f' } do
    same(scenario.name .. ': ' .. name, set_config[name], expected[name])
  end
  same(scenario.name, crypto.keccak256 { set_config.calldata, hex = true }, expected.calldata_keccak256)
  same(scenario.name, ocr3.config_digest {
    chain_id = scenario.chain_id, contract = scenario.contract, config_count = scenario.config_count,
    set_config = set_config, multichain = scenario.multichain,
  }, expected.config_digest)
end

output { vectors = #vectors, scenarios = #made.scenarios }
