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

--- @class devspace.ProjectOptions
--- @field cwd? string the folder of devspace.yaml; the project root if absent
--- @field config? string another file than devspace.yaml
--- @field context? string a context of the kubeconfig; the current one if absent
--- @field namespace? string where it is deployed; the context's own if absent
--- @field kubeconfig? string another file than $KUBECONFIG and ~/.kube/config
--- @field profiles? string[] profiles of devspace.yaml, in order
--- @field vars? table variables of devspace.yaml
--- @field env? table variables for devspace and what it runs, secrets too
--- @field timeout? string for one call
--- @field project? string name of the handle and of its target; "project", then "project 2" …

--- A project and the cluster it is deployed to. Every primitive is a method of it that takes a table
--- of the options that the handle does not know: `project:deploy { override_image_tag = "v1.2.3" }`,
--- `project:run { "ttl", args = { "crib-a", "7d" } }`.
--- @class devspace.Project
--- @field name string
local Project = {}
Project.__index = Project

for name, fn in pairs(raw) do
  Project[name] = function(project, options)
    return fn(over(project.known, type(options) == 'table' and options or { options }))
  end
end

local handles = 0

--- A project: its cluster is a target of the run. Another server or namespace on resume is refused.
--- What is absent is what the kubeconfig says when the run, or its resumption, begins. Handles are
--- told apart by their order, so make them outside steps.
--- Errors: RB3108 no such context · RB1209 another target
--- @param options? devspace.ProjectOptions
--- @return devspace.Project
function M.project(options)
  handles = handles + 1
  local known = over({ project = handles == 1 and 'project' or 'project ' .. handles }, options or {})
  local name = known.project
  known.project = nil
  target(name, function()
    local found = raw.connect(known)
    known.context, known.namespace = found.context, found.namespace
    return { server = found.server, namespace = found.namespace }
  end)
  return setmetatable({ name = name, known = known }, Project)
end

return M
