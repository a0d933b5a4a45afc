// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Consumption, IInstrument} from "../../contracts/interfaces/IInstrument.sol";
import {FlaggedSource, ILedgerLens} from "../../contracts/interfaces/ILedgerLens.sol";
import {Evidence, IStatementRegistry, Statement} from "../../contracts/interfaces/IStatementRegistry.sol";
import {Codes} from "./support/Codes.sol";
import {HostileInstrument, PlainInstrument} from "./support/Instruments.sol";
import {LedgerTest} from "./support/LedgerTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Law 10 for instruments: a use backs one chain of statements, once, ever; what a registry finds void flags every
/// descendant; nothing is minted before all of a statement's instruments are consumed.
contract InstrumentsTest is LedgerTest {
    PlainInstrument private plain;
    HostileInstrument private hostile;
    ILedgerLens private lens;
    uint256[] private lots;

    function setUp() public override {
        super.setUp();
        // In the order of their addresses, so that the hostile one is asked first.
        (plain, hostile) = (new PlainInstrument(registry), new HostileInstrument());
        while (address(plain) < address(hostile)) plain = new PlainInstrument(registry);
        lens = ILedgerLens(deploy("LedgerLens", abi.encode(cet, registry)));
        registry.setInstrument(address(plain), true);
        registry.setInstrument(address(hostile), true);
        for (uint96 use = 1; use <= 9; ++use) plain.give(use, utility.at);
        lots = words1(word(Codes.STATIONARY_WH, 0, 1_000, 600 * T));
    }

    function _use(address instrument, uint96 id) private pure returns (uint256) {
        return uint256(uint160(instrument)) << 96 | id;
    }

    function _uses(uint96 a, uint96 b) private view returns (uint256[] memory words) {
        words = new uint256[](2);
        (words[0], words[1]) = (_use(address(plain), a), _use(address(plain), b));
    }

    function _with(Statement memory s, uint256[] memory words) private pure returns (Statement memory) {
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words));
        return s;
    }

    function _stated(uint256[] memory words) private returns (Statement memory) {
        return _with(statementOf(utility.at, lots), words);
    }

    function _corrected(Statement memory head, uint256[] memory words) private view returns (Statement memory s) {
        s = _with(supersedingOf(head, words1(uint256(_lot()) << 128 | uint256(600 * T) << 64 | 600 * T), new uint256[](0), 0), words);
    }

    function _lot() private pure returns (uint64) {
        return sourceKey(1, Codes.STATIONARY_WH, 0);
    }

    function _consume(Statement memory s, uint256[] memory words) private returns (uint32) {
        return registry.consume(s, evidenceOf(s, utility.key), 0, words);
    }

    function _refused(Statement memory s, uint256 chunk, uint256[] memory words, bytes memory reason) private {
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(reason);
        registry.consume(s, e, chunk, words);
    }

    // Consuming

    function test_lots_are_minted_once_all_instruments_are_consumed() external {
        uint256[] memory words = _uses(1, 2);
        Statement memory s = _stated(words);
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.InstrumentsPending.selector, 0, 1));
        cet.mint(s, e, 0, lots);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.InstrumentsConsumed(1, 0, words);
        // Anybody consumes: the signatures say what.
        vm.prank(purchaser.at);
        vm.assertEq(registry.consume(s, e, 0, words), 1);
        cet.mint(s, e, 0, lots);
    }

    function test_what_a_statement_uses_is_its_chains_for_ever() external {
        uint256[] memory words = _uses(1, 2);
        Statement memory first = _stated(words);
        _consume(first, words);
        cet.mint(first, evidenceOf(first, utility.key), 0, lots);
        (uint32 root, uint32 statement) = plain.consumedBy(1);
        vm.assertTrue(root == 1 && statement == 1);

        Statement memory other = _stated(words);
        _refused(other, 0, words, abi.encodeWithSelector(IInstrument.UseConsumed.selector, 1, 1));

        // The correction inherits what it names; what it leaves out nobody gets.
        uint256[] memory kept = words1(words[1]);
        Statement memory second = _corrected(first, kept);
        vm.assertEq(_consume(second, kept), 2);
        (root, statement) = plain.consumedBy(2);
        vm.assertTrue(root == 1 && statement == 2);
        (root, statement) = plain.consumedBy(1);
        vm.assertTrue(root == 1 && statement == 1);
        _refused(_stated(words1(words[0])), 0, words1(words[0]), abi.encodeWithSelector(IInstrument.UseConsumed.selector, 1, 1));
        // And its chain may take it up again.
        Statement memory third = _corrected(second, words);
        _consume(third, words);
        (root, statement) = plain.consumedBy(1);
        vm.assertTrue(root == 1 && statement == 3);
    }

    function test_restating_waits_for_instruments_too() external {
        Statement memory first = _stated(_uses(1, 2));
        _consume(first, _uses(1, 2));
        cet.mint(first, evidenceOf(first, utility.key), 0, lots);
        Statement memory second = _corrected(first, _uses(1, 3));
        Evidence memory e = evidenceOf(second, utility.key);
        uint256[] memory restated = words1(uint256(_lot()) << 128 | uint256(600 * T) << 64 | 600 * T);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.InstrumentsPending.selector, 0, 1));
        cet.restate(second, e, 0, restated);
        registry.submit(second, e);
        FlaggedSource[] memory flags = lens.flagsOf(_lot());
        vm.assertTrue(flags.length == 1 && flags[0].unconsumed == 1 && flags[0].pending == 1);
        registry.consume(second, e, 0, _uses(1, 3));
        cet.restate(second, e, 0, restated);
        flags = lens.flagsOf(_lot());
        vm.assertTrue(flags.length == 1 && flags[0].superseded && flags[0].unconsumed == 0 && flags[0].pending == 0);
    }

    function test_chunks_in_their_order_each_once_and_only_as_signed() external {
        Statement memory s = statementOf(utility.at, lots);
        s.instrumentChunks = new bytes32[](2);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(_uses(1, 2)));
        s.instrumentChunks[1] = keccak256(abi.encodePacked(_uses(2, 3)));
        bytes4 order = IStatementRegistry.ChunkOutOfOrder.selector;
        _refused(s, 1, _uses(2, 3), abi.encodeWithSelector(order, 1, 0));
        _refused(s, 2, _uses(2, 3), abi.encodeWithSelector(IStatementRegistry.ChunkUnknown.selector, 2, 2));
        bytes32 actual = keccak256(abi.encodePacked(_uses(1, 3)));
        bytes4 mismatch = IStatementRegistry.ChunkMismatch.selector;
        _refused(s, 0, _uses(1, 3), abi.encodeWithSelector(mismatch, 0, actual, s.instrumentChunks[0]));
        _consume(s, _uses(1, 2));
        _refused(s, 0, _uses(1, 2), abi.encodeWithSelector(order, 0, 1));
        // A use named in the chunk before is not named again.
        uint256 again = _use(address(plain), 2);
        bytes4 unordered = IStatementRegistry.InstrumentsOutOfOrder.selector;
        _refused(s, 1, _uses(2, 3), abi.encodeWithSelector(unordered, again, again));
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.InstrumentsPending.selector, 1, 2));
        registry.admit(s, e);
    }

    function test_a_use_is_named_once() external {
        uint256 word_ = _use(address(plain), 1);
        bytes4 unordered = IStatementRegistry.InstrumentsOutOfOrder.selector;
        _refused(_stated(_uses(1, 1)), 0, _uses(1, 1), abi.encodeWithSelector(unordered, word_, word_));
        uint256 later = _use(address(plain), 2);
        _refused(_stated(_uses(2, 1)), 0, _uses(2, 1), abi.encodeWithSelector(unordered, word_, later));
    }

    function test_chunks_are_neither_empty_nor_longer_than_a_transaction_bears() external {
        bytes4 invalid = IStatementRegistry.InstrumentsInvalid.selector;
        _refused(_stated(new uint256[](0)), 0, new uint256[](0), abi.encodeWithSelector(invalid, 0, 400));
        _refused(_stated(new uint256[](401)), 0, new uint256[](401), abi.encodeWithSelector(invalid, 401, 400));
    }

    function test_the_longest_chunk_fits_a_transaction() external {
        uint256[] memory words = new uint256[](400);
        for (uint96 i; i < 400; ++i) {
            plain.give(i + 1, utility.at);
            words[i] = _use(address(plain), i + 1);
        }
        Statement memory s = _stated(words);
        Evidence memory e = evidenceOf(s, utility.key);
        uint256 gas = gasleft();
        registry.consume(s, e, 0, words);
        vm.assertLe(gas - gasleft(), 15_000_000, "more than a transaction may use");
    }

    function test_superseded_or_withdrawn_statement_consumes_nothing() external {
        Statement memory first = _stated(_uses(1, 2));
        registry.submit(first, evidenceOf(first, utility.key));
        Statement memory second = _corrected(first, _uses(1, 2));
        registry.submit(second, evidenceOf(second, utility.key));
        _refused(first, 0, _uses(1, 2), abi.encodeWithSelector(IStatementRegistry.StatementSuperseded.selector, 1, 2));
        vm.prank(verifier.at);
        registry.withdraw(hashOf(second), "");
        _refused(second, 0, _uses(1, 2), abi.encodeWithSelector(IStatementRegistry.StatementWithdrawn.selector, 2));
    }

    function test_unsigned_statement_consumes_nothing() external {
        Statement memory s = _stated(_uses(1, 2));
        Evidence memory e = evidenceOf(s, university.key);
        vm.expectRevert(abi.encodeWithSelector(IStatementRegistry.AssertionInvalid.selector, utility.at));
        registry.consume(s, e, 0, _uses(1, 2));
    }

    // Which instruments

    function test_only_known_instruments_are_consumed() external {
        PlainInstrument stranger = new PlainInstrument(registry);
        stranger.give(1, utility.at);
        uint256[] memory words = words1(_use(address(stranger), 1));
        bytes memory unknown = abi.encodeWithSelector(IStatementRegistry.InstrumentUnknown.selector, stranger);
        _refused(_stated(words), 0, words, unknown);
        // Also when it stands between known ones.
        uint256[] memory mixed = new uint256[](3);
        address middle = address(uint160(address(hostile)) + 1);
        (mixed[0], mixed[1], mixed[2]) = (_use(address(hostile), 1), _use(middle, 1), _use(address(plain), 1));
        _refused(_stated(mixed), 0, mixed, abi.encodeWithSelector(IStatementRegistry.InstrumentUnknown.selector, middle));
    }

    function test_instrument_no_longer_known_is_not_consumed_and_still_voids() external {
        uint256[] memory words = _uses(1, 2);
        _consume(_stated(words), words);
        registry.setInstrument(address(plain), false);
        _refused(_stated(_uses(3, 4)), 0, _uses(3, 4), abi.encodeWithSelector(IStatementRegistry.InstrumentUnknown.selector, plain));
        plain.makeVoid(2);
        vm.assertEq(registry.record(registry.idAt(1)).voidedInstruments, 1);
    }

    function test_only_operators_admit_instruments_and_only_contracts_with_the_interface() external {
        bytes4 invalid = IStatementRegistry.InstrumentInvalid.selector;
        vm.expectRevert(abi.encodeWithSelector(invalid, purchaser.at));
        registry.setInstrument(purchaser.at, true);
        vm.expectRevert(abi.encodeWithSelector(invalid, address(cot)));
        registry.setInstrument(address(cot), true);
        vm.prank(purchaser.at);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", purchaser.at));
        registry.setInstrument(address(plain), false);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.InstrumentSet(address(plain), false);
        registry.setInstrument(address(plain), false);
        vm.assertFalse(registry.isInstrument(address(plain)));
    }

    function test_instruments_are_consumed_by_the_registry_alone() external {
        Consumption memory c = Consumption(1, 1, utility.at, 0, FIRST_DAY, LAST_DAY);
        vm.prank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(IInstrument.NotStatementRegistry.selector, utility.at, registry));
        plain.consume(1, c);
    }

    function test_anothers_instrument_is_refused() external {
        plain.give(2, university.at);
        bytes4 another = IInstrument.UseOfAnother.selector;
        _refused(_stated(_uses(1, 2)), 0, _uses(1, 2), abi.encodeWithSelector(another, 2, utility.at, university.at));
        (uint32 root,) = plain.consumedBy(1);
        vm.assertEq(root, 0);
    }

    // Voiding

    function test_void_use_flags_every_descendant_until_a_correction_without_it() external {
        uint256[] memory words = _uses(1, 2);
        Statement memory first = _stated(words);
        _consume(first, words);
        cet.mint(first, evidenceOf(first, utility.key), 0, lots);
        uint64 share = pass(utility, _lot(), university, 100, Codes.ELECTRICITY_MARKET_WH);
        vm.assertEq(lens.flagsOf(share).length, 0);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.ConsumptionVoided(1, address(plain), 1);
        plain.makeVoid(1);
        FlaggedSource[] memory flags = lens.flagsOf(share);
        vm.assertTrue(flags.length == 1 && flags[0].lot == _lot() && flags[0].voided == 1 && !flags[0].superseded);

        // A correction can't name it again, and without it stands unflagged.
        _refused(_corrected(first, words), 0, words, abi.encodeWithSelector(IInstrument.UseVoid.selector, 1));
        Statement memory second = _corrected(first, words1(words[1]));
        _consume(second, words1(words[1]));
        flags = lens.flagsOf(share);
        vm.assertTrue(flags.length == 1 && flags[0].voided == 0 && flags[0].superseded && flags[0].head == 2);
        plain.makeVoid(2);
        vm.assertEq(lens.flagsOf(share)[0].voided, 1);
    }

    function test_use_dropped_by_a_correction_and_voided_later_flags_nothing_that_stands() external {
        uint256[] memory words = _uses(1, 2);
        Statement memory first = _stated(words);
        _consume(first, words);
        cet.mint(first, evidenceOf(first, utility.key), 0, lots);
        _consume(_corrected(first, words1(words[1])), words1(words[1]));
        plain.makeVoid(1);
        vm.assertEq(registry.record(registry.idAt(1)).voidedInstruments, 1);
        vm.assertEq(lens.flagsOf(_lot())[0].voided, 0);
    }

    function test_void_before_any_statement_is_never_consumed() external {
        plain.makeVoid(1);
        _refused(_stated(_uses(1, 2)), 0, _uses(1, 2), abi.encodeWithSelector(IInstrument.UseVoid.selector, 1));
        vm.expectRevert(abi.encodeWithSelector(IInstrument.UseVoid.selector, 1));
        plain.makeVoid(1);
    }

    function test_no_more_is_voided_than_the_instrument_had_consumed() external {
        uint256[] memory words = _uses(1, 2);
        _consume(_stated(words), words);
        bytes4 nothing = IStatementRegistry.NothingConsumed.selector;
        vm.expectRevert(abi.encodeWithSelector(nothing, 1, hostile));
        vm.prank(address(hostile));
        registry.voidConsumption(1, 1);
        vm.expectRevert(abi.encodeWithSelector(nothing, 9, hostile));
        vm.prank(address(hostile));
        registry.voidConsumption(9, 1);
        vm.startPrank(address(plain));
        registry.voidConsumption(1, 1);
        registry.voidConsumption(1, 2);
        vm.expectRevert(abi.encodeWithSelector(nothing, 1, plain));
        registry.voidConsumption(1, 2);
        vm.stopPrank();
    }

    // Hostile instruments

    function test_instrument_that_lies_about_its_selector_stops_the_statement_only() external {
        hostile.answerWith(0x12345678);
        uint256[] memory words = words1(_use(address(hostile), 7));
        Statement memory s = _stated(words);
        _refused(s, 0, words, abi.encodeWithSelector(IStatementRegistry.InstrumentRefused.selector, hostile, 7));
        vm.assertEq(registry.record(hashOf(s)).number, 0);
        // A statement that stands and can't consume is corrected by one without the instrument.
        registry.submit(s, evidenceOf(s, utility.key));
        Statement memory second = supersedingOf(s, new uint256[](0), lots, 0);
        delete second.instrumentChunks;
        cet.mint(second, evidenceOf(second, utility.key), 0, lots);
    }

    function test_instrument_that_burns_gas_burns_its_callers_only() external {
        hostile.burnGas();
        uint256[] memory words = words1(_use(address(hostile), 7));
        Statement memory s = _stated(words);
        Evidence memory e = evidenceOf(s, utility.key);
        (bool ok,) = address(registry).call{gas: 2_000_000}(abi.encodeCall(registry.consume, (s, e, 0, words)));
        vm.assertFalse(ok);
        vm.assertEq(registry.record(hashOf(s)).number, 0);
    }

    function test_instrument_that_calls_back_finds_the_chunk_consumed() external {
        uint256[] memory words = words1(_use(address(hostile), 7));
        Statement memory s = _stated(words);
        Evidence memory e = evidenceOf(s, utility.key);
        hostile.callBack(address(registry), abi.encodeCall(registry.consume, (s, e, 0, words)));
        registry.consume(s, e, 0, words);
        vm.assertFalse(hostile.succeeded());
        vm.assertTrue(keccak256(hostile.answered()) == keccak256(abi.encodeWithSelector(IStatementRegistry.ChunkOutOfOrder.selector, 0, 1)));
    }

    /// What it mints while it is asked is undone with everything else when one after it refuses.
    function test_lots_minted_from_inside_an_instrument_stand_only_if_all_acknowledge() external {
        uint256[] memory words = new uint256[](2);
        (words[0], words[1]) = (_use(address(hostile), 7), _use(address(plain), 1));
        Statement memory s = _stated(words);
        Evidence memory e = evidenceOf(s, utility.key);
        hostile.callBack(address(cet), abi.encodeCall(cet.mint, (s, e, 0, lots)));
        plain.give(1, university.at);
        _refused(s, 0, words, abi.encodeWithSelector(IInstrument.UseOfAnother.selector, 1, utility.at, university.at));
        vm.assertEq(cet.balanceOf(utility.at, _lot()), 0);
        plain.give(1, utility.at);
        registry.consume(s, e, 0, words);
        vm.assertTrue(hostile.succeeded());
        vm.assertEq(cet.balanceOf(utility.at, _lot()), 1_000);
    }
}
