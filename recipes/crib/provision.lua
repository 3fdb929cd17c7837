-- A keystone cluster of several DONs, whole: contracts, their configuration, the capabilities registry, jobs, feeds,
-- funds and the workflow. Run again it finds all done, and does what is not.
--
--   runbook run recipes/crib/provision -p namespace=crib-henry -p context=main-stage-cluster-crib \
--     -p ocr3_bytecode_file=OCR3Capability.bin -p forwarder_bytecode_file=KeystoneForwarder.bin \
--     -p registry_bytecode_file=CapabilitiesRegistry.bin

local artefact = require 'artefact'
local configuration = require 'configuration'
local deployed = require 'deployed'
local dons = require 'dons'
local eth = require 'eth'
local feeds = require 'feeds'
local fs = require 'fs'
local funding = require 'funding'
local jobspecs = require 'jobspecs'
local nodes = require 'nodes'
local ocr3_jobs = require 'ocr3_jobs'
local ocr3_settings = require 'ocr3_settings'
local parameters = require 'parameters'
local registry = require 'registry'
local streams = require 'streams'
local verifier = require 'verifier'
local workflows = require 'workflows'

local own = workflows.parameters()
own.fund_below = param.bigint { default = '0.05 ether', help = 'a transmitter that has less is filled up' }
own.fund_to = param.bigint { default = '0.5 ether', help = 'what it then has' }

local p = recipe {
  name = 'crib/provision',
  summary = 'Provision a cluster of several DONs: contracts, registry, jobs, feeds, funds and workflow',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'key', 'node_list', 'context', 'kubeconfig', 'artefacts', 'ocr2_bundles',
    'dons', 'operator', 'p2p_port', 'capabilities_port', 'ocr_config', 'ocr_seed', 'fresh_contracts',
    'ocr3_bytecode_file', 'ocr3_bytecode_sha256', 'forwarder_bytecode_file', 'forwarder_bytecode_sha256',
    'registry_bytecode_file', 'registry_bytecode_sha256', 'verifier_bytecode_file', 'verifier_bytecode_sha256',
    'verifier_proxy_bytecode_file', 'verifier_proxy_bytecode_sha256',
  }, own),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local CONTRACTS = { 'ocr3', 'forwarder', 'registry' }
local VERIFIERS = { 'verifier_proxy', 'verifier' }
local MULTICHAIN = true -- what nodes of this era sign with

local chain = eth.chain { url = p.rpc_url, key = p.key, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local list = dons.of(p.dons, nodes.of(p))
local workflow_don = dons.workflow_don(list)
local answering, silent = nodes.answering(dons.members(list))

-- What is there, and whether what is wanted can be.
local found = step('look at what is deployed', function()
  local kinds = { 'ocr3', 'forwarder', 'registry', 'verifier_proxy', 'verifier' }
  local contracts = p.fresh_contracts and {} or deployed.look(chain, place, p.artefacts, kinds)
  local ocr3 = contracts.ocr3
  contracts.on_chain = ocr3 and configuration.on_chain(chain, ocr3.address, MULTICHAIN) or { count = 0 }
  return contracts
end)
local keys = dons.keys(list, answering, {
  chain_id = p.chain_id,
  multichain = MULTICHAIN,
  contract = found.ocr3 and found.ocr3.address,
  signers = found.on_chain.count > 0 and found.on_chain.set.signers or nil,
  bundles = p.ocr2_bundles,
})
local oracles = dons.in_order(workflow_don.part, keys)
local transmitters = {}
for index, node in ipairs(oracles) do
  transmitters[index] = node.EthAddress
end
local fund = { addresses = transmitters, target = p.fund_to, below = p.fund_below }
local verifies = (found.verifier or p.verifier_bytecode_file)
  and (found.verifier_proxy or p.verifier_proxy_bytecode_file)
if not verifies then
  log 'no feed is configured: that takes verifier_proxy_bytecode_file and verifier_bytecode_file'
end

step('check what was asked for', function()
  local complete = true
  for _, kind in ipairs(CONTRACTS) do
    if not found[kind] then
      complete = false
      deployed.check_bytecode(p, kind)
    end
  end
  for _, kind in ipairs(verifies and VERIFIERS or {}) do
    if not found[kind] then
      deployed.check_bytecode(p, kind)
    end
  end
  funding.check(chain, { addresses = transmitters, target = fund.target, below = fund.below, sends = not complete })
  ocr3_settings.read(p.ocr_config)
end)
-- Read and checked in one step: a resume reads what was corrected.
local settings = #silent == 0 and step('check the OCR3 configuration', function()
  local config = ocr3_settings.read(p.ocr_config)
  ocr3_settings.check(config, oracles, MULTICHAIN)
  return config
end)

