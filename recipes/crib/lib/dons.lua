-- DONs: nodes of a cluster that agree on something together, as data:
--     { name, prefix, nodes = how many, bootstrap = which of them, f, accepts_workflows,
--       capabilities = { { id, type }, … } }

local capabilities = require 'capabilities'
local data = require 'data'
local node_keys = require 'node_keys'
local nodes = require 'nodes'
local overrides = require 'overrides'

local dons = {}

--- The two of keystone: one runs workflows and writes what they say, one watches prices.
local KEYSTONE = data.array {
  {
    name = 'workflow',
    prefix = 'ks-wf-',
    nodes = 5,
    bootstrap = 1,
    f = 1,
    accepts_workflows = true,
    capabilities = data.array {
      { id = 'offchain_reporting@1.0.0', type = 'consensus' },
      { id = 'write_geth-testnet@1.0.0', type = 'target' },
    },
  },
  {
    name = 'streams-trigger',
    prefix = 'ks-str-trig-',
    nodes = 5,
    bootstrap = 1,
    f = 1,
    accepts_workflows = false,
    capabilities = data.array { { id = 'streams-trigger@1.1.0', type = 'trigger' } },
  },
}

local function is_whole(value, from, to)
  return type(value) == 'number' and value % 1 == 0 and value >= from and value <= to
end

