-- The OCR3 jobs of a DON: one that boots its peer-to-peer network, and one on each other node.

local jobs = require 'jobs'
local jobspecs = require 'jobspecs'

local ocr3_jobs = {}

local function wanted_on(node, options)
  local role, keys = node.bootstrap and 'bootstrap' or 'oracle', options.keys[node.name]
  local text = jobspecs[role] {
    template = options.templates[role],
    chain_id = options.chain_id,
    contract = options.contract,
    keys = keys,
    bootstrapper = jobspecs.bootstrapper {
      peer_id = options.keys[options.boot.name].P2PPeerID, host = options.boot.host, port = options.p2p_port,
    },
  }
  return jobs.wanted(text, keys.P2PPeerID, role)
end

--- Puts its job on each node and has it replay the logs since the configuration, each a step of the node's.
--- @param list table nodes
--- @param options table boot = the bootstrap node; keys by name of the node; templates, chain_id, contract, p2p_port;
---   block = of the configuration; only_replay = true: puts no jobs
--- @return table { ids = by name of the node, written, replayed }
function ocr3_jobs.put(place, list, options)
  local results = each('provision', list, { key = 'name', jobs = 8, keep_going = true }, function(node)
    local wanted = wanted_on(node, options)
    local job = options.only_replay and { external_id = wanted.external_id, done = 'kept' }
      or step('put the job there', function()
        return jobs.put(place, node, wanted)
      end)
    local replays = options.only_replay or job.replayed ~= options.block
    if replays then
      step('replay the logs', function()
        return jobs.replay(place, node, job.external_id, options.chain_id, options.block)
      end)
    end
    return { job = job.external_id, done = job.done, replayed = replays }
  end)
  local all = { ids = {}, written = 0, replayed = 0 }
  for name, result in pairs(results) do
    all.ids[name] = result.job
    all.written = all.written + (result.done == 'kept' and 0 or 1)
    all.replayed = all.replayed + (result.replayed and 1 or 0)
  end
  return all
end

return ocr3_jobs
