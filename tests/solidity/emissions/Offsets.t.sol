// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 3, 4 and 7: an offset lowers a lot's net and all below it, never its gross, and never below zero.
contract OffsetsTest is LedgerTest {
    uint64 private plant;
    uint64 private share;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
    }

    function _refused(Party memory p, uint64 batch, uint64 lot, uint64 amount, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(p.at);
        cot.applyTo(batch, lot, amount);
    }

    function test_offset_of_a_source_is_announced_at_once_and_lowers_its_dependents() external {
        uint64 batch = issueCredits(utility.at, 1_000);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(plant, 1_000 * T, 600 * T);
        applyAs(utility, batch, plant, 400 * T);
        assertFigures(plant, 1_000 * T, 1_000 * T, 600 * T, 0);
        assertFigures(share, 300 * T, 180 * T, 180 * T, 0);
        vm.assertEq(cet.lotOf(plant).offset, 400 * T);
        vm.assertEq(cet.lotOf(plant).announcedNet, 600 * T);
    }

    function test_offset_of_a_derived_lot_leaves_its_parent() external {
        uint64 batch = issueCredits(university.at, 300);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OffsetChanged(share, 100 * T);
        applyAs(university, batch, share, 100 * T);
        assertFigures(share, 300 * T, 300 * T, 200 * T, 0);
        assertFigures(plant, 1_000 * T, 1_000 * T, 1_000 * T, 0);
        vm.assertEq(cet.lotOf(share).offset, 100 * T);
    }

    function test_offset_above_remaining_net_reverts() external {
        uint64 batch = issueCredits(utility.at, 2_000);
        bytes4 error = ICarbonEmissionsToken.OffsetExceedsNet.selector;
        _refused(utility, batch, plant, 1_000 * T + 1, abi.encodeWithSelector(error, 1_000 * T + 1, 1_000 * T));
        applyAs(utility, batch, plant, 999 * T);
        _refused(utility, batch, plant, T + 1, abi.encodeWithSelector(error, T + 1, T));
        applyAs(utility, batch, plant, T);
        assertFigures(plant, 1_000 * T, 1_000 * T, 0, 0);
        _refused(utility, batch, plant, 1, abi.encodeWithSelector(error, 1, 0));
        vm.assertEq(cot.balanceOf(utility.at, batch), 1_000 * T);
    }

    function test_offset_above_a_dependents_net_reverts() external {
        offsetLot(utility, plant, 900 * T);
        uint64 batch = issueCredits(university.at, 300);
        bytes4 error = ICarbonEmissionsToken.OffsetExceedsNet.selector;
        _refused(university, batch, share, 30 * T + 1, abi.encodeWithSelector(error, 30 * T + 1, 30 * T));
    }

    function test_offset_of_anothers_lot_reverts() external {
        uint64 batch = issueCredits(university.at, 300);
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        _refused(university, batch, plant, T, abi.encodeWithSelector(error, plant, university.at, utility.at));
    }

    function test_offset_of_an_unknown_lot_reverts() external {
        uint64 batch = issueCredits(utility.at, 1);
        _refused(utility, batch, 77, 1, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 77));
    }

    function test_location_based_and_outside_lots_are_not_offset() external {
        uint64 batch = issueCredits(utility.at, 100);
        uint16[4] memory codes =
            [Codes.ELECTRICITY_LOCATION, Codes.BIOGENIC, Codes.NON_KYOTO, Codes.REMOVALS];
        for (uint256 i; i < 4; ++i) {
            uint64 lot = mintLot(utility, codes[i], T, T);
            bytes4 error = ICarbonEmissionsToken.NotOffsettable.selector;
            _refused(utility, batch, lot, 1, abi.encodeWithSelector(error, lot, codes[i]));
        }
    }

    function test_lot_that_is_passed_on_whole_may_still_be_offset() external {
        pass(utility, plant, purchaser, 700, Codes.ELECTRICITY_MARKET_WH);
        offsetLot(utility, plant, 1_000 * T);
        assertFigures(share, 300 * T, 0, 0, 0);
    }

    function test_later_offset_above_makes_an_own_offset_surplus() external {
        offsetLot(university, share, 200 * T);
        offsetLot(utility, plant, 500 * T);
        assertFigures(share, 300 * T, 150 * T, 0, 50 * T);
    }

    function test_surplus_moves_to_another_lot_of_the_holder() external {
        uint64 batch = offsetLot(university, share, 200 * T);
        offsetLot(utility, plant, 500 * T);
        uint64 diesel = mintLot(university, Codes.STATIONARY, 40 * T, 40 * T);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.SurplusMoved(batch, share, diesel, 40 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OffsetChanged(share, 160 * T);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(diesel, 40 * T, 0);
        vm.prank(university.at);
        cot.moveSurplus(batch, share, diesel, 40 * T);
        assertFigures(share, 300 * T, 150 * T, 0, 10 * T);
        assertFigures(diesel, 40 * T, 40 * T, 0, 0);
        vm.assertEq(cot.appliedTo(batch, share), 160 * T);
        vm.assertEq(cot.appliedTo(batch, diesel), 40 * T);
    }

    function test_moving_more_than_the_surplus_or_onto_less_net_reverts() external {
        uint64 batch = offsetLot(university, share, 200 * T);
        offsetLot(utility, plant, 500 * T);
        uint64 diesel = mintLot(university, Codes.STATIONARY, 40 * T, 40 * T);
        vm.startPrank(university.at);
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.SurplusTooSmall.selector, 50 * T + 1, 50 * T)
        );
        cot.moveSurplus(batch, share, diesel, 50 * T + 1);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OffsetExceedsNet.selector, 41 * T, 40 * T));
        cot.moveSurplus(batch, share, diesel, 41 * T);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OffsetExceedsNet.selector, 1, 0));
        cot.moveSurplus(batch, share, share, 1);
        vm.stopPrank();
    }

    function test_surplus_moves_between_lots_of_one_holder_only() external {
        uint64 batch = offsetLot(university, share, 200 * T);
        offsetLot(utility, plant, 500 * T);
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, university.at, utility.at));
        vm.prank(university.at);
        cot.moveSurplus(batch, share, plant, T);
        vm.expectRevert(abi.encodeWithSelector(error, share, utility.at, university.at));
        vm.prank(utility.at);
        cot.moveSurplus(batch, share, plant, T);
    }

    function test_voided_offset_raises_every_net_below() external {
        uint64 batch = offsetLot(utility, plant, 400 * T);
        revoke(batch);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(plant, 1_000 * T, 1_000 * T);
        cot.voidApplication(batch, plant);
        assertFigures(share, 300 * T, 300 * T, 300 * T, 0);
        vm.assertEq(cet.lotOf(plant).offset, 0);
    }

    function test_only_the_offset_token_changes_offsets() external {
        bytes[3] memory calls = [
            abi.encodeCall(ICarbonEmissionsToken.applyOffset, (plant, 1, utility.at)),
            abi.encodeCall(ICarbonEmissionsToken.removeOffset, (plant, 1)),
            abi.encodeCall(ICarbonEmissionsToken.moveSurplus, (share, plant, 1, utility.at))
        ];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OnlyOffsetToken.selector, utility.at));
            vm.prank(utility.at);
            (bool ok,) = address(cet).call(calls[i]);
            ok;
        }
    }

    function test_closed_offsets_are_not_applied_or_moved_but_are_voided() external {
        uint64 batch = offsetLot(university, share, 200 * T);
        offsetLot(utility, plant, 500 * T);
        cet.setClosed(8);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 8);
        _refused(university, batch, share, 1, reason);
        vm.expectRevert(reason);
        vm.prank(university.at);
        cot.moveSurplus(batch, share, share, 1);
        revoke(batch);
        cot.voidApplication(batch, share);
    }

    /// The field for the offset has 64 bits, a product's net may have more: what does not fit is refused, not wrapped.
    function test_offset_beyond_its_field_is_refused() external {
        uint64 most = type(uint64).max;
        uint64 a = mintLot(utility, Codes.STATIONARY, 1, most);
        uint64 b = mintLot(utility, Codes.STATIONARY, 1, most);
        uint64 both = blend(utility, Codes.GOODS, 7, a, 1, b, 1);
        vm.startPrank(address(cot));
        cet.applyOffset(both, most, utility.at);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OffsetExceedsNet.selector, 1, most));
        cet.applyOffset(both, 1, utility.at);
        vm.stopPrank();
        assertFigures(both, 2 * uint256(most), 2 * uint256(most), most, 0);
        vm.assertEq(cet.lotOf(both).basis, 7);
        vm.assertFalse(cet.lotOf(both).announced);
    }
}
