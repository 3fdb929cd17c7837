-- The jobs of a keystone cluster: one that boots its peer-to-peer network, and one on each other node, which takes part
-- in OCR3. Run again it changes nothing on a node that has its job.
--
--   runbook run recipes/crib/02_deploy_jobspecs -p namespace=crib-henry -p context=main-stage-cluster-crib

local configuration = require 'configuration'
local deployed = require 'deployed'
local eth = require 'eth'
local jobs = require 'jobs'
local jobspecs = require 'jobspecs'
local node_keys = require 'node_keys'
local nodes = require 'nodes'
local ocr3_jobs = require 'ocr3_jobs'
local parameters = require 'parameters'

local p = recipe {
  name = 'crib/02_deploy_jobspecs',
  summary = 'Put the bootstrap and oracle jobs on the nodes, and replay the logs of the configuration',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'node_list', 'context', 'kubeconfig', 'era', 'artefacts', 'ocr2_bundles',
    'p2p_port', 'templates',
  }, {
    only_replay = param.boolean { default = false, help = 'true: put no jobs, but replay the logs again' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local multichain = p.era ~= '2024-06'
local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local everybody = nodes.of(p)
local answering, silent = nodes.answering(everybody)

local found = step('look at what is deployed', function()
  local contracts = deployed.find(chain, place, p.artefacts)
  local on_chain = configuration.on_chain(chain, contracts.ocr3.address, multichain)
  if on_chain.count == 0 then
    fail {
      ('%s has no configuration yet: nodes would have nothing to work with'):format(contracts.ocr3.address),
      hint = 'runbook run recipes/crib/01_deploy_contracts sets it',
      exit = 2,
    }
  end
  return { contract = contracts.ocr3.address, block = on_chain.block, signers = on_chain.set.signers }
end)

local keys = node_keys.by_name(answering, {
  chain_id = p.chain_id,
  multichain = multichain,
  contract = found.contract,
  signers = found.signers,
  bundles = p.ocr2_bundles,
})
if not keys[everybody[1].name] then
  nodes.require_all(silent, 'the bootstrap node has to answer: the others find each other through it')
end

local templates = step('read the templates', function()
  local folder = multichain and 'multichain' or 'seed'
  return jobspecs.templates(p.templates or 'recipes/crib/templates/' .. folder)
end)

local put = ocr3_jobs.put(place, answering, {
  boot = everybody[1],
  keys = keys,
  templates = templates,
  chain_id = p.chain_id,
  contract = found.contract,
  p2p_port = p.p2p_port,
  block = found.block,
  only_replay = p.only_replay,
})
local ailing = jobs.ailing(answering, found.contract)
nodes.require_all(silent, 'its job waits for it')

if put.written + put.replayed == 0 then
  log 'nothing was to be done: every node has its job, and has seen the configuration'
end
output {
  jobs_written = put.written, logs_replayed = put.replayed, from_block = found.block, nodes_with_problems = ailing,
}
