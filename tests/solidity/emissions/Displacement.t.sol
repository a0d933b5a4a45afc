// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";

/// @notice Law 11: primary data displaces the receiver's own estimate, unit for unit, like for like, and only what the
/// estimate has not passed on.
contract DisplacementTest is LedgerTest {
    uint64 private plant;
    uint64 private estimate;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 999 * T);
        estimate = mintLot(university, Codes.ELECTRICITY_MARKET_WH, 700, 500 * T);
    }

    function _offer(uint64 units) private returns (Offer memory) {
        return offerOf(plant, university.at, units, Codes.ELECTRICITY_MARKET_WH);
    }

    function _refused(Offer memory o, uint64 displaced, bytes memory reason) private {
        bytes memory signature = signedOffer(o, utility.key);
        vm.expectRevert(reason);
        vm.prank(university.at);
        cet.accept(o, signature, Acceptance(1, displaced, 0));
    }

    function test_units_are_displaced_one_for_one() external {
        Offer memory o = _offer(600);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.EstimateDisplaced(estimate, derivedKey(offerHash(o)), 600);
        acceptAs(university, o, utility.key, Acceptance(1, estimate, 0));
        vm.assertEq(cet.lotOf(estimate).displaced, 600);
        vm.assertEq(cet.lotOf(estimate).allocated, 600);
        acceptAs(university, _offer(100), utility.key, Acceptance(1, estimate, 0));
        vm.assertEq(cet.lotOf(estimate).displaced, 700);
    }

    function test_displaced_estimate_stays_readable() external {
        acceptAs(university, _offer(700), utility.key, Acceptance(1, estimate, 0));
        assertFigures(estimate, 500 * T, 500 * T, 500 * T, 0);
        vm.assertEq(cet.balanceOf(university.at, estimate), 700);
    }

    function test_no_more_is_displaced_than_the_estimate_still_has() external {
        pass(university, estimate, purchaser, 500, Codes.ELECTRICITY_MARKET_WH);
        Offer memory o = _offer(201);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.EstimateDisplaced(estimate, derivedKey(offerHash(o)), 200);
        uint64 lot = acceptAs(university, o, utility.key, Acceptance(1, estimate, 0));
        vm.assertEq(cet.lotOf(estimate).displaced, 200);
        vm.assertEq(cet.lotOf(estimate).allocated, 700);
        vm.assertEq(cet.lotOf(lot).basis, 201);
        (uint64 of_, uint64 units) = cet.displacementOf(lot);
        vm.assertEq(uint256(of_) << 64 | units, uint256(estimate) << 64 | 200);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refused(_offer(3), estimate, abi.encodeWithSelector(error, estimate, 3, 0));
    }

    function test_a_part_of_an_offer_displaces_that_part() external {
        uint64 lot = acceptAs(university, _offer(600), utility.key, Acceptance(1, estimate, 250));
        vm.assertEq(cet.lotOf(estimate).displaced, 250);
        vm.assertEq(cet.lotOf(lot).basis, 250);
    }

    function test_displaced_units_are_passed_on_to_nobody() external {
        acceptAs(university, _offer(650), utility.key, Acceptance(1, estimate, 0));
        Offer memory o = offerOf(estimate, purchaser.at, 51, Codes.ELECTRICITY_MARKET_WH);
        bytes memory signature = signedOffer(o, university.key);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, estimate, 51, 50));
        vm.prank(purchaser.at);
        cet.accept(o, signature, Acceptance(1, 0, 0));
    }

    function test_estimate_of_another_reverts() external {
        uint64 other = mintLot(purchaser, Codes.ELECTRICITY_MARKET_WH, 700, T);
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        _refused(_offer(1), other, abi.encodeWithSelector(error, other, university.at, purchaser.at));
    }

    function test_unknown_estimate_reverts() external {
        _refused(_offer(1), 99, abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 99));
    }

    function test_another_category_method_or_unit_is_not_alike() external {
        uint16[4] memory codes = [
            Codes.STEAM_MARKET_WH,
            Codes.ELECTRICITY_LOCATION_WH,
            Codes.ELECTRICITY_MARKET,
            Codes.scope3(3, 1)
        ];
        for (uint256 i; i < 4; ++i) {
            uint64 unlike = mintLot(university, codes[i], 700, T);
            Offer memory o = _offer(1);
            uint64 key = derivedKey(offerHash(o));
            bytes4 error = ICarbonEmissionsToken.DisplacementUnlike.selector;
            _refused(o, unlike, abi.encodeWithSelector(error, unlike, key));
        }
    }

    function test_consumption_outside_the_estimates_period_reverts() external {
        bytes4 error = ICarbonEmissionsToken.DisplacementOutOfPeriod.selector;
        Offer memory o = _offer(1);
        o.consumedFrom = FIRST_DAY - 1;
        _refused(o, estimate, abi.encodeWithSelector(error, FIRST_DAY - 1, LAST_DAY, FIRST_DAY, LAST_DAY));
        o.consumedFrom = FIRST_DAY;
        o.consumedTo = LAST_DAY + 1;
        _refused(o, estimate, abi.encodeWithSelector(error, FIRST_DAY, LAST_DAY + 1, FIRST_DAY, LAST_DAY));
        o.consumedFrom = LAST_DAY;
        o.consumedTo = LAST_DAY;
        acceptAs(university, o, utility.key, Acceptance(1, estimate, 0));
    }

    function test_primary_data_displaces_no_primary_data() external {
        uint64 received = pass(utility, plant, university, 100, Codes.ELECTRICITY_MARKET_WH);
        Offer memory o = _offer(1);
        bytes4 error = ICarbonEmissionsToken.DisplacementUnlike.selector;
        _refused(o, received, abi.encodeWithSelector(error, received, derivedKey(offerHash(o))));
    }

    function test_an_opt_in_names_the_estimate_it_displaces() external {
        OptIn memory terms = anything();
        terms.displaces = estimate;
        optInAs(university, utility, terms);
        allocateAs(utility, _offer(40));
        vm.assertEq(cet.lotOf(estimate).displaced, 40);
    }

    function test_frozen_estimate_is_not_displaced() external {
        cet.setFrozenTokens(university.at, estimate, 650);
        acceptAs(university, _offer(51), utility.key, Acceptance(1, estimate, 0));
        vm.assertEq(cet.lotOf(estimate).displaced, 50);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refused(_offer(51), estimate, abi.encodeWithSelector(error, estimate, 51, 0));
    }
}
