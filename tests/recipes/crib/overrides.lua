-- Overrides are what the original tools write for five nodes, and as good for another number of them.
local fs, json = require 'fs', require 'json'
local overrides = require 'overrides'

step('compare', function()
  local nodes = json.decode(fs.read 'data/PublicKeys.json')
  local seed = overrides.seed { nodes = nodes, forwarder = '0x1234567890abcdef', chain_id = 11155111 }
  assert('\n[TestGenerateCribConfig - 1]\n' .. seed .. '\n---\n'
    == fs.read 'data/03_gen_crib_cluster_overrides_cmd_test.snap', seed)

  local pre = overrides.late_pre { dons = { { prefix = 'ks-wf-', size = 5 }, { prefix = 'ks-str-trig-', size = 5 } } }
  assert(pre == fs.read 'data/crib-preprovision.expected.yaml', pre)

  local sets = json.decode(fs.read 'data/node_sets.json')
  local post = overrides.late_post {
    dons = {
      { prefix = sets.Workflow.Prefix, nodes = sets.Workflow.NodeKeys, accepts_workflows = true },
      { prefix = sets.StreamsTrigger.Prefix, nodes = sets.StreamsTrigger.NodeKeys },
    },
    registry = '0x0200000000000000000000000000000000000000', forwarder = '0x0100000000000000000000000000000000000000',
    chain_id = '1337',
  }
  assert(post == fs.read 'data/crib-postprovision.expected.yaml', post)

  local seven = overrides.seed {
    nodes = { nodes[1], nodes[2], nodes[3], nodes[4], nodes[5], nodes[2], nodes[3] },
    forwarder = '0x12', chain_id = 1337,
  }
  local values = require('yaml').decode(seven).helm.values.chainlink.nodes
  local toml = require('toml').decode(values.node7.overridesToml)
  assert(toml.EVM[1].Workflow.FromAddress == nodes[3].EthAddress and toml.EVM[1].ChainID == '1337')
  assert(require('toml').decode(values.node1.overridesToml).EVM[1].Workflow == nil)
end)

local names = {}
for index, node in ipairs(overrides.nodes { { prefix = 'ks-wf-', size = 2 }, { prefix = 'x-', size = 1 } }) do
  names[index] = node.service
end
assert(table.concat(names, ' ') == 'app-0-ks-wf-bt-node1 app-0-ks-wf-node2 app-1-x-bt-node1')
