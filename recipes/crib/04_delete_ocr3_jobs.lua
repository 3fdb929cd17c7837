-- Deletes the OCR3 jobs of a keystone cluster: those of its contract, those of the names that 02_deploy_jobspecs gives,
-- and any that are named. A job that is gone is done.
--
--   runbook run recipes/crib/04_delete_ocr3_jobs -p namespace=crib-henry -p context=main-stage-cluster-crib

local artefact = require 'artefact'
local deployed = require 'deployed'
local eth = require 'eth'
local jobs = require 'jobs'
local nodes = require 'nodes'
local parameters = require 'parameters'
local state = require 'state'

local p = recipe {
  name = 'crib/04_delete_ocr3_jobs',
  summary = 'Delete the OCR3 jobs of the cluster, by contract, name or external id',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'node_list', 'context', 'kubeconfig', 'artefacts',
  }, {
    contracts = param.list { of = 'address', default = {}, help = 'further contracts, whose jobs go too' },
    names = param.list {
      default = { 'Keystone boot', 'Keystone', 'ocr3_bootstrap', 'ocr3_oracle' },
      help = 'names of jobs, whatever their contract',
    },
    external_ids = param.list { default = {}, help = 'external ids of jobs' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local chain = eth.chain { url = p.rpc_url, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local everybody = nodes.of(p)

-- The contract need not be there any more: its jobs are what is to go.
local known = step('see which contracts are ours', function()
  local recorded, file, ours = state.get(place.prefix .. 'ocr3'), artefact.read(p.artefacts), {}
  ours[1] = recorded and recorded.address or nil
  ours[#ours + 1] = file and file.ocr3
  return ours
end)
local contracts = jobs.set_of(p.contracts, known)
local names, ids = jobs.set_of(p.names), jobs.set_of(p.external_ids)

local function is_meant(job)
  local is_ocr3 = job.type == 'offchainreporting2' or job.type == 'bootstrap'
  return is_ocr3 and (contracts[(job.contract_id or ''):lower()] or names[(job.name or ''):lower()])
    or ids[job.external_id]
end

local deleted, count = jobs.delete(everybody, is_meant)
if count == 0 then
  log 'nothing was to be done: there are no such jobs'
end
output { deleted = deleted, jobs_deleted = count }
