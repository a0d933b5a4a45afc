// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {BatchStatus, CreditBatch, ICarbonOffsetToken} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {IUsePhaseEscrow, Reconciliation, UsePhase} from "../../../contracts/interfaces/IUsePhaseEscrow.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {KeyWallet} from "../support/Wallets.sol";
import {vm} from "../support/Vm.sol";

interface IEscrow is IUsePhaseEscrow, IERC1155Receiver {}

/// @notice Credits held for the use of a sold product: in by a transfer, out by a reconciliation or by the deadline.
contract UsePhaseEscrowTest is LedgerTest {
    uint16 private constant PERIOD_END = LAST_DAY + 365; // 2022-12-31
    uint256 private constant AFTER = (uint256(PERIOD_END) + 31) * 1 days;
    uint40 private constant DEADLINE = uint40((uint256(PERIOD_END) + 180) * 1 days);

    IEscrow private escrow;
    uint64 private batch;
    uint64 private second;

    function setUp() public override {
        super.setUp();
        escrow = IEscrow(deploy("UsePhaseEscrow", abi.encode(cot, registry)));
        batch = issueCredits(utility.at, 10);
        second = issueCredits(utility.at, 5);
    }

    // In

    /// Credits of one use add up, whatever the order, and those of another are apart.
    function test_credits_are_held_for_a_use() external {
        UsePhase memory use = _use();
        vm.expectEmit(address(escrow));
        emit IUsePhaseEscrow.CreditsEscrowed(escrow.escrowOf(utility.at, use), utility.at, batch, 3 * T, use);
        _put(batch, 3 * T, use);
        _put(batch, T, use);
        UsePhase memory other = _use();
        other.product = "toaster";
        _put(batch, T, other);
        vm.assertEq(escrow.heldOf(_id(), batch), 4 * T);
        vm.assertEq(escrow.heldOf(escrow.escrowOf(utility.at, other), batch), T);
        vm.assertEq(cot.balanceOf(address(escrow), batch), 5 * T);
    }

    function test_several_batches_are_put_in_at_once() external {
        (uint256[] memory ids, uint256[] memory values) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], values[0], values[1]) = (batch, second, T, 2 * T);
        vm.prank(utility.at);
        cot.safeBatchTransferFrom(utility.at, address(escrow), ids, values, abi.encode(_use()));
        vm.assertEq(escrow.heldOf(_id(), batch), T);
        vm.assertEq(escrow.heldOf(_id(), second), 2 * T);
    }

    function test_only_the_offset_token_puts_in() external {
        vm.expectRevert(
            abi.encodeWithSelector(IUsePhaseEscrow.NotTheOffsetToken.selector, address(this), address(cot))
        );
        escrow.onERC1155Received(address(this), utility.at, batch, T, abi.encode(_use()));
        vm.expectRevert(
            abi.encodeWithSelector(IUsePhaseEscrow.NotTheOffsetToken.selector, address(this), address(cot))
        );
        escrow.onERC1155BatchReceived(address(this), utility.at, new uint256[](0), new uint256[](0), "");
    }

    /// Neither by a plain transfer, nor by an issue to it: nobody could get them out.
    function test_credits_without_a_use_are_refused() external {
        vm.expectRevert(refusal(IUsePhaseEscrow.UsePhaseMissing.selector));
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, address(escrow), batch, T, "");
        CreditBatch memory c = creditsOf(1_000, 1);
        vm.expectRevert(refusal(IUsePhaseEscrow.UsePhaseMissing.selector));
        vm.prank(issuer.at);
        cot.issue(c, "attributes", 11, address(escrow));
    }

    /// A use names its product, for whom, and the terms that tell users; its period is in order and its deadline not over.
    function test_a_use_is_said_whole() external {
        for (uint256 i; i < 6; ++i) {
            UsePhase memory use = _use();
            if (i == 0) use.product = "";
            if (i == 1) use.beneficiary = "";
            if (i == 2) use.terms = 0;
            if (i == 3) use.periodStart = use.periodEnd + 1;
            if (i == 4) use.deadline = uint40((uint256(PERIOD_END) + 2) * 1 days - 1);
            if (i == 5) (use.periodStart, use.periodEnd, use.deadline) = (FIRST_DAY, FIRST_DAY, uint40(NOW - 1));
            vm.expectRevert(refusal(IUsePhaseEscrow.UsePhaseInvalid.selector));
            vm.prank(utility.at);
            cot.safeTransferFrom(utility.at, address(escrow), batch, T, abi.encode(use));
        }
    }

    /// What is not achieved yet could never be retired.
    function test_ex_ante_credits_are_not_escrowed() external {
        CreditBatch memory c = creditsOf(1_000, 1);
        c.exAnte = true;
        vm.prank(issuer.at);
        uint64 promised = cot.issue(c, "attributes", 11, utility.at);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.ExAnteNotEscrowed.selector, promised));
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, address(escrow), promised, T, abi.encode(_use()));
    }

    // Out, by a reconciliation

    function test_a_reconciliation_retires_and_gives_the_rest_back() external {
        _put(batch, 6 * T, _use());
        _put(second, 2 * T, _use());
        Reconciliation memory r = _reconciled(batch, 4 * T + 1);
        vm.warp(AFTER);
        vm.expectEmit(address(escrow));
        emit IUsePhaseEscrow.UseReconciled(_id(), verifier.at, r.document);
        _reconcile(r);
        vm.assertEq(cot.batchOf(batch).retired, 4 * T + 1);
        escrow.giveBack(utility.at, _use(), batch);
        vm.expectEmit(address(escrow));
        emit IUsePhaseEscrow.EscrowReturned(_id(), second, 2 * T);
        escrow.giveBack(utility.at, _use(), second);
        vm.assertEq(cot.balanceOf(utility.at, batch), 6 * T - 1);
        vm.assertEq(cot.balanceOf(utility.at, second), 5 * T);
        vm.assertEq(cot.balanceOf(address(escrow), batch), 0);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.NothingHeld.selector, _id(), batch));
        escrow.giveBack(utility.at, _use(), batch);
    }

    /// In conservation: put in = retired + given back, whatever was signed.
    function test_fuzz_what_was_put_in_is_retired_or_given_back(uint64 held, uint64 retired) external {
        held = 1 + held % (10 * T);
        retired %= held + 1;
        _put(batch, held, _use());
        Reconciliation memory r = _reconciled(batch, retired);
        if (retired == 0) (r.batches, r.amounts) = (new uint64[](0), new uint64[](0));
        vm.warp(AFTER);
        _reconcile(r);
        if (retired < held) escrow.giveBack(utility.at, _use(), batch);
        vm.assertEq(cot.batchOf(batch).retired, retired);
        vm.assertEq(cot.balanceOf(utility.at, batch), 10 * T - retired);
        vm.assertEq(escrow.heldOf(_id(), batch), 0);
    }

    function test_a_use_is_reconciled_once_after_its_period_and_before_its_deadline() external {
        _put(batch, 6 * T, _use());
        Reconciliation memory r = _reconciled(batch, 2 * T);
        vm.warp(uint256(PERIOD_END) * 1 days);
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.UseNotOver.selector, PERIOD_END, uint256(PERIOD_END)));
        vm.warp(DEADLINE + 1);
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.ReconciliationLate.selector, DEADLINE, DEADLINE + 1));
        vm.warp(DEADLINE);
        _reconcile(r);
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.EscrowOver.selector, _id()));
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.EscrowOver.selector, _id()));
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, address(escrow), batch, T, abi.encode(_use()));
    }

    function test_both_sign_what_is_retired() external {
        _put(batch, 6 * T, _use());
        vm.warp(AFTER);
        Reconciliation memory r = _reconciled(batch, 2 * T);
        bytes memory byHolder = _signed(r, utility.key);
        bytes memory byVerifier = _signed(r, verifier.key);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.SignatureInvalid.selector, utility.at));
        escrow.reconcile(utility.at, _use(), r, byVerifier, byVerifier);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.SignatureInvalid.selector, verifier.at));
        escrow.reconcile(utility.at, _use(), r, byHolder, byHolder);
        r.amounts[0] -= 1;
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.SignatureInvalid.selector, utility.at));
        escrow.reconcile(utility.at, _use(), r, byHolder, byVerifier);
    }

    /// Accredited now, for scope 3, and not the holder.
    function test_the_verifier_is_accredited() external {
        _put(batch, 6 * T, _use());
        vm.warp(AFTER);
        Reconciliation memory r = _reconciled(batch, 2 * T);
        bytes memory expected = abi.encodeWithSelector(IUsePhaseEscrow.NotAccredited.selector, verifier.at);
        registry.accredit(verifier.at, uint40(NOW), uint40(NOW + 3650 days), 7, "not for scope 3");
        _refuse(r, expected);
        registry.accredit(verifier.at, uint40(NOW), uint40(AFTER), 15, "until now");
        _refuse(r, expected);
        registry.accredit(verifier.at, uint40(AFTER + 1), uint40(AFTER + 2), 15, "from tomorrow");
        _refuse(r, expected);
        registry.accredit(utility.at, uint40(NOW), uint40(NOW + 3650 days), 15, "itself");
        r.verifier = utility.at;
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.NotAccredited.selector, utility.at));
    }

    function test_a_reconciliation_is_of_this_escrow_and_within_it() external {
        _put(batch, 6 * T, _use());
        UsePhase memory other = _use();
        other.product = "toaster";
        _put(batch, 4 * T, other);
        vm.warp(AFTER);
        Reconciliation memory r = _reconciled(batch, 6 * T + 1);
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.AmountAboveHeld.selector, batch, 6 * T + 1, 6 * T));
        r.escrow = escrow.escrowOf(utility.at, other);
        _refuse(r, abi.encodeWithSelector(IUsePhaseEscrow.ReconciliationOfAnother.selector, r.escrow, _id()));
        r = _reconciled(batch, T);
        r.amounts = new uint64[](2);
        _refuse(r, refusal(IUsePhaseEscrow.ReconciliationInvalid.selector));
        r.batches = list(batch, batch);
        r.amounts = list(T, T);
        _refuse(r, refusal(IUsePhaseEscrow.ReconciliationInvalid.selector));
    }

    /// A wallet holds and signs as a key does.
    function test_a_wallet_reconciles() external {
        KeyWallet wallet = new KeyWallet(utility.at);
        bytes32 id = escrow.escrowOf(address(wallet), _use());
        vm.prank(utility.at);
        cot.setApprovalForAll(address(this), true);
        // The wallet takes no credits; what an approved operator sends is its holder's all the same.
        cot.safeTransferFrom(utility.at, address(escrow), batch, T, abi.encode(_use()));
        vm.assertEq(escrow.heldOf(_id(), batch), T);
        vm.warp(AFTER);
        Reconciliation memory r = _reconciled(batch, T);
        (r.escrow, r.batches, r.amounts) = (id, new uint64[](0), new uint64[](0));
        escrow.reconcile(address(wallet), _use(), r, _signed(r, utility.key), _signed(r, verifier.key));
        vm.assertTrue(escrow.isReconciled(id));
        vm.assertFalse(escrow.isReconciled(_id()));
    }

    // Out, by the deadline

    /// What nobody reconciled is retired whole: neither holder nor verifier gains by waiting.
    function test_what_nobody_reconciled_is_retired() external {
        _put(batch, 6 * T, _use());
        vm.warp(DEADLINE);
        bytes memory still =
            abi.encodeWithSelector(IUsePhaseEscrow.StillReconcilable.selector, DEADLINE, uint256(DEADLINE));
        vm.expectRevert(still);
        escrow.retireUnreconciled(utility.at, _use(), batch);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.NotReconciled.selector, _id()));
        escrow.giveBack(utility.at, _use(), batch);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.NotReconciled.selector, _id()));
        escrow.giveBack(utility.at, _use(), batch);
        vm.prank(purchaser.at);
        escrow.retireUnreconciled(utility.at, _use(), batch);
        vm.assertEq(cot.batchOf(batch).retired, 6 * T);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.NothingHeld.selector, _id(), batch));
        escrow.retireUnreconciled(utility.at, _use(), batch);
    }

    function test_what_was_reconciled_is_not_retired_by_the_deadline() external {
        _put(batch, 6 * T, _use());
        vm.warp(AFTER);
        _reconcile(_reconciled(batch, T));
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IUsePhaseEscrow.EscrowOver.selector, _id()));
        escrow.retireUnreconciled(utility.at, _use(), batch);
    }

    // Batches in trouble

    /// Suspended credits stay until they are active again, and keep nobody else's from being retired or given back.
    function test_a_suspended_batch_waits() external {
        _put(batch, 6 * T, _use());
        _put(second, 5 * T, _use());
        vm.prank(issuer.at);
        cot.setStatus(batch, BatchStatus.Suspended, "inquiry");
        vm.warp(AFTER);
        bytes memory refused =
            abi.encodeWithSelector(ICarbonOffsetToken.BatchNotActive.selector, batch, BatchStatus.Suspended);
        _refuse(_reconciled(batch, T), refused);
        _reconcile(_reconciled(second, 3 * T));
        escrow.giveBack(utility.at, _use(), second);
        vm.expectRevert(refused);
        escrow.giveBack(utility.at, _use(), batch);
        vm.assertEq(escrow.heldOf(_id(), batch), 6 * T);
        vm.prank(issuer.at);
        cot.setStatus(batch, BatchStatus.Active, "cleared");
        escrow.giveBack(utility.at, _use(), batch);
        vm.assertEq(cot.balanceOf(utility.at, batch), 10 * T);
    }

    /// Revoked credits are lost here as everywhere: others must be put in for them.
    function test_a_revoked_batch_is_replaced() external {
        _put(batch, 6 * T, _use());
        revoke(batch);
        cot.voidHolding(batch, address(escrow));
        _put(second, 5 * T, _use());
        vm.warp(AFTER);
        bytes memory refused =
            abi.encodeWithSelector(ICarbonOffsetToken.BatchNotActive.selector, batch, BatchStatus.Revoked);
        _refuse(_reconciled(batch, T), refused);
        _reconcile(_reconciled(second, 5 * T));
        vm.assertEq(cot.batchOf(second).retired, 5 * T);
        vm.expectRevert(refused);
        escrow.giveBack(utility.at, _use(), batch);
    }

    function test_it_says_what_it_is() external view {
        vm.assertTrue(escrow.supportsInterface(type(IERC1155Receiver).interfaceId));
        vm.assertTrue(escrow.supportsInterface(type(IERC165).interfaceId));
        vm.assertFalse(escrow.supportsInterface(type(IERC1155).interfaceId));
        vm.assertFalse(escrow.supportsInterface(0xffffffff));
        vm.assertEq(address(escrow.credits()), address(cot));
        vm.assertEq(address(escrow.statements()), address(registry));
    }

    // Makers

    function _use() private pure returns (UsePhase memory) {
        return UsePhase({
            product: "kettle",
            beneficiary: "its users in Germany",
            periodStart: FIRST_DAY,
            periodEnd: PERIOD_END,
            deadline: DEADLINE,
            terms: keccak256("terms, 4.2")
        });
    }

    function _id() private view returns (bytes32) {
        return escrow.escrowOf(utility.at, _use());
    }

    function _put(uint64 id, uint64 amount, UsePhase memory use) private {
        vm.prank(utility.at);
        cot.safeTransferFrom(utility.at, address(escrow), id, amount, abi.encode(use));
    }

    function _reconciled(uint64 id, uint64 amount) private view returns (Reconciliation memory) {
        return Reconciliation(_id(), verifier.at, keccak256("actual use"), list(id), list(amount));
    }

    /// Hashed here anew, from the type's text.
    function _signed(Reconciliation memory r, uint256 key) private view returns (bytes memory) {
        bytes32 typehash = keccak256(
            "Reconciliation(bytes32 escrow,address verifier,bytes32 document,uint64[] batches,uint64[] amounts)"
        );
        bytes32 batches = keccak256(abi.encodePacked(r.batches));
        bytes32 amounts = keccak256(abi.encodePacked(r.amounts));
        bytes32 hash = keccak256(abi.encode(typehash, r.escrow, r.verifier, r.document, batches, amounts));
        bytes32 digest = typedData("UsePhaseEscrow", address(escrow), hash);
        require(digest == escrow.digestOf(r), "the digest is not the typed data's");
        return signed(key, digest);
    }

    function _reconcile(Reconciliation memory r) private {
        escrow.reconcile(utility.at, _use(), r, _signed(r, utility.key), _signed(r, verifier.key));
    }

    function _refuse(Reconciliation memory r, bytes memory why) private {
        bytes memory byHolder = _signed(r, utility.key);
        bytes memory byVerifier = _signed(r, verifier.key);
        vm.expectRevert(why);
        escrow.reconcile(utility.at, _use(), r, byHolder, byVerifier);
    }
}
