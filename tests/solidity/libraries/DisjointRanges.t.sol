// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {DisjointRanges} from "../../../contracts/libraries/DisjointRanges.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 10: ranges of serials and of days never overlap, against a bitmap of what is taken.
contract DisjointRangesTest {
    using DisjointRanges for DisjointRanges.Set;

    DisjointRanges.Set private _set;
    uint256 private _taken;
    uint64[] private _firsts;

    function insert(uint64 first, uint64 last, uint64 previous) external {
        _set.insert(first, last, previous, first);
    }

    function setUp() public {
        _set.insert(10, 19, 0, 10);
        _set.insert(30, 39, 10, 30);
    }

    function test_ranges_may_touch() external {
        _set.insert(20, 29, 10, 20);
        _set.insert(40, 40, 30, 40);
        _set.insert(1, 9, 0, 1);
        _set.insert(type(uint64).max, type(uint64).max, 40, type(uint64).max);
        vm.assertEq(_set.ranges[0].next, 1);
        vm.assertEq(_set.ranges[1].next, 10);
        vm.assertEq(_set.ranges[20].next, 30);
        vm.assertEq(_set.ranges[40].next, type(uint64).max);
    }

    function test_tags_stay_with_their_ranges() external {
        _set.insert(20, 29, 10, 77);
        vm.assertEq(_set.ranges[10].tag, 10);
        vm.assertEq(_set.ranges[20].tag, 77);
        vm.assertEq(_set.ranges[30].tag, 30);
        vm.assertEq(_set.ranges[0].tag, 0);
    }

    function test_reversed_range_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeReversed.selector, 25, 24));
        this.insert(25, 24, 10);
    }

    function test_number_zero_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeReversed.selector, 0, 5));
        this.insert(0, 5, 0);
    }

    function test_unknown_previous_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.PreviousRangeUnknown.selector, 11));
        this.insert(20, 29, 11);
    }

    function test_overlap_below_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeOverlaps.selector, 19, 25, 10, 19));
        this.insert(19, 25, 10);
    }

    function test_overlap_above_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeOverlaps.selector, 20, 30, 30, 39));
        this.insert(20, 30, 10);
    }

    function test_previous_that_is_not_the_nearest_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeOverlaps.selector, 50, 59, 10, 19));
        this.insert(50, 59, 0);
    }

    function test_previous_above_the_range_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(DisjointRanges.RangeOverlaps.selector, 1, 5, 30, 39));
        this.insert(1, 5, 30);
    }

    /// With the right neighbour named, a range goes in exactly if none of its numbers is taken; with any other, never.
    /// forge-config: ci.fuzz.runs = 2000
    function test_fuzz_insertion_agrees_with_a_bitmap(uint256 seed) external {
        _taken = ((1 << 10) - 1) << 10 | ((1 << 10) - 1) << 30;
        delete _firsts;
        _firsts.push(10);
        _firsts.push(30);
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 first = uint64(seed % 255) + 1;
            uint64 last = first + uint64((seed >> 64) % 12);
            if (last > 255) last = 255;
            uint64 nearest = _nearestBelow(first);
            uint64 named = (seed >> 128) % 4 == 0 ? uint64((seed >> 160) % 256) : nearest;
            bool free = _taken & _bits(first, last) == 0 && named == nearest;
            (bool done,) = address(this).call(abi.encodeCall(this.insert, (first, last, named)));
            vm.assertEq(done, free, "insertion");
            if (!done) continue;
            _taken |= _bits(first, last);
            _firsts.push(first);
        }
        _checkList();
    }

    function _checkList() private view {
        uint256 listed;
        uint64 at = _set.ranges[0].next;
        uint64 end;
        while (at != 0) {
            vm.assertTrue(at > end, "sorted and disjoint");
            end = _set.ranges[at].last;
            listed |= _bits(at, end);
            at = _set.ranges[at].next;
        }
        vm.assertEq(listed, _taken);
    }

    function _nearestBelow(uint64 first) private view returns (uint64 nearest) {
        for (uint256 i; i < _firsts.length; ++i) {
            if (_firsts[i] <= first && _firsts[i] > nearest) nearest = _firsts[i];
        }
    }

    function _bits(uint64 first, uint64 last) private pure returns (uint256) {
        return ((1 << (last - first + 1)) - 1) << first;
    }
}
