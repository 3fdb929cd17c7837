-- Reads a node's keys, and makes those that it needs and has not.

local keys = require 'keys'
local nodes = require 'nodes'

local node_keys = {}

local function lists_of(api, multichain)
  return {
    eth = api:eth_keys(),
    p2p = api:p2p_keys(),
    ocr2 = api:ocr2_keys(),
    csa = api:csa_keys(),
    aptos = multichain and api:aptos_keys() or nil,
  }
end

--- Where a node has several bundles: that of the job it has for the contract.
local function bundle_of_job(api, contract)
  for _, job in ipairs(contract and api:jobs() or {}) do
    if job.type == 'offchainreporting2' and (job.contract_id or ''):lower() == contract:lower() then
      return api:job({ id = job.id }).spec.ocrKeyBundleID
    end
  end
end

local make = {
  evm = function(api)
    api:create_ocr2_key { chain_type = 'evm' }
  end,
  aptos = function(api)
    api:create_ocr2_key { chain_type = 'aptos' }
  end,
  aptos_key = function(api)
    api:create_aptos_key()
  end,
}

local function select(node, api, options)
  local of_node = lists_of(api, options.multichain)
  of_node.node = node.name
  of_node.chain_id = options.chain_id
  of_node.signers = options.signers
  of_node.bundle_id = options.bundles and options.bundles[node.name]
  of_node.job_bundle_id = #of_node.ocr2 > 1 and bundle_of_job(api, options.contract) or nil
  return keys.select(of_node)
end

--- The keys of a node, for the body of a step. What is missing is created, each thing once.
--- @param node table of nodes.of
--- @param options table chain_id; multichain; include_bootstrap; of the contract that is configured already: contract,
---   signers; bundles = the parameter ocr2_bundles
--- @return table entry of PublicKeys.json; of a bootstrap node that does not take part only P2PPeerID
function node_keys.read(node, options)
  local api = nodes.api(node)
  if node.bootstrap and not options.include_bootstrap then
    return { P2PPeerID = keys.peer_id { node = node.name, p2p = api:p2p_keys() } }
  end
  local chosen = select(node, api, options)
  local made = {}
  while #chosen.missing > 0 do
    local kind = chosen.missing[1]
    if made[kind] then
      fail {
        ('%s made a key (%s), and does not list it'):format(node.name, kind),
        hint = 'look at its log; every further try would make another key',
      }
    end
    make[kind](api)
    made[kind] = true
    chosen = select(node, api, options)
  end
  for _, warning in ipairs(chosen.warnings) do
    log(warning)
  end
  return chosen.keys
end

--- The keys of several nodes, a step for each.
--- @return table entries of PublicKeys.json by name of the node
function node_keys.by_name(list, options)
  return each('read the keys of', list, { key = 'name', jobs = 8 }, function(node)
    return node_keys.read(node, options)
  end)
end

--- @return table the same in the order of the nodes
function node_keys.of(list, options)
  local by_name, entries = node_keys.by_name(list, options), {}
  for index, node in ipairs(list) do
    entries[index] = by_name[node.name]
  end
  return entries
end

return node_keys
