-- The forwarder's own configuration: whose signatures it accepts for a DON. Without one it refuses every report.

local state = require 'state'

local forwarder = {}

local SET = {
  [false] = 'setConfig(uint32 donId, uint8 f, address[] signers)',
  [true] = 'setConfig(uint32 donId, uint32 configVersion, uint8 f, address[] signers)',
}
local CONFIG_SET = 'ConfigSet(uint32 indexed donId, uint32 indexed configVersion, uint8 f, address[] signers)'
local REFUSALS = {
  'error FaultToleranceMustBePositive()',
  'error ExcessSigners(uint256 numSigners, uint256 maxSigners)',
  'error InsufficientSigners(uint256 numSigners, uint256 minSigners)',
  'error DuplicateSigner(address signer)',
  'error InvalidSigner(address signer)',
}

local function text_of(config)
  local signers = {}
  for index, signer in ipairs(config.signers) do
    signers[index] = signer:lower()
  end
  return ('%s %s'):format(tostring(config.f), table.concat(signers, ' '))
end

local function key_of(place, config)
  return ('%sforwarder_configuration/%s'):format(place.prefix, tostring(config.don_id))
end

local function newest_on_chain(chain, config)
  local logs = chain:logs {
    CONFIG_SET,
    address = config.contract, from_block = config.since or 0,
    where = { donId = config.don_id, configVersion = config.version },
  }
  return #logs > 0 and logs[#logs].arguments or nil
end

--- What the forwarder has, for the body of a step: later eras log it; of the seed's only the project's state tells.
--- @param config table contract, don_id, version, f, signers (addresses); multichain; since = block of the
---   contract, if known; new = true if it is this run's own
--- @return string 'same', 'set' if it is to be set, 'ask' if nothing tells
function forwarder.compare(chain, place, config)
  if config.new then
    return 'set'
  elseif config.multichain then
    local newest = newest_on_chain(chain, config)
    return newest and text_of(newest) == text_of(config) and 'same' or 'set'
  end
  local recorded = state.get(key_of(place, config))
  if not recorded then
    return 'ask'
  end
  return recorded.contract == config.contract and recorded.text == text_of(config) and 'same' or 'set'
end

local function remember(place, config)
  return state.put(key_of(place, config), { contract = config.contract, text = text_of(config) })
end

local function send(chain, config)
  local abi = { SET[config.multichain], unpack(REFUSALS) }
  local args = { config.don_id, config.f, config.signers }
  if config.multichain then
    table.insert(args, 2, config.version)
  end
  return chain:send { 'setConfig', args, to = config.contract, abi = abi }
end

--- Asks where nothing tells: a forwarder of the seed era that this project did not configure.
local function asked(place, config)
  local said = ask('tell what the forwarder accepts', {
    configured = param.boolean { help = ('true: it accepts the reports of DON %s already'):format(config.don_id) },
  })
  if not said.configured then
    return 'set'
  end
  step('remember what the forwarder accepts', function()
    return remember(place, config)
  end)
  return 'same'
end

--- Sets the configuration where it is not set.
--- @param config table as that of compare
--- @return boolean whether a transaction was sent
function forwarder.configure(chain, place, config)
  local found = step('look at the forwarder', function()
    return forwarder.compare(chain, place, config)
  end)
  if found == 'ask' then
    found = asked(place, config)
  end
  if found == 'set' then
    step('configure the forwarder', function()
      local sent = send(chain, config)
      remember(place, config)
      return { block = sent.block, hash = sent.hash }
    end)
  end
  return found == 'set'
end

return forwarder
