-- Beside the primitives: a handle, which is a table of options with the primitives as methods, and
-- declares its cluster as a target of the run.
local raw = ...

local M = {}
for name, fn in pairs(raw) do
  M[name] = fn
end

local function over(first, second)
  local both = {}
  for name, value in pairs(first) do
    both[name] = value
  end
  for name, value in pairs(second) do
    both[name] = value
  end
  return both
end

-- What a method was given, over the options of the handle: one table, or values by position.
local function given(options, first, ...)
  if type(first) == 'table' and select('#', ...) == 0 then
    return over(options, first)
  end
  return over(options, { first, ... })
end

--- @class kubectl.ClusterOptions
--- @field context? string a context of the kubeconfig; the current one if absent
--- @field namespace? string where objects are; the context's own if absent
--- @field kubeconfig? string another file than $KUBECONFIG and ~/.kube/config
--- @field request_timeout? string for one answer of the cluster, 30s if absent
--- @field cluster? string name of the handle and of its target; "cluster", then "cluster 2" …

--- A cluster and a namespace in it. Every primitive is a method of it that needs neither context nor
--- namespace: `cluster:apply { file = "web.yaml" }`, `cluster:get("deployment/web")`.
--- @class kubectl.Cluster
--- @field name string
local Cluster = {}
Cluster.__index = Cluster

-- Of these the namespace is no option; those of the kubeconfig are no methods.
local of_the_whole = { create_namespace = true, version = true, whoami = true }
local of_the_kubeconfig = { connect = true, contexts = true, current_context = true }

for name, fn in pairs(raw) do
  if not of_the_kubeconfig[name] then
    Cluster[name] = function(cluster, ...)
      local options = over(cluster.known, cluster.more)
      if of_the_whole[name] then
        options.namespace = nil
      end
      return fn(given(options, ...))
    end
  end
end

--- The same cluster, another namespace.
--- @param namespace string
--- @return kubectl.Cluster
function Cluster.in_namespace(cluster, namespace)
  local more = over(cluster.more, { namespace = namespace })
  return setmetatable({ name = cluster.name, known = cluster.known, more = more }, Cluster)
end

local handles = 0

--- A cluster: a target of the run. Another server or namespace on resume is refused. What is absent
--- is what the kubeconfig says when the run, or its resumption, begins. Handles are told apart by
--- their order, so make them outside steps.
--- Errors: RB3108 no such context · RB1209 another target
--- @param options? kubectl.ClusterOptions
--- @return kubectl.Cluster
function M.cluster(options)
  handles = handles + 1
  local known = over({ cluster = handles == 1 and 'cluster' or 'cluster ' .. handles }, options or {})
  local name = known.cluster
  known.cluster = nil
  target(name, function()
    local found = raw.connect(known)
    known.context, known.namespace = found.context, found.namespace
    return { server = found.server, namespace = found.namespace }
  end)
  return setmetatable({ name = name, known = known, more = {} }, Cluster)
end

return M
