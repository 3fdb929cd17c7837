-- Deletes the workflow jobs of a keystone cluster: those that are named, or all. A job that is gone is done.
--
--   runbook run recipes/crib/07_delete_workflows -p namespace=crib-henry -p context=main-stage-cluster-crib

local jobs = require 'jobs'
local nodes = require 'nodes'
local parameters = require 'parameters'

local p = recipe {
  name = 'crib/07_delete_workflows',
  summary = 'Delete workflow jobs, by name, external id or workflow id; all of them if none is named',
  params = parameters.of({ 'namespace', 'node_list', 'context', 'kubeconfig' }, {
    names = param.list { default = {}, help = 'names of jobs' },
    external_ids = param.list { default = {}, help = 'external ids of jobs' },
    workflow_ids = param.list { default = {}, help = 'ids of workflows, as the nodes give them' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local all = #p.names + #p.external_ids + #p.workflow_ids == 0
local names, ids = jobs.set_of(p.names), jobs.set_of(p.external_ids, p.workflow_ids)

local deleted, count = jobs.delete(nodes.of(p), function(job)
  return job.type == 'workflow'
    and (all or names[(job.name or ''):lower()] or ids[job.external_id:lower()] or ids[(job.workflow_id or ''):lower()])
end)

if count == 0 then
  log 'nothing was to be done: there are no such jobs'
end
output { deleted = deleted, jobs_deleted = count }
