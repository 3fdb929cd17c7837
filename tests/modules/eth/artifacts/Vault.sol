// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

library Shares {
    function half(uint256 amount) external pure returns (uint256) {
        return amount / 2;
    }
}

contract Vault {
    address public owner;
    uint256 public limit;

    constructor(address owner_, uint256 limit_) {
        owner = owner_;
        limit = Shares.half(limit_);
    }
}

interface IVault {
    function limit() external view returns (uint256);
}
