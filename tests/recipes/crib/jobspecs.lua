-- Job specs are what the original tools render from the same keys, and have ids of their own.
local fs, json = require 'fs', require 'json'
local jobspecs = require 'jobspecs'

local contract = '0xB29934624cAe3765E33115A9530a13f5aEC7fa8A'

local seed = step('render those of the seed era', function()
  local templates = jobspecs.templates 'templates/seed'
  local nodes, hosts = json.decode(fs.read 'data/PublicKeys.json'), {}
  for host in fs.read('data/NodeList.txt'):gmatch 'https://(%S+) ' do
    hosts[#hosts + 1] = host
  end
  local bootstrapper = jobspecs.bootstrapper { peer_id = nodes[1].P2PPeerID, host = hosts[1] }
  local oracles = {}
  for index = 2, 5 do
    oracles[#oracles + 1] = ('Oracle %d:\nHost: %s\n%s\n\n'):format(index - 2, hosts[index], jobspecs.oracle {
      template = templates.oracle, chain_id = 11155111, contract = contract, keys = nodes[index],
      bootstrapper = bootstrapper,
    })
  end
  local bootstrap = jobspecs.bootstrap { template = templates.bootstrap, chain_id = '11155111', contract = contract }
  local printed = ('\n[TestGenSpecs - 1]\nBootstrap:\nHost: %s\n%s\n\nOracles:\n%s\n---\n'):format(
    hosts[1], bootstrap, table.concat(oracles, '--------------------------------\n'))
  local expected = fs.read 'data/88_gen_jobspecs_test.snap'
  assert(printed == expected, printed)
  assert(templates.workflow == nil)
  return bootstrap
end)

step('render those of the late era', function()
  local templates, node = jobspecs.templates 'templates/late', {}
  local keys = json.decode(fs.read 'data/node_sets.json').Workflow.NodeKeys
  for name, value in pairs(keys[2]) do
    node[name] = value
  end
  node.EthAddress = node.P2PPeerID -- so the snapshot has it
  local printed = ('\n[TestGenSpecs - 1]\n%s\n\n%s\n---\n'):format(
    jobspecs.bootstrap { template = templates.bootstrap, chain_id = 1337, contract = contract },
    jobspecs.oracle {
      template = templates.oracle, chain_id = 1337, contract = contract, keys = node,
      bootstrapper = jobspecs.bootstrapper { peer_id = keys[1].P2PPeerID, host = 'app-0-ks-wf-bt-node1', port = 6690 },
    })
  local expected = fs.read('data/02_provision_ocr3_capability_test.snap'):match '\n%[TestGenSpecs.*'
  assert(printed == expected, printed)
end)

step('render those of October 2024', function()
  local templates = jobspecs.templates 'templates/multichain'
  local keys = json.decode(fs.read 'data/node_sets.json').Workflow.NodeKeys
  local oracle = jobspecs.oracle {
    template = templates.oracle, chain_id = 1337, contract = contract, keys = keys[2], bootstrapper = 'peer@host:6690',
  }
  assert(oracle:find('name = "Keystone"\n', 1, true) and oracle:find('[\n  "peer@host:6690",\n]', 1, true))
  assert(oracle:match "strategyName = 'multi%-chain'\n.*" == table.concat({
    "strategyName = 'multi-chain'", '[onchainSigningStrategy.config]', ('evm = "%s"'):format(keys[2].OCR2BundleID),
    ('aptos = "%s"'):format(keys[2].AptosBundleID),
  }, '\n'))
  local bootstrap = jobspecs.bootstrap { template = templates.bootstrap, chain_id = 1337, contract = contract }
  assert(bootstrap:match 'chainID.*' == 'chainID = "1337"\nproviderType = "ocr3-capability"')
end)

step('render a workflow', function()
  local text = jobspecs.workflow {
    template = jobspecs.templates('templates/late').workflow, owner = '0x1234567890abcdef1234567890abcdef12345678',
    feeds = { '0x00' .. ('1'):rep(62), '0x00' .. ('2'):rep(62) }, write_target = 'write_geth-testnet@1.0.0',
    address = contract,
  }
  local toml = require('toml').decode(text)
  assert(toml.name == 'keystone_workflow' and toml.workflowOwner == '0x1234567890abcdef1234567890abcdef12345678')
  local yaml = require('yaml').decode(toml.workflow)
  assert(yaml.triggers[1].config.feedIds[2] == '0x00' .. ('2'):rep(62))
  local consensus = yaml.consensus[1]
  assert(consensus.config.aggregation_config.feeds['0x00' .. ('1'):rep(62)].heartbeat == 1800)
  assert(consensus.inputs.observations[1] == '$(trigger.outputs)' and consensus.config.report_id == '0001')
  assert(yaml.targets[1].id == 'write_geth-testnet@1.0.0' and yaml.targets[1].config.address == contract)
end)

-- Ids: the same for the same text on the same node in the same role.
local function id(changes)
  return jobspecs.external_job_id {
    peer_id = changes.peer_id or 'p1', role = changes.role or 'bootstrap', text = changes.text or seed,
  }
end
assert(id {} == id {} and id {}:match '^%x+%-%x+%-5%x+%-[89ab]%x+%-%x+$')
for _, changes in ipairs { { peer_id = 'p2' }, { role = 'oracle' }, { text = seed .. ' ' } } do
  assert(id {} ~= id(changes))
end
local posted = jobspecs.posted(seed, id {})
assert(posted:gsub('externalJobID = "[^"]*"\n', '') == seed)
assert(posted:find('\nname = "Keystone boot"\nexternalJobID = "' .. id {} .. '"\ncontractID', 1, true), posted)

local function refused(sentence, work, ...)
  local ok, raised = pcall(work, ...)
  assert(not ok and raised.message:find(sentence, 1, true), ok and 'accepted' or raised.message)
end
refused('no line that begins with name =', jobspecs.posted, 'type = "x"\nsurname = "y"', id {})
refused('{{ nobody }}, for which there is no value', jobspecs.render, 'a = "{{ nobody }}"', {})
-- Of each name the first in a line; what has other blanks is no place.
assert(jobspecs.render('{{ a }}{{ b }}{{ a }}\n{{ a }}{{a}}\n', { a = 1, b = '%1' }) == '1%1{{ a }}\n1{{a}}')
