-- The cluster deployed again with overrides of its nodes' configuration. The pipeline in devspace.yaml is told the file
-- by the environment: `create_deployments app --from-file "$CRIB_CLUSTER_OVERRIDES"`.

local devspace = require 'devspace'
local kubectl = require 'kubectl'

local redeployment = {}

local PODS = 'app=app'

--- Deploys, replaces the pods, which read their configuration when they start, and waits for the new ones.
--- @param p table parameters context, namespace, kubeconfig, devspace_folder, pod_timeout
--- @param overrides string path of the file
function redeployment.of(p, overrides)
  local project = devspace.project {
    cwd = p.devspace_folder,
    context = p.context,
    namespace = p.namespace,
    kubeconfig = p.kubeconfig,
    profiles = { 'keystone' },
    env = { CRIB_CLUSTER_OVERRIDES = overrides },
  }
  local cluster = kubectl.cluster { context = p.context, namespace = p.namespace, kubeconfig = p.kubeconfig }
  step('deploy the cluster with the overrides', function()
    return project:deploy {}
  end)
  step('replace the pods', function()
    return cluster:delete { kind = 'pods', selector = PODS, wait = true, timeout = p.pod_timeout }
  end)
  step('wait for the pods', function()
    return cluster:wait { kind = 'pods', selector = PODS, condition = 'Ready', timeout = p.pod_timeout }
  end)
end

return redeployment
