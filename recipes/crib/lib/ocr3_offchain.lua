-- The offchain config of OCR3 (version 30): a message of protobuf that only nodes read, with a secret encrypted to
-- each of them.

local crypto = require 'crypto'
local data = require 'data'
local nodes_of = require 'ocr3_nodes'
local protobuf = require 'protobuf'

local offchain = { SHARED_SECRET_FIELD = 'SharedSecretEncryptions' }

local MOST_BYTES = 2000000
local MOST_NANOSECONDS = bigint '9223372036854775807'

local SHARED_SECRET_ENCRYPTIONS = {
  { 1, 'diffie_hellman_point', 'bytes' },
  { 2, 'shared_secret_hash', 'bytes' },
  { 3, 'encryptions', 'repeated' },
}

--- Fields have the names of ocr_config.json and PublicKeys.json where they are from there.
local OFFCHAIN_CONFIG = {
  { 25, 'DeltaProgressMillis', 'uint64' },
  { 26, 'DeltaResendMillis', 'uint64' },
  { 27, 'DeltaRoundMillis', 'uint64' },
  { 28, 'DeltaGraceMillis', 'uint64' },
  { 29, 'DeltaStageMillis', 'uint64' },
  { 30, 'MaxRoundsPerEpoch', 'uint64' },
  { 31, 'TransmissionSchedule', 'packed' },
  { 32, 'OCR2OffchainPublicKey', 'repeated' },
  { 33, 'P2PPeerID', 'repeated' },
  { 34, 'ReportingPluginConfig', 'bytes' },
  { 35, 'MaxDurationQueryMillis', 'uint64' },
  { 36, 'MaxDurationObservationMillis', 'uint64' },
  { 37, 'MaxDurationAcceptMillis', 'uint64' },
  { 38, 'MaxDurationTransmitMillis', 'uint64' },
  { 39, offchain.SHARED_SECRET_FIELD, SHARED_SECRET_ENCRYPTIONS },
  { 40, 'DeltaInitialMillis', 'uint64' },
  { 41, 'DeltaCertifiedCommitRequestMillis', 'uint64' },
  { 42, 'MaxDurationInitialization', 'optional' },
}

local REPORTING_PLUGIN_CONFIG = {
  { 1, 'maxQueryLengthBytes', 'uint32' },
  { 2, 'maxObservationLengthBytes', 'uint32' },
  { 3, 'maxOutcomeLengthBytes', 'uint32' },
  { 4, 'maxReportLengthBytes', 'uint32' },
  { 5, 'maxReportCount', 'uint32' },
  { 6, 'maxBatchSize', 'uint32' },
  { 7, 'outcomePruningThreshold', 'uint64' },
  { 8, 'requestTimeout', protobuf.DURATION },
  { 9, 'historical_outcome_expiry_seq_nr_span', 'uint64' },
}

--- The OracleConfig of a file, or what is one already.
function offchain.oracle_config(config)
  return config.OracleConfig or config
end

--- The schedule, of which 'auto' is all nodes at once.
function offchain.schedule(config, node_count)
  local schedule = config.TransmissionSchedule
  if schedule == 'auto' then
    return data.array { node_count }
  end
  return data.is_null(schedule) and data.array {} or schedule
end

local function nanoseconds(name, millis)
  local exact = bigint(millis) * 1000000
  if exact > MOST_NANOSECONDS then
    fail { ('%s = %s is longer than a node can count'):format(name, tostring(millis)), exit = 2 }
  end
  return exact
end

--- The numbers of the OracleConfig as the message has them: durations in nanoseconds.
local function numbers(config)
  local values = { MaxRoundsPerEpoch = config.MaxRoundsPerEpoch }
  for _, field in ipairs(OFFCHAIN_CONFIG) do
    local name = field[2]
    if name:find('Millis$') and not data.is_null(config[name]) then
      values[name] = nanoseconds(name, config[name])
    end
  end
  return values
