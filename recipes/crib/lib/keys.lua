-- Which of a node's keys a deployment uses. The lists are what the chainlink module's eth_keys, p2p_keys, ocr2_keys,
-- csa_keys and aptos_keys return; what comes out is an entry of PublicKeys.json.

local data = require 'data'

local keys = {}

local function refuse(options, message, hint, exit)
  fail { ('%s: %s'):format(options.node, message), hint = hint, exit = exit or 1 }
end

--- The first enabled key of the chain; nodes list enabled ones first.
local function eth_key(options)
  for _, key in ipairs(options.eth) do
    if key.chain_id == tostring(options.chain_id) and key.disabled ~= true then
      return key
    end
  end
  refuse(options, ('did not find an enabled ETH key for chain %s'):format(tostring(options.chain_id)),
    'add the chain to the node\'s configuration: it then makes itself a key')
end

--- The peer id of a node, of which nothing else matters where it only boots the network.
--- @param options table node, p2p: as those of select
function keys.peer_id(options)
  if #options.p2p ~= 1 then
    refuse(options, ('it must have a single p2p key, and has %d'):format(#options.p2p),
      'delete those that its configuration does not name')
  end
  return options.p2p[1].peer_id
end

local function of_chain(bundles, chain_type)
  local found = {}
  for _, bundle in ipairs(bundles) do
    if bundle.chain_type == chain_type then
      found[#found + 1] = bundle
    end
  end
  return found
end

local function list_of(bundles)
  local lines = {}
  for index, bundle in ipairs(bundles) do
    lines[index] = ('%s (onchain key %s)'):format(bundle.id, bundle.onchain_public_key)
  end
  return table.concat(lines, ', ')
end

local function is_used(options, bundle)
  local onchain = bundle.onchain_public_key:lower()
  for _, signer in ipairs(options.signers or {}) do
    if signer:lower():find(onchain, 1, true) then
      return true
    end
  end
  return bundle.id == options.job_bundle_id
end

--- The one bundle; of several the one in use, since another would silently part the node from what is on chain.
--- nil if there is none: it is to be created, and the keys listed again.
local function bundle_of(options, chain_type, chosen_id)
  local bundles, used = of_chain(options.ocr2, chain_type), {}
  for _, bundle in ipairs(bundles) do
    if bundle.id == chosen_id then
      return bundle
    elseif is_used(options, bundle) then
      used[#used + 1] = bundle
    end
  end
  if chosen_id then
    refuse(options, ('it has no OCR2 bundle %s for %s, but: %s'):format(chosen_id, chain_type, list_of(bundles)),
      'name one of them', 2)
  elseif #bundles <= 1 then
    return bundles[1]
  elseif #used == 1 then
    return used[1]
  end
  refuse(options, ('it has %d OCR2 bundles for %s, and %s of them is in use: %s'):format(
    #bundles, chain_type, #used == 0 and 'none' or 'more than one', list_of(bundles)),
    ('name one: ocr2_bundles={"%s":"<id>"}'):format(options.node), 2)
end

local function csa_key(options)
  if #options.csa == 0 then
    refuse(options, 'did not find any CSA key', 'nodes make one when they start: look at its log')
  end
  return options.csa[1].public_key
end

local function add_aptos(options, entry, missing)
  if #options.aptos > 1 then
    refuse(options, ('it must have a single Aptos key, and has %d'):format(#options.aptos))
  end
  local bundle = bundle_of(options, 'aptos')
  if not options.aptos[1] then
    missing[#missing + 1] = 'aptos_key'
  elseif not bundle then
    missing[#missing + 1] = 'aptos'
  else
    entry.AptosAccount = options.aptos[1].account
    entry.AptosBundleID = bundle.id
    entry.AptosOnchainPublicKey = bundle.onchain_public_key
  end
end

local function has_nothing(balance)
  return not data.is_null(balance) and balance == 0
end

--- The keys of a node.
--- Errors: RB1212: exit 1 where the node has not what it needs, 2 where somebody has to choose
--- @param options table
---   node           what to call it
---   chain_id
---   eth, p2p, ocr2, csa   the node's keys
---   aptos          its Aptos keys; nil where the era has none
---   signers        of the config on chain, if there is one
---   job_bundle_id  ocrKeyBundleID of the node's OCR3 job, if it has one
---   bundle_id      of the evm bundle that whoever runs this has chosen
--- @return table { keys = entry of PublicKeys.json, missing = what to create first ('evm', 'aptos': bundles;
---   'aptos_key'), empty = true if the ETH key has nothing, warnings = sentences }
function keys.select(options)
  local account, bundle = eth_key(options), bundle_of(options, 'evm', options.bundle_id)
  local missing, warnings = {}, {}
  local entry = {
    EthAddress = account.address,
    P2PPeerID = keys.peer_id(options),
    CSAPublicKey = 'csa_' .. csa_key(options),
  }
  if bundle then
    entry.OCR2BundleID = bundle.id
    entry.OCR2OnchainPublicKey = bundle.onchain_public_key
    entry.OCR2OffchainPublicKey = bundle.offchain_public_key
    entry.OCR2ConfigPublicKey = bundle.config_public_key
  else
    missing[1] = 'evm'
    warnings[1] = ('%s has no OCR2 bundle for evm: one is created'):format(options.node)
  end
  if options.aptos then
    add_aptos(options, entry, missing)
  end
  local empty = has_nothing(account.balance)
  if empty then
    warnings[#warnings + 1] = ('%s: the ETH address %s has zero balance'):format(options.node, account.address)
  end
  return { keys = entry, missing = data.array(missing), empty = empty, warnings = data.array(warnings) }
end

return keys
