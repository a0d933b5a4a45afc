// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {GraphMaker} from "../support/GraphMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 2, 4, 5 and 6: figures of chains, diamonds and the largest graphs are the model's, at a bounded cost.
contract EvaluationTest is GraphMaker {
    function test_chain_of_shares_to_depth_300() external {
        uint64 key = source(1_000_003, 999_999_999_999);
        uint64 units = 1_000_003;
        for (uint256 depth = 1; depth <= 300; ++depth) {
            units -= 1 + uint64(depth % 7);
            key = shareOf(key, units);
            if (depth % 50 == 0) offset(key, 1_000_000_007);
            vm.assertEq(cet.lotOf(key).ancestry, depth);
        }
        assertAllReckoned();
    }

    function test_chain_of_compositions_to_depth_100() external {
        uint64 key = source(1_000, 7 * T + 1);
        for (uint256 depth = 1; depth <= 100; ++depth) {
            key = productOf(1_000, list(key), uint64(999));
            if (depth == 33) offset(key, T);
            vm.assertEq(cet.lotOf(key).ancestry, depth);
        }
        assertAllReckoned();
    }

    /// Shares and compositions in turn: every run of shares ends in a graph, every graph in a run.
    function test_chain_of_both_in_turn() external {
        uint64 key = source(1_000, 7 * T + 1);
        for (uint256 depth; depth < 40; ++depth) {
            key = productOf(800, list(key), uint64(770));
            for (uint64 i; i < depth % 4; ++i) key = shareOf(key, 799 - i);
            if (depth % 10 == 5) offset(key, 11);
        }
        assertAllReckoned();
        assertAncestry(key);
    }

    function test_whole_shares_lose_and_gain_nothing() external {
        uint64 key = source(3, 1_000_000_000_001);
        for (uint256 depth; depth < 50; ++depth) key = shareOf(key, 3);
        assertFigures(key, 1_000_000_000_001, 1_000_000_000_001, 1_000_000_000_001, 0);
    }

    function _diamond(uint256 width, uint256 layers) private returns (uint64 last) {
        uint64[] memory layer = new uint64[](width);
        for (uint64 i; i < width; ++i) layer[i] = source(1_009, 1_000 * T + i);
        for (uint256 l; l < layers; ++l) {
            uint64[] memory next = new uint64[](width);
            for (uint256 i; i < width; ++i) next[i] = productOf(1_009, layer, uint64(1_009 / width));
            layer = next;
            if (l % 3 == 1) offset(layer[l % width], 5 * T);
        }
        last = layer[width - 1];
        vm.assertEq(cet.lotOf(last).ancestry, (layers - 1) * width * width + width);
    }

    function test_diamond_2_wide_10_deep() external {
        _diamond(2, 10);
        assertAllReckoned();
    }

    function test_diamond_4_wide_10_deep() external {
        uint64 last = _diamond(4, 10);
        assertAllReckoned();
        uint256 before = gasleft();
        cet.figures(last);
        vm.assertLe(before - gasleft(), 1_000_000, "a diamond's lot is visited once");
    }

    // The cap (law 6)

    /// A lot with exactly 903 + last edges above it: seven products of 128 sources and one of `last`.
    function _wide(uint16 last) private returns (uint64[] memory parents) {
        parents = new uint64[](8);
        for (uint256 i; i < 8; ++i) {
            uint16 count = i < 7 ? 128 : last;
            parents[i] = productOf(1_000, sources(count, 10, uint64(T + i * 1_000)), uint64(7));
        }
    }

    function test_1024_edges_are_evaluated_and_shares_of_them_refused() external {
        uint64 key = productOf(1_000, _wide(120), uint64(500));
        vm.assertEq(cet.lotOf(key).ancestry, 1_024);
        assertReckoned(key);
        OptIn memory terms = anything();
        terms.maxAncestry = type(uint16).max; // the ledger's own limit holds whatever a dependent accepts
        optInAs(university, utility, terms);
        Offer memory o = offerOf(key, university.at, 1, BOUGHT);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.AncestryExceeds.selector, 1_025, 1_024));
        allocateAs(utility, o);
        uint256 before = gasleft();
        cet.figures(key);
        vm.assertLe(before - gasleft(), 12_000_000, "the dearest evaluation there is");
    }

    function test_1025_edges_are_refused() external {
        uint64[] memory parents = _wide(121);
        uint64[] memory units = new uint64[](8);
        for (uint256 i; i < 8; ++i) units[i] = 1;
        sort(parents, units);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.AncestryExceeds.selector, 1_025, 1_024));
        composeAs(utility, compositionOf(Codes.GOODS, 1, parents, units));
    }

    /// Edges that two parents share count once: the sum of the parents' ancestries does not decide.
    function test_shared_edges_count_once() external {
        uint64 wide = productOf(1_000, _wide(120 - 20), uint64(500));
        vm.assertEq(cet.lotOf(wide).ancestry, 1_004);
        uint64 a = shareOf(wide, 100);
        uint64 b = shareOf(wide, 200);
        uint64 c = productOf(10, list(wide, b), uint64(100));
        uint64 all = productOf(10, list(a, c), uint64(5));
        vm.assertEq(cet.lotOf(all).ancestry, 1_004 + 1 + 1 + 2 + 2);
        assertAncestry(all);
        assertReckoned(all);
    }

    // What an evaluation may not depend on

    /// forge-config: ci.fuzz.runs = 300
    function test_fuzz_figures_do_not_depend_on_the_seed_of_the_memo(bytes32 randao, uint32 time) external {
        uint64[] memory layer = sources(8, 100, T);
        uint64 a = productOf(10, layer, uint64(9));
        uint64 b = productOf(10, layer, uint64(8));
        uint64 c = shareOf(a, 3);
        uint64[] memory parents = new uint64[](3);
        (parents[0], parents[1], parents[2]) = (a, b, c);
        uint64 all = productOf(10, parents, uint64(2));
        vm.prevrandao(randao);
        vm.warp(time);
        assertReckoned(all);
    }

    function test_figures_are_read_under_staticcall() external {
        uint64 key = productOf(10, sources(3, 100, T), uint64(9));
        (bool ok, bytes memory answer) =
            address(cet).staticcall(abi.encodeCall(ICarbonEmissionsToken.figures, (key)));
        vm.assertTrue(ok);
        vm.assertEq(keccak256(answer), keccak256(abi.encode(cet.figures(key))));
    }

    function test_largest_figures_there_can_be() external {
        uint64 most = type(uint64).max;
        uint64[] memory widest = new uint64[](128);
        for (uint256 i; i < 128; ++i) widest[i] = source(uint64(type(int64).max), most);
        uint64 sum = productOf(uint64(type(int64).max), widest, uint64(type(int64).max));
        assertFigures(sum, 128 * uint256(most), 128 * uint256(most), 128 * uint256(most), 0);
        uint64 share = shareOf(sum, uint64(type(int64).max) - 1);
        assertReckoned(share);
        uint64 crumb = shareOf(share, 1);
        assertReckoned(crumb);
    }
}