end

--- Any hex as digits in lower case, without 0x.
local function digits_of(hex)
  local digits = hex:gsub('^0[xX]', ''):lower()
  if digits:find('[^%x]') or #digits % 2 ~= 0 then
    fail { ('"%s" is no hex'):format(hex), exit = 2 }
  end
  return digits
end

--- Calls a function that takes a key, and says which one where it does not take it.
local function using(name, compute, ...)
  local taken, result = pcall(compute, ...)
  return taken and result
    or fail { ('%s cannot be used: %s'):format(name, result.message or tostring(result)), exit = 2 }
end

--- The secret, to each node under a key that only it can make.
local function encrypted(nodes, shared_secret, ephemeral_key)
  local encryptions, own_point = {}, using('ephemeral_key', crypto.x25519_public_key, ephemeral_key)
  for index, node in ipairs(nodes) do
    local point = nodes_of.agree(node, index, ephemeral_key)
    local key = crypto.keccak256({ point, hex = true }):sub(3, 34)
    encryptions[index] = using('shared_secret', crypto.aes128_encrypt_block, key, shared_secret)
  end
  return {
    diffie_hellman_point = own_point,
    shared_secret_hash = crypto.keccak256({ shared_secret, hex = true }):sub(3),
    encryptions = encryptions,
  }
end

--- A reporting plugin's config as hex: given so, or a table of its fields with requestTimeout as a duration.
local function plugin_hex(config)
  if data.is_null(config) then
    return ''
  elseif type(config) == 'string' then
    return digits_of(config)
  end
  local values = {}
  for name, value in pairs(config) do
    values[name] = name == 'requestTimeout' and not data.is_null(value) and protobuf.duration(value) or value
  end
  return protobuf.encode(REPORTING_PLUGIN_CONFIG, values)
end

local function initialization(duration)
  if not data.is_null(duration) then
    local written = protobuf.duration(duration)
    return bigint(written.seconds) * 1000000000 + written.nanos
  end
end

--- @param options table as those of ocr3.set_config, secrets and OracleConfig given
--- @return string hex with 0x
function offchain.encode(options)
  local nodes, config = options.nodes, options.config
  local values = numbers(config)
  values.TransmissionSchedule = offchain.schedule(config, #nodes)
  values.OCR2OffchainPublicKey = nodes_of.offchain_keys(nodes)
  values.P2PPeerID = protobuf.texts(nodes_of.peer_ids(nodes))
  values.ReportingPluginConfig = plugin_hex(options.reporting_plugin_config)
  values[offchain.SHARED_SECRET_FIELD] = encrypted(nodes, options.shared_secret, options.ephemeral_key)
  values.MaxDurationInitialization = initialization(options.max_duration_initialization)
  local hex = protobuf.encode(OFFCHAIN_CONFIG, values)
  if #hex / 2 > MOST_BYTES then
    fail { ('the offchain config has %d bytes: nodes take %d at most'):format(#hex / 2, MOST_BYTES), exit = 2 }
  end
  return '0x' .. hex
end

--- Which fields of two offchain configs differ.
--- @return table names; offchainConfig as a whole if one of them is no such message
function offchain.difference(ours, theirs)
  local mine, other = protobuf.split(digits_of(ours)), protobuf.split(digits_of(theirs))
  if not mine or not other then
    return ours:lower() == theirs:lower() and {} or { 'offchainConfig' }
  end
  local names, numbers_of_both, differing = {}, {}, {}
  for _, field in ipairs(OFFCHAIN_CONFIG) do
    names[field[1]] = field[2]
  end
  for _, fields in ipairs { mine, other } do
    for number in pairs(fields) do
      numbers_of_both[number] = true
    end
  end
  for number in pairs(numbers_of_both) do
    if mine[number] ~= other[number] then
      differing[#differing + 1] = names[number] or ('field ' .. number)
    end
  end
  return differing
end

return offchain
