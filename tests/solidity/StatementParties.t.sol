// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, IStatementRegistry, Statement} from "../../contracts/interfaces/IStatementRegistry.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {Party} from "./support/StatementMaker.sol";
import {vm} from "./support/Vm.sol";
import {KeyWallet} from "./support/Wallets.sol";

/// @notice Law 9: three different parties sign a statement, each entitled to at that time, or it is not recorded.
contract StatementPartiesTest is LedgerTest {
    Statement internal s;
    Evidence internal e;

    function setUp() public override {
        super.setUp();
        s = statementOf(utility.at, new uint256[](0));
        e = evidenceOf(s, utility.key);
    }

    function _refused(bytes memory reason) private {
        vm.expectRevert(reason);
        registry.submit(s, e);
    }

    // The participant

    function test_participant_that_is_not_enrolled_reverts() external {
        registry.suspend(utility.at);
        vm.assertFalse(registry.isEnrolled(utility.at));
        _refused(abi.encodeWithSelector(IStatementRegistry.ParticipantNotEnrolled.selector, utility.at));
    }

    function test_another_participants_entity_reverts() external {
        s.participant = university.at;
        e = resigned(s, e, university.key);
        _refused(
            abi.encodeWithSelector(
                IStatementRegistry.EntityNotAssigned.selector, s.entity, university.at, utility.at
            )
        );
    }

    function test_assertion_by_another_key_reverts() external {
        e.assertion = signed(university.key, digestOf(hashOf(s)));
        _refused(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, utility.at));
    }

    function test_any_changed_figure_breaks_the_assertion() external {
        s.reported[2] += 1;
        _refused(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, utility.at));
    }

    function test_assertion_for_another_registry_reverts() external {
        e.assertion = signed(utility.key, typedData("StatementRegistry", address(this), hashOf(s)));
        _refused(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, utility.at));
    }

    function test_wallets_of_participant_and_verifier_sign_by_erc_1271() external {
        address participantWallet = address(new KeyWallet(utility.at));
        address verifierWallet = address(new KeyWallet(verifier.at));
        registry.enrol(participantWallet, "wallet");
        registry.accredit(verifierWallet, 0, type(uint40).max, 15, "wallet");
        (s.participant, s.verifier) = (participantWallet, verifierWallet);
        s.entity = entityOf(participantWallet);
        e = resigned(s, e, utility.key);
        vm.assertEq(registry.submit(s, e), 1);
    }

    function test_wallet_refuses_the_wrong_key() external {
        s.participant = address(new KeyWallet(university.at));
        registry.enrol(s.participant, "wallet");
        s.entity = entityOf(s.participant);
        e = resigned(s, e, utility.key);
        _refused(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, s.participant));
    }

    // The verifier

    function test_verifier_is_not_the_participant() external {
        registry.accredit(utility.at, 0, type(uint40).max, 15, "self");
        s.verifier = utility.at;
        e = resigned(s, e, utility.key);
        _refused(abi.encodeWithSelector(IStatementRegistry.PartiesNotDistinct.selector, utility.at));
    }

    function test_verifier_without_accreditation_reverts() external {
        s.verifier = university.at;
        e = resigned(s, e, utility.key);
        _refused(
            abi.encodeWithSelector(IStatementRegistry.VerifierNotAccredited.selector, university.at, NOW, 0, 0)
        );
    }

    function test_accreditation_holds_from_its_first_second_until_before_its_last() external {
        (uint40 from, uint40 until) = (uint40(NOW + 100), uint40(NOW + 200));
        registry.accredit(verifier.at, from, until, 15, "verifier");
        bytes4 error = IStatementRegistry.VerifierNotAccredited.selector;
        vm.warp(from - 1);
        _refused(abi.encodeWithSelector(error, verifier.at, from - 1, from, until));
        vm.warp(until);
        _refused(abi.encodeWithSelector(error, verifier.at, until, from, until));
        vm.warp(from);
        uint256 before = vm.snapshotState();
        registry.submit(s, e);
        vm.revertToState(before);
        vm.warp(until - 1);
        registry.submit(s, e);
        (uint40 keptFrom, uint40 keptUntil,) = registry.accreditation(verifier.at);
        vm.assertEq(keptFrom, from);
        vm.assertEq(keptUntil, until);
    }

    function test_verifier_of_other_scopes_reverts() external {
        s.reported = [uint64(0), 7, 0, 0, 9];
        bytes4 error = IStatementRegistry.VerifierOutOfScope.selector;
        uint8[4] memory lacking = [0xB, 0xA, 0xE, 0x8];
        for (uint256 i; i < 4; ++i) {
            registry.accredit(verifier.at, 1, type(uint40).max, lacking[i], "verifier");
            e = resigned(s, e, utility.key);
            _refused(abi.encodeWithSelector(error, verifier.at, 5, lacking[i]));
        }
        registry.accredit(verifier.at, 1, type(uint40).max, 5, "verifier");
        registry.submit(s, e);
        (,, uint8 kept) = registry.accreditation(verifier.at);
        vm.assertEq(kept, 5);
    }

    function test_every_reported_figure_needs_its_scope() external {
        uint8[5] memory needed = [2, 4, 4, 8, 1];
        for (uint256 i; i < 5; ++i) {
            delete s.reported;
            s.reported[i] = 1;
            e = resigned(s, e, utility.key);
            registry.accredit(verifier.at, 1, type(uint40).max, 15 - needed[i], "verifier");
            bytes4 error = IStatementRegistry.VerifierOutOfScope.selector;
            _refused(abi.encodeWithSelector(error, verifier.at, needed[i], 15 - needed[i]));
        }
    }

    function test_accreditation_for_no_scope_or_an_unknown_one_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.ScopesUnknown.selector, 0));
        registry.accredit(verifier.at, 1, 2, 0, "verifier");
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.ScopesUnknown.selector, 16));
        registry.accredit(verifier.at, 1, 2, 16, "verifier");
    }

    function test_past_statements_outlive_the_accreditation() external {
        uint32 number = registry.submit(s, e);
        registry.accredit(verifier.at, 1, 2, 15, "verifier");
        vm.assertEq(registry.submit(s, e), number);
    }

    function test_opinion_by_another_key_reverts() external {
        e.opinion = signed(utility.key, digestOf(opinionHashOf(s, e)));
        _refused(abi.encodeWithSelector(IStatementRegistry.OpinionInvalid.selector, verifier.at));
    }

    function test_opinion_binds_standard_level_and_coverage() external {
        bytes memory reason = abi.encodeWithSelector(IStatementRegistry.OpinionInvalid.selector, verifier.at);
        e.coverage = 10_000;
        _refused(reason);
        (e.coverage, e.level) = (9_500, 1);
        _refused(reason);
        (e.level, e.standard) = (2, "ISAE 3410");
        _refused(reason);
    }

    // The oracles

    function test_attestation_by_a_stranger_reverts() external {
        e.attestations[0] = signed(university.key, digestOf(attestationHashOf(s)));
        _refused(abi.encodeWithSelector(IStatementRegistry.AttestationInvalid.selector, 0));
    }

    function test_attestation_that_recovers_to_nobody_reverts() external {
        registry.setOracle(address(0), true);
        e.attestations[0] = new bytes(65);
        _refused(abi.encodeWithSelector(IStatementRegistry.AttestationInvalid.selector, 0));
    }

    function test_attestation_by_a_dismissed_oracle_reverts() external {
        registry.setOracle(oracle.at, false);
        vm.assertFalse(registry.isOracle(oracle.at));
        _refused(abi.encodeWithSelector(IStatementRegistry.AttestationInvalid.selector, 0));
    }

    function test_too_few_attestations_revert() external {
        e.attestations = new bytes[](0);
        _refused(abi.encodeWithSelector(IStatementRegistry.AttestationsTooFew.selector, 0, 1));
        registry.setAttestationsRequired(3);
        (e.attestations,) = _attestations(2);
        _refused(abi.encodeWithSelector(IStatementRegistry.AttestationsTooFew.selector, 2, 3));
    }

    function test_three_of_three_oracles_in_order_pass() external {
        registry.setAttestationsRequired(3);
        vm.assertEq(registry.attestationsRequired(), 3);
        (e.attestations,) = _attestations(3);
        vm.assertEq(registry.submit(s, e), 1);
    }

    function test_an_oracle_counts_once() external {
        registry.setAttestationsRequired(2);
        (bytes[] memory given, Party[] memory oracles) = _attestations(2);
        given[1] = given[0];
        e.attestations = given;
        _refused(
            abi.encodeWithSelector(
                IStatementRegistry.AttestationsOutOfOrder.selector, oracles[0].at, oracles[0].at
            )
        );
    }

    function test_attestations_out_of_order_revert() external {
        registry.setAttestationsRequired(2);
        (bytes[] memory given, Party[] memory oracles) = _attestations(2);
        (given[0], given[1]) = (given[1], given[0]);
        e.attestations = given;
        _refused(
            abi.encodeWithSelector(
                IStatementRegistry.AttestationsOutOfOrder.selector, oracles[0].at, oracles[1].at
            )
        );
    }

    function test_oracle_is_neither_participant_nor_verifier() external {
        registry.setOracle(utility.at, true);
        e.attestations[0] = signed(utility.key, digestOf(attestationHashOf(s)));
        _refused(abi.encodeWithSelector(IStatementRegistry.PartiesNotDistinct.selector, utility.at));
        registry.setOracle(verifier.at, true);
        e.attestations[0] = signed(verifier.key, digestOf(attestationHashOf(s)));
        _refused(abi.encodeWithSelector(IStatementRegistry.PartiesNotDistinct.selector, verifier.at));
    }

    /// Attestations of `count` oracles, sorted by address.
    function _attestations(uint256 count) private returns (bytes[] memory given, Party[] memory oracles) {
        oracles = new Party[](count);
        given = new bytes[](count);
        for (uint256 i; i < count; ++i) {
            Party memory next = party(string.concat("oracle ", vm.toString(i)));
            registry.setOracle(next.at, true);
            uint256 at = i;
            for (; at != 0 && oracles[at - 1].at > next.at; --at) oracles[at] = oracles[at - 1];
            oracles[at] = next;
        }
        for (uint256 i; i < count; ++i) given[i] = signed(oracles[i].key, digestOf(attestationHashOf(s)));
    }

    // Operators

    function test_suspending_a_stranger_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.ParticipantNotEnrolled.selector, address(7)));
        registry.suspend(address(7));
    }

    function test_entity_is_assigned_once() external {
        registry.assignEntity("plant", utility.at);
        vm.assertEq(registry.participantOfEntity(keccak256("plant")), utility.at);
        bytes4 error = IStatementRegistry.EntityAlreadyAssigned.selector;
        vm.expectRevert(abi.encodeWithSelector(error, keccak256("plant"), utility.at));
        registry.assignEntity("plant", university.at);
    }

    function test_entity_without_an_id_reverts() external {
        vm.expectRevert(IStatementRegistry.EntityIdEmpty.selector);
        registry.assignEntity("", utility.at);
    }

    function test_entity_of_a_stranger_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.ParticipantNotEnrolled.selector, address(7)));
        registry.assignEntity("plant", address(7));
    }

    function test_reversed_accreditation_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.AccreditationReversed.selector, 5, 5));
        registry.accredit(verifier.at, 5, 5, 15, "verifier");
    }

    function test_no_attestations_required_reverts() external {
        vm.expectRevert(IStatementRegistry.AttestationsRequiredZero.selector);
        registry.setAttestationsRequired(0);
    }

    function test_strangers_operate_nothing() external {
        bytes[6] memory calls = [
            abi.encodeCall(IStatementRegistry.enrol, (address(7), "x")),
            abi.encodeCall(IStatementRegistry.suspend, (utility.at)),
            abi.encodeCall(IStatementRegistry.assignEntity, ("x", utility.at)),
            abi.encodeCall(IStatementRegistry.accredit, (address(7), 1, 2, 15, "x")),
            abi.encodeCall(IStatementRegistry.setOracle, (address(7), true)),
            abi.encodeCall(IStatementRegistry.setAttestationsRequired, (2))
        ];
        bytes memory reason =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, utility.at);
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(utility.at);
            (bool ok, bytes memory answer) = address(registry).call(calls[i]);
            vm.assertFalse(ok);
            vm.assertEq(keccak256(answer), keccak256(reason));
        }
    }
}
