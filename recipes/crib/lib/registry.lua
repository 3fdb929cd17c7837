-- The capabilities registry: what it holds, what it lacks of some DONs, and telling it that.

local abi = require 'registry_abi'
local capabilities = require 'capabilities'
local data = require 'data'

local registry = {}

local NO_CONTRACT = '0x' .. ('0'):rep(40)
local REPORT = 0 -- responseType: what it says is a report

--- What the registry is to hold.
--- @param list table DONs of dons.of
--- @param keys table entries of PublicKeys.json by name of the node
--- @param operator table { admin, name }
--- @return table { operator, capabilities, nodes, dons }
function registry.wanted(list, keys, operator)
  local wanted = { operator = operator, capabilities = {}, nodes = {}, dons = {} }
  local position = 0
  for index, don in ipairs(list) do
    local ids, configs, members = {}, {}, {}
    for at, capability in ipairs(don.capabilities) do
      ids[at] = capabilities.hashed_id(capability.id)
      configs[at] = { capabilityId = ids[at], config = capabilities.usual_config(capability.type, don.f) }
      wanted.capabilities[ids[at]] = capability
    end
    for at, node in ipairs(don.part) do
      position = position + 1
      members[at] = capabilities.p2p_id(keys[node.name].P2PPeerID)
      wanted.nodes[position] = {
        name = node.name,
        signer = capabilities.signer(keys[node.name].OCR2OnchainPublicKey),
        p2pId = members[at],
        encryptionPublicKey = capabilities.encryption_public_key(position),
        hashedCapabilityIds = ids,
      }
    end
    wanted.dons[index] = {
      name = don.name, nodes = members, configs = configs, f = don.f, accepts_workflows = don.accepts_workflows,
    }
  end
  return wanted
end

--- What the registry holds, for the body of a step.
function registry.read(chain, address)
  local held = {}
  for name, signature in pairs(abi.GETTERS) do
    held[name] = chain:call { signature, to = address }
  end
  return held
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do
    set[value:lower()] = true
  end
  return set
end

local function same_set(ours, theirs)
  local set = set_of(theirs)
  for _, value in ipairs(ours) do
    if not set[value:lower()] then
      return false
    end
  end
  return #ours == #theirs
end

--- The number of an operator, from 1 in the order they came; nil if it is not there.
function registry.operator_id(held, operator)
  for id, known in ipairs(held.operators) do
    if known.admin:lower() == operator.admin:lower() and known.name == operator.name then
      return id
    end
  end
end

local function differ(sentence, ...)
  fail {
    sentence:format(...),
    hint = 'whoever owns the registry changes what it holds (updateNodes, updateDON); or deploy another one: '
      .. '-p fresh_registry=true',
    exit = 12,
  }
end

