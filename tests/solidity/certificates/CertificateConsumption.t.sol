// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FlaggedSource, ILedgerLens} from "../../../contracts/interfaces/ILedgerLens.sol";
import {Cancellation, IEnergyCertificates, Purpose} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";

/// @notice One cancelled MWh backs one inventory, once, ever: that of its beneficiary, its entity and its period.
contract CertificateConsumptionTest is CertificateTest {
    uint64 private batch;
    uint256[] private lots;

    function setUp() public override {
        super.setUp();
        batch = issueCertificates(utility.at, 100);
        lots = words1(word(Codes.ELECTRICITY_MARKET, 0, 1_000, 600 * T));
    }

    /// A statement of the utility that uses one cancellation.
    function _using(uint96 number) private returns (Statement memory s) {
        s = statementOf(utility.at, lots);
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words1(wordOf(number))));
    }

    function _consume(Statement memory s, uint96 number) private {
        registry.consume(s, evidenceOf(s, utility.key), 0, words1(wordOf(number)));
    }

    function _refused(Statement memory s, uint96 number, bytes memory reason) private {
        Evidence memory e = evidenceOf(s, utility.key);
        vm.expectRevert(reason);
        registry.consume(s, e, 0, words1(wordOf(number)));
    }

    function test_cancellation_backs_one_statement_once() external {
        uint96 number = cancelAs(utility, batch, MWH, forOwn(utility.at));
        Statement memory s = _using(number);
        _consume(s, number);
        cet.mint(s, evidenceOf(s, utility.key), 0, lots);
        (uint32 root, uint32 statement) = eac.consumedBy(number);
        vm.assertTrue(root == 1 && statement == 1);
        _refused(_using(number), number, abi.encodeWithSelector(IInstrument.UseConsumed.selector, number, 1));
    }

    function test_others_than_the_beneficiary_use_nothing() external {
        uint96 number = cancelAs(utility, batch, MWH, forOwn(university.at));
        bytes4 another = IInstrument.UseOfAnother.selector;
        _refused(_using(number), number, abi.encodeWithSelector(another, number, utility.at, university.at));
        _refused(_using(7), 7, abi.encodeWithSelector(IInstrument.UseUnknown.selector, 7));
    }

    function test_named_entity_alone_uses_it() external {
        Cancellation memory c = forOwn(utility.at);
        c.entity = keccak256("another plant");
        uint96 number = cancelAs(utility, batch, MWH, c);
        Statement memory s = _using(number);
        bytes4 other = IInstrument.UseOfOtherEntity.selector;
        _refused(s, number, abi.encodeWithSelector(other, number, s.entity, c.entity));
        c = forOwn(utility.at);
        c.entity = entityOf(utility.at);
        number = cancelAs(utility, batch, MWH, c);
        s = _using(number);
        s.entity = c.entity;
        _consume(s, number);
    }

    function test_consumption_lies_inside_the_statements_period() external {
        bytes4 out = IInstrument.UseOutOfPeriod.selector;
        for (uint256 i; i < 2; ++i) {
            Cancellation memory c = forOwn(utility.at);
            if (i == 0) c.periodStart = FIRST_DAY - 1;
            else c.periodEnd = LAST_DAY + 1;
            uint96 number = cancelAs(utility, batch, MWH, c);
            bytes memory reason =
                abi.encodeWithSelector(out, number, c.periodStart, c.periodEnd, FIRST_DAY, LAST_DAY);
            _refused(_using(number), number, reason);
        }
    }

    function test_other_claims_are_no_instruments() external {
        Cancellation memory c = forOwn(utility.at);
        c.purpose = Purpose.Other;
        uint96 number = cancelAs(utility, batch, MWH, c);
        _refused(_using(number), number, abi.encodeWithSelector(IEnergyCertificates.UseNotForInventory.selector, number));
    }

    function test_cancellation_found_void_flags_what_stands_on_it() external {
        ILedgerLens lens = ILedgerLens(deploy("LedgerLens", abi.encode(cet, registry)));
        uint96 number = cancelAs(utility, batch, MWH, forOwn(utility.at));
        Statement memory s = _using(number);
        _consume(s, number);
        cet.mint(s, evidenceOf(s, utility.key), 0, lots);
        uint64 lot = sourceKey(1, Codes.ELECTRICITY_MARKET, 0);
        uint64 share = pass(utility, lot, university, 10, Codes.scope3(1));
        vm.prank(registrar.at);
        eac.voidCancellation(number, "double issued");
        FlaggedSource[] memory flags = lens.flagsOf(share);
        vm.assertTrue(flags.length == 1 && flags[0].lot == lot && flags[0].voided == 1);
        _refused(_using(number), number, abi.encodeWithSelector(IInstrument.UseVoid.selector, number));
    }

    function test_used_certificates_can_expire_without_losing_their_use() external {
        uint96 number = cancelAs(utility, batch, MWH, forOwn(utility.at));
        vm.warp(block.timestamp + 1_000 days);
        vm.prank(address(registry));
        vm.assertEq(registryConsume(number), IInstrument.consume.selector);
    }

    function registryConsume(uint96 number) private returns (bytes4) {
        (bool ok, bytes memory answer) = address(eac).call(
            abi.encodeWithSelector(
                IInstrument.consume.selector, number, uint32(1), uint32(1), utility.at, bytes32(0), FIRST_DAY, LAST_DAY
            )
        );
        vm.assertTrue(ok);
        return abi.decode(answer, (bytes4));
    }
}
