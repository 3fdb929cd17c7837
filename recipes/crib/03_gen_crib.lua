-- What the nodes of a keystone cluster are told of its contracts: overrides of their configuration, for the next
-- deployment of the cluster, which this recipe does too where it is asked to.
--
--   runbook run recipes/crib/03_gen_crib -p namespace=crib-henry -p context=main-stage-cluster-crib -p redeploy=true

local deployed = require 'deployed'
local dons = require 'dons'
local eth = require 'eth'
local fs = require 'fs'
local jobs = require 'jobs'
local node_keys = require 'node_keys'
local nodes = require 'nodes'
local overrides = require 'overrides'
local parameters = require 'parameters'
local redeployment = require 'redeployment'

local p = recipe {
  name = 'crib/03_gen_crib',
  summary = 'Write the overrides that tell the nodes of the contracts, and deploy the cluster with them',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'node_list', 'context', 'kubeconfig', 'artefacts', 'ocr2_bundles',
    'devspace_folder', 'dons', 'capabilities_port',
  }, {
    era = param.enum {
      '2024-06',
      '2024-10',
      'late',
      default = '2024-06',
      help = 'of the cluster: late has several DONs, and a capabilities registry',
    },
    outpath = param.path { default = '../crib', help = 'folder of crib-cluster-overrides.yaml; it must be there' },
    redeploy = param.boolean {
      default = false,
      help = 'true: deploy the cluster with devspace and wait for its pods; takes context',
    },
    pod_timeout = param.duration { default = '10m', help = 'how long the pods may take, for redeploy' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

if p.redeploy and not p.context then
  fail { 'redeploy takes the kube context to deploy to', hint = '-p context=NAME', exit = 2 }
end
local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local everybody = nodes.of(p)
local redeploy = p.redeploy and redeployment.of(p)

local late = p.era == 'late'
local list = late and dons.of(p.dons, everybody)

local found = step('look at what is deployed', function()
  if not fs.exists(p.outpath) then
    fail { ('there is no folder %s for the overrides'):format(p.outpath), hint = 'make it, then resume', exit = 2 }
  end
  local kinds = late and { 'ocr3', 'forwarder', 'registry' } or nil
  return deployed.find(chain, place, p.artefacts, kinds)
end)
local options = { chain_id = p.chain_id, contract = found.ocr3.address, bundles = p.ocr2_bundles }
local keys = late and dons.keys(list, everybody, options) or node_keys.of(everybody, options)

local file = step('write crib-cluster-overrides.yaml', function()
  local text = late and dons.overrides(list, keys, {
    registry = found.registry.address,
    forwarder = found.forwarder.address,
    chain_id = p.chain_id,
    capabilities_port = p.capabilities_port,
  }) or overrides.seed { nodes = keys, forwarder = found.forwarder.address, chain_id = p.chain_id }
  return fs.write(p.outpath .. '/crib-cluster-overrides.yaml', text, { mode = '0600' })
end)

if redeploy then
  redeployment.run(redeploy, file.path)
end
local with_job = late and dons.workflow_don(list).nodes or everybody
local ailing = redeploy and jobs.ailing(with_job, found.ocr3.address) or 0
log(file.changed and 'the overrides are new' or 'the overrides are as they were')
output { overrides = file.path, changed = file.changed, deployed = p.redeploy, nodes_with_problems = ailing }
