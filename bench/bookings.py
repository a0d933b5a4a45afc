"""Gas of book and claim: solutions and services booked, claimed, booked again, retired, anchored, and consumed by a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from bench.anchors import path_root
from cet.ledger.bookings import LetsBooking, Masses, Provision, ServiceUse, Solution, SolutionClaim, record_id
from cet.logistics.rules import table
from cet.logistics.terms import ACTIVITY_UNITS, Bundling, Mode, Role

if TYPE_CHECKING:
    from bench.devnet import Bench

YEAR = 2021
SHIPPER, CARRIER, LSP, VERIFIER, PROVIDER = range(1, 6)
DEPTH = 10
"""1,024 claims under a root."""


class BookBench:
    """A register with a shipper, a carrier and an LSP in its network, and a provider; accounts by number."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._documents = 0
        book = (bench.manager.address, bench.relay.address, bench.registry.address)
        rows = [row.encode() for row in table()]
        desk = bench.create("BookingDesk", *book, rows)
        self.contract = bench.create("BookAndClaim", *book, rows, desk.address)
        self.functions = self.contract.functions
        bench.send(bench.registry.functions.setInstrument(self.contract.address, True))
        self.day = bench.w3.eth.get_block("latest")["timestamp"] // 86_400
        parts = {
            SHIPPER: Role.SHIPPER,
            CARRIER: Role.CARRIER,
            LSP: Role.LSP,
            PROVIDER: Role.SOLUTION_PROVIDER,
        }
        for account, role in parts.items():
            bench.send(self.functions.setOrganisation(bench.accounts[account], 1 << role, role.text))
        for account in (SHIPPER, LSP):
            bench.send(self.functions.setPartner(bench.accounts[account], bench.accounts[CARRIER], True))
        for account in (SHIPPER, CARRIER, LSP):
            self.show(account)

    def document(self) -> bytes:
        self._documents += 1
        return keccak(text=f"document {self._documents}")

    def signed(self, primary: str, types: dict[str, str], message: dict[str, Any]) -> tuple[str, bytes]:
        bench = self._bench
        signature = bench.sign(self.contract, "BookAndClaim", VERIFIER, primary, types, message)
        return bench.accounts[VERIFIER], signature

    def booked(self, account: int, booking: Solution | LetsBooking) -> tuple[Any, str, bytes]:
        content = {"content": booking.content(self._bench.accounts[account])}
        return booking.encode(), *self.signed("Booking", {"content": "bytes32"}, content)

    def show(self, account: int) -> int:
        names = ("organisation", "mode", "unit", "year", "activity", "evidence")
        kinds = ("address", "uint8", "uint8", "uint16", "uint64", "bytes32")
        unit = ACTIVITY_UNITS.index("g-km")
        values = (self._bench.accounts[account], int(Mode.ROAD), unit, YEAR, 10**15, self.document())
        witness = self.signed(
            "Activity", dict(zip(names, kinds, strict=True)), dict(zip(names, values, strict=True))
        )
        return self._bench.send(self.functions.showActivity(*values, *witness))[0]

    def solution(self, *, bundled: bool) -> tuple[int, int]:
        """Gas and id of a solution of 10 t of fuel."""
        solution = Solution(
            self.day,
            bundled,
            frozenset({Mode.ROAD}),
            "g",
            10**7,
            10**8,
            Masses(3 * 10**12, 10**11, 10**11),
            "ISCC EU",
            "EU-ISCC-Cert-DE100-12345678",
            "used cooking oil",
            self.document(),
            "RED III, FuelEU Maritime, ReFuelEU Aviation",
            10**7,
        )
        call = self.functions.bookSolution(*self.booked(PROVIDER, solution))
        return self._bench.send(call, PROVIDER)[0], record_id(
            solution.content(self._bench.accounts[PROVIDER])
        )

    def provide(self) -> int:
        """Gas of 10 t of fuel that went to the carrier."""
        carrier = self._bench.accounts[CARRIER]
        provision = Provision(carrier, Mode.ROAD, "g", 10**7, self.document())
        return self._bench.send(self.functions.provide(provision.encode()), PROVIDER)[0]

    def profile(self, account: int, role: Role, solution: int, side: Bundling) -> tuple[int, int]:
        """Gas and id of a claim of half of a solution's profile as 100,000 t-km."""
        values = (solution, role, side, Mode.ROAD, "g-km", YEAR, 5 * 10**6, 10**11, (1, 20_000))
        claim = SolutionClaim(*values, document=self.document())
        gas, _ = self._bench.send(self.functions.claimSolution(claim.encode()), account)
        return gas, claim.id(self._bench.accounts[account])

    def lets(self) -> tuple[int, int]:
        """Gas and id of a service of 100,000 t-km."""
        masses = Masses(8 * 10**9, 10**9, 0)
        lets = LetsBooking(self.day, Mode.ROAD, "g-km", YEAR, 10**11, masses, self.document())
        gas, _ = self._bench.send(self.functions.bookLets(*self.booked(CARRIER, lets)), CARRIER)
        return gas, record_id(lets.content(self._bench.accounts[CARRIER]))

    def use(self, lets: int) -> ServiceUse:
        """1 t-km of a service."""
        return ServiceUse(lets, Mode.ROAD, YEAR, 10**6, document=self.document())

    def claim(self, lets: int) -> tuple[int, int]:
        use = self.use(lets)
        gas, _ = self._bench.send(self.functions.claim(use.encode()), SHIPPER)
        return gas, use.claim_id(self._bench.accounts[SHIPPER])

    def bulk(self, lets: int) -> tuple[int, int]:
        """Gas of anchoring 1,024 claims of a service, and of making one of them."""
        use = self.use(lets)
        leaf = self.functions.leafOf(self._bench.accounts[SHIPPER], use.encode()).call()
        proof = [keccak(text=f"sibling {self._documents} {i}") for i in range(DEPTH)]
        root = path_root(leaf, proof)
        call = self.functions.anchorClaims(lets, root, 10**9, 2**40 - 1)
        anchored, _ = self._bench.send(call, CARRIER)
        made, _ = self._bench.send(self.functions.materialiseClaim(root, use.encode(), proof), SHIPPER)
        return anchored, made

    def consume(self, lets: int, uses: int) -> int:
        """A statement of the shipper, recorded with so many claims in one transaction."""
        address = int(self.contract.address, 16)
        return self._bench.consume(sorted(address << 96 | self.claim(lets)[1] for _ in range(uses)))


