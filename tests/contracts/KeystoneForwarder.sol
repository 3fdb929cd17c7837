// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// The oracles whose signatures are accepted, by DON and, later, by version: f > 0, and more than 3 f of them, at most
/// 31, all different.
abstract contract SignerSets is Owned {
    uint256 private constant MOST_ORACLES = 31;
    mapping(uint256 => address[]) internal signersOf;

    error FaultToleranceMustBePositive();
    error ExcessSigners(uint256 numSigners, uint256 maxSigners);
    error InsufficientSigners(uint256 numSigners, uint256 minSigners);
    error DuplicateSigner(address signer);

    function keep(uint256 set, uint8 f, address[] calldata signers) internal {
        if (f == 0) {
            revert FaultToleranceMustBePositive();
        }
        if (signers.length > MOST_ORACLES) {
            revert ExcessSigners(signers.length, MOST_ORACLES);
        }
        if (signers.length <= 3 * uint256(f)) {
            revert InsufficientSigners(signers.length, 3 * uint256(f) + 1);
        }
        for (uint256 i = 1; i < signers.length; i++) {
            for (uint256 j = 0; j < i; j++) {
                if (signers[i] == signers[j]) {
                    revert DuplicateSigner(signers[i]);
                }
            }
        }
        signersOf[set] = signers;
    }
}

/// As that of June 2024: it neither tells of its configuration nor shows it.
contract KeystoneForwarder is SignerSets {
    string public constant typeAndVersion = "KeystoneForwarder 1.0.0";

    function setConfig(uint32 donId, uint8 f, address[] calldata signers) external onlyOwner {
        keep(donId, f, signers);
    }
}

/// As that of October 2024.
contract VersionedKeystoneForwarder is SignerSets {
    string public constant typeAndVersion = "KeystoneForwarder 1.0.0";
    mapping(address forwarder => bool) public isForwarder;

    error InvalidSigner(address signer);

    event ConfigSet(uint32 indexed donId, uint32 indexed configVersion, uint8 f, address[] signers);
    event ForwarderAdded(address indexed forwarder);
    event ForwarderRemoved(address indexed forwarder);

    constructor() {
        register(address(this));
    }

    function setConfig(uint32 donId, uint32 configVersion, uint8 f, address[] calldata signers) external onlyOwner {
        for (uint256 i = 0; i < signers.length; i++) {
            if (signers[i] == address(0)) {
                revert InvalidSigner(address(0));
            }
        }
        keep((uint256(donId) << 32) | configVersion, f, signers);
        emit ConfigSet(donId, configVersion, f, signers);
    }

    function clearConfig(uint32 donId, uint32 configVersion) external onlyOwner {
        delete signersOf[(uint256(donId) << 32) | configVersion];
        emit ConfigSet(donId, configVersion, 0, new address[](0));
    }

    function addForwarder(address forwarder) external onlyOwner {
        register(forwarder);
    }

    function removeForwarder(address forwarder) external onlyOwner {
        isForwarder[forwarder] = false;
        emit ForwarderRemoved(forwarder);
    }

    function register(address forwarder) private {
        isForwarder[forwarder] = true;
        emit ForwarderAdded(forwarder);
    }
}
