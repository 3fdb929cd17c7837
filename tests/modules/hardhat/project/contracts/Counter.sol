// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
library Steps { function next(uint256 n, uint256 by) external pure returns (uint256) { return n + by; } }
contract Counter {
  uint256 public immutable step;
  address public immutable owner;
  uint256 public count;
  constructor(uint256 by) { step = by; owner = msg.sender; }
  function advance() external { count = Steps.next(count, step); }
}
