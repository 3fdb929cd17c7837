-- The configuration of an OCR3 contract of keystone: what setConfig is called with, its digest, and what
-- nodes will say to it. All of it is computed; nothing here looks at a chain or a node.

local crypto = require 'crypto'
local data = require 'data'
local eth = require 'eth'
local nodes_of = require 'ocr3_nodes'
local offchain = require 'ocr3_offchain'

local ocr3 = { check = require('ocr3_check').check }

local OFFCHAIN_CONFIG_VERSION = 30
local SET_CONFIG = 'setConfig(%s[],address[],uint8,bytes,uint64,bytes)'
--- The first two bytes of a digest say what contract it is of.
local DIGEST_PREFIX = { [false] = '0x0001', [true] = '0x000e' }

--- What everybody's deployments use who give no secrets: keccak256('shared'), cut, and keccak256('ephemeral').
local SHARED_SECRET = 'a5e5a7b4594123dc2606c7e1d61add67'
local EPHEMERAL_KEY = 'c66882889d54f2896baa87e82ec3b329f343027ea92c90c19fa73ac584724622'

local function signer_type(multichain)
  return multichain and 'bytes' or 'address'
end

local function arguments(set_config)
  return {
    set_config.signers, set_config.transmitters, set_config.f,
    set_config.onchain_config, set_config.offchain_config_version, set_config.offchain_config,
  }
end

local function given(value, otherwise)
  return data.is_null(value) and otherwise or value
end

--- The secrets of a config, made of a seed: the same for the same contract, whenever a run computes them.
--- @param options table seed = secret, chain_id, contract = address
--- @return table { shared_secret, ephemeral_key } hex; secrets if the seed is one
function ocr3.secrets(options)
  local place = (' %s %s'):format(tostring(bigint(options.chain_id)), options.contract:lower())
  return {
    shared_secret = crypto.derive_key { options.seed, 'ocr3 shared secret' .. place, bytes = 16 },
    ephemeral_key = crypto.derive_key { options.seed, 'ocr3 ephemeral key' .. place, bytes = 32 },
  }
end

--- What to call setConfig with.
--- @param options table
---   nodes                        list of entries of PublicKeys.json, in node order
---   config                       the OracleConfig of ocr_config.json, or the whole file
---   shared_secret, ephemeral_key hex; without them the ones that everybody uses
---   reporting_plugin_config      hex, or a table of its fields; absent = the plugin's defaults
---   max_duration_initialization  duration; absent = not written, for nodes of before October 2024
---   multichain                   true: signers are the keys of several chains
--- @return table { signers, transmitters, f, onchain_config, offchain_config_version, offchain_config, calldata }
function ocr3.set_config(options)
  local config = offchain.oracle_config(options.config)
  local set_config = {
    signers = nodes_of.signers(options.nodes, options.multichain),
    transmitters = nodes_of.transmitters(options.nodes),
    f = given(config.MaxFaultyOracles, 0),
    onchain_config = '0x',
    offchain_config_version = OFFCHAIN_CONFIG_VERSION,
    offchain_config = offchain.encode {
      nodes = options.nodes,
      config = config,
      shared_secret = given(options.shared_secret, SHARED_SECRET),
      ephemeral_key = given(options.ephemeral_key, EPHEMERAL_KEY),
      reporting_plugin_config = options.reporting_plugin_config,
      max_duration_initialization = options.max_duration_initialization,
    },
  }
  local signature = SET_CONFIG:format(signer_type(options.multichain))
  set_config.calldata = eth.encode_call { signature, arguments(set_config) }
  return set_config
end

--- The digest that the contract will give this config.
--- @param options table chain_id, contract, config_count (the value after setConfig; the first is 1), set_config
---   (of ocr3.set_config), multichain
--- @return string 0x and 64 hex digits
function ocr3.config_digest(options)
  local multichain = options.multichain == true
  local values = arguments(options.set_config)
  table.insert(values, 1, options.chain_id)
  table.insert(values, 2, options.contract)
  table.insert(values, 3, options.config_count)
  local encoded = eth.encode_arguments {
    types = {
      'uint256', 'address', 'uint64', signer_type(multichain) .. '[]', 'address[]', 'uint8', 'bytes', 'uint64', 'bytes',
    },
    values = values,
  }
  return DIGEST_PREFIX[multichain] .. crypto.keccak256({ encoded, hex = true }):sub(7)
end

local CHAIN_NAMES = {
  signers = 'signers', transmitters = 'transmitters', f = 'f', onchain_config = 'onchainConfig',
  offchain_config_version = 'offchainConfigVersion',
}

local function same(ours, theirs)
  if type(ours) ~= 'table' then
    return tostring(ours):lower() == tostring(theirs):lower()
  end
  local equal = #ours == #theirs
  for index, value in ipairs(ours) do
    equal = equal and same(value, theirs[index])
  end
  return equal
end

--- What a config on chain has otherwise. A config that differs in nothing but how the shared secret is encrypted
--- need not be sent again: every node reads a secret from either.
--- @param set_config table of ocr3.set_config
--- @param event table a decoded ConfigSet: what eth.decode_event returned, or its arguments
--- @return table { fields = names of what differs, kept = true if it is nothing but the encrypted secret }
function ocr3.difference(set_config, event)
  local chain, fields = event.arguments or event, {}
  for name, on_chain in pairs(CHAIN_NAMES) do
    if not same(set_config[name], chain[on_chain]) then
      fields[#fields + 1] = on_chain
    end
  end
  local secret_differs = false
  for _, name in ipairs(offchain.difference(set_config.offchain_config, chain.offchainConfig)) do
    fields[#fields + 1] = name
    secret_differs = secret_differs or name == offchain.SHARED_SECRET_FIELD
  end
  return { fields = fields, kept = secret_differs and #fields == 1 }
end

return ocr3
