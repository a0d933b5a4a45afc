// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {FlaggedSource, ILedgerLens} from "../../contracts/interfaces/ILedgerLens.sol";
import {Statement} from "../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "./support/Codes.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Readers see every source above a lot once, and which of them to look at twice (law 8: nothing disappears).
contract LensTest is LedgerTest {
    ILedgerLens private lens;
    Statement private first;
    uint64 private plant;
    uint64 private other;
    uint64 private product;

    function setUp() public override {
        super.setUp();
        lens = ILedgerLens(deploy("LedgerLens", abi.encode(cet, registry)));
        uint256[] memory words = words1(word(Codes.STATIONARY_WH, 0, 1_000, 600 * T));
        first = statementOf(utility.at, words);
        cet.mint(first, evidenceOf(first, utility.key), 0, words);
        plant = sourceKey(1, Codes.STATIONARY_WH, 0);
        other = mintLot(university, Codes.scope3(1), 1_000, T);
        // A diamond: two shares of one plant and another source in one product.
        uint64 left = pass(utility, plant, university, 100, Codes.ELECTRICITY_MARKET_WH);
        uint64 right = pass(utility, plant, university, 200, Codes.ELECTRICITY_MARKET_WH);
        uint64 inner = blend(university, Codes.GOODS, 10, left, 10, right, 10);
        product = blend(university, Codes.GOODS, 10, inner, 5, other, 7);
    }

    function test_every_source_once() external view {
        uint64[] memory sources = lens.sourcesOf(product);
        vm.assertEq(sources.length, 2);
        vm.assertTrue(sources[0] == other && sources[1] == plant);
        sources = lens.sourcesOf(plant);
        vm.assertTrue(sources.length == 1 && sources[0] == plant);
        vm.assertEq(lens.flagsOf(product).length, 0);
    }

    function test_a_lot_there_is_none_of_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 5 << 32));
        lens.sourcesOf(5 << 32);
    }

    function _only(bool withdrawn, bool superseded, uint32 head, uint32 pending) private view {
        FlaggedSource[] memory flags = lens.flagsOf(product);
        vm.assertEq(flags.length, 1);
        vm.assertEq(flags[0].lot, plant);
        vm.assertEq(flags[0].statement, 1);
        vm.assertEq(flags[0].head, head);
        vm.assertTrue(flags[0].withdrawn == withdrawn && flags[0].superseded == superseded);
        vm.assertEq(flags[0].pending, pending);
    }

    function test_withdrawn_opinion_is_flagged_to_every_descendant_until_a_new_one() external {
        vm.prank(verifier.at);
        registry.withdraw(hashOf(first), "wrong meters");
        _only(true, false, 1, 0);
        uint256[] memory words = words1(uint256(plant) << 128 | uint256(600 * T) << 64 | 500 * T);
        Statement memory second = supersedingOf(first, words, new uint256[](0), 0);
        registry.submit(second, evidenceOf(second, utility.key));
        _only(false, true, 3, 1);
        cet.restate(second, evidenceOf(second, utility.key), 0, words);
        _only(false, true, 3, 0);
        vm.prank(verifier.at);
        registry.withdraw(hashOf(second), "again");
        _only(true, true, 3, 0);
        vm.assertEq(lens.headOf(1), 3);
        vm.assertEq(lens.headOf(3), 3);
        vm.assertEq(lens.headOf(9), 0);
    }

    /// As many edges as a lot can have above it, in one call that a node answers.
    function test_the_widest_ancestry_is_read() external {
        uint64[] memory parents = new uint64[](128);
        uint64[] memory units = new uint64[](128);
        uint256[] memory words = new uint256[](128);
        for (uint16 i; i < 128; ++i) words[i] = word(Codes.scope3(1), i, 1_000, T);
        uint32 number = mintLots(university, words);
        for (uint16 i; i < 128; ++i) (parents[i], units[i]) = (sourceKey(number, Codes.scope3(1), i), 1);
        uint64 wide = composeAs(university, compositionOf(Codes.GOODS, 1_000, parents, units));
        for (uint256 i; i < 448; ++i) {
            wide = composeAs(university, compositionOf(Codes.GOODS, 1_000, _sorted(wide, parents[i % 128]), list(1, 1)));
        }
        vm.assertEq(cet.lotOf(wide).ancestry, 1_024);
        uint256 gas = gasleft();
        vm.assertEq(lens.sourcesOf(wide).length, 128);
        vm.assertLe(gas - gasleft(), 30_000_000, "more than nodes give a call");
    }

    function _sorted(uint64 a, uint64 b) private pure returns (uint64[] memory) {
        return a < b ? list(a, b) : list(b, a);
    }
}
