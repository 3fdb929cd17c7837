// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Every way to refuse. A switch lets a call revert that its estimate saw succeed.
contract Reverter {
    bool public closed;

    error Closed(address by, uint256 code);

    function close(bool shut) external {
        closed = shut;
    }

    function withReason() external pure {
        require(false, "not today");
    }

    function withError(uint256 code) external view {
        revert Closed(msg.sender, code);
    }

    function withPanic(uint256 divisor) external pure returns (uint256) {
        return 1 / divisor;
    }

    function withNothing() external pure {
        assembly {
            revert(0, 0)
        }
    }

    function enter() external {
        if (closed) {
            revert Closed(msg.sender, 7);
        }
        closed = false;
    }
}

/// Whose creation is refused.
contract Stillborn {
    constructor(uint256 amount) {
        require(amount > 100, "too little");
    }
}
