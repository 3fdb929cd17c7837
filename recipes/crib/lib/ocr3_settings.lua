-- What a recipe asks for of the OCR3 configuration: its file, its secrets and the keys of the nodes.

local fs = require 'fs'
local json = require 'json'
local ocr3 = require 'ocr3'

local ocr3_settings = {}

--- Reads the file, for the body of a step.
--- @param path string of ocr_config.json
function ocr3_settings.read(path)
  local text = fs.read(path)
  local is_json, config = pcall(json.decode, text)
  if not is_json then
    fail { ('%s is no JSON: %s'):format(path, config.message), hint = 'correct it, then resume', exit = 2 }
  elseif type(config) ~= 'table' or type(config.OracleConfig or config) ~= 'table' then
    fail { path .. ' is no JSON object', hint = 'it has { "OracleConfig": { … } }', exit = 2 }
  end
  return config
end

--- Refuses what nodes would not work with.
--- @param config table of read
--- @param keys table entries of PublicKeys.json
function ocr3_settings.check(config, keys, multichain)
  for _, warning in ipairs(ocr3.check { config = config, nodes = keys, multichain = multichain }) do
    log(warning)
  end
end

--- The secrets of a contract's configuration: made of the seed, or those that everybody knows.
--- @param p table parameters chain_id, ocr_seed
--- @return table { shared_secret, ephemeral_key }; empty without a seed
function ocr3_settings.secrets(p, contract)
  if p.ocr_seed then
    return ocr3.secrets { seed = p.ocr_seed, chain_id = p.chain_id, contract = contract }
  end
  log 'without ocr_seed the secrets of the configuration are those that everybody knows'
  return {}
end

--- What setConfig is to be called with.
--- @param p table parameters chain_id, ocr_seed
--- @param options table multichain, contract
function ocr3_settings.set_config(p, config, keys, options)
  local secrets = ocr3_settings.secrets(p, options.contract)
  return ocr3.set_config {
    nodes = keys,
    config = config,
    multichain = options.multichain,
    shared_secret = secrets.shared_secret,
    ephemeral_key = secrets.ephemeral_key,
  }
end

--- The nodes' signing addresses on EVM chains.
function ocr3_settings.evm_signers(keys)
  local signers = {}
  for index, node in ipairs(keys) do
    signers[index] = '0x' .. node.OCR2OnchainPublicKey
  end
  return signers
end

return ocr3_settings
