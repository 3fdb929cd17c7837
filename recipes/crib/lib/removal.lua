-- Removing a cluster: what its transmitters have on the chain is lost with the keys in its namespace.

local kubernetes_nodes = require 'kubernetes_nodes'
local nodes = require 'nodes'
local state = require 'state'

local removal = {}

--- Says what may be lost although it could not be looked at.
local function tolerant(unknown, what, look)
  local ok, found = pcall(look)
  if ok then
    return found
  end
  unknown[#unknown + 1] = ('%s: %s'):format(what, tostring(found.message or found))
  return {}
end

local function transmitters_on_chain(chain, place)
  local ocr3 = state.get(place.prefix .. 'ocr3')
  return ocr3 and chain:call { 'transmitters() returns (address[])', to = ocr3.address } or {}
end

local function accounts_of(node, chain_id)
  local addresses = {}
  for index, key in ipairs(nodes.api(node):eth_keys { chain_id = chain_id }) do
    addresses[index] = key.address
  end
  return addresses
end

--- What is about to be lost, for the body of a step.
--- @return table { balances = ether by address, unknown = sentences about what could not be looked at }
function removal.look(chain, place, cluster, chain_id)
  local unknown, addresses = {}, {}
  local function add(list)
    for _, address in ipairs(list) do
      addresses[address] = true
    end
  end
  add(tolerant(unknown, 'the OCR3 contract', function()
    return transmitters_on_chain(chain, place)
  end))
  for _, node in ipairs(tolerant(unknown, 'the nodes', function()
    return kubernetes_nodes.read(cluster, place.namespace)
  end)) do
    add(tolerant(unknown, node.name, function()
      return accounts_of(node, chain_id)
    end))
  end
  local balances = {}
  for address in pairs(addresses) do
    balances[address] = chain:balance(address):format 'ether' .. ' ether'
  end
  return { balances = balances, unknown = unknown }
end

--- Removes the cluster, once somebody who saw the balances says so, and makes another namespace. Steps.
--- @param p table parameters namespace, new_namespace, chain_id
--- @param to table of deployment.at: what is removed
--- @return table what was lost, by address
function removal.of(p, chain, place, to)
  if p.new_namespace == p.namespace then
    fail {
      ('%s cannot be the new namespace too: what AWS keeps of it would be in the way'):format(p.namespace),
      hint = '-p new_namespace=ANOTHER',
      exit = 2,
    }
  end
  local lost = step('look at what is lost', function()
    return removal.look(chain, place, to.cluster, p.chain_id)
  end)
  gate('remove the cluster', {
    text = ('The namespace %s is removed, and with it the keys to these balances.'):format(p.namespace),
    show = lost,
  })
  step('purge', function()
    return to.project:purge()
  end)
  step('delete the namespace', function()
    return to.cluster:delete { 'namespace/' .. p.namespace, timeout = '15m' } -- where purging does not, and waits
  end)
  step('create the new namespace', function()
    return to.cluster:create_namespace(p.new_namespace)
  end)
  return lost.balances
end

return removal
