-- The job specs of keystone, rendered from the templates of an era.

local crypto = require 'crypto'
local fs = require 'fs'

local jobspecs = {}

--- Ids of jobs are names within it. Changing it makes every job on every node a stranger.
local NAMESPACE = '6f1b6f0e-8d0a-5c57-9a7e-2f0c4b1d9e35'

--- Refuses templates that no values will make a job of, while they can still be corrected.
local function try(templates)
  local options = { chain_id = '', contract = '', keys = { EthAddress = '', OCR2BundleID = '' }, bootstrapper = '' }
  for _, role in ipairs { 'bootstrap', 'oracle' } do
    options.template = templates[role]
    jobspecs.posted(jobspecs[role](options), '')
  end
end

--- Reads the templates of an era; for the body of a step, so that a resumed run renders what it rendered before.
--- @param folder string with bootstrap.toml and oracle.toml: recipes/crib/templates/seed, …/multichain or …/late
--- @return table { bootstrap, oracle, workflow } texts, workflow where the era has one
function jobspecs.templates(folder)
  local templates = {}
  for _, name in ipairs { 'bootstrap', 'oracle', 'workflow' } do
    local path = ('%s/%s.toml'):format(folder, name)
    if name ~= 'workflow' or fs.exists(path) then
      templates[name] = fs.read(path)
    end
  end
  try(templates)
  return templates
end

--- Puts values in the place of {{ name }}, of each name the first in a line. A final line break belongs to the file,
--- not to the text.
--- Errors: RB1212 a name that has no value
--- @param template string
--- @param values table by name
function jobspecs.render(template, values)
  local lines = {}
  for line in (template:gsub('\n$', '') .. '\n'):gmatch('(.-)\n') do
    local seen = {}
    line = line:gsub('{{ ([%w_]+) }}', function(name)
      if seen[name] then
        return nil
      end
      seen[name] = true
      return values[name] and tostring(values[name]) or fail {
        ('the template has {{ %s }}, for which there is no value'):format(name),
        hint = 'correct it, then resume',
        exit = 2,
      }
    end)
    lines[#lines + 1] = line
  end
  return table.concat(lines, '\n')
end

--- Where nodes find the bootstrap node.
--- @param options table peer_id, host (its service name; in the seed era the host of its URL), port
function jobspecs.bootstrapper(options)
  return ('%s@%s:%d'):format(options.peer_id, options.host, options.port or 6690)
end

--- The job of the bootstrap node.
--- @param options table template (text), chain_id, contract
function jobspecs.bootstrap(options)
  return jobspecs.render(options.template, {
    chain_id = options.chain_id,
    ocr_config_contract_address = options.contract,
  })
end

--- The job of a node that takes part.
--- @param options table template (text), chain_id, contract, keys (the node's, as in PublicKeys.json), bootstrapper
function jobspecs.oracle(options)
  return jobspecs.render(options.template, {
    chain_id = options.chain_id,
    ocr_config_contract_address = options.contract,
    transmitter_id = options.keys.EthAddress,
    ocr_key_bundle_id = options.keys.OCR2BundleID,
    aptos_key_bundle_id = options.keys.AptosBundleID or '',
    bootstrapper_p2p_id = options.bootstrapper,
  })
end

local function quoted(ids)
  local texts = {}
  for index, id in ipairs(ids) do
    texts[index] = ("'%s'"):format(id)
  end
  return table.concat(texts, ', ')
end

--- What makes a report of each feed: a change of 5 %, or half an hour.
local function reported_feeds(ids)
  local texts = {}
  for index, id in ipairs(ids) do
    texts[index] = ("'%s': { deviation: '0.05', heartbeat: 1800 }"):format(id)
  end
  return table.concat(texts, ', ')
end

--- The job that brings reports of feeds on chain: from the streams trigger through consensus to a write target.
--- @param options table template (text), owner (address), feeds (list of ids of 32 bytes, hex), write_target
---   (name@version), address (of the contract that is written to)
function jobspecs.workflow(options)
  return jobspecs.render(options.template, {
    workflow_owner = options.owner,
    feed_ids = quoted(options.feeds),
    reported_feeds = reported_feeds(options.feeds),
    write_target = options.write_target,
    target_address = options.address,
  })
end

--- The id of a job: the same for the same text on the same node, so that a job which is there already is found.
--- @param options table peer_id (of the node), role ('bootstrap', 'oracle', 'workflow'), text
--- @return string UUID
function jobspecs.external_job_id(options)
  return crypto.uuid5(NAMESPACE, ('%s %s %s'):format(options.peer_id, options.role, crypto.sha256(options.text)))
end

--- What is sent to a node: the text with its id after the line that names the job.
function jobspecs.posted(text, external_job_id)
  local posted, count = ('\n' .. text):gsub('\nname%s*=[^\n]*', function(name)
    return ('%s\nexternalJobID = "%s"'):format(name, external_job_id)
  end, 1)
  if count == 0 then
    fail { 'the job spec has no line that begins with name =', hint = 'look at its template', exit = 2 }
  end
  return posted:sub(2)
end

return jobspecs
