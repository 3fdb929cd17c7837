-- What a config takes from the nodes' keys. Nodes are entries of PublicKeys.json; what is missing or no key is
-- refused by node and field.

local crypto = require 'crypto'
local data = require 'data'
local eth = require 'eth'

local nodes_of = {}

--- How a multichain signer says what chain a key is of; keys are sorted by it.
local EVM, APTOS = '01', '05'

local function refuse(node, index, field, what)
  fail {
    ('%s of node %d (%s) %s'):format(field, index, tostring(node.P2PPeerID), what),
    hint = 'look at its entry among the public keys',
    exit = 2,
  }
end

--- A field as hex digits in lower case, without 0x.
local function key(node, index, field, size)
  local text = node[field]
  local digits = type(text) == 'string' and text:gsub('^0[xX]', ''):lower() or nil
  if not digits then
    refuse(node, index, field, 'is missing')
  elseif #digits ~= 2 * size or digits:find('[^%x]') then
    refuse(node, index, field, ('is "%s": it takes %d bytes as hex'):format(text, size))
  end
  return digits
end

local function map(nodes, convert)
  local values = {}
  for index, node in ipairs(nodes) do
    values[index] = convert(node, index)
  end
  return data.array(values)
end

local function evm_key(node, index)
  return key(node, index, 'OCR2OnchainPublicKey', 20)
end

local function has_aptos(node)
  return not data.is_null(node.AptosOnchainPublicKey) and node.AptosOnchainPublicKey ~= ''
end

local function entry(chain_type, digits)
  local size = #digits / 2
  return ('%s%02x%02x%s'):format(chain_type, size % 256, math.floor(size / 256), digits)
end

--- The onchain keys of a node by chain type.
local function onchain_keys(node, index, multichain)
  local keys = { { EVM, evm_key(node, index) } }
  if multichain and has_aptos(node) then
    keys[2] = { APTOS, key(node, index, 'AptosOnchainPublicKey', 32) }
  end
  return keys
end

--- Who signs, in node order: addresses, or the keys of a node's chains as one.
--- Errors: RB1212 a key that is missing or none, a key that two nodes have
function nodes_of.signers(nodes, multichain)
  local owners = {}
  return map(nodes, function(node, index)
    local keys, entries = onchain_keys(node, index, multichain), {}
    if not multichain then
      return eth.to_checksum_address('0x' .. keys[1][2])
    end
    for position, typed in ipairs(keys) do
      entries[position] = entry(typed[1], typed[2])
      if owners[entries[position]] then
        refuse(node, index, typed[1] == EVM and 'OCR2OnchainPublicKey' or 'AptosOnchainPublicKey',
          'is that of node ' .. owners[entries[position]] .. ' too: duplicate onchain public key')
      end
      owners[entries[position]] = index
    end
    return '0x' .. table.concat(entries)
  end)
end

function nodes_of.transmitters(nodes)
  return map(nodes, function(node, index)
    return eth.to_checksum_address('0x' .. key(node, index, 'EthAddress', 20))
  end)
end

function nodes_of.peer_ids(nodes)
  return map(nodes, function(node, index)
    if type(node.P2PPeerID) ~= 'string' or node.P2PPeerID == '' then
      refuse(node, index, 'P2PPeerID', 'is missing')
    end
    return (node.P2PPeerID:gsub('^p2p_', ''))
  end)
end

function nodes_of.offchain_keys(nodes)
  return map(nodes, function(node, index)
    return key(node, index, 'OCR2OffchainPublicKey', 32)
  end)
end

--- What the node and whoever has the ephemeral key agree on.
--- Errors: RB1212 a key that is missing, or one that nobody can agree on anything with
function nodes_of.agree(node, index, ephemeral_key)
  local public = key(node, index, 'OCR2ConfigPublicKey', 32)
  local agreed, point = pcall(crypto.x25519, ephemeral_key, public)
  if not agreed then
    refuse(node, index, 'OCR2ConfigPublicKey', 'cannot be used: ' .. tostring(point.message or point))
  end
  return point
end

return nodes_of
