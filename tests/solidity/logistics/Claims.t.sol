// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IBookAndClaim, IBookingDesk} from "../../../contracts/interfaces/IBookAndClaim.sol";
import {IBookAndClaimEvents as E} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {Evidence, IStatementRegistry, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {Basis, Kind, Role, ServiceUse, SolutionClaim} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {BookTest} from "../support/BookTest.sol";
import {Codes} from "../support/Codes.sol";
import {vm} from "../support/Vm.sol";

/// @notice Claims: the end of their activity, told whole, for the entity they name, and reserved only from what is left.
contract ClaimsTest is BookTest {
    uint96 private lets;

    function setUp() public override {
        super.setUp();
        lets = letsAs(a, service());
    }

    /// What a shipper claimed is in its inventory: nobody claims it, books it again or anchors it.
    function test_a_claim_is_the_end() external {
        book.setOrganisation(lsp.at, 6, "both LSP and shipper");
        uint96 id = claimAs(shipper, used(lets));
        vm.assertTrue(book.headOf(id).kind == Kind.Claim && book.headOf(id).by == shipper.at);
        vm.assertEq(book.letsAmounts(id).activity, 0);
        bytes memory none = abi.encodeWithSelector(E.RecordUnknown.selector, id, Kind.Lets);
        ServiceUse memory u = used(id);
        vm.expectRevert(none);
        claimAs(lsp, u);
        vm.expectRevert(none);
        rebookAs(lsp, Role.Lsp, u);
        vm.expectRevert(none);
        rebookAs(b, Role.Carrier, u);
        vm.expectRevert(none);
        vm.prank(shipper.at);
        book.anchorClaims(id, "root", 1, type(uint40).max);
    }

    function test_claims_are_told_whole() external {
        ServiceUse memory u = used(lets);
        uint96 id = uint96(uint256(keccak256(abi.encode(Kind.Claim, shipper.at, u))));
        vm.expectEmit(address(book));
        emit E.LetsClaimed(id, lets, shipper.at, START, Basis.Direct, false, u);
        claimAs(shipper, u);
        // One made from a root says so too, and from which.
        u = used(lets);
        bytes32 root = book.leafOf(shipper.at, u);
        vm.prank(a.at);
        book.anchorClaims(lets, root, 100, uint40(block.timestamp));
        id = uint96(uint256(keccak256(abi.encode(Kind.Claim, shipper.at, u))));
        vm.expectEmit(address(book));
        emit E.LetsClaimed(id, lets, shipper.at, START, Basis.Direct, false, u);
        vm.expectEmit(address(book));
        emit E.ClaimMaterialised(lets, root, 100);
        vm.prank(shipper.at);
        book.materialiseClaim(root, u, new bytes32[](0));
        vm.expectEmit(address(book));
        emit E.FoundVoid(id, "not transported");
        book.findVoid(id, "not transported");
    }

    /// A root reserves from what claims left, and claims take from what roots left.
    function test_a_root_reserves_what_is_left() external {
        claimAs(shipper, used(lets));
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, lets, 501, 500));
        vm.prank(a.at);
        book.anchorClaims(lets, "root", 501, type(uint40).max);
        vm.prank(a.at);
        book.anchorClaims(lets, "root", 500, type(uint40).max);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, lets, 1, 0));
        vm.prank(a.at);
        book.anchorClaims(lets, "another", 1, type(uint40).max);
        ServiceUse memory u = used(lets);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, lets, 100, 0));
        claimAs(shipper, u);
    }

    /// What comes back from a root is what was not used, once, and it can be claimed again.
    function test_what_a_root_gives_back_is_what_was_not_used() external {
        ServiceUse memory u = used(lets);
        bytes32 root = book.leafOf(shipper.at, u);
        vm.prank(a.at);
        book.anchorClaims(lets, root, 450, uint40(block.timestamp));
        vm.prank(shipper.at);
        book.materialiseClaim(root, u, new bytes32[](0));
        vm.warp(block.timestamp + 1);
        vm.expectEmit(address(book));
        emit E.ClaimsReleased(lets, root, 350);
        book.releaseClaims(lets, root);
        vm.assertEq(book.letsAmounts(lets).claimed, 100);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsUnknown.selector, lets, root));
        book.releaseClaims(lets, root);
        // Nor is a root used again.
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsExist.selector, lets, root));
        vm.prank(a.at);
        book.anchorClaims(lets, root, 100, type(uint40).max);
        u = used(lets);
        u.activity = 500;
        claimAs(shipper, u);
    }

    // In a statement

    function _consume(uint96 id, bytes32 entityOfUse, bool refused) private {
        uint256[] memory words = words1(uint256(uint160(address(book))) << 96 | id);
        Statement memory s = statementOf(shipper.at, words1(word(Codes.scope3(4), 0, 1_000, 10 * T)));
        (s.periodStart, s.periodEnd) = (19_358, 19_722); // 2023
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words));
        goTo(LEAP_DAY);
        Evidence memory e = evidenceOf(s, shipper.key);
        if (refused) {
            vm.expectRevert(
                abi.encodeWithSelector(IInstrument.UseOfOtherEntity.selector, id, s.entity, entityOfUse)
            );
        }
        registry.consume(s, e, 0, words);
    }

    /// A claim of a profile is for the entity it names as well; one that names none, for any of the claimant's.
    function test_a_profile_claim_is_for_its_entity() external {
        SolutionClaim memory c = profile(booked(true), Role.Shipper, true);
        (c.quantity, c.activity, c.entity) = (50, 250, keccak256("another plant"));
        uint96 named = claimAs(shipper, c);
        (c.entity, c.document) = (0, fresh());
        uint96 any = claimAs(shipper, c);
        _consume(named, keccak256("another plant"), true);
        _consume(any, 0, false);
    }

    /// A statement that used what is found void afterwards is flagged.
    function test_a_void_claim_flags_its_statement() external {
        uint96 id = claimAs(shipper, used(lets));
        _consume(id, 0, false);
        (, uint32 number) = book.consumedBy(id);
        vm.expectEmit(address(registry));
        emit IStatementRegistry.ConsumptionVoided(number, address(book), id);
        book.findVoid(id, "not transported");
        vm.assertEq(registry.record(registry.idAt(number)).voidedInstruments, 1);
    }

    function test_the_register_says_what_it_is() external view {
        IERC165 it = IERC165(address(book));
        vm.assertTrue(it.supportsInterface(type(IBookAndClaim).interfaceId));
        vm.assertTrue(it.supportsInterface(type(IBookingDesk).interfaceId));
        vm.assertTrue(it.supportsInterface(type(IInstrument).interfaceId));
        vm.assertTrue(it.supportsInterface(type(IERC165).interfaceId));
        vm.assertFalse(it.supportsInterface(0xffffffff));
    }
}
