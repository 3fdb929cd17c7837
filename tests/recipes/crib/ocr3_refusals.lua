-- What nodes would refuse is refused before it is on chain, by name; what differs from the chain is named too.
local crypto, data, eth, fs, json = require 'crypto', require 'data', require 'eth', require 'fs', require 'json'
local ocr3 = require 'ocr3'

local nodes, config = step('read the keys', function()
  return json.decode(fs.read 'data/PublicKeys.json')
end), step('read the config', function()
  return json.decode(fs.read 'data/SampleConfig.json').OracleConfig
end)

local function with(original, changes)
  local copy = {}
  for name, value in pairs(original) do
    copy[name] = value
  end
  for name, value in pairs(changes or {}) do
    copy[name] = value
  end
  return copy
end

local function refused(sentence, work, ...)
  local ok, raised = pcall(work, ...)
  assert(not ok, 'accepted, though: ' .. sentence)
  assert(raised.message:find(sentence, 1, true), raised.message .. '\n  does not say: ' .. sentence)
  assert(raised.detail.exit_code == 2, 'another exit code')
end

local function check(changes, options)
  return ocr3.check(with({ nodes = nodes, config = with(config, changes) }, options))
end

-- Warnings, and what passes.
local warnings = check()
assert(#warnings == 1 and warnings[1]:find 'TransmissionSchedule is for 4 nodes, and there are 5')
for _, schedule in ipairs { 'auto', data.array { 5 }, data.array { 2, 3 } } do
  assert(#check { TransmissionSchedule = schedule } == 0)
end
assert(#check({ TransmissionSchedule = 'auto' }, { era = 'late' }) == 0)

-- Times: nodes of the seed want more room in a round than later ones.
refused('DeltaRoundMillis = 5000 must be less than DeltaProgressMillis = 5000', check, { DeltaRoundMillis = 5000 })
local tight = { MaxDurationQueryMillis = 3500 }
refused('MaxDurationQueryMillis + MaxDurationObservationMillis + DeltaGraceMillis = 5000 must be less than '
  .. 'DeltaProgressMillis = 5000', check, tight)
check(tight, { era = 'multichain' })
check(tight, { multichain = true })
refused('DeltaGraceMillis = 5000 must be less than DeltaProgressMillis = 5000', check, { DeltaGraceMillis = 5000 },
  { era = 'late' })
for _, name in ipairs { 'DeltaResendMillis', 'DeltaInitialMillis', 'DeltaCertifiedCommitRequestMillis' } do
  refused(name .. ' = 99 must be at least 100', check, { [name] = 99 })
  check { [name] = 100 }
end
refused('DeltaProgressMillis = 99 must be at least 100', check, { DeltaProgressMillis = 99 })
for _, millis in ipairs { -1, 1.5, 1e15, 'soon' } do
  refused(('DeltaStageMillis = %s is no whole number of milliseconds'):format(tostring(millis)), check,
    { DeltaStageMillis = millis })
end
refused('MaxRoundsPerEpoch = 0 must be greater than 0', check, { MaxRoundsPerEpoch = 0 })

-- Faults and schedules.
refused('MaxFaultyOracles = 2 takes at least 7 nodes, and there are 5', check, { MaxFaultyOracles = 2 })
refused('MaxFaultyOracles = -1', check, { MaxFaultyOracles = -1 })
refused('MaxFaultyOracles = 0.5', check, { MaxFaultyOracles = 0.5 })
refused('TransmissionSchedule = all: it takes a list', check, { TransmissionSchedule = 'all' })
refused('TransmissionSchedule = 4: it takes a list', check, { TransmissionSchedule = 4 })
refused('TransmissionSchedule[2] = 32: it takes 0 to 31', check, { TransmissionSchedule = data.array { 1, 32 } })
refused('TransmissionSchedule[1] = -1: it takes 0 to 31', check, { TransmissionSchedule = data.array { -1 } })
local stages = data.array {}
for index = 1, 1000 do
  stages[index] = 0
end
refused('TransmissionSchedule has 1000 stages', check, { TransmissionSchedule = stages })

-- Nodes: too many, the same key twice, keys that are none.
local many = {}
for index = 1, 32 do
  many[index] = with(nodes[index % 5 + 1])
end
refused('there are 32 nodes', check, {}, { nodes = many })
local fields = { 'EthAddress', 'P2PPeerID', 'OCR2OnchainPublicKey', 'OCR2OffchainPublicKey' }
for _, field in ipairs(fields) do
  local twice = { nodes[1], nodes[2], nodes[3], with(nodes[4], { [field] = nodes[2][field] }) }
  refused(field .. ' of node 4 is that of node 2 too', check, {}, { nodes = twice })
  local without = { nodes[1], nodes[2], with(nodes[3], { [field] = '' }), nodes[4] }
  refused(field .. ' of node 3', check, {}, { nodes = without })
end
refused('DeltaRoundMillis = 9000 must be less than DeltaProgressMillis = 5000; MaxRoundsPerEpoch = 0', check,
  { DeltaRoundMillis = 9000, MaxRoundsPerEpoch = 0 })

local function set_config(options)
  return ocr3.set_config(with({ nodes = nodes, config = config }, options))
end
local function with_second(changes)
  return { nodes = { nodes[1], with(nodes[2], changes), nodes[3], nodes[4] } }
end
refused('OCR2ConfigPublicKey of node 2', set_config, with_second { OCR2ConfigPublicKey = ('0'):rep(64) })
refused('low order', set_config, with_second { OCR2ConfigPublicKey = '0x01' .. ('0'):rep(62) })
refused('it takes 32 bytes as hex', set_config, with_second { OCR2OffchainPublicKey = 'abc' })
local aptos = with_second { AptosOnchainPublicKey = ('ab'):rep(32) }
aptos.nodes[4] = with(nodes[4], { AptosOnchainPublicKey = '0x' .. ('AB'):rep(32) })
aptos.multichain = true
refused('AptosOnchainPublicKey of node 4', set_config, aptos)
refused('duplicate onchain public key', set_config, aptos)
refused('there is no field maxReportsCount', set_config, { reporting_plugin_config = { maxReportsCount = 1 } })
refused('maxReportCount = 4294967296: it takes a whole number from 0 to 4294967295', set_config,
  { reporting_plugin_config = { maxReportCount = 4294967296 } })
local endless = with(config, { DeltaStageMillis = 9223372036855 })
refused('is longer than a node can count', set_config, { config = endless })
refused('shared_secret cannot be used', set_config, { shared_secret = 'ab' })
refused('ephemeral_key cannot be used', set_config, { ephemeral_key = 'zz' })

-- What is on chain otherwise.
local event = 'ConfigSet(uint32 previousConfigBlockNumber, bytes32 configDigest, uint64 configCount, '
  .. 'address[] signers, address[] transmitters, uint8 f, bytes onchainConfig, uint64 offchainConfigVersion, '
  .. 'bytes offchainConfig)'
local topic = '0x1591690b8638f5fb2dbec82ac741805ac5da8b45dc5263f4875b0496fdce4e05'
local function on_chain(c)
  return eth.decode_event {
    event, topics = { topic },
    data = eth.encode_arguments {
      types = { 'uint32', 'bytes32', 'uint64', 'address[]', 'address[]', 'uint8', 'bytes', 'uint64', 'bytes' },
      values = { 0, topic, 1, c.signers, c.transmitters, c.f, c.onchain_config, c.offchain_config_version,
        c.offchain_config },
    },
  }
end
local function differs(ours, theirs)
  local difference = ocr3.difference(ours, on_chain(theirs))
  return table.concat(difference.fields, ' ') .. (difference.kept and ' (kept)' or '')
end
local ours = set_config()
assert(differs(ours, ours) == '')
local other_secret = set_config { shared_secret = crypto.sha256('x'):sub(1, 32) }
assert(differs(ours, other_secret) == 'SharedSecretEncryptions (kept)')
assert(differs(ours, set_config { config = with(config, { DeltaRoundMillis = 1999, TransmissionSchedule = 'auto' }) })
  == 'DeltaRoundMillis TransmissionSchedule')
local patient = { max_duration_initialization = '3s', config = with(config, { MaxFaultyOracles = 0 }) }
assert(differs(ours, set_config(patient))
  == 'f MaxDurationInitialization')
assert(differs(ours, set_config { nodes = { nodes[1], nodes[2], nodes[3], nodes[4] } })
  == 'signers transmitters OCR2OffchainPublicKey P2PPeerID SharedSecretEncryptions')
assert(differs(ours, with(ours, { offchain_config = '0x9803' })) == 'offchainConfig')
assert(differs(ours, with(ours, { offchain_config = ours.offchain_config .. '980301' })) == 'field 51')

output { refused = 'all' }
