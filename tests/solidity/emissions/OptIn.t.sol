// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICarbonEmissionsToken, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 9: without a signature an allocation needs an opt-in: until when, from whom, what, how much, how deep.
contract OptInTest is LedgerTest {
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
    }

    function _offer(uint64 units) private returns (Offer memory) {
        return offerOf(plant, university.at, units, Codes.ELECTRICITY_MARKET_WH);
    }

    function _terms() private view returns (OptIn memory) {
        return OptIn(uint40(NOW + 1 days), 1, 1, 100 * T, 0);
    }

    function _refused(Offer memory o, bytes memory reason) private {
        _refusedTo(utility.at, o, reason);
    }

    function _refusedTo(address supplier, Offer memory o, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(supplier);
        cet.allocate(o);
    }

    function test_supplier_allocates_within_the_opt_in() external {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OptedIn(university.at, utility.at, _terms());
        optInAs(university, utility, _terms());
        uint64 key = allocateAs(utility, _offer(60));
        vm.assertEq(cet.lotOf(key).holder, university.at);
        vm.assertEq(cet.optInOf(university.at, utility.at).gross, 40 * T);
    }

    function test_gross_is_used_up_to_the_milligram() external {
        optInAs(university, utility, _terms());
        allocateAs(utility, _offer(100));
        vm.assertEq(cet.optInOf(university.at, utility.at).gross, 0);
        _refused(_offer(1), abi.encodeWithSelector(ICarbonEmissionsToken.OptInExceeded.selector, T, 0));
    }

    function test_allocating_without_opt_in_reverts() external {
        bytes4 error = ICarbonEmissionsToken.OptInMissing.selector;
        _refused(_offer(1), abi.encodeWithSelector(error, university.at, utility.at));
        optInAs(university, purchaser, _terms());
        _refused(_offer(1), abi.encodeWithSelector(error, university.at, utility.at));
    }

    function test_opt_in_ends_after_its_last_second_and_when_withdrawn() external {
        optInAs(university, utility, _terms());
        vm.warp(NOW + 1 days);
        allocateAs(utility, _offer(1));
        vm.warp(NOW + 1 days + 1);
        bytes memory reason =
            abi.encodeWithSelector(ICarbonEmissionsToken.OptInMissing.selector, university.at, utility.at);
        _refused(_offer(1), reason);
        vm.warp(NOW);
        OptIn memory none;
        optInAs(university, utility, none);
        _refused(_offer(1), reason);
    }

    function test_category_that_was_not_opted_into_reverts() external {
        OptIn memory terms = _terms();
        terms.categories = type(uint16).max - 1; // every scope 3 category, not scope 2
        optInAs(university, utility, terms);
        bytes4 error = ICarbonEmissionsToken.OptInCategoryClosed.selector;
        Offer memory o = _offer(1);
        _refused(o, abi.encodeWithSelector(error, o.code, terms.categories));
        o.code = Codes.scope3(3, 1);
        allocateAs(utility, o);
        terms.categories = 1 << 1;
        optInAs(university, utility, terms);
        o.units = 2;
        _refused(o, abi.encodeWithSelector(error, o.code, terms.categories));
    }

    function test_scopes_0_and_1_always_need_a_signature() external {
        uint64 biogenic = mintLot(utility, Codes.BIOGENIC, 10, T);
        optInAs(university, utility, anything());
        bytes4 error = ICarbonEmissionsToken.OptInCategoryClosed.selector;
        Offer memory o = offerOf(biogenic, university.at, 1, Codes.BIOGENIC);
        _refused(o, abi.encodeWithSelector(error, Codes.BIOGENIC, type(uint16).max));
        o = offerOf(plant, university.at, 1, Codes.STATIONARY_WH);
        _refused(o, abi.encodeWithSelector(error, Codes.STATIONARY_WH, type(uint16).max));
    }

    function test_more_gross_than_opted_into_reverts() external {
        optInAs(university, utility, _terms());
        bytes4 error = ICarbonEmissionsToken.OptInExceeded.selector;
        _refused(_offer(101), abi.encodeWithSelector(error, 101 * T, 100 * T));
    }

    function test_deeper_lot_than_opted_into_reverts() external {
        uint64 child = pass(utility, plant, purchaser, 100, Codes.ELECTRICITY_MARKET_WH);
        optInAs(university, purchaser, _terms());
        Offer memory o = offerOf(child, university.at, 1, Codes.ELECTRICITY_MARKET_WH);
        _refusedTo(purchaser.at, o, abi.encodeWithSelector(ICarbonEmissionsToken.AncestryExceeds.selector, 2, 1));
    }

    function test_only_the_holder_allocates() external {
        optInAs(university, purchaser, anything());
        Offer memory o = _offer(1);
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, purchaser.at, utility.at));
        allocateAs(purchaser, o);
    }

    function test_nobody_opts_in_to_itself() external {
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.SupplierInvalid.selector, utility.at));
        optInAs(utility, utility, anything());
    }

    function test_allocating_an_unknown_lot_reverts() external {
        Offer memory o = _offer(1);
        o.parent = 12345;
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 12345));
    }

    /// Nobody can have opted in from the zero address; only that is left to break the rule with.
    function test_the_zero_address_is_no_dependent() external {
        vm.prank(address(0));
        cet.optIn(utility.at, anything());
        Offer memory o = _offer(1);
        o.dependent = address(0);
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.DependentInvalid.selector, address(0)));
    }

    function test_every_refusal_of_an_offer_holds_for_allocations_too() external {
        optInAs(university, utility, anything());
        Offer memory o = _offer(1_001);
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.UnitsUnavailable.selector, plant, 1_001, 1_000));
        o = _offer(1);
        o.consumedTo = o.consumedFrom - 1;
        bytes4 error = ICarbonEmissionsToken.ConsumptionReversed.selector;
        _refused(o, abi.encodeWithSelector(error, o.consumedFrom, o.consumedTo));
        o = _offer(1);
        o.code = Codes.STEAM_MARKET_WH;
        uint64 electricity = mintLot(utility, Codes.ELECTRICITY_MARKET_WH, 10, T);
        o.parent = electricity;
        error = ICarbonEmissionsToken.RescopingForbidden.selector;
        _refused(o, abi.encodeWithSelector(error, Codes.ELECTRICITY_MARKET_WH, o.code));
        o = _offer(1);
        vm.warp(uint256(o.deadline) + 1);
        error = ICarbonEmissionsToken.OfferExpired.selector;
        _refused(o, abi.encodeWithSelector(error, o.deadline, uint256(o.deadline) + 1));
    }
}
