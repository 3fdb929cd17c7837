-- Of a node's keys those are chosen that the deployment uses, or somebody is asked.
local data, json = require 'data', require 'json'
local keys = require 'keys'

local function bundle(id, chain_type, onchain)
  return {
    id = id, chain_type = chain_type, onchain_public_key = onchain, offchain_public_key = 'off' .. id,
    config_public_key = 'cfg' .. id,
  }
end

local function select(changes)
  local options = {
    node = 'node2', chain_id = 1337,
    eth = {
      { chain_id = '11155111', address = '0xaa', balance = bigint(1), disabled = false },
      { chain_id = '1337', address = '0xdd', balance = bigint(5), disabled = true },
      { chain_id = '1337', address = '0xbb', balance = bigint(5), disabled = false },
      { chain_id = '1337', address = '0xcc', balance = bigint(0), disabled = false },
    },
    p2p = { { peer_id = '12D3KooWx' } },
    csa = { { public_key = '77' }, { public_key = '88' } },
    ocr2 = { bundle('b0', 'aptos', 'a9'), bundle('b1', 'evm', 'e1') },
  }
  for name, value in pairs(changes or {}) do
    options[name] = value
  end
  return keys.select(options)
end

local function refused(exit, sentence, changes)
  local ok, raised = pcall(select, changes)
  assert(not ok and raised.message:find(sentence, 1, true), ok and 'accepted' or raised.message)
  assert(raised.detail.exit_code == exit and raised.message:find 'node2')
end

local usual = select()
assert(json.encode(usual.keys) == json.encode {
  EthAddress = '0xbb', P2PPeerID = '12D3KooWx', OCR2BundleID = 'b1', OCR2OnchainPublicKey = 'e1',
  OCR2OffchainPublicKey = 'offb1', OCR2ConfigPublicKey = 'cfgb1', CSAPublicKey = 'csa_77',
}, json.encode(usual.keys))
assert(#usual.missing == 0 and #usual.warnings == 0 and not usual.empty)

refused(1, 'did not find an enabled ETH key for chain 10', { chain_id = 10 })
refused(1, 'must have a single p2p key, and has 0', { p2p = {} })
refused(1, 'must have a single p2p key, and has 2', { p2p = { { peer_id = 'a' }, { peer_id = 'b' } } })
refused(1, 'did not find any CSA key', { csa = {} })

-- Balances: nothing is a warning, and no answer from the chain is not nothing.
local function with_balance(balance)
  return select { eth = { { chain_id = '1337', address = '0xcc', balance = balance } } }
end
local poor = with_balance(bigint(0))
assert(poor.empty and poor.warnings[1]:find 'zero balance')
assert(not with_balance(nil).empty and not with_balance(data.null).empty)
assert(not with_balance(bigint '1 ether').empty)

-- Bundles: none is to be created; of several the one in use, or the one that is named.
local none = select { ocr2 = {} }
assert(none.missing[1] == 'evm' and none.keys.OCR2BundleID == nil)
local two = { bundle('b1', 'evm', 'e1'), bundle('b2', 'evm', 'e2') }
refused(2, 'has 2 OCR2 bundles for evm, and none of them is in use: b1 (onchain key e1), b2 (onchain key e2)',
  { ocr2 = two })
assert(select({ ocr2 = two, signers = { '0xE2', '0xe3' } }).keys.OCR2BundleID == 'b2')
assert(select({ ocr2 = two, job_bundle_id = 'b2' }).keys.OCR2BundleID == 'b2')
assert(select({ ocr2 = two, bundle_id = 'b1', signers = { '0xe2' } }).keys.OCR2BundleID == 'b1')
refused(2, 'has no OCR2 bundle b7 for evm, but: b1 (onchain key e1)', { bundle_id = 'b7' })
refused(2, 'more than one of them is in use', { ocr2 = two, signers = { '0xe2' }, job_bundle_id = 'b1' })

-- Aptos, where the era has it.
local aptos = { { account = '0x01', public_key = '0x02' } }
assert(select({ aptos = aptos }).keys.AptosOnchainPublicKey == 'a9')
assert(select({ aptos = {} }).missing[1] == 'aptos_key')
assert(select({ aptos = aptos, ocr2 = { bundle('b1', 'evm', 'e1') } }).missing[1] == 'aptos')
refused(1, 'single Aptos key, and has 2', { aptos = { aptos[1], aptos[1] } })
