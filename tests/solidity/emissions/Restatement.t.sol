// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, LotView, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Evidence, IStatementRegistry, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 8: a superseding statement corrects lots by compare-and-set; what was passed on is neither shed nor inflated
/// beyond the bound, and everything below follows.
contract RestatementTest is LedgerTest {
    uint64 internal constant MWH = 1e6;
    uint16 internal constant CODE = Codes.STATIONARY_WH;

    /// 1,000 MWh of 600 t, and a fleet of 50 t.
    Statement internal first;
    uint64 internal plant;
    uint64 internal fleet;

    function setUp() public override {
        super.setUp();
        uint256[] memory words = new uint256[](2);
        words[0] = word(CODE, 0, 1_000 * MWH, 600 * T);
        words[1] = word(CODE, 1, 1_000 * MWH, 50 * T);
        first = statementOf(utility.at, words);
        cet.mint(first, evidenceOf(first, utility.key), 0, words);
        (plant, fleet) = (sourceKey(1, CODE, 0), sourceKey(1, CODE, 1));
    }

    function change(uint64 lot, uint256 from, uint256 to) internal pure returns (uint256) {
        return uint256(lot) << 128 | from << 64 | to;
    }

    function changes(uint256 a, uint256 b) internal pure returns (uint256[] memory words) {
        words = new uint256[](2);
        (words[0], words[1]) = (a, b);
    }

    function _restate(Statement memory s, uint256 chunk, uint256[] memory words) internal {
        cet.restate(s, evidenceOf(s, utility.key), chunk, words);
    }

    function _correct(Statement memory head, uint256[] memory words, uint16 inflation)
        internal
        returns (Statement memory s)
    {
        s = supersedingOf(head, words, new uint256[](0), inflation);
        _restate(s, 0, words);
    }

    function _refused(Statement memory s, uint256 chunk, uint256[] memory words, bytes memory reason) internal {
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(reason);
        cet.restate(s, e, chunk, words);
    }

    function _wordRefused(uint256 word_, uint16 inflation, bytes memory reason) internal {
        _refused(supersedingOf(first, words1(word_), new uint256[](0), inflation), 0, words1(word_), reason);
    }

    // What follows

    function test_gross_net_and_every_figure_below_follow() external {
        uint64 sold = pass(utility, plant, university, 600 * MWH, Codes.ELECTRICITY_MARKET_WH);
        uint64 resold = pass(university, sold, purchaser, 300 * MWH, Codes.scope3(3, 1));
        offsetLot(utility, plant, 100 * T);
        assertFigures(resold, 180 * T, 150 * T, 150 * T, 0);

        uint256[] memory words = changes(change(plant, 600 * T, 500 * T), change(fleet, 50 * T, 60 * T));
        Statement memory s = supersedingOf(first, words, new uint256[](0), 0);
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.StatementRecorded(hashOf(s), 2, utility.at, s, ISO_14064_3, 2, 9_500);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(plant, 500 * T, 400 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(fleet, 60 * T, 60 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.LotsRestated(2, words);
        cet.restate(s, e, 0, words);

        assertFigures(plant, 500 * T, 500 * T, 400 * T, 0);
        assertFigures(sold, 300 * T, 240 * T, 240 * T, 0);
        assertFigures(resold, 150 * T, 120 * T, 120 * T, 0);
        vm.assertEq(cet.restatedOf(2), 1);
        vm.assertEq(cet.participantOf(2), utility.at);
    }

    function test_all_but_the_gross_stays() external {
        pass(utility, plant, university, 600 * MWH, Codes.ELECTRICITY_MARKET_WH);
        offsetLot(utility, plant, 7 * T);
        cet.setFrozenTokens(utility.at, plant, 5);
        LotView memory before = cet.lotOf(plant);
        _correct(first, words1(change(plant, 600 * T, 1)), 0);
        LotView memory v = cet.lotOf(plant);
        // A source lot's announced net is its live one: 7 t of offset are more than what is left.
        (before.announcedNet, v.announcedNet) = (0, v.announcedNet);
        vm.assertEq(keccak256(abi.encode(v)), keccak256(abi.encode(before)));
    }

    function test_unchanged_word_confirms_a_lot_and_announces_nothing() external {
        Statement memory s = supersedingOf(first, words1(change(plant, 600 * T, 600 * T)), new uint256[](0), 0);
        Evidence memory e = evidenceOf(s, utility.key);
        registry.submit(s, e);
        vm.recordLogs();
        cet.restate(s, e, 0, words1(change(plant, 600 * T, 600 * T)));
        vm.assertEq(vm.getRecordedLogs().length, 1);
        assertFigures(plant, 600 * T, 600 * T, 600 * T, 0);
    }

    function test_lowering_below_the_offset_leaves_a_surplus_that_can_be_moved() external {
        uint64 batch = offsetLot(utility, plant, 300 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(plant, 100 * T, 0);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OffsetChanged(plant, 300 * T);
        _correct(first, words1(change(plant, 600 * T, 100 * T)), 0);
        assertFigures(plant, 100 * T, 100 * T, 0, 200 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OffsetChanged(plant, 260 * T);
        vm.prank(utility.at);
        cot.moveSurplus(batch, plant, fleet, 40 * T);
        assertFigures(plant, 100 * T, 100 * T, 0, 160 * T);
        assertFigures(fleet, 50 * T, 50 * T, 10 * T, 0);
    }

    /// What is above the bound is a further lot of the new statement, and stays with the participant.
    function test_excess_is_minted_as_a_further_lot() external {
        uint64 sold = pass(utility, plant, university, 500 * MWH, Codes.ELECTRICITY_MARKET_WH);
        uint256[] memory restated = words1(change(plant, 600 * T, 630 * T));
        uint256[] memory further = words1(word(CODE, 9, 170 * T, 170 * T));
        Statement memory s = supersedingOf(first, restated, further, 500);
        _restate(s, 0, restated);
        cet.mint(s, evidenceOf(s, utility.key), 0, further);
        assertFigures(sold, 315 * T, 315 * T, 315 * T, 0);
        vm.assertEq(cet.lotOf(sourceKey(2, CODE, 9)).holder, utility.at);
        assertFigures(sourceKey(2, CODE, 9), 170 * T, 170 * T, 170 * T, 0);
    }

    function test_further_lots_may_be_minted_first() external {
        uint256[] memory restated = words1(change(plant, 600 * T, 500 * T));
        uint256[] memory further = words1(word(CODE, 9, 100 * T, 100 * T));
        Statement memory s = supersedingOf(first, restated, further, 0);
        cet.mint(s, evidenceOf(s, utility.key), 0, further);
        _restate(s, 0, restated);
        vm.assertEq(cet.lotOf(sourceKey(2, CODE, 9)).holder, utility.at);
        vm.assertEq(cet.participantOf(2), utility.at);
    }

    function test_a_chain_restates_lots_of_all_its_statements() external {
        uint256[] memory further = words1(word(CODE, 9, 100 * T, 100 * T));
        Statement memory second = supersedingOf(first, new uint256[](0), further, 0);
        cet.mint(second, evidenceOf(second, utility.key), 0, further);
        uint64 added = sourceKey(2, CODE, 9);
        _correct(second, changes(change(plant, 600 * T, 1 * T), change(added, 100 * T, 2 * T)), 0);
        assertFigures(plant, 1 * T, 1 * T, 1 * T, 0);
        assertFigures(added, 2 * T, 2 * T, 2 * T, 0);
    }

    // The bound

    function test_raising_what_nobody_else_bears_is_free() external {
        _correct(first, words1(change(plant, 600 * T, type(uint64).max)), 0);
        assertFigures(plant, type(uint64).max, type(uint64).max, type(uint64).max, 0);
    }

    function test_raising_what_was_passed_on_above_the_bound_reverts() external {
        pass(utility, plant, university, 1, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.LotInflated.selector;
        _wordRefused(
            change(plant, 600 * T, 630 * T + 1), 500, abi.encodeWithSelector(error, plant, 630 * T + 1, 630 * T)
        );
        _wordRefused(change(plant, 600 * T, 600 * T + 1), 0, abi.encodeWithSelector(error, plant, 600 * T + 1, 600 * T));
        _correct(first, words1(change(plant, 600 * T, 630 * T)), 500);
    }

    /// A reference takes nothing, so a restatement passes nothing on by it: the bound is not for it, and its figure follows its
    /// source however far that is corrected. The participant bears the same rise, whole, in its own total.
    function test_references_follow_a_restatement_without_bound() external {
        uint64 use = pass(utility, plant, university, 500 * MWH, Codes.scope3(11, 1) | 1);
        uint64 equity = pass(utility, plant, purchaser, 250 * MWH, CODE | 2);
        _correct(first, words1(change(plant, 600 * T, 2_400 * T)), 0);
        assertFigures(plant, 2_400 * T, 2_400 * T, 2_400 * T, 0);
        assertFigures(use, 1_200 * T, 1_200 * T, 1_200 * T, 0);
        assertFigures(equity, 600 * T, 600 * T, 600 * T, 0);
    }

    /// Where something was passed on as well, the bound is for the lot, and so for its references.
    function test_a_lot_both_passed_on_and_referred_to_is_bounded() external {
        uint64 use = pass(utility, plant, university, 500 * MWH, Codes.scope3(11, 1) | 1);
        pass(utility, plant, purchaser, 1, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.LotInflated.selector;
        _wordRefused(change(plant, 600 * T, 606 * T + 1), 100, abi.encodeWithSelector(error, plant, 606 * T + 1, 606 * T));
        _correct(first, words1(change(plant, 600 * T, 606 * T)), 100);
        assertFigures(use, 303 * T, 303 * T, 303 * T, 0);
    }

    function test_bound_is_rounded_down() external {
        uint256[] memory words = words1(word(CODE, 0, 1_000, 9_999));
        Statement memory s = statementOf(utility.at, words);
        cet.mint(s, evidenceOf(s, utility.key), 0, words);
        uint64 lot = sourceKey(2, CODE, 0);
        pass(utility, lot, university, 1, Codes.ELECTRICITY_MARKET_WH);
        uint256[] memory up = words1(change(lot, 9_999, 10_000));
        bytes4 error = ICarbonEmissionsToken.LotInflated.selector;
        _refused(supersedingOf(s, up, new uint256[](0), 1), 0, up, abi.encodeWithSelector(error, lot, 10_000, 9_999));
    }

    /// Zero passed on stays zero: there is no proportion by which it could rise.
    function test_lot_without_emissions_that_was_passed_on_cannot_rise() external {
        uint256[] memory words = words1(word(CODE, 0, 1_000, 0));
        Statement memory s = statementOf(utility.at, words);
        cet.mint(s, evidenceOf(s, utility.key), 0, words);
        uint64 lot = sourceKey(2, CODE, 0);
        pass(utility, lot, university, 1, Codes.ELECTRICITY_MARKET_WH);
        uint256[] memory up = words1(change(lot, 0, 1));
        s = supersedingOf(s, up, new uint256[](0), 2_500);
        s.reported[0] = 1;
        _refused(s, 0, up, abi.encodeWithSelector(ICarbonEmissionsToken.LotInflated.selector, lot, 1, 0));
    }

    function test_a_dependent_that_accepts_first_is_within_the_bound() external {
        Statement memory s = supersedingOf(first, words1(change(plant, 600 * T, 900 * T)), new uint256[](0), 0);
        registry.submit(s, evidenceOf(s, utility.key));
        pass(utility, plant, university, 1, Codes.ELECTRICITY_MARKET_WH);
        _refused(
            s,
            0,
            words1(change(plant, 600 * T, 900 * T)),
            abi.encodeWithSelector(ICarbonEmissionsToken.LotInflated.selector, plant, 900 * T, 600 * T)
        );
    }

    function test_composed_lot_was_passed_on() external {
        blend(utility, Codes.ELECTRICITY_PRODUCT_WH, 10, plant, 5, fleet, 5);
        bytes4 error = ICarbonEmissionsToken.LotInflated.selector;
        _wordRefused(change(plant, 600 * T, 601 * T), 0, abi.encodeWithSelector(error, plant, 601 * T, 600 * T));
    }

    function test_displaced_units_were_passed_on_to_nobody() external {
        uint256[] memory words = words1(word(Codes.ELECTRICITY_MARKET_WH, 0, 100 * MWH, 40 * T));
        Statement memory s = statementOf(university.at, words);
        cet.mint(s, evidenceOf(s, university.key), 0, words);
        uint64 estimate = sourceKey(2, Codes.ELECTRICITY_MARKET_WH, 0);
        Offer memory o = offerOf(plant, university.at, 30 * MWH, Codes.ELECTRICITY_MARKET_WH);
        acceptAs(university, o, utility.key, Acceptance(ANY_ANCESTRY, estimate, 0));

        uint256[] memory up = words1(change(estimate, 40 * T, 80 * T));
        Statement memory n = supersedingOf(s, up, new uint256[](0), 0);
        cet.restate(n, evidenceOf(n, university.key), 0, up);
        assertFigures(estimate, 80 * T, 80 * T, 80 * T, 0);
        // One unit that is passed on beside the displaced ones binds it.
        pass(university, estimate, purchaser, 1, Codes.ELECTRICITY_MARKET_WH);
        up = words1(change(estimate, 80 * T, 81 * T));
        n = supersedingOf(n, up, new uint256[](0), 0);
        Evidence memory e = evidenceOf(n, university.key);
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.LotInflated.selector, estimate, 81 * T, 80 * T)
        );
        cet.restate(n, e, 0, up);
    }

    function test_successors_lot_follows_within_the_bound() external {
        vm.prank(purchaser.at);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000 * MWH);
        bytes4 error = ICarbonEmissionsToken.LotInflated.selector;
        _wordRefused(change(plant, 600 * T, 601 * T), 0, abi.encodeWithSelector(error, plant, 601 * T, 600 * T));
        Statement memory second = _correct(first, words1(change(plant, 600 * T, 500 * T)), 0);
        vm.assertEq(cet.lotOf(plant).holder, purchaser.at);
        // Back with its participant it concerns nobody else.
        vm.prank(utility.at);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(purchaser.at, utility.at, plant, 1_000 * MWH);
        _correct(second, words1(change(plant, 500 * T, 700 * T)), 0);
    }

    function test_frozen_lot_can_be_corrected() external {
        cet.setFrozenTokens(utility.at, plant, 1_000 * MWH);
        _correct(first, words1(change(plant, 600 * T, 650 * T)), 0);
        vm.assertEq(cet.lotOf(plant).frozen, 1_000 * MWH);
    }

    // Compare and set, once

    function test_other_gross_than_expected_reverts() external {
        bytes4 error = ICarbonEmissionsToken.GrossChanged.selector;
        _wordRefused(change(plant, 599 * T, 1), 0, abi.encodeWithSelector(error, plant, 600 * T, 599 * T));
        _wordRefused(change(plant, 0, 600 * T), 0, abi.encodeWithSelector(error, plant, 600 * T, 0));
    }

    function test_chunks_go_in_their_order_each_once() external {
        uint256[] memory one = words1(change(plant, 600 * T, 500 * T));
        uint256[] memory two = words1(change(fleet, 50 * T, 40 * T));
        Statement memory s = _twoChunks(one, two);
        bytes4 error = ICarbonEmissionsToken.ChunkOutOfOrder.selector;
        _refused(s, 1, two, abi.encodeWithSelector(error, 1, 0));
        _restate(s, 0, one);
        _refused(s, 0, one, abi.encodeWithSelector(error, 0, 1));
        _restate(s, 1, two);
        _refused(s, 1, two, abi.encodeWithSelector(error, 1, 2));
        vm.assertEq(cet.restatedOf(2), 2);
    }

    function _twoChunks(uint256[] memory one, uint256[] memory two) private view returns (Statement memory s) {
        s = supersedingOf(first, one, new uint256[](0), 500);
        s.restatedChunks = new bytes32[](2);
        s.restatedChunks[0] = keccak256(abi.encodePacked(one));
        s.restatedChunks[1] = keccak256(abi.encodePacked(two));
    }

    /// Otherwise a bound of 5 % would be one of 10.25 %.
    function test_a_statement_cannot_restate_a_lot_twice() external {
        pass(utility, plant, university, 1, Codes.ELECTRICITY_MARKET_WH);
        uint256[] memory one = words1(change(plant, 600 * T, 630 * T));
        uint256[] memory again = words1(change(plant, 630 * T, 661 * T));
        Statement memory s = _twoChunks(one, again);
        _restate(s, 0, one);
        bytes4 error = ICarbonEmissionsToken.LotsOutOfOrder.selector;
        _refused(s, 1, again, abi.encodeWithSelector(error, plant, plant));
        uint256[] memory twice = changes(change(plant, 630 * T, 640 * T), change(plant, 640 * T, 650 * T));
        _refused(supersedingOf(s, twice, new uint256[](0), 300), 0, twice, abi.encodeWithSelector(error, plant, plant));
    }

    function test_descending_lots_revert() external {
        uint256[] memory words = changes(change(fleet, 50 * T, 1), change(plant, 600 * T, 1));
        bytes4 error = ICarbonEmissionsToken.LotsOutOfOrder.selector;
        _refused(supersedingOf(first, words, new uint256[](0), 0), 0, words, abi.encodeWithSelector(error, plant, fleet));
    }

    function test_restatement_of_a_superseded_statement_is_not_replayed() external {
        uint256[] memory down = words1(change(plant, 600 * T, 500 * T));
        Statement memory second = supersedingOf(first, down, new uint256[](0), 0);
        registry.submit(second, evidenceOf(second, utility.key));
        Statement memory third = supersedingOf(second, words1(change(plant, 600 * T, 700 * T)), new uint256[](0), 0);
        registry.submit(third, evidenceOf(third, utility.key));
        _refused(second, 0, down, abi.encodeWithSelector(IStatementRegistry.StatementSuperseded.selector, 2, 3));
    }

    // Only lots of the chain

    function test_lot_of_another_chain_reverts() external {
        uint64 other = mintLot(utility, CODE, 1_000 * MWH, 600 * T);
        bytes4 error = ICarbonEmissionsToken.LotOfOtherChain.selector;
        _wordRefused(change(other, 600 * T, 0), 0, abi.encodeWithSelector(error, other, 3));
    }

    function test_lot_of_another_chain_beside_one_of_its_own_reverts() external {
        uint64 other = mintLot(utility, CODE, 1_000 * MWH, 600 * T);
        uint256[] memory words = changes(change(plant, 600 * T, 0), change(other, 600 * T, 0));
        bytes4 error = ICarbonEmissionsToken.LotOfOtherChain.selector;
        _refused(supersedingOf(first, words, new uint256[](0), 0), 0, words, abi.encodeWithSelector(error, other, 3));
    }

    function test_derived_lot_reverts() external {
        uint64 sold = pass(utility, plant, university, 600 * MWH, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.LotOfOtherChain.selector;
        _wordRefused(change(sold, 360 * T, 0), 0, abi.encodeWithSelector(error, sold, 2));
    }

    function test_own_lot_of_the_superseding_statement_reverts() external {
        uint256[] memory further = words1(word(CODE, 9, 100 * T, 100 * T));
        uint256[] memory restated = words1(change(sourceKey(2, CODE, 9), 100 * T, 0));
        Statement memory s = supersedingOf(first, restated, further, 0);
        cet.mint(s, evidenceOf(s, utility.key), 0, further);
        bytes4 error = ICarbonEmissionsToken.LotOfOtherChain.selector;
        _refused(s, 0, restated, abi.encodeWithSelector(error, sourceKey(2, CODE, 9), 2));
    }

    function test_lot_that_was_never_minted_reverts() external {
        uint64 missing = sourceKey(1, CODE, 7);
        _wordRefused(
            change(missing, 0, 5), 0, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, missing)
        );
    }

    function test_statement_number_zero_reverts() external {
        _wordRefused(change(1, 0, 5), 0, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 1));
    }

    // Words

    function test_word_with_more_than_192_bits_reverts() external {
        uint256 wide = 1 << 192 | change(plant, 600 * T, 0);
        _wordRefused(wide, 0, abi.encodeWithSelector(ICarbonEmissionsToken.LotWordInvalid.selector, wide));
    }

    function test_words_that_are_not_the_chunk_revert() external {
        uint256[] memory words = words1(change(plant, 600 * T, 0));
        Statement memory s = supersedingOf(first, words, new uint256[](0), 0);
        uint256[] memory others = words1(change(plant, 600 * T, 1));
        bytes4 error = ICarbonEmissionsToken.ChunkMismatch.selector;
        bytes32 actual = keccak256(abi.encodePacked(others));
        _refused(s, 0, others, abi.encodeWithSelector(error, 0, actual, s.restatedChunks[0]));
        _refused(s, 1, words, abi.encodeWithSelector(ICarbonEmissionsToken.ChunkUnknown.selector, 1, 1));
    }

    function test_chunk_of_401_lots_reverts() external {
        uint256[] memory words = new uint256[](401);
        bytes4 error = ICarbonEmissionsToken.TooManyLots.selector;
        _refused(supersedingOf(first, words, new uint256[](0), 0), 0, words, abi.encodeWithSelector(error, 401, 400));
    }

    function test_mass_in_a_scope_that_is_not_reported_reverts() external {
        uint256[] memory words = words1(change(plant, 600 * T, 500 * T));
        Statement memory s = supersedingOf(first, words, new uint256[](0), 0);
        s.reported = [uint64(0), 1, 1, 1, 1];
        bytes4 error = ICarbonEmissionsToken.ScopeNotReported.selector;
        _refused(s, 0, words, abi.encodeWithSelector(error, 2, 0xD));
        words = words1(change(plant, 600 * T, 1));
        s = supersedingOf(first, words, new uint256[](0), 0);
        s.reported = [uint64(0), 1, 1, 1, 1];
        _refused(s, 0, words, abi.encodeWithSelector(error, 2, 0xD)); // a milligram, too
        // Nothing is left of it: nothing to report.
        _correct(first, words1(change(plant, 600 * T, 0)), 0);
    }

    // Signatures, closing, minting

    function test_restatement_needs_all_three_signatures() external {
        uint256[] memory words = words1(change(plant, 600 * T, 0));
        Statement memory s = supersedingOf(first, words, new uint256[](0), 0);
        Evidence memory e = evidenceOf(s, university.key);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, utility.at));
        cet.restate(s, e, 0, words);
        e = evidenceOf(s, utility.key);
        e.opinion = signed(oracle.key, digestOf(opinionHashOf(s, e)));
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.OpinionInvalid.selector, verifier.at));
        cet.restate(s, e, 0, words);
        e = evidenceOf(s, utility.key);
        e.attestations = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.AttestationsTooFew.selector, 0, 1));
        cet.restate(s, e, 0, words);
    }

    function test_closed_restating_reverts_and_leaves_minting_open() external {
        cet.setClosed(1 << 5);
        uint256[] memory words = words1(change(plant, 600 * T, 0));
        bytes4 error = ICarbonEmissionsToken.Closed.selector;
        _refused(supersedingOf(first, words, new uint256[](0), 0), 0, words, abi.encodeWithSelector(error, 1 << 5));
        mintLot(utility, CODE, 1, 1);
        cet.setClosed(1 << 0);
        _correct(first, words, 0);
    }

    function test_withdrawn_statement_restates_and_mints_nothing() external {
        uint256[] memory restated = words1(change(plant, 600 * T, 0));
        uint256[] memory further = words1(word(CODE, 9, 100 * T, 100 * T));
        Statement memory s = supersedingOf(first, restated, further, 0);
        Evidence memory e = evidenceOf(s, utility.key);
        registry.submit(s, e);
        vm.prank(verifier.at);
        registry.withdraw(hashOf(s), "");
        _refused(s, 0, restated, abi.encodeWithSelector(IStatementRegistry.StatementWithdrawn.selector, 2));
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementWithdrawn.selector, 2));
        cet.mint(s, e, 0, further);
        // The lots stand as they were; a new opinion heals.
        assertFigures(plant, 600 * T, 600 * T, 600 * T, 0);
        _correct(s, restated, 0);
    }

    /// A bystander cannot mint a chunk that the correction has replaced.
    function test_superseded_statement_mints_nothing() external {
        uint256[] memory words = words1(word(CODE, 0, 1_000, 9_999));
        Statement memory s = statementOf(utility.at, words);
        Evidence memory e = evidenceOf(s, utility.key);
        registry.submit(s, e);
        Statement memory n = supersedingOf(s, new uint256[](0), words1(word(CODE, 0, 1_000, 8_888)), 0);
        registry.submit(n, evidenceOf(n, utility.key));
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementSuperseded.selector, 2, 3));
        cet.mint(s, e, 0, words);
    }

    /// A statement whose chunk can never be minted does not block its period for ever.
    function test_statement_that_cannot_be_minted_is_superseded() external {
        uint256[] memory bad = words1(word(Codes.GOODS, 0, 1_000, 9_999));
        Statement memory s = statementOf(utility.at, bad);
        registry.submit(s, evidenceOf(s, utility.key));
        uint256[] memory good = words1(word(CODE, 0, 1_000, 9_999));
        Statement memory n = supersedingOf(s, new uint256[](0), good, 0);
        cet.mint(n, evidenceOf(n, utility.key), 0, good);
        vm.assertEq(cet.lotOf(sourceKey(3, CODE, 0)).basis, 1_000);
    }
}
