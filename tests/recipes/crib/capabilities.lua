-- What the registry is told, as it was computed elsewhere.
local fs, json = require 'fs', require 'json'
local capabilities = require 'capabilities'

local vectors = step('read the vectors', function()
  return json.decode(fs.read 'data/capabilities_registry_vectors.json')
end)

for id, hashed in pairs(vectors.hashedCapabilityIds) do
  assert(capabilities.hashed_id(id) == hashed, id)
end
for peer_id, bytes in pairs(vectors.peerIdToBytes32) do
  assert(capabilities.p2p_id(peer_id) == bytes and capabilities.p2p_id('p2p_' .. peer_id) == bytes, peer_id)
end
local configs = vectors.capabilityConfigProto
assert(capabilities.usual_config('consensus', 1) == configs.emptyDefault)
assert(capabilities.usual_config('trigger', 1) == configs.remoteTrigger_20s_60s_min2)
assert(capabilities.usual_config('target', 1) == configs.remoteTarget_signedReportSignatures)
assert(capabilities.config {
  trigger = { registration_refresh = '1500ms', registration_expiry = '0s', min_responses = 300 },
} == '0x0a00120f0a0808011080cab5ee01120018ac02')

assert(capabilities.signer '0xA2402db8E549f094EA31e1C0EDd77623F4cA5b12'
  == '0xa2402db8e549f094ea31e1c0edd77623f4ca5b12000000000000000000000000')
assert(capabilities.encryption_public_key(3) == '0x000003' .. ('0'):rep(58))

local function refused(sentence, work, ...)
  local ok, raised = pcall(work, ...)
  assert(not ok and raised.message:find(sentence, 1, true), ok and 'accepted' or raised.message)
end
refused('write name@version', capabilities.hashed_id, 'streams-trigger')
refused('is no peer id', capabilities.p2p_id, 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N')
refused('is no peer id', capabilities.p2p_id, '12D3KooW0')
refused('20 bytes as hex', capabilities.signer, 'ab')
