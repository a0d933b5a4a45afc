// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IBookAndClaimEvents as E} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {Evidence, Statement} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {
    Bundling,
    ClaimAnchor,
    Kind,
    LetsAmounts,
    LetsBooking,
    Masses,
    Mode,
    Role,
    ServiceUse,
    SolutionClaim
} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {BookTest} from "../support/BookTest.sol";
import {Codes} from "../support/Codes.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Services: used up to what was booked, by whom they are for, one by one or in bulk, and by one statement once.
contract ServicesTest is BookTest {
    uint96 private lets;

    function setUp() public override {
        super.setUp();
        lets = letsAs(a, service());
    }

    function _refuse(ServiceUse memory u, bytes memory reason) private {
        vm.expectRevert(reason);
        claimAs(shipper, u);
    }

    function test_claims_never_exceed_what_was_booked() external {
        ServiceUse memory u = used(lets);
        u.activity = 601;
        _refuse(u, abi.encodeWithSelector(E.AboveBooked.selector, lets, 601, 600));
        u.activity = 0;
        _refuse(u, refusal(E.AmountZero.selector));
        u.activity = 400;
        claimAs(shipper, u);
        _refuse(u, abi.encodeWithSelector(E.RecordExists.selector, book_id(u)));
        rebookAs(lsp, Role.Lsp, used(lets));
        u = used(lets);
        u.activity = 101;
        _refuse(u, abi.encodeWithSelector(E.AboveBooked.selector, lets, 101, 100));
        u.lets = 7;
        _refuse(u, abi.encodeWithSelector(E.RecordUnknown.selector, 7, Kind.Lets));
    }

    function book_id(ServiceUse memory u) private view returns (uint96) {
        return uint96(uint256(keccak256(abi.encode(Kind.Claim, shipper.at, u))));
    }

    function test_derived_services_stay_within_their_claim() external {
        uint96 claim = claimAs(lsp, profile(booked(true), Role.Lsp, true));
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, claim, 501, 500));
        deriveAs(lsp, claim, 501);
        vm.expectRevert(refusal(E.AmountZero.selector));
        deriveAs(lsp, claim, 0);
        vm.expectRevert(abi.encodeWithSelector(E.RecordOfAnother.selector, claim, a.at, lsp.at));
        deriveAs(a, claim, 100);
        uint96 derived = deriveAs(lsp, claim, 300);
        vm.assertEq(book.profileAmounts(claim).left, 200);
        vm.assertTrue(book.headOf(derived).role == Role.Lsp);
    }

    function test_a_category_binds_when_the_booker_says_so() external {
        show(a.at, Mode.Road, 2023, OWN);
        LetsBooking memory l = service();
        (l.activity, l.additionality.additional, l.toc) = (200, 200, "reefer");
        lets = letsAs(a, l);
        ServiceUse memory u = used(lets);
        bytes4 differs = E.CategoryDiffers.selector;
        _refuse(u, abi.encodeWithSelector(differs, bytes32(0), bytes32("reefer")));
        u.toc = "ambient";
        _refuse(u, abi.encodeWithSelector(differs, bytes32("ambient"), bytes32("reefer")));
        u.toc = "reefer";
        uint96 claim = claimAs(shipper, u);
        vm.assertEq(book.categoryOf(claim), "reefer");
        // One that is bound by whoever uses it stays bound.
        SolutionClaim memory c = profile(booked(true), Role.Carrier, true);
        c.toc = "reefer";
        c.activity = 300;
        uint96 derived = deriveAs(a, claimAs(a, c), 300);
        _refuse(used(derived), abi.encodeWithSelector(differs, bytes32(0), bytes32("reefer")));
    }

    function test_nobody_claims_its_own() external {
        book.setOrganisation(a.at, uint8(1 << uint8(Role.Carrier) | 1 << uint8(Role.Shipper)), "a");
        ServiceUse memory u = used(lets);
        vm.expectRevert(abi.encodeWithSelector(E.OwnLets.selector, lets));
        claimAs(a, u);
        vm.expectRevert(abi.encodeWithSelector(E.NotInRole.selector, lsp.at, Role.Shipper));
        claimAs(lsp, u);
    }

    function test_claims_stay_within_the_claimants_own_activity() external {
        show(a.at, Mode.Road, 2023, 1_000);
        LetsBooking memory l = service();
        (l.activity, l.additionality.additional) = (1_400, 1_400);
        lets = letsAs(a, l);
        ServiceUse memory u = used(lets);
        u.activity = 1_001;
        _refuse(u, abi.encodeWithSelector(E.AboveOwnActivity.selector, shipper.at, 1_001, 1_000));
        u.year = 2022;
        u.activity = 1;
        _refuse(u, abi.encodeWithSelector(E.AboveOwnActivity.selector, shipper.at, 1, 0));
        u = used(lets);
        u.activity = 1_001;
        vm.expectRevert(abi.encodeWithSelector(E.AboveOwnActivity.selector, lsp.at, 1_001, 1_000));
        rebookAs(lsp, Role.Lsp, u);
        // A carrier disclaims nothing of its own by booking again.
        rebookAs(b, Role.Carrier, u);
    }

    function test_what_another_carrier_claimed_is_no_longer_disclosed() external {
        claimAs(shipper, used(lets));
        vm.assertEq(book.disclosable(lets), 600);
        uint96 again = rebookAs(b, Role.Carrier, used(lets));
        vm.assertEq(book.disclosable(lets), 500);
        vm.assertEq(book.disclosable(again), 100);
    }

    function test_of_a_part_only_what_is_above_all_that_is_required_is_additional() external {
        LetsBooking memory l = service();
        (l.activity, l.additionality.additional) = (300, 200);
        lets = letsAs(a, l);
        ServiceUse memory u = used(lets);
        u.activity = 150;
        uint96 part = rebookAs(lsp, Role.Lsp, u);
        vm.assertEq(book.letsAmounts(part).additional, 50);
        part = rebookAs(lsp, Role.Lsp, used(lets));
        vm.assertEq(book.letsAmounts(part).additional, 0);
    }

    // In bulk

    function _anchored(uint64 activity) private returns (ServiceUse memory u, bytes32 root, bytes32[] memory proof) {
        u = used(lets);
        proof = new bytes32[](2);
        (proof[0], proof[1]) = (fresh(), fresh());
        root = book.leafOf(shipper.at, u);
        for (uint256 i; i < 2; ++i) {
            bytes32 s = proof[i];
            root = keccak256(root < s ? abi.encode(root, s) : abi.encode(s, root));
        }
        vm.prank(a.at);
        book.anchorClaims(lets, root, activity, uint40(block.timestamp + 30 days));
    }

    function _materialise(bytes32 root, ServiceUse memory u, bytes32[] memory proof) private returns (uint96) {
        vm.prank(shipper.at);
        return book.materialiseClaim(root, u, proof);
    }

    function test_claims_under_a_root_are_made_one_by_one_and_once() external {
        (ServiceUse memory u, bytes32 root, bytes32[] memory proof) = _anchored(550);
        vm.assertEq(book.letsAmounts(lets).claimed, 550);
        ServiceUse memory other = used(lets);
        _refuse(other, abi.encodeWithSelector(E.AboveBooked.selector, lets, 100, 50));
        uint96 id = _materialise(root, u, proof);
        vm.assertEq(id, book_id(u));
        vm.assertEq(book.letsAmounts(lets).claimed, 550);
        vm.assertEq(book.letsAmounts(lets).claimedAdditional, 0);
        ClaimAnchor memory anchor = book.anchorOf(lets, root);
        vm.assertTrue(anchor.reserved == 550 && anchor.used == 100);
        vm.expectRevert(abi.encodeWithSelector(E.RecordExists.selector, id));
        _materialise(root, u, proof);
        // Another's, another amount, another lets: no leaf.
        bytes memory unknown = abi.encodeWithSelector(E.ClaimsUnknown.selector, lets, root);
        vm.expectRevert(unknown);
        vm.prank(lsp.at);
        book.materialiseClaim(root, u, proof);
        u.activity = 101;
        vm.expectRevert(unknown);
        _materialise(root, u, proof);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsUnknown.selector, lets, bytes32("another")));
        _materialise("another", u, proof);
    }

    function test_a_root_reserves_what_is_there_until_its_deadline() external {
        uint40 deadline = uint40(block.timestamp + 30 days);
        vm.startPrank(a.at);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, lets, 601, 600));
        book.anchorClaims(lets, "root", 601, deadline);
        vm.expectRevert(refusal(E.AmountZero.selector));
        book.anchorClaims(lets, "root", 0, deadline);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsExpired.selector, block.timestamp - 1, block.timestamp));
        book.anchorClaims(lets, "root", 600, uint40(block.timestamp - 1));
        book.anchorClaims(lets, "root", 500, deadline);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsExist.selector, lets, bytes32("root")));
        book.anchorClaims(lets, "root", 100, deadline);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(E.RecordOfAnother.selector, lets, b.at, a.at));
        vm.prank(b.at);
        book.anchorClaims(lets, "other", 100, deadline);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsOpen.selector, deadline, block.timestamp));
        book.releaseClaims(lets, "root");
        vm.warp(deadline + 1);
        book.releaseClaims(lets, "root");
        vm.assertEq(book.letsAmounts(lets).claimed, 0);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsUnknown.selector, lets, bytes32("root")));
        book.releaseClaims(lets, "root");
    }

    function test_claims_under_a_root_are_late_or_too_many() external {
        (ServiceUse memory u, bytes32 root, bytes32[] memory proof) = _anchored(99);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsExhausted.selector, lets, root, 100, 99));
        _materialise(root, u, proof);
        uint40 deadline = book.anchorOf(lets, root).deadline;
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(E.ClaimsExpired.selector, deadline, deadline + 1));
        _materialise(root, u, proof);
    }

    // Uses

    function _using(uint96 id) private returns (Statement memory s, uint256[] memory words, uint256[] memory lots) {
        lots = words1(word(Codes.scope3(4), 0, 1_000, 10 * T));
        s = statementOf(shipper.at, lots);
        (s.periodStart, s.periodEnd) = (19_358, 19_722); // 2023
        words = words1(uint256(uint160(address(book))) << 96 | id);
        s.instrumentChunks = new bytes32[](1);
        s.instrumentChunks[0] = keccak256(abi.encodePacked(words));
    }

    function _consume(Statement memory s, uint256[] memory words, bytes memory reason) private {
        goTo(LEAP_DAY);
        Evidence memory e = evidenceOf(s, shipper.key);
        if (reason.length != 0) vm.expectRevert(reason);
        registry.consume(s, e, 0, words);
    }

    function test_a_claim_backs_one_statement_once() external {
        uint96 id = claimAs(shipper, used(lets));
        (Statement memory s, uint256[] memory words,) = _using(id);
        _consume(s, words, "");
        (uint32 root,) = book.consumedBy(id);
        vm.assertEq(root, 1);
        (s, words,) = _using(id);
        _consume(s, words, abi.encodeWithSelector(IInstrument.UseConsumed.selector, id, 1));
        book.findVoid(id, "not transported");
        (s, words,) = _using(id);
        _consume(s, words, abi.encodeWithSelector(IInstrument.UseVoid.selector, id));
    }

    function test_uses_are_the_claimants_of_its_entity_and_year() external {
        ServiceUse memory u = used(lets);
        u.entity = keccak256("another plant");
        uint96 id = claimAs(shipper, u);
        (Statement memory s, uint256[] memory words,) = _using(id);
        _consume(s, words, abi.encodeWithSelector(IInstrument.UseOfOtherEntity.selector, id, s.entity, u.entity));
        goTo(START);
        id = claimAs(shipper, used(lets));
        (s, words,) = _using(id);
        (s.periodStart, s.periodEnd) = (18_993, 19_357); // 2022
        _consume(
            s, words, abi.encodeWithSelector(IInstrument.UseOutOfPeriod.selector, id, 19_358, 19_722, 18_993, 19_357)
        );
        goTo(START);
        id = rebookAs(lsp, Role.Lsp, used(lets));
        (s, words,) = _using(id);
        _consume(s, words, abi.encodeWithSelector(IInstrument.UseOfAnother.selector, id, shipper.at, lsp.at));
        (s, words,) = _using(lets);
        _consume(s, words, abi.encodeWithSelector(IInstrument.UseUnknown.selector, lets));
        vm.expectRevert(
            abi.encodeWithSelector(IInstrument.NotStatementRegistry.selector, address(this), address(registry))
        );
        (bool ok,) = address(book).call(
            abi.encodeWithSelector(IInstrument.consume.selector, id, 1, 1, lsp.at, bytes32(0), START, START)
        );
        ok;
    }

    function test_a_fiscal_year_that_touches_the_claims_year_uses_it() external {
        uint96 id = claimAs(shipper, used(lets));
        (Statement memory s, uint256[] memory words,) = _using(id);
        (s.periodStart, s.periodEnd) = (19_358 - 183, 19_358);
        _consume(s, words, "");
    }

    // Operators

    function test_nothing_is_made_from_what_is_void() external {
        vm.expectRevert(abi.encodeWithSelector(E.RecordUnknown.selector, 7, Kind.None));
        book.findVoid(7, "fraud");
        book.findVoid(lets, "fraud");
        vm.assertTrue(book.isVoid(lets));
        _refuse(used(lets), abi.encodeWithSelector(IInstrument.UseVoid.selector, lets));
    }

    function test_operations_close_and_open() external {
        book.close(2);
        vm.assertEq(book.closed(), 2);
        _refuse(used(lets), abi.encodeWithSelector(E.BookClosed.selector, 2));
        book.setClosed(1 | 4 | 8);
        ServiceUse memory u = used(lets);
        vm.expectRevert(abi.encodeWithSelector(E.BookClosed.selector, 4));
        rebookAs(lsp, Role.Lsp, u);
        vm.expectRevert(abi.encodeWithSelector(E.BookClosed.selector, 1));
        letsAs(a, service());
        vm.expectRevert(abi.encodeWithSelector(E.BookClosed.selector, 8));
        book.anchorClaims(lets, "root", 1, type(uint40).max);
        claimAs(shipper, u);
        book.setClosed(0);
        rebookAs(lsp, Role.Lsp, u);
    }

    function test_operators_alone_say_who_takes_part() external {
        vm.startPrank(a.at);
        bytes memory no = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, a.at);
        vm.expectRevert(no);
        book.setOrganisation(a.at, 15, "a");
        vm.expectRevert(no);
        book.setPartner(a.at, b.at, true);
        vm.expectRevert(no);
        book.findVoid(lets, "");
        vm.expectRevert(no);
        book.setClosed(1);
        vm.expectRevert(no);
        book.close(1);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(E.RolesInvalid.selector, 16));
        book.setOrganisation(a.at, 16, "a");
        book.setOrganisation(a.at, 0, "a");
        vm.expectRevert(abi.encodeWithSelector(E.NotInRole.selector, a.at, Role.Carrier));
        letsAs(a, service());
    }
}
