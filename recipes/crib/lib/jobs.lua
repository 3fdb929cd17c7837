-- One job on one node, whatever was there before: found by its id, which holds the hash of its text; else what has its
-- name, or its type and contract, is replaced; else it is created.

local data = require 'data'
local jobspecs = require 'jobspecs'
local nodes = require 'nodes'
local state = require 'state'

local jobs = {}

--- Of a text in TOML the value of a top-level key.
local function field(text, key)
  return ('\n' .. text):match('\n' .. key .. '%s*=%s*"([^"]*)"')
end

--- What is to be on a node.
--- @param text string the rendered spec
--- @param peer_id string of the node
--- @param role string 'bootstrap', 'oracle' or 'workflow'
--- @return table { external_id, text, name, type, contract }
function jobs.wanted(text, peer_id, role)
  return {
    external_id = jobspecs.external_job_id { peer_id = peer_id, role = role, text = text },
    text = text,
    name = field(text, 'name'),
    type = field(text, 'type'),
    contract = field(text, 'contractID'),
  }
end

local function is_same_thing(job, wanted)
  return wanted.contract and job.type == wanted.type
    and (job.contract_id or ''):lower() == wanted.contract:lower()
end

--- The job by its id, or the one whose place it takes.
local function find(list, wanted)
  local by_name, by_contract
  for _, job in ipairs(list) do
    if job.external_id == wanted.external_id then
      return job
    end
    by_name = by_name or (job.name == wanted.name and job)
    by_contract = by_contract or (is_same_thing(job, wanted) and job)
  end
  return nil, by_name or by_contract
end

--- Where the state says from which block a job's logs were replayed.
local function replay_key(place, external_id)
  return ('%sreplayed/%s'):format(place.prefix, external_id)
end

--- Puts a job on a node, for the body of a step.
--- @param wanted table of wanted()
--- @return table { id, external_id, name, done = 'kept', 'created' or 'replaced', replayed = block, if any }
function jobs.put(place, node, wanted)
  local api = nodes.api(node)
  local same, other = find(api:jobs(), wanted)
  local key = replay_key(place, wanted.external_id)
  local job, done = same, 'kept'
  if not same then
    if state.get(key) then
      state.put(key, 0) -- whatever was replayed for a job of this id, the new one has not seen it
    end
    local text = jobspecs.posted(wanted.text, wanted.external_id)
    if other then
      job, done = api:replace_job { id = other.id, toml = text }, 'replaced'
    else
      job, done = api:create_job { toml = text }, 'created'
    end
  end
  return { id = job.id, external_id = job.external_id, name = wanted.name, done = done, replayed = state.get(key) }
end

--- Has the node look at the chain again from a block on, for the body of a step.
function jobs.replay(place, node, external_id, chain_id, block)
  local started = nodes.api(node):replay { block = block, chain_id = chain_id }
  state.put(replay_key(place, external_id), block)
  return started
end

--- Asks the nodes what became of their jobs for a contract, a step for each, and says what is wrong.
--- @param list table nodes
--- @return number nodes without such a job, or whose job has had errors
function jobs.ailing(list, contract)
  -- A node that was just started answers a moment later than its pod says.
  local patiently = { key = 'name', jobs = 8, retry = { attempts = 8, initial = '1s', on = { 'RB3401' } } }
  local told = each('see how the job does on', list, patiently, function(node)
    local problems, there = {}, false
    for _, job in ipairs(nodes.api(node):jobs()) do
      if (job.contract_id or ''):lower() == contract:lower() then
        there = true
        for _, problem in ipairs(job.errors) do
          problems[#problems + 1] = ('job %s, %s: %s (%s times)'):format(
            job.id, job.name, tostring(problem.description), tostring(problem.occurrences))
        end
      end
    end
    if not there then
      problems[1] = ('no job for %s: runbook run recipes/crib/02_deploy_jobspecs'):format(contract)
    end
    for _, problem in ipairs(problems) do
      log(problem)
    end
    return data.array(problems)
  end)
  local count = 0
  for _, problems in pairs(told) do
    count = count + (#problems > 0 and 1 or 0)
  end
  return count
end

--- Deletes jobs on all nodes, a step for each node. One that is gone already is done.
--- @param list table nodes
--- @param is_meant function of a job, as chainlink.jobs has it
--- @return table names of what was deleted by name of the node
--- @return number how many
function jobs.delete(list, is_meant)
  local deleted = each('delete the jobs on', list, { key = 'name', jobs = 8, keep_going = true }, function(node)
    local api, gone = nodes.api(node), {}
    for _, job in ipairs(api:jobs()) do
      if is_meant(job) then
        api:delete_job { id = job.id }
        log(('deleted job %s, %s'):format(job.id, job.name or job.external_id))
        gone[#gone + 1] = job.name or job.external_id
      end
    end
    return data.array(gone)
  end)
  local count = 0
  for _, gone in pairs(deleted) do
    count = count + #gone
  end
  return deleted, count
end

--- A set of texts, whatever their case, to tell jobs by.
--- @param ... table lists
function jobs.set_of(...)
  local set = {}
  for _, list in ipairs { ... } do
    for _, value in ipairs(list) do
      set[value:lower()] = true
    end
  end
  return set
end

return jobs
