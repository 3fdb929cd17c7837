-- The pods of a keystone cluster: deployed by devspace with the keystone profile, and waited for. Nothing is done on
-- the chain: that is 01, or provision.
--
--   runbook run recipes/crib/deploy -p namespace=crib-henry -p context=main-stage-cluster-crib -p image_tag=v2.14.0

local deployed = require 'deployed'
local deployment = require 'deployment'
local eth = require 'eth'
local parameters = require 'parameters'

local own = deployment.parameters()
own.context = param.string { help = 'kube context of the cluster' }
own.clean = param.boolean {
  default = false,
  help = 'true: as if nothing was ever deployed; the next run of 01 or provision deploys the contracts anew',
}

local p = recipe {
  name = 'crib/deploy',
  summary = 'Deploy the pods of the cluster with devspace, and wait for them',
  params = parameters.of({
    'namespace', 'kubeconfig', 'rpc_url', 'chain_id', 'artefacts', 'devspace_folder', 'ttl', 'at', 'relative',
  }, own),
  needs = { devspace = '>=6', kubectl = parameters.kubectl },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = p.clean and eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local to = deployment.at(p, p.namespace)
if p.clean then
  local place = deployed.place(chain, p.namespace)
  step('forget the contracts', function()
    return deployed.forget(place, p.artefacts)
  end)
end
output(deployment.deploy(to, p, p.clean))
