// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {BatchStatus} from "../../../contracts/interfaces/BatchStatus.sol";
import {
    Carrier,
    CertificateBatch,
    CertificateBatchView,
    IEnergyCertificates
} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {DisjointRanges} from "../../../contracts/libraries/DisjointRanges.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 10: a tracking system's operator issues each serial once, of energy already produced, within the system's cap.
contract CertificateIssueTest is CertificateTest {
    function _refused(CertificateBatch memory c, uint64 previous, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(registrar.at);
        eac.issue(c, previous, utility.at);
    }

    function _issue(CertificateBatch memory c, uint64 previous) private returns (uint64) {
        vm.prank(registrar.at);
        return eac.issue(c, previous, utility.at);
    }

    function test_issued_batch_is_held_by_its_first_holder_and_says_what_it_is() external {
        CertificateBatch memory c = batchOf(101, 50);
        c.rates = [uint64(1), 2, 3, 4, 5];
        (c.originRegistry, c.immobilisation) = ("I-REC", keccak256("locked"));
        uint64 id = eac.batchIdOf(c);
        vm.assertEq(id, uint64(uint256(keccak256(abi.encode(GO, GO_SERIES, uint64(101), uint64(150))))));
        vm.expectEmit(address(eac));
        emit IEnergyCertificates.BatchIssued(id, utility.at, 50 * MWH, LAST_DAY + VALID_DAYS, c);
        vm.expectEmit(address(eac));
        emit IERC1155.TransferSingle(registrar.at, address(0), utility.at, id, 50 * MWH);
        vm.assertEq(_issue(c, 0), id);
        CertificateBatchView memory v = eac.batchOf(id);
        vm.assertTrue(v.issued == 50 * MWH && v.held == 50 * MWH && v.cancelled == 0 && v.withdrawn == 0);
        vm.assertEq(v.expires, LAST_DAY + VALID_DAYS);
        vm.assertTrue(v.status == BatchStatus.Active);
        vm.assertEq(keccak256(abi.encode(v.batch)), keccak256(abi.encode(c)));
        vm.assertEq(eac.balanceOf(utility.at, id), 50 * MWH);
        (uint64 last, uint64 next, uint64 batch) = eac.serialsAt(GO, GO_SERIES, 101);
        vm.assertTrue(last == 150 && next == 0 && batch == id);
        (,, uint64 issued,,) = eac.systemOf(GO);
        vm.assertEq(issued, 50 * MWH);
    }

    function test_only_the_systems_operator_issues() external {
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.NotSystemOperator.selector, utility.at, registrar.at));
        vm.prank(utility.at);
        eac.issue(batchOf(1, 1), 0, utility.at);
        CertificateBatch memory c = batchOf(1, 1);
        c.system = "Unheard of";
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.SystemUnknown.selector, c.system));
    }

    function test_batch_to_nobody_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        vm.prank(registrar.at);
        eac.issue(batchOf(1, 1), 0, address(0));
    }

    function test_serials_never_overlap_whoever_issues_them() external {
        _issue(batchOf(101, 50), 0);
        bytes4 overlap = DisjointRanges.RangeOverlaps.selector;
        _refused(batchOf(150, 10), 101, abi.encodeWithSelector(overlap, 150, 159, 101, 150));
        _refused(batchOf(90, 12), 0, abi.encodeWithSelector(overlap, 90, 101, 101, 150));
        _refused(batchOf(101, 50), 0, abi.encodeWithSelector(overlap, 101, 150, 101, 150));
        eac.setSystem(GO, university.at, type(uint64).max, MWH, VALID_DAYS, "another operator");
        vm.expectRevert(abi.encodeWithSelector(overlap, 120, 129, 101, 150));
        vm.prank(university.at);
        eac.issue(batchOf(120, 10), 101, utility.at);
        _issueAs(university.at, batchOf(151, 10), 101);
    }

    function _issueAs(address who, CertificateBatch memory c, uint64 previous) private {
        vm.prank(who);
        eac.issue(c, previous, utility.at);
    }

    function test_texts_are_what_metadata_can_show() external {
        bytes4 error = IEnergyCertificates.CertificateTextInvalid.selector;
        bytes32[5] memory wrong = [bytes32(0), "<b>", 'a"b', bytes32(uint256(1)), "a\x00b"];
        for (uint256 i; i < 5; ++i) {
            CertificateBatch memory c = batchOf(1, 1);
            c.market = wrong[i];
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
            c = batchOf(1, 1);
            c.technology = wrong[i];
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
            if (wrong[i] == 0) continue;
            c = batchOf(1, 1);
            c.label = wrong[i];
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
            c = batchOf(1, 1);
            (c.originRegistry, c.immobilisation) = (wrong[i], "proof");
            _refused(c, 0, abi.encodeWithSelector(error, wrong[i]));
        }
        CertificateBatch memory d = batchOf(1, 1);
        d.country = "gB";
        _refused(d, 0, abi.encodeWithSelector(error, bytes32(bytes2("gB"))));
        d = batchOf(1, 1);
        d.serialPrefix = "gb-1";
        _refused(d, 0, abi.encodeWithSelector(IEnergyCertificates.SerialTextInvalid.selector, "gb-1"));
    }

    function test_energy_is_of_a_carrier_and_was_produced() external {
        CertificateBatch memory c = batchOf(1, 1);
        c.carrier = Carrier.Unknown;
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.CarrierUnknown.selector));
        c = batchOf(1, 1);
        c.productionStart = LAST_DAY + 1;
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.ProductionInvalid.selector, LAST_DAY + 1, LAST_DAY));
        c = batchOf(1, 1);
        c.productionStart = 0;
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.ProductionInvalid.selector, 0, LAST_DAY));
        c = batchOf(1, 1);
        uint16 today = uint16(block.timestamp / 1 days);
        c.productionEnd = today;
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.ProductionNotOver.selector, today, today));
        c.productionEnd = today - 1;
        _issue(c, 0);
    }

    function test_bridged_certificates_name_their_registry_and_the_proof() external {
        bytes4 error = IEnergyCertificates.BridgeIncomplete.selector;
        CertificateBatch memory c = batchOf(1, 1);
        c.originRegistry = "I-REC";
        _refused(c, 0, abi.encodeWithSelector(error, c.originRegistry, 0));
        (c.originRegistry, c.immobilisation) = (0, "proof");
        _refused(c, 0, abi.encodeWithSelector(error, 0, c.immobilisation));
    }

    function test_cap_holds_over_all_batches() external {
        eac.setSystem(GO, registrar.at, 10 * MWH, MWH, VALID_DAYS, "small");
        _issue(batchOf(1, 8), 0);
        _refused(batchOf(9, 3), 1, abi.encodeWithSelector(IEnergyCertificates.SystemCapExceeded.selector, 11 * MWH, 10 * MWH));
        _issue(batchOf(9, 2), 1);
    }

    function test_batch_above_what_a_word_holds_reverts() external {
        uint64 number = uint64((uint256(1) << 56) / MWH) + 1;
        bytes4 error = IEnergyCertificates.BatchAboveLimit.selector;
        _refused(batchOf(1, number), 0, abi.encodeWithSelector(error, uint256(number) * MWH, type(uint56).max));
    }

    // Systems

    function test_systems_are_set_by_operators_with_sense() external {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, utility.at));
        vm.prank(utility.at);
        eac.setSystem(GO, utility.at, 1, 1, 0, "mine");
        bytes4 error = IEnergyCertificates.SystemInvalid.selector;
        vm.expectRevert(abi.encodeWithSelector(error, address(0), 1, MWH));
        eac.setSystem(GO, address(0), 1, MWH, 0, "");
        vm.expectRevert(abi.encodeWithSelector(error, registrar.at, 1, 0));
        eac.setSystem(GO, registrar.at, 1, 0, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IEnergyCertificates.CertificateTextInvalid.selector, bytes32("<")));
        eac.setSystem("<", registrar.at, 1, MWH, 0, "");
        _issue(batchOf(1, 10), 0);
        vm.expectRevert(abi.encodeWithSelector(error, registrar.at, 10 * MWH - 1, MWH));
        eac.setSystem(GO, registrar.at, 10 * MWH - 1, MWH, 0, "below what is issued");
        // What a serial stands for does not change once some are issued.
        vm.expectRevert(abi.encodeWithSelector(error, registrar.at, 10 * MWH, 1_000));
        eac.setSystem(GO, registrar.at, 10 * MWH, 1_000, 0, "smaller certificates");
    }

    function test_a_batch_keeps_the_rule_under_which_it_was_issued() external {
        uint64 first = _issue(batchOf(1, 1), 0);
        vm.expectEmit(address(eac));
        emit IEnergyCertificates.SystemSet(GO, registrar.at, type(uint64).max, MWH, 0, "for ever");
        eac.setSystem(GO, registrar.at, type(uint64).max, MWH, 0, "for ever");
        vm.assertEq(eac.batchOf(first).expires, LAST_DAY + VALID_DAYS);
        vm.assertEq(eac.batchOf(_issue(batchOf(2, 1), 1)).expires, 0);
    }

    // Replacement

    function test_in_place_of_withdrawn_certificates_as_many_are_issued_and_no_more() external {
        uint64 wrong = _issue(batchOf(1, 10), 0);
        CertificateBatch memory c = batchOf(11, 6);
        c.replaces = wrong;
        bytes4 error = IEnergyCertificates.ReplacementAboveWithdrawn.selector;
        _refused(c, 1, abi.encodeWithSelector(error, 6 * MWH, 0));
        vm.prank(registrar.at);
        eac.withdraw(wrong, utility.at, 8 * MWH, "wrong device");
        _issue(c, 1);
        vm.assertEq(eac.replacedOf(wrong), 6 * MWH);
        c = batchOf(17, 3);
        c.replaces = wrong;
        _refused(c, 11, abi.encodeWithSelector(error, 3 * MWH, 2 * MWH));
        eac.setSystem("I-REC", registrar.at, type(uint64).max, MWH, 0, "another");
        c.system = "I-REC";
        _refused(c, 0, abi.encodeWithSelector(IEnergyCertificates.ReplacesAnotherSystem.selector, wrong, GO));
    }
}
