// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// Which nodes of which operators can do what, and the DONs they form, as that of October 2024 keeps them; nothing is
/// changed or taken out again.
contract CapabilitiesRegistry is Owned {
    struct Capability {
        string labelledName;
        string version;
        uint8 capabilityType;
        uint8 responseType;
        address configurationContract;
    }

    struct CapabilityInfo {
        bytes32 hashedId;
        string labelledName;
        string version;
        uint8 capabilityType;
        uint8 responseType;
        address configurationContract;
        bool isDeprecated;
    }

    struct NodeOperator {
        address admin;
        string name;
    }

    struct NodeParams {
        uint32 nodeOperatorId;
        bytes32 signer;
        bytes32 p2pId;
        bytes32 encryptionPublicKey;
        bytes32[] hashedCapabilityIds;
    }

    struct NodeInfo {
        uint32 nodeOperatorId;
        uint32 configCount;
        uint32 workflowDONId;
        bytes32 signer;
        bytes32 p2pId;
        bytes32 encryptionPublicKey;
        bytes32[] hashedCapabilityIds;
        uint256[] capabilitiesDONIds;
    }

    struct CapabilityConfiguration {
        bytes32 capabilityId;
        bytes config;
    }

    struct DONInfo {
        uint32 id;
        uint32 configCount;
        uint8 f;
        bool isPublic;
        bool acceptsWorkflows;
        bytes32[] nodeP2PIds;
        CapabilityConfiguration[] capabilityConfigurations;
    }

    string public constant typeAndVersion = "CapabilitiesRegistry 1.0.0";

    CapabilityInfo[] private known;
    NodeOperator[] private operators;
    bytes32[] private p2pIds;
    DONInfo[] private dons;
    mapping(bytes32 => bool) private isCapability;
    mapping(bytes32 => bool) private isSigner;
    mapping(bytes32 => NodeInfo) private nodeOf;
    /// By node, or by the id of a DON.
    mapping(bytes32 => mapping(bytes32 => bool)) private offers;
    mapping(uint256 => mapping(bytes32 => bool)) private isIn;

    error AccessForbidden(address sender);
    error CapabilityAlreadyExists(bytes32 hashedCapabilityId);
    error CapabilityDoesNotExist(bytes32 hashedCapabilityId);
    error DONDoesNotExist(uint32 donId);
    error DuplicateDONCapability(uint32 donId, bytes32 capabilityId);
    error DuplicateDONNode(uint32 donId, bytes32 nodeP2PId);
    error InvalidCapabilityConfigurationContractInterface(address proposedConfigurationContract);
    error InvalidFaultTolerance(uint8 f, uint256 nodeCount);
    error InvalidNodeCapabilities(bytes32[] hashedCapabilityIds);
    error InvalidNodeEncryptionPublicKey(bytes32 encryptionPublicKey);
    error InvalidNodeOperatorAdmin();
    error InvalidNodeP2PId(bytes32 p2pId);
    error InvalidNodeSigner();
    error NodeAlreadyExists(bytes32 nodeP2PId);
    error NodeDoesNotExist(bytes32 nodeP2PId);
    error NodeDoesNotSupportCapability(bytes32 nodeP2PId, bytes32 capabilityId);
    error NodeOperatorDoesNotExist(uint32 nodeOperatorId);
    error NodePartOfWorkflowDON(uint32 donId, bytes32 nodeP2PId);

    event CapabilityConfigured(bytes32 indexed hashedCapabilityId);
    event ConfigSet(uint32 indexed donId, uint32 configCount);
    event NodeAdded(bytes32 p2pId, uint32 indexed nodeOperatorId, bytes32 signer);
    event NodeOperatorAdded(uint32 indexed nodeOperatorId, address indexed admin, string name);

    function addCapabilities(Capability[] calldata capabilities) external onlyOwner {
        for (uint256 i = 0; i < capabilities.length; i++) {
            addCapability(capabilities[i]);
        }
    }

    function addNodeOperators(NodeOperator[] calldata nodeOperators) external onlyOwner {
        for (uint256 i = 0; i < nodeOperators.length; i++) {
            if (nodeOperators[i].admin == address(0)) {
                revert InvalidNodeOperatorAdmin();
            }
            operators.push(nodeOperators[i]);
            emit NodeOperatorAdded(uint32(operators.length), nodeOperators[i].admin, nodeOperators[i].name);
        }
    }

    function addNodes(NodeParams[] calldata nodes) external {
        for (uint256 i = 0; i < nodes.length; i++) {
            checkNode(nodes[i]);
            addNode(nodes[i]);
        }
    }

    function addDON(
        bytes32[] calldata nodes,
        CapabilityConfiguration[] calldata capabilityConfigurations,
        bool isPublic,
        bool acceptsWorkflows,
        uint8 f
    ) external onlyOwner {
        if (f == 0 || nodes.length <= f) {
            revert InvalidFaultTolerance(f, nodes.length);
        }
        DONInfo storage don = dons.push();
        don.id = uint32(dons.length);
        don.configCount = 1;
        don.f = f;
        don.isPublic = isPublic;
        don.acceptsWorkflows = acceptsWorkflows;
        for (uint256 i = 0; i < nodes.length; i++) {
            enlist(don, nodes[i]);
        }
        for (uint256 i = 0; i < capabilityConfigurations.length; i++) {
            configure(don, capabilityConfigurations[i]);
        }
        emit ConfigSet(don.id, don.configCount);
    }

    function getHashedCapabilityId(string memory labelledName, string memory version) public pure returns (bytes32) {
        return keccak256(abi.encode(labelledName, version));
    }

    function getCapabilities() external view returns (CapabilityInfo[] memory) {
        return known;
    }

    function getNodeOperators() external view returns (NodeOperator[] memory) {
        return operators;
    }

    function getNode(bytes32 p2pId) external view returns (NodeInfo memory nodeInfo) {
        return nodeOf[p2pId];
    }

    function getNodes() external view returns (NodeInfo[] memory) {
        NodeInfo[] memory nodes = new NodeInfo[](p2pIds.length);
        for (uint256 i = 0; i < nodes.length; i++) {
            nodes[i] = nodeOf[p2pIds[i]];
        }
        return nodes;
    }

    function getDON(uint32 donId) external view returns (DONInfo memory) {
        if (donId == 0 || donId > dons.length) {
            revert DONDoesNotExist(donId);
        }
        return dons[donId - 1];
    }

    function getDONs() external view returns (DONInfo[] memory) {
        return dons;
    }

    function getNextDONId() external view returns (uint32) {
        return uint32(dons.length + 1);
    }

    function addCapability(Capability calldata capability) private {
        bytes32 id = getHashedCapabilityId(capability.labelledName, capability.version);
        if (isCapability[id]) {
            revert CapabilityAlreadyExists(id);
        }
        if (capability.configurationContract != address(0) && capability.configurationContract.code.length == 0) {
            revert InvalidCapabilityConfigurationContractInterface(capability.configurationContract);
        }
        isCapability[id] = true;
        known.push(
            CapabilityInfo(
                id,
                capability.labelledName,
                capability.version,
                capability.capabilityType,
                capability.responseType,
                capability.configurationContract,
                false
            )
        );
        emit CapabilityConfigured(id);
    }

    function checkNode(NodeParams calldata node) private view {
        if (node.nodeOperatorId == 0 || node.nodeOperatorId > operators.length) {
            revert NodeOperatorDoesNotExist(node.nodeOperatorId);
        }
        if (msg.sender != owner && msg.sender != operators[node.nodeOperatorId - 1].admin) {
            revert AccessForbidden(msg.sender);
        }
        if (nodeOf[node.p2pId].signer != 0) {
            revert NodeAlreadyExists(node.p2pId);
        }
        if (node.p2pId == 0) {
            revert InvalidNodeP2PId(node.p2pId);
        }
        if (node.signer == 0 || isSigner[node.signer]) {
            revert InvalidNodeSigner();
        }
        if (node.encryptionPublicKey == 0) {
            revert InvalidNodeEncryptionPublicKey(node.encryptionPublicKey);
        }
        if (node.hashedCapabilityIds.length == 0) {
            revert InvalidNodeCapabilities(node.hashedCapabilityIds);
        }
    }

    function addNode(NodeParams calldata node) private {
        NodeInfo storage added = nodeOf[node.p2pId];
        added.nodeOperatorId = node.nodeOperatorId;
        added.configCount = 1;
        added.signer = node.signer;
        added.p2pId = node.p2pId;
        added.encryptionPublicKey = node.encryptionPublicKey;
        added.hashedCapabilityIds = node.hashedCapabilityIds;
        for (uint256 i = 0; i < node.hashedCapabilityIds.length; i++) {
            if (!isCapability[node.hashedCapabilityIds[i]]) {
                revert InvalidNodeCapabilities(node.hashedCapabilityIds);
            }
            offers[node.p2pId][node.hashedCapabilityIds[i]] = true;
        }
        isSigner[node.signer] = true;
        p2pIds.push(node.p2pId);
        emit NodeAdded(node.p2pId, node.nodeOperatorId, node.signer);
    }

    function enlist(DONInfo storage don, bytes32 p2pId) private {
        NodeInfo storage node = nodeOf[p2pId];
        if (node.signer == 0) {
            revert NodeDoesNotExist(p2pId);
        }
        if (isIn[don.id][p2pId]) {
            revert DuplicateDONNode(don.id, p2pId);
        }
        if (don.acceptsWorkflows) {
            if (node.workflowDONId != 0) {
                revert NodePartOfWorkflowDON(don.id, p2pId);
            }
            node.workflowDONId = don.id;
        } else {
            node.capabilitiesDONIds.push(don.id);
        }
        isIn[don.id][p2pId] = true;
        don.nodeP2PIds.push(p2pId);
    }

    function configure(DONInfo storage don, CapabilityConfiguration calldata configuration) private {
        bytes32 id = configuration.capabilityId;
        if (!isCapability[id]) {
            revert CapabilityDoesNotExist(id);
        }
        if (offers[bytes32(uint256(don.id))][id]) {
            revert DuplicateDONCapability(don.id, id);
        }
        for (uint256 i = 0; i < don.nodeP2PIds.length; i++) {
            if (!offers[don.nodeP2PIds[i]][id]) {
                revert NodeDoesNotSupportCapability(don.nodeP2PIds[i], id);
            }
        }
        offers[bytes32(uint256(don.id))][id] = true;
        don.capabilityConfigurations.push(configuration);
    }
}
