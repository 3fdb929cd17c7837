-- The contracts of a keystone cluster: deployed once for a namespace on a chain, configured with the keys of its nodes,
-- and the nodes given what their transmitters pay with. Run again it finds all done, and does what is not.
--
--   runbook run recipes/crib/01_deploy_contracts -p namespace=crib-henry -p context=main-stage-cluster-crib \
--     -p ocr3_bytecode_file=OCR3Capability.bin -p forwarder_bytecode_file=KeystoneForwarder.bin

local artefact = require 'artefact'
local configuration = require 'configuration'
local deployed = require 'deployed'
local eth = require 'eth'
local forwarder = require 'forwarder'
local funding = require 'funding'
local node_keys = require 'node_keys'
local nodes = require 'nodes'
local ocr3_settings = require 'ocr3_settings'
local parameters = require 'parameters'

local p = recipe {
  name = 'crib/01_deploy_contracts',
  summary = 'Deploy the OCR3 and forwarder contracts, configure them and fund the transmitters',
  params = parameters.of({
    'namespace', 'rpc_url', 'chain_id', 'key', 'node_list', 'context', 'kubeconfig', 'era', 'artefacts', 'ocr2_bundles',
    'ocr_config', 'ocr_seed', 'ocr3_bytecode_file', 'ocr3_bytecode_sha256', 'forwarder_bytecode_file',
    'forwarder_bytecode_sha256', 'fresh_contracts',
  }, {
    only_set_config = param.boolean { default = false, help = 'true: neither deploy nor fund' },
    skip_funding = param.boolean { default = false, may_change = true, help = 'true: do not fund' },
    fund_to = param.bigint { default = '0.05 ether', help = 'what each transmitter has at least afterwards' },
    include_bootstrap = param.boolean {
      default = false,
      help = 'true: the bootstrap node signs and transmits too, as it did in June 2024',
    },
    set_forwarder_config = param.boolean { default = false, help = 'true: tell the forwarder whose reports to accept' },
    don_id = param.integer { default = 1, help = 'of the DON, for set_forwarder_config' },
  }),
  needs = { kubectl = parameters.kubectl_for_nodes },
  lock = function(p)
    return 'crib/' .. p.namespace
  end,
}

local multichain = p.era ~= '2024-06'
local chain = eth.chain { url = p.rpc_url, key = p.key, chain_id = p.chain_id }
local place = deployed.place(chain, p.namespace)
local everybody = nodes.of(p)
local part = nodes.taking_part(everybody, p.include_bootstrap)
local answering, silent = nodes.answering(part)

-- What is there, and whether what is wanted can be.
local found = step('look at what is deployed', function()
  local contracts = p.fresh_contracts and {} or deployed.look(chain, place, p.artefacts)
  local ocr3 = contracts.ocr3
  contracts.on_chain = ocr3 and configuration.on_chain(chain, ocr3.address, multichain) or { count = 0 }
  return contracts
end)

local keys = node_keys.of(answering, {
  chain_id = p.chain_id,
  multichain = multichain,
  include_bootstrap = p.include_bootstrap,
  contract = found.ocr3 and found.ocr3.address,
  signers = found.on_chain.count > 0 and found.on_chain.set.signers or nil,
  bundles = p.ocr2_bundles,
})
local transmitters = {}
for index, node in ipairs(keys) do
  transmitters[index] = node.EthAddress
end
local fund = { addresses = transmitters, target = p.fund_to, below = p.fund_to }
local funds = not p.only_set_config and not p.skip_funding

step('check what was asked for', function()
  if p.only_set_config and not (found.ocr3 and found.forwarder) then
    fail { 'there are no contracts to configure', hint = 'run without only_set_config', exit = 2 }
  end
  for _, kind in ipairs { 'ocr3', 'forwarder' } do
    if not found[kind] then
      deployed.check_bytecode(p, kind)
    end
  end
  funding.check(chain, {
    addresses = funds and transmitters or {},
    target = fund.target,
    below = fund.below,
    sends = not (found.ocr3 and found.forwarder),
  })
  ocr3_settings.read(p.ocr_config)
end)
-- Read and checked in one step: a resume reads what was corrected.
local settings = #silent == 0 and step('check the OCR3 configuration', function()
  local config = ocr3_settings.read(p.ocr_config)
  ocr3_settings.check(config, keys, multichain)
  return config
end)

-- The contracts. The OCR3 contract comes first: so their addresses are the same whoever was interrupted where.
local ocr3 = deployed.ensure(chain, place, 'ocr3', found.ocr3, p.ocr3_bytecode_file)
local forwarder_contract = deployed.ensure(chain, place, 'forwarder', found.forwarder, p.forwarder_bytecode_file)
local contracts = { ocr3 = ocr3.address, forwarder = forwarder_contract.address }
step('write deployed_contracts.json', function()
  return artefact.write(p.artefacts, contracts, found.on_chain.block or 0)
end)

-- Their configuration, once all nodes that take part have said who they are: fewer would be refused, or be too few.
local sent, on_chain = 0, found.on_chain
if #silent == 0 then
  local wanted = {
    on_chain = found.on_chain,
    set_config = ocr3_settings.set_config(p, settings, keys, { multichain = multichain, contract = ocr3.address }),
    chain_id = p.chain_id,
    contract = ocr3.address,
    multichain = multichain,
  }
  on_chain, sent = configuration.settle(chain, place, wanted)
  step('write the block into deployed_contracts.json', function()
    return artefact.write(p.artefacts, contracts, on_chain.block)
  end)
  if p.set_forwarder_config then
    sent = sent + (forwarder.configure(chain, place, {
      contract = forwarder_contract.address,
      since = forwarder_contract.block,
      new = found.forwarder == nil,
      don_id = p.don_id,
      version = 1,
      f = wanted.set_config.f,
      signers = ocr3_settings.evm_signers(keys),
      multichain = multichain,
    }) and 1 or 0)
  end
end

local paid = 0
if funds then
  paid = funding.fill(chain, fund)
  step('see that all transmitters have funds', function()
    funding.require_some(chain, transmitters)
  end)
end
nodes.require_all(silent, found.on_chain.count == 0 and 'the configuration waits for it'
  or 'whether the configuration is as it should be is not known without it')

local made = (found.ocr3 and 0 or 1) + (found.forwarder and 0 or 1)
if made + sent + paid == 0 then
  log 'nothing was to be done: contracts, configuration and funds are as they should be'
end
output {
  ocr3_contract = ocr3.address,
  forwarder_contract = forwarder_contract.address,
  set_config_block = on_chain.block,
  contracts_deployed = made,
  configurations_set = sent,
  transmitters_funded = paid,
}
