// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Plain { uint256 public value; constructor(uint256 v) { value = v; } }
