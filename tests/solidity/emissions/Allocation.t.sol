// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Acceptance, ICarbonEmissionsToken, LotView, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Codes} from "../support/Codes.sol";
import {LedgerTest} from "../support/LedgerTest.sol";
import {vm} from "../support/Vm.sol";
import {KeyWallet} from "../support/Wallets.sol";

/// @notice Laws 1, 2 and 9: what the holder signed and the dependent accepted becomes a lot, once, within the basis.
contract AllocationTest is LedgerTest {
    uint64 private plant;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 999 * T + 1);
    }

    function _offer(uint64 units) private returns (Offer memory) {
        return offerOf(plant, university.at, units, Codes.ELECTRICITY_MARKET_WH);
    }

    function _refused(Offer memory o, bytes memory reason) private {
        _refusedWith(o, signedOffer(o, utility.key), ANY_ANCESTRY, reason);
    }

    function _refusedWith(Offer memory o, bytes memory signature, uint16 ancestry, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(university.at);
        cet.accept(o, signature, Acceptance(ancestry, 0, 0));
    }

    function test_accepted_offer_becomes_a_lot_of_the_dependent() external {
        Offer memory o = _offer(600);
        bytes memory signature = signedOffer(o, utility.key);
        uint64 key = derivedKey(offerHash(o));
        vm.assertEq(cet.keyOf(o), key);
        uint32 consumed = uint32(FIRST_DAY) << 16 | LAST_DAY;
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.LotAllocated(key, plant, university.at, 600, o.code, consumed, o.activity);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(university.at, address(0), university.at, key, 600);
        vm.prank(university.at);
        vm.assertEq(cet.accept(o, signature, Acceptance(1, 0, 0)), key);

        LotView memory v = cet.lotOf(key);
        vm.assertEq(v.holder, university.at);
        vm.assertEq(v.code, o.code);
        vm.assertEq(v.basis, 600);
        vm.assertEq(v.ancestry, 1);
        vm.assertEq(v.statement, 0);
        vm.assertFalse(v.announced);
        vm.assertEq(cet.lotOf(plant).allocated, 600);
        (uint64[] memory parents, uint64[] memory units) = cet.edgesOf(key);
        vm.assertEq(uint256(parents[0]) << 64 | units[0], uint256(plant) << 64 | 600);
        vm.assertEq(parents.length, 1);
    }

    /// 600/1000 of 999,000,000,001 mg is 599,400,000,000.6 mg, rounded up.
    function test_share_is_rounded_up() external {
        uint64 key = pass(utility, plant, university, 600, Codes.ELECTRICITY_MARKET_WH);
        assertFigures(key, 599_400_000_001, 599_400_000_001, 599_400_000_001, 0);
    }

    function test_units_up_to_the_basis_and_no_more() external {
        pass(utility, plant, university, 600, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refused(_offer(401), abi.encodeWithSelector(error, plant, 401, 400));
        pass(utility, plant, university, 400, Codes.ELECTRICITY_MARKET_WH);
        _refused(_offer(1), abi.encodeWithSelector(error, plant, 1, 0));
    }

    function test_a_part_of_an_offer_may_be_taken_once() external {
        Offer memory o = _offer(600);
        bytes memory signature = signedOffer(o, utility.key);
        vm.startPrank(university.at);
        bytes4 error = ICarbonEmissionsToken.UnitsOverOffer.selector;
        vm.expectRevert(abi.encodeWithSelector(error, 601, 600));
        cet.accept(o, signature, Acceptance(1, 0, 601));
        vm.expectEmit(address(cet));
        uint32 consumed = uint32(FIRST_DAY) << 16 | LAST_DAY;
        uint64 key = derivedKey(offerHash(o));
        emit ICarbonEmissionsToken.LotAllocated(key, plant, university.at, 450, o.code, consumed, o.activity);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(university.at, address(0), university.at, key, 450);
        cet.accept(o, signature, Acceptance(1, 0, 450));
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        cet.accept(o, signature, Acceptance(1, 0, 150));
        vm.stopPrank();
        vm.assertEq(cet.lotOf(plant).allocated, 450);
        assertFigures(key, 449_550_000_001, 449_550_000_001, 449_550_000_001, 0);
    }

    function test_nobody_allocates_to_itself() external {
        Offer memory o = offerOf(plant, utility.at, 1, Codes.ELECTRICITY_MARKET_WH);
        bytes memory signature = signedOffer(o, utility.key);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.DependentInvalid.selector, utility.at);
        vm.expectRevert(reason);
        vm.prank(utility.at);
        cet.accept(o, signature, Acceptance(1, 0, 0));
    }

    function test_units_of_a_derived_lot_up_to_its_basis_and_no_more() external {
        uint64 child = pass(utility, plant, purchaser, 600, Codes.ELECTRICITY_MARKET_WH);
        pass(purchaser, child, university, 599, Codes.ELECTRICITY_MARKET_WH);
        Offer memory o = offerOf(child, university.at, 2, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refusedWith(o, signedOffer(o, purchaser.key), 9, abi.encodeWithSelector(error, child, 2, 1));
        vm.assertEq(cet.lotOf(child).allocated, 599);
    }

    function test_zero_units_revert() external {
        _refused(_offer(0), abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, plant));
    }

    function test_offer_makes_one_lot_ever() external {
        Offer memory o = _offer(10);
        uint64 key = acceptAs(university, o, utility.key, Acceptance(1, 0, 0));
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        optInAs(university, utility, anything());
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        allocateAs(utility, o);
    }

    function test_another_than_the_dependent_accepting_reverts() external {
        Offer memory o = _offer(10);
        bytes memory signature = signedOffer(o, utility.key);
        bytes4 error = ICarbonEmissionsToken.NotDependent.selector;
        vm.expectRevert(abi.encodeWithSelector(error, purchaser.at, university.at));
        vm.prank(purchaser.at);
        cet.accept(o, signature, Acceptance(1, 0, 0));
    }

    function test_offer_signed_by_another_than_the_holder_reverts() external {
        Offer memory o = _offer(10);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.OfferSignatureInvalid.selector, utility.at);
        _refusedWith(o, signedOffer(o, university.key), 1, reason);
        bytes memory forAnother = signed(utility.key, typedData("CarbonEmissionsToken", address(cot), offerHash(o)));
        _refusedWith(o, forAnother, 1, reason);
    }

    /// forge-config: ci.fuzz.runs = 1000
    function test_fuzz_every_field_of_an_offer_is_signed(uint256 field, uint64 by) external {
        Offer memory o = _offer(10);
        bytes memory signature = signedOffer(o, utility.key);
        field %= 6;
        if (field == 0) o.units = by % 999 + 11;
        if (field == 1) o.code = Codes.code(3, 3, 0, 1);
        if (field == 2) o.consumedFrom -= uint16(by % 1_000) + 1;
        if (field == 3) o.consumedTo += uint16(by % 1_000) + 1;
        if (field == 4) o.deadline += uint40(by % 1_000_000) + 1;
        if (field == 5) o.activity = keccak256(abi.encode(by));
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.OfferSignatureInvalid.selector, utility.at);
        _refusedWith(o, signature, 1, reason);
    }

    function test_offer_of_an_unknown_lot_reverts() external {
        Offer memory o = _offer(10);
        o.parent += 1;
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.OfferSignatureInvalid.selector, address(0));
        _refused(o, reason);
    }

    function test_offer_may_be_used_up_to_its_deadline() external {
        Offer memory o = _offer(10);
        vm.warp(uint256(o.deadline) + 1);
        bytes4 error = ICarbonEmissionsToken.OfferExpired.selector;
        _refused(o, abi.encodeWithSelector(error, o.deadline, uint256(o.deadline) + 1));
        vm.warp(o.deadline);
        acceptAs(university, o, utility.key, Acceptance(1, 0, 0));
    }

    function test_consumption_that_ends_before_it_begins_reverts() external {
        Offer memory o = _offer(10);
        (o.consumedFrom, o.consumedTo) = (9, 8);
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.ConsumptionReversed.selector, 9, 8));
    }

    function test_rescoping_outside_the_table_reverts() external {
        Offer memory o = _offer(10);
        o.code = Codes.ELECTRICITY_LOCATION_WH;
        bytes4 error = ICarbonEmissionsToken.RescopingForbidden.selector;
        _refused(o, abi.encodeWithSelector(error, Codes.STATIONARY_WH, o.code));
        o.code = Codes.ELECTRICITY_MARKET; // its own mass is another unit
        _refused(o, abi.encodeWithSelector(error, Codes.STATIONARY_WH, o.code));
    }

    function test_location_based_lots_are_passed_to_nobody() external {
        uint64 lot = mintLot(utility, Codes.ELECTRICITY_LOCATION_WH, 10, T);
        Offer memory o = offerOf(lot, university.at, 1, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.RescopingForbidden.selector;
        _refused(o, abi.encodeWithSelector(error, Codes.ELECTRICITY_LOCATION_WH, o.code));
    }

    function test_biogenic_lots_stay_biogenic() external {
        uint64 lot = mintLot(utility, Codes.BIOGENIC, 10, T);
        uint64 child = pass(utility, lot, university, 3, Codes.BIOGENIC);
        assertFigures(child, 300_000_000, 300_000_000, 300_000_000, 0);
    }

    function test_dependent_states_the_most_ancestry_it_accepts() external {
        uint64 child = pass(utility, plant, purchaser, 600, Codes.ELECTRICITY_MARKET_WH);
        Offer memory o = offerOf(child, university.at, 1, Codes.ELECTRICITY_MARKET_WH);
        bytes memory signature = signedOffer(o, purchaser.key);
        bytes4 error = ICarbonEmissionsToken.AncestryExceeds.selector;
        _refusedWith(o, signature, 1, abi.encodeWithSelector(error, 2, 1));
        _refusedWith(o, signature, 0, abi.encodeWithSelector(error, 2, 0));
        acceptAs(university, o, purchaser.key, Acceptance(2, 0, 0));
    }

    function test_supplier_may_be_a_wallet() external {
        Offer memory o = _offer(10);
        address wallet = address(new KeyWallet(utility.at));
        vm.prank(wallet);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(utility.at, wallet, plant, 1_000);
        uint64 key = acceptAs(university, o, utility.key, Acceptance(1, 0, 0));
        vm.assertEq(cet.lotOf(key).holder, university.at);
    }

    function test_cancelled_offer_can_never_be_used() external {
        Offer memory o = _offer(10);
        uint64 key = cet.keyOf(o);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.OfferCancelled(key, plant);
        vm.prank(utility.at);
        cet.cancel(o);
        _refused(o, abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, key));
        cet.lotOf(key);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, key));
        cet.figures(key);
        vm.assertEq(cet.lotOf(plant).allocated, 0);
        vm.assertEq(cet.balanceOf(university.at, key), 0);
    }

    function test_cancelling_what_was_taken_up_or_cancelled_reverts() external {
        Offer memory o = _offer(10);
        uint64 key = acceptAs(university, o, utility.key, Acceptance(1, 0, 0));
        vm.startPrank(utility.at);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        cet.cancel(o);
        o.units = 11;
        key = cet.keyOf(o);
        cet.cancel(o);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, key));
        cet.cancel(o);
        vm.stopPrank();
    }

    function test_only_the_holder_cancels() external {
        Offer memory o = _offer(10);
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, university.at, utility.at));
        vm.prank(university.at);
        cet.cancel(o);
    }

    function test_closed_allocation_reverts() external {
        Offer memory o = _offer(10);
        cet.setClosed(2);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 2);
        _refused(o, reason);
        vm.startPrank(utility.at);
        vm.expectRevert(reason);
        cet.allocate(o);
        vm.expectRevert(reason);
        cet.cancel(o);
        vm.expectRevert(reason);
        cet.optIn(utility.at, anything());
        vm.stopPrank();
    }
}
