-- A CRIB cluster as devspace deploys it: the project beside devspace.yaml, its pods, and how long its namespace lives.

local devspace = require 'devspace'
local kubectl = require 'kubectl'
local time = require 'time'

local deployment = {
  --- Of the nodes.
  PODS = 'app=app',
}

local PROFILE = 'keystone'
--- What the provisioner that these recipes replace is called with.
local OLD_PROVISIONER = { 'deploy-contracts', 'deploy-jobspecs', 'generate-crib', 'provision-keystone' }

--- What devspace.yaml is told by the environment, as parameters: whatever is missing is named at once.
local SETTINGS = {
  DEVSPACE_IMAGE = { 'image', 'image of the nodes, without its tag' },
  DEVSPACE_INGRESS_CIDRS = { 'ingress_cidrs', 'addresses that may reach the nodes' },
  DEVSPACE_INGRESS_BASE_DOMAIN = { 'ingress_base_domain', 'domain of the nodes\' hosts' },
  DEVSPACE_INGRESS_CERT_ARN = { 'ingress_cert_arn', 'certificate of that domain' },
  CHAINLINK_CLUSTER_HELM_CHART_URI = { 'chart', 'helm chart of the cluster' },
  KEYSTONE_ETH_WS_URL = { 'ws_url', 'WebSocket endpoint of the chain, for the nodes' },
}

--- Parameters of what deploys, for parameters.of.
function deployment.parameters()
  local own = {
    image_tag = param.string { required = false, help = 'of the image; that of devspace.yaml if absent' },
    pod_timeout = param.duration {
      default = '600s',
      env = 'DEVSPACE_K8S_POD_WAIT_TIMEOUT',
      help = 'how long the pods may take',
    },
    overrides = param.path {
      required = false,
      help = 'values for the nodes, which devspace.yaml finds in $CRIB_CLUSTER_OVERRIDES: crib-preprovision.yaml',
    },
  }
  for variable, setting in pairs(SETTINGS) do
    own[setting[1]] = param.string { env = variable, help = setting[2] }
  end
  return own
end

local function environment(p)
  local variables = {
    DEVSPACE_PROFILE = PROFILE,
    DEVSPACE_K8S_POD_WAIT_TIMEOUT = p.pod_timeout,
    NS_TTL = p.ttl,
    KEYSTONE_ETH_HTTP_URL = p.rpc_url,
    CRIB_CLUSTER_OVERRIDES = p.overrides,
  }
  for variable, setting in pairs(SETTINGS) do
    variables[variable] = p[setting[1]]
  end
  return variables
end

--- The project in a namespace, and the cluster that it is deployed to: targets of the run, so call it before the first
--- step.
--- @param p table parameters context, kubeconfig, devspace_folder
--- @param namespace string
--- @return table { namespace, project, cluster }
function deployment.at(p, namespace)
  local options = { context = p.context, namespace = namespace, kubeconfig = p.kubeconfig }
  local cluster = kubectl.cluster(options)
  options.cwd, options.profiles = p.devspace_folder, { PROFILE }
  return { namespace = namespace, project = devspace.project(options), cluster = cluster }
end

local function refuse_provisioner(kind, name, text)
  for _, command in ipairs(OLD_PROVISIONER) do
    if text:find(command, 1, true) then
      fail {
        ('%s %s of devspace.yaml runs %s: it would deploy and fund everything a second time, with the key in the '
          .. 'command line'):format(kind, name, command),
        hint = 'take that out of it: 01, 02 and 03 of recipes/crib, or provision, do that work',
        exit = 2,
      }
    end
  end
end

--- Refuses pipelines that run the old provisioner, in a step.
function deployment.check(project)
  return step('read devspace.yaml', function()
    local config = project:print().config
    for name, pipeline in pairs(config.pipelines or {}) do
      refuse_provisioner('the pipeline', name, type(pipeline) == 'table' and pipeline.run or tostring(pipeline))
    end
    for name, text in pairs(config['functions'] or {}) do
      refuse_provisioner('the function', name, tostring(text))
    end
  end)
end

function deployment.wait_for_pods(cluster, timeout)
  return step('wait for the pods', function()
    return cluster:wait { kind = 'pods', selector = deployment.PODS, condition = 'Ready', timeout = timeout }
  end)
end

--- Brings the cluster up: pods only, and nothing on the chain. Steps.
--- @param to table of deployment.at
--- @param p table parameters of deployment.parameters, ttl, at, relative
--- @param clean? boolean as if nothing was ever deployed
--- @return table { namespace, revision, nodes = their addresses, lives_until }
function deployment.deploy(to, p, clean)
  deployment.check(to.project)
  local deployed = step('deploy the cluster', function()
    return to.project:deploy { override_image_tag = p.image_tag, clean = clean, env = environment(p) }
  end)
  local label = deployment.label(to.cluster, to.namespace, p)
  deployment.wait_for_pods(to.cluster, p.pod_timeout)
  local hosts = step('read the addresses of the nodes', function()
    local found = {}
    for _, ingress in ipairs(to.cluster:list { 'ingresses' }) do
      for _, rule in ipairs(ingress.spec.rules or {}) do
        found[#found + 1] = rule.host and 'https://' .. rule.host
      end
    end
    return found
  end)
  local app = deployed.deployments.app
  return { namespace = to.namespace, revision = app and app.revision, nodes = hosts, lives_until = label }
end

--- What the label of a namespace says: the time at which it is removed. A relative one would count from when it was
--- created, whatever the day it is set.
local function label_of(p)
  if p.relative then
    log(('%s counts from when the namespace was created'):format(p.ttl))
    return p.ttl
  end
  local ends = p.at and time.parse(p.at) or now() + time.duration(p.ttl)
  if ends <= now() then
    fail {
      ('%s is past: the namespace would be removed at once'):format(time.format(ends, '%Y-%m-%dT%H:%M:%SZ')),
      hint = 'runbook run recipes/crib/purge removes it, behind a gate',
      exit = 2,
    }
  end
  return time.format(ends, '%Y-%m-%dT%H%M%SZ')
end

--- Says in a step how long the namespace lives.
--- @param p table parameters ttl, at, relative
--- @return string the label
function deployment.label(cluster, namespace, p)
  return step('label the namespace', function()
    local lives_until = label_of(p)
    cluster:label {
      'namespace/' .. namespace,
      { ['cleanup.kyverno.io/ttl'] = lives_until, network = 'crib' },
      overwrite = true,
    }
    log(('the namespace lives until %s'):format(lives_until))
    return lives_until
  end)
end

return deployment
