-- The job that runs a workflow: the same text on all nodes that take part.

local feeds = require 'feeds'
local fs = require 'fs'
local jobs = require 'jobs'
local jobspecs = require 'jobspecs'
local keys = require 'keys'
local nodes = require 'nodes'

local workflows = {}

local LATE = 'recipes/crib/templates/late'
local STAND_IN = '0x1234567890abcdef1234567890abcdef12345678'

--- Parameters that say what a workflow is, for parameters.of.
function workflows.parameters()
  return {
    workflow = param.path {
      required = false,
      help = 'a job spec in TOML; without it one that writes the prices of feeds to target_address',
    },
    workflow_owner = param.address { default = STAND_IN, help = 'of the workflow, without a file' },
    feeds = param.list {
      required = false,
      help = 'ids of the feeds, without a file; those of BTC, LINK and the chain\'s own coin if absent',
    },
    write_target = param.string { default = 'write_geth-testnet@1.0.0', help = 'what writes, without a file' },
    target_address = param.address {
      default = STAND_IN,
      help = 'contract that is written to, without a file; a stand-in if absent',
    },
  }
end

--- The text of the job, for the body of a step.
--- @param p table parameters of workflows.parameters
function workflows.text(p)
  local text = p.workflow and fs.read(p.workflow)
    or jobspecs.workflow {
      template = jobspecs.templates(LATE).workflow,
      owner = p.workflow_owner,
      feeds = p.feeds or feeds.ids(feeds.KEYSTONE),
      write_target = p.write_target,
      address = p.target_address,
    }
  local job = jobs.wanted(text, '', 'workflow')
  if job.type ~= 'workflow' or not job.name then
    fail {
      ('%s is no job spec of a workflow that has a name'):format(p.workflow or LATE),
      hint = 'it begins with type = "workflow" and name = "…"',
      exit = 2,
    }
  end
  return text
end

--- Puts the job on nodes, a step for each.
--- @param place table of deployed.place
--- @return table { written, jobs = external ids by name of the node }
function workflows.put(place, list, text)
  local put = each('put the workflow on', list, { key = 'name', jobs = 8, keep_going = true }, function(node)
    local peer_id = keys.peer_id { node = node.name, p2p = nodes.api(node):p2p_keys() }
    local job = jobs.put(place, node, jobs.wanted(text, peer_id, 'workflow'))
    return { external_id = job.external_id, done = job.done }
  end)
  local written, ids = 0, {}
  for name, job in pairs(put) do
    ids[name] = job.external_id
    written = written + (job.done == 'kept' and 0 or 1)
  end
  return { written = written, jobs = ids }
end

return workflows
