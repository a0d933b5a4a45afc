// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {GraphMaker} from "../support/GraphMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 2, 4 and 6 on graphs nobody drew: every lot's figures and ancestry are those of plain recursion.
contract RandomGraphsTest is GraphMaker {
    uint256 private _state;

    function _random(uint256 limit) private returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state % limit;
    }

    /// forge-config: ci.fuzz.runs = 400
    function test_fuzz_random_graph_evaluates_as_plain_recursion(uint256 seed) external {
        _state = seed;
        uint256 count = 3 + _random(3);
        for (uint256 i; i < count; ++i) source(uint64(1 + _random(1 << 40)), uint64(_random(1 << 50)));
        for (uint256 i; i < 14; ++i) {
            uint64 made = _random(3) == 0 ? _share() : _product();
            if (made != 0 && _random(3) == 0) _offsetSomething();
        }
        for (uint256 i; i < keys.length; ++i) {
            assertReckoned(keys[i]);
            assertAncestry(keys[i]);
        }
        assertAllReckoned();
    }

    function _share() private returns (uint64) {
        uint64 parent = keys[_random(keys.length)];
        uint256 left = available(parent);
        return left == 0 ? 0 : shareOf(parent, uint64(1 + _random(left)));
    }

    function _product() private returns (uint64) {
        uint64[] memory parents = new uint64[](3);
        uint64[] memory units = new uint64[](3);
        uint256 edges;
        for (uint256 i; i < 3; ++i) {
            uint64 parent = keys[keys.length - 1 - _random(keys.length < 6 ? keys.length : 6)];
            bool taken;
            for (uint256 j; j < edges; ++j) taken = taken || parents[j] == parent;
            uint256 left = available(parent);
            if (taken || left == 0) continue;
            (parents[edges], units[edges]) = (parent, uint64(1 + _random(left)));
            ++edges;
        }
        if (edges == 0) return 0;
        assembly ("memory-safe") {
            mstore(parents, edges)
            mstore(units, edges)
        }
        return productOf(uint64(1 + _random(1 << 40)), parents, units);
    }

    function _offsetSomething() private {
        uint64 key = keys[_random(keys.length)];
        uint256 net = reckon(key).net;
        if (net != 0) offset(key, uint64(1 + _random(net)));
    }
}
