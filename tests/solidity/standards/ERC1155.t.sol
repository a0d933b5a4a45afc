// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Vm, vm} from "../support/Vm.sol";
import {Receiver, WitnessReceiver} from "../support/Wallets.sol";

/// @notice ERC-1155 as its text says it, each test with the sentence it checks; of credits, which are sent, and of lots, where
/// nobody sends anything.
contract ERC1155Test is LedgerTest {
    bytes32 private constant SINGLE = keccak256("TransferSingle(address,address,address,uint256,uint256)");

    uint64 private batch;
    uint64 private second;
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        batch = issueCredits(utility.at, 10);
        second = issueCredits(utility.at, 5);
        plant = mintLot(utility, Codes.STATIONARY, 1_000, 1_000 * T);
    }

    function _send(address by, address to, uint256 amount) private {
        vm.prank(by);
        cot.safeTransferFrom(utility.at, to, batch, amount, "");
    }

    function _both() private view returns (uint256[] memory ids, uint256[] memory values) {
        (ids, values) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], values[0], values[1]) = (second, batch, 3, 7);
    }

    function _sendBoth(address to, bytes memory data) private {
        (uint256[] memory ids, uint256[] memory values) = _both();
        vm.prank(utility.at);
        cot.safeBatchTransferFrom(utility.at, to, ids, values, data);
    }

    /// "Caller must be approved to manage the tokens being transferred out of the `_from` account"
    function test_caller_must_be_approved() external {
        bytes4 error = IERC1155Errors.ERC1155MissingApprovalForAll.selector;
        vm.expectRevert(abi.encodeWithSelector(error, university.at, utility.at));
        _send(university.at, university.at, 1);
        (uint256[] memory ids, uint256[] memory values) = _both();
        vm.expectRevert(abi.encodeWithSelector(error, university.at, utility.at));
        vm.prank(university.at);
        cot.safeBatchTransferFrom(utility.at, university.at, ids, values, "");
        vm.prank(university.at);
        vm.expectRevert(abi.encodeWithSelector(error, university.at, utility.at));
        cet.safeTransferFrom(utility.at, university.at, plant, 1, "");
    }

    /// "MUST emit the ApprovalForAll event on success." An approval is of all tokens of one owner, and can be revoked.
    function test_approval_is_announced_answers_and_ends() external {
        for (uint256 i; i < 2; ++i) {
            IERC1155 token = i == 0 ? IERC1155(address(cot)) : IERC1155(address(cet));
            vm.expectEmit(address(token));
            emit IERC1155.ApprovalForAll(utility.at, university.at, true);
            vm.prank(utility.at);
            token.setApprovalForAll(university.at, true);
            vm.assertTrue(token.isApprovedForAll(utility.at, university.at));
            vm.assertFalse(token.isApprovedForAll(university.at, utility.at));
            vm.assertFalse(token.isApprovedForAll(utility.at, purchaser.at));
        }
        _send(university.at, purchaser.at, 4);
        vm.assertEq(cot.balanceOf(purchaser.at, batch), 4);
        vm.expectEmit(address(cot));
        emit IERC1155.ApprovalForAll(utility.at, university.at, false);
        vm.prank(utility.at);
        cot.setApprovalForAll(university.at, false);
        vm.expectRevert();
        _send(university.at, purchaser.at, 1);
    }

    /// "MUST revert if `_to` is the zero address."
    function test_nothing_is_sent_to_nobody() external {
        bytes memory reason = abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0));
        vm.expectRevert(reason);
        _send(utility.at, address(0), 1);
        vm.expectRevert(reason);
        _sendBoth(address(0), "");
        vm.expectRevert(reason);
        vm.prank(utility.at);
        cet.safeTransferFrom(utility.at, address(0), plant, 1, "");
    }

    /// "MUST revert if balance of holder for token `_id` is lower than the `_value` sent."
    function test_fuzz_no_more_is_sent_than_is_held(uint256 amount) external {
        uint256 held = 10 * uint256(T);
        if (amount > held) {
            bytes4 error = IERC1155Errors.ERC1155InsufficientBalance.selector;
            vm.expectRevert(abi.encodeWithSelector(error, utility.at, held, amount, uint256(batch)));
            _send(utility.at, university.at, amount);
            return;
        }
        _send(utility.at, university.at, amount);
        vm.assertEq(cot.balanceOf(university.at, batch), amount);
        vm.assertEq(cot.balanceOf(utility.at, batch), held - amount);
    }

    /// "MUST revert if any of the balance(s) of the holder(s) for token(s) in `_ids` is lower than the respective amount(s)":
    /// an id that stands twice is taken twice.
    function test_a_batch_is_sent_whole_or_not_at_all() external {
        (uint256[] memory ids, uint256[] memory values) = _both();
        (ids[1], values[0], values[1]) = (second, 3 * uint256(T), 3 * uint256(T));
        vm.expectRevert();
        vm.prank(utility.at);
        cot.safeBatchTransferFrom(utility.at, university.at, ids, values, "");
        vm.assertEq(cot.balanceOf(university.at, second), 0);
        vm.assertEq(cot.balanceOf(utility.at, second), 5 * uint256(T));
    }

    /// "MUST revert if length of `_ids` is not the same as length of `_values`."
    function test_ids_and_values_are_as_many() external {
        (uint256[] memory ids,) = _both();
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        vm.prank(utility.at);
        cot.safeBatchTransferFrom(utility.at, university.at, ids, new uint256[](1), "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        cot.balanceOfBatch(new address[](1), ids);
    }

    /// "Either `TransferSingle` or `TransferBatch` MUST emit when tokens are transferred, including zero value transfers"
    function test_transfers_are_announced_even_of_nothing() external {
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(utility.at, utility.at, university.at, batch, 0);
        _send(utility.at, university.at, 0);
        vm.prank(utility.at);
        cot.setApprovalForAll(purchaser.at, true);
        // "The `_operator` argument MUST be the address of an account/contract that is approved to make the transfer"
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(purchaser.at, utility.at, university.at, batch, 9);
        _send(purchaser.at, university.at, 9);
    }

    /// "Balance changes and events MUST follow the ordering of the arrays"
    function test_a_batchs_event_keeps_the_order_of_its_arrays() external {
        (uint256[] memory ids, uint256[] memory values) = _both();
        vm.expectEmit(address(cot));
        emit IERC1155.TransferBatch(utility.at, utility.at, university.at, ids, values);
        _sendBoth(university.at, "");
        vm.assertEq(cot.balanceOf(university.at, second), 3);
        vm.assertEq(cot.balanceOf(university.at, batch), 7);
    }

    /// "When minting/creating tokens, the `_from` argument MUST be set to `0x0`"; "When burning/destroying tokens, the `_to`
    /// argument MUST be set to `0x0`". Every balance is the sum of what these events say, for both tokens.
    function test_the_events_alone_give_every_balance() external {
        vm.recordLogs();
        uint64 share = pass(utility, plant, university, 300, Codes.scope3(1));
        cet.allocate(_optedIn());
        vm.startPrank(utility.at);
        cot.retire(batch, T, retirement());
        cot.applyTo(batch, plant, 2 * T);
        cot.safeTransferFrom(utility.at, university.at, batch, T, "");
        vm.stopPrank();
        revoke(batch);
        cot.voidHolding(batch, university.at);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(_sumOf(logs, address(cet), university.at, share), int256(cet.balanceOf(university.at, share)));
        vm.assertEq(_sumOf(logs, address(cot), utility.at, batch), int256(cot.balanceOf(utility.at, batch)) - 10 * int256(uint256(T)));
        vm.assertEq(_sumOf(logs, address(cot), university.at, batch), 0);
        vm.assertEq(cot.balanceOf(university.at, batch), 0);
        vm.assertEq(cot.balanceOf(utility.at, batch), 6 * uint256(T));
    }

    function _optedIn() private returns (Offer memory o) {
        optInAs(university, utility, anything());
        o = offerOf(plant, university.at, 5, Codes.scope3(1));
        vm.prank(utility.at);
    }

    function _sumOf(Vm.Log[] memory logs, address token, address who, uint256 id) private pure returns (int256 sum) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != token || logs[i].topics[0] != SINGLE) continue;
            (uint256 token_, uint256 value) = abi.decode(logs[i].data, (uint256, uint256));
            if (token_ != id) continue;
            if (logs[i].topics[2] == bytes32(uint256(uint160(who)))) sum -= int256(value);
            if (logs[i].topics[3] == bytes32(uint256(uint160(who)))) sum += int256(value);
        }
    }

    // The receiver's side

    /// "Additional data with no specified format, MUST be sent unaltered in call to `onERC1155Received` on `_to`", whose
    /// operator is "The address which initiated the transfer"; "The balances for the transfer MUST have been updated before the
    /// `ERC1155TokenReceiver` hook is called".
    function test_a_receiver_hears_what_came_after_it_came() external {
        WitnessReceiver receiver = new WitnessReceiver(IERC1155(address(cot)));
        vm.prank(utility.at);
        cot.setApprovalForAll(purchaser.at, true);
        vm.prank(purchaser.at);
        cot.safeTransferFrom(utility.at, address(receiver), batch, 9, hex"00ff10");
        vm.assertEq(receiver.heard(), keccak256(abi.encode(purchaser.at, utility.at, uint256(batch), 9, hex"00ff10")));
        vm.assertEq(receiver.balanceWhenHeard(), 9);
    }

    /// "it MUST call the relevant `ERC1155TokenReceiver` hook(s) on `_to`", once for a batch, with the arrays in their order.
    function test_a_receiver_hears_of_a_batch_at_once() external {
        WitnessReceiver receiver = new WitnessReceiver(IERC1155(address(cot)));
        _sendBoth(address(receiver), "data");
        (uint256[] memory ids, uint256[] memory values) = _both();
        vm.assertEq(receiver.heard(), keccak256(abi.encode(utility.at, utility.at, ids, values, bytes("data"))));
        vm.assertEq(receiver.balanceWhenHeard(), 3);
        vm.assertEq(receiver.calls(), 1);
    }

    /// "`onERC1155Received` and `onERC1155BatchReceived` MUST NOT be called outside of a mint or transfer process", nor on what
    /// is no contract.
    function test_a_receiver_hears_of_nothing_else() external {
        WitnessReceiver receiver = new WitnessReceiver(IERC1155(address(cot)));
        _send(utility.at, address(receiver), 9);
        cot.setFrozenTokens(address(receiver), batch, 5);
        revoke(batch);
        cot.voidHolding(batch, address(receiver));
        vm.assertEq(receiver.calls(), 1);
    }

    /// Issued to a contract, it is asked as for a transfer: from nobody, by the issuer.
    function test_a_receiver_hears_of_what_is_issued_to_it() external {
        WitnessReceiver receiver = new WitnessReceiver(IERC1155(address(cot)));
        uint64 issued = issueCredits(address(receiver), 1);
        vm.assertEq(receiver.heard(), keccak256(abi.encode(issuer.at, address(0), uint256(issued), uint256(T), bytes(""))));
    }

    /// "The receiver does not implement the necessary `ERC1155TokenReceiver` interface function(s). The transfer MUST be
    /// reverted"; so must one whose receiver "returns an unknown value" or "throws an error".
    function test_a_receiver_that_does_not_accept_gets_nothing() external {
        address[4] memory receivers = [
            address(this),
            address(new Receiver(Receiver.Manner.WrongAnswer)),
            address(new Receiver(Receiver.Manner.Reverts)),
            address(new Receiver(Receiver.Manner.RevertsSilently))
        ];
        for (uint256 i; i < receivers.length; ++i) {
            vm.expectRevert();
            _send(utility.at, receivers[i], 1);
            vm.expectRevert();
            _sendBoth(receivers[i], "");
            bytes memory forced =
                abi.encodeWithSignature("forcedTransfer(address,address,uint256,uint256)", utility.at, receivers[i], batch, 1);
            (bool ok,) = address(cot).call(forced);
            vm.assertFalse(ok, "forced on who does not accept");
            vm.assertEq(cot.balanceOf(receivers[i], batch), 0);
        }
        vm.assertEq(cot.balanceOf(utility.at, batch), 10 * uint256(T));
    }

    // Reading

    /// "The _owner's balance of the token types requested (i.e. balance for each (owner, id) pair)"
    function test_balances_are_answered_pair_by_pair() external view {
        (address[] memory owners, uint256[] memory ids) = (new address[](3), new uint256[](3));
        (owners[0], owners[1], owners[2]) = (utility.at, university.at, utility.at);
        (ids[0], ids[1], ids[2]) = (second, second, batch);
        uint256[] memory balances = cot.balanceOfBatch(owners, ids);
        vm.assertEq(balances[0], 5 * uint256(T));
        vm.assertEq(balances[1], 0);
        vm.assertEq(balances[2], 10 * uint256(T));
        vm.assertEq(cet.balanceOfBatch(owners, ids).length, 3);
        vm.assertEq(cot.balanceOfBatch(new address[](0), new uint256[](0)).length, 0);
    }

    /// "The URI MUST point to a JSON file that conforms to the ERC-1155 Metadata URI JSON Schema": it is in the URI itself.
    function test_uris_are_json_in_themselves() external view {
        bytes32 head = keccak256("data:application/json;base64,");
        vm.assertEq(_headOf(cot.uri(batch)), head);
        vm.assertEq(_headOf(cet.uri(plant)), head);
    }

    function _headOf(string memory uri) private pure returns (bytes32) {
        bytes memory head = new bytes(29);
        for (uint256 i; i < 29; ++i) head[i] = bytes(uri)[i];
        return keccak256(head);
    }

    // Lots

    /// A holder's lots are minted by its own signature and stay: "MUST revert on any other error" is every transfer of them, also
    /// of nothing, also to oneself, also by whoever is approved.
    function test_fuzz_lots_are_sent_by_nobody(uint256 amount, bool toItself, bool byApproved) external {
        address to = toItself ? utility.at : university.at;
        vm.prank(utility.at);
        cet.setApprovalForAll(purchaser.at, true);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC7943CannotTransfer(address,address,uint256,uint256)", utility.at, to, uint256(plant), amount
            )
        );
        vm.prank(byApproved ? purchaser.at : utility.at);
        cet.safeTransferFrom(utility.at, to, plant, amount, "");
        vm.assertEq(cet.balanceOf(utility.at, plant), 1_000);
    }

    /// An empty batch moves nothing, and is the only one there is of lots.
    function test_an_empty_batch_of_lots_moves_nothing() external {
        vm.prank(utility.at);
        cet.safeBatchTransferFrom(utility.at, university.at, new uint256[](0), new uint256[](0), "");
        vm.assertEq(cet.balanceOf(utility.at, plant), 1_000);
    }
}
