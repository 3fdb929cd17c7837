// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// Holds the configuration of a set of oracles, as that of October 2024 did: a signer is the keys of its chains, each
/// a byte for its type, two for its length (the lower first), and the key.
contract MultichainOCR3Capability is Owned {
    struct Config {
        bytes[] signers;
        address[] transmitters;
        uint8 f;
        bytes onchainConfig;
        uint64 offchainConfigVersion;
        bytes offchainConfig;
    }

    string public constant typeAndVersion = "OCR3Capability 1.0.0";
    uint256 private constant MOST_ORACLES = 31;

    uint32 private count;
    uint32 private latestBlock;
    bytes32 private latestDigest;

    error InvalidConfig(string message);

    event ConfigSet(
        uint32 previousConfigBlockNumber,
        bytes32 configDigest,
        uint64 configCount,
        bytes[] signers,
        address[] transmitters,
        uint8 f,
        bytes onchainConfig,
        uint64 offchainConfigVersion,
        bytes offchainConfig
    );

    function setConfig(
        bytes[] memory _signers,
        address[] memory _transmitters,
        uint8 _f,
        bytes memory _onchainConfig,
        uint64 _offchainConfigVersion,
        bytes memory _offchainConfig
    ) external onlyOwner {
        Config memory config =
            Config(_signers, _transmitters, _f, _onchainConfig, _offchainConfigVersion, _offchainConfig);
        check(config);
        count++;
        uint32 previous = latestBlock;
        latestBlock = uint32(block.number);
        latestDigest = digest(config);
        announce(previous, config);
    }

    function latestConfigDetails()
        external
        view
        returns (uint32 configCount, uint32 blockNumber, bytes32 configDigest)
    {
        return (count, latestBlock, latestDigest);
    }

    function check(Config memory config) private pure {
        uint256 oracles = config.signers.length;
        demand(oracles <= MOST_ORACLES, "too many signers");
        demand(config.f > 0, "f must be positive");
        demand(oracles == config.transmitters.length, "oracle addresses out of registration");
        demand(oracles > 3 * uint256(config.f), "faulty-oracle f too high");
        for (uint256 i = 0; i < oracles; i++) {
            demand(config.transmitters[i] != address(0), "transmitter must not be empty");
            demand(isWhole(config.signers[i]), "invalid signer pubKey encoding");
        }
    }

    function demand(bool holds, string memory message) private pure {
        if (!holds) {
            revert InvalidConfig(message);
        }
    }

    /// Whether its last key ends where it does.
    function isWhole(bytes memory signer) private pure returns (bool) {
        uint256 at = 0;
        while (at + 3 <= signer.length) {
            at += 3 + uint256(uint8(signer[at + 1])) + 256 * uint256(uint8(signer[at + 2]));
        }
        return at == signer.length;
    }

    function digest(Config memory config) private view returns (bytes32) {
        uint256 hash = uint256(
            keccak256(
                abi.encode(
                    block.chainid,
                    address(this),
                    uint64(count),
                    config.signers,
                    config.transmitters,
                    config.f,
                    config.onchainConfig,
                    config.offchainConfigVersion,
                    config.offchainConfig
                )
            )
        );
        return bytes32((hash & (type(uint256).max >> 16)) | (uint256(0x000e) << 240));
    }

    function announce(uint32 previous, Config memory config) private {
        emit ConfigSet(
            previous,
            latestDigest,
            count,
            config.signers,
            config.transmitters,
            config.f,
            config.onchainConfig,
            config.offchainConfigVersion,
            config.offchainConfig
        );
    }
}
