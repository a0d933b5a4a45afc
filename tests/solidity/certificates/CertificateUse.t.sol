// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {BatchStatus} from "../../../contracts/interfaces/BatchStatus.sol";
import {
    Cancellation,
    CancellationView,
    CertificateBatchView,
    IEnergyCertificates,
    Purpose
} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Certificates are held, moved, cancelled and withdrawn; each ends in one place, and none past its last day.
contract CertificateUseTest is CertificateTest {
    uint64 private batch;

    function setUp() public override {
        super.setUp();
        batch = issueCertificates(utility.at, 100);
    }

    function _cancelRefused(uint64 amount, Cancellation memory details, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(utility.at);
        eac.cancel(batch, amount, details);
    }

    function _setStatus(BatchStatus status) private {
        vm.prank(registrar.at);
        eac.setStatus(batch, status, "inquiry");
    }

    // Transfer

    function test_any_amount_is_transferred_and_no_more_than_held() external {
        vm.startPrank(utility.at);
        vm.expectEmit(address(eac));
        emit IERC1155.TransferSingle(utility.at, utility.at, university.at, batch, 1_500_001);
        eac.safeTransferFrom(utility.at, university.at, batch, 1_500_001, "");
        vm.assertEq(eac.balanceOf(university.at, batch), 1_500_001);
        uint256 left = 100 * MWH - 1_500_001;
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, left, left + 1, batch));
        eac.safeTransferFrom(utility.at, university.at, batch, left + 1, "");
        vm.stopPrank();
    }

    // Cancelling

    function test_cancelled_certificates_are_gone_and_have_their_serials() external {
        Cancellation memory c = forOwn(university.at);
        (c.entity, c.users) = (keccak256("campus"), keccak256("site 4"));
        uint96 number = eac.numberOf(batch, utility.at, 2_500_000, c);
        vm.assertEq(number, uint96(uint256(keccak256(abi.encode(batch, utility.at, uint64(2_500_000), c)))));
        vm.expectEmit(address(eac));
        emit IERC1155.TransferSingle(utility.at, utility.at, address(0), batch, 2_500_000);
        vm.expectEmit(address(eac));
        emit IEnergyCertificates.CertificatesCancelled(number, batch, utility.at, 0, 2_500_000, c);
        vm.assertEq(cancelAs(utility, batch, 2_500_000, c), number);
        uint96 second = cancelAs(utility, batch, MWH, forOwn(utility.at));
        CancellationView memory v = eac.cancellationOf(number);
        vm.assertTrue(v.batch == batch && v.first == 0 && v.amount == 2_500_000 && v.at == block.timestamp && !v.isVoid);
        vm.assertTrue(v.beneficiary == university.at && v.entity == keccak256("campus") && v.purpose == Purpose.Scope2);
        vm.assertTrue(v.periodStart == FIRST_DAY && v.periodEnd == LAST_DAY);
        v = eac.cancellationOf(second);
        vm.assertTrue(v.first == 2_500_000 && v.amount == MWH && v.entity == 0);
        CertificateBatchView memory b = eac.batchOf(batch);
        vm.assertTrue(b.cancelled == 3_500_000 && b.held == 96_500_000 && b.issued == 100 * MWH);
        vm.assertEq(eac.balanceOf(utility.at, batch), 96_500_000);
    }

    function test_the_same_cancellation_sent_twice_is_refused() external {
        Cancellation memory c = forOwn(utility.at);
        uint96 number = cancelAs(utility, batch, MWH, c);
        _cancelRefused(MWH, c, abi.encodeWithSelector(IEnergyCertificates.CancellationExists.selector, number));
        c.document = "another";
        cancelAs(utility, batch, MWH, c);
    }

    function test_cancellation_names_whom_when_and_what_for() external {
        bytes memory invalid = abi.encodeWithSelector(IEnergyCertificates.CancellationInvalid.selector);
        _cancelRefused(MWH, forOwn(address(0)), invalid);
        Cancellation memory c = forOwn(utility.at);
        c.purpose = Purpose.Unknown;
        _cancelRefused(MWH, c, invalid);
        c = forOwn(utility.at);
        c.periodStart = LAST_DAY + 1;
        _cancelRefused(MWH, c, invalid);
        _cancelRefused(0, forOwn(utility.at), abi.encodeWithSelector(IEnergyCertificates.AmountZero.selector));
        bytes4 short = IERC1155Errors.ERC1155InsufficientBalance.selector;
        bytes memory reason = abi.encodeWithSelector(short, utility.at, 100 * MWH, 100 * MWH + 1, batch);
        _cancelRefused(100 * MWH + 1, forOwn(utility.at), reason);
    }

    function test_unknown_cancellation_reverts() external {
        bytes memory unknown = abi.encodeWithSelector(IEnergyCertificates.CancellationUnknown.selector, 7);
        vm.expectRevert(unknown);
        eac.cancellationOf(7);
        vm.expectRevert(unknown);
        eac.cancellationUri(7);
        vm.expectRevert(unknown);
        vm.prank(registrar.at);
        eac.voidCancellation(7, "");
    }

    // Expiry

    function test_the_last_day_is_the_last_day() external {
        uint256 last = uint256(LAST_DAY) + VALID_DAYS;
        vm.warp((last + 1) * 1 days - 1);
        cancelAs(utility, batch, MWH, forOwn(utility.at));
        vm.assertTrue(eac.canTransfer(utility.at, university.at, batch, MWH));
        vm.warp((last + 1) * 1 days);
        bytes memory expired = abi.encodeWithSelector(IEnergyCertificates.BatchExpired.selector, batch, last + 1, last);
        _cancelRefused(MWH, forOwn(utility.at), expired);
        vm.expectRevert(expired);
        vm.prank(utility.at);
        eac.safeTransferFrom(utility.at, university.at, batch, MWH, "");
        vm.assertFalse(eac.canTransfer(utility.at, university.at, batch, MWH));
        // Nothing disappears: its holder has it still, and the operator may withdraw it.
        vm.assertEq(eac.balanceOf(utility.at, batch), 99 * MWH);
        vm.prank(registrar.at);
        eac.withdraw(batch, utility.at, 99 * MWH, "expired");
        vm.assertEq(eac.batchOf(batch).withdrawn, 99 * MWH);
    }

    // Suspension

    function test_suspended_batch_stays_where_it_is_until_it_is_reinstated() external {
        _setStatus(BatchStatus.Suspended);
        bytes memory reason = abi.encodeWithSelector(IEnergyCertificates.BatchNotActive.selector, batch, BatchStatus.Suspended);
        _cancelRefused(MWH, forOwn(utility.at), reason);
        vm.expectRevert(reason);
        vm.prank(utility.at);
        eac.safeTransferFrom(utility.at, university.at, batch, MWH, "");
        vm.assertFalse(eac.canTransfer(utility.at, university.at, batch, MWH));
        _setStatus(BatchStatus.Active);
        cancelAs(utility, batch, MWH, forOwn(utility.at));
    }

    function test_status_is_suspended_or_active_and_by_the_systems_operator() external {
        bytes4 error = IEnergyCertificates.BatchStatusForbidden.selector;
        vm.startPrank(registrar.at);
        vm.expectRevert(abi.encodeWithSelector(error, batch, BatchStatus.Active, BatchStatus.Active));
        eac.setStatus(batch, BatchStatus.Active, "");
        eac.setStatus(batch, BatchStatus.Suspended, "");
        vm.expectRevert(abi.encodeWithSelector(error, batch, BatchStatus.Suspended, BatchStatus.Revoked));
        eac.setStatus(batch, BatchStatus.Revoked, "");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.NotSystemOperator.selector, utility.at, registrar.at));
        vm.prank(utility.at);
        eac.setStatus(batch, BatchStatus.Active, "");
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.SystemUnknown.selector, bytes32(0)));
        eac.setStatus(7, BatchStatus.Active, "");
    }

    // Withdrawal

    function test_only_what_nobody_used_is_withdrawn() external {
        cancelAs(utility, batch, 30 * MWH, forOwn(utility.at));
        bytes4 short = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.startPrank(registrar.at);
        vm.expectRevert(abi.encodeWithSelector(short, utility.at, 70 * MWH, 71 * MWH, batch));
        eac.withdraw(batch, utility.at, 71 * MWH, "");
        vm.expectRevert(IEnergyCertificates.AmountZero.selector);
        eac.withdraw(batch, utility.at, 0, "");
        vm.expectEmit(address(eac));
        emit IEnergyCertificates.CertificatesWithdrawn(batch, utility.at, 30 * MWH, 20 * MWH, "wrong meter");
        vm.expectEmit(address(eac));
        emit IERC1155.TransferSingle(registrar.at, utility.at, address(0), batch, 20 * MWH);
        eac.withdraw(batch, utility.at, 20 * MWH, "wrong meter");
        vm.stopPrank();
        // The next serials are after those withdrawn.
        uint96 number = cancelAs(utility, batch, MWH, forOwn(utility.at));
        vm.assertEq(eac.cancellationOf(number).first, 50 * MWH);
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.NotSystemOperator.selector, utility.at, registrar.at));
        vm.prank(utility.at);
        eac.withdraw(batch, utility.at, 1, "");
    }

    function test_void_cancellation_stays_cancelled_and_is_void_once() external {
        uint96 number = cancelAs(utility, batch, MWH, forOwn(utility.at));
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.NotSystemOperator.selector, utility.at, registrar.at));
        vm.prank(utility.at);
        eac.voidCancellation(number, "");
        vm.startPrank(registrar.at);
        vm.expectEmit(address(eac));
        emit IEnergyCertificates.CancellationVoided(number, batch, "fraud");
        eac.voidCancellation(number, "fraud");
        vm.expectRevert(abi.encodeWithSelector(IInstrument.UseVoid.selector, number));
        eac.voidCancellation(number, "again");
        vm.stopPrank();
        vm.assertTrue(eac.cancellationOf(number).isVoid);
        CertificateBatchView memory b = eac.batchOf(batch);
        vm.assertTrue(b.cancelled == MWH && b.held == 99 * MWH);
    }

    // Orders of law

    function test_frozen_certificates_stay_until_moved_by_order() external {
        eac.setFrozenTokens(utility.at, batch, 90 * MWH);
        vm.assertEq(eac.getFrozenTokens(utility.at, batch), 90 * MWH);
        bytes4 error = IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector;
        bytes memory reason = abi.encodeWithSelector(error, utility.at, batch, 11 * MWH, 10 * MWH);
        _cancelRefused(11 * MWH, forOwn(utility.at), reason);
        eac.forcedTransfer(utility.at, university.at, batch, 95 * MWH);
        vm.assertEq(eac.getFrozenTokens(utility.at, batch), 5 * MWH);
        vm.assertEq(eac.balanceOf(university.at, batch), 95 * MWH);
    }

    function test_surfaces() external view {
        bytes4[5] memory ids = [
            type(IERC165).interfaceId,
            type(IERC1155).interfaceId,
            type(IERC7943MultiToken).interfaceId,
            type(IInstrument).interfaceId,
            type(IEnergyCertificates).interfaceId
        ];
        for (uint256 i; i < 5; ++i) vm.assertTrue(eac.supportsInterface(ids[i]));
        vm.assertFalse(eac.supportsInterface(0xffffffff));
        vm.assertTrue(eac.canSend(utility.at) && eac.canReceive(utility.at) && !eac.canSend(address(0)));
        vm.assertEq(eac.statements(), address(registry));
    }
}
