// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Counts, so that a test sees how often it was called.
contract Counter {
    uint256 public value;
    uint256 public calls;

    event Added(address indexed by, uint256 amount, uint256 value);

    constructor(uint256 first) payable {
        value = first;
    }

    function add(uint256 amount) external payable {
        value += amount;
        calls += 1;
        emit Added(msg.sender, amount, value);
    }
}
