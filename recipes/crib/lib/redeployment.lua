-- The cluster deployed again with overrides of its nodes' configuration. The pipeline in devspace.yaml is told the file
-- by the environment: `create_deployments app --from-file "$CRIB_CLUSTER_OVERRIDES"`.

local deployment = require 'deployment'
local devspace = require 'devspace'
local kubectl = require 'kubectl'

local redeployment = {}

local PODS = 'app=app'

--- Where it is deployed to: targets of the run, so call it before the first step.
--- @param p table parameters context, namespace, kubeconfig, devspace_folder, pod_timeout
function redeployment.of(p)
  local options = { context = p.context, namespace = p.namespace, kubeconfig = p.kubeconfig }
  local cluster = kubectl.cluster(options)
  options.cwd, options.profiles = p.devspace_folder, { 'keystone' }
  return { cluster = cluster, project = devspace.project(options), timeout = p.pod_timeout }
end

--- Deploys, replaces the pods, which read their configuration when they start, and waits for the new ones.
--- @param to table of redeployment.of
--- @param overrides string path of the file
function redeployment.run(to, overrides)
  deployment.check(to.project)
  step('deploy the cluster with the overrides', function()
    return to.project:deploy { env = { CRIB_CLUSTER_OVERRIDES = overrides } }
  end)
  step('replace the pods', function()
    return to.cluster:delete { kind = 'pods', selector = PODS, wait = true, timeout = to.timeout }
  end)
  step('wait for the pods', function()
    return to.cluster:wait { kind = 'pods', selector = PODS, condition = 'Ready', timeout = to.timeout }
  end)
end

return redeployment
