-- What a deployment of the cluster is merged with, so that its nodes know the contracts: the values of a helm
-- chart with TOML for each node, byte for byte the text that the original tools write.

local overrides = {}

local IMAGE = 'image: ${runtime.images.app}'

local function append(lines, indent, ...)
  for index = 1, select('#', ...) do
    local line = select(index, ...)
    lines[#lines + 1] = line == '' and '' or (' '):rep(indent) .. line
  end
end

local function workflow_lines(address, forwarder)
  return '[EVM.Workflow]', ("FromAddress = '%s'"):format(address), ("ForwarderAddress = '%s'"):format(forwarder)
end

--- The seed era's: every node but the bootstrap node, which is the first, learns from and to whom it sends reports.
--- @param options table nodes = entries of PublicKeys.json in node order, forwarder = address, chain_id
--- @return string without a line break at its end, as the original writes it
function overrides.seed(options)
  local lines = {}
  append(lines, 0, 'helm:', '  values:', '    chainlink:', '      nodes:')
  for index, node in ipairs(options.nodes) do
    append(lines, 8, ('node%d: '):format(index)) -- the blank is the original's
    append(lines, 10, IMAGE, 'overridesToml: |-')
    append(lines, 12, '[[EVM]]', ("ChainID = '%s'"):format(tostring(bigint(options.chain_id))))
    if index > 1 then
      append(lines, 12, workflow_lines(node.EthAddress, options.forwarder))
    end
  end
  return table.concat(lines, '\n')
end

--- The nodes of all DONs in the order of the file: DON by DON, its bootstrap node first.
--- Every node is { name, service, don, bootstrap = true or false, keys }.
--- @param dons table list of { prefix, size or nodes, bootstrap = position of its bootstrap node, the first if absent }
function overrides.nodes(dons)
  local nodes = {}
  for position, don in ipairs(dons) do
    local bootstrap = don.bootstrap or 1
    for index = 1, don.nodes and #don.nodes or don.size do
      local name = ('%d-%s%snode%d'):format(position - 1, don.prefix, index == bootstrap and 'bt-' or '', index)
      nodes[#nodes + 1] = {
        name = name,
        service = 'app-' .. name,
        don = don,
        bootstrap = index == bootstrap,
        keys = don.nodes and don.nodes[index],
      }
    end
  end
  return nodes
end

local function append_ingress(lines, nodes)
  append(lines, 8, 'ingress:')
  append(lines, 12, 'hosts:')
  for _, node in ipairs(nodes) do
    append(lines, 16, ('- host: ${DEVSPACE_NAMESPACE}-%s.${DEVSPACE_INGRESS_BASE_DOMAIN}'):format(node.name))
    append(lines, 18, 'http:')
    append(lines, 20, 'paths:')
    append(lines, 24, '- path: /')
    append(lines, 26, 'backend:')
    append(lines, 28, 'service:')
    append(lines, 32, 'name: ' .. node.service, 'port:')
    append(lines, 36, 'number: 6688')
  end
end

local function append_toml(lines, node, bootstrapper, options)
  append(lines, 20, 'overridesToml: |')
  append(lines, 24, '[Capabilities]', '[Capabilities.Peering]', '[Capabilities.Peering.V2]', 'Enabled = true')
  if node ~= bootstrapper then
    append(lines, 24, ("DefaultBootstrappers = ['%s@%s:%d']"):format(
      bootstrapper.keys.P2PPeerID, bootstrapper.service, options.capabilities_port))
  end
  local chain = ("ChainID = '%s'"):format(tostring(bigint(options.chain_id)))
  append(lines, 24, ("ListenAddresses = ['0.0.0.0:%d']"):format(options.capabilities_port), '',
    '[Capabilities.ExternalRegistry]', ("Address = '%s'"):format(options.registry), "NetworkID = 'evm'", chain, '',
    '[[EVM]]', chain, 'Nodes = []')
  if node.don.accepts_workflows and not node.bootstrap then
    append(lines, 24, '', workflow_lines(node.keys.EthAddress, options.forwarder))
  end
end

local function first_bootstrap(nodes)
  for _, node in ipairs(nodes) do
    if node.bootstrap then
      return node
    end
  end
end

local function late(dons, append_node)
  local lines, nodes = {}, overrides.nodes(dons)
  append(lines, 0, 'helm:', '    values:', '        chainlink:', '            nodes:')
  for _, node in ipairs(nodes) do
    append(lines, 16, node.name .. ':')
    append(lines, 20, IMAGE)
    append_node(lines, node, first_bootstrap(nodes))
  end
  append_ingress(lines, nodes)
  return table.concat(lines, '\n') .. '\n'
end

--- The late era's, before anything is deployed: which nodes there are.
--- @param options table dons = list of { prefix, size }
function overrides.late_pre(options)
  return late(options.dons, function() end)
end

--- The late era's, once the contracts and the nodes' keys are known. All nodes meet at the first DON's bootstrap node.
--- @param options table dons = list of { prefix, nodes = NodeKeys, accepts_workflows }; registry and forwarder =
---   addresses; chain_id; capabilities_port (6691)
function overrides.late_post(options)
  local known = {
    registry = options.registry,
    forwarder = options.forwarder,
    chain_id = options.chain_id,
    capabilities_port = options.capabilities_port or 6691,
  }
  return late(options.dons, function(lines, node, bootstrapper)
    append_toml(lines, node, bootstrapper, known)
  end)
end

return overrides
