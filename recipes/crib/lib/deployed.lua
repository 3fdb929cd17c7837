-- The contracts of a namespace on a chain. The project's state says which they are, the chain whether they are there
-- still; deployed_contracts.json is a copy. Where these disagree somebody has to choose.

local artefact = require 'artefact'
local crypto = require 'crypto'
local eth = require 'eth'
local fs = require 'fs'
local state = require 'state'

local deployed = {}

--- What each says of itself, in all eras.
local KINDS = {
  ocr3 = { name = 'OCR3 contract', types = { 'Keystone ', 'OCR3Capability ' } },
  forwarder = { name = 'forwarder contract', types = { 'KeystoneForwarder ' } },
  verifier_proxy = { name = 'verifier proxy', types = { 'VerifierProxy ' } },
  verifier = { name = 'verifier', types = { 'Verifier ' } },
  registry = { name = 'capabilities registry', types = { 'CapabilitiesRegistry ' } },
}
local NAMES = { 'ocr3', 'forwarder' }

--- Where the state keeps what belongs to this namespace on this chain. A step: the chain is the run's target, so it
--- stays the same.
--- @param chain eth.Chain
--- @param namespace string
--- @return table { chain, namespace, prefix }: another namespace's key begins with chain too
function deployed.place(chain, namespace)
  return step('see which chain it is', function()
    local found = eth.connect { url = chain.options.url, chain_id = chain.options.chain_id }
    local of_chain = ('crib/%s/%s/'):format(tostring(found.chain_id), found.genesis:sub(3, 18))
    return { chain = of_chain, namespace = namespace, prefix = of_chain .. namespace .. '/' }
  end)
end

--- The place of another namespace on the same chain.
function deployed.elsewhere(place, namespace)
  return { chain = place.chain, namespace = namespace, prefix = place.chain .. namespace .. '/' }
end

local function type_of(chain, address)
  local ok, said = pcall(chain.call, chain, { 'typeAndVersion() returns (string)', to = address })
  if not ok and said.transient then
    error(said, 0)
  end
  return ok and said or ''
end

