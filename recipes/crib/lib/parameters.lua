-- Parameters that several recipes take, so that they mean the same in each.

local parameters = {}

-- In a recipe's `needs`: for the cluster in which the nodes are found, unless a file lists them; for one to act on.
parameters.kubectl_for_nodes = {
  version = '>=1.24',
  unless = 'node_list',
  with = { context = 'context', kubeconfig = 'kubeconfig' },
}
parameters.kubectl = { version = '>=1.24', with = { context = 'context', kubeconfig = 'kubeconfig' } }

local known = {
  namespace = param.string {
    env = 'DEVSPACE_NAMESPACE',
    help = 'namespace of the cluster; what is deployed for it is remembered under this name',
  },
  rpc_url = param.url {
    env = 'KEYSTONE_ETH_HTTP_URL',
    may_change = true,
    help = 'JSON-RPC endpoint of the chain',
  },
  chain_id = param.integer { default = 11155111, help = 'of the chain that rpc_url serves' },
  key = param.secret { env = 'KEYSTONE_ACCOUNT_KEY', help = 'private key of the account that deploys and pays' },
  node_list = param.path {
    required = false,
    may_change = true,
    help = 'file with a line for each node, bootstrap node first: URL [REMOTE_URL] LOGIN PASSWORD',
  },
  context = param.string {
    required = false,
    help = 'without node_list: kube context of the cluster in which the nodes are found',
  },
  kubeconfig = param.path { required = false, help = 'instead of the usual one' },
  era = param.enum {
    '2024-06',
    '2024-10',
    default = '2024-06',
    help = 'of the nodes and contracts: 2024-10 has signers on several chains',
  },
  artefacts = param.path { default = 'artefacts', help = 'folder of deployed_contracts.json' },
  ocr2_bundles = param.json {
    required = false,
    may_change = true,
    help = 'where a node has several OCR2 bundles, which to use: { "node name": "bundle id" }',
  },
  p2p_port = param.integer { default = 6690, help = 'where the bootstrap node listens' },
  capabilities_port = param.integer { default = 6691, help = 'where nodes of several DONs find each other' },
  dons = param.json {
    required = false,
    help = 'list of DONs (see the README); those of keystone if absent: workflow and streams-trigger, five nodes each',
  },
  operator = param.string { default = 'MY_NODE_OPERATOR', help = 'name of the node operator in the registry' },
  ttl = param.string { default = '72h', env = 'NS_TTL', help = 'how long the namespace lives from now on: 72h, 7d' },
  at = param.string { required = false, help = 'instead of ttl: until when the namespace lives, 2026-01-31T12:00:00Z' },
  relative = param.boolean {
    default = false,
    help = 'true: label the namespace with ttl as it is, which counts from when it was created',
  },
  devspace_folder = param.path { default = '../crib', help = 'folder of devspace.yaml' },
  ocr_config = param.path { default = 'ocr_config.json', help = 'the OCR3 configuration: { "OracleConfig": { … } }' },
  ocr_seed = param.secret {
    required = false,
    env = 'KEYSTONE_OCR_SEED',
    help = 'what the secrets of the configuration are made of; without it they are those that everybody knows',
  },
  fresh_contracts = param.boolean {
    default = false,
    may_change = true,
    help = 'true: deploy anew, whatever is deployed already',
  },
  templates = param.path { required = false, help = 'folder of job specs; that of the era if absent' },
}

for _, kind in ipairs { 'ocr3', 'forwarder', 'registry', 'verifier', 'verifier_proxy' } do
  known[kind .. '_bytecode_file'] = param.path { required = false, may_change = true, help = 'creation code as hex' }
  known[kind .. '_bytecode_sha256'] = param.string { required = false, may_change = true, help = 'of its bytes' }
end

--- Parameters by name from those above, and those that a recipe alone has.
--- @param names string[]
--- @param own? table parameters by name
function parameters.of(names, own)
  local chosen = {}
  for _, name in ipairs(names) do
    chosen[name] = known[name]
  end
  for name, declaration in pairs(own or {}) do
    chosen[name] = declaration
  end
  return chosen
end

return parameters
