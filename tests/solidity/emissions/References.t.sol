// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, Composition, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 1: references report shares of another's lot, within caps of their own, and take nothing from it.
contract ReferencesTest is LedgerTest {
    uint16 private constant VALUE_CHAIN = 1;
    uint16 private constant CONSOLIDATION = 2;
    uint16 private constant USE = 3 << 14 | 11 << 10 | VALUE_CHAIN;
    uint16 private constant END_OF_LIFE = 3 << 14 | 12 << 10 | VALUE_CHAIN;
    uint16 private constant INVESTMENT = 3 << 14 | 15 << 10 | VALUE_CHAIN;
    uint16 private constant EQUITY = 1 << 14 | 1 << 10 | CONSOLIDATION; // of scope 1, stationary

    uint64 private plant;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY, 1_000, 1_000 * T);
    }

    function _refused(Party memory to, uint64 parent, uint64 units, uint16 code, bytes memory reason) private {
        Offer memory o = offerOf(parent, to.at, units, code);
        bytes memory signature = signedOffer(o, partyAt(cet.lotOf(parent).holder).key);
        vm.expectRevert(reason);
        vm.prank(to.at);
        cet.accept(o, signature, Acceptance(ANY_ANCESTRY, 0, 0));
    }

    function _exceeds(uint64 parent, uint16 code, uint256 units, uint256 left) private pure returns (bytes memory) {
        bytes4 error = ICarbonEmissionsToken.ReferencesExceedBasis.selector;
        return abi.encodeWithSelector(error, parent, code, units, left);
    }

    function _mayNotBecome(uint16 parent, uint16 child) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICarbonEmissionsToken.RescopingForbidden.selector, parent, child);
    }

    function test_a_reference_is_a_lot_with_the_share_and_takes_nothing() external {
        uint64 key = pass(utility, plant, university, 400, USE);
        assertFigures(key, 400 * T, 400 * T, 400 * T, 0);
        vm.assertEq(cet.lotOf(plant).allocated, 0);
        vm.assertEq(cet.lotOf(key).code, USE);
        vm.assertEq(cet.lotOf(key).ancestry, 1);
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 400);
        pass(utility, plant, purchaser, 1_000, Codes.scope3(1));
        vm.assertEq(cet.lotOf(plant).allocated, 1_000);
        pass(utility, plant, university, 600, USE);
    }

    /// An offset at the source lowers references as it lowers every dependent.
    function test_a_reference_follows_its_source() external {
        uint64 key = pass(utility, plant, university, 400, EQUITY);
        offsetLot(utility, plant, 100 * T);
        assertFigures(key, 400 * T, 360 * T, 360 * T, 0);
    }

    function test_a_referrer_refers_to_a_lot_once_in_a_category() external {
        pass(utility, plant, university, 999, USE);
        _refused(university, plant, 2, USE, _exceeds(plant, USE, 2, 1));
        pass(utility, plant, university, 1, USE);
        _refused(university, plant, 1, USE, _exceeds(plant, USE, 1, 0));
        pass(utility, plant, university, 1_000, END_OF_LIFE);
        pass(utility, plant, purchaser, 1_000, USE);
    }

    /// A scope 2 lot may be referred to in either series, both within one cap.
    function test_both_series_of_a_category_share_a_cap() external {
        uint64 power = mintLot(utility, Codes.ELECTRICITY_MARKET, 10, T);
        pass(utility, power, university, 7, USE);
        _refused(university, power, 4, USE | 2 << 8, _exceeds(power, USE | 2 << 8, 4, 3));
    }

    function test_investors_share_one_cap() external {
        pass(utility, plant, university, 600, INVESTMENT);
        _refused(purchaser, plant, 401, INVESTMENT, _exceeds(plant, INVESTMENT, 401, 400));
        pass(utility, plant, purchaser, 400, INVESTMENT);
        vm.assertEq(cet.referencedOf(plant, INVESTMENT, university.at), 1_000);
        vm.assertEq(cet.referencedOf(plant, INVESTMENT, address(7)), 1_000);
    }

    function test_parents_consolidate_up_to_the_whole_each() external {
        pass(utility, plant, university, 1_000, EQUITY);
        _refused(university, plant, 1, EQUITY, _exceeds(plant, EQUITY, 1, 0));
        pass(utility, plant, purchaser, 500, EQUITY);
        vm.assertEq(cet.referencedOf(plant, EQUITY, purchaser.at), 500);
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 0);
    }

    function test_location_based_and_outside_lots_are_consolidated_but_not_referred_to_in_the_value_chain() external {
        uint64 location = mintLot(utility, Codes.ELECTRICITY_LOCATION, 10, T);
        uint64 biogenic = mintLot(utility, Codes.BIOGENIC, 10, T);
        uint64 removed = mintLot(utility, Codes.REMOVALS, 10, T);
        pass(utility, location, university, 10, Codes.ELECTRICITY_LOCATION | CONSOLIDATION);
        pass(utility, biogenic, university, 10, Codes.BIOGENIC | CONSOLIDATION);
        pass(utility, removed, university, 10, Codes.REMOVALS | CONSOLIDATION);
        _refused(university, location, 1, USE, _mayNotBecome(Codes.ELECTRICITY_LOCATION, USE));
        _refused(university, biogenic, 1, USE, _mayNotBecome(Codes.BIOGENIC, USE));
        uint16 other = Codes.STATIONARY_MARKET | CONSOLIDATION;
        _refused(university, plant, 1, other, _mayNotBecome(Codes.STATIONARY, other));
    }

    function test_downstream_lots_are_referred_to_and_never_allocated() external {
        uint64 use = mintLot(utility, Codes.scope3(11), 10, T);
        pass(utility, use, university, 10, INVESTMENT);
        _refused(university, use, 1, Codes.scope3(1), _mayNotBecome(Codes.scope3(11), Codes.scope3(1)));
    }

    function test_references_are_nobodys_parents() external {
        uint64 key = pass(utility, plant, university, 400, EQUITY);
        _refused(purchaser, key, 1, Codes.scope3(1), _mayNotBecome(EQUITY, Codes.scope3(1)));
        _refused(purchaser, key, 1, EQUITY, _mayNotBecome(EQUITY, EQUITY));
        _refused(purchaser, key, 1, INVESTMENT, _mayNotBecome(EQUITY, INVESTMENT));
        Composition memory c = compositionOf(Codes.GOODS, 1, list(key), list(1));
        bytes4 error = ICarbonEmissionsToken.NotComposable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, key, EQUITY, Codes.GOODS));
        composeAs(university, c);
    }

    function test_references_take_no_offsets() external {
        uint64 key = pass(utility, plant, university, 400, EQUITY);
        uint64 batch = issueCredits(university.at, 1);
        bytes4 error = ICarbonEmissionsToken.NotOffsettable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, key, EQUITY));
        applyAs(university, batch, key, 1);
    }

    function test_statements_and_compositions_make_no_references() external {
        uint16[2] memory codes = [EQUITY, USE];
        for (uint256 i; i < 2; ++i) {
            uint256[] memory words = words1(word(codes[i], 0, 1, 1));
            bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.CodeInvalid.selector, codes[i]);
            this.mintRefused(words, reason);
            Composition memory c = compositionOf(codes[i], 1, list(plant), list(1));
            vm.expectRevert(reason);
            composeAs(utility, c);
        }
        Composition memory product = compositionOf(Codes.GOODS | CONSOLIDATION, 1, list(plant), list(1));
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.CodeInvalid.selector, product.code));
        composeAs(utility, product);
    }

    function mintRefused(uint256[] memory words, bytes memory reason) external {
        (bool ok, bytes memory answer) = address(this).call(abi.encodeCall(this.mintNow, (words)));
        vm.assertFalse(ok);
        vm.assertEq(keccak256(answer), keccak256(reason));
    }

    function mintNow(uint256[] memory words) external {
        mintLots(utility, words);
    }

    function test_frozen_units_are_not_referred_to() external {
        cet.setFrozenTokens(utility.at, plant, 900);
        _refused(university, plant, 101, USE, _exceeds(plant, USE, 101, 100));
        pass(utility, plant, university, 100, USE);
        cet.setFrozenTokens(utility.at, plant, 901);
        _refused(university, plant, 1, USE, _exceeds(plant, USE, 1, 0));
    }

    function test_no_units_are_no_reference() external {
        _refused(university, plant, 0, USE, abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, plant));
    }

    function test_an_opt_in_to_a_category_receives_value_chain_references_and_no_consolidation() external {
        optInAs(university, utility, anything());
        uint64 key = allocateAs(utility, offerOf(plant, university.at, 400, USE));
        vm.assertEq(cet.lotOf(key).holder, university.at);
        vm.assertEq(cet.lotOf(plant).allocated, 0);
        Offer memory o = offerOf(plant, university.at, 1, EQUITY);
        bytes4 error = ICarbonEmissionsToken.OptInCategoryClosed.selector;
        vm.expectRevert(abi.encodeWithSelector(error, EQUITY, type(uint16).max));
        allocateAs(utility, o);
        uint64 use = mintLot(utility, Codes.scope3(11), 10, T);
        o = offerOf(use, university.at, 1, Codes.scope3(11) | CONSOLIDATION);
        vm.expectRevert(abi.encodeWithSelector(error, o.code, type(uint16).max));
        allocateAs(utility, o);
    }

    function test_a_value_chain_reference_displaces_the_referrers_estimate_of_the_category() external {
        uint64 estimate = mintLot(university, Codes.scope3(11), 700, 500 * T);
        Offer memory o = offerOf(plant, university.at, 400, USE);
        acceptAs(university, o, utility.key, Acceptance(1, estimate, 0));
        vm.assertEq(cet.lotOf(estimate).displaced, 400);
        o = offerOf(plant, university.at, 400, END_OF_LIFE);
        bytes memory signature = signedOffer(o, utility.key);
        uint64 key = derivedKey(offerHash(o));
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.DisplacementUnlike.selector, estimate, key));
        vm.prank(university.at);
        cet.accept(o, signature, Acceptance(1, estimate, 0));
    }

    function test_a_consolidation_reference_displaces_nothing() external {
        uint64 estimate = mintLot(university, Codes.STATIONARY, 700, 500 * T);
        Offer memory o = offerOf(plant, university.at, 400, EQUITY);
        bytes memory signature = signedOffer(o, utility.key);
        uint64 key = derivedKey(offerHash(o));
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.DisplacementUnlike.selector, estimate, key));
        vm.prank(university.at);
        cet.accept(o, signature, Acceptance(1, estimate, 0));
    }

    function test_a_part_of_an_offered_reference_may_be_taken() external {
        acceptAs(university, offerOf(plant, university.at, 400, USE), utility.key, Acceptance(1, 0, 150));
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 150);
    }

    function test_unknown_lots_are_not_referred_to() external {
        Offer memory o = offerOf(1 << 63, university.at, 1, USE);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OfferSignatureInvalid.selector, address(0)));
        vm.prank(university.at);
        cet.accept(o, "", Acceptance(1, 0, 0));
    }
}