local function is_kind(kind, said)
  for _, beginning in ipairs(KINDS[kind].types) do
    if said:sub(1, #beginning) == beginning then
      return true
    end
  end
  return false
end

--- What is at an address now: the hash of the code, and what the contract says it is.
local function look_at(chain, address)
  local code = chain:code(address)
  if code == '0x' then
    return nil
  end
  return { address = address, code_hash = crypto.keccak256 { code, hex = true }, type = type_of(chain, address) }
end

local function disagree(sentence, ...)
  fail {
    sentence:format(...),
    hint = 'choose: put the file right or aside, or point rpc_url at the chain that was meant, and resume; or deploy '
      .. 'anew: runbook resume -p fresh_contracts=true',
    exit = 12,
  }
end

--- A contract that this project deployed, if it is still what it was.
local function check_recorded(chain, kind, recorded)
  local found = look_at(chain, recorded.address)
  local name = KINDS[kind].name
  if not found then
    disagree('the %s %s has no code on this chain any more', name, recorded.address)
  elseif found.code_hash ~= recorded.code_hash or found.type ~= recorded.type then
    disagree('%s is not the %s that was deployed: it says it is "%s", with code %s instead of "%s", %s',
      recorded.address, name, found.type, found.code_hash, recorded.type, recorded.code_hash)
  end
  return recorded
end

--- Another namespace of this chain that has the contract.
local function owner_of(place, kind, address)
  for key, entry in pairs(state.list(place.chain)) do
    local namespace, of = key:sub(#place.chain + 1):match '^(.-)/(.*)$'
    local known = of == kind and namespace ~= place.namespace and entry.value
    if known and known.address:lower() == address:lower() then
      return namespace
    end
  end
end

--- A contract that a run was about to deploy, which was killed and never resumed: recorded now if it is there.
local function settle(chain, place, kind, address)
  local found = look_at(chain, address)
  if not found or not is_kind(kind, found.type) or owner_of(place, kind, address) then
    return nil
  end
  log(('the %s %s is of a run that was cut off'):format(KINDS[kind].name, address))
  return state.put(place.prefix .. kind, found)
end

--- A contract of which only the file tells: taken over, if it is what the file says.
local function take_over(chain, place, kind, file)
  local address, name = file[kind], KINDS[kind].name
  local owner = owner_of(place, kind, address)
  local found = look_at(chain, address)
  if owner then
    disagree('%s names the %s %s, which is namespace %s\'s', file.path, name, address, owner)
  elseif not found then
    disagree('%s names the %s %s, and this chain has no contract there: it is of another chain, or of one that began '
      .. 'anew', file.path, name, address)
  elseif not is_kind(kind, found.type) then
    disagree('%s names the %s %s, which says it is "%s"', file.path, name, address, found.type)
  end
  log(('%s is taken over from %s'):format(address, file.path))
  return state.put(place.prefix .. kind, found)
end

--- A contract that is deployed already, for the body of a step.
--- Errors: RB1212, exit 12: state, file and chain disagree
--- @param kind string 'ocr3', 'forwarder', 'registry'
--- @param file? table { path, <kind> = address }: where else the contract is named
--- @return table? { address, code_hash, type, block }
function deployed.look_for(chain, place, kind, file)
  local recorded = state.get(place.prefix .. kind)
  if recorded and recorded.expected then
    recorded = settle(chain, place, kind, recorded.address)
  end
  local named = file and file[kind]
  if recorded and named and named:lower() ~= recorded.address:lower() then
    disagree('%s names the %s %s, and this project deployed %s', file.path, KINDS[kind].name, named, recorded.address)
  end
  if recorded then
    return check_recorded(chain, kind, recorded)
  end
  return named and take_over(chain, place, kind, file) or nil
end

--- What is deployed already, for the body of a step.
--- Errors: RB1212, exit 12: state, file and chain disagree
--- @param folder string of deployed_contracts.json
--- @param kinds? string[] ocr3 and forwarder if absent
--- @return table by kind { address, code_hash, type, block }, each absent if it is to be deployed
function deployed.look(chain, place, folder, kinds)
  local file = artefact.read(folder)
  if file and file.unreadable then
    disagree('%s is not what was written there: it is no JSON object', file.path)
  end
  local found = {}
  for _, kind in ipairs(kinds or NAMES) do
    found[kind] = deployed.look_for(chain, place, kind, file)
  end
  return found
end

--- The contracts, for recipes that build on them; for the body of a step.
function deployed.find(chain, place, folder, kinds)
  local found = deployed.look(chain, place, folder, kinds)
  for _, kind in ipairs(kinds or NAMES) do
    if not found[kind] then
      fail {
        ('%s has no %s on this chain'):format(place.namespace, KINDS[kind].name),
        hint = 'runbook run recipes/crib/' .. (kind == 'registry' and 'provision' or '01_deploy_contracts'),
        exit = 2,
      }
    end
  end
  return found
end

--- Forgets what is deployed: the next run deploys anew. For the body of a step.
--- @param folder string of deployed_contracts.json
function deployed.forget(place, folder)
  for kind in pairs(KINDS) do
    if state.get(place.prefix .. kind) then
      state.put(place.prefix .. kind, false)
    end
  end
  return artefact.remove(folder)
end

--- Refuses a bytecode file that is absent, or is not the one that was pinned.
--- @param p table parameters <kind>_bytecode_file and <kind>_bytecode_sha256
function deployed.check_bytecode(p, kind)
  local file, pinned = p[kind .. '_bytecode_file'], p[kind .. '_bytecode_sha256']
  if not file then
    fail {
      ('the %s is to be deployed, and there is no bytecode for it'):format(KINDS[kind].name),
      hint = ('-p %s_bytecode_file=FILE: its creation code as hex'):format(kind),
      exit = 2,
    }
  end
  local digits = fs.read(file):gsub('%s', ''):gsub('^0[xX]', '')
  if digits == '' or digits:find('[^%x]') then
    fail { ('%s is no creation code as hex'):format(file), hint = 'one hex number, as compilers write it', exit = 2 }
  end
  local actual = crypto.sha256 { digits, hex = true }
  if pinned and actual ~= pinned:lower():gsub('^0x', '') then
    fail { ('%s has sha256 %s, not %s'):format(file, actual, pinned), hint = 'the sha256 is of the bytes', exit = 2 }
  end
end

--- Deploys a contract and remembers it, for the body of a step: first where it will be, should this be the last that
--- the run does.
--- @param owner? string address that its constructor takes, if it takes one
--- @return table { address, code_hash, type, block }
function deployed.deploy(chain, place, kind, bytecode_file, owner)
  local address = eth.create_address { from = chain.sender, nonce = chain:nonce(chain.sender, 'pending') }
  state.put(place.prefix .. kind, { address = address, expected = true })
  local created = chain:deploy {
    artifact = bytecode_file,
    abi = owner and { 'constructor(address)' } or nil,
    args = owner and { owner } or nil,
  }
  local found = look_at(chain, created.address) or fail {
    ('%s has no code, although its transaction succeeded in block %s'):format(created.address, tostring(created.block)),
    hint = 'the nodes behind rpc_url are not of one mind: resume when they are',
  }
  if not is_kind(kind, found.type) then
    log(('%s, deployed from %s, says it is "%s": is that the right file?'):format(
      found.address, bytecode_file, found.type))
  end
  found.block = created.block
  return state.put(place.prefix .. kind, found)
end

--- The contract that was found, or a new one, which is a step.
function deployed.ensure(chain, place, kind, found, bytecode_file, owner)
  return found or step('deploy the ' .. KINDS[kind].name, function()
    return deployed.deploy(chain, place, kind, bytecode_file, owner)
  end)
end

return deployed
