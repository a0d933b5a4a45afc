// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICascadeHook} from "../../../contracts/interfaces/ICascadeHook.sol";
import {Codes} from "../support/Codes.sol";
import {NotingHook} from "../support/Hooks.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Vm, vm} from "../support/Vm.sol";

/// @notice Law 5: figures are live at once; `cascade` announces, to anyone's order, what moved since it last did.
contract CascadeTest is LedgerTest {
    uint64 private plant;
    uint64 private share;
    NotingHook private hook;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
        hook = new NotingHook();
        vm.prank(university.at);
        cet.setHook(address(hook));
    }

    function _note(uint256 i, uint256 net, ICascadeHook.Cause cause) private view {
        NotingHook.Note memory n = hook.noteAt(i);
        vm.assertEq(n.lot, share);
        vm.assertEq(n.gross, 300 * T);
        vm.assertEq(n.net, net);
        vm.assertEq(uint256(n.cause), uint256(cause));
    }

    function test_hook_hears_of_the_first_announcement_the_fall_and_the_rise() external {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.NetChanged(share, 300 * T, 300 * T);
        cet.cascade(list(share));
        _note(0, 300 * T, ICascadeHook.Cause.Announced);
        uint64 batch = offsetLot(utility, plant, 500 * T);
        vm.assertEq(cet.figures(share).net, 150 * T);
        vm.assertEq(cet.lotOf(share).announcedNet, 300 * T);
        cet.cascade(list(share));
        _note(1, 150 * T, ICascadeHook.Cause.Fell);
        vm.assertEq(cet.lotOf(share).announcedNet, 150 * T);
        revoke(batch);
        cot.voidApplication(batch, plant);
        cet.cascade(list(share));
        _note(2, 300 * T, ICascadeHook.Cause.Rose);
        vm.assertEq(hook.count(), 3);
    }

    function test_zero_net_is_announced_and_not_taken_for_unannounced() external {
        offsetLot(utility, plant, 1_000 * T);
        cet.cascade(list(share));
        _note(0, 0, ICascadeHook.Cause.Announced);
        vm.assertTrue(cet.lotOf(share).announced);
        cet.cascade(list(share));
        vm.assertEq(hook.count(), 1);
    }

    function test_what_did_not_move_is_not_announced() external {
        cet.cascade(list(share));
        vm.recordLogs();
        cet.cascade(list(share));
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(hook.count(), 1);
    }

    function test_a_lot_twice_in_one_call_is_announced_once() external {
        cet.cascade(list(share, share));
        vm.assertEq(hook.count(), 1);
    }

    function test_source_lots_are_passed_over() external {
        vm.recordLogs();
        cet.cascade(list(plant));
        cet.cascade(new uint64[](0));
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_unknown_lot_reverts() external {
        uint64 unknown = 1 << 63 | 5;
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, unknown));
        cet.cascade(list(unknown));
    }

    function test_holders_without_a_hook_are_announced_too() external {
        uint64 other = pass(utility, plant, purchaser, 100, Codes.ELECTRICITY_MARKET_WH);
        cet.cascade(list(other));
        vm.assertEq(cet.lotOf(other).announcedNet, 100 * T);
    }

    function test_hooks_are_called_after_everything_is_announced() external {
        uint64 second = pass(utility, plant, university, 100, Codes.ELECTRICITY_MARKET_WH);
        vm.recordLogs();
        cet.cascade(list(share, second));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertEq(hook.noteAt(0).lot, share);
        vm.assertEq(hook.noteAt(1).lot, second);
    }

    function test_the_holder_at_the_time_is_served() external {
        vm.prank(purchaser.at);
        cet.acceptSuccession(share, type(uint40).max);
        cet.forcedTransfer(university.at, purchaser.at, share, 300);
        cet.cascade(list(share));
        vm.assertEq(hook.count(), 0);
    }

    function test_hook_is_set_and_ended_by_its_participant() external {
        vm.assertEq(address(cet.hookOf(university.at)), address(hook));
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.HookSet(university.at, address(0));
        vm.prank(university.at);
        cet.setHook(address(0));
        cet.cascade(list(share));
        vm.assertEq(hook.count(), 0);
    }

    function test_hook_that_does_not_say_it_is_one_reverts() external {
        address[3] memory wrong = [address(0xBEEF), address(registry), address(cet)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.HookInvalid.selector, wrong[i]));
            vm.prank(university.at);
            cet.setHook(wrong[i]);
        }
    }

    function test_net_beyond_64_bits_is_announced_as_it_is_and_recorded_as_the_largest() external {
        uint64 most = type(uint64).max;
        uint64 a = mintLot(university, Codes.STATIONARY, 1, most);
        uint64 b = mintLot(university, Codes.STATIONARY, 1, most);
        uint64 both = blend(university, Codes.GOODS, 1, a, 1, b, 1);
        cet.cascade(list(both));
        vm.assertEq(hook.noteAt(0).net, 2 * uint256(most));
        vm.assertEq(cet.lotOf(both).announcedNet, most - 1);
        vm.assertEq(cet.lotOf(both).basis, 1);
    }

    function test_closed_cascade_reverts() external {
        cet.setClosed(16);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 16));
        cet.cascade(list(share));
    }

    function test_without_a_hook_nothing_is_called_and_nothing_has_failed() external {
        uint64 other = pass(utility, plant, purchaser, 100, Codes.ELECTRICITY_MARKET_WH);
        vm.recordLogs();
        cet.cascade(list(other));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].topics[0], ICarbonEmissionsToken.NetChanged.selector);
    }

    /// One above what is announced would not fit: it is announced as the most there is, and the lot stays what it was.
    function test_the_largest_net_of_one_lot_is_announced_within_its_field() external {
        uint64 most = type(uint64).max;
        uint64 all = pass(utility, mintLot(utility, Codes.STATIONARY_WH, 7, most), university, 7, Codes.ELECTRICITY_MARKET_WH);
        cet.cascade(list(all));
        vm.assertEq(cet.lotOf(all).announcedNet, most - 1);
        vm.assertEq(cet.lotOf(all).basis, 7);
        vm.assertEq(cet.figures(all).net, most);
    }
}
