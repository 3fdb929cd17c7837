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
local boot = keys[everybody[1].name]
if not boot then
  nodes.require_all(silent, 'the bootstrap node has to answer: the others find each other through it')
end

local templates = step('read the templates', function()
  local folder = multichain and 'multichain' or 'seed'
  return jobspecs.templates(p.templates or 'recipes/crib/templates/' .. folder)
end)

local function wanted_on(node)
  local role = node.bootstrap and 'bootstrap' or 'oracle'
  local text = jobspecs[role] {
    template = templates[role],
    chain_id = p.chain_id,
    contract = found.contract,
    keys = keys[node.name],
    bootstrapper = jobspecs.bootstrapper { peer_id = boot.P2PPeerID, host = everybody[1].host, port = p.p2p_port },
  }
  return jobs.wanted(text, keys[node.name].P2PPeerID, role)
end

local results = each('provision', answering, { key = 'name', jobs = 8, keep_going = true }, function(node)
  local wanted = wanted_on(node)
  local job = p.only_replay and { external_id = wanted.external_id, done = 'kept' }
    or step('put the job there', function()
      return jobs.put(place, node, wanted)
    end)
  local replays = p.only_replay or job.replayed ~= found.block
  if replays then
    step('replay the logs', function()
      return jobs.replay(place, node, job.external_id, p.chain_id, found.block)
    end)
  end
  return { job = job.external_id, done = job.done, replayed = replays }
end)
nodes.require_all(silent, 'its job waits for it')

local written, replayed, ids = 0, 0, {}
for name, result in pairs(results) do
  ids[name] = result.job
  written = written + (result.done == 'kept' and 0 or 1)
  replayed = replayed + (result.replayed and 1 or 0)
end
if written + replayed == 0 then
  log 'nothing was to be done: every node has its job, and has seen the configuration'
end
output { jobs = ids, jobs_written = written, logs_replayed = replayed, from_block = found.block }
