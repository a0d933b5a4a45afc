// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, IStatementRegistry, Statement, StatementRecord} from "../../contracts/interfaces/IStatementRegistry.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {Party} from "./support/StatementMaker.sol";
import {vm} from "./support/Vm.sol";

/// @notice Law 8: only the live head of an entity's period is corrected, at no lower assurance, within a bound; opinions can
/// be taken back; the history stays.
contract SupersessionTest is LedgerTest {
    Statement internal first;

    function setUp() public override {
        super.setUp();
        first = statementOf(utility.at, new uint256[](0));
        registry.submit(first, evidenceOf(first, utility.key));
    }

    /// A statement that supersedes `head` with other lines.
    function _next(Statement memory head, uint16 inflation) private returns (Statement memory s) {
        s = supersedingOf(head, words1(1), words1(2), inflation);
        s.linesRoot = keccak256(abi.encode(head.linesRoot));
    }

    function _submit(Statement memory s) private returns (uint32) {
        return registry.submit(s, evidenceOf(s, utility.key));
    }

    function _refused(Statement memory s, bytes memory reason) private {
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(reason);
        registry.submit(s, e);
    }

    function test_head_of_the_period_is_superseded() external {
        (,, uint64 head) = registry.periodAt(first.entity, FIRST_DAY);
        vm.assertEq(head, 1);
        Statement memory second = _next(first, 300);
        Statement memory third = _next(second, 0);
        vm.assertEq(_submit(second), 2);
        vm.assertEq(_submit(third), 3);
        _standing(1, 1, 2);
        _standing(2, 1, 3);
        _standing(3, 1, 0);
        (,, head) = registry.periodAt(first.entity, FIRST_DAY);
        vm.assertEq(head, 3);
        StatementRecord memory r = registry.record(hashOf(second));
        vm.assertEq(r.root, 1);
        vm.assertEq(r.restatements, 1);
        vm.assertEq(r.inflation, 300);
        vm.assertEq(registry.record(hashOf(third)).inflation, 300);
        // History is readable: the first is what it was.
        vm.assertEq(registry.record(hashOf(first)).number, 1);
        vm.assertEq(registry.idAt(1), hashOf(first));
    }

    function _standing(uint32 number, uint32 root, uint32 supersededBy) private view {
        (uint32 actualRoot, uint32 by, bool withdrawn) = registry.standingOf(number);
        vm.assertEq(actualRoot, root);
        vm.assertEq(by, supersededBy);
        vm.assertFalse(withdrawn);
    }

    function test_unknown_statement_has_no_standing() external view {
        _standing(0, 0, 0);
        _standing(2, 0, 0);
        _standing(type(uint32).max, 0, 0);
    }

    function test_neighbouring_periods_are_other_chains() external {
        Statement memory later = abi.decode(abi.encode(first), (Statement));
        (later.periodStart, later.periodEnd) = (LAST_DAY + 1, LAST_DAY + 30);
        Evidence memory e = evidenceOf(later, utility.key);
        e.previousPeriod = FIRST_DAY;
        registry.submit(later, e);
        _submit(_next(first, 0));
        _submit(_next(later, 0));
        (,, uint64 head) = registry.periodAt(first.entity, FIRST_DAY);
        vm.assertEq(head, 3);
        (,, head) = registry.periodAt(first.entity, LAST_DAY + 1);
        vm.assertEq(head, 4);
        _standing(4, 2, 0);
    }

    // Who is not the head

    function test_second_statement_to_supersede_the_same_one_reverts() external {
        Statement memory one = _next(first, 0);
        Statement memory other = _next(first, 1);
        _submit(one);
        _refused(other, abi.encodeWithSelector(IStatementRegistry.NotHead.selector, hashOf(first), hashOf(one)));
    }

    function test_superseding_what_is_not_recorded_reverts() external {
        Statement memory s = _next(_next(first, 0), 0);
        _refused(s, abi.encodeWithSelector(IStatementRegistry.NotHead.selector, s.supersedes, hashOf(first)));
    }

    function test_superseding_another_entitys_statement_reverts() external {
        Statement memory s = _next(first, 0);
        s.entity = entityOf(utility.at);
        _refused(s, abi.encodeWithSelector(IStatementRegistry.NotHead.selector, s.supersedes, bytes32(0)));
    }

    function test_superseding_with_another_period_reverts() external {
        Statement memory s = _next(first, 0);
        s.periodEnd = LAST_DAY - 1;
        _refused(s, abi.encodeWithSelector(IStatementRegistry.NotHead.selector, s.supersedes, bytes32(0)));
        (s.periodStart, s.periodEnd) = (FIRST_DAY + 1, LAST_DAY);
        _refused(s, abi.encodeWithSelector(IStatementRegistry.NotHead.selector, s.supersedes, bytes32(0)));
    }

    function test_superseding_by_another_participant_reverts() external {
        Statement memory s = _next(first, 0);
        s.participant = university.at;
        bytes4 error = IStatementRegistry.EntityNotAssigned.selector;
        Evidence memory e = evidenceOf(s, university.key);
        vm.expectRevert(abi.encodeWithSelector(error, s.entity, university.at, utility.at));
        registry.submit(s, e);
    }

    function test_first_statement_that_restates_or_inflates_reverts() external {
        Statement memory s = _next(first, 0);
        s.entity = entityOf(utility.at);
        s.supersedes = 0;
        _refused(s, refusal(IStatementRegistry.SupersedesNothing.selector));
        delete s.restatedChunks;
        s.inflation = 1;
        _refused(s, refusal(IStatementRegistry.SupersedesNothing.selector));
        s.inflation = 0;
        _submit(s);
    }

    function test_superseding_statement_may_only_restate_or_only_mint_but_not_neither() external {
        Statement memory s = _next(first, 0);
        delete s.lotChunks;
        _submit(s);
        s = _next(s, 0);
        delete s.restatedChunks;
        _submit(s);
        s = _next(s, 0);
        delete s.restatedChunks;
        delete s.lotChunks;
        _refused(s, refusal(IStatementRegistry.StatementEmpty.selector));
    }

    // At no lower quality

    function test_other_gwp_set_reverts() external {
        Statement memory s = _next(first, 0);
        s.gwpSet = 6;
        _refused(s, abi.encodeWithSelector(IStatementRegistry.GwpSetDiffers.selector, 6, 5));
    }

    function test_lower_level_or_coverage_reverts() external {
        bytes4 error = IStatementRegistry.AssuranceLower.selector;
        _assured(first, 1, 10_000, abi.encodeWithSelector(error, 1, 10_000, 2, 9_500));
        _assured(first, 2, 9_499, abi.encodeWithSelector(error, 2, 9_499, 2, 9_500));
        _assured(first, 2, 9_500, "");
    }

    function test_higher_level_may_cover_less() external {
        Statement memory s = statementOf(utility.at, new uint256[](0));
        Evidence memory e = evidenceOf(s, utility.key);
        (e.level, e.coverage) = (1, 9_000);
        registry.submit(s, resigned(s, e, utility.key));
        _assured(s, 1, 8_999, abi.encodeWithSelector(IStatementRegistry.AssuranceLower.selector, 1, 8_999, 1, 9_000));
        _assured(s, 2, 5_000, "");
    }

    function _assured(Statement memory head, uint8 level, uint16 coverage, bytes memory reason) private {
        Statement memory s = _next(head, 0);
        Evidence memory e = evidenceOf(s, utility.key);
        (e.level, e.coverage) = (level, coverage);
        e = resigned(s, e, utility.key);
        if (reason.length != 0) vm.expectRevert(reason);
        registry.submit(s, e);
    }

    // The bound

    function test_inflation_above_a_quarter_reverts() external {
        bytes4 error = IStatementRegistry.InflationExceeds.selector;
        _refused(_next(first, 2_501), abi.encodeWithSelector(error, 2_501, 2_500));
        _refused(_next(first, type(uint16).max), abi.encodeWithSelector(error, type(uint16).max, 2_500));
        _submit(_next(first, 2_500));
    }

    /// 1.1 · 1.1 = 1.21, and 1.21 · 1.04 = 1.2584: steps compound.
    function test_inflation_compounds_along_the_chain() external {
        Statement memory s = first;
        for (uint256 i; i < 2; ++i) {
            s = _next(s, 1_000);
            _submit(s);
        }
        vm.assertEq(registry.record(hashOf(s)).inflation, 2_100);
        _refused(_next(s, 400), abi.encodeWithSelector(IStatementRegistry.InflationExceeds.selector, 2_584, 2_500));
        _submit(_next(s, 330));
    }

    /// Any steps the registry lets pass never let a lot rise by more than a quarter in all.
    function test_fuzz_no_chain_leaks_the_bound(uint16[12] memory steps) external {
        Statement memory s = first;
        uint256 gross = 1e18;
        for (uint256 i; i < steps.length; ++i) {
            Statement memory n = _next(s, steps[i] % 1_000);
            Evidence memory e = evidenceOf(n, utility.key);
            (bool ok,) = address(registry).call(abi.encodeCall(registry.submit, (n, e)));
            if (!ok) continue;
            s = n;
            gross += gross * n.inflation / 10_000;
        }
        vm.assertLe(gross, 1.25e18, "above the bound");
    }

    // Withdrawal

    function test_verifier_takes_its_opinion_back() external {
        vm.expectEmit(address(registry));
        emit IStatementRegistry.OpinionWithdrawn(hashOf(first), 1, "meters were not calibrated");
        _withdraw(verifier, first);
        (uint32 root,, bool withdrawn) = registry.standingOf(1);
        vm.assertTrue(withdrawn);
        vm.assertEq(root, 1);
        vm.assertEq(registry.record(hashOf(first)).standard, ISO_14064_3);
    }

    function _withdraw(Party memory p, Statement memory s) private {
        vm.prank(p.at);
        registry.withdraw(hashOf(s), "meters were not calibrated");
    }

    function test_withdrawal_by_others_reverts() external {
        bytes4 error = IStatementRegistry.NotVerifier.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at, verifier.at));
        _withdraw(utility, first);
        vm.expectRevert(abi.encodeWithSelector(error, address(this), verifier.at));
        registry.withdraw(hashOf(first), "");
    }

    function test_withdrawal_of_what_is_not_recorded_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementUnknown.selector, bytes32(uint256(7))));
        vm.prank(verifier.at);
        registry.withdraw(bytes32(uint256(7)), "");
    }

    function test_second_withdrawal_reverts() external {
        _withdraw(verifier, first);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementWithdrawn.selector, 1));
        _withdraw(verifier, first);
    }

    function test_verifier_whose_accreditation_ended_can_still_withdraw() external {
        registry.accredit(verifier.at, 1, 2, 15, "verifier");
        _withdraw(verifier, first);
    }

    function test_new_opinion_heals_but_not_at_lower_assurance() external {
        _withdraw(verifier, first);
        bytes4 error = IStatementRegistry.AssuranceLower.selector;
        _assured(first, 1, 10_000, abi.encodeWithSelector(error, 1, 10_000, 2, 9_500));
        _submit(_next(first, 0));
        (,, bool withdrawn) = registry.standingOf(2);
        vm.assertFalse(withdrawn);
    }

    // Admission

    function test_admission_refuses_what_does_not_stand() external {
        Statement memory second = _next(first, 0);
        Evidence memory none;
        (uint32 number, uint32 root) = registry.admit(second, evidenceOf(second, utility.key));
        vm.assertEq(number, 2);
        vm.assertEq(root, 1);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementSuperseded.selector, 1, 2));
        registry.admit(first, none);
        // Submitting is harmless: it only says the number.
        vm.assertEq(registry.submit(first, none), 1);
        _withdraw(verifier, second);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.StatementWithdrawn.selector, 2));
        registry.admit(second, none);
    }
}
