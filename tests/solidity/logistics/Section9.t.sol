// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaimEvents as E} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {
    Act,
    Basis,
    LetsBooking,
    Material,
    Mode,
    Provision,
    Role,
    ServiceUse,
    Solution,
    SolutionClaim,
    SolutionUnit
} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {BookTest} from "../support/BookTest.sol";
import {Party} from "../support/StatementMaker.sol";
import {vm} from "../support/Vm.sol";

/// @notice Every row of section 9: its act until the last day of its window and not after, in its mode, additional where it must be.
contract Section9Test is BookTest {
    /// What an act is made from, and in which mode it is tried.
    uint96 private of_;
    Mode private mode;

    function setUp() public override {
        super.setUp();
        mode = Mode.Road;
    }

    // Acts

    function _bookDirect() private {
        LetsBooking memory l = service();
        l.mode = mode;
        letsAs(a, l);
    }

    function _bookSolution() private {
        bookAs(provider, fuel(true));
    }

    function _derive(Party memory p) private {
        deriveAs(p, of_, 500);
    }

    function _deriveAsCarrier() private {
        _derive(a);
    }

    function _deriveAsLsp() private {
        _derive(lsp);
    }

    function _use() private returns (ServiceUse memory u) {
        u = used(of_);
        u.mode = mode;
    }

    function _rebookAsCarrier() private {
        rebookAs(b, Role.Carrier, _use());
    }

    function _rebookAsLsp() private {
        rebookAs(lsp, Role.Lsp, _use());
    }

    function _claimAsShipper() private {
        claimAs(shipper, _use());
    }

    function _profileOf(Party memory p, Role role) private {
        SolutionClaim memory c = profile(of_, role, true);
        c.mode = mode;
        claimAs(p, c);
    }

    function _profileOfShipper() private {
        _profileOf(shipper, Role.Shipper);
    }

    function _profileOfCarrier() private {
        _profileOf(a, Role.Carrier);
    }

    function _profileOfLsp() private {
        _profileOf(lsp, Role.Lsp);
    }

    function _tryOn(uint256 day, function() internal act) private {
        uint256 before = vm.snapshotState();
        goTo(day);
        act();
        vm.revertToState(before);
    }

    /// Allowed on the first and the last day, refused the day after.
    function _window(function() internal act, uint256 last) private {
        _tryOn(START, act);
        _tryOn(last, act);
        uint256 before = vm.snapshotState();
        goTo(last + 1);
        vm.expectRevert(abi.encodeWithSelector(E.OutsideVintage.selector, last + 1, START, last));
        act();
        vm.revertToState(before);
    }

    function _otherMode(function() internal act) private {
        mode = Mode.Sea;
        uint8 sea = uint8(1 << uint8(Mode.Sea));
        vm.expectRevert(abi.encodeWithSelector(E.ModeDiffers.selector, sea, 1 << uint8(Mode.Road)));
        act();
        mode = Mode.Road;
    }

    /// A LETS of the carrier without additionality statement; the first is used up by whoever needs none.
    function _unstated(Party memory p) private returns (uint96) {
        LetsBooking memory l = service();
        (l.additionality.regulations, l.additionality.additional) = ("", 0);
        l.activity = 200;
        return letsAs(p, l);
    }

    function _needsAdditionality(function() internal act, Party memory booker) private {
        uint96 kept = of_;
        of_ = _unstated(booker);
        vm.expectRevert(abi.encodeWithSelector(E.NotAdditional.selector, of_, 100, 0));
        act();
        of_ = kept;
    }

    function _indirect() private returns (uint96) {
        return deriveAs(a, claimAs(a, profile(booked(true), Role.Carrier, true)), 400);
    }

    // Rows

    function test_carrier_books_directly() external {
        _window(_bookDirect, LEAP_DAY);
        LetsBooking memory l = service();
        l.generated = START + 1;
        bytes memory s = bookingSigned(0);
        vm.expectRevert(abi.encodeWithSelector(E.OutsideVintage.selector, START, START + 1, LEAP_DAY + 1));
        vm.prank(a.at);
        book.bookLets(l, verifier.at, s);
        // No additionality is asked for.
        _unstated(a);
    }

    function test_carrier_books_from_a_profile() external {
        of_ = claimAs(a, profile(booked(true), Role.Carrier, true));
        _window(_deriveAsCarrier, LEAP_DAY);
    }

    function test_lsp_books_from_a_profile() external {
        of_ = claimAs(lsp, profile(booked(true), Role.Lsp, true));
        _window(_deriveAsLsp, LEAP_DAY);
    }

    function test_carrier_rebooks() external {
        of_ = letsAs(a, service());
        _window(_rebookAsCarrier, LEAP_DAY);
        _otherMode(_rebookAsCarrier);
        _needsAdditionality(_rebookAsCarrier, a);
        vm.assertTrue(book.headOf(rebookAs(b, Role.Carrier, used(of_))).basis == Basis.Indirect);
    }

    function test_lsp_rebooks_directly() external {
        of_ = letsAs(a, service());
        _window(_rebookAsLsp, LEAP_DAY);
        _otherMode(_rebookAsLsp);
        vm.assertTrue(book.headOf(rebookAs(lsp, Role.Lsp, used(of_))).basis == Basis.Direct);
        of_ = _unstated(a);
        _rebookAsLsp();
    }

    function test_lsp_rebooks_what_a_carrier_outside_its_network_generated() external {
        of_ = letsAs(x, service());
        _window(_rebookAsLsp, LEAP_DAY);
        _otherMode(_rebookAsLsp);
        _needsAdditionality(_rebookAsLsp, x);
        vm.assertTrue(book.headOf(rebookAs(lsp, Role.Lsp, used(of_))).basis == Basis.Indirect);
    }

    function test_lsp_rebooks_what_was_generated_indirectly() external {
        of_ = _indirect();
        _window(_rebookAsLsp, LEAP_DAY);
        _otherMode(_rebookAsLsp);
    }

    function test_shipper_claims_directly() external {
        of_ = letsAs(a, service());
        _window(_claimAsShipper, YEARS_LATER);
        _otherMode(_claimAsShipper);
        vm.assertTrue(book.headOf(claimAs(shipper, used(of_))).basis == Basis.Direct);
        // An LSP of its network rebooked it directly.
        of_ = rebookAs(lsp, Role.Lsp, used(of_));
        vm.assertTrue(book.headOf(claimAs(shipper, used(of_))).basis == Basis.Direct);
        of_ = _unstated(a);
        _claimAsShipper();
    }

    function test_shipper_claims_what_was_generated_elsewhere() external {
        of_ = letsAs(x, service());
        _window(_claimAsShipper, YEARS_LATER);
        _otherMode(_claimAsShipper);
        _needsAdditionality(_claimAsShipper, x);
    }

    function test_shipper_claims_what_was_generated_indirectly() external {
        of_ = _indirect();
        _window(_claimAsShipper, YEARS_LATER);
        _otherMode(_claimAsShipper);
        // An LSP that booked it again from there is indirect too, in the shipper's network or not.
        of_ = rebookAs(lsp, Role.Lsp, used(of_));
        vm.assertTrue(book.headOf(claimAs(shipper, used(of_))).basis == Basis.Indirect);
    }

    function test_profiles_are_claimed() external {
        of_ = booked(true);
        _window(_profileOfShipper, YEARS_LATER);
        _otherMode(_profileOfShipper);
        _window(_profileOfCarrier, LEAP_DAY);
        _otherMode(_profileOfCarrier);
        _window(_profileOfLsp, LEAP_DAY);
        _otherMode(_profileOfLsp);
    }

    function test_provider_books() external {
        Solution memory s = fuel(true);
        uint256 before = vm.snapshotState();
        goTo(LEAP_DAY);
        bookAs(provider, s);
        vm.revertToState(before);
        goTo(LEAP_DAY + 1);
        bytes memory signature = bookingSigned(0);
        vm.expectRevert(abi.encodeWithSelector(E.OutsideVintage.selector, LEAP_DAY + 1, START, LEAP_DAY));
        vm.prank(provider.at);
        book.bookSolution(s, verifier.at, signature);
        goTo(START);
        s.additionality.regulations = "";
        vm.expectRevert(refusal(E.AdditionalityMissing.selector));
        vm.prank(provider.at);
        book.bookSolution(s, verifier.at, signature);
    }

    function test_provider_provides_at_any_time() external {
        goTo(YEARS_LATER);
        Provision memory p = Provision(a.at, Mode.Road, SolutionUnit.Gram, 100, fresh());
        vm.prank(provider.at);
        uint96 id = book.provide(p);
        vm.assertTrue(book.headOf(id).basis == Basis.Direct && book.headOf(id).by == a.at);
    }

    // What no row allows

    function test_what_no_row_allows_is_refused() external {
        show(a.at, Mode.Road, 2023, OWN);
        uint96 direct = letsAs(a, service());
        uint96 indirect = _indirect();
        bytes4 no = E.NotAllowed.selector;
        vm.expectRevert(abi.encodeWithSelector(no, Role.Carrier, Act.Rebook, Material.CarrierIndirect));
        rebookAs(b, Role.Carrier, used(indirect));
        uint96 rebooked = rebookAs(lsp, Role.Lsp, used(direct));
        vm.expectRevert(abi.encodeWithSelector(no, Role.Carrier, Act.Rebook, Material.LspIndirect));
        rebookAs(b, Role.Carrier, used(rebooked));
        vm.expectRevert(abi.encodeWithSelector(no, Role.Shipper, Act.Rebook, Material.CarrierDirect));
        rebookAs(shipper, Role.Shipper, used(direct));
        SolutionClaim memory c = profile(booked(true), Role.SolutionProvider, true);
        vm.expectRevert(abi.encodeWithSelector(no, Role.SolutionProvider, Act.Claim, Material.Solution));
        claimAs(provider, c);
    }

    function test_shipper_books_nothing_from_its_profile_claim() external {
        uint96 claim = claimAs(shipper, profile(booked(true), Role.Shipper, true));
        vm.expectRevert(abi.encodeWithSelector(E.NotAllowed.selector, Role.Shipper, Act.Book, Material.Solution));
        deriveAs(shipper, claim, 100);
    }

    function test_widening_a_network_makes_nothing_direct_afterwards() external {
        uint96 before = letsAs(x, service());
        goTo(START + 1);
        book.setPartner(shipper.at, x.at, true);
        vm.assertTrue(book.headOf(claimAs(shipper, used(before))).basis == Basis.Indirect);
        show(x.at, Mode.Road, 2023, 600);
        LetsBooking memory later = service();
        vm.assertTrue(book.headOf(claimAs(shipper, used(letsAs(x, later)))).basis == Basis.Direct);
        book.setPartner(shipper.at, x.at, false);
        vm.assertEq(book.partnerSince(shipper.at, x.at), 0);
    }

    // The table

    function test_the_table_is_what_was_given_and_fits() external view {
        uint32[] memory rows = section9();
        uint32[] memory kept = book.table();
        vm.assertEq(kept.length, rows.length);
        for (uint256 i; i < rows.length; ++i) vm.assertEq(kept[i], rows[i]);
        vm.assertEq(book.lastDayOf(Role.Shipper, Act.Claim, Material.CarrierDirect, START), YEARS_LATER);
        vm.assertEq(
            book.lastDayOf(Role.SolutionProvider, Act.Provide, Material.Production, START), type(uint256).max
        );
    }

    function test_tables_have_one_to_sixteen_rows() external {
        for (uint256 i; i < 2; ++i) {
            uint32[] memory rows = new uint32[](i * 17);
            bytes memory code = vm.getCode("BookingDesk.sol:BookingDesk");
            code = bytes.concat(code, abi.encode(access, relay, registry, rows));
            vm.expectRevert(abi.encodeWithSelector(E.TableInvalid.selector, rows.length));
            this.create(code);
        }
    }

    function create(bytes memory code) external {
        assembly ("memory-safe") {
            let at := create(0, add(code, 0x20), mload(code))
            if iszero(at) {
                returndatacopy(code, 0, returndatasize())
                revert(code, returndatasize())
            }
        }
    }
}
