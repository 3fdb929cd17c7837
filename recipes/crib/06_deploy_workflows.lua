-- The workflow of a keystone cluster: the same job on every node but the bootstrap node. Run again it changes nothing
-- on a node that has it.
--
--   runbook run recipes/crib/06_deploy_workflows -p namespace=crib-henry -p context=main-stage-cluster-crib \
--     -p target_address=0x…

local deployed = require 'deployed'
local dons = require 'dons'
local eth = require 'eth'
local nodes = require 'nodes'
local parameters = require 'parameters'
local workflows = require 'workflows'

local p = recipe {
  name = 'crib/06_deploy_workflows',
  summary = 'Put the workflow job on every node but the bootstrap node',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'node_list', 'context', 'kubeconfig', 'dons',
  }, workflows.parameters()),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local everybody = nodes.of(p)
local answering, silent = nodes.answering(dons.workflow_nodes(p.dons, everybody))

local text = step('read the workflow', function()
  return workflows.text(p)
end)
local put = workflows.put(place, answering, text)
nodes.require_all(silent, 'its workflow waits for it')

if put.written == 0 then
  log 'nothing was to be done: every node has the workflow'
end
output { jobs = put.jobs, jobs_written = put.written }
