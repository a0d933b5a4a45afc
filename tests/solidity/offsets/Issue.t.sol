// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {
    BatchStatus,
    BatchView,
    CreditBatch,
    ICarbonOffsetToken
} from "../../../contracts/interfaces/ICarbonOffsetToken.sol";
import {DisjointRanges} from "../../../contracts/libraries/DisjointRanges.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";
import {Receiver} from "../support/Wallets.sol";

/// @notice Laws 3 and 10: a programme's operator issues each serial once, within the programme's cap.
contract IssueTest is LedgerTest {
    function _refused(CreditBatch memory c, uint64 previous, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(issuer.at);
        cot.issue(c, "attributes", previous, utility.at);
    }

    function _issue(CreditBatch memory c, uint64 previous) private returns (uint64) {
        vm.prank(issuer.at);
        return cot.issue(c, "attributes", previous, utility.at);
    }

    function test_issued_batch_is_held_by_its_first_holder() external {
        CreditBatch memory c = creditsOf(101, 50);
        uint64 id = cot.batchIdOf(c);
        vm.assertEq(id, uint64(uint256(keccak256(abi.encode(CAR, SERIES, uint64(101), uint64(150))))));
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.BatchIssued(id, utility.at, 50 * T, c, "attributes");
        vm.expectEmit(address(cot));
        emit IERC1155.TransferSingle(issuer.at, address(0), utility.at, id, 50 * T);
        vm.assertEq(_issue(c, 0), id);
        BatchView memory v = cot.batchOf(id);
        vm.assertEq(v.issued, 50 * T);
        vm.assertEq(v.held, 50 * T);
        vm.assertEq(v.retired + v.applied + v.voided, 0);
        vm.assertEq(uint256(v.status), uint256(BatchStatus.Active));
        vm.assertEq(keccak256(abi.encode(v.batch)), keccak256(abi.encode(c)));
        vm.assertEq(cot.balanceOf(utility.at, id), 50 * T);
        (uint64 last, uint64 next,) = cot.serialsAt(CAR, SERIES, 101);
        vm.assertEq(uint256(last) << 64 | next, uint256(150) << 64);
        (,, uint64 issued) = cot.programOf(CAR);
        vm.assertEq(issued, 50 * T);
    }

    function test_unknown_programme_reverts() external {
        CreditBatch memory c = creditsOf(1, 1);
        c.program = "Unheard of";
        _refused(c, 0, abi.encodeWithSelector(ICarbonOffsetToken.ProgramUnknown.selector, c.program));
    }

    function test_only_the_programmes_operator_issues() external {
        CreditBatch memory c = creditsOf(1, 1);
        bytes4 error = ICarbonOffsetToken.NotProgramOperator.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, issuer.at));
        vm.prank(utility.at);
        cot.issue(c, "attributes", 0, utility.at);
    }

    function test_batch_to_nobody_reverts() external {
        CreditBatch memory c = creditsOf(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        vm.prank(issuer.at);
        cot.issue(c, "attributes", 0, address(0));
    }

    function test_serials_are_capital_letters_digits_and_hyphens() external {
        string[6] memory wrong = ["", "car-1", "CAR 1", "CAR<1>", 'CAR"1', unicode"CÄR"];
        bytes4 error = ICarbonOffsetToken.SerialTextInvalid.selector;
        for (uint256 i; i < 6; ++i) {
            CreditBatch memory c = creditsOf(1, 1);
            c.serialPrefix = wrong[i];
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
            c = creditsOf(1, 1);
            c.project = wrong[i];
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
        }
    }

    /// forge-config: ci.fuzz.runs = 1000
    function test_fuzz_every_other_character_is_refused(bytes1 c) external {
        bool plain = (c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c == "-";
        CreditBatch memory batch = creditsOf(1, 1);
        batch.project = string(abi.encodePacked("A", c, "Z"));
        if (plain) _issue(batch, 0);
        else _refused(batch, 0, abi.encodeWithSelector(ICarbonOffsetToken.SerialTextInvalid.selector, batch.project));
    }

    function test_96_characters_fit_and_97_do_not() external {
        bytes memory long = new bytes(97);
        for (uint256 i; i < 97; ++i) long[i] = "Z";
        CreditBatch memory c = creditsOf(1, 1);
        c.serialPrefix = string(long);
        _refused(c, 0, abi.encodeWithSelector(ICarbonOffsetToken.SerialTextInvalid.selector, c.serialPrefix));
        assembly ("memory-safe") {
            mstore(long, 96)
        }
        c.serialPrefix = string(long);
        _issue(c, 0);
    }

    function test_vintage_before_1990_reverts() external {
        CreditBatch memory c = creditsOf(1, 1);
        c.vintage = 1989;
        _refused(c, 0, abi.encodeWithSelector(ICarbonOffsetToken.VintageInvalid.selector, 1989));
    }

    function test_serials_overlap_nothing_and_name_their_neighbour() external {
        _issue(creditsOf(101, 50), 0);
        bytes4 error = DisjointRanges.RangeOverlaps.selector;
        _refused(creditsOf(150, 2), 101, abi.encodeWithSelector(error, 150, 151, 101, 150));
        _refused(creditsOf(99, 3), 0, abi.encodeWithSelector(error, 99, 101, 101, 150));
        _refused(creditsOf(101, 50), 0, abi.encodeWithSelector(error, 101, 150, 101, 150));
        _refused(creditsOf(151, 1), 102, abi.encodeWithSelector(DisjointRanges.PreviousRangeUnknown.selector, 102));
        _issue(creditsOf(151, 1), 101);
        _issue(creditsOf(100, 1), 0);
    }

    function test_series_have_serials_of_their_own() external {
        _issue(creditsOf(1, 10), 0);
        CreditBatch memory c = creditsOf(1, 10);
        c.serialPrefix = "CAR-1-US-640";
        _issue(c, 0);
    }

    function test_reversed_serials_and_serial_zero_revert() external {
        CreditBatch memory c = creditsOf(5, 1);
        c.lastSerial = 4;
        bytes4 error = DisjointRanges.RangeReversed.selector;
        _refused(c, 0, abi.encodeWithSelector(error, 5, 4));
        (c.firstSerial, c.lastSerial) = (0, 4);
        _refused(c, 0, abi.encodeWithSelector(error, 0, 4));
    }

    function test_batch_above_its_field_reverts() external {
        uint64 most = type(uint56).max / T;
        uint256 amount = (uint256(most) + 1) * T;
        bytes4 error = ICarbonOffsetToken.BatchTooLarge.selector;
        _refused(creditsOf(1, most + 1), 0, abi.encodeWithSelector(error, amount, type(uint56).max));
        _issue(creditsOf(1, most), 0);
    }

    function test_programmes_cap_is_kept() external {
        cot.setProgram(CAR, issuer.at, 100 * T, "Climate Action Reserve");
        _issue(creditsOf(1, 60), 0);
        bytes4 error = ICarbonOffsetToken.ProgramCapExceeded.selector;
        _refused(creditsOf(61, 41), 1, abi.encodeWithSelector(error, 101 * T, 100 * T));
        _issue(creditsOf(61, 40), 1);
    }

    function test_programme_needs_an_operator_and_a_cap_above_what_it_issued() external {
        _issue(creditsOf(1, 60), 0);
        bytes4 error = ICarbonOffsetToken.ProgramInvalid.selector;
        vm.expectRevert(abi.encodeWithSelector(error, issuer.at, 60 * T - 1));
        cot.setProgram(CAR, issuer.at, 60 * T - 1, "");
        vm.expectRevert(abi.encodeWithSelector(error, address(0), 60 * T));
        cot.setProgram(CAR, address(0), 60 * T, "");
        vm.expectEmit(address(cot));
        emit ICarbonOffsetToken.ProgramSet(CAR, utility.at, 60 * T, "CAR");
        cot.setProgram(CAR, utility.at, 60 * T, "CAR");
        bytes memory reason =
            abi.encodeWithSelector(ICarbonOffsetToken.NotProgramOperator.selector, issuer.at, utility.at);
        _refused(creditsOf(61, 1), 1, reason);
    }

    function test_strangers_set_no_programme() external {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, issuer.at));
        vm.prank(issuer.at);
        cot.setProgram(CAR, issuer.at, 1, "");
    }

    /// Ids are 64 bits of a hash; a second batch on one is refused. Made here by issuing the serials again after the
    /// ranges were wiped from storage, since no collision can be found.
    function test_batch_id_is_used_once() external {
        CreditBatch memory c = creditsOf(1, 1);
        uint64 id = _issue(c, 0);
        _forgetSerials(c);
        _refused(c, 0, abi.encodeWithSelector(ICarbonOffsetToken.BatchExists.selector, id));
    }

    /// Clears the head of the series' list, wherever the compiler put the mapping.
    function _forgetSerials(CreditBatch memory c) private {
        bytes32 series = keccak256(abi.encode(c.program, c.serialPrefix));
        for (uint256 slot; slot < 32; ++slot) {
            bytes32 head = keccak256(abi.encode(uint256(0), keccak256(abi.encode(series, slot))));
            if (vm.load(address(cot), head) == 0) continue;
            vm.store(address(cot), head, 0);
            return;
        }
        revert("the series is not where it was expected");
    }

    // Receivers

    function test_receiver_that_accepts_gets_its_batch() external {
        address to = address(new Receiver(Receiver.Manner.Accepts));
        vm.prank(issuer.at);
        uint64 id = cot.issue(creditsOf(1, 2), "attributes", 0, to);
        vm.assertEq(cot.balanceOf(to, id), 2 * T);
    }

    function test_receivers_that_refuse_get_none() external {
        Receiver.Manner[2] memory manners = [Receiver.Manner.WrongAnswer, Receiver.Manner.RevertsSilently];
        for (uint256 i; i < 2; ++i) {
            address to = address(new Receiver(manners[i]));
            vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, to));
            vm.prank(issuer.at);
            cot.issue(creditsOf(1, 2), "attributes", 0, to);
        }
        address loud = address(new Receiver(Receiver.Manner.Reverts));
        vm.expectRevert("not for me");
        vm.prank(issuer.at);
        cot.issue(creditsOf(1, 2), "attributes", 0, loud);
    }
}
