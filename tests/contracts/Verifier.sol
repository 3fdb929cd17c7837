// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// Holds the configuration of each feed, as that of 2024 did; verifies nothing.
contract Verifier is Owned {
    struct AddressAndWeight {
        address addr;
        uint64 weight;
    }

    struct Feed {
        uint32 count;
        uint32 latestBlock;
        bytes32 latestDigest;
    }

    string public constant typeAndVersion = "Verifier 1.2.0";
    uint256 private constant MOST_ORACLES = 31;

    address private immutable proxy;
    mapping(bytes32 => Feed) private feeds;

    error ExcessSigners(uint256 numSigners, uint256 maxSigners);
    error FaultToleranceMustBePositive();
    error InsufficientSigners(uint256 numSigners, uint256 minSigners);
    error ZeroAddress();

    event ConfigSet(
        bytes32 indexed feedId,
        uint32 previousConfigBlockNumber,
        bytes32 configDigest,
        uint64 configCount,
        address[] signers,
        bytes32[] offchainTransmitters,
        uint8 f,
        bytes onchainConfig,
        uint64 offchainConfigVersion,
        bytes offchainConfig
    );

    constructor(address verifierProxy) {
        if (verifierProxy == address(0)) {
            revert ZeroAddress();
        }
        proxy = verifierProxy;
    }

    function setConfig(
        bytes32 feedId,
        address[] memory signers,
        bytes32[] memory offchainTransmitters,
        uint8 f,
        bytes memory onchainConfig,
        uint64 offchainConfigVersion,
        bytes memory offchainConfig,
        AddressAndWeight[] memory
    ) external onlyOwner {
        if (f == 0) {
            revert FaultToleranceMustBePositive();
        }
        if (signers.length > MOST_ORACLES) {
            revert ExcessSigners(signers.length, MOST_ORACLES);
        }
        if (signers.length <= 3 * uint256(f)) {
            revert InsufficientSigners(signers.length, 3 * uint256(f) + 1);
        }
        Feed storage feed = feeds[feedId];
        feed.count++;
        bytes memory encoded = abi.encode(
            feedId,
            block.chainid,
            address(this),
            uint64(feed.count),
            signers,
            offchainTransmitters,
            f,
            onchainConfig,
            offchainConfigVersion,
            offchainConfig
        );
        uint256 hash = uint256(keccak256(encoded));
        feed.latestDigest = bytes32((hash & (type(uint256).max >> 16)) | (uint256(0x0006) << 240));
        uint32 previous = feed.latestBlock;
        feed.latestBlock = uint32(block.number);
        emit ConfigSet(
            feedId,
            previous,
            feed.latestDigest,
            feed.count,
            signers,
            offchainTransmitters,
            f,
            onchainConfig,
            offchainConfigVersion,
            offchainConfig
        );
    }

    function latestConfigDetails(
        bytes32 feedId
    ) external view returns (uint32 configCount, uint32 blockNumber, bytes32 configDigest) {
        Feed storage feed = feeds[feedId];
        return (feed.count, feed.latestBlock, feed.latestDigest);
    }
}
