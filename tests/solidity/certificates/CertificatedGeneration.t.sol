// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration, Shortfall} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {Cancellation, CertificateBatch, Purpose} from "../../../contracts/interfaces/IEnergyCertificates.sol";
import {Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {Codes} from "../support/Codes.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice What is certificated, what covers it, each once, and what is seen to lack certificates: lots that were taken before the
/// certification stand here for those. What the token refuses is in CertificatedAllocation.
contract CertificatedGenerationTest is CertificateTest {
    uint64 private plant;
    uint64 private batch;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        batch = issueCertificates(utility.at, 100);
    }

    // Makers

    function _certify() private {
        vm.prank(utility.at);
        generation.certify(plant, batch);
    }

    function _cancelled(uint64 mwh) private returns (uint96) {
        return cancelAs(utility, batch, mwh * MWH, forOwn(university.at));
    }

    /// The university took units of the plant's lot as its electricity before it was certificated.
    function _takenBefore(uint64 mwh) private returns (uint64 lot) {
        lot = _taken(plant, mwh);
        _certify();
    }

    /// The university takes units of the utility's lot as its electricity.
    function _taken(uint64 parent, uint64 mwh) private returns (uint64) {
        return pass(utility, parent, university, mwh * MWH, Codes.ELECTRICITY_MARKET_WH);
    }

    function _coverAs(Party memory p, uint64 lot, uint96 number) private {
        vm.prank(p.at);
        generation.cover(lot, number);
    }

    function _refusedAs(Party memory p, uint64 lot, uint96 number, bytes memory reason) private {
        vm.prank(p.at);
        vm.expectRevert(reason);
        generation.cover(lot, number);
    }

    function _short(uint64 lot, uint64 which, uint64 required, uint64 covered) private view {
        Shortfall[] memory found = generation.shortfallsOf(lot);
        vm.assertEq(found.length, 1);
        vm.assertTrue(found[0].lot == which && found[0].required == required && found[0].covered == covered);
    }

    function _sound(uint64 lot) private view {
        vm.assertEq(generation.shortfallsOf(lot).length, 0);
    }

    // Allocated with, without, with too few

    function test_uncertificated_generation_needs_nothing() external {
        _sound(_taken(plant, 10));
        vm.assertEq(generation.requiredOf(plant, 10), 0);
    }

    function test_without_certificates_the_lot_and_all_below_it_are_short() external {
        uint64 lot = _takenBefore(10);
        _short(lot, lot, 10 * MWH, 0);
        uint64 resold = pass(university, lot, purchaser, 4 * MWH, Codes.ELECTRICITY_MARKET_WH);
        _short(resold, lot, 10 * MWH, 0);
        _sound(plant);
    }

    function test_too_few_certificates_leave_it_short_until_enough_are_there() external {
        uint64 lot = _takenBefore(10);
        _coverAs(university, lot, _cancelled(9));
        _short(lot, lot, 10 * MWH, 9 * MWH);
        _coverAs(utility, lot, _cancelled(1));
        _sound(lot);
        vm.assertEq(generation.cancellationsOf(lot).length, 2);
    }

    function test_generation_certificated_afterwards_leaves_what_was_taken_before_short() external {
        uint64 lot = _taken(plant, 10);
        _sound(lot);
        _certify();
        _short(lot, lot, 10 * MWH, 0);
    }

    function test_an_offer_is_covered_before_it_is_taken_up() external {
        _certify();
        uint96 number = _cancelled(10);
        Offer memory o = offerOf(plant, university.at, 10 * MWH, Codes.ELECTRICITY_MARKET_WH);
        vm.prank(purchaser.at);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICertificatedGeneration.NotParty.selector, purchaser.at, utility.at, university.at
            )
        );
        generation.coverOffer(o, number);
        vm.prank(utility.at);
        vm.expectEmit(address(generation));
        emit ICertificatedGeneration.AllocationCovered(derivedKey(offerHash(o)), number, utility.at);
        generation.coverOffer(o, number);
        uint64 lot = acceptAs(university, o, utility.key, Acceptance(ANY_ANCESTRY, 0, 0));
        vm.assertEq(generation.lotOf(number), lot);
        _sound(lot);
    }

    // Each cancellation once, for its beneficiary, of its generation

    function test_one_cancellation_covers_one_allocation() external {
        (uint64 first, uint64 second) = (_taken(plant, 10), _takenBefore(10));
        uint96 number = _cancelled(20);
        _coverAs(university, first, number);
        _refusedAs(
            university, second, number, abi.encodeWithSelector(ICertificatedGeneration.CancellationTaken.selector, number, first)
        );
        _refusedAs(
            university, first, number, abi.encodeWithSelector(ICertificatedGeneration.CancellationTaken.selector, number, first)
        );
        _sound(first);
        _short(second, second, 10 * MWH, 0);
    }

    function test_what_was_cancelled_for_another_covers_nothing() external {
        uint64 lot = _takenBefore(10);
        uint96 number = cancelAs(utility, batch, 10 * MWH, forOwn(purchaser.at));
        bytes4 another = ICertificatedGeneration.CancelledForAnother.selector;
        _refusedAs(university, lot, number, abi.encodeWithSelector(another, number, purchaser.at, university.at));
        Cancellation memory c = forOwn(university.at);
        c.purpose = Purpose.Other;
        number = cancelAs(utility, batch, MWH, c);
        _refusedAs(
            university, lot, number, abi.encodeWithSelector(ICertificatedGeneration.CancelledForNoInventory.selector, number)
        );
    }

    function test_certificates_of_other_generation_cover_nothing() external {
        uint64 lot = _takenBefore(10);
        uint64 other = issueCertificates(utility.at, 10);
        uint96 number = cancelAs(utility, other, 10 * MWH, forOwn(university.at));
        bytes4 reason = ICertificatedGeneration.CertificatesOfOtherGeneration.selector;
        _refusedAs(university, lot, number, abi.encodeWithSelector(reason, number, other, plant));
    }

    function test_what_a_statement_consumed_covers_nothing_else() external {
        uint64 lot = _takenBefore(10);
        uint96 number = _cancelled(10);
        uint256[] memory lots = words1(word(Codes.ELECTRICITY_MARKET, 0, 1_000, T));
        Statement memory s = statementOf(university.at, lots);
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words1(wordOf(number))));
        registry.consume(s, evidenceOf(s, university.key), 0, words1(wordOf(number)));
        bytes4 reason = ICertificatedGeneration.CancellationConsumed.selector;
        _refusedAs(university, lot, number, abi.encodeWithSelector(reason, number, 2));
    }

    function test_a_void_cancellation_covers_nothing_from_then_on() external {
        uint64 lot = _takenBefore(10);
        uint96 number = _cancelled(10);
        _coverAs(university, lot, number);
        _sound(lot);
        vm.prank(registrar.at);
        eac.voidCancellation(number, "fraud");
        _short(lot, lot, 10 * MWH, 0);
        uint96 again = _cancelled(1);
        vm.prank(registrar.at);
        eac.voidCancellation(again, "fraud");
        _refusedAs(
            university, lot, again, abi.encodeWithSelector(ICertificatedGeneration.CancellationVoid.selector, again)
        );
    }

    function test_others_cover_nothing_and_only_what_was_allocated_is_covered() external {
        uint64 lot = _takenBefore(10);
        uint96 number = _cancelled(10);
        bytes4 party = ICertificatedGeneration.NotParty.selector;
        _refusedAs(purchaser, lot, number, abi.encodeWithSelector(party, purchaser.at, utility.at, university.at));
        _refusedAs(
            utility, plant, number, abi.encodeWithSelector(ICertificatedGeneration.NotAllocated.selector, plant)
        );
    }

    function test_the_beneficiary_alone_frees_a_cancellation() external {
        (uint64 lot, uint64 other) = (_taken(plant, 10), _takenBefore(10));
        uint96 number = _cancelled(10);
        bytes4 free = ICertificatedGeneration.CancellationNotTaken.selector;
        vm.expectRevert(abi.encodeWithSelector(free, number));
        generation.uncover(number);
        uint96 kept = _cancelled(10);
        _coverAs(university, lot, number);
        _coverAs(university, lot, kept);
        bytes4 notFor = ICertificatedGeneration.NotBeneficiary.selector;
        vm.prank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(notFor, utility.at, university.at));
        generation.uncover(number);
        vm.prank(university.at);
        generation.uncover(number);
        vm.assertEq(generation.lotOf(number), 0);
        vm.assertEq(generation.coveredOf(lot), 10 * MWH);
        _coverAs(university, other, number);
        _sound(other);
        _sound(lot);
    }

    function test_an_allocation_has_at_most_64_cancellations() external {
        uint64 lot = _takenBefore(10);
        for (uint256 i; i < 64; ++i) _coverAs(university, lot, cancelAs(utility, batch, 1, forOwn(university.at)));
        vm.assertEq(generation.coveredOf(lot), 64);
        uint96 number = cancelAs(utility, batch, 1, forOwn(university.at));
        bytes4 many = ICertificatedGeneration.TooManyCancellations.selector;
        _refusedAs(university, lot, number, abi.encodeWithSelector(many, lot, 64));
    }

    // Displaced by other inputs

    function test_the_holder_says_what_it_counts_and_the_rest_is_to_be_returned() external {
        uint64 lot = _taken(plant, 10);
        vm.assertEq(generation.toReturn(lot), 0);
        vm.prank(utility.at);
        bytes4 holder = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(holder, lot, utility.at, university.at));
        generation.count(lot, 0);
        vm.startPrank(university.at);
        bytes4 above = ICertificatedGeneration.CountedAboveLot.selector;
        vm.expectRevert(abi.encodeWithSelector(above, lot, 10 * MWH + 1, 10 * MWH));
        generation.count(lot, 10 * MWH + 1);
        vm.expectRevert(abi.encodeWithSelector(ICertificatedGeneration.NotAllocated.selector, plant));
        generation.count(plant, 0);
        vm.expectEmit(address(generation));
        emit ICertificatedGeneration.AllocationDisplaced(lot, 4 * MWH);
        generation.count(lot, 4 * MWH);
        vm.assertEq(generation.toReturn(lot), 6 * MWH);
        generation.count(lot, 0);
        vm.assertEq(generation.toReturn(lot), 10 * MWH);
        generation.count(lot, 10 * MWH);
        vm.assertEq(generation.toReturn(lot), 0);
        vm.stopPrank();
    }

    // Products

    function test_of_a_product_its_certificated_part_is_needed_rounded_up() external {
        uint64 gas = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        uint64 mix = blend(utility, Codes.ELECTRICITY_PRODUCT_WH, 30 * MWH, plant, 10 * MWH, gas, 20 * MWH);
        uint64 outer = blend(utility, Codes.ELECTRICITY_PRODUCT_WH, 15 * MWH, mix, 15 * MWH, gas, 1);
        uint64 lot = _taken(outer, 15);
        _certify();
        vm.assertEq(generation.requiredOf(mix, 3), 1);
        vm.assertEq(generation.requiredOf(mix, 4), 2);
        _short(lot, lot, 5 * MWH, 0);
        _coverAs(utility, lot, _cancelled(5));
        _sound(lot);
        // Lost on the way: what is passed on never needs more than it is.
        uint64 lossy = blend(utility, Codes.ELECTRICITY_PRODUCT_WH, MWH, plant, 2 * MWH, gas, 1);
        vm.assertEq(generation.requiredOf(lossy, MWH), MWH);
    }

    function test_products_of_products_are_looked_through_once_however_many_ways_lead_there() external {
        uint64 gas = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        (uint64 a, uint64 b) = (plant, gas);
        (uint256 partA, uint256 partB) = (100 * MWH, 0);
        (uint64 outA, uint64 outB) = (100 * MWH, 100 * MWH);
        for (uint64 level; level < 40; ++level) {
            uint256 next = (partA * 1000 + outA - 1) / outA + (partB * 1000 + outB - 1) / outB;
            uint64 left = blend(utility, Codes.ELECTRICITY_PRODUCT_WH, 2000, a, 1000, b, 1000);
            uint64 right = blend(utility, Codes.ELECTRICITY_PRODUCT_WH, 2001, a, 1000, b, 1000);
            (a, b, partA, partB, outA, outB) = (left, right, next, next, 2000, 2001);
        }
        uint64 lot = pass(utility, a, university, 1000, Codes.ELECTRICITY_MARKET_WH);
        _certify();
        vm.assertEq(generation.requiredOf(a, 2000), partA);
        _short(lot, lot, uint64((partA + 1) / 2), 0);
        _coverAs(utility, lot, _cancelled(1));
        _sound(lot);
    }

    function test_goods_made_with_certificated_energy_need_none() external {
        _certify();
        uint64 gas = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        uint64 steel = blend(utility, Codes.GOODS, 10, plant, 10 * MWH, gas, MWH);
        _sound(pass(utility, steel, university, 1, Codes.scope3(1)));
    }

    // Who says that generation is certificated

    function test_holder_or_operator_certifies_once() external {
        vm.prank(university.at);
        bytes4 neither = ICertificatedGeneration.NotHolderNorOperator.selector;
        vm.expectRevert(abi.encodeWithSelector(neither, university.at, utility.at, registrar.at));
        generation.certify(plant, batch);
        vm.prank(registrar.at);
        vm.expectEmit(address(generation));
        emit ICertificatedGeneration.GenerationCertificated(plant, batch, registrar.at);
        generation.certify(plant, batch);
        vm.assertTrue(generation.isCertificated(plant, batch));
        vm.prank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(ICertificatedGeneration.AlreadyCertificated.selector, plant, batch));
        generation.certify(plant, batch);
    }

    function test_only_energy_of_the_batches_period_is_certificated() external {
        uint64 freight = mintLot(utility, Codes.STATIONARY, T, T);
        vm.startPrank(utility.at);
        bytes4 notEnergy = ICertificatedGeneration.LotNotEnergy.selector;
        vm.expectRevert(abi.encodeWithSelector(notEnergy, freight, Codes.STATIONARY));
        generation.certify(freight, batch);
        vm.expectRevert(abi.encodeWithSelector(ICertificatedGeneration.BatchUnknown.selector, 7));
        generation.certify(plant, 7);
        vm.stopPrank();
        CertificateBatch memory c = batchOf(5_000, 10);
        (c.productionStart, c.productionEnd) = (FIRST_DAY - 31, FIRST_DAY - 1);
        vm.prank(registrar.at);
        uint64 before = eac.issue(c, 1, utility.at);
        vm.prank(utility.at);
        vm.expectRevert(
            abi.encodeWithSelector(ICertificatedGeneration.ProductionOfAnotherPeriod.selector, before, plant)
        );
        generation.certify(plant, before);
    }

    function test_production_that_shares_a_day_with_the_period_is_of_it() external {
        CertificateBatch memory c = batchOf(5_000, 10);
        (c.productionStart, c.productionEnd) = (FIRST_DAY - 31, FIRST_DAY);
        vm.prank(registrar.at);
        uint64 first = eac.issue(c, 1, utility.at);
        c = batchOf(6_000, 10);
        (c.productionStart, c.productionEnd) = (LAST_DAY, LAST_DAY);
        vm.prank(registrar.at);
        uint64 last = eac.issue(c, 5_000, utility.at);
        vm.startPrank(utility.at);
        generation.certify(plant, first);
        generation.certify(plant, last);
        vm.stopPrank();
        vm.assertEq(generation.batchesOf(plant), 2);
    }

    function test_biogenic_co2_of_the_same_energy_is_not_certificated_again() external {
        uint16 code = Codes.BIOGENIC | 1 << 4;
        uint64 biogenic = mintLot(utility, code, 100 * MWH, T);
        vm.prank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(ICertificatedGeneration.LotNotEnergy.selector, biogenic, code));
        generation.certify(biogenic, batch);
    }

    function test_a_batch_withdrawn_whole_says_nothing_any_more() external {
        bytes4 unknown = ICertificatedGeneration.NotCertificated.selector;
        vm.expectRevert(abi.encodeWithSelector(unknown, plant, batch));
        generation.uncertify(plant, batch);
        uint64 lot = _takenBefore(10);
        bytes4 still = ICertificatedGeneration.BatchNotWithdrawn.selector;
        vm.expectRevert(abi.encodeWithSelector(still, batch, 100 * MWH, 0));
        generation.uncertify(plant, batch);
        vm.prank(registrar.at);
        eac.withdraw(batch, utility.at, 100 * MWH, "another device");
        vm.expectEmit(address(generation));
        emit ICertificatedGeneration.GenerationUncertificated(plant, batch);
        generation.uncertify(plant, batch);
        _sound(lot);
        vm.assertTrue(!generation.isCertificated(plant, batch));
        vm.expectRevert(abi.encodeWithSelector(unknown, plant, batch));
        generation.uncertify(plant, batch);
    }
}
