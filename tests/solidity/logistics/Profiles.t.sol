// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaimEvents as E} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {IStatementRegistry} from "../../../contracts/interfaces/IStatementRegistry.sol";
import {
    ActivityUnit,
    Bundling,
    Credit,
    Elsewhere,
    Kind,
    LetsBooking,
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

/// @notice Solutions: booked once, verified, claimed side by side, their emitter profiles claimed or retired (section 11).
contract ProfilesTest is BookTest {
    uint8 private constant ROAD = uint8(1 << uint8(Mode.Road));

    function _refuse(Party memory p, Solution memory s, bytes memory reason) private {
        bytes memory signature = bookingSigned(keccak256(abi.encode(Kind.Solution, p.at, s)));
        vm.expectRevert(reason);
        vm.prank(p.at);
        book.bookSolution(s, verifier.at, signature);
    }

    function _emitter(uint96 solution, uint96 paired, uint64 quantity) private returns (SolutionClaim memory c) {
        c = profile(solution, Role.Carrier, false);
        (c.quantity, c.activity, c.paired) = (quantity, 0, paired);
    }

    function _supply(uint96 solution, uint64 quantity) private returns (SolutionClaim memory c) {
        c = profile(solution, Role.Shipper, false);
        (c.quantity, c.activity) = (quantity, quantity);
    }

    // Booking

    function test_a_solution_is_whole_before_it_is_booked() external {
        Solution memory s = fuel(true);
        s.quantity = 0;
        _refuse(provider, s, refusal(E.AmountZero.selector));
        s = fuel(true);
        s.energyWh = 0;
        _refuse(provider, s, refusal(E.AmountZero.selector));
        s = fuel(true);
        s.modes = 0;
        _refuse(provider, s, abi.encodeWithSelector(E.ModesInvalid.selector, 0));
        s.modes = 64;
        _refuse(provider, s, abi.encodeWithSelector(E.ModesInvalid.selector, 64));
        s = fuel(true);
        s.masses.ttw = 401;
        _refuse(provider, s, abi.encodeWithSelector(E.MassesInvalid.selector, 400, 401));
        s = fuel(true);
        s.additionality.additional = 101;
        _refuse(provider, s, abi.encodeWithSelector(E.AdditionalAboveAmount.selector, 101, 100));
        s = fuel(true);
        s.delivery = 0;
        _refuse(provider, s, refusal(E.EvidenceMissing.selector));
        _refuse(a, fuel(true), abi.encodeWithSelector(E.NotInRole.selector, a.at, Role.SolutionProvider));
        LetsBooking memory l = service();
        l.additionality.regulations = "";
        vm.expectRevert(refusal(E.AdditionalityMissing.selector));
        letsAs(a, l);
    }

    function test_credits_are_of_another_mode_and_carried_on() external {
        Solution memory s = fuel(true);
        s.credits = new Credit[](1);
        s.credits[0] = Credit(Mode.Road, "RTFO", 500_000);
        _refuse(provider, s, abi.encodeWithSelector(E.CreditInvalid.selector, Mode.Road, 500_000));
        s.credits[0] = Credit(Mode.Air, "CORSIA", 1_000_001);
        _refuse(provider, s, abi.encodeWithSelector(E.CreditInvalid.selector, Mode.Air, 1_000_001));
        s.credits[0].share = 0;
        _refuse(provider, s, abi.encodeWithSelector(E.CreditInvalid.selector, Mode.Air, 0));
        s.credits[0].share = 1_000_000;
        uint96 solution = bookAs(provider, s);
        uint96 lets = deriveAs(a, claimAs(a, profile(solution, Role.Carrier, true)), 500);
        uint96 again = rebookAs(lsp, Role.Lsp, used(lets));
        uint96 claim = claimAs(shipper, used(again));
        uint8 air = uint8(1 << uint8(Mode.Air));
        vm.assertTrue(book.headOf(lets).creditModes == air && book.headOf(claim).creditModes == air);
        // Lineage, from claim to solution.
        vm.assertEq(book.parentOf(claim), again);
        vm.assertEq(book.parentOf(again), lets);
        vm.assertEq(book.parentOf(book.parentOf(lets)), solution);
    }

    function test_a_unit_of_another_registry_and_a_delivery_are_booked_once() external {
        Solution memory s = fuel(true);
        s.elsewhere = Elsewhere("Registry X", "unit 7");
        bookAs(provider, s);
        _refuse(provider, s, abi.encodeWithSelector(E.RecordExists.selector, book_id(s)));
        Solution memory other = fuel(false);
        other.elsewhere = s.elsewhere;
        _refuse(provider, other, abi.encodeWithSelector(E.ElsewhereBooked.selector, bytes32("Registry X"), "unit 7"));
        other.elsewhere.id = "";
        _refuse(provider, other, abi.encodeWithSelector(E.ElsewhereInvalid.selector, bytes32("Registry X")));
        other.elsewhere = Elsewhere("Registry Y", "unit 7");
        other.delivery = s.delivery;
        _refuse(provider, other, abi.encodeWithSelector(E.EvidenceUsed.selector, s.delivery));
        Provision memory p = Provision(a.at, Mode.Road, SolutionUnit.Gram, 100, s.delivery);
        vm.expectRevert(abi.encodeWithSelector(E.EvidenceUsed.selector, s.delivery));
        vm.prank(provider.at);
        book.provide(p);
    }

    function book_id(Solution memory s) private view returns (uint96) {
        return uint96(uint256(keccak256(abi.encode(Kind.Solution, provider.at, s))));
    }

    function test_an_accredited_other_verifies_this() external {
        Solution memory s = fuel(true);
        bytes memory wrong = bookingSigned(fresh());
        vm.expectRevert(abi.encodeWithSelector(E.VerificationInvalid.selector, verifier.at));
        vm.prank(provider.at);
        book.bookSolution(s, verifier.at, wrong);
        vm.expectRevert(
            abi.encodeWithSelector(IStatementRegistry.VerifierNotAccredited.selector, a.at, block.timestamp, 0, 0)
        );
        vm.prank(provider.at);
        book.bookSolution(s, a.at, wrong);
        vm.expectRevert(abi.encodeWithSelector(E.VerifierNotIndependent.selector, provider.at));
        vm.prank(provider.at);
        book.bookSolution(s, provider.at, wrong);
    }

    function test_provisions_are_the_carriers() external {
        Provision memory p = Provision(a.at, Mode.Road, SolutionUnit.Gram, 0, fresh());
        vm.expectRevert(refusal(E.AmountZero.selector));
        vm.prank(provider.at);
        book.provide(p);
        (p.quantity, p.to) = (100, shipper.at);
        vm.expectRevert(abi.encodeWithSelector(E.NotInRole.selector, shipper.at, Role.Carrier));
        vm.prank(provider.at);
        book.provide(p);
        p.to = a.at;
        vm.prank(provider.at);
        uint96 id = book.provide(p);
        LetsBooking memory l = service();
        l.provision = id;
        vm.expectRevert(abi.encodeWithSelector(E.RecordOfAnother.selector, id, b.at, a.at));
        letsAs(b, l);
        vm.assertEq(book.parentOf(letsAs(a, l)), id);
        l = service();
        l.provision = 7;
        vm.expectRevert(abi.encodeWithSelector(E.RecordUnknown.selector, 7, Kind.Provision));
        letsAs(a, l);
    }

    // Claims

    function test_each_side_is_for_its_claimants() external {
        uint96 bundled = booked(true);
        uint96 apart = booked(false);
        SolutionClaim memory c = profile(bundled, Role.Carrier, false);
        vm.expectRevert(abi.encodeWithSelector(E.SideInvalid.selector, Bundling.Emitter, true, Role.Carrier));
        claimAs(a, c);
        c = profile(apart, Role.Carrier, true);
        vm.expectRevert(abi.encodeWithSelector(E.SideInvalid.selector, Bundling.Bundled, false, Role.Carrier));
        claimAs(a, c);
        c.side = Bundling.SupplyChain;
        vm.expectRevert(abi.encodeWithSelector(E.SideInvalid.selector, Bundling.SupplyChain, false, Role.Carrier));
        claimAs(a, c);
        c = profile(apart, Role.Shipper, false);
        c.side = Bundling.Emitter;
        vm.expectRevert(abi.encodeWithSelector(E.SideInvalid.selector, Bundling.Emitter, false, Role.Shipper));
        claimAs(shipper, c);
        c.side = Bundling.SupplyChain;
        c.activity = 0;
        vm.expectRevert(refusal(E.AmountZero.selector));
        claimAs(shipper, c);
    }

    function test_only_what_is_additional_is_claimed_and_each_side_once() external {
        Solution memory s = fuel(false);
        s.additionality.additional = 60;
        uint96 id = bookAs(provider, s);
        SolutionClaim memory c = _supply(id, 61);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, id, 61, 60));
        claimAs(shipper, c);
        uint96 first = claimAs(shipper, _supply(id, 40));
        vm.assertEq(book.profileAmounts(first).attached, 40);
        c = _supply(id, 21);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, id, 21, 20));
        claimAs(shipper, c);
        // Free: 20. Attached: 40.
        c = _emitter(id, 0, 21);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, id, 21, 20));
        claimAs(a, c);
        claimAs(a, _emitter(id, 0, 15));
        c = _emitter(id, first, 41);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, id, 41, 40));
        claimAs(a, c);
        claimAs(a, _emitter(id, first, 40));
        // What is left free stands beside the next supply-chain claim, and no more.
        uint96 second = claimAs(shipper, _supply(id, 20));
        vm.assertEq(book.profileAmounts(second).attached, 5);
    }

    function test_a_solution_moves_no_more_than_it_could() external {
        uint96 id = booked(true);
        SolutionClaim memory c = profile(id, Role.Carrier, true);
        c.activity = 501;
        vm.expectRevert(abi.encodeWithSelector(E.SolutionTooLittle.selector, id, 100, 501));
        claimAs(a, c);
        (c.activity, c.consumption) = (500, 0);
        vm.expectRevert(abi.encodeWithSelector(E.SolutionTooLittle.selector, id, 100, 500));
        claimAs(a, c);
        (c.consumption, c.per) = (1, 0);
        vm.expectRevert(abi.encodeWithSelector(E.SolutionTooLittle.selector, id, 100, 500));
        claimAs(a, c);
        c.solution = 7;
        vm.expectRevert(abi.encodeWithSelector(E.RecordUnknown.selector, 7, Kind.Solution));
        claimAs(a, c);
    }

    function test_the_emitter_profile_waits_a_year_from_the_supply_chain_claim() external {
        uint96 id = booked(false);
        goTo(LEAP_DAY);
        uint96 first = claimAs(shipper, _supply(id, 50));
        uint256 last = LEAP_DAY + 365; // 2025-02-28
        goTo(last);
        claimAs(a, _emitter(id, first, 10));
        vm.expectRevert(abi.encodeWithSelector(E.RetiredEarly.selector, last, last));
        vm.prank(a.at);
        book.retireEmitter(first, "no carrier was found");
        goTo(last + 1);
        SolutionClaim memory c = _emitter(id, first, 10);
        vm.expectRevert(abi.encodeWithSelector(E.OutsideVintage.selector, last + 1, LEAP_DAY, last));
        claimAs(a, c);
        vm.expectRevert(abi.encodeWithSelector(E.NotInRole.selector, utility.at, Role.SolutionProvider));
        vm.prank(utility.at);
        book.retireEmitter(first, "no carrier was found");
        vm.expectRevert(refusal(E.ReasonMissing.selector));
        vm.prank(a.at);
        book.retireEmitter(first, "");
        vm.expectEmit(address(book));
        emit E.EmitterRetired(first, a.at, uint16(last + 1), 40, "no carrier was found");
        vm.prank(a.at);
        book.retireEmitter(first, "no carrier was found");
        vm.expectRevert(abi.encodeWithSelector(E.NothingToRetire.selector, first));
        vm.prank(provider.at);
        book.retireEmitter(first, "again");
    }

    function test_the_provider_retires_at_any_time_what_stands_beside_a_claim() external {
        uint96 id = booked(false);
        uint96 first = claimAs(shipper, _supply(id, 50));
        vm.prank(provider.at);
        book.retireEmitter(first, "sold without it");
        SolutionClaim memory c = _emitter(id, first, 1);
        vm.expectRevert(abi.encodeWithSelector(E.AboveBooked.selector, id, 1, 0));
        claimAs(a, c);
        uint96 emitter = claimAs(a, _emitter(id, 0, 50));
        vm.expectRevert(abi.encodeWithSelector(E.RecordUnknown.selector, emitter, Kind.ProfileClaim));
        vm.prank(provider.at);
        book.retireEmitter(emitter, "no");
    }

    function test_an_emitter_claim_names_a_claim_of_the_same_solution() external {
        uint96 id = booked(false);
        uint96 other = claimAs(shipper, _supply(booked(false), 50));
        SolutionClaim memory c = _emitter(id, other, 10);
        vm.expectRevert(abi.encodeWithSelector(E.NotBeside.selector, other, id));
        claimAs(a, c);
        uint96 emitter = claimAs(a, _emitter(id, 0, 10));
        c = _emitter(id, emitter, 10);
        vm.expectRevert(abi.encodeWithSelector(E.NotBeside.selector, emitter, id));
        claimAs(a, c);
        uint96 first = claimAs(shipper, _supply(id, 50));
        c = _supply(id, 10);
        c.paired = first;
        vm.expectRevert(abi.encodeWithSelector(E.NotBeside.selector, first, id));
        claimAs(shipper, c);
    }

    function test_an_unbundled_emitter_profile_never_becomes_a_lets() external {
        SolutionClaim memory c = profile(booked(false), Role.Carrier, false);
        uint96 claim = claimAs(a, c);
        vm.expectRevert(abi.encodeWithSelector(E.EmitterIsNoLets.selector, claim));
        deriveAs(a, claim, 100);
    }

    // Own activity

    function test_own_activity_caps_claims_and_its_evidence_counts_once() external {
        bytes32 evidence = fresh();
        bytes memory signature = activitySigned(a.at, Mode.Road, 2024, 10, evidence);
        ActivityUnit unit = ActivityUnit.GramKm;
        book.showActivity(a.at, Mode.Road, unit, 2024, 10, evidence, verifier.at, signature);
        vm.expectRevert(abi.encodeWithSelector(E.EvidenceUsed.selector, evidence));
        book.showActivity(a.at, Mode.Road, unit, 2024, 10, evidence, verifier.at, signature);
        show(a.at, Mode.Road, 2024, 5);
        (uint128 shown, uint128 own) = book.ownActivity(a.at, Mode.Road, unit, 2024);
        vm.assertTrue(shown == 15 && own == 0);
        LetsBooking memory l = service();
        (l.year, l.activity, l.additionality.additional) = (2024, 16, 0);
        vm.expectRevert(abi.encodeWithSelector(E.AboveOwnActivity.selector, a.at, 16, 15));
        letsAs(a, l);
        l.activity = 15;
        letsAs(a, l);
        vm.expectRevert(refusal(E.AmountZero.selector));
        book.showActivity(a.at, Mode.Road, unit, 2024, 0, evidence, verifier.at, signature);
        vm.expectRevert(abi.encodeWithSelector(E.NotInRole.selector, utility.at, Role.Carrier));
        book.showActivity(utility.at, Mode.Road, unit, 2024, 1, evidence, verifier.at, signature);
        // Of another mode than was signed.
        evidence = fresh();
        signature = activitySigned(a.at, Mode.Road, 2024, 10, evidence);
        vm.expectRevert(abi.encodeWithSelector(E.VerificationInvalid.selector, verifier.at));
        book.showActivity(a.at, Mode.Sea, unit, 2024, 10, evidence, verifier.at, signature);
    }
}
