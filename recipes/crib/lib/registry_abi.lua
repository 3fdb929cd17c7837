-- The functions of the capabilities registry, and why it refuses.

local registry_abi = {}

local CAPABILITY = 'bytes32 hashedId, string labelledName, string version, uint8 capabilityType, uint8 responseType, '
  .. 'address configurationContract, bool isDeprecated'
local NODE = 'uint32 nodeOperatorId, uint32 configCount, uint32 workflowDONId, bytes32 signer, bytes32 p2pId, '
  .. 'bytes32 encryptionPublicKey, bytes32[] hashedCapabilityIds, uint256[] capabilitiesDONIds'
local DON = 'uint32 id, uint32 configCount, uint8 f, bool isPublic, bool acceptsWorkflows, bytes32[] nodeP2PIds, '
  .. '(bytes32 capabilityId, bytes config)[] capabilityConfigurations'

registry_abi.GETTERS = {
  capabilities = ('getCapabilities() returns ((%s)[])'):format(CAPABILITY),
  operators = 'getNodeOperators() returns ((address admin, string name)[])',
  nodes = ('getNodes() returns ((%s)[])'):format(NODE),
  dons = ('getDONs() returns ((%s)[])'):format(DON),
}

registry_abi.ADD_CAPABILITIES = 'addCapabilities((string labelledName, string version, uint8 capabilityType, '
  .. 'uint8 responseType, address configurationContract)[] capabilities)'
registry_abi.ADD_OPERATORS = 'addNodeOperators((address admin, string name)[] nodeOperators)'
registry_abi.ADD_NODES = 'addNodes((uint32 nodeOperatorId, bytes32 signer, bytes32 p2pId, bytes32 encryptionPublicKey, '
  .. 'bytes32[] hashedCapabilityIds)[] nodes)'
registry_abi.ADD_DON = 'addDON(bytes32[] nodes, (bytes32 capabilityId, bytes config)[] capabilityConfigurations, '
  .. 'bool isPublic, bool acceptsWorkflows, uint8 f)'

--- What is added, for the options of a call that sends.
registry_abi.ABI = {
  registry_abi.ADD_CAPABILITIES,
  registry_abi.ADD_OPERATORS,
  registry_abi.ADD_NODES,
  registry_abi.ADD_DON,
  'error AccessForbidden(address sender)',
  'error CapabilityAlreadyExists(bytes32 hashedCapabilityId)',
  'error CapabilityDoesNotExist(bytes32 hashedCapabilityId)',
  'error CapabilityIsDeprecated(bytes32 hashedCapabilityId)',
  'error DuplicateDONCapability(uint32 donId, bytes32 capabilityId)',
  'error DuplicateDONNode(uint32 donId, bytes32 nodeP2PId)',
  'error InvalidCapabilityConfigurationContractInterface(address proposedConfigurationContract)',
  'error InvalidFaultTolerance(uint8 f, uint256 nodeCount)',
  'error InvalidNodeCapabilities(bytes32[] hashedCapabilityIds)',
  'error InvalidNodeEncryptionPublicKey(bytes32 encryptionPublicKey)',
  'error InvalidNodeOperatorAdmin()',
  'error InvalidNodeP2PId(bytes32 p2pId)',
  'error InvalidNodeSigner()',
  'error NodeAlreadyExists(bytes32 nodeP2PId)',
  'error NodeDoesNotExist(bytes32 nodeP2PId)',
  'error NodeDoesNotSupportCapability(bytes32 nodeP2PId, bytes32 capabilityId)',
  'error NodeOperatorDoesNotExist(uint32 nodeOperatorId)',
  'error NodePartOfCapabilitiesDON(uint32 donId, bytes32 nodeP2PId)',
  'error NodePartOfWorkflowDON(uint32 donId, bytes32 nodeP2PId)',
}

return registry_abi
