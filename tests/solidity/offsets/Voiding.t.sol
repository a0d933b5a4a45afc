// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {BatchStatus, BatchView, ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 3: suspend, then revoke, then anyone voids what was applied and what is held, each once.
contract VoidingTest is LedgerTest {
    uint64 private batch;
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        batch = issueCredits(utility.at, 100);
        plant = mintLot(utility, Codes.STATIONARY, 1_000 * T, 1_000 * T);
        applyAs(utility, batch, plant, 40 * T);
        vm.startPrank(utility.at);
        cot.retire(batch, 10 * T, retirement());
        cot.safeTransferFrom(utility.at, university.at, batch, 20 * T, "");
        vm.stopPrank();
    }

    function _setStatus(BatchStatus status) private {
        vm.prank(issuer.at);
        cot.setStatus(batch, status, "why");
    }

    function _forbidden(BatchStatus actual, BatchStatus wanted) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonOffsetToken.BatchStatusForbidden.selector, batch, actual, wanted)
        );
        _setStatus(wanted);
    }

    function test_status_moves_only_along_its_path() external {
        (BatchStatus active, BatchStatus suspended, BatchStatus revoked, BatchStatus unknown) =
            (BatchStatus.Active, BatchStatus.Suspended, BatchStatus.Revoked, BatchStatus.Unknown);
        _forbidden(active, active);
        _forbidden(active, revoked);
        _forbidden(active, unknown);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.BatchStatusSet(batch, suspended, "why");
        _setStatus(suspended);
        _forbidden(suspended, suspended);
        _forbidden(suspended, unknown);
        _setStatus(active);
        _setStatus(suspended);
        _setStatus(revoked);
        _forbidden(revoked, active);
        _forbidden(revoked, suspended);
        _forbidden(revoked, revoked);
    }

    function test_status_is_set_by_the_programmes_operator_only() external {
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonOffsetToken.NotProgramOperator.selector, utility.at, issuer.at)
        );
        vm.prank(utility.at);
        cot.setStatus(batch, BatchStatus.Suspended, "");
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.ProgramUnknown.selector, bytes32(0)));
        vm.prank(issuer.at);
        cot.setStatus(1, BatchStatus.Suspended, "");
    }

    function test_only_a_revoked_batch_is_voided() external {
        bytes4 error = ICarbonOffsetToken.BatchNotRevoked.selector;
        vm.expectRevert(abi.encodeWithSelector(error, batch, BatchStatus.Active));
        cot.voidApplication(batch, plant);
        _setStatus(BatchStatus.Suspended);
        vm.expectRevert(abi.encodeWithSelector(error, batch, BatchStatus.Suspended));
        cot.voidHolding(batch, utility.at);
        vm.expectRevert(abi.encodeWithSelector(error, 1, BatchStatus.Unknown));
        cot.voidHolding(1, utility.at);
    }

    function test_anyone_voids_an_application_once() external {
        revoke(batch);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.ApplicationVoided(batch, plant, 40 * T);
        vm.prank(address(0xBEEF));
        cot.voidApplication(batch, plant);
        assertFigures(plant, 1_000 * T, 1_000 * T, 1_000 * T, 0);
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.NothingToVoid.selector, batch));
        cot.voidApplication(batch, plant);
    }

    function test_anyone_voids_a_holding_once() external {
        revoke(batch);
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.HoldingVoided(batch, university.at, 20 * T);
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(address(this), university.at, address(0), batch, 20 * T);
        cot.voidHolding(batch, university.at);
        vm.assertEq(cot.balanceOf(university.at, batch), 0);
        vm.expectRevert(abi.encodeWithSelector(ICarbonOffsetToken.NothingToVoid.selector, batch));
        cot.voidHolding(batch, university.at);
    }

    function test_frozen_holdings_are_voided_too_and_stay_frozen() external {
        cot.setFrozenTokens(university.at, batch, type(uint256).max);
        revoke(batch);
        cot.voidHolding(batch, university.at);
        vm.assertEq(cot.balanceOf(university.at, batch), 0);
        vm.assertEq(cot.getFrozenTokens(university.at, batch), type(uint128).max);
    }

    function test_when_all_is_voided_only_what_was_retired_is_left() external {
        revoke(batch);
        cot.voidApplication(batch, plant);
        cot.voidHolding(batch, university.at);
        cot.voidHolding(batch, utility.at);
        BatchView memory v = cot.batchOf(batch);
        vm.assertEq(v.held, 0);
        vm.assertEq(v.applied, 0);
        vm.assertEq(v.retired, 10 * T);
        vm.assertEq(v.voided, 90 * T);
    }

    function test_voiding_one_batch_leaves_anothers_application() external {
        uint64 good = issueCredits(utility.at, 100);
        applyAs(utility, good, plant, 60 * T);
        revoke(batch);
        cot.voidApplication(batch, plant);
        vm.assertEq(cet.lotOf(plant).offset, 60 * T);
        vm.assertEq(cot.appliedTo(good, plant), 60 * T);
    }

    function test_moved_surplus_is_voided_where_it_went() external {
        uint64 share = pass(utility, plant, university, 500 * T, Codes.scope3(1));
        uint64 own = issueCredits(university.at, 500);
        applyAs(university, own, share, 480 * T);
        uint64 steam = mintLot(university, Codes.STATIONARY, 10 * T, 10 * T);
        offsetLot(utility, plant, 100 * T);
        vm.prank(university.at);
        cot.moveSurplus(own, share, steam, 10 * T);
        revoke(own);
        cot.voidApplication(own, steam);
        vm.assertEq(cet.figures(steam).net, 10 * T);
        vm.assertEq(cet.lotOf(share).offset, 470 * T);
        cot.voidApplication(own, share);
        vm.assertEq(cet.lotOf(share).offset, 0);
    }
}
