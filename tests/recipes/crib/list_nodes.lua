-- Says which nodes are found, and hands on a secret of one.
local nodes = require 'nodes'
local parameters = require 'parameters'
local p = recipe { params = parameters.of { 'namespace', 'node_list', 'context', 'kubeconfig' } }
local list = nodes.of(p)
local lines = {}
for index, node in ipairs(list) do
  lines[index] = ('%s %s %s %s %s'):format(
    node.name, node.url, node.host, node.email or 'in credentials', node.bootstrap and 'bootstrap' or 'oracle')
end
output { nodes = table.concat(lines, '; '), secret = list[1].password or list[1].credentials }