local function missing_capabilities(wanted, held)
  local there, missing = {}, {}
  for _, capability in ipairs(held.capabilities) do
    there[capability.hashedId:lower()] = true
  end
  for hashed, capability in pairs(wanted.capabilities) do
    if not there[hashed] then
      missing[#missing + 1] = capability
    end
  end
  return missing
end

local function missing_nodes(wanted, held)
  local there, missing = {}, {}
  for _, node in ipairs(held.nodes) do
    there[node.p2pId:lower()] = node
  end
  for _, node in ipairs(wanted.nodes) do
    local known = there[node.p2pId]
    if not known then
      missing[#missing + 1] = node
    elseif known.signer:lower() ~= node.signer then
      differ('the registry has %s with the signer %s, not %s', node.name, known.signer, node.signer)
    elseif not same_set(node.hashedCapabilityIds, known.hashedCapabilityIds) then
      differ('the registry has %s with other capabilities: %s', node.name,
        table.concat(known.hashedCapabilityIds, ', '))
    end
  end
  return missing
end

local function config_texts(configs)
  local texts = {}
  for index, config in ipairs(configs) do
    texts[index] = config.capabilityId .. config.config
  end
  return texts
end

local function check_don(don, known)
  if bigint(known.f) ~= don.f or known.acceptsWorkflows ~= don.accepts_workflows then
    differ('the registry has DON %s as %s with f = %s that %s workflows', don.name, tostring(known.id),
      tostring(known.f), known.acceptsWorkflows and 'accepts' or 'does not accept')
  elseif not same_set(config_texts(don.configs), config_texts(known.capabilityConfigurations)) then
    differ('the registry has DON %s as %s with other capabilities', don.name, tostring(known.id))
  end
end

local function find_don(don, held)
  for _, known in ipairs(held.dons) do
    if same_set(don.nodes, known.nodeP2PIds) then
      return known
    end
  end
end

local function missing_dons(wanted, held)
  local missing = {}
  for _, don in ipairs(wanted.dons) do
    local known = find_don(don, held)
    if known then
      check_don(don, known)
    else
      missing[#missing + 1] = don
    end
  end
  return missing
end

--- What the registry lacks.
--- Errors: RB1212, exit 12: it holds a node or a DON otherwise than wanted
--- @return table { capabilities, operator = true if it is missing, nodes, dons }
function registry.missing(wanted, held)
  return {
    capabilities = data.array(missing_capabilities(wanted, held)),
    operator = registry.operator_id(held, wanted.operator) == nil,
    nodes = data.array(missing_nodes(wanted, held)),
    dons = data.array(missing_dons(wanted, held)),
  }
end

--- Tells the registry. What it refuses is not sent: the estimate of its gas fails, with the reason.
local function tell(chain, address, signature, arguments)
  return chain:send({ signature, arguments, to = address, abi = abi.ABI }).hash
end

local function add_capabilities(chain, address, list)
  local added = {}
  for index, capability in ipairs(list) do
    local name, version = capabilities.parts(capability.id)
    added[index] = {
      labelledName = name,
      version = version,
      capabilityType = capabilities.TYPES[capability.type],
      responseType = REPORT,
      configurationContract = NO_CONTRACT,
    }
  end
  return tell(chain, address, abi.ADD_CAPABILITIES, { added })
end

local function add_nodes(chain, address, list, operator_id)
  local added = {}
  for index, node in ipairs(list) do
    added[index] = {
      nodeOperatorId = operator_id,
      signer = node.signer,
      p2pId = node.p2pId,
      encryptionPublicKey = node.encryptionPublicKey,
      hashedCapabilityIds = node.hashedCapabilityIds,
    }
  end
  return tell(chain, address, abi.ADD_NODES, { added })
end

--- Has the registry hold what is wanted: looks, and sends what is missing, a step for each transaction.
--- @param wanted table of wanted()
--- @return table { sent = transactions, operator_id, dons = { name = id } }
function registry.fill(chain, address, wanted)
  local missing = step('see what the registry lacks', function()
    return registry.missing(wanted, registry.read(chain, address))
  end)
  local sent = #missing.dons
  if #missing.capabilities > 0 then
    sent = sent + 1
    step('add the capabilities', function()
      return add_capabilities(chain, address, missing.capabilities)
    end)
  end
  if missing.operator then
    sent = sent + 1
    step('add the node operator', function()
      return tell(chain, address, abi.ADD_OPERATORS, { { wanted.operator } })
    end)
  end
  if #missing.nodes > 0 then
    sent = sent + 1
    step('add the nodes', function()
      local operator_id = registry.operator_id(registry.read(chain, address), wanted.operator)
      return add_nodes(chain, address, missing.nodes, operator_id)
    end)
  end
  each('add the DON', missing.dons, { key = 'name' }, function(don)
    return tell(chain, address, abi.ADD_DON, { don.nodes, don.configs, true, don.accepts_workflows, don.f })
  end)
  return step('read what the registry has', function()
    local held = registry.read(chain, address)
    local ids = {}
    for _, don in ipairs(wanted.dons) do
      ids[don.name] = bigint(find_don(don, held).id):to_number()
    end
    return { sent = sent, operator_id = registry.operator_id(held, wanted.operator), dons = ids }
  end)
end

return registry
