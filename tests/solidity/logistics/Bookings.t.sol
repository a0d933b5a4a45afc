// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaimEvents as E} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {IStatementRegistry} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {
    Basis,
    Credit,
    Elsewhere,
    Head,
    Kind,
    LetsAmounts,
    LetsBooking,
    Masses,
    Mode,
    Provision,
    Role,
    Solution,
    SolutionClaim,
    SolutionUnit
} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {BookTest} from "../support/BookTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice What comes in from outside: verified, of one piece of evidence each, told whole, and closed by itself.
contract BookingsTest is BookTest {
    function _content(LetsBooking memory l) private view returns (bytes32) {
        return keccak256(abi.encode(Kind.Lets, a.at, l));
    }

    function _id(bytes32 content) private pure returns (uint96) {
        return uint96(uint256(content));
    }

    // Verification

    /// A service is booked by its carrier alone, as an accredited other signed it.
    function test_a_verifier_signs_each_service() external {
        LetsBooking memory l = service();
        bytes memory signature = bookingSigned(_content(l));
        bytes memory no = abi.encodeWithSelector(E.VerificationInvalid.selector, verifier.at);
        l.activity -= 1;
        l.additionality.additional -= 1;
        vm.expectRevert(no);
        vm.prank(a.at);
        book.bookLets(l, verifier.at, signature);
        l.activity += 1;
        l.additionality.additional += 1;
        vm.expectRevert(no);
        vm.prank(b.at);
        book.bookLets(l, verifier.at, signature);
        vm.prank(a.at);
        book.bookLets(l, verifier.at, signature);
        vm.expectRevert(abi.encodeWithSelector(E.RecordExists.selector, _id(_content(l))));
        vm.prank(a.at);
        book.bookLets(l, verifier.at, signature);
    }

    /// From the first second of its accreditation until the last before its end, as for statements.
    function test_accreditation_holds_until_its_end() external {
        uint40 first = uint40(block.timestamp) + 10;
        registry.accredit(verifier.at, first, first + 10, 15, "ten seconds");
        LetsBooking memory l = service();
        for (uint256 i; i < 2; ++i) {
            vm.warp(i == 0 ? first - 1 : first + 10);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IStatementRegistry.VerifierNotAccredited.selector, verifier.at, block.timestamp, first, first + 10
                )
            );
            letsAs(a, l);
        }
        (l.activity, l.additionality.additional) = (100, 100);
        for (uint256 i; i < 2; ++i) {
            vm.warp(i == 0 ? first : first + 9);
            l.evidence = fresh();
            letsAs(a, l);
        }
    }

    // One piece of evidence, one record

    function test_evidence_of_a_service_counts_once() external {
        LetsBooking memory l = service();
        letsAs(a, l);
        l.activity = 100;
        l.additionality.additional = 100;
        vm.expectRevert(abi.encodeWithSelector(E.EvidenceUsed.selector, l.evidence));
        letsAs(a, l);
        l.evidence = 0;
        vm.expectRevert(refusal(E.EvidenceMissing.selector));
        letsAs(a, l);
        // Nor is a delivery of fuel evidence of a service, or of activity.
        Solution memory s = fuel(true);
        bookAs(provider, s);
        l.evidence = s.delivery;
        vm.expectRevert(abi.encodeWithSelector(E.EvidenceUsed.selector, s.delivery));
        letsAs(a, l);
    }

    // What a provider says that it provided binds that provider

    /// A provider who is quicker names another's delivery: the other books and provides it all the same.
    function test_a_delivery_is_not_occupied_by_who_names_it_first() external {
        Party memory rival = inRole("rival", Role.SolutionProvider);
        Solution memory s = fuel(true);
        _provideAs(rival, s.delivery);
        bookAs(provider, s);
        Provision memory p = _provision();
        _provideAs(rival, p.delivery);
        vm.prank(provider.at);
        book.provide(p);
    }

    /// Nor by a delivery that is made up to be the key of something else.
    function test_a_provision_takes_no_key_of_services_activity_or_other_registries() external {
        LetsBooking memory l = service();
        l.elsewhere = Elsewhere("Registry X", "unit 7");
        _provideAs(provider, l.evidence);
        _provideAs(provider, keccak256(abi.encode(l.elsewhere.registry, l.elsewhere.id)));
        Solution memory s = fuel(true);
        _provideAs(inRole("rival", Role.SolutionProvider), keccak256(abi.encode(provider.at, s.delivery)));
        letsAs(a, l);
        bookAs(provider, s);
    }

    function test_a_provider_books_or_provides_a_delivery_once() external {
        Solution memory s = fuel(true);
        bytes memory no = abi.encodeWithSelector(E.EvidenceUsed.selector, s.delivery);
        _provideAs(provider, s.delivery);
        vm.expectRevert(no);
        bookAs(provider, s);
        Provision memory p = _provision();
        p.delivery = s.delivery;
        (p.to, p.quantity) = (b.at, 99);
        vm.expectRevert(no);
        vm.prank(provider.at);
        book.provide(p);
        // What is booked, by whomever, is nobody's to provide; a verifier signed it.
        (Party memory rival, Party memory third) =
            (inRole("rival", Role.SolutionProvider), inRole("third", Role.SolutionProvider));
        bookAs(rival, s);
        vm.expectRevert(no);
        vm.prank(rival.at);
        book.provide(p);
        vm.expectRevert(no);
        vm.prank(third.at);
        book.provide(p);
        p.delivery = 0;
        vm.expectRevert(refusal(E.EvidenceMissing.selector));
        vm.prank(rival.at);
        book.provide(p);
    }

    function _provideAs(Party memory who, bytes32 delivery) private {
        Provision memory p = _provision();
        p.delivery = delivery;
        vm.prank(who.at);
        book.provide(p);
    }

    function test_a_service_of_another_registry_is_booked_once() external {
        LetsBooking memory l = service();
        l.elsewhere = Elsewhere("Registry X", "unit 7");
        l.activity = 100;
        l.additionality.additional = 100;
        letsAs(a, l);
        l.evidence = fresh();
        vm.expectRevert(abi.encodeWithSelector(E.ElsewhereBooked.selector, bytes32("Registry X"), "unit 7"));
        letsAs(a, l);
        l.elsewhere.registry = 0;
        vm.expectRevert(abi.encodeWithSelector(E.ElsewhereInvalid.selector, bytes32(0)));
        letsAs(a, l);
        l.elsewhere = Elsewhere("Registry Y", "unit 7");
        letsAs(a, l);
    }

    // Limits, included

    /// Everything may be burnt on the way, and a solution may serve every mode; nothing more of either.
    function test_the_largest_of_each_is_taken() external {
        Solution memory s = fuel(true);
        s.modes = 63;
        s.masses = Masses(400, 400, 0);
        vm.assertEq(book.headOf(bookAs(provider, s)).modes, 63);
        LetsBooking memory l = service();
        l.masses = Masses(48, 48, 0);
        letsAs(a, l);
        l = service();
        l.masses = Masses(48, 49, 0);
        vm.expectRevert(abi.encodeWithSelector(E.MassesInvalid.selector, 48, 49));
        letsAs(a, l);
        l = service();
        l.additionality.additional = l.activity + 1;
        vm.expectRevert(abi.encodeWithSelector(E.AdditionalAboveAmount.selector, l.activity + 1, l.activity));
        letsAs(a, l);
        l = service();
        l.activity = 0;
        l.additionality.additional = 0;
        vm.expectRevert(refusal(E.AmountZero.selector));
        letsAs(a, l);
    }

    /// A unit of fuel a unit of activity is as good a consumption as any.
    function test_a_whole_unit_a_unit_is_a_consumption() external {
        SolutionClaim memory c = profile(booked(true), Role.Carrier, true);
        (c.activity, c.consumption, c.per) = (100, 1, 1);
        uint96 id = claimAs(a, c);
        vm.assertEq(book.profileAmounts(id).left, 100);
        vm.assertFalse(book.headOf(id).bound);
    }

    // What is recorded

    /// A carrier's own service is direct, its credits are in every mode that it earns them in, and nothing of it is used yet.
    function test_a_service_as_it_is_recorded() external {
        LetsBooking memory l = service();
        l.credits = new Credit[](2);
        (l.credits[0], l.credits[1]) = (Credit(Mode.Sea, "FuelEU", 1), Credit(Mode.Air, "CORSIA", 1_000_000));
        l.additionality.additional = 500;
        uint96 id = letsAs(a, l);
        Head memory h = book.headOf(id);
        vm.assertEq(h.creditModes, 1 << uint8(Mode.Sea) | 1 << uint8(Mode.Air));
        vm.assertTrue(h.by == a.at && h.kind == Kind.Lets && h.role == Role.Carrier);
        // Direct by section 9: how a carrier's own generation is classed.
        vm.assertTrue(h.basis == Basis.Direct && h.day == START && h.year == 2023 && !h.bound);
        _assertAmounts(id, 600, 500);
        l = service();
        l.credits = new Credit[](1);
        l.credits[0] = Credit(Mode.Sea, "FuelEU", 0);
        vm.expectRevert(abi.encodeWithSelector(E.CreditInvalid.selector, Mode.Sea, 0));
        letsAs(a, l);
    }

    function test_a_service_from_a_profile_as_it_is_recorded() external {
        uint96 claim = claimAs(a, profile(booked(true), Role.Carrier, true));
        uint96 id = deriveAs(a, claim, 400);
        vm.assertTrue(book.headOf(id).basis == Basis.Indirect && book.headOf(id).kind == Kind.Lets);
        vm.assertEq(book.profileAmounts(claim).left, 100);
        _assertAmounts(id, 400, 400);
    }

    function _assertAmounts(uint96 id, uint64 activity, uint64 additional) private view {
        LetsAmounts memory l = book.letsAmounts(id);
        vm.assertTrue(l.activity == activity && l.additional == additional, "amounts");
        vm.assertEq(uint256(l.claimed) + l.claimedAdditional + l.claimedByCarriers, 0, "used");
    }

    // What is told: enough to rebuild the record

    function test_bookings_are_told_whole() external {
        Solution memory s = fuel(false);
        vm.expectEmit(address(book));
        emit E.SolutionBooked(
            _id(keccak256(abi.encode(Kind.Solution, provider.at, s))), provider.at, START, verifier.at, s
        );
        bookAs(provider, s);
        LetsBooking memory l = service();
        vm.expectEmit(address(book));
        emit E.LetsBooked(_id(_content(l)), a.at, START, verifier.at, l);
        letsAs(a, l);
        Provision memory p = _provision();
        vm.expectEmit(address(book));
        emit E.SolutionProvided(
            _id(keccak256(abi.encode(Kind.Provision, provider.at, p))), provider.at, START, p
        );
        vm.prank(provider.at);
        book.provide(p);
    }

    function _provision() private returns (Provision memory) {
        return Provision(a.at, Mode.Road, SolutionUnit.Gram, 100, fresh());
    }

    // Closing

    /// Each operation closes by itself: while nothing is booked, what is booked is claimed.
    function test_booking_closes_by_itself() external {
        (uint96 solution, uint96 second) = (booked(true), booked(true));
        uint96 claim = claimAs(a, profile(solution, Role.Carrier, true));
        uint96 lets = letsAs(b, service());
        book.close(1);
        bytes memory no = abi.encodeWithSelector(E.BookClosed.selector, 1);
        Solution memory s = fuel(true);
        vm.expectRevert(no);
        bookAs(provider, s);
        Provision memory p = _provision();
        vm.expectRevert(no);
        vm.prank(provider.at);
        book.provide(p);
        vm.expectRevert(no);
        vm.prank(a.at);
        book.deriveLets(claim, 100, "document");
        claimAs(shipper, used(lets));
        book.setClosed(2);
        SolutionClaim memory c = profile(solution, Role.Carrier, true);
        vm.expectRevert(abi.encodeWithSelector(E.BookClosed.selector, 2));
        claimAs(a, c);
        book.setClosed(1 | 4 | 8);
        c = profile(second, Role.Lsp, true);
        claimAs(lsp, c);
    }
}
