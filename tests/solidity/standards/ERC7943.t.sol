// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {BatchStatus} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Vm, vm} from "../support/Vm.sol";
import {Receiver} from "../support/Wallets.sol";

/// @notice ERC-7943 (uRWA, multi-token) as its text says it, each test with the sentence it checks.
contract ERC7943Test is LedgerTest {
    uint64 private batch;
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        batch = issueCredits(utility.at, 10);
        plant = mintLot(utility, Codes.STATIONARY, 1_000, 1_000 * T);
    }

    /// The views "MUST NOT revert" and "MUST NOT change the storage of the contract", whatever they are asked.
    function test_fuzz_the_views_answer_anything(address from, address to, uint256 id, uint256 amount, bool known)
        external
        view
    {
        if (known) id = id & 1 == 0 ? batch : plant;
        IERC7943MultiToken[2] memory tokens = [IERC7943MultiToken(address(cot)), IERC7943MultiToken(address(cet))];
        for (uint256 i; i < 2; ++i) {
            tokens[i].canSend(from);
            tokens[i].canReceive(to);
            tokens[i].getFrozenTokens(from, id);
            bool allowed = tokens[i].canTransfer(from, to, id, amount);
            // "MUST perform a `canSend` check on the `from` parameter and a `canReceive` check on the `to` parameter."
            vm.assertTrue(!allowed || (tokens[i].canSend(from) && tokens[i].canReceive(to)));
        }
    }

    /// "MUST validate that the `amount` being transferred doesn't exceed the unfrozen amount (which is the difference between
    /// the current balance and the frozen balance)"; "Public transfers MUST NOT succeed in cases where `canTransfer` would
    /// return `false`": for credits the two agree on every amount.
    function test_fuzz_credits_move_exactly_where_they_can(uint256 frozen, uint256 amount, uint256 status) external {
        frozen = frozen % (12 * uint256(T));
        amount = amount % (12 * uint256(T));
        cot.setFrozenTokens(utility.at, batch, frozen);
        if (status % 4 == 0) {
            vm.prank(issuer.at);
            cot.setStatus(batch, BatchStatus.Suspended, "");
        }
        bool can = cot.canTransfer(utility.at, university.at, batch, amount);
        bool expected = status % 4 != 0 && amount + frozen <= 10 * uint256(T);
        // Nothing may be sent where all is frozen, and more.
        if (status % 4 != 0 && amount == 0) expected = true;
        vm.assertEq(can, expected, "canTransfer");
        vm.prank(utility.at);
        (bool ok,) = address(cot).call(
            abi.encodeCall(IERC1155.safeTransferFrom, (utility.at, university.at, batch, amount, ""))
        );
        vm.assertEq(ok, can, "sent although it cannot, or not although it can");
    }

    /// "MUST return false in general, if any permissioned rule would prevent a given transfer from succeeding."
    function test_fuzz_lots_can_be_sent_by_nobody_and_received_by_anybody(address from, address to, uint256 id, uint256 amount)
        external
        view
    {
        vm.assertFalse(cet.canSend(from));
        vm.assertFalse(cet.canTransfer(from, to, id, amount));
        // Lots are minted to, allocated to and taken over by whoever consented; none of them to nobody.
        vm.assertEq(cet.canReceive(to), to != address(0), "receive");
    }

    /// `setFrozenTokens` "MUST emit the `Frozen` event", "MUST allow freezing more assets than those held" and overwrites.
    function test_freezing_is_absolute_and_may_exceed_what_is_held() external {
        for (uint256 i; i < 2; ++i) {
            IERC7943MultiToken token = i == 0 ? IERC7943MultiToken(address(cot)) : IERC7943MultiToken(address(cet));
            uint256 id = i == 0 ? batch : plant;
            uint256[3] memory amounts = [uint256(1) << 70, 5, 0];
            for (uint256 k; k < 3; ++k) {
                vm.expectEmit(address(token));
                emit IERC7943MultiToken.Frozen(utility.at, id, amounts[k]);
                vm.assertTrue(token.setFrozenTokens(utility.at, id, amounts[k]));
                vm.assertEq(token.getFrozenTokens(utility.at, id), amounts[k]);
            }
            vm.assertEq(token.getFrozenTokens(university.at, id), 0);
        }
    }

    /// Frozen credits the holder "cannot" transfer: `ERC7943InsufficientUnfrozenBalance` names what is left.
    function test_frozen_credits_are_named_when_sent() external {
        cot.setFrozenTokens(utility.at, batch, 9 * uint256(T));
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, utility.at, uint256(batch), 2 * uint256(T), uint256(T)
            )
        );
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, university.at, batch, 2 * uint256(T), "");
    }

    /// "MUST be restricted in access."
    function test_fuzz_strangers_neither_freeze_nor_force(address who) external {
        if (who == address(this)) return;
        for (uint256 i; i < 2; ++i) {
            address token = i == 0 ? address(cot) : address(cet);
            uint256 id = i == 0 ? batch : plant;
            vm.prank(who);
            (bool ok,) = token.call(abi.encodeCall(IERC7943MultiToken.setFrozenTokens, (utility.at, id, 1)));
            vm.assertFalse(ok, "froze");
            vm.prank(who);
            (ok,) = token.call(abi.encodeCall(IERC7943MultiToken.forcedTransfer, (utility.at, university.at, id, 1)));
            vm.assertFalse(ok, "forced");
        }
    }

    /// "it MUST unfreeze the assets first and emit a `Frozen` event before the underlying base token transfer event"; "MUST emit
    /// the base standard's canonical transfer event(s) [...] and MUST emit the `ForcedTransfer` event."
    function test_a_forced_transfer_says_what_it_does_in_order() external {
        cot.setFrozenTokens(utility.at, batch, 8 * uint256(T));
        vm.recordLogs();
        vm.assertTrue(cot.forcedTransfer(utility.at, university.at, batch, 5 * uint256(T)));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 3);
        vm.assertEq(logs[0].topics[0], IERC7943MultiToken.Frozen.selector);
        vm.assertEq(abi.decode(logs[0].data, (uint256)), 5 * uint256(T));
        vm.assertEq(logs[1].topics[0], IERC7943MultiToken.ForcedTransfer.selector);
        vm.assertEq(logs[2].topics[0], IERC1155.TransferSingle.selector);
        vm.assertEq(cot.balanceOf(university.at, batch), 5 * uint256(T));
        vm.assertEq(cot.getFrozenTokens(utility.at, batch), 5 * uint256(T));
    }

    /// What is unfrozen suffices: the freeze stays, and nothing is said of it.
    function test_a_forced_transfer_of_unfrozen_credits_leaves_the_freeze() external {
        cot.setFrozenTokens(utility.at, batch, 5 * uint256(T));
        vm.recordLogs();
        cot.forcedTransfer(utility.at, university.at, batch, 5 * uint256(T));
        vm.assertEq(vm.getRecordedLogs().length, 2);
        vm.assertEq(cot.getFrozenTokens(utility.at, batch), 5 * uint256(T));
    }

    /// "MUST perform necessary validation checks (e.g., sufficient balance/ownership of a specific token)"; "MUST revert in
    /// cases where validations and/or `canReceive` checks return false or fail."
    function test_a_forced_transfer_has_the_tokens_limits() external {
        bytes4 error = IERC7943MultiToken.ERC7943CannotReceive.selector;
        vm.expectRevert(abi.encodeWithSelector(error, address(0)));
        cot.forcedTransfer(utility.at, address(0), batch, 1);
        vm.expectRevert();
        cot.forcedTransfer(utility.at, university.at, batch, 11 * uint256(T));
        vm.expectRevert();
        cot.forcedTransfer(university.at, utility.at, batch, 1);
        address refusing = address(new Receiver(Receiver.Manner.WrongAnswer));
        vm.expectRevert();
        cot.forcedTransfer(utility.at, refusing, batch, 1);
        vm.expectRevert();
        cet.forcedTransfer(utility.at, address(0), plant, 1_000);
    }

    /// Of lots it is legal succession: whole, to who accepted, with both events, and the freeze stays on the lot.
    function test_a_lot_is_forced_whole_to_who_accepted() external {
        cet.setFrozenTokens(utility.at, plant, 7);
        vm.prank(university.at);
        cet.acceptSuccession(plant, uint40(block.timestamp));
        vm.expectEmit(address(cet));
        emit IERC7943MultiToken.ForcedTransfer(utility.at, university.at, plant, 1_000);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(address(this), utility.at, university.at, plant, 1_000);
        vm.assertTrue(cet.forcedTransfer(utility.at, university.at, plant, 1_000));
        vm.assertEq(cet.balanceOf(university.at, plant), 1_000);
        vm.assertEq(cet.balanceOf(utility.at, plant), 0);
        vm.assertEq(cet.getFrozenTokens(university.at, plant), 7);
        vm.assertEq(cet.getFrozenTokens(utility.at, plant), 0);
    }
}
