// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {BatchStatus, ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";
import {Receiver} from "../support/Wallets.sol";

/// @notice Law 3 in ERC-1155 and ERC-7943: transfers move credits, make none and lose none.
contract TransfersTest is LedgerTest {
    uint64 private batch;

    function setUp() public override {
        super.setUp();
        batch = issueCredits(utility.at, 100);
    }

    function _send(address to, uint256 id, uint256 amount) private {
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, to, id, amount, "");
    }

    function _forced(address from, address to, uint256 amount) private {
        cot.forcedTransfer(from, to, batch, amount);
    }

    function test_holder_transfers() external {
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(utility.at, utility.at, university.at, batch, 30 * T);
        _send(university.at, batch, 30 * T);
        vm.assertEq(cot.balanceOf(university.at, batch), 30 * T);
        vm.assertEq(cot.balanceOf(utility.at, batch), 70 * T);
    }

    function test_transfer_to_oneself_changes_nothing() external {
        _send(utility.at, batch, 100 * T);
        vm.assertEq(cot.balanceOf(utility.at, batch), 100 * T);
    }

    function test_operator_transfers_once_approved() external {
        bytes4 error = IERC1155Errors.ERC1155MissingApprovalForAll.selector;
        vm.expectRevert(abi.encodeWithSelector(error, university.at, utility.at));
        vm.prank(university.at);
        cot.safeTransferFrom(utility.at, university.at, batch, 1, "");
        vm.expectEmit(address(cot));
        emit IERC1155.ApprovalForAll(utility.at, university.at, true);
        vm.prank(utility.at);
        cot.setApprovalForAll(university.at, true);
        vm.prank(university.at);
        cot.safeTransferFrom(utility.at, university.at, batch, 1, "");
        vm.assertTrue(cot.isApprovedForAll(utility.at, university.at));
    }

    function test_approving_nobody_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidOperator.selector, address(0)));
        cot.setApprovalForAll(address(0), true);
    }

    function test_transfer_to_nobody_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        _send(address(0), batch, 1);
    }

    function test_more_than_held_reverts() external {
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, 100 * T, 100 * T + 1, batch));
        _send(university.at, batch, 100 * T + 1);
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, 100 * T, type(uint256).max, batch));
        _send(university.at, batch, type(uint256).max);
    }

    /// Ids are batches; those that only share a batch's low 64 bits hold nothing.
    function test_ids_above_64_bits_hold_nothing() external {
        uint256 id = uint256(batch) | 1 << 64;
        vm.assertEq(cot.balanceOf(utility.at, id), 0);
        vm.assertFalse(cot.canTransfer(utility.at, university.at, id, 0));
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, 0, 1, id));
        _send(university.at, id, 1);
    }

    function test_batches_transfer_together_or_not_at_all() external {
        uint64 second = issueCredits(utility.at, 10);
        (uint256[] memory ids, uint256[] memory amounts) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], amounts[0], amounts[1]) = (batch, second, T, 11 * T);
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.startPrank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, 10 * T, 11 * T, second));
        cot.safeBatchTransferFrom(utility.at, university.at, ids, amounts, "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        cot.safeBatchTransferFrom(utility.at, university.at, ids, new uint256[](1), "");
        amounts[1] = 10 * T;
        address to = address(new Receiver(Receiver.Manner.Accepts));
        vm.expectEmit(address(cot));
        emit IERC1155.TransferBatch(utility.at, utility.at, to, ids, amounts);
        cot.safeBatchTransferFrom(utility.at, to, ids, amounts, "");
        vm.stopPrank();
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (to, to);
        vm.assertEq(cot.balanceOfBatch(holders, ids), amounts);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 1, 2));
        cot.balanceOfBatch(holders, new uint256[](1));
    }

    function test_suspended_and_revoked_batches_stay_where_they_are() external {
        vm.prank(issuer.at);
        cot.setStatus(batch, BatchStatus.Suspended, "");
        bytes memory reason =
            abi.encodeWithSelector(ICarbonOffsetToken.BatchNotActive.selector, batch, BatchStatus.Suspended);
        vm.assertFalse(cot.canTransfer(utility.at, university.at, batch, 1));
        vm.expectRevert(reason);
        _send(university.at, batch, 1);
        vm.expectRevert(reason);
        _forced(utility.at, university.at, 1);
    }

    // Receivers

    function test_receivers_may_refuse() external {
        address wrong = address(new Receiver(Receiver.Manner.WrongAnswer));
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, wrong));
        _send(wrong, batch, 1);
        address loud = address(new Receiver(Receiver.Manner.Reverts));
        vm.expectRevert("not for me");
        _send(loud, batch, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(cet)));
        _send(address(cet), batch, 1);
    }

    /// A receiver may spend what it just got, and no more: effects come before it is called.
    function test_receiver_that_re_enters_spends_what_it_has() external {
        Receiver receiver = new Receiver(Receiver.Manner.Reenters);
        receiver.aim(
            address(cot), abi.encodeCall(IERC1155.safeTransferFrom, (address(receiver), university.at, batch, 7 * T, ""))
        );
        _send(address(receiver), batch, 5 * T);
        vm.assertFalse(receiver.reentered());
        _send(address(receiver), batch, 2 * T);
        vm.assertTrue(receiver.reentered());
        vm.assertEq(cot.balanceOf(university.at, batch), 7 * T);
        vm.assertEq(cot.balanceOf(address(receiver), batch), 0);
        vm.assertEq(cot.balanceOf(utility.at, batch), 93 * T);
    }

    // ERC-7943

    function test_frozen_credits_do_not_move() external {
        vm.expectEmit(address(cot));
        emit IERC7943MultiToken.Frozen(utility.at, batch, 60 * T);
        vm.assertTrue(cot.setFrozenTokens(utility.at, batch, 60 * T));
        vm.assertEq(cot.getFrozenTokens(utility.at, batch), 60 * T);
        vm.assertTrue(cot.canTransfer(utility.at, university.at, batch, 40 * T));
        vm.assertFalse(cot.canTransfer(utility.at, university.at, batch, 40 * T + 1));
        bytes4 error = IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, batch, 41 * T, 40 * T));
        _send(university.at, batch, 41 * T);
        _send(university.at, batch, 40 * T);
    }

    function test_more_may_be_frozen_than_is_held() external {
        cot.setFrozenTokens(utility.at, batch, 1_000 * T);
        vm.assertFalse(cot.canTransfer(utility.at, university.at, batch, 1));
        bytes4 error = IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, batch, 1, 0));
        _send(university.at, batch, 1);
    }

    function test_forced_transfer_moves_frozen_credits_and_lifts_their_freeze_first() external {
        cot.setFrozenTokens(utility.at, batch, 90 * T);
        vm.expectEmit(address(cot));
        emit IERC7943MultiToken.Frozen(utility.at, batch, 70 * T);
        vm.expectEmit(address(cot));
        emit IERC7943MultiToken.ForcedTransfer(utility.at, university.at, batch, 30 * T);
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(address(this), utility.at, university.at, batch, 30 * T);
        _forced(utility.at, university.at, 30 * T);
        vm.assertEq(cot.balanceOf(university.at, batch), 30 * T);
        vm.assertEq(cot.getFrozenTokens(utility.at, batch), 70 * T);
    }

    function test_forced_transfer_has_its_limits() external {
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, address(0))
        );
        _forced(utility.at, address(0), 1);
        bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, 100 * T, 101 * T, batch));
        _forced(utility.at, university.at, 101 * T);
        address loud = address(new Receiver(Receiver.Manner.Reverts));
        vm.expectRevert("not for me");
        _forced(utility.at, loud, 1);
    }

    function test_only_operators_freeze_and_force() external {
        bytes memory reason =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, utility.at);
        vm.startPrank(utility.at);
        vm.expectRevert(reason);
        cot.setFrozenTokens(university.at, batch, 1);
        vm.expectRevert(reason);
        cot.forcedTransfer(utility.at, university.at, batch, 1);
        vm.stopPrank();
    }

    function test_anyone_but_nobody_sends_and_receives() external view {
        vm.assertTrue(cot.canSend(utility.at) && cot.canReceive(university.at));
        vm.assertFalse(cot.canSend(address(0)) || cot.canReceive(address(0)));
        vm.assertFalse(cot.canTransfer(utility.at, address(0), batch, 1));
        vm.assertFalse(cot.canTransfer(utility.at, university.at, batch + 1, 0));
        vm.assertFalse(cot.canTransfer(utility.at, university.at, batch, 100 * T + 1));
        vm.assertTrue(cot.canTransfer(utility.at, university.at, batch, 100 * T));
    }

    function test_interfaces_are_announced() external view {
        vm.assertTrue(cot.supportsInterface(0x01ffc9a7));
        vm.assertTrue(cot.supportsInterface(0xd9b67a26));
        vm.assertTrue(cot.supportsInterface(0x0e89341c));
        vm.assertTrue(cot.supportsInterface(0x41c4fbad));
        vm.assertTrue(cot.supportsInterface(type(ICarbonOffsetToken).interfaceId));
        vm.assertFalse(cot.supportsInterface(0xffffffff));
        vm.assertEq(cot.emissions(), address(cet));
    }
}
