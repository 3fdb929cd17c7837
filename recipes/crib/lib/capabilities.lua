-- What the capabilities registry is told of capabilities, nodes and DONs, as its functions take it.

local crypto = require 'crypto'
local data = require 'data'
local eth = require 'eth'
local protobuf = require 'protobuf'

local capabilities = {
  --- Values of addCapabilities' capabilityType.
  TYPES = { trigger = 0, action = 1, consensus = 2, target = 3 },
}

--- libp2p writes an ed25519 key behind this: identity multihash of a protobuf that says "ed25519, 32 bytes".
local PEER_ID_PREFIX = '002408011220'

local REMOTE_TRIGGER = {
  { 1, 'registration_refresh', protobuf.DURATION },
  { 2, 'registration_expiry', protobuf.DURATION },
  { 3, 'min_responses', 'uint32' },
}
local REMOTE_TARGET = { { 1, 'excluded_attributes', 'repeated' } }
local CAPABILITY_CONFIG = {
  { 1, 'default_config', {} },
  { 2, 'trigger', REMOTE_TRIGGER },
  { 3, 'target', REMOTE_TARGET },
}

local function refuse(...)
  fail { (...):format(select(2, ...)), exit = 2 }
end

--- "streams-trigger@1.1.0" as its two parts.
--- @return string name, string version
function capabilities.parts(id)
  local name, version = id:match('^(.+)@([^@]+)$')
  if not name then
    refuse('"%s" is no capability: write name@version', id)
  end
  return name, version
end

--- What the registry calls a capability.
--- @param id string name@version
--- @return string 0x and 64 hex digits
function capabilities.hashed_id(id)
  local encoded = eth.encode_arguments { types = { 'string', 'string' }, values = { capabilities.parts(id) } }
  return crypto.keccak256 { encoded, hex = true }
end

--- The ed25519 key in a peer id, which the registry calls p2pId.
--- @param peer_id string 12D3KooW…, with or without p2p_
--- @return string 0x and 64 hex digits
function capabilities.p2p_id(peer_id)
  local decoded, hex = pcall(crypto.base58_decode, (peer_id:gsub('^p2p_', '')))
  if not decoded or #hex ~= #PEER_ID_PREFIX + 64 or hex:sub(1, #PEER_ID_PREFIX) ~= PEER_ID_PREFIX then
    refuse('"%s" is no peer id of an ed25519 key, which begins with 12D3KooW', peer_id)
  end
  return '0x' .. hex:sub(#PEER_ID_PREFIX + 1)
end

--- A node's onchain key as addNodes' signer: the address first, zeros behind it.
--- @param onchain_public_key string 40 hex digits, with or without 0x
--- @return string 0x and 64 hex digits
function capabilities.signer(onchain_public_key)
  local digits = onchain_public_key:gsub('^0[xX]', ''):lower()
  if #digits ~= 40 or digits:find('[^%x]') then
    refuse('"%s" is no onchain public key of an EVM chain: it takes 20 bytes as hex', onchain_public_key)
  end
  return '0x' .. digits .. ('0'):rep(24)
end

--- A stand-in that differs from node to node: nothing is encrypted to it, and the registry only wants one.
--- @param index number of the node, from 1
function capabilities.encryption_public_key(index)
  return ('0x0000%02x%s'):format(index, ('0'):rep(58))
end

--- The config of a capability in a DON.
--- @param options? table trigger = { registration_refresh, registration_expiry (durations), min_responses }, or
---   target = { excluded_attributes = list of names }; none for the others
--- @return string hex with 0x
function capabilities.config(options)
  options = options or {}
  local trigger, target = options.trigger, options.target
  return '0x' .. protobuf.encode(CAPABILITY_CONFIG, {
    default_config = {},
    trigger = trigger and {
      registration_refresh = protobuf.duration(trigger.registration_refresh),
      registration_expiry = protobuf.duration(trigger.registration_expiry),
      min_responses = trigger.min_responses,
    },
    target = target and { excluded_attributes = protobuf.texts(target.excluded_attributes) },
  })
end

--- The config that a capability of this type has in every DON of keystone with `f` faulty nodes.
--- @param type_name string of capabilities.TYPES
function capabilities.usual_config(type_name, f)
  if type_name == 'trigger' then
    return capabilities.config {
      trigger = { registration_refresh = '20s', registration_expiry = '60s', min_responses = f + 1 },
    }
  elseif type_name == 'target' then
    return capabilities.config { target = { excluded_attributes = data.array { 'signed_report.Signatures' } } }
  end
  return capabilities.config()
end

return capabilities
