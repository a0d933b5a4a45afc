// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Acceptance, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 1 and 9 under operators: a dispute freezes units, a succession moves whole lots to who agreed, and no
/// figure changes by either.
contract OperatorsTest is LedgerTest {
    uint64 private plant;
    uint64 private share;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
    }

    function _unavailable(uint64 lot, uint256 holderKey, uint64 units, uint256 available) private {
        uint16 code = Codes.ELECTRICITY_MARKET_WH;
        Offer memory o = offerOf(lot, purchaser.at, units, code);
        bytes memory signature = signedOffer(o, holderKey);
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.UnitsUnavailable.selector, lot, units, available)
        );
        vm.prank(purchaser.at);
        cet.accept(o, signature, Acceptance(9, 0, 0));
    }

    // Freeze

    function test_frozen_units_of_a_source_are_not_allocated() external {
        vm.expectEmit(address(cet));
        emit IERC7943MultiToken.Frozen(utility.at, plant, 600);
        vm.assertTrue(cet.setFrozenTokens(utility.at, plant, 600));
        vm.assertEq(cet.getFrozenTokens(utility.at, plant), 600);
        vm.assertEq(cet.lotOf(plant).frozen, 600);
        _unavailable(plant, utility.key, 101, 100);
        pass(utility, plant, purchaser, 100, Codes.ELECTRICITY_MARKET_WH);
        cet.setFrozenTokens(utility.at, plant, 0);
        pass(utility, plant, purchaser, 600, Codes.ELECTRICITY_MARKET_WH);
        assertFigures(plant, 1_000 * T, 1_000 * T, 1_000 * T, 0);
    }

    function test_frozen_units_of_a_derived_lot_are_not_allocated_or_composed() external {
        cet.setFrozenTokens(university.at, share, 299);
        _unavailable(share, university.key, 2, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.UnitsUnavailable.selector, share, 2, 1)
        );
        composeAs(university, compositionOf(Codes.GOODS, 1, list(share), list(2)));
        vm.assertEq(cet.lotOf(share).ancestry, 1);
        vm.assertEq(cet.lotOf(share).holder, university.at);
    }

    function test_more_may_be_frozen_than_there_is() external {
        vm.expectEmit(address(cet));
        emit IERC7943MultiToken.Frozen(utility.at, plant, type(uint88).max);
        cet.setFrozenTokens(utility.at, plant, type(uint256).max);
        vm.assertEq(cet.getFrozenTokens(utility.at, plant), type(uint88).max);
        _unavailable(plant, utility.key, 1, 0);
    }

    function test_frozen_lots_may_be_offset_and_cascaded() external {
        cet.setFrozenTokens(university.at, share, 300);
        offsetLot(university, share, T);
        cet.cascade(list(share));
        assertFigures(share, 300 * T, 300 * T, 299 * T, 0);
    }

    function test_freezing_names_the_holder() external {
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, university.at, utility.at));
        cet.setFrozenTokens(university.at, plant, 1);
        vm.assertEq(cet.getFrozenTokens(university.at, plant), 0);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 5));
        cet.setFrozenTokens(utility.at, 5, 1);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, type(uint64).max));
        cet.setFrozenTokens(utility.at, uint256(plant) | 1 << 64, 1);
        vm.assertEq(cet.getFrozenTokens(utility.at, uint256(plant) | 1 << 64), 0);
    }

    // Succession

    function _succeed(uint64 lot, address from, uint256 basis) private {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.SuccessionAccepted(lot, purchaser.at, type(uint40).max);
        vm.prank(purchaser.at);
        cet.acceptSuccession(lot, type(uint40).max);
        vm.expectEmit(address(cet));
        emit IERC7943MultiToken.ForcedTransfer(from, purchaser.at, lot, basis);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(address(this), from, purchaser.at, lot, basis);
        vm.assertTrue(cet.forcedTransfer(from, purchaser.at, lot, basis));
        vm.assertEq(cet.lotOf(lot).holder, purchaser.at);
        vm.assertEq(cet.balanceOf(purchaser.at, lot), basis);
        vm.assertEq(cet.balanceOf(from, lot), 0);
    }

    function test_source_lot_moves_whole_with_what_hangs_on_it() external {
        offsetLot(utility, plant, 100 * T);
        _succeed(plant, utility.at, 1_000);
        assertFigures(plant, 1_000 * T, 1_000 * T, 900 * T, 0);
        assertFigures(share, 300 * T, 270 * T, 270 * T, 0);
        vm.assertEq(cet.lotOf(plant).allocated, 300);
        pass(purchaser, plant, university, 700, Codes.ELECTRICITY_MARKET_WH);
    }

    function test_derived_lot_moves_whole() external {
        pass(university, share, utility, 100, Codes.ELECTRICITY_MARKET_WH);
        _succeed(share, university.at, 300);
        vm.assertEq(cet.lotOf(share).code, Codes.ELECTRICITY_MARKET_WH);
        vm.assertEq(cet.lotOf(share).allocated, 100);
        vm.assertEq(cet.lotOf(share).ancestry, 1);
        pass(purchaser, share, utility, 200, Codes.ELECTRICITY_MARKET_WH);
    }

    function test_other_lots_of_the_statement_stay() external {
        uint256[] memory words = new uint256[](2);
        words[0] = word(Codes.STATIONARY, 0, T, T);
        words[1] = word(Codes.STATIONARY, 1, T, T);
        uint32 number = mintLots(utility, words);
        _succeed(sourceKey(number, Codes.STATIONARY, 0), utility.at, T);
        vm.assertEq(cet.lotOf(sourceKey(number, Codes.STATIONARY, 1)).holder, utility.at);
    }

    function test_successor_must_have_accepted_this_lot() external {
        vm.prank(purchaser.at);
        cet.acceptSuccession(share, type(uint40).max);
        bytes4 error = ICarbonEmissionsToken.SuccessionNotAccepted.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, purchaser.at));
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000);
    }

    function test_acceptance_is_used_once() external {
        _succeed(plant, utility.at, 1_000);
        bytes4 error = ICarbonEmissionsToken.SuccessionNotAccepted.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, purchaser.at));
        cet.forcedTransfer(purchaser.at, purchaser.at, plant, 1_000);
    }

    function test_an_agreement_ends_after_its_last_second_and_when_withdrawn() external {
        vm.startPrank(purchaser.at);
        cet.acceptSuccession(plant, uint40(NOW));
        cet.acceptSuccession(share, uint40(NOW + 1 days));
        cet.acceptSuccession(share, 0);
        vm.stopPrank();
        bytes4 error = ICarbonEmissionsToken.SuccessionNotAccepted.selector;
        vm.expectRevert(abi.encodeWithSelector(error, share, purchaser.at));
        cet.forcedTransfer(university.at, purchaser.at, share, 300);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(error, plant, purchaser.at));
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000);
        vm.warp(NOW);
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000);
    }

    function test_part_of_a_lot_does_not_move() external {
        vm.prank(purchaser.at);
        cet.acceptSuccession(plant, type(uint40).max);
        bytes4 error = ICarbonEmissionsToken.SuccessionPartial.selector;
        vm.expectRevert(abi.encodeWithSelector(error, 999, 1_000));
        cet.forcedTransfer(utility.at, purchaser.at, plant, 999);
        vm.expectRevert(abi.encodeWithSelector(error, 1_001, 1_000));
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_001);
    }

    function test_succession_from_another_than_the_holder_reverts() external {
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, university.at, utility.at));
        cet.forcedTransfer(university.at, purchaser.at, plant, 1_000);
    }

    function test_accepting_an_unknown_lot_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 5));
        cet.acceptSuccession(5, type(uint40).max);
    }

    function test_freeze_stays_on_the_lot_after_succession() external {
        cet.setFrozenTokens(utility.at, plant, 600);
        _succeed(plant, utility.at, 1_000);
        vm.assertEq(cet.getFrozenTokens(purchaser.at, plant), 600);
        cet.setFrozenTokens(purchaser.at, plant, 1);
        vm.assertEq(cet.lotOf(plant).holder, purchaser.at);
    }

    // Closing

    function test_each_bit_closes_its_own_operation() external {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.ClosedSet(31 ^ 2);
        cet.setClosed(31 ^ 2);
        vm.assertEq(cet.closed(), 31 ^ 2);
        pass(utility, plant, purchaser, 1, Codes.ELECTRICITY_MARKET_WH);
        cet.setClosed(31 ^ 16);
        cet.cascade(list(share));
        cet.setClosed(31);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 16));
        cet.cascade(list(share));
        cet.setClosed(0);
        cet.cascade(list(share));
    }

    function test_strangers_operate_nothing() external {
        bytes memory reason =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, utility.at);
        vm.startPrank(utility.at);
        vm.expectRevert(reason);
        cet.setClosed(1);
        vm.expectRevert(reason);
        cet.setFrozenTokens(utility.at, plant, 0);
        vm.expectRevert(reason);
        cet.forcedTransfer(utility.at, university.at, plant, 1_000);
        vm.stopPrank();
    }
}
