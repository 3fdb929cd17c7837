// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// One owner, the creator at first, who may propose another.
abstract contract Owned {
    address public owner = msg.sender;
    address private proposed;

    event OwnershipTransferRequested(address indexed from, address indexed to);
    event OwnershipTransferred(address indexed from, address indexed to);

    modifier onlyOwner() {
        require(msg.sender == owner, "Only callable by owner");
        _;
    }

    function transferOwnership(address to) external onlyOwner {
        require(to != msg.sender, "Cannot transfer to self");
        proposed = to;
        emit OwnershipTransferRequested(owner, to);
    }

    function acceptOwnership() external {
        require(msg.sender == proposed, "Must be proposed owner");
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        proposed = address(0);
    }
}
