-- Secrets made of a seed: they rebuild the same bytes, and stay secrets.
local fs, json = require 'fs', require 'json'
local ocr3 = require 'ocr3'

local p = recipe { params = { ocr_seed = param.secret { env = 'OCR_SEED' } } }

local nodes, config = step('read the keys', function()
  return json.decode(fs.read 'data/PublicKeys.json')
end), step('read the config', function()
  return json.decode(fs.read 'data/ocr_config.json')
end)

local function set_config(chain_id, contract)
  local secrets = ocr3.secrets { seed = p.ocr_seed, chain_id = chain_id, contract = contract }
  return ocr3.set_config {
    nodes = nodes, config = config, shared_secret = secrets.shared_secret, ephemeral_key = secrets.ephemeral_key,
  }, secrets
end

local contract = '0xB29934624cAe3765E33115A9530a13f5aEC7fa8A'
local first, secrets = set_config(1337, contract)
assert(first.calldata == set_config('1337', contract:lower()).calldata)
assert(first.calldata ~= set_config(1338, contract).calldata)
assert(first.calldata ~= set_config(1337, '0x' .. ('0'):rep(40)).calldata)
assert(first.calldata ~= ocr3.set_config({ nodes = nodes, config = config }).calldata)

local result = step('record both', function()
  return { offchain_config = first.offchain_config, key = secrets.ephemeral_key, secret = secrets.shared_secret }
end)
output { offchain_config = result.offchain_config, key = result.key, secret = result.secret }
