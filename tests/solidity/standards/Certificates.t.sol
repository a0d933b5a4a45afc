// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {BatchStatus} from "../../../contracts/interfaces/BatchStatus.sol";
import {Cancellation, IEnergyCertificates} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {Vm, vm} from "../support/Vm.sol";
import {Receiver, WitnessReceiver} from "../support/Wallets.sol";

/// @notice ERC-1155, ERC-7943 and ERC-165 as their texts say it, of energy certificates; each test with the sentence it checks.
contract CertificateStandardsTest is CertificateTest {
    bytes32 private constant SINGLE = keccak256("TransferSingle(address,address,address,uint256,uint256)");

    uint64 private batch;
    uint64 private second;

    function setUp() public override {
        super.setUp();
        // Certificates live a year from production: before 2022-12-31 they move.
        batch = issueCertificates(utility.at, 10);
        second = issueCertificates(utility.at, 5);
    }

    function _send(address by, address to, uint256 amount) private {
        vm.prank(by);
        eac.safeTransferFrom(utility.at, to, batch, amount, "");
    }

    function _both() private view returns (uint256[] memory ids, uint256[] memory values) {
        (ids, values) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], values[0], values[1]) = (second, batch, 3, 7);
    }

    /// "true for any other interfaceID this contract implements", "false for any other interfaceID".
    function test_fuzz_interfaces_are_exactly_those_implemented(bytes4 id) external view {
        bytes4[6] memory implemented = [
            type(IERC165).interfaceId,
            type(IERC1155).interfaceId,
            type(IERC1155MetadataURI).interfaceId,
            type(IERC7943MultiToken).interfaceId,
            type(IEnergyCertificates).interfaceId,
            type(IInstrument).interfaceId
        ];
        bool expected;
        for (uint256 i; i < 6; ++i) {
            vm.assertTrue(eac.supportsInterface(implemented[i]));
            if (id == implemented[i]) expected = true;
        }
        vm.assertFalse(eac.supportsInterface(0xffffffff));
        vm.assertTrue(eac.supportsInterface(id) == expected, "any other");
    }

    /// "Caller must be approved to manage the tokens being transferred out of the `_from` account"; "MUST revert if `_to` is the
    /// zero address"; "MUST revert if balance of holder for token `_id` is lower than the `_value` sent".
    function test_only_what_is_held_is_sent_by_who_may() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC1155Errors.ERC1155MissingApprovalForAll.selector, university.at, utility.at
            )
        );
        _send(university.at, university.at, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        _send(utility.at, address(0), 1);
        uint256 held = 10 * uint256(MWH);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC1155Errors.ERC1155InsufficientBalance.selector, utility.at, held, held + 1, uint256(batch)
            )
        );
        _send(utility.at, university.at, held + 1);
        vm.prank(utility.at);
        eac.setApprovalForAll(university.at, true);
        _send(university.at, university.at, held);
        vm.assertEq(eac.balanceOf(university.at, batch), held);
    }

    /// "Balance changes and events MUST follow the ordering of the arrays"; whole or not at all.
    function test_a_batch_of_batches_is_sent_whole_and_in_order() external {
        (uint256[] memory ids, uint256[] memory values) = _both();
        vm.expectEmit(address(eac));
        emit IERC1155.TransferBatch(utility.at, utility.at, university.at, ids, values);
        vm.prank(utility.at);
        eac.safeBatchTransferFrom(utility.at, university.at, ids, values, "");
        values[1] = 11 * uint256(MWH);
        vm.expectRevert();
        vm.prank(utility.at);
        eac.safeBatchTransferFrom(utility.at, university.at, ids, values, "");
        vm.assertEq(eac.balanceOf(university.at, second), 3);
        vm.assertEq(eac.balanceOf(university.at, batch), 7);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        vm.prank(utility.at);
        eac.safeBatchTransferFrom(utility.at, university.at, ids, new uint256[](1), "");
    }

    /// "When minting/creating tokens, the `_from` argument MUST be set to `0x0`"; "When burning/destroying tokens, the `_to`
    /// argument MUST be set to `0x0`": every balance is the sum of what these events say.
    function test_the_events_alone_give_every_balance() external {
        vm.recordLogs();
        uint64 third = issueCertificates(utility.at, 8);
        Cancellation memory details = forOwn(utility.at);
        cancelAs(utility, third, MWH, details);
        vm.prank(utility.at);
        eac.safeTransferFrom(utility.at, university.at, third, 2 * uint256(MWH), "");
        vm.prank(registrar.at);
        eac.withdraw(third, university.at, MWH, "a wrong meter");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(_sumOf(logs, utility.at, third), int256(5 * uint256(MWH)));
        vm.assertEq(_sumOf(logs, university.at, third), int256(uint256(MWH)));
        vm.assertEq(eac.balanceOf(utility.at, third), 5 * uint256(MWH));
        vm.assertEq(eac.balanceOf(university.at, third), MWH);
    }

    function _sumOf(Vm.Log[] memory logs, address who, uint256 id) private view returns (int256 sum) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(eac) || logs[i].topics[0] != SINGLE) continue;
            (uint256 token, uint256 value) = abi.decode(logs[i].data, (uint256, uint256));
            if (token != id) continue;
            if (logs[i].topics[2] == bytes32(uint256(uint160(who)))) sum -= int256(value);
            if (logs[i].topics[3] == bytes32(uint256(uint160(who)))) sum += int256(value);
        }
    }

    /// "The balances for the transfer MUST have been updated before the `ERC1155TokenReceiver` hook is called", whose data is
    /// "sent unaltered".
    function test_a_receiver_hears_what_came_after_it_came() external {
        WitnessReceiver receiver = new WitnessReceiver(IERC1155(address(eac)));
        vm.prank(utility.at);
        eac.safeTransferFrom(utility.at, address(receiver), batch, 9, hex"00ff10");
        bytes32 heard = keccak256(abi.encode(utility.at, utility.at, uint256(batch), 9, hex"00ff10"));
        vm.assertEq(receiver.heard(), heard);
        vm.assertEq(receiver.balanceWhenHeard(), 9);
    }

    /// "The transfer MUST be reverted" where the receiver has no hook, "returns an unknown value" or "throws an error".
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
            vm.assertEq(eac.balanceOf(receivers[i], batch), 0);
        }
    }

    /// "The URI MUST point to a JSON file that conforms to the ERC-1155 Metadata URI JSON Schema": it is in the URI itself.
    function test_uris_are_json_in_themselves() external view {
        bytes memory uri = bytes(eac.uri(batch));
        bytes memory head = new bytes(29);
        for (uint256 i; i < 29; ++i) head[i] = uri[i];
        vm.assertEq(keccak256(head), keccak256("data:application/json;base64,"));
    }

    /// ERC-7943: "Public transfers MUST NOT succeed in cases where `canTransfer` would return `false`"; here it is false of what is
    /// frozen, not held, suspended or past its last day, and true of nothing less.
    function test_fuzz_certificates_move_exactly_where_they_can(
        uint256 frozen,
        uint256 amount,
        bool suspended,
        bool expired
    ) external {
        uint256 held = 10 * uint256(MWH);
        (frozen, amount) = (frozen % (2 * held), amount % (2 * held));
        eac.setFrozenTokens(utility.at, batch, frozen);
        if (suspended) {
            vm.prank(registrar.at);
            eac.setStatus(batch, BatchStatus.Suspended, "inquiry");
        }
        if (expired) vm.warp((uint256(LAST_DAY) + VALID_DAYS + 1) * 1 days);
        bool expected = !suspended && !expired && amount + frozen <= held;
        if (amount == 0) expected = !suspended && !expired;
        vm.assertTrue(eac.canTransfer(utility.at, university.at, batch, amount) == expected, "canTransfer");
        vm.prank(utility.at);
        try eac.safeTransferFrom(utility.at, university.at, batch, amount, "") {
            vm.assertTrue(expected, "moved");
        } catch {
            vm.assertFalse(expected, "did not move");
        }
    }

    /// "MUST emit … Frozen before the underlying base token transfer event" where a forced transfer takes what is frozen.
    function test_a_forced_transfer_says_what_it_does_in_order() external {
        eac.setFrozenTokens(utility.at, batch, 8 * uint256(MWH));
        vm.expectEmit(address(eac));
        emit IERC7943MultiToken.Frozen(utility.at, batch, 4 * uint256(MWH));
        vm.expectEmit(address(eac));
        emit IERC7943MultiToken.ForcedTransfer(utility.at, university.at, batch, 6 * uint256(MWH));
        vm.expectEmit(address(eac));
        emit IERC1155.TransferSingle(address(this), utility.at, university.at, batch, 6 * uint256(MWH));
        eac.forcedTransfer(utility.at, university.at, batch, 6 * uint256(MWH));
        vm.assertEq(eac.getFrozenTokens(utility.at, batch), 4 * uint256(MWH));
    }
}