local function problems_of(don)
  local found = {}
  local function expect(holds, sentence, ...)
    if not holds then
      found[#found + 1] = ('DON %s: '):format(tostring(don.name)) .. sentence:format(...)
    end
  end
  expect(type(don.name) == 'string' and don.name ~= '', 'it needs a name')
  expect(type(don.prefix) == 'string', 'it needs a prefix, of the names of its nodes')
  expect(is_whole(don.nodes, 2, 32), 'nodes is how many it has, the bootstrap node included: 2 to 32')
  expect(is_whole(don.bootstrap, 1, don.nodes or 1), 'bootstrap is the position of its bootstrap node')
  expect(is_whole(don.f, 1, ((don.nodes or 2) - 2) / 3), 'f is at least 1, with 3 f + 1 nodes and the bootstrap node')
  expect(type(don.capabilities) == 'table' and #don.capabilities > 0, 'it needs capabilities')
  for _, capability in ipairs(don.capabilities or {}) do
    expect(capabilities.TYPES[capability.type], '%s is a trigger, an action, a consensus or a target',
      tostring(capability.id))
    capabilities.parts(tostring(capability.id))
  end
  return found
end

--- Refuses what is no list of DONs, with a sentence for each reason.
local function check(list)
  local problems, seen = {}, {}
  for _, don in ipairs(list) do
    for _, problem in ipairs(problems_of(don)) do
      problems[#problems + 1] = problem
    end
    if seen[don.name] then
      problems[#problems + 1] = ('two DONs are named %s'):format(tostring(don.name))
    end
    seen[don.name or ''] = true
  end
  if #list == 0 or #problems > 0 then
    fail {
      #list == 0 and 'dons names no DON' or table.concat(problems, '; '),
      hint = 'recipes/crib/README.md has an example',
      exit = 2,
    }
  end
end

--- The DONs with their nodes: of all nodes in their order the first so many are the first DON's.
--- @param list? table the parameter dons; those of keystone if absent
--- @param everybody table nodes of nodes.of
--- @return table list of { name, prefix, f, accepts_workflows, capabilities, nodes, boot = its bootstrap node,
---   part = its other nodes }
function dons.of(list, everybody)
  list = list or KEYSTONE
  check(list)
  local populated, used, required = {}, 0, 0
  for _, don in ipairs(list) do
    required = required + don.nodes
  end
  if #everybody < required then
    fail {
      ('not enough nodes to populate all DONs: required %d, got %d'):format(required, #everybody),
      hint = 'say of each DON how many nodes it has: -P FILE.yaml, with dons in it',
      exit = 2,
    }
  end
  for index, don in ipairs(list) do
    local own = {}
    for position = 1, don.nodes do
      own[position] = everybody[used + position]
      own[position].bootstrap = position == don.bootstrap
    end
    used = used + don.nodes
    populated[index] = {
      name = don.name,
      prefix = don.prefix,
      bootstrap = don.bootstrap,
      f = don.f,
      accepts_workflows = don.accepts_workflows == true,
      capabilities = don.capabilities,
      nodes = own,
      boot = own[don.bootstrap],
      part = nodes.taking_part(own, false),
    }
  end
  return populated
end

--- The sizes of DONs, before there are nodes: list of { prefix, size, bootstrap }.
--- @param list? table the parameter dons
function dons.sizes(list)
  list = list or KEYSTONE
  check(list)
  local sizes = {}
  for index, don in ipairs(list) do
    sizes[index] = { prefix = don.prefix, size = don.nodes, bootstrap = don.bootstrap }
  end
  return sizes
end

--- The DON that runs workflows.
--- @param list table of dons.of
function dons.workflow_don(list)
  local found = {}
  for _, don in ipairs(list) do
    found[#found + 1] = don.accepts_workflows and don or nil
  end
  if #found ~= 1 then
    fail { ('%d DONs accept workflows: it takes one'):format(#found), hint = 'accepts_workflows says which', exit = 2 }
  end
  return found[1]
end

--- All nodes of DONs.
function dons.members(list)
  local members = {}
  for _, don in ipairs(list) do
    for _, node in ipairs(don.nodes) do
      members[#members + 1] = node
    end
  end
  return members
end

--- Reads the keys of nodes, in a group for each DON. Those that run workflows sign on several chains; of a bootstrap
--- node only the peer id is read.
--- @param list table of dons.of
--- @param answering table nodes
--- @param options table as those of node_keys.read
--- @return table entries of PublicKeys.json by name of the node
function dons.keys(list, answering, options)
  local is_up, keys = {}, {}
  for _, node in ipairs(answering) do
    is_up[node.name] = true
  end
  for _, don in ipairs(list) do
    local own, up = {}, {}
    for name, value in pairs(options) do
      own[name] = value
    end
    own.multichain = options.multichain and don.accepts_workflows
    for _, node in ipairs(don.nodes) do
      up[#up + 1] = is_up[node.name] and node or nil
    end
    group(don.name, function()
      for name, entry in pairs(node_keys.by_name(up, own)) do
        keys[name] = entry
      end
    end)
  end
  return keys
end

--- Entries of PublicKeys.json in the order of nodes.
function dons.in_order(list, keys)
  local entries = {}
  for _, node in ipairs(list) do
    entries[#entries + 1] = keys[node.name]
  end
  return entries
end

--- The overrides of all nodes' configuration, once contracts and keys are known.
--- @param list table of dons.of
--- @param keys table entries of PublicKeys.json by name of the node
--- @param options table registry, forwarder (addresses), chain_id, capabilities_port
function dons.overrides(list, keys, options)
  local described = {}
  for index, don in ipairs(list) do
    described[index] = {
      prefix = don.prefix,
      bootstrap = don.bootstrap,
      nodes = dons.in_order(don.nodes, keys),
      accepts_workflows = don.accepts_workflows,
    }
  end
  return overrides.late_post {
    dons = described,
    registry = options.registry,
    forwarder = options.forwarder,
    chain_id = options.chain_id,
    capabilities_port = options.capabilities_port,
  }
end

--- The nodes that run workflows: of DONs those that accept workflows; without DONs all. Never a bootstrap node.
--- @param list? table the parameter dons
--- @param everybody table nodes of nodes.of
function dons.workflow_nodes(list, everybody)
  if not list then
    return nodes.taking_part(everybody, false)
  end
  local chosen = {}
  for _, don in ipairs(dons.of(list, everybody)) do
    for _, node in ipairs(don.accepts_workflows and don.part or {}) do
      chosen[#chosen + 1] = node
    end
  end
  return chosen
end

return dons
