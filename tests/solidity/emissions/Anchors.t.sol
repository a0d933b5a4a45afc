// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Acceptance, ICarbonEmissionsToken, LotView, Offer, OptIn} from "../../../contracts/interfaces/ICarbonEmissionsToken.sol";
import {AnchorMaker} from "../support/AnchorMaker.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";

/// @notice Laws 1, 9 and 10: a root reserves units, each leaf becomes one lot of whom it names, and what is unused comes back.
contract AnchorsTest is AnchorMaker {
    uint64 private plant;
    uint40 private until;
    Offer[] private offers;
    bytes32 private root;

    function setUp() public override {
        super.setUp();
        plant = mintLot(utility, Codes.STATIONARY_WH, 1_000, 999 * T + 1);
        until = uint40(NOW + 60 days);
        for (uint64 i; i < 8; ++i) {
            offers.push(offerOf(plant, i < 6 ? university.at : purchaser.at, 10 + i, Codes.ELECTRICITY_MARKET_WH));
        }
        root = rootOf(offers);
    }

    function _anchor(uint64 units) private {
        anchorAs(utility, plant, root, units, until);
    }

    function _refused(address caller, Offer memory o, bytes32[] memory proof, bytes memory reason) private {
        vm.expectRevert(reason);
        materialiseAs(caller, root, o, proof);
    }

    function _anchorRefused(bytes memory reason) private {
        vm.expectRevert(reason);
        _anchor(1);
    }

    // Anchoring

    function test_an_anchor_reserves_units_of_the_holders_lot() external {
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.Anchored(plant, root, 600, until);
        _anchor(600);
        (uint64 reserved, uint64 used, uint40 deadline) = cet.anchorOf(plant, root);
        vm.assertEq(reserved, 600);
        vm.assertEq(used, 0);
        vm.assertEq(deadline, until);
        vm.assertEq(cet.lotOf(plant).allocated, 600);
    }

    function test_reserved_units_are_not_allocated_to_others() external {
        _anchor(600);
        Offer memory o = offerOf(plant, purchaser.at, 401, Codes.ELECTRICITY_MARKET_WH);
        bytes memory signature = signedOffer(o, utility.key);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, 401, 400));
        vm.prank(purchaser.at);
        cet.accept(o, signature, Acceptance(1, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(error, plant, 401, 400));
        anchorAs(utility, plant, "another root", 401, until);
    }

    function test_a_root_is_anchored_to_a_lot_once_even_after_its_release() external {
        _anchor(600);
        bytes4 error = ICarbonEmissionsToken.AnchorExists.selector;
        _anchorRefused(abi.encodeWithSelector(error, plant, root));
        vm.warp(until + 1);
        cet.release(plant, root);
        until += 60 days;
        _anchorRefused(abi.encodeWithSelector(error, plant, root));
    }

    function test_only_the_holder_anchors_and_something_and_in_time() external {
        bytes4 error = ICarbonEmissionsToken.NotHolder.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, university.at, utility.at));
        anchorAs(university, plant, root, 1, until);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.LotUnknown.selector, 77));
        anchorAs(utility, 77, root, 1, until);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, plant));
        _anchor(0);
        until = uint40(NOW - 1);
        _anchorRefused(abi.encodeWithSelector(ICarbonEmissionsToken.AnchorExpired.selector, until, NOW));
        until = uint40(NOW);
        _anchor(1);
    }

    function test_frozen_units_are_not_reserved() external {
        cet.setFrozenTokens(utility.at, plant, 995);
        bytes4 error = ICarbonEmissionsToken.UnitsUnavailable.selector;
        vm.expectRevert(abi.encodeWithSelector(error, plant, 6, 5));
        _anchor(6);
    }

    function test_what_passes_to_nobody_is_not_anchored() external {
        uint16[3] memory codes = [Codes.ELECTRICITY_LOCATION_WH, Codes.REMOVALS, Codes.scope3(11)];
        bytes4 error = ICarbonEmissionsToken.NotAllocable.selector;
        for (uint256 i; i < 3; ++i) {
            uint64 lot = mintLot(utility, codes[i], 10, T);
            vm.expectRevert(abi.encodeWithSelector(error, lot, codes[i]));
            anchorAs(utility, lot, root, 1, until);
        }
        uint16 equity = Codes.STATIONARY_WH | 2;
        uint64 reported = pass(utility, plant, university, 10, equity);
        vm.expectRevert(abi.encodeWithSelector(error, reported, equity));
        anchorAs(university, reported, root, 1, until);
        anchorAs(utility, mintLot(utility, Codes.BIOGENIC, 10, T), root, 1, until);
    }

    // Materialising

    function test_a_leaf_becomes_a_lot_of_its_dependent() external {
        _anchor(600);
        Offer memory o = offers[3];
        uint64 key = cet.keyOf(o);
        bytes32[] memory proof = proofOf(offers, 3);
        uint32 consumed = uint32(FIRST_DAY) << 16 | LAST_DAY;
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.LotAllocated(key, plant, university.at, 13, o.code, consumed, o.activity);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.Materialised(plant, root, 13);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferSingle(university.at, address(0), university.at, key, 13);
        vm.assertEq(materialiseAs(university.at, root, o, proof), key);

        LotView memory v = cet.lotOf(key);
        vm.assertEq(v.holder, university.at);
        vm.assertEq(v.basis, 13);
        vm.assertEq(v.ancestry, 1);
        vm.assertEq(cet.lotOf(plant).allocated, 600);
        (, uint64 used,) = cet.anchorOf(plant, root);
        vm.assertEq(used, 13);
        // 13/1000 of 999,000,000,001 mg, rounded up.
        assertFigures(key, 12_987_000_001, 12_987_000_001, 12_987_000_001, 0);
    }

    function test_a_leaf_of_a_derived_lot_is_one_edge_deeper() external {
        uint64 share = pass(utility, plant, purchaser, 500, Codes.ELECTRICITY_MARKET_WH);
        Offer[] memory one = new Offer[](1);
        one[0] = offerOf(share, university.at, 20, Codes.ELECTRICITY_MARKET_WH);
        anchorAs(purchaser, share, leafOf(one[0]), 20, until);
        vm.assertEq(cet.lotOf(share).allocated, 20);
        uint64 key = materialiseAs(university.at, leafOf(one[0]), one[0], new bytes32[](0));
        vm.assertEq(cet.lotOf(key).ancestry, 2);
        vm.assertEq(cet.lotOf(share).allocated, 20);
    }

    function test_no_leaf_becomes_two_lots() external {
        _anchor(600);
        bytes32[] memory proof = proofOf(offers, 3);
        materialiseAs(university.at, root, offers[3], proof);
        bytes memory reason =
            abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, cet.keyOf(offers[3]));
        _refused(university.at, offers[3], proof, reason);
        Offer[] memory twice = new Offer[](2);
        (twice[0], twice[1]) = (offers[4], offers[4]);
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root)
        );
        vm.prank(university.at);
        cet.materialiseBatch(root, twice, new bytes32[](0), allFlags(2), Acceptance(1, 0, 0));
    }

    /// Even a tree that holds a leaf twice makes one lot of it.
    function test_a_leaf_that_stands_twice_is_one_lot() external {
        Offer[] memory twice = new Offer[](2);
        (twice[0], twice[1]) = (offers[0], offers[0]);
        root = rootOf(twice);
        _anchor(600);
        bytes4 error = ICarbonEmissionsToken.LotExists.selector;
        vm.expectRevert(abi.encodeWithSelector(error, cet.keyOf(offers[0])));
        vm.prank(university.at);
        cet.materialiseBatch(root, twice, new bytes32[](0), allFlags(2), Acceptance(1, 0, 0));
    }

    function test_another_leaf_proof_or_root_is_not_anchored() external {
        _anchor(600);
        bytes32[] memory proof = proofOf(offers, 3);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root);
        _refused(university.at, offers[2], proof, reason);
        Offer memory o = offers[3];
        o.units = 14;
        _refused(university.at, o, proof, reason);
        proof[1] = "wrong";
        _refused(university.at, offers[3], proof, reason);
        _refused(university.at, offers[3], new bytes32[](0), reason);
        bytes32 real = root;
        root = "no root";
        _refused(university.at, offers[3], proof, abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root));
        root = real;
    }

    /// A leaf names its parent: the same root anchored to another lot serves that lot's leaves alone.
    function test_leaves_of_another_lot_take_nothing_from_this_one() external {
        uint64 other = mintLot(utility, Codes.STATIONARY_WH, 50, T);
        Offer memory foreign = offerOf(other, university.at, 10, Codes.ELECTRICITY_MARKET_WH);
        offers[0] = foreign;
        root = rootOf(offers);
        _anchor(600);
        bytes32[] memory proof = proofOf(offers, 0);
        _refused(
            university.at,
            foreign,
            proof,
            abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, other, root)
        );
        anchorAs(utility, other, root, 10, until);
        materialiseAs(university.at, root, foreign, proof);
        vm.assertEq(cet.lotOf(other).allocated, 10);
        (, uint64 used,) = cet.anchorOf(plant, root);
        vm.assertEq(used, 0);
        bytes32[] memory second = proofOf(offers, 1);
        materialiseAs(university.at, root, offers[1], second);
    }

    /// An inner node is of 64 bytes, what a leaf hashes last of 32: neither passes for the other.
    function test_an_inner_node_is_no_leaf() external {
        _anchor(600);
        bytes32 node = pairOf(leafOf(offers[0]), leafOf(offers[1]));
        Offer memory o = offers[0];
        o.activity = node;
        bytes32[] memory proof = new bytes32[](2);
        bytes32[] memory real = proofOf(offers, 0);
        (proof[0], proof[1]) = (real[1], real[2]);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root);
        _refused(university.at, o, proof, reason);
        _refused(university.at, offers[0], proof, reason);
    }

    /// An offer makes one lot, whether it is shown with its proof or with the supplier's signature: whichever comes first.
    function test_an_offer_both_anchored_and_signed_makes_one_lot() external {
        _anchor(600);
        uint64 accepted = acceptAs(university, offers[2], utility.key, Acceptance(1, 0, 0));
        vm.assertEq(cet.lotOf(plant).allocated, 612);
        bytes4 error = ICarbonEmissionsToken.LotExists.selector;
        _refused(university.at, offers[2], proofOf(offers, 2), abi.encodeWithSelector(error, accepted));
        uint64 key = materialiseAs(university.at, root, offers[1], proofOf(offers, 1));
        vm.assertEq(cet.keyOf(offers[1]), key);
        bytes memory signature = signedOffer(offers[1], utility.key);
        vm.expectRevert(abi.encodeWithSelector(error, key));
        vm.prank(university.at);
        cet.accept(offers[1], signature, Acceptance(1, 0, 0));
    }

    /// Cancelling withdraws the offer, not a signature: its leaf makes no lot either, and what it had reserved comes back.
    function test_a_cancelled_offer_is_withdrawn_from_under_its_root() external {
        _anchor(600);
        vm.prank(utility.at);
        cet.cancel(offers[1]);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.LotExists.selector, cet.keyOf(offers[1]));
        _refused(university.at, offers[1], proofOf(offers, 1), reason);
        vm.assertEq(cet.lotOf(plant).allocated, 600);
        vm.warp(until + 1);
        cet.release(plant, root);
        vm.assertEq(cet.lotOf(plant).allocated, 0);
    }

    function test_only_the_dependent_materialises_unless_it_opted_in() external {
        _anchor(600);
        bytes4 error = ICarbonEmissionsToken.OptInMissing.selector;
        bytes32[] memory proof = proofOf(offers, 0);
        _refused(purchaser.at, offers[0], proof, abi.encodeWithSelector(error, university.at, utility.at));
        optInAs(university, utility, OptIn(until, 1, 1, 40 * T, 0));
        materialiseAs(address(0xA11), root, offers[0], proof);
        vm.assertEq(cet.optInOf(university.at, utility.at).gross, 40 * T - 9_990_000_001);
    }

    function test_an_opt_in_bounds_what_anybody_materialises() external {
        _anchor(600);
        optInAs(university, utility, OptIn(until, 1, 2, 40 * T, 0));
        bytes32[] memory proof = proofOf(offers, 0);
        bytes4 error = ICarbonEmissionsToken.OptInCategoryClosed.selector;
        _refused(purchaser.at, offers[0], proof, abi.encodeWithSelector(error, offers[0].code, 2));
        optInAs(university, utility, OptIn(until, 0, 1, 40 * T, 0));
        error = ICarbonEmissionsToken.AncestryExceeds.selector;
        _refused(purchaser.at, offers[0], proof, abi.encodeWithSelector(error, 1, 0));
        optInAs(university, utility, OptIn(until, 1, 1, 9_990_000_000, 0));
        error = ICarbonEmissionsToken.OptInExceeded.selector;
        bytes memory reason = abi.encodeWithSelector(error, 9_990_000_001, 9_990_000_000);
        _refused(purchaser.at, offers[0], proof, reason);
        // The dependent itself is not bound by what it told others.
        materialiseAs(university.at, root, offers[0], proof);
    }

    /// Whoever submits under an opt-in chooses neither the units nor the estimate.
    function test_a_stranger_sets_no_terms() external {
        _anchor(600);
        uint64 estimate = mintLot(university, Codes.ELECTRICITY_MARKET_WH, 700, 500 * T);
        optInAs(university, utility, anything());
        vm.prank(purchaser.at);
        bytes32[] memory proof = proofOf(offers, 0);
        uint64 key = cet.materialise(root, offers[0], proof, Acceptance(0, estimate, 1));
        vm.assertEq(cet.lotOf(key).basis, 10);
        vm.assertEq(cet.lotOf(estimate).displaced, 0);
    }

    function test_a_part_may_be_taken_and_an_estimate_displaced() external {
        _anchor(600);
        uint64 estimate = mintLot(university, Codes.ELECTRICITY_MARKET_WH, 700, 500 * T);
        bytes32[] memory proof = proofOf(offers, 5);
        vm.prank(university.at);
        uint64 key = cet.materialise(root, offers[5], proof, Acceptance(1, estimate, 9));
        vm.assertEq(cet.lotOf(key).basis, 9);
        vm.assertEq(cet.lotOf(estimate).displaced, 9);
        (, uint64 used,) = cet.anchorOf(plant, root);
        vm.assertEq(used, 9);
    }

    function test_no_more_becomes_lots_than_was_reserved() external {
        _anchor(21);
        bytes32[] memory proof = proofOf(offers, 0);
        materialiseAs(university.at, root, offers[0], proof);
        proof = proofOf(offers, 2);
        bytes4 error = ICarbonEmissionsToken.AnchorExhausted.selector;
        _refused(university.at, offers[2], proof, abi.encodeWithSelector(error, plant, root, 12, 11));
        proof = proofOf(offers, 1);
        materialiseAs(university.at, root, offers[1], proof);
        proof = proofOf(offers, 2);
        _refused(university.at, offers[2], proof, abi.encodeWithSelector(error, plant, root, 12, 0));
    }

    function test_an_anchor_serves_until_its_last_second() external {
        for (uint256 i; i < 8; ++i) offers[i].deadline = type(uint40).max;
        root = rootOf(offers);
        _anchor(600);
        vm.warp(until);
        bytes32[] memory proof = proofOf(offers, 0);
        materialiseAs(university.at, root, offers[0], proof);
        vm.warp(uint256(until) + 1);
        bytes4 error = ICarbonEmissionsToken.AnchorExpired.selector;
        proof = proofOf(offers, 1);
        _refused(university.at, offers[1], proof, abi.encodeWithSelector(error, until, uint256(until) + 1));
    }

    function test_every_refusal_of_an_offer_holds_for_leaves_too() external {
        offers[0].deadline = uint40(NOW - 1);
        offers[1].consumedTo = FIRST_DAY - 1;
        offers[2].code = Codes.scope3(1, 1);
        offers[3].units = 0;
        offers[4].dependent = utility.at;
        offers[5].code = Codes.STATIONARY_WH | 2; // a reference takes nothing, so nothing is reserved for one
        root = rootOf(offers);
        _anchor(600);
        bytes[6] memory reasons = [
            abi.encodeWithSelector(ICarbonEmissionsToken.OfferExpired.selector, NOW - 1, NOW),
            abi.encodeWithSelector(ICarbonEmissionsToken.ConsumptionReversed.selector, FIRST_DAY, FIRST_DAY - 1),
            abi.encodeWithSelector(
                ICarbonEmissionsToken.RescopingForbidden.selector, Codes.STATIONARY_WH, offers[2].code
            ),
            abi.encodeWithSelector(ICarbonEmissionsToken.UnitsZero.selector, plant),
            abi.encodeWithSelector(ICarbonEmissionsToken.DependentInvalid.selector, utility.at),
            abi.encodeWithSelector(
                ICarbonEmissionsToken.RescopingForbidden.selector, Codes.STATIONARY_WH, offers[5].code
            )
        ];
        for (uint256 i; i < 6; ++i) {
            bytes32[] memory proof = proofOf(offers, i);
            _refused(offers[i].dependent, offers[i], proof, reasons[i]);
        }
        vm.prank(purchaser.at);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.UnitsOverOffer.selector, 18, 17));
        bytes32[] memory last = proofOf(offers, 7);
        cet.materialise(root, offers[7], last, Acceptance(1, 0, 18));
    }

    /// A dispute over more than what is left reaches what was reserved.
    function test_a_dispute_stops_materialising_when_it_exceeds_what_is_left() external {
        _anchor(600);
        bytes32[] memory proof = proofOf(offers, 0);
        cet.setFrozenTokens(utility.at, plant, 401);
        bytes4 error = ICarbonEmissionsToken.LotDisputed.selector;
        _refused(university.at, offers[0], proof, abi.encodeWithSelector(error, plant, 401, 400));
        cet.setFrozenTokens(utility.at, plant, 400);
        materialiseAs(university.at, root, offers[0], proof);

        uint64 share = pass(utility, mintLot(utility, Codes.STATIONARY_WH, 9, T), purchaser, 9, Codes.ELECTRICITY_MARKET_WH);
        Offer memory o = offerOf(share, university.at, 3, Codes.ELECTRICITY_MARKET_WH);
        anchorAs(purchaser, share, leafOf(o), 5, until);
        cet.setFrozenTokens(purchaser.at, share, 5);
        root = leafOf(o);
        _refused(university.at, o, new bytes32[](0), abi.encodeWithSelector(error, share, 5, 4));
    }

    /// A successor inherits what the former holder anchored.
    function test_anchors_stay_on_the_lot_after_succession() external {
        _anchor(600);
        vm.prank(purchaser.at);
        cet.acceptSuccession(plant, type(uint40).max);
        cet.forcedTransfer(utility.at, purchaser.at, plant, 1_000);
        bytes32[] memory proof = proofOf(offers, 0);
        materialiseAs(university.at, root, offers[0], proof);
        proof = proofOf(offers, 7);
        bytes4 error = ICarbonEmissionsToken.DependentInvalid.selector;
        _refused(purchaser.at, offers[7], proof, abi.encodeWithSelector(error, purchaser.at));
    }

    // Batches

    function _four() private view returns (Offer[] memory part) {
        part = new Offer[](4);
        for (uint256 i; i < 4; ++i) part[i] = offers[i];
    }

    function _proofOfFour() private view returns (bytes32[] memory proof) {
        proof = new bytes32[](1);
        proof[0] = pairOf(
            pairOf(leafOf(offers[4]), leafOf(offers[5])), pairOf(leafOf(offers[6]), leafOf(offers[7]))
        );
    }

    function _flagsOfFour() private pure returns (bool[] memory flags) {
        flags = new bool[](4);
        (flags[0], flags[1], flags[2]) = (true, true, true);
    }

    function test_a_batch_makes_the_lots_that_single_leaves_would() external {
        _anchor(600);
        uint256[] memory ids = new uint256[](4);
        uint256[] memory units = new uint256[](4);
        for (uint256 i; i < 4; ++i) (ids[i], units[i]) = (cet.keyOf(offers[i]), offers[i].units);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.Materialised(plant, root, 46);
        vm.expectEmit(address(cet));
        emit IERC1155.TransferBatch(university.at, address(0), university.at, ids, units);
        vm.prank(university.at);
        uint256[] memory made =
            cet.materialiseBatch(root, _four(), _proofOfFour(), _flagsOfFour(), Acceptance(1, 0, 0));
        vm.assertEq(made, ids);
        for (uint256 i; i < 4; ++i) {
            vm.assertEq(cet.balanceOf(university.at, ids[i]), units[i]);
            bytes32[] memory proof = proofOf(offers, i);
            bytes4 error = ICarbonEmissionsToken.LotExists.selector;
            _refused(university.at, offers[i], proof, abi.encodeWithSelector(error, ids[i]));
        }
        (, uint64 used,) = cet.anchorOf(plant, root);
        vm.assertEq(used, 46);
        vm.assertEq(cet.lotOf(plant).allocated, 600);
    }

    function test_a_batch_by_another_uses_up_the_opt_in_like_single_leaves() external {
        _anchor(600);
        optInAs(university, utility, anything());
        uint256 before = vm.snapshotState();
        for (uint256 i; i < 4; ++i) {
            bytes32[] memory proof = proofOf(offers, i);
            materialiseAs(purchaser.at, root, offers[i], proof);
        }
        uint256 singly = cet.optInOf(university.at, utility.at).gross;
        vm.revertToState(before);
        vm.prank(purchaser.at);
        cet.materialiseBatch(root, _four(), _proofOfFour(), _flagsOfFour(), Acceptance(0, 0, 1));
        vm.assertEq(cet.optInOf(university.at, utility.at).gross, singly);
        vm.assertEq(cet.lotOf(cet.keyOf(offers[3])).basis, 13);
    }

    function test_a_batch_cannot_drain_an_opt_in_beyond_its_gross() external {
        _anchor(600);
        // 10 + 11 + 12 + 13 of 1,000 units, each rounded up.
        uint256 gross = 9_990_000_001 + 10_989_000_001 + 11_988_000_001 + 12_987_000_001;
        optInAs(university, utility, OptIn(until, 1, 1, uint64(gross - 1), 0));
        vm.expectRevert(
            abi.encodeWithSelector(ICarbonEmissionsToken.OptInExceeded.selector, gross, gross - 1)
        );
        vm.prank(purchaser.at);
        cet.materialiseBatch(root, _four(), _proofOfFour(), _flagsOfFour(), Acceptance(1, 0, 0));
    }

    function test_every_leaf_of_a_batch_by_another_is_of_a_category_opted_into() external {
        offers[2].code = Codes.scope3(3, 1);
        root = rootOf(offers);
        _anchor(600);
        optInAs(university, utility, OptIn(until, 1, 1, type(uint64).max, 0));
        bytes4 error = ICarbonEmissionsToken.OptInCategoryClosed.selector;
        vm.expectRevert(abi.encodeWithSelector(error, Codes.scope3(3, 1), 1));
        vm.prank(purchaser.at);
        cet.materialiseBatch(root, _four(), _proofOfFour(), _flagsOfFour(), Acceptance(1, 0, 0));
    }

    function test_a_batch_is_of_one_lot_and_for_one_dependent() external {
        offers[2].dependent = purchaser.at;
        root = rootOf(offers);
        _anchor(600);
        _batchRefused(_four(), _flagsOfFour(), abi.encodeWithSelector(ICarbonEmissionsToken.LeavesMixed.selector, 2));
        offers[2].dependent = university.at;
        offers[2].parent = 77;
        root = rootOf(offers);
        anchorAs(utility, plant, root, 100, until);
        _batchRefused(_four(), _flagsOfFour(), abi.encodeWithSelector(ICarbonEmissionsToken.LeavesMixed.selector, 2));
    }

    /// OpenZeppelin's multiproof of no leaves would prove any root that is given as its own proof.
    function test_an_empty_batch_proves_nothing() external {
        _anchor(600);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = root;
        vm.expectRevert(ICarbonEmissionsToken.LeavesEmpty.selector);
        vm.prank(university.at);
        cet.materialiseBatch(root, new Offer[](0), proof, new bool[](0), Acceptance(1, 0, 0));
    }

    function test_a_multiproof_that_fits_nothing_is_refused() external {
        _anchor(600);
        bytes memory reason = abi.encodeWithSelector(MerkleProof.MerkleProofInvalidMultiproof.selector);
        _batchRefused(_four(), new bool[](7), reason);
    }

    function test_a_batch_of_one_that_is_not_in_the_tree_is_refused() external {
        _anchor(600);
        Offer[] memory part = new Offer[](1);
        part[0] = offers[0];
        part[0].units += 1;
        bytes32[] memory proof = proofOf(offers, 0);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root));
        vm.prank(university.at);
        cet.materialiseBatch(root, part, proof, new bool[](proof.length), Acceptance(1, 0, 0));
    }

    function test_a_batch_beyond_what_is_reserved_reverts_whole() external {
        _anchor(45);
        bytes4 error = ICarbonEmissionsToken.AnchorExhausted.selector;
        _batchRefused(_four(), _flagsOfFour(), abi.encodeWithSelector(error, plant, root, 46, 45));
        (, uint64 used,) = cet.anchorOf(plant, root);
        vm.assertEq(used, 0);
    }

    function _batchRefused(Offer[] memory part, bool[] memory flags, bytes memory reason) private {
        bytes32[] memory proof = _proofOfFour();
        vm.expectRevert(reason);
        vm.prank(university.at);
        cet.materialiseBatch(root, part, proof, flags, Acceptance(1, 0, 0));
    }

    // Releasing

    function test_anybody_releases_what_is_unused_after_the_deadline() external {
        _anchor(600);
        bytes32[] memory proof = proofOf(offers, 0);
        materialiseAs(university.at, root, offers[0], proof);
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.AnchorOpen.selector, until, until));
        cet.release(plant, root);
        vm.warp(uint256(until) + 1);
        vm.expectEmit(address(cet));
        emit ICarbonEmissionsToken.AnchorReleased(plant, root, 590);
        vm.prank(purchaser.at);
        cet.release(plant, root);
        vm.assertEq(cet.lotOf(plant).allocated, 10);
        (uint64 reserved, uint64 used, uint40 deadline) = cet.anchorOf(plant, root);
        vm.assertEq(reserved, 10);
        vm.assertEq(used, 10);
        vm.assertEq(deadline, until);
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.NothingReserved.selector, plant, root));
        cet.release(plant, root);
        pass(utility, plant, purchaser, 990, Codes.ELECTRICITY_MARKET_WH);
    }

    function test_a_derived_lot_gets_its_units_back_too() external {
        uint64 share = pass(utility, plant, purchaser, 500, Codes.ELECTRICITY_MARKET_WH);
        anchorAs(purchaser, share, root, 300, until);
        vm.warp(uint256(until) + 1);
        cet.release(share, root);
        vm.assertEq(cet.lotOf(share).allocated, 0);
        vm.assertEq(cet.lotOf(share).holder, purchaser.at);
    }

    function test_an_unknown_anchor_is_not_released() external {
        vm.expectRevert(abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root));
        cet.release(plant, root);
    }

    function test_closing_stops_anchors_but_not_their_release() external {
        _anchor(600);
        cet.setClosed(1 << 6);
        bytes memory reason = abi.encodeWithSelector(ICarbonEmissionsToken.Closed.selector, 1 << 6);
        vm.expectRevert(reason);
        anchorAs(utility, plant, "other", 1, until);
        bytes32[] memory proof = proofOf(offers, 0);
        _refused(university.at, offers[0], proof, reason);
        _batchRefused(_four(), _flagsOfFour(), reason);
        vm.warp(uint256(until) + 1);
        cet.release(plant, root);
    }

    /// forge-config: ci.fuzz.runs = 500
    function test_fuzz_any_leaf_of_any_tree_materialises_and_no_other(uint256 seed, uint256 place) external {
        uint256 size = 1 << (seed % 5);
        Offer[] memory tree = new Offer[](size);
        for (uint256 i; i < size; ++i) {
            tree[i] = offerOf(plant, university.at, 1 + uint64(uint256(keccak256(abi.encode(seed, i))) % 30), Codes.ELECTRICITY_MARKET_WH);
        }
        root = rootOf(tree);
        _anchor(1_000);
        place %= size;
        bytes32[] memory proof = proofOf(tree, place);
        uint64 key = materialiseAs(university.at, root, tree[place], proof);
        vm.assertEq(cet.lotOf(key).basis, tree[place].units);
        Offer memory other = offerOf(plant, university.at, tree[place].units, Codes.ELECTRICITY_MARKET_WH);
        _refused(
            university.at, other, proof, abi.encodeWithSelector(ICarbonEmissionsToken.NotAnchored.selector, plant, root)
        );
    }
}
