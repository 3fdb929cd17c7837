// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// External, so that its users are linked with it.
library Doubling {
    function twice(uint256 number) external pure returns (uint256) {
        return 2 * number;
    }
}

contract Linked {
    function doubled(uint256 number) external pure returns (uint256) {
        return Doubling.twice(number);
    }
}
