// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import "./Owned.sol";

/// Knows the verifiers that reports may be checked by; checks none itself.
contract VerifierProxy is Owned {
    string public constant typeAndVersion = "VerifierProxy 2.0.0";
    address public immutable s_accessController;
    mapping(address => bool) private initialized;

    error VerifierAlreadyInitialized(address verifier);
    error ZeroAddress();

    event VerifierInitialized(address verifierAddress);

    constructor(address accessController) {
        s_accessController = accessController;
    }

    function initializeVerifier(address verifierAddress) external onlyOwner {
        if (verifierAddress == address(0)) {
            revert ZeroAddress();
        }
        if (initialized[verifierAddress]) {
            revert VerifierAlreadyInitialized(verifierAddress);
        }
        initialized[verifierAddress] = true;
        emit VerifierInitialized(verifierAddress);
    }
}
