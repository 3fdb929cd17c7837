-- What nodes check of a config when they read it from the chain: one that fails would be on chain, and nobody
-- would work with it.

local data = require 'data'
local nodes_of = require 'ocr3_nodes'
local offchain = require 'ocr3_offchain'

local ocr3_check = {}

local MOST_NODES = 31
local MOST_STAGES = 1000 -- of a transmission schedule; fewer than this
local MOST = 2 ^ 43 -- in milliseconds: as nanoseconds, nodes can count them
local LEAST_MILLIS = 100 -- shorter ones would keep nodes busy with nothing

local function add(problems, sentence, ...)
  problems[#problems + 1] = sentence:format(...)
end

--- A number as the config has it, 0 if it has none; -1 if it is none that nodes could count with.
local function number(config, name)
  local value = config[name]
  local read = data.is_null(value) and 0 or tonumber(tostring(value)) or -1
  return read % 1 == 0 and read < MOST and read or -1
end

local function check_faults(problems, config, nodes)
  local faulty = number(config, 'MaxFaultyOracles')
  if faulty < 0 then
    add(problems, 'MaxFaultyOracles = %s is not a number of nodes', tostring(config.MaxFaultyOracles))
  elseif 3 * faulty >= #nodes then
    add(problems, 'MaxFaultyOracles = %d takes at least %d nodes, and there are %d', faulty, 3 * faulty + 1, #nodes)
  end
  if #nodes > MOST_NODES then
    add(problems, 'there are %d nodes: a contract takes %d at most', #nodes, MOST_NODES)
  end
end

local function check_less_than_progress(problems, config, names)
  local sum, progress = 0, number(config, 'DeltaProgressMillis')
  for _, name in ipairs(names) do
    sum = sum + number(config, name)
  end
  if sum >= progress then
    add(problems, '%s = %d must be less than DeltaProgressMillis = %d', table.concat(names, ' + '), sum, progress)
  end
end

local function check_times(problems, config, era)
  for name in pairs(config) do
    if tostring(name):find('Millis$') and number(config, name) < 0 then
      add(problems, '%s = %s is no whole number of milliseconds', name, tostring(config[name]))
    end
  end
  check_less_than_progress(problems, config, { 'DeltaRoundMillis' })
  check_less_than_progress(problems, config, era == 'seed'
    and { 'MaxDurationQueryMillis', 'MaxDurationObservationMillis', 'DeltaGraceMillis' } or { 'DeltaGraceMillis' })
  for _, name in ipairs {
    'DeltaProgressMillis', 'DeltaResendMillis', 'DeltaInitialMillis', 'DeltaCertifiedCommitRequestMillis',
  } do
    if number(config, name) < LEAST_MILLIS then
      add(problems, '%s = %d must be at least %d', name, number(config, name), LEAST_MILLIS)
    end
  end
  if number(config, 'MaxRoundsPerEpoch') <= 0 then
    add(problems, 'MaxRoundsPerEpoch = %d must be greater than 0', number(config, 'MaxRoundsPerEpoch'))
  end
end

--- Returns a warning if not every node has its turn to transmit.
local function check_schedule(problems, schedule, node_count)
  if type(schedule) ~= 'table' then
    add(problems, 'TransmissionSchedule = %s: it takes a list of numbers of nodes, or "auto"', tostring(schedule))
    return nil
  end
  if #schedule >= MOST_STAGES then
    add(problems, 'TransmissionSchedule has %d stages: it takes fewer than %d', #schedule, MOST_STAGES)
  end
  local sum = 0
  for index, count in ipairs(schedule) do
    local nodes = tonumber(tostring(count)) or -1
    if nodes < 0 or nodes > MOST_NODES or nodes % 1 ~= 0 then
      add(problems, 'TransmissionSchedule[%d] = %s: it takes 0 to %d', index, tostring(count), MOST_NODES)
    end
    sum = sum + nodes
  end
  if sum ~= node_count then
    return ('TransmissionSchedule is for %d nodes, and there are %d: "auto" is all of them at once')
      :format(sum, node_count)
  end
end

local function check_unique(problems, name, values)
  local owners = {}
  for index, value in ipairs(values) do
    local owner = owners[value]
    if owner then
      add(problems, '%s of node %d is that of node %d too: %s', name, index, owner, value)
    end
    owners[value] = owner or index
  end
end

--- Refuses a config that nodes would not work with, with a sentence for each reason.
--- Errors: RB1212, exit 2
--- @param options table as those of ocr3.set_config; and era = 'seed' | 'multichain' | 'late', whose nodes they are:
---   those of the seed are stricter about times. Without it, multichain says it
--- @return table warnings, sentences
function ocr3_check.check(options)
  local config, nodes, problems = offchain.oracle_config(options.config), options.nodes, {}
  local schedule = offchain.schedule(config, #nodes)
  check_faults(problems, config, nodes)
  check_times(problems, config, options.era or (options.multichain and 'multichain' or 'seed'))
  local warning = check_schedule(problems, schedule, #nodes)
  check_unique(problems, 'OCR2OnchainPublicKey', nodes_of.signers(nodes, options.multichain))
  check_unique(problems, 'EthAddress', nodes_of.transmitters(nodes))
  check_unique(problems, 'P2PPeerID', nodes_of.peer_ids(nodes))
  check_unique(problems, 'OCR2OffchainPublicKey', nodes_of.offchain_keys(nodes))
  if #problems > 0 then
    fail {
      'nodes would not work with this OCR3 config: ' .. table.concat(problems, '; '),
      hint = 'change ocr_config.json or the choice of nodes',
      exit = 2,
    }
  end
  return data.array { warning }
end

return ocr3_check
