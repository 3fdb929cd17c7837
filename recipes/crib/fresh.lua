-- Begins anew: removes a keystone cluster, and deploys another in a new namespace, for which 01 or provision then
-- deploys new contracts.
--
--   runbook run recipes/crib/fresh -p namespace=crib-henry -p new_namespace=crib-henry-2 \
--     -p context=main-stage-cluster-crib

local deployed = require 'deployed'
local deployment = require 'deployment'
local eth = require 'eth'
local parameters = require 'parameters'
local removal = require 'removal'

local own = deployment.parameters()
own.context = param.string { help = 'kube context of the cluster' }
own.new_namespace = param.string { help = 'namespace of the new cluster' }

local p = recipe {
  name = 'crib/fresh',
  summary = 'Remove the cluster, behind a gate that shows what is lost, and deploy another in a new namespace',
  params = parameters.of({
    'namespace', 'kubeconfig', 'rpc_url', 'chain_id', 'artefacts', 'devspace_folder', 'ttl', 'at', 'relative',
  }, own),
  needs = { devspace = '>=6', kubectl = parameters.kubectl },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local old, new = deployment.at(p, p.namespace), deployment.at(p, p.new_namespace)
local place = deployed.place(chain, p.namespace)
local lost = removal.of(p, chain, place, old)
step('forget the contracts', function()
  return deployed.forget(deployed.elsewhere(place, p.new_namespace), p.artefacts)
end)
local result = deployment.deploy(new, p, true)
result.lost = lost
output(result)
