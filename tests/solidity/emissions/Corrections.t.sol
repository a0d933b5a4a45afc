// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Acceptance, Correction, ICarbonEmissionsToken, Offer} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";
import {AnswerWallet, CallingWallet, KeyWallet} from "../support/Wallets.sol";

/// @notice Law 8 for a wrong meter: both parties sign, lot and parent move together, and nothing that stands on the lot is lost.
contract CorrectionsTest is AnchorMaker {
    uint16 private constant USE = 3 << 14 | 11 << 10 | 1 << 4 | 1;
    uint64 private plant;
    uint64 private share;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 1_000 * T);
        share = pass(utility, plant, university, 300, Codes.ELECTRICITY_MARKET_WH);
    }

    function _refused(Correction memory c, bytes memory reason) private {
        bytes memory supplier = signedCorrection(c, utility.key);
        bytes memory dependent = signedCorrection(c, university.key);
        vm.expectRevert(reason);
        cet.correct(c, supplier, dependent);
    }

    function test_lot_and_parent_fall_together() external {
        Correction memory c = correctionOf(share, 200, 300);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(address(this), university.at, address(0), share, 100);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.UnitsCorrected(share, 200, c.activity);
        correctAs(utility, university, c);
        vm.assertEq(cet.balanceOf(university.at, share), 200);
        vm.assertEq(cet.lotOf(plant).allocated, 200);
        assertFigures(share, 200 * T, 200 * T, 200 * T, 0);
        (, uint64[] memory units) = cet.edgesOf(share);
        vm.assertEq(units[0], 200);
    }

    function test_lot_and_parent_rise_together() external {
        Correction memory c = correctionOf(share, 450, 300);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(address(this), address(0), university.at, share, 150);
        correctAs(utility, university, c);
        vm.assertEq(cet.lotOf(share).basis, 450);
        vm.assertEq(cet.lotOf(plant).allocated, 450);
        assertFigures(share, 450 * T, 450 * T, 450 * T, 0);
    }

    /// The gross per unit is the parent's, before and after: who took of the lot keeps its mass.
    function test_dependents_of_the_lot_keep_their_mass() external {
        uint64 below = pass(university, share, purchaser, 120, Codes.ELECTRICITY_MARKET_WH);
        assertFigures(below, 120 * T, 120 * T, 120 * T, 0);
        correctAs(utility, university, correctionOf(share, 120, 300));
        assertFigures(below, 120 * T, 120 * T, 120 * T, 0);
        correctAs(utility, university, correctionOf(share, 999, 120));
        assertFigures(below, 120 * T, 120 * T, 120 * T, 0);
    }

    /// What becomes superfluous of the holder's own offset is surplus, not lost.
    function test_offset_above_the_corrected_gross_is_surplus() external {
        offsetLot(university, share, 250 * T);
        correctAs(utility, university, correctionOf(share, 200, 300));
        assertFigures(share, 200 * T, 200 * T, 0, 50 * T);
    }

    function test_a_correction_is_carried_out_once() external {
        Correction memory c = correctionOf(share, 200, 300);
        correctAs(utility, university, c);
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.CorrectionUsed.selector, correctionHash(c)));
        // Back to where it was signed for: still not again.
        correctAs(utility, university, correctionOf(share, 300, 200));
        _refused(c, abi.encodeWithSelector(ICarbonEmissionsToken.CorrectionUsed.selector, correctionHash(c)));
    }

    function test_units_that_changed_meanwhile_are_not_overwritten() external {
        Correction memory late = correctionOf(share, 250, 300);
        correctAs(utility, university, correctionOf(share, 200, 300));
        _refused(late, abi.encodeWithSelector(ICarbonEmissionsToken.UnitsChanged.selector, share, 200, 300));
    }

    function test_a_correction_ends_after_its_last_second() external {
        Correction memory c = correctionOf(share, 200, 300);
        vm.warp(uint256(c.deadline) + 1);
        bytes4 error = ICarbonEmissionsToken.CorrectionExpired.selector;
        _refused(c, abi.encodeWithSelector(error, c.deadline, uint256(c.deadline) + 1));
        vm.warp(c.deadline);
        correctAs(utility, university, c);
    }

    function test_both_parties_must_sign_exactly_this() external {
        Correction memory c = correctionOf(share, 200, 300);
        bytes memory byUtility = signedCorrection(c, utility.key);
        bytes memory byUniversity = signedCorrection(c, university.key);
        bytes4 error = ICarbonEmissionsToken.CorrectionSignatureInvalid.selector;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at));
        cet.correct(c, byUniversity, byUniversity);
        vm.expectRevert(abi.encodeWithSelector(error, university.at));
        cet.correct(c, byUtility, byUtility);
        vm.expectRevert(abi.encodeWithSelector(error, university.at));
        cet.correct(c, byUtility, "");
        c.units = 1;
        vm.expectRevert(abi.encodeWithSelector(error, utility.at));
        cet.correct(c, byUtility, byUniversity);
    }

    /// Who holds the lots by now signs, not who held them when the units were taken.
    function test_successors_sign() external {
        vm.prank(purchaser.at);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000);
        Correction memory c = correctionOf(share, 200, 300);
        bytes4 error = ICarbonEmissionsToken.CorrectionSignatureInvalid.selector;
        _refused(c, abi.encodeWithSelector(error, purchaser.at));
        correctAs(purchaser, university, c);
    }

    function test_a_party_may_be_a_wallet() external {
        address wallet = address(new KeyWallet(university.at));
        vm.prank(wallet);
        cet.acceptSuccession(share, type(uint40).max);
        cet.forcedTransfer(university.at, wallet, share, 300);
        correctAs(utility, university, correctionOf(share, 200, 300));
        vm.assertEq(cet.balanceOf(wallet, share), 200);
    }

    function test_a_wallet_that_does_not_say_yes_has_not_signed() external {
        Correction memory c = correctionOf(share, 200, 300);
        for (uint256 i; i < 6; ++i) {
            uint256 before = vm.snapshotState();
            address wallet = address(new AnswerWallet(AnswerWallet.Answer(i)));
            vm.prank(wallet);
            cet.acceptSuccession(share, type(uint40).max);
            cet.forcedTransfer(university.at, wallet, share, 300);
            bytes4 error = ICarbonEmissionsToken.CorrectionSignatureInvalid.selector;
            _refused(c, abi.encodeWithSelector(error, wallet));
            vm.revertToState(before);
        }
    }

    function test_only_lots_of_one_parent_are_corrected() external {
        bytes4 error = ICarbonEmissionsToken.NotCorrectable.selector;
        _refused(correctionOf(plant, 900, 1_000), abi.encodeWithSelector(error, plant));
        uint64 product = blend(utility, Codes.GOODS_MARKET, 10, mintLot(utility, Codes.STATIONARY_MARKET, 9, T), 4, mintLot(utility, Codes.STATIONARY_MARKET, 9, T), 4);
        _refused(correctionOf(product, 9, 10), abi.encodeWithSelector(error, product));
        _refused(
            correctionOf(1 << 63 | 5, 9, 10),
            abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 1 << 63 | 5)
        );
    }

    function test_nothing_and_the_same_are_no_corrections() external {
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, share);
        _refused(correctionOf(share, 0, 300), reason);
        _refused(correctionOf(share, 300, 300), reason);
    }

    function test_a_lot_does_not_rise_above_what_its_parent_has_left() external {
        pass(utility, plant, purchaser, 600, Codes.ELECTRICITY_MARKET_WH);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        _refused(correctionOf(share, 401, 300), abi.encodeWithSelector(error, plant, 101, 100));
        cet.setFrozenTokens(utility.at, plant, 1);
        _refused(correctionOf(share, 400, 300), abi.encodeWithSelector(error, plant, 100, 99));
        correctAs(utility, university, correctionOf(share, 399, 300));
    }

    function test_a_lot_does_not_fall_below_what_it_passed_on_or_reserved() external {
        pass(university, share, purchaser, 120, Codes.ELECTRICITY_MARKET_WH);
        anchorAs(university, share, "root", 30, uint40(NOW + 1 days));
        bytes4 error = ICarbonEmissionsToken.CorrectionBelow.selector;
        _refused(correctionOf(share, 149, 300), abi.encodeWithSelector(error, share, 149, 150));
        correctAs(utility, university, correctionOf(share, 150, 300));
        vm.assertEq(cet.lotOf(share).allocated, cet.lotOf(share).basis);
    }

    function test_a_lot_does_not_fall_into_what_is_frozen() external {
        pass(university, share, purchaser, 120, Codes.ELECTRICITY_MARKET_WH);
        cet.setFrozenTokens(university.at, share, 50);
        bytes4 error = ICarbonEmissionsToken.CorrectionBelow.selector;
        _refused(correctionOf(share, 169, 300), abi.encodeWithSelector(error, share, 169, 170));
        correctAs(utility, university, correctionOf(share, 170, 300));
    }

    function test_a_lot_does_not_fall_below_what_was_referred_to() external {
        pass(university, share, purchaser, 250, USE);
        pass(university, share, purchaser, 10, USE + (1 << 10));
        bytes4 error = ICarbonEmissionsToken.CorrectionBelow.selector;
        _refused(correctionOf(share, 249, 300), abi.encodeWithSelector(error, share, 249, 250));
        correctAs(utility, university, correctionOf(share, 250, 300));
    }

    /// A reference's cap moves with it; its parent's units do not.
    /// What a successor's references come to together counts too.
    function test_a_lot_does_not_fall_below_what_a_successor_refers_to() external {
        uint64 below = pass(university, share, purchaser, 300, Codes.ELECTRICITY_MARKET_WH);
        pass(purchaser, below, university, 100, USE);
        uint64 other = pass(purchaser, below, utility, 120, USE);
        vm.prank(university.at);
        cet.acceptSuccession(other, type(uint40).max);
        cet.forcedTransfer(utility.at, university.at, other, 120);
        vm.assertEq(cet.referencedOf(below, USE, university.at), 220);
        Correction memory c = correctionOf(below, 219, 300);
        bytes memory supplier = signedCorrection(c, university.key);
        bytes memory dependent = signedCorrection(c, purchaser.key);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.CorrectionBelow.selector, below, 219, 220));
        cet.correct(c, supplier, dependent);
        c = correctionOf(below, 220, 300);
        correctAs(university, purchaser, c);
    }

    /// A wallet is asked in a call that cannot change anything, so that it cannot get in between: whatever it tries fails, and
    /// what was signed is carried out once.
    function test_a_wallet_that_re_enters_changes_nothing() external {
        CallingWallet wallet = new CallingWallet();
        Offer memory o = offerOf(plant, address(wallet), 100, Codes.ELECTRICITY_MARKET_WH);
        bytes memory accept = abi.encodeCall(ICarbonEmissionsToken.accept, (o, signedOffer(o, utility.key), Acceptance(1, 0, 0)));
        uint64 lot = abi.decode(wallet.execute(address(cet), accept), (uint64));
        Correction memory c = correctionOf(lot, 50, 100);
        bytes memory supplier = signedCorrection(c, utility.key);
        bytes memory again = abi.encodeCall(ICarbonEmissionsToken.correct, (c, supplier, "wallet"));
        bytes[4] memory tries = [
            again,
            abi.encodeCall(ICarbonEmissionsToken.setHook, (address(0))),
            abi.encodeCall(ICarbonEmissionsToken.acceptSuccession, (plant, type(uint40).max)),
            abi.encodeCall(ICarbonEmissionsToken.optIn, (utility.at, anything()))
        ];
        for (uint256 i; i < tries.length; ++i) {
            wallet.aim(address(cet), tries[i], true);
            vm.expectRevert(
                abi.encodeWithSelector(ICarbonEmissionsToken.CorrectionSignatureInvalid.selector, address(wallet))
            );
            cet.correct(c, supplier, "wallet");
        }
        wallet.aim(address(cet), again, false);
        cet.correct(c, supplier, "wallet");
        vm.assertEq(cet.lotOf(lot).basis, 50);
        vm.assertEq(cet.lotOf(plant).allocated, 350);
        vm.expectRevert();
        cet.correct(c, supplier, "wallet");
    }

    /// The same where a wallet is the supplier and is asked about its offer.
    function test_a_supplier_that_re_enters_while_its_offer_is_taken_up_changes_nothing() external {
        CallingWallet wallet = new CallingWallet();
        Offer memory o = offerOf(plant, address(wallet), 100, Codes.ELECTRICITY_MARKET_WH);
        bytes memory accept = abi.encodeCall(ICarbonEmissionsToken.accept, (o, signedOffer(o, utility.key), Acceptance(1, 0, 0)));
        uint64 lot = abi.decode(wallet.execute(address(cet), accept), (uint64));
        o = offerOf(lot, university.at, 100, Codes.ELECTRICITY_MARKET_WH);
        // While it is asked it withdraws the offer: it would be both withdrawn and taken up.
        wallet.aim(address(cet), abi.encodeCall(ICarbonEmissionsToken.cancel, (o)), true);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.OfferSignatureInvalid.selector, address(wallet)));
        vm.prank(university.at);
        cet.accept(o, "", Acceptance(2, 0, 0));
        wallet.aim(address(cet), abi.encodeCall(ICarbonEmissionsToken.cancel, (o)), false);
        vm.prank(university.at);
        uint64 key = cet.accept(o, "", Acceptance(2, 0, 0));
        vm.assertEq(cet.lotOf(key).basis, 100);
        vm.assertEq(cet.lotOf(lot).allocated, 100);
    }

    function test_references_are_corrected_within_their_cap() external {
        uint64 use = pass(utility, plant, university, 900, USE);
        bytes4 error = ICarbonEmissionsToken.ReferencesExceedBasis.selector;
        _refused(correctionOf(use, 1_001, 900), abi.encodeWithSelector(error, plant, USE, 101, 100));
        correctAs(utility, university, correctionOf(use, 1_000, 900));
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 1_000);
        correctAs(utility, university, correctionOf(use, 40, 1_000));
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 40);
        vm.assertEq(cet.lotOf(plant).allocated, 300);
        assertFigures(use, 40 * T, 40 * T, 40 * T, 0);
        pass(utility, plant, university, 960, USE);
    }

    /// A successor of the referrer bears its count: no cap is doubled, none is corrected out of another's.
    function test_a_reference_that_was_succeeded_to_is_corrected_in_its_holders_cap() external {
        uint64 use = pass(utility, plant, university, 900, USE);
        uint64 other = pass(utility, plant, purchaser, 101, USE);
        vm.prank(purchaser.at);
        cet.acceptSuccession(use, type(uint40).max);
        bytes4 error = ICarbonEmissionsToken.ReferencesExceedBasis.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, USE, 900, 899));
        cet.forcedTransfer(university.at, purchaser.at, use, 900);
        correctAs(utility, purchaser, correctionOf(other, 100, 101));
        cet.forcedTransfer(university.at, purchaser.at, use, 900);
        vm.assertEq(cet.referencedOf(plant, USE, university.at), 0);
        vm.assertEq(cet.referencedOf(plant, USE, purchaser.at), 1_000);
        correctAs(utility, purchaser, correctionOf(use, 1, 900));
        vm.assertEq(cet.referencedOf(plant, USE, purchaser.at), 101);
    }

    function test_a_materialised_lot_is_corrected_and_its_anchor_stays_used() external {
        Offer memory o = offerOf(plant, university.at, 50, Codes.ELECTRICITY_MARKET_WH);
        bytes32 root = leafOf(o);
        anchorAs(utility, plant, root, 60, uint40(NOW + 1 days));
        uint64 lot = materialiseAs(university.at, root, o, new bytes32[](0));
        correctAs(utility, university, correctionOf(lot, 20, 50));
        vm.assertEq(cet.lotOf(plant).allocated, 330);
        vm.warp(NOW + 2 days);
        cet.release(plant, root);
        vm.assertEq(cet.lotOf(plant).allocated, 320);
    }

    // Displacement

    function _displacing(uint64 units, uint64 ofEstimate) private returns (uint64 estimate, uint64 lot) {
        estimate = mintLot(university, Codes.ELECTRICITY_MARKET_WH, ofEstimate, 500 * T);
        Offer memory o = offerOf(plant, university.at, units, Codes.ELECTRICITY_MARKET_WH);
        lot = acceptAs(university, o, utility.key, Acceptance(1, estimate, 0));
    }

    function test_displacement_follows_the_corrected_units() external {
        (uint64 estimate, uint64 lot) = _displacing(400, 500);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.DisplacementCorrected(estimate, lot, 350);
        correctAs(utility, university, correctionOf(lot, 350, 400));
        vm.assertEq(cet.lotOf(estimate).displaced, 350);
        vm.assertEq(cet.lotOf(estimate).allocated, 350);
        correctAs(utility, university, correctionOf(lot, 420, 350));
        vm.assertEq(cet.lotOf(estimate).displaced, 420);
        vm.assertEq(cet.lotOf(estimate).allocated, 420);
        correctAs(utility, university, correctionOf(lot, 600, 420));
        vm.assertEq(cet.lotOf(estimate).displaced, 500);
        vm.assertEq(cet.lotOf(estimate).allocated, 500);
        (, uint64 units) = cet.displacementOf(lot);
        vm.assertEq(units, 500);
        correctAs(utility, university, correctionOf(lot, 510, 600));
        vm.assertEq(cet.lotOf(estimate).displaced, 500);
        correctAs(utility, university, correctionOf(lot, 499, 510));
        vm.assertEq(cet.lotOf(estimate).displaced, 499);
    }

    function test_a_rise_displaces_only_what_the_estimate_has_left() external {
        (uint64 estimate, uint64 lot) = _displacing(400, 500);
        pass(university, estimate, purchaser, 60, Codes.ELECTRICITY_MARKET_WH);
        correctAs(utility, university, correctionOf(lot, 600, 400));
        vm.assertEq(cet.lotOf(estimate).displaced, 440);
        vm.assertEq(cet.lotOf(estimate).allocated, 500);
    }

    function test_a_rise_displaces_nothing_of_an_estimate_that_another_holds() external {
        (uint64 estimate, uint64 lot) = _displacing(400, 500);
        vm.prank(purchaser.at);
        cet.acceptSuccession(estimate, type(uint40).max);
        cet.forcedTransfer(university.at, purchaser.at, estimate, 500);
        correctAs(utility, university, correctionOf(lot, 450, 400));
        vm.assertEq(cet.lotOf(estimate).displaced, 400);
        correctAs(utility, university, correctionOf(lot, 100, 450));
        vm.assertEq(cet.lotOf(estimate).displaced, 100);
    }

    function test_closing_stops_corrections() external {
        cet.setClosed(1 << 7);
        _refused(correctionOf(share, 200, 300), abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 1 << 7));
    }
}
