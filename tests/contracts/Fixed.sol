// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Its code on the chain differs from its artefact's where the immutables stand.
contract Fixed {
    address public immutable owner;
    uint256 public immutable limit;

    constructor(address owner_, uint256 limit_) {
        owner = owner_;
        limit = limit_;
    }
}
