-- The capabilities registry of a keystone cluster: deployed once for a namespace, and told which nodes form which DON
-- and what each of them can do. Run again it sends only what the registry lacks.
--
--   runbook run recipes/crib/05_capabilities_registry -p namespace=crib-henry -p context=main-stage-cluster-crib \
--     -p registry_bytecode_file=CapabilitiesRegistry.bin

local deployed = require 'deployed'
local dons = require 'dons'
local eth = require 'eth'
local nodes = require 'nodes'
local parameters = require 'parameters'
local registry = require 'registry'

local p = recipe {
  name = 'crib/05_capabilities_registry',
  summary = 'Deploy the capabilities registry, and tell it of capabilities, nodes and DONs',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'key', 'node_list', 'context', 'kubeconfig', 'ocr2_bundles', 'dons', 'operator',
    'registry_bytecode_file', 'registry_bytecode_sha256',
  }, {
    registry = param.address { required = false, help = 'of a registry that is there already' },
    fresh_registry = param.boolean { default = false, may_change = true, help = 'true: deploy another one' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = eth.chain { url = p.rpc_url, key = p.key, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local list = dons.of(p.dons, nodes.of(p))

local found = step('look for the registry', function()
  local named = p.registry and { path = 'the parameter registry', registry = p.registry }
  local known = not p.fresh_registry and deployed.look_for(chain, place, 'registry', named) or nil
  if not known then
    deployed.check_bytecode(p, 'registry')
  end
  return { registry = known }
end)

local keys = dons.keys(list, dons.members(list), { chain_id = p.chain_id, bundles = p.ocr2_bundles })
local contract = deployed.ensure(chain, place, 'registry', found.registry, p.registry_bytecode_file)
local wanted = registry.wanted(list, keys, { admin = chain.sender, name = p.operator })
local told = registry.fill(chain, contract.address, wanted)

if found.registry and told.sent == 0 then
  log 'nothing was to be done: the registry holds all of it'
end
output { registry = contract.address, operator_id = told.operator_id, dons = told.dons, transactions = told.sent }
