-- The nodes of a CRIB cluster, found in Kubernetes: workloads labelled app=app, the hosts of their ingresses, and the
-- ConfigMap that holds their login.

local kubernetes_nodes = {}

local LABEL = 'app=app'

--- Natural order: node10 comes after node9.
local function sort_key(name)
  return (name:gsub('%d+', function(digits)
    return ('0'):rep(20 - #digits) .. digits
  end))
end

--- The later era has Deployments, the seed era bare pods (of StatefulSets): what a pod is made from is named once.
local function workloads(cluster)
  local found = cluster:list { 'deployments', selector = LABEL }
  if #found > 0 then
    local templates = {}
    for index, deployment in ipairs(found) do
      templates[index] = deployment.spec.template
      templates[index].name = deployment.metadata.name
    end
    return templates
  end
  found = cluster:list { 'pods', selector = LABEL }
  for _, pod in ipairs(found) do
    pod.name = pod.metadata.name
  end
  return found
end

--- A service is the instance's if its name ends with the instance's whole name: "app-node-10" is not node-1's.
local function is_service_of(instance, service)
  return ('-' .. service):sub(-#instance - 1) == '-' .. instance
end

--- The first host that leads to the instance's service.
local function host_of(ingresses, instance)
  for _, ingress in ipairs(ingresses) do
    for _, rule in ipairs(ingress.spec.rules or {}) do
      for _, path in ipairs(rule.http and rule.http.paths or {}) do
        local service = path.backend.service and path.backend.service.name or ''
        if is_service_of(instance, service) then
          return rule.host, service
        end
      end
    end
  end
end

local function config_maps(workload)
  local names = {}
  for _, volume in ipairs(workload.spec.volumes or {}) do
    if volume.configMap then
      names[#names + 1] = volume.configMap.name
    end
  end
  return names
end

--- The names of the ConfigMaps that hold a login.
local function login_maps(cluster)
  local names = {}
  for _, map in ipairs(cluster:list { 'configmaps' }) do
    names[map.metadata.name] = map.data and map.data.apicredentials and true
  end
  return names
end

--- The login of the node: two lines of whichever of its ConfigMaps has it.
local function credentials_of(cluster, workload, instance, with_login)
  for _, name in ipairs(config_maps(workload)) do
    if with_login[name] then
      local keep = { ['API credentials of ' .. instance] = '/data/apicredentials' }
      return cluster:get({ 'configmap/' .. name, keep = keep }).data.apicredentials
    end
  end
  fail { ('no ConfigMap of %s has apicredentials'):format(instance) }
end

local function node_of(cluster, workload, ingresses, with_login)
  local labels = workload.metadata.labels or {}
  local instance = labels.instance or workload.name
  local host, service = host_of(ingresses, instance)
  if not host then
    fail { ('could not find host for %s: no ingress leads to its service'):format(workload.name) }
  end
  return {
    name = instance,
    url = 'https://' .. host,
    host = service,
    credentials = credentials_of(cluster, workload, instance, with_login),
  }
end

--- Reads the nodes in natural order of their hosts. For setup or the body of a step.
--- @param cluster kubectl.Cluster
--- @param namespace string its namespace, for messages
--- @return table list of { name, url, host, credentials }
function kubernetes_nodes.read(cluster, namespace)
  local found = workloads(cluster)
  if #found == 0 then
    fail { ('no chainlink node crib pods found in %s, is your crib cluster deployed?'):format(namespace) }
  end
  local ingresses = cluster:list { 'ingresses' }
  if #ingresses == 0 then
    fail { ('no ingress found in %s, is your crib cluster deployed?'):format(namespace) }
  end
  local nodes, with_login = {}, login_maps(cluster)
  for index, workload in ipairs(found) do
    nodes[index] = node_of(cluster, workload, ingresses, with_login)
  end
  table.sort(nodes, function(a, b)
    return sort_key(a.url) < sort_key(b.url)
  end)
  return nodes
end

return kubernetes_nodes
