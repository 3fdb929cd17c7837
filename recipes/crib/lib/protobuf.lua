-- Messages of protobuf as hex, just as Go writes them: fields in ascending order, and left out where
-- proto3 leaves them out.
--
-- A schema lists the fields, { number, name, kind }. Kinds: 'uint64' and 'uint32' (zero is left out),
-- 'optional' (a uint64 of which only nil is left out), 'packed' (a list of uint32), 'bytes' (hex; empty is
-- left out), 'repeated' (a list of hex), or the schema of a message, whose empty value {} is written.

local crypto = require 'crypto'
local data = require 'data'
local time = require 'time'

local protobuf = {
  --- google.protobuf.Duration; its value is what protobuf.duration makes.
  DURATION = { { 1, 'seconds', 'uint64' }, { 2, 'nanos', 'uint32' } },
}

local VARINT, LENGTH_DELIMITED = 0, 2
local LIMITS = { uint32 = bigint '4294967295', uint64 = bigint '18446744073709551615' }
local EXACT = 9007199254740992 -- 2^53: below it numbers are exact, and faster than bigints

local function invalid(name, value, kind)
  fail {
    ('%s = %s: it takes a whole number from 0 to %s'):format(name, tostring(value), tostring(LIMITS[kind])),
    exit = 2,
  }
end

--- A number, its digits or a bigint: a number where that is exact, else a bigint.
local function whole(name, value, kind)
  if type(value) == 'number' and (value % 1 ~= 0 or value >= EXACT) or type(value) == 'boolean' then
    invalid(name, value, kind)
  end
  local read, exact = pcall(bigint, value)
  if not read or exact < 0 or exact > LIMITS[kind] then
    invalid(name, value, kind)
  end
  return exact < EXACT and exact:to_number() or exact
end

local function byte(value)
  return ('%02x'):format(type(value) == 'number' and value or value:to_number())
end

local function varint(value)
  local bytes = {}
  while value >= 128 do
    local low = value % 128
    value = (value - low) / 128
    bytes[#bytes + 1] = byte(low + 128)
  end
  bytes[#bytes + 1] = byte(value)
  return table.concat(bytes)
end

local function tag(number, wire)
  return varint(number * 8 + wire)
end

local function delimited(number, hex)
  return tag(number, LENGTH_DELIMITED) .. varint(#hex / 2) .. hex
end

local function scalar(number, name, value, kind)
  local exact = whole(name, value, kind)
  return exact == 0 and '' or tag(number, VARINT) .. varint(exact)
end

local writers = {}

function writers.uint64(number, name, value)
  return scalar(number, name, value, 'uint64')
end

function writers.uint32(number, name, value)
  return scalar(number, name, value, 'uint32')
end

function writers.optional(number, name, value)
  return tag(number, VARINT) .. varint(whole(name, value, 'uint64'))
end

function writers.packed(number, name, values)
  local bytes = {}
  for index, value in ipairs(values) do
    bytes[index] = varint(whole(('%s[%d]'):format(name, index), value, 'uint32'))
  end
  return #bytes == 0 and '' or delimited(number, table.concat(bytes))
end

function writers.bytes(number, _, value)
  return value == '' and '' or delimited(number, value)
end

function writers.repeated(number, _, values)
  local fields = {}
  for index, value in ipairs(values) do
    fields[index] = delimited(number, value)
  end
  return table.concat(fields)
end

--- A message.
--- Errors: RB1212 a number that does not fit, a value that the schema has no field for
--- @param schema table list of { number, name, kind }, numbers ascending
--- @param values table by name; nil and null are left out
--- @return string hex digits
function protobuf.encode(schema, values)
  local fields, known = {}, {}
  for _, field in ipairs(schema) do
    local number, name, kind = field[1], field[2], field[3]
    local value = values[name]
    known[name] = true
    if not data.is_null(value) then
      fields[#fields + 1] = type(kind) == 'table' and delimited(number, protobuf.encode(kind, value))
        or writers[kind](number, name, value)
    end
  end
  for name in pairs(values) do
    if not known[name] then
      fail { ('there is no field %s'):format(tostring(name)), hint = 'see how its name is written', exit = 2 }
    end
  end
  return table.concat(fields)
end

--- @param text string duration such as "20s"
function protobuf.duration(text)
  local milliseconds = math.floor(time.duration(text) * 1000 + 0.5)
  return { seconds = math.floor(milliseconds / 1000), nanos = milliseconds % 1000 * 1000000 }
end

--- Texts as a 'repeated' field has them.
function protobuf.texts(list)
  local hex = {}
  for index, text in ipairs(list) do
    hex[index] = crypto.hex_encode(text)
  end
  return hex
end

--- The number at `at`, and where the next thing begins.
local function read_varint(hex, at)
  local value, factor = 0, 1
  for position = at, math.min(at + 18, #hex - 1), 2 do
    local seven = tonumber(hex:sub(position, position + 1), 16)
    value = value + seven % 128 * factor
    factor = factor * 128
    if seven < 128 then
      return value, position + 2
    end
  end
end

--- Where the field at `at` ends, or nil if there is none.
local function field_end(hex, wire, at)
  local size, first = read_varint(hex, at)
  if wire == VARINT then
    return first
  elseif wire == LENGTH_DELIMITED and size and 2 * size <= #hex - first + 1 then
    return first + 2 * size
  end
end

--- The encoded fields of a message by number, repeated ones joined.
--- @param hex string digits without 0x
--- @return table? nil if it is no message of varints, bytes and messages
function protobuf.split(hex)
  local fields, at = {}, 1
  while at <= #hex do
    local key, first = read_varint(hex, at)
    local after = key and field_end(hex, key % 8, first)
    if not after then
      return nil
    end
    local number = math.floor(key / 8)
    fields[number] = (fields[number] or '') .. hex:sub(at, after - 1)
    at = after
  end
  return fields
end

return protobuf