def measure_bookings(bench: Bench) -> dict[str, int]:
    """Every row of book and claim: of each the second of its kind, so that no account's first slot is counted."""
    book, gas = BookBench(bench), {}
    book.solution(bundled=True)
    gas["bac_book_solution"], bundled = book.solution(bundled=True)
    _, apart = book.solution(bundled=False)
    book.provide()
    gas["bac_provide"] = book.provide()
    book.lets()
    gas["bac_book_lets"], lets = book.lets()
    book.profile(CARRIER, Role.CARRIER, bundled, Bundling.BUNDLED)
    gas["bac_claim_solution"], profile = book.profile(CARRIER, Role.CARRIER, bundled, Bundling.BUNDLED)
    call = book.functions.deriveLets(profile, 10**11, book.document())
    gas["bac_derive"], _ = bench.send(call, CARRIER)
    book.claim(lets)
    gas["bac_claim"], _ = book.claim(lets)
    bench.send(book.functions.rebook(Role.LSP, book.use(lets).encode()), LSP)
    gas["bac_rebook"], _ = bench.send(book.functions.rebook(Role.LSP, book.use(lets).encode()), LSP)
    _, beside = book.profile(SHIPPER, Role.SHIPPER, apart, Bundling.SUPPLY_CHAIN)
    retire = book.functions.retireEmitter(beside, "no carrier was found within twelve months")
    gas["bac_retire"], _ = bench.send(retire, PROVIDER)
    book.bulk(lets)
    gas["bac_anchor"], gas["bac_materialise"] = book.bulk(lets)
    one, more = book.consume(lets, 1), book.consume(lets, 21)
    gas["bac_consume"] = one
    gas["bac_consume_per_use"] = (more - one) // 20
    return gas
