-- The nodes of a cluster: from a file or from Kubernetes, the bootstrap node first.

local chainlink = require 'chainlink'
local kubectl = require 'kubectl'
local kubernetes_nodes = require 'kubernetes_nodes'
local node_list = require 'node_list'

local nodes = {}

--- The nodes, looked up anew in each session: a resume sees the passwords and addresses of now, and the journal
--- none of them.
--- @param p table parameters node_list; or context, namespace and kubeconfig
--- @return table list of { name, url, host, bootstrap, email, password } or with credentials instead of the last two;
---   the host is where other nodes find it
function nodes.of(p)
  if not p.node_list and not p.context then
    fail {
      'nothing says where the nodes are',
      hint = '-p node_list=FILE has a line for each node; -p context=NAME finds them in Kubernetes',
      exit = 2,
    }
  end
  local cluster = not p.node_list
    and kubectl.cluster { context = p.context, namespace = p.namespace, kubeconfig = p.kubeconfig }
  local found = setup(function()
    local ok, list = pcall(function()
      return cluster and kubernetes_nodes.read(cluster, p.namespace) or node_list.read(p.node_list)
    end)
    return ok and list or { problem = list }
  end)
  if found.problem then
    error(found.problem, 0) -- not in setup, so that a run can be cancelled whose cluster is gone
  end
  for index, node in ipairs(found) do
    node.bootstrap = index == 1
  end
  return found
end

--- A node's API.
function nodes.api(node)
  return chainlink.node {
    name = node.name,
    url = node.url,
    email = node.email,
    password = node.password,
    credentials = node.credentials,
  }
end

local function problem_of(node)
  local ok, problem = pcall(chainlink.health, { url = node.url, node = node.name, timeout = '5s' })
  if not ok and problem.code ~= 'RB3401' then
    error(problem, 0)
  end
  return not ok and problem.message or nil
end

--- Which nodes answer in this session. The others are left out of what follows, and named at the end: so a resume
--- finishes what is missing.
--- @return table answering, list of nodes
--- @return table silent, list of sentences
function nodes.answering(list)
  local problems = setup(function()
    local found = {}
    for _, node in ipairs(list) do
      found[node.name] = problem_of(node)
    end
    return found
  end)
  local answering, silent = {}, {}
  for _, node in ipairs(list) do
    if problems[node.name] then
      silent[#silent + 1] = problems[node.name]
    else
      answering[#answering + 1] = node
    end
  end
  return answering, silent
end

--- Ends the session where nodes were left out, once everything that could be done without them is done.
function nodes.require_all(silent, left)
  if #silent > 0 then
    fail {
      ('%s; %s'):format(table.concat(silent, '; '), left),
      hint = 'bring the node up again and resume: what is done stays done',
    }
  end
end

--- Without the bootstrap node, which takes no part in consensus, unless it is asked for.
function nodes.taking_part(list, include_bootstrap)
  local part = {}
  for _, node in ipairs(list) do
    if include_bootstrap or not node.bootstrap then
      part[#part + 1] = node
    end
  end
  return part
end

return nodes
