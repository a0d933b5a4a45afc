// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBookAndClaim} from "../../../contracts/interfaces/IBookAndClaim.sol";
import {IBookAndClaimEvents} from "../../../contracts/interfaces/IBookAndClaimEvents.sol";
import {IInstrument} from "../../../contracts/interfaces/IInstrument.sol";
import {
    ActivityUnit,
    Additionality,
    Bundling,
    Credit,
    Elsewhere,
    Kind,
    LetsBooking,
    Masses,
    Mode,
    Provision,
    Role,
    ServiceUse,
    Solution,
    SolutionClaim,
    SolutionUnit
} from "../../../contracts/interfaces/LogisticsTypes.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Party} from "./StatementMaker.sol";
import {vm} from "./Vm.sol";

/// The register with all its surfaces.
interface IBook is IBookAndClaim, IInstrument {}

/// @notice A register on 28 February 2023 with a provider, carriers a and b, carrier x in nobody's network, an LSP and a shipper,
/// each of 1,000 g-km of its own by road and by sea in 2023.
abstract contract BookTest is LedgerTest {
    uint16 internal constant START = 19_416; // 2023-02-28
    uint16 internal constant LEAP_DAY = 19_782; // 2024-02-29: the last day within twelve months
    uint16 internal constant YEARS_LATER = 20_453; // 2025-12-31: the last day within 24 months of the year 2023
    uint64 internal constant OWN = 1_000;

    IBook internal book;
    Party internal provider;
    Party internal a;
    Party internal b;
    Party internal x;
    Party internal lsp;
    Party internal shipper;
    uint256 private _documents;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(uint256(START) * 1 days);
        uint32[] memory rows = section9();
        address desk = deploy("BookingDesk", abi.encode(access, relay, registry, rows));
        book = IBook(deploy("BookAndClaim", abi.encode(access, relay, registry, rows, desk)));
        vm.label(address(book), "book");
        registry.setInstrument(address(book), true);
        provider = inRole("provider", Role.SolutionProvider);
        (a, b, x) = (inRole("a", Role.Carrier), inRole("b", Role.Carrier), inRole("x", Role.Carrier));
        (lsp, shipper) = (inRole("lsp", Role.Lsp), inRole("shipper", Role.Shipper));
        book.setPartner(lsp.at, a.at, true);
        book.setPartner(lsp.at, b.at, true);
        book.setPartner(shipper.at, a.at, true);
        book.setPartner(shipper.at, lsp.at, true);
        Party[5] memory movers = [a, b, x, lsp, shipper];
        for (uint256 i; i < movers.length; ++i) {
            show(movers[i].at, Mode.Road, 2023, OWN);
            show(movers[i].at, Mode.Sea, 2023, OWN);
        }
    }

    /// The rows of src/cet/data/book_and_claim.toml, which a test compares.
    function section9() internal pure returns (uint32[] memory rows) {
        rows = new uint32[](12);
        rows[0] = row(1, 0, 0, 0, 0, 12, 1);
        rows[1] = row(1 << 2, 0, 0, 1, 1, 12, 3);
        rows[2] = row(1 << 4 | 1 << 5, 0, 1, 1, 1, 12, 3);
        rows[3] = row(1 << 2, 1, 0, 1, 1, 12, 3);
        rows[4] = row(1 << 4, 1, 1, 0, 0, 12, 3);
        rows[5] = row(1 << 5 | 1 << 6, 1, 1, 1, 1, 12, 3);
        rows[6] = row(1 << 4 | 1 << 7, 2, 2, 0, 0, 24, 4);
        rows[7] = row(1 << 2 | 1 << 5 | 1 << 6 | 1 << 8, 2, 2, 1, 1, 24, 4);
        rows[8] = row(1 << 1, 3, 0, 1, 1, 12, 2);
        rows[9] = row(1 << 1, 3, 3, 0, 0, 0, 0);
        rows[10] = row(1 << 3, 0, 2, 1, 1, 12, 3);
        rows[11] = row(1 << 2, 1, 2, 1, 1, 12, 3);
    }

    function row(uint256 of_, uint256 who, uint256 act, uint256 basis, uint256 additional, uint256 months, uint256 since)
        internal
        pure
        returns (uint32)
    {
        return uint32(of_ << 16 | who << 14 | act << 12 | basis << 11 | additional << 10 | 1 << 9 | months << 3 | since);
    }

    function goTo(uint256 day) internal {
        vm.warp(day * 1 days);
    }

    function inRole(string memory name, Role role) internal returns (Party memory p) {
        p = enrolled(name);
        book.setOrganisation(p.at, uint8(1 << uint8(role)), name);
    }

    function fresh() internal returns (bytes32) {
        return keccak256(abi.encode("document", ++_documents));
    }

    // Makers

    function show(address who, Mode mode, uint16 year, uint64 activity) internal {
        bytes32 evidence = fresh();
        bytes memory signature = activitySigned(who, mode, year, activity, evidence);
        book.showActivity(who, mode, ActivityUnit.GramKm, year, activity, evidence, verifier.at, signature);
    }

    function activitySigned(address who, Mode mode, uint16 year, uint64 activity, bytes32 evidence)
        internal
        view
        returns (bytes memory)
    {
        bytes32 typehash = keccak256(
            "Activity(address organisation,uint8 mode,uint8 unit,uint16 year,uint64 activity,bytes32 evidence)"
        );
        bytes32 content = keccak256(abi.encode(typehash, who, mode, ActivityUnit.GramKm, year, activity, evidence));
        return signed(verifier.key, typedData("BookAndClaim", address(book), content));
    }

    function bookingSigned(bytes32 content) internal view returns (bytes memory) {
        bytes32 hash = keccak256(abi.encode(keccak256("Booking(bytes32 content)"), content));
        return signed(verifier.key, typedData("BookAndClaim", address(book), hash));
    }

    function stated(uint64 additional) internal pure returns (Additionality memory) {
        return Additionality("none applies to this fuel here", additional);
    }

    /// 100 g of fuel for the road, delivered on the first day.
    function fuel(bool bundled) internal returns (Solution memory s) {
        s.produced = START;
        s.bundled = bundled;
        s.modes = uint8(1 << uint8(Mode.Road));
        (s.quantity, s.energyWh) = (100, 1_000);
        s.masses = Masses(400, 100, 50);
        (s.scheme, s.proof, s.feedstock) = ("ISCC", "PoS-1", "used cooking oil");
        s.delivery = fresh();
        s.additionality = stated(100);
    }

    function bookAs(Party memory p, Solution memory s) internal returns (uint96) {
        bytes memory signature = bookingSigned(keccak256(abi.encode(Kind.Solution, p.at, s)));
        vm.prank(p.at);
        return book.bookSolution(s, verifier.at, signature);
    }

    function booked(bool bundled) internal returns (uint96) {
        return bookAs(provider, fuel(bundled));
    }

    /// 100 g as 500 g-km by road; of an unbundled solution the side that the role may claim.
    function profile(uint96 solution, Role role, bool bundled) internal returns (SolutionClaim memory c) {
        (c.solution, c.role, c.mode, c.year) = (solution, role, Mode.Road, 2023);
        c.side = bundled ? Bundling.Bundled : role == Role.Carrier ? Bundling.Emitter : Bundling.SupplyChain;
        (c.quantity, c.activity, c.consumption, c.per) = (100, 500, 1, 5);
        c.document = fresh();
    }

    function claimAs(Party memory p, SolutionClaim memory c) internal returns (uint96) {
        vm.prank(p.at);
        return book.claimSolution(c);
    }

    /// 600 g-km by road, all of it additional.
    function service() internal returns (LetsBooking memory l) {
        (l.generated, l.mode, l.year, l.activity) = (START, Mode.Road, 2023, 600);
        l.masses = Masses(48, 12, 0);
        l.evidence = fresh();
        l.additionality = stated(600);
    }

    function letsAs(Party memory p, LetsBooking memory l) internal returns (uint96) {
        bytes memory signature = bookingSigned(keccak256(abi.encode(Kind.Lets, p.at, l)));
        vm.prank(p.at);
        return book.bookLets(l, verifier.at, signature);
    }

    function deriveAs(Party memory p, uint96 claim, uint64 activity) internal returns (uint96) {
        bytes32 document = fresh();
        vm.prank(p.at);
        return book.deriveLets(claim, activity, document);
    }

    /// 100 g-km by road.
    function used(uint96 lets) internal returns (ServiceUse memory) {
        return ServiceUse(lets, Mode.Road, 2023, 100, 0, 0, fresh());
    }

    function rebookAs(Party memory p, Role role, ServiceUse memory u) internal returns (uint96) {
        vm.prank(p.at);
        return book.rebook(role, u);
    }

    function claimAs(Party memory p, ServiceUse memory u) internal returns (uint96) {
        vm.prank(p.at);
        return book.claim(u);
    }
}