-- The contracts, the OCR3 contract first, as in 01.
local addresses, transactions = {}, 0
for _, kind in ipairs(CONTRACTS) do
  addresses[kind] = deployed.ensure(chain, place, kind, found[kind], p[kind .. '_bytecode_file']).address
  transactions = transactions + (found[kind] and 0 or 1)
end
if verifies then
  local contracts, sent = verifier.ensure(chain, place, found, p)
  addresses.verifier_proxy, addresses.verifier = contracts.proxy, contracts.verifier
  addresses.initialized_verifier = contracts.verifier
  transactions = transactions + sent
end
step('write deployed_contracts.json', function()
  return artefact.write(p.artefacts, addresses, found.on_chain.block or 0)
end)
transactions = transactions + funding.fill(chain, fund)
nodes.require_all(silent, 'what follows the contracts and funds waits for it')

-- Who can do what, and with whom.
local told = registry.fill(chain, addresses.registry,
  registry.wanted(list, keys, { admin = chain.sender, name = p.operator }))

-- What the nodes that run workflows agree on, and their jobs.
local on_chain, sent = configuration.settle(chain, place, {
  on_chain = found.on_chain,
  set_config = ocr3_settings.set_config(p, settings, oracles, { multichain = MULTICHAIN, contract = addresses.ocr3 }),
  chain_id = p.chain_id,
  contract = addresses.ocr3,
  multichain = MULTICHAIN,
})
step('write the block into deployed_contracts.json', function()
  return artefact.write(p.artefacts, addresses, on_chain.block)
end)
transactions = transactions + told.sent + sent

local put = ocr3_jobs.put(place, workflow_don.nodes, {
  boot = workflow_don.boot,
  keys = keys,
  templates = step('read the templates', function()
    return jobspecs.templates('recipes/crib/templates/late')
  end),
  chain_id = p.chain_id,
  contract = addresses.ocr3,
  p2p_port = p.p2p_port,
  block = on_chain.block,
})

-- Prices.
local written = put.written
for _, don in ipairs(list) do
  if streams.is_meant(don) then
    group('feeds of ' .. don.name, function()
      written = written + streams.put_bridges(don.nodes, feeds.KEYSTONE)
      if verifies then
        transactions = transactions + verifier.configure(chain, feeds.KEYSTONE, {
          contract = addresses.verifier,
          chain_id = p.chain_id,
          configuration = verifier.configuration(dons.in_order(don.part, keys), {
            f = don.f,
            secrets = ocr3_settings.secrets(p, addresses.verifier),
          }),
        })
        written = written + streams.put_jobs(place, don.nodes, {
          feeds = feeds.KEYSTONE,
          boot = don.boot,
          keys = keys,
          contract = addresses.verifier,
          chain_id = p.chain_id,
          p2p_port = p.p2p_port,
        })
      end
    end)
  end
end

-- What they do with them.
local text = step('read the workflow', function()
  return workflows.text(p)
end)
written = written + workflows.put(place, workflow_don.part, text).written

local file = step('write crib-postprovision.yaml', function()
  local yaml = dons.overrides(list, keys, {
    registry = addresses.registry,
    forwarder = addresses.forwarder,
    chain_id = p.chain_id,
    capabilities_port = p.capabilities_port,
  })
  return fs.write(p.artefacts .. '/crib-postprovision.yaml', yaml, { mode = '0600', parents = true })
end)

if transactions + written + put.replayed == 0 then
  log 'nothing was to be done: contracts, registry, jobs and funds are as they should be'
end
output {
  contracts = addresses,
  dons = told.dons,
  set_config_block = on_chain.block,
  transactions = transactions,
  jobs_written = written,
  logs_replayed = put.replayed,
  overrides = file.path,
}
