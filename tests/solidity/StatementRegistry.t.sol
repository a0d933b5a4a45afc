// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Evidence, IStatementRegistry, Statement, StatementRecord} from "../../contracts/interfaces/IStatementRegistry.sol";
import {DisjointRanges} from "../../contracts/libraries/DisjointRanges.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Laws 9 and 10: a statement is recorded when its content is possible and its entity's days are free, once.
contract StatementRegistryTest is LedgerTest {
    Statement internal s;
    Evidence internal e;

    function setUp() public override {
        super.setUp();
        s = statementOf(utility.at, new uint256[](0));
        e = evidenceOf(s, utility.key);
    }

    // Recording

    function test_recorded_statement_is_kept_as_it_was_signed() external {
        bytes32 id = hashOf(s);
        vm.assertEq(registry.idOf(s), id);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.StatementRecorded(id, 1, utility.at, s, ISO_14064_3, 2, 9_500);
        vm.assertEq(registry.submit(s, e), 1);
        vm.assertEq(registry.idAt(1), id);
        StatementRecord memory r = registry.record(id);
        vm.assertEq(r.number, 1);
        vm.assertEq(r.verifier, verifier.at);
        vm.assertEq(r.standard, ISO_14064_3);
        vm.assertEq(uint256(r.level) << 16 | r.coverage, 2 << 16 | 9_500);
        vm.assertEq(uint256(r.periodStart) << 16 | r.periodEnd, uint256(FIRST_DAY) << 16 | LAST_DAY);
        vm.assertEq(r.gwpSet, 5);
        (uint64 last, uint64 next,) = registry.periodAt(s.entity, FIRST_DAY);
        vm.assertEq(last, LAST_DAY);
        vm.assertEq(next, 0);
    }

    function test_submitting_again_returns_the_number_and_records_nothing() external {
        uint32 number = registry.submit(s, e);
        Evidence memory none;
        vm.recordLogs();
        vm.prank(address(0xBEEF));
        vm.assertEq(registry.submit(s, none), number);
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_statements_are_numbered_from_one() external {
        vm.assertEq(registry.submit(s, e), 1);
        Statement memory other = statementOf(utility.at, new uint256[](0));
        vm.assertEq(registry.submit(other, evidenceOf(other, utility.key)), 2);
        vm.assertEq(registry.idAt(3), bytes32(0));
    }

    function test_domain_is_the_one_of_the_specification() external view {
        bytes32 domain = registry.domainSeparator();
        vm.assertEq(keccak256(abi.encodePacked(hex"1901", domain, hashOf(s))), digestOf(hashOf(s)));
    }

    // Content

    function _refused(bytes memory reason) private {
        e = resigned(s, e, utility.key);
        vm.expectRevert(reason);
        registry.submit(s, e);
    }

    function test_period_that_begins_on_day_zero_reverts() external {
        (s.periodStart, s.periodEnd) = (0, 10);
        _refused(abi.encodeWithSelector(IStatementRegistry.PeriodInvalid.selector, 0, 10));
    }

    function test_reversed_period_reverts() external {
        s.periodEnd = s.periodStart - 1;
        _refused(abi.encodeWithSelector(IStatementRegistry.PeriodInvalid.selector, FIRST_DAY, FIRST_DAY - 1));
    }

    function test_period_of_371_days_passes_and_of_372_reverts() external {
        s.periodEnd = s.periodStart + 371;
        _refused(abi.encodeWithSelector(IStatementRegistry.PeriodInvalid.selector, FIRST_DAY, FIRST_DAY + 371));
        s.periodEnd -= 1;
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    function test_period_must_be_over_before_today() external {
        uint16 today = uint16(NOW / 1 days);
        (s.periodStart, s.periodEnd) = (today, today);
        _refused(abi.encodeWithSelector(IStatementRegistry.PeriodNotOver.selector, today, today));
        (s.periodStart, s.periodEnd) = (today - 1, today - 1);
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    /// forge-config: ci.fuzz.runs = 1000
    function test_fuzz_only_assessment_reports_4_to_6_are_known(uint8 set) external {
        s.gwpSet = set;
        if (set < 4 || set > 6) return _refused(abi.encodeWithSelector(IStatementRegistry.GwpSetUnknown.selector, set));
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    /// forge-config: ci.fuzz.runs = 1000
    function test_fuzz_only_consolidations_1_to_3_are_known(uint8 consolidation) external {
        s.consolidation = consolidation;
        if (consolidation < 1 || consolidation > 3) {
            return _refused(abi.encodeWithSelector(IStatementRegistry.ConsolidationUnknown.selector, consolidation));
        }
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    /// forge-config: ci.fuzz.runs = 1000
    function test_fuzz_assurance_is_limited_or_reasonable_and_covers_something(uint8 level, uint16 coverage) external {
        (e.level, e.coverage) = (level % 5, coverage % 12_000);
        if (e.level < 1 || e.level > 2 || e.coverage == 0 || e.coverage > 10_000) {
            return _refused(abi.encodeWithSelector(IStatementRegistry.AssuranceInvalid.selector, e.level, e.coverage));
        }
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    function test_no_more_than_the_whole_is_covered() external {
        e.coverage = 10_001;
        _refused(abi.encodeWithSelector(IStatementRegistry.AssuranceInvalid.selector, e.level, 10_001));
        e.coverage = 10_000;
        e = resigned(s, e, utility.key);
        registry.submit(s, e);
    }

    function test_statement_without_lines_reverts() external {
        s.linesRoot = 0;
        _refused(refusal(IStatementRegistry.StatementEmpty.selector));
    }

    function test_statement_without_lots_reverts() external {
        s.lotChunks = new bytes32[](0);
        _refused(refusal(IStatementRegistry.StatementEmpty.selector));
    }

    // Periods (law 10)

    function test_second_statement_of_the_same_days_reverts() external {
        registry.submit(s, e);
        s.document = keccak256("another");
        e.previousPeriod = FIRST_DAY;
        _refused(
            abi.encodeWithSelector(
                DisjointRanges.RangeOverlaps.selector, FIRST_DAY, LAST_DAY, FIRST_DAY, LAST_DAY
            )
        );
    }

    function test_one_shared_day_reverts_and_the_next_day_passes() external {
        registry.submit(s, e);
        (s.periodStart, s.periodEnd) = (LAST_DAY, LAST_DAY + 30);
        e.previousPeriod = FIRST_DAY;
        _refused(
            abi.encodeWithSelector(
                DisjointRanges.RangeOverlaps.selector, LAST_DAY, LAST_DAY + 30, FIRST_DAY, LAST_DAY
            )
        );
        s.periodStart = LAST_DAY + 1;
        e = resigned(s, e, utility.key);
        vm.assertEq(registry.submit(s, e), 2);
    }

    function test_unknown_previous_period_reverts() external {
        e.previousPeriod = 7;
        _refused(abi.encodeWithSelector(DisjointRanges.PreviousRangeUnknown.selector, 7));
    }

    function test_skipping_the_previous_period_reverts() external {
        registry.submit(s, e);
        (s.periodStart, s.periodEnd) = (LAST_DAY + 1, LAST_DAY + 30);
        _refused(
            abi.encodeWithSelector(
                DisjointRanges.RangeOverlaps.selector, LAST_DAY + 1, LAST_DAY + 30, FIRST_DAY, LAST_DAY
            )
        );
    }

    function test_other_entities_have_days_of_their_own() external {
        registry.submit(s, e);
        s.entity = entityOf(utility.at);
        e = resigned(s, e, utility.key);
        vm.assertEq(registry.submit(s, e), 2);
    }

    // Lines

    function test_lines_are_verified_by_openzeppelins_proofs() external {
        bytes[4] memory lines;
        bytes32[4] memory leaves;
        for (uint256 i; i < 4; ++i) {
            lines[i] = abi.encodePacked('{"line":"', vm.toString(i), '"}');
            leaves[i] = sha256(bytes.concat(hex"00", lines[i]));
        }
        bytes32 left = _pair(leaves[0], leaves[1]);
        s.linesRoot = _pair(left, _pair(leaves[2], leaves[3]));
        e = resigned(s, e, utility.key);
        bytes32[] memory proof = new bytes32[](2);
        (proof[0], proof[1]) = (leaves[3], left);
        vm.assertFalse(registry.verifyLine(s, lines[2], proof), "before it is recorded");
        registry.submit(s, e);
        vm.assertTrue(registry.verifyLine(s, lines[2], proof));
        vm.assertFalse(registry.verifyLine(s, lines[1], proof), "another line");
        vm.assertFalse(registry.verifyLine(s, "", proof), "no line");
        // An inner node is no leaf: what is hashed begins otherwise.
        bytes32[] memory inner = new bytes32[](1);
        inner[0] = left;
        vm.assertFalse(registry.verifyLine(s, abi.encode(leaves[2], leaves[3]), inner), "inner node");
        bytes memory posing = bytes.concat(hex"01", abi.encode(leaves[2], leaves[3]));
        vm.assertFalse(registry.verifyLine(s, posing, inner), "inner node with its prefix");
        vm.assertTrue(registry.verifyLine(s, lines[3], _proof(leaves[2], left)), "its neighbour");
        s.document = keccak256("another");
        vm.assertFalse(registry.verifyLine(s, lines[2], proof), "another statement");
    }

    function _pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? sha256(abi.encodePacked(hex"01", a, b)) : sha256(abi.encodePacked(hex"01", b, a));
    }

    function _proof(bytes32 sibling, bytes32 above) private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](2);
        (proof[0], proof[1]) = (sibling, above);
    }
}
