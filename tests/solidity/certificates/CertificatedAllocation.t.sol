// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Composition, Correction, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {ICertificatedGeneration} from "../../../contracts/interfaces/ICertificatedGeneration.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {CertificateTest} from "../support/CertificateTest.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Whatever client is used, units leave a certificated lot only with its certificates cancelled for whoever takes them.
contract CertificatedAllocationTest is CertificateTest, AnchorMaker {
    uint16 private constant ELECTRICITY = Codes.ELECTRICITY_MARKET_WH;
    uint16 private constant PRODUCT = Codes.ELECTRICITY_PRODUCT_WH;
    uint16 private constant PRODUCT_BY_MASS = 9 << 10;
    uint16 private constant USE = 3 << 14 | 11 << 10 | 1 << 4 | 1;

    uint64 private plant;
    uint64 private gas;
    uint64 private batch;

    function setUp() public override(CertificateTest, LedgerTest) {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        gas = mintLot(utility, Codes.STATIONARY_WH, 100 * MWH, 60 * T);
        batch = issueCertificates(utility.at, 100);
        _certify(plant);
    }

    // Makers

    function _certify(uint64 lot) private {
        vm.prank(utility.at);
        generation.certify(lot, batch);
    }

    function _cancelled(uint64 wh) private returns (uint96) {
        return cancelAs(utility, batch, wh, forOwn(university.at));
    }

    function _cover(Offer memory o, uint64 wh) private returns (uint96 number) {
        number = _cancelled(wh);
        vm.prank(utility.at);
        generation.coverOffer(o, number);
    }

    function _offer(uint64 parent, uint64 wh) private returns (Offer memory) {
        return offerOf(parent, university.at, wh, ELECTRICITY);
    }

    function _accept(Offer memory o) private returns (uint64) {
        return acceptAs(university, o, utility.key, Acceptance(ANY_ANCESTRY, 0, 0));
    }

    function _missing(uint64 lot, uint64 required, uint64 covered) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICertificatedGeneration.CertificatesMissing.selector, lot, required, covered);
    }

    function _refused(Offer memory o, uint64 required, uint64 covered) private {
        bytes memory signature = signedOffer(o, utility.key);
        vm.prank(university.at);
        vm.expectRevert(_missing(derivedKey(offerHash(o)), required, covered));
        cet.accept(o, signature, Acceptance(ANY_ANCESTRY, 0, 0));
    }

    function _covered(uint64 parent, uint64 wh) private returns (uint64, uint96) {
        Offer memory o = _offer(parent, wh);
        uint96 number = _cover(o, wh);
        return (_accept(o), number);
    }

    function _product(uint16 code, uint64 output, uint64 a, uint64 unitsA, uint64 unitsGas) private returns (uint64) {
        return blend(utility, code, output, a, unitsA, gas, unitsGas);
    }

    function _isMarked(uint64 lot) private view returns (bool) {
        return cet.lotOf(lot).certificated;
    }

    // Every way a lot is made

    function test_a_signed_offer_is_taken_up_with_enough_certificates_only() external {
        Offer memory o = _offer(plant, 10 * MWH);
        _refused(o, 10 * MWH, 0);
        _cover(o, 10 * MWH - 1);
        _refused(o, 10 * MWH, 10 * MWH - 1);
        _cover(o, 1);
        uint64 lot = _accept(o);
        vm.assertEq(cet.lotOf(lot).basis, 10 * MWH);
        vm.assertEq(cet.lotOf(plant).allocated, 10 * MWH);
        vm.assertEq(generation.shortfallsOf(lot).length, 0);
    }

    function test_of_an_offer_taken_in_part_the_part_needs_them() external {
        Offer memory o = _offer(plant, 10 * MWH);
        _cover(o, 4 * MWH);
        _refused(o, 10 * MWH, 4 * MWH);
        uint64 lot = acceptAs(university, o, utility.key, Acceptance(ANY_ANCESTRY, 0, 4 * MWH));
        vm.assertEq(cet.lotOf(lot).basis, 4 * MWH);
    }

    function test_an_allocation_under_an_opt_in_needs_them() external {
        optInAs(university, utility, anything());
        Offer memory o = _offer(plant, MWH);
        vm.prank(utility.at);
        vm.expectRevert(_missing(derivedKey(offerHash(o)), MWH, 0));
        cet.allocate(o);
        _cover(o, MWH);
        vm.assertEq(cet.lotOf(allocateAs(utility, o)).basis, MWH);
    }

    function test_energy_for_resale_needs_them() external {
        Offer memory o = offerOf(plant, university.at, MWH, Codes.scope3(3, 1));
        _refused(o, MWH, 0);
        _cover(o, MWH);
        _accept(o);
    }

    function test_a_leaf_is_anchored_without_and_materialised_with_them() external {
        Offer[] memory offers = new Offer[](2);
        (offers[0], offers[1]) = (_offer(plant, MWH), _offer(plant, 2 * MWH));
        bytes32 root = rootOf(offers);
        anchorAs(utility, plant, root, 3 * MWH, offers[0].deadline);
        bytes32[] memory proof = proofOf(offers, 0);
        bytes memory reason = _missing(derivedKey(offerHash(offers[0])), MWH, 0);
        Acceptance memory terms = Acceptance(ANY_ANCESTRY, 0, 0);
        vm.prank(university.at);
        vm.expectRevert(reason);
        cet.materialise(root, offers[0], proof, terms);
        bytes32[] memory none = new bytes32[](0);
        _cover(offers[0], MWH);
        reason = _missing(derivedKey(offerHash(offers[1])), 2 * MWH, 0);
        vm.prank(university.at);
        vm.expectRevert(reason);
        cet.materialiseBatch(root, offers, none, allFlags(2), terms);
        materialiseAs(university.at, root, offers[0], proof);
        _cover(offers[1], 2 * MWH);
        materialiseAs(university.at, root, offers[1], proofOf(offers, 1));
    }

    function test_leaves_reserved_before_the_certification_are_materialised_with_them() external {
        Offer[] memory offers = new Offer[](1);
        offers[0] = _offer(gas, MWH);
        bytes32 root = leafOf(offers[0]);
        anchorAs(utility, gas, root, MWH, offers[0].deadline);
        _certify(gas);
        bytes memory reason = _missing(derivedKey(offerHash(offers[0])), MWH, 0);
        vm.prank(university.at);
        vm.expectRevert(reason);
        cet.materialise(root, offers[0], new bytes32[](0), Acceptance(ANY_ANCESTRY, 0, 0));
        _cover(offers[0], MWH);
        materialiseAs(university.at, root, offers[0], new bytes32[](0));
    }

    function test_references_take_nothing_and_need_none() external {
        Offer memory o = offerOf(plant, university.at, MWH, USE);
        uint64 lot = _accept(o);
        // Nor is a cancellation kept that was named for one.
        Offer memory other = offerOf(plant, university.at, MWH, USE);
        uint96 number = _cover(other, MWH);
        _accept(other);
        vm.prank(university.at);
        generation.uncover(number);
        vm.assertTrue(!_isMarked(lot));
    }

    function test_generation_without_certificates_needs_none() external {
        pass(utility, gas, university, 10 * MWH, ELECTRICITY);
        vm.assertTrue(!_isMarked(gas) && _isMarked(plant));
    }

    /// They were cancelled for whoever took it first.
    function test_what_was_received_is_passed_on_as_it_is() external {
        (uint64 lot,) = _covered(plant, 10 * MWH);
        vm.assertTrue(!_isMarked(lot));
        pass(university, lot, purchaser, 4 * MWH, ELECTRICITY);
        uint64 mix = composeAs(university, _single(PRODUCT, MWH, lot, MWH));
        vm.assertTrue(!_isMarked(mix));
        pass(university, mix, purchaser, MWH, ELECTRICITY);
    }

    function _single(uint16 code, uint64 output, uint64 a, uint64 units) private returns (Composition memory) {
        return compositionOf(code, output, list(a), list(units));
    }

    // Corrections

    function test_a_lot_grows_only_with_certificates_for_all_of_it() external {
        (uint64 lot,) = _covered(plant, 10 * MWH);
        Correction memory c = correctionOf(lot, 12 * MWH, 10 * MWH);
        (bytes memory supplier, bytes memory dependent) =
            (signedCorrection(c, utility.key), signedCorrection(c, university.key));
        vm.expectRevert(_missing(lot, 12 * MWH, 10 * MWH));
        cet.correct(c, supplier, dependent);
        uint96 more = _cancelled(2 * MWH);
        vm.prank(university.at);
        generation.cover(lot, more);
        cet.correct(c, supplier, dependent);
        vm.assertEq(cet.lotOf(lot).basis, 12 * MWH);
        // It falls freely, and what it needs no longer is free again.
        correctAs(utility, university, correctionOf(lot, 10 * MWH, 12 * MWH));
        vm.prank(university.at);
        generation.uncover(more);
    }

    function test_what_was_taken_before_the_certification_stays_and_grows_with_certificates_for_all_of_it() external {
        uint64 lot = pass(utility, gas, university, 10 * MWH, ELECTRICITY);
        _certify(gas);
        vm.assertEq(generation.shortfallsOf(lot)[0].required, 10 * MWH);
        correctAs(utility, university, correctionOf(lot, 5 * MWH, 10 * MWH));
        Correction memory c = correctionOf(lot, 6 * MWH, 5 * MWH);
        (bytes memory supplier, bytes memory dependent) =
            (signedCorrection(c, utility.key), signedCorrection(c, university.key));
        vm.expectRevert(_missing(lot, 6 * MWH, 0));
        cet.correct(c, supplier, dependent);
    }

    // Products

    function test_a_product_is_marked_at_birth_two_levels_deep() external {
        Composition memory c = _single(PRODUCT, 30 * MWH, plant, 10 * MWH);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.CertificatedSet(derivedKey(keccak256(abi.encode(utility.at, c))), true);
        uint64 first = composeAs(utility, c);
        uint64 second = _product(PRODUCT, 30 * MWH, first, 15 * MWH, MWH);
        vm.assertTrue(_isMarked(first) && _isMarked(second));
        Offer memory o = _offer(second, 3 * MWH);
        // A third of the first's, half of that in the second's 30 MWh.
        _refused(o, 500_000, 0);
        _cover(o, 499_999);
        _refused(o, 500_000, 499_999);
        _cover(o, 1);
        _accept(o);
        vm.assertTrue(!_isMarked(_product(PRODUCT, MWH, mintLot(utility, Codes.STATIONARY_WH, MWH, T), MWH, 1)));
    }

    /// Counted as goods or as mass in between, energy does not lose its certificates.
    function test_a_product_of_another_unit_in_between_hides_nothing() external {
        uint64 byMass = _product(PRODUCT_BY_MASS, 10, plant, 10 * MWH, 1);
        uint64 goods = _product(Codes.GOODS_ITEMS, 4, byMass, 5, 1);
        uint64 outer = _product(PRODUCT, 100 * MWH, goods, 2, 1);
        vm.assertTrue(_isMarked(byMass) && _isMarked(goods) && _isMarked(outer));
        Offer memory o = _offer(outer, 100 * MWH);
        _refused(o, 2_500_000, 0);
        _cover(o, 2_500_000);
        _accept(o);
        // Goods as such are no energy.
        pass(utility, goods, university, 1, Codes.scope3(1, 5));
        vm.assertEq(generation.requiredOf(goods, 1), 0);
    }

    function test_a_product_made_before_the_certification_is_marked_by_anybody() external {
        uint64 first = composeAs(utility, _single(PRODUCT, 30 * MWH, gas, 10 * MWH));
        _certify(gas);
        // Composed of what is not marked yet.
        uint64 second = composeAs(utility, _single(PRODUCT, 10 * MWH, first, 15 * MWH));
        vm.assertTrue(!_isMarked(first) && !_isMarked(second));
        vm.startPrank(purchaser.at);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.CertificatedSet(second, true);
        generation.mark(second);
        generation.mark(second);
        generation.mark(gas);
        vm.stopPrank();
        vm.assertTrue(!_isMarked(first) && _isMarked(second) && _isMarked(gas));
        Offer memory o = _offer(second, 10 * MWH);
        _refused(o, 5 * MWH, 0);
        _cover(o, 5 * MWH);
        _accept(o);
    }

    function test_a_mark_is_taken_off_when_its_reason_is_gone_and_not_before() external {
        uint64 mix = composeAs(utility, _single(PRODUCT, MWH, plant, MWH));
        vm.prank(registrar.at);
        uint64 second = eac.issue(batchOf(1_000, 1), 1, utility.at);
        vm.prank(utility.at);
        generation.certify(plant, second);
        vm.startPrank(registrar.at);
        eac.withdraw(batch, utility.at, 100 * MWH, "another device");
        generation.uncertify(plant, batch);
        vm.assertTrue(_isMarked(plant));
        eac.withdraw(second, utility.at, MWH, "another device");
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.CertificatedSet(plant, false);
        generation.uncertify(plant, second);
        vm.stopPrank();
        vm.assertTrue(!_isMarked(plant) && _isMarked(mix));
        // Nothing is needed any more, whether the mark is still there or not.
        pass(utility, mix, university, 1, ELECTRICITY);
        generation.mark(mix);
        vm.assertTrue(!_isMarked(mix));
        pass(utility, mix, university, 1, ELECTRICITY);
    }

    function test_a_product_certificated_by_itself_stays_marked_for_its_parts() external {
        uint64 mix = composeAs(utility, _single(PRODUCT, 10 * MWH, plant, 4 * MWH));
        vm.prank(registrar.at);
        uint64 own = eac.issue(batchOf(1_000, 1), 1, utility.at);
        vm.prank(utility.at);
        generation.certify(mix, own);
        _refused(_offer(mix, 10 * MWH), 10 * MWH, 0);
        vm.startPrank(registrar.at);
        eac.withdraw(own, utility.at, MWH, "another device");
        generation.uncertify(mix, own);
        vm.stopPrank();
        vm.assertTrue(_isMarked(mix));
        _refused(_offer(mix, 10 * MWH), 4 * MWH, 0);
    }

    /// For all parts and outputs: what is needed is each level's certificated part, rounded up, never more than the energy.
    function test_fuzz_a_product_of_products_needs_its_certificated_part(
        uint64 taken,
        uint64 output,
        uint64 inner,
        uint64 outer,
        uint64 units
    ) external {
        taken = 1 + taken % (100 * MWH);
        output = 1 + output % (200 * MWH);
        inner = 1 + inner % output;
        outer = 1 + outer % (200 * MWH);
        units = 1 + units % outer;
        uint64 first = composeAs(utility, _single(PRODUCT, output, plant, taken));
        uint64 second = composeAs(utility, _single(PRODUCT, outer, first, inner));
        uint256 part = taken < output ? taken : output;
        part = (part * inner + output - 1) / output;
        part = part < outer ? part : outer;
        part = (part * units + outer - 1) / outer;
        vm.assertEq(generation.requiredOf(second, units), part);
        _refused(_offer(second, units), uint64(part), 0);
    }

    // What a lot needs is not freed

    function test_cover_is_freed_before_the_offer_is_taken_up_and_beyond_need_only() external {
        Offer memory o = _offer(plant, 10 * MWH);
        uint96 number = _cover(o, 10 * MWH);
        vm.prank(university.at);
        generation.uncover(number);
        _refused(o, 10 * MWH, 0);
        vm.prank(university.at);
        generation.coverOffer(o, number);
        uint96 spare = _cover(o, MWH);
        uint64 lot = _accept(o);
        vm.startPrank(university.at);
        vm.expectRevert(_missing(lot, 10 * MWH, MWH));
        generation.uncover(number);
        generation.uncover(spare);
        vm.stopPrank();
        vm.assertEq(generation.coveredOf(lot), 10 * MWH);
    }

    function test_a_void_cancellation_is_freed_though_its_lot_is_short() external {
        (uint64 lot, uint96 number) = _covered(plant, 10 * MWH);
        vm.prank(registrar.at);
        eac.voidCancellation(number, "fraud");
        vm.prank(university.at);
        generation.uncover(number);
        vm.assertEq(generation.shortfallsOf(lot)[0].covered, 0);
        vm.assertEq(generation.cancellationsOf(lot).length, 0);
    }

    function test_a_cancelled_offer_frees_its_cover() external {
        Offer memory o = _offer(plant, MWH);
        uint96 number = _cover(o, MWH);
        vm.prank(utility.at);
        cet.cancel(o);
        vm.prank(university.at);
        generation.uncover(number);
        vm.assertEq(generation.lotOf(number), 0);
    }

    // The mark

    function test_only_the_record_of_certificated_generation_marks() external {
        bytes4 only = ICarbonEmissionsToken.OnlyGeneration.selector;
        vm.prank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(only, utility.at));
        cet.setCertificated(plant, false);
        vm.assertEq(address(cet.generation()), address(generation));
    }

    /// A word of a lot that isn't there stays empty, so that it can be minted.
    function test_what_is_no_lot_is_not_marked() external {
        uint64 next = sourceKey(uint32(plant >> 32) + 2, Codes.STATIONARY_WH, 0);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, next));
        generation.mark(next);
        (uint16 code, uint256 basis) = cet.quantityOf(next);
        vm.assertTrue(code == 0 && basis == 0);
        vm.assertEq(generation.requiredOf(next, 1), 0);
        vm.assertEq(mintLot(utility, Codes.STATIONARY_WH, MWH, T), next);
        (code, basis) = cet.quantityOf(next);
        vm.assertTrue(code == Codes.STATIONARY_WH && basis == MWH);
    }

    function test_mark_freeze_and_succession_stand_side_by_side() external {
        cet.setFrozenTokens(utility.at, plant, 95 * MWH);
        vm.prank(purchaser.at);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(utility.at, purchaser.at, plant, 100 * MWH);
        vm.assertTrue(_isMarked(plant));
        vm.assertEq(cet.lotOf(plant).holder, purchaser.at);
        Offer memory o = _offer(plant, 6 * MWH);
        bytes memory signature = signedOffer(o, purchaser.key);
        vm.startPrank(university.at);
        bytes4 unavailable = ICarbonEmissionsToken.UnitsUnavailable.selector;
        vm.expectRevert(abi.encodeWithSelector(unavailable, plant, 6 * MWH, 5 * MWH));
        cet.accept(o, signature, Acceptance(ANY_ANCESTRY, 0, 0));
        vm.expectRevert(_missing(derivedKey(offerHash(o)), 5 * MWH, 0));
        cet.accept(o, signature, Acceptance(ANY_ANCESTRY, 0, 5 * MWH));
        vm.stopPrank();
        cet.setFrozenTokens(purchaser.at, plant, 0);
        vm.assertTrue(_isMarked(plant));
    }

    /// Biogenic CO2 of the same fuel stands beside the energy and is no energy.
    function test_other_series_of_the_plant_need_none() external {
        uint64 biogenic = mintLot(utility, Codes.BIOGENIC | 1 << 4, 100 * MWH, T);
        pass(utility, biogenic, university, MWH, Codes.BIOGENIC | 1 << 4);
    }
}
