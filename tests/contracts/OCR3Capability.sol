// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// Holds the configuration of a set of oracles, as that of June 2024 did: signers are addresses.
contract OCR3Capability is Owned {
    struct Config {
        address[] signers;
        address[] transmitters;
        uint8 f;
        bytes onchainConfig;
        uint64 offchainConfigVersion;
        bytes offchainConfig;
    }

    string public constant typeAndVersion = "Keystone 0.0.0";
    uint256 private constant MOST_ORACLES = 31;

    uint32 private count;
    uint32 private latestBlock;
    bytes32 private latestDigest;
    address[] private latestTransmitters;
    /// By the count of the configuration that named it.
    mapping(uint256 => mapping(address => bool)) private named;

    event ConfigSet(
        uint32 previousConfigBlockNumber,
        bytes32 configDigest,
        uint64 configCount,
        address[] signers,
        address[] transmitters,
        uint8 f,
        bytes onchainConfig,
        uint64 offchainConfigVersion,
        bytes offchainConfig
    );

    function setConfig(
        address[] memory _signers,
        address[] memory _transmitters,
        uint8 _f,
        bytes memory _onchainConfig,
        uint64 _offchainConfigVersion,
        bytes memory _offchainConfig
    ) external onlyOwner {
        Config memory config =
            Config(_signers, _transmitters, _f, _onchainConfig, _offchainConfigVersion, _offchainConfig);
        count++;
        check(config);
        uint32 previous = latestBlock;
        latestBlock = uint32(block.number);
        latestDigest = digest(config);
        latestTransmitters = config.transmitters;
        announce(previous, config);
    }

    function latestConfigDetails()
        external
        view
        returns (uint32 configCount, uint32 blockNumber, bytes32 configDigest)
    {
        return (count, latestBlock, latestDigest);
    }

    function transmitters() external view returns (address[] memory) {
        return latestTransmitters;
    }

    function check(Config memory config) private {
        uint256 oracles = config.signers.length;
        require(oracles <= MOST_ORACLES, "too many signers");
        require(config.f > 0, "f must be positive");
        require(oracles == config.transmitters.length, "oracle addresses out of registration");
        require(oracles > 3 * uint256(config.f), "faulty-oracle f too high");
        for (uint256 i = 0; i < oracles; i++) {
            require(isNew(config.signers[i]), "repeated signer address");
            require(isNew(config.transmitters[i]), "repeated transmitter address");
        }
    }

    function isNew(address oracle) private returns (bool) {
        bool known = named[count][oracle];
        named[count][oracle] = true;
        return !known;
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
        return bytes32((hash & (type(uint256).max >> 16)) | (uint256(0x0001) << 240));
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
