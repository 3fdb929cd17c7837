-- deployed_contracts.json in the documented form: a copy of what the project's state knows, for people and other tools.

local fs = require 'fs'
local json = require 'json'

local artefact = {}

local ZERO = '0x' .. ('0'):rep(40)

local NAMES = {
  ocr3 = 'ocrContract',
  forwarder = 'forwarderContract',
  registry = 'CapabilitiesRegistry',
  verifier = 'VerifierContract',
  verifier_proxy = 'VerifierProxy',
}

local function path_in(folder)
  return folder .. '/deployed_contracts.json'
end

local function address(text)
  return type(text) == 'string' and text:lower() ~= ZERO and text or nil
end

--- What the file says, for the body of a step.
--- @param folder string
--- @return table? { path, ocr3, forwarder, registry, verifier, verifier_proxy } where there is a file;
---   { path, unreadable = true } where it says nothing
function artefact.read(folder)
  local path = path_in(folder)
  if not fs.exists(path) then
    return nil
  end
  local ok, said = pcall(json.decode, fs.read(path))
  if not ok or type(said) ~= 'table' then
    return { path = path, unreadable = true }
  end
  local contracts = { path = path }
  for kind, name in pairs(NAMES) do
    contracts[kind] = address(said[name])
  end
  return contracts
end

--- What the file has beyond the contracts of the seed era, if it is of the same OCR3 contract: 01 is not to lose what
--- provision deployed.
local function with_rest(folder, contracts)
  local ok, said = pcall(json.decode, fs.exists(path_in(folder)) and fs.read(path_in(folder)) or '')
  if not ok or type(said) ~= 'table' or tostring(said.ocrContract):lower() ~= contracts.ocr3:lower() then
    return contracts
  end
  return {
    ocr3 = contracts.ocr3, forwarder = contracts.forwarder,
    registry = said.CapabilitiesRegistry, verifier = said.VerifierContract, verifier_proxy = said.VerifierProxy,
    initialized_verifier = said.InitializedVerifierAddress,
  }
end

--- Writes the file, for the body of a step: one line of this order, readable by its owner alone.
--- @param folder string
--- @param contracts table ocr3, forwarder: addresses; with registry in the form of the late era, where a contract that
---   there is none of has the zero address: verifier, verifier_proxy and initialized_verifier too
--- @param block any of the configuration; 0 before there is one
--- @return table { path, changed }
function artefact.write(folder, contracts, block)
  contracts = contracts.registry and contracts or with_rest(folder, contracts)
  local text = ('"ocrContract":"%s","forwarderContract":"%s","setConfigTxBlock":%s'):format(
    contracts.ocr3, contracts.forwarder, tostring(block))
  if contracts.registry then
    text = text .. (',"CapabilitiesRegistry":"%s","VerifierContract":"%s","VerifierProxy":"%s",'
      .. '"InitializedVerifierAddress":"%s"'):format(contracts.registry, contracts.verifier or ZERO,
      contracts.verifier_proxy or ZERO, contracts.initialized_verifier or ZERO)
  end
  return fs.write(path_in(folder), '{' .. text .. '}', { mode = '0600', parents = true })
end

--- Removes the file, for the body of a step.
function artefact.remove(folder)
  return fs.remove(path_in(folder))
end

return artefact
