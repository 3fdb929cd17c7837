-- Removes a keystone cluster with its namespace, and makes the next one: what AWS keeps of the old one would be in the
-- way.
--
--   runbook run recipes/crib/purge -p namespace=crib-henry -p new_namespace=crib-henry-2 \
--     -p context=main-stage-cluster-crib

local deployed = require 'deployed'
local deployment = require 'deployment'
local eth = require 'eth'
local parameters = require 'parameters'
local removal = require 'removal'

local p = recipe {
  name = 'crib/purge',
  summary = 'Remove the cluster with its namespace, behind a gate that shows what is lost, and make the next one',
  params = parameters.of({ 'namespace', 'kubeconfig', 'rpc_url', 'chain_id', 'devspace_folder' }, {
    context = param.string { help = 'kube context of the cluster' },
    new_namespace = param.string { help = 'namespace of the next cluster' },
  }),
  needs = { devspace = '>=6', kubectl = parameters.kubectl },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local to = deployment.at(p, p.namespace)
local lost = removal.of(p, chain, deployed.place(chain, p.namespace), to)
output { namespace = p.new_namespace, lost = lost }
