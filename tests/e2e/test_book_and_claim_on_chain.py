"""Section 11's Carrier A with its two shippers on one chain: booked, claimed, into packages, stated, consumed, split, passed on, traced."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from eth_utils.crypto import keccak

from cet.cli import main
from cet.ledger import Opinion, Refused
from cet.ledger.bookings import Provision, ServiceUse, SolutionClaim
from cet.ledger.from_book import lets_of, solution_of
from cet.ledger.mirror import Doubt, flags_of, positions
from cet.ledger.register_of import record_text
from cet.logistics.book_file import BookFile, read_book
from cet.logistics.events import LetsBooked, SolutionBooked
from cet.logistics.terms import Bundling, Mode, Role
from cet.oracle import Oracle, Receipt, gather_evidence
from cet.scopes import BasisUnit, LotCode, Method, Scope
from cet.statement import InstrumentUse
from world import ROOT, TONNE, World, anvil, anvil_chain, build_world, dev_signers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.ledger import LocalSigner

EXAMPLES = ROOT / "examples"
BOOK = EXAMPLES / "logistics-carrier-a" / "book.toml"
FEBRUARY_2024 = "1706785200"
"""1 February 2024, 11:00 UTC: the day of the book's claims."""
YEAR_2023 = (19358, 19722)
T_KM = 10**6
"""gram-kilometres."""
FREIGHT = LotCode(Scope.SCOPE_3, 4, Method.MARKET_BASED, BasisUnit.GRAM_KM)
INBOUND = """
[[output]]
facility = "works"
scope = 3
category = "4"
quantity = "{}"
unit = "t-km"
"""
"""What makes a shipper's freight a lot by t-km, so that what it is allocated can displace it."""


@dataclass
class Freight:
    """The world of the example on a chain, its records and folders."""

    world: World
    url: str
    folder: Path
    book: BookFile
    carrier: LocalSigner
    shippers: tuple[LocalSigner, LocalSigner]
    provision: int
    lets: int
    solution: int
    claim: int
    profile: int

    def cet(self, *words: str) -> Any:
        place = ("--rpc", self.url, "--deployment", str(self.folder / "deployment.json"))
        return CliRunner(mix_stderr=False).invoke(main, [*words, *place])

    def package(self, name: str, *, entity: str = "", output: str = "") -> Path:
        """A committed package without its claims and bookings, to be filled from the ledger."""
        made = self.folder / (entity or name)
        shutil.copytree(EXAMPLES / f"logistics-{name}-2023", made)
        (made / "logistics_claims.csv").unlink(missing_ok=True)
        settings = made / "inventory.toml"
        text = settings.read_text(encoding="utf-8")
        if "[[lets_booking]]" in text:
            text = text[: text.index("[[lets_booking]]")] + text[text.index("[[note]]") :]
        text = text.replace(f'entity = "{name}"', f'entity = "{entity or name}"')
        settings.write_text(text + (INBOUND.format(output) if output else ""), encoding="utf-8")
        return made

    def claims_into(self, package: Path, who: str, *more: str) -> None:
        table = ("--csv", str(package / "logistics_claims.csv"))
        words = ("logistics", "claims", str(BOOK), "--organisation", who, "--year", "2023", "--use", "3.4")
        done = self.cet(*words, *table, *more)
        assert done.exit_code == 0, done.stderr + done.stdout

    def mint(self, package: Path, participant: LocalSigner) -> Receipt:
        """Recomputed, signed by all three, its claims consumed, minted; noted for `trace`."""
        world, registry = self.world, self.world.ledger.registry
        oracle = Oracle(world.ledger, world.oracle)
        draft = oracle.recompute(package, participant.address, world.verifier.address)
        opinion = Opinion("ISO 14064-3", "limited", 10_000)
        evidence = gather_evidence(
            world.ledger,
            draft.statement,
            assertion=participant.sign_typed_data(registry.assertion(draft.statement)),
            opinion=opinion,
            opinion_signature=world.verifier.sign_typed_data(registry.opinion(draft.statement.id, opinion)),
            attestations=[oracle.attest(draft.statement, package)],
        )
        receipt = oracle.submit(draft, evidence)
        pointer = self.folder / "documents" / f"0x{draft.statement.id.hex()}.json"
        pointer.write_text(json.dumps({"package": str(package)}), encoding="utf-8")
        return receipt

    def pass_on(self, lot: int, to: LocalSigner, t_km: int, displaces: int = 0) -> int:
        first, last = YEAR_2023
        days = {"consumed_from": first, "consumed_to": last}
        return self.world.allocate(lot, self.carrier, to, t_km * T_KM, FREIGHT, displaces, **days)

    def lots(self, receipt: Receipt, category: tuple[Scope, int], method: Method) -> list[int]:
        """A statement's lots of a category, in the order of the package."""
        code = self.world.ledger.emissions.lot_of
        return [
            key
            for key in receipt.lots
            if (code(key).code.scope, code(key).code.category) == category and code(key).code.method is method
        ]


def enrol(world: World, who: LocalSigner, name: str, entities: tuple[str, ...], *roles: Role) -> None:
    registry = world.ledger.registry
    calls = [world.ledger.bookings.set_organisation(who.address, roles, name)]
    if entities:
        calls.append(registry.enrol(who.address, name))
    calls += [registry.assign_entity(entity, who.address) for entity in entities]
    for call in calls:
        world.ledger.send(call, world.operator)


def show(world: World, who: LocalSigner, t_km: int) -> None:
    register = world.ledger.bookings
    evidence = keccak(text=f"own activity of {who.address}")
    terms = (who.address, Mode.ROAD, "g-km", 2023, t_km * T_KM, evidence)
    signature = world.verifier.sign_typed_data(register.activity(*terms))
    world.ledger.send(register.show_activity(*terms, world.verifier.address, signature), world.stranger)


@pytest.fixture(scope="module")
def freight(creation_code: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Freight]:
    """The bookings of the example's book on a chain whose clock shows its February, and the shippers' claims of them."""
    folder = tmp_path_factory.mktemp("freight")
    (folder / "documents").mkdir()
    with anvil("--timestamp", FEBRUARY_2024) as url:
        signers = dev_signers()
        world = build_world(anvil_chain(url), signers, creation_code)
        world.ledger.deployment.write(folder / "deployment.json")
        ledger, register = world.ledger, world.ledger.bookings
        fuels, carrier, first, second = signers[10:14]
        enrol(world, fuels, "Example Fuels", (), Role.SOLUTION_PROVIDER)
        enrol(world, carrier, "Carrier A", ("carrier-a",), Role.CARRIER)
        enrol(world, first, "Shipper 1", ("shipper-1",), Role.SHIPPER)
        enrol(world, second, "Shipper 2", ("shipper-2",), Role.SHIPPER)
        for who, t_km in ((carrier, 10_000_000), (first, 6_000_000), (second, 4_000_000)):
            show(world, who, t_km)
        for who in (first, second):
            ledger.send(register.set_partner(who.address, carrier.address, contracted=True), world.operator)
        book = read_book(BOOK)
        events = {
            event.id: event for event in book.book.events if isinstance(event, LetsBooked | SolutionBooked)
        }
        delivered = Provision(
            carrier.address, Mode.ROAD, "g", 50_000_000, keccak(text="biogas, bill 4, salt")
        )
        provision = ledger.send(register.provide(delivered), fuels).result
        service, fuel = lets_of(events["biogas-2023"], provision), solution_of(events["hvo-unbundled"])
        signed = world.verifier.sign_typed_data(register.booking(carrier.address, service))
        lets = ledger.send(register.book_lets(service, world.verifier.address, signed), carrier).result
        signed = world.verifier.sign_typed_data(register.booking(fuels.address, fuel))
        solution = ledger.send(register.book_solution(fuel, world.verifier.address, signed), fuels).result
        use = ServiceUse(lets, Mode.ROAD, 2023, 1_500_000 * T_KM, document=keccak(text="order 7, salt"))
        claim = ledger.send(register.claim(use), first).result
        amount, activity = 9_800_000, 500_000 * T_KM
        takes = Fraction(amount, activity)
        of = (solution, Role.SHIPPER, Bundling.SUPPLY_CHAIN, Mode.ROAD, "g-km", 2023, amount, activity)
        taken = SolutionClaim(
            *of, (takes.numerator, takes.denominator), document=keccak(text="order 8, salt")
        )
        profile = ledger.send(register.claim_solution(taken), second).result
        yield Freight(
            world, url, folder, book, carrier, (first, second), provision, lets, solution, claim, profile
        )


def test_claims_of_the_ledger_are_consumed_and_the_carriers_lots_passed_on(freight: Freight) -> None:
    world, ledger, register = freight.world, freight.world.ledger, freight.world.ledger.bookings
    emissions, (first, second) = ledger.emissions, freight.shippers

    # The ledger's claims into the packages: numbers of the ledger, words of the book.
    one = freight.package("shipper-1", output="6000000")
    freight.claims_into(one, "Shipper 1")
    two = freight.package("shipper-2", output="4000000")
    freight.claims_into(two, second.address)
    text = (one / "logistics_claims.csv").read_text(encoding="utf-8")
    assert register.address in text
    assert record_text(freight.claim) in text
    assert "fuel records 2023" in text
    assert "illustrative: none named in the book" in text
    fleet = freight.package("carrier-a")
    booked = freight.cet("logistics", "claims", str(BOOK), "--organisation", "Carrier A", "--year", "2023", "--facility", "fleet")  # fmt: skip
    assert booked.exit_code == 0, booked.stderr
    settings = fleet / "inventory.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n" + booked.stdout, encoding="utf-8")

    # Stated, verified, attested; the claims consumed before anything is minted.
    stated = [freight.mint(one, first), freight.mint(two, second)]
    for receipt, used in zip(stated, (freight.claim, freight.profile), strict=True):
        assert register.consumed_by(used) == (receipt.number, receipt.number)
        (pool,) = freight.lots(receipt, (Scope.SCOPE_3, 4), Method.MARKET_BASED)
        assert emissions.lot_of(pool).code == FREIGHT
    market = [freight.lots(receipt, (Scope.SCOPE_3, 4), Method.MARKET_BASED)[0] for receipt in stated]
    assert [emissions.figures(key).gross for key in market] == [720 * TONNE, 530_880_000_000]
    assert [receipt.statement.reported[3] for receipt in stated] == [756 * TONNE, 504 * TONNE]

    # The carrier: the LETS is split from its lots; each of the two lots has the LETS before the rest.
    carried = freight.mint(fleet, freight.carrier)
    physical = [
        key
        for category in ((Scope.SCOPE_1, 2), (Scope.SCOPE_3, 3))
        for key in freight.lots(carried, category, Method.PHYSICAL)
    ]
    total = sum(emissions.figures(key).gross for key in physical)
    assert total == 1_260 * TONNE == carried.statement.reported[0] + carried.statement.reported[3]
    tank_lets, tank_rest = freight.lots(carried, (Scope.SCOPE_1, 2), Method.MARKET_BASED)
    well_lets, well_rest = freight.lots(carried, (Scope.SCOPE_3, 3), Method.MARKET_BASED)
    split = (tank_lets, tank_rest, well_lets, well_rest)
    assert [emissions.lot_of(key).basis for key in split] == [amount * T_KM for amount in (2_000_000, 8_000_000) * 2]  # fmt: skip

    # Shipper 1 takes what it claimed, and the rest; shipper 2 claimed nothing of it. Tank-to-wheel displaces their estimates.
    received = {
        "shipper-1": [
            freight.pass_on(tank_lets, first, 1_500_000, market[0]),
            freight.pass_on(well_lets, first, 1_500_000),
            freight.pass_on(tank_rest, first, 4_500_000, market[0]),
            freight.pass_on(well_rest, first, 4_500_000),
        ],
        "shipper-2": [
            freight.pass_on(tank_rest, second, 3_500_000, market[1]),
            freight.pass_on(well_rest, second, 3_500_000),
        ],
    }
    assert emissions.lot_of(market[0]).displaced == 6_000_000 * T_KM
    assert emissions.lot_of(market[1]).displaced == 3_500_000 * T_KM
    mg = {who: sum(emissions.figures(key).gross for key in keys) for who, keys in received.items()}
    grams = [Fraction(mass, 1000) / t_km for mass, t_km in ((mg["shipper-1"], 6_000_000), (total, 10_000_000), (mg["shipper-2"], 3_500_000))]  # fmt: skip
    assert grams == [120, 126, 150]
    kept = [
        Fraction(emissions.figures(key).gross * (lot.basis - lot.allocated), lot.basis)
        for key, lot in ((key, emissions.lot_of(key)) for key in split)
    ]
    assert sum(mg.values()) + sum(kept) == total
    assert sum(kept) == 500_000 * 30 * 1000  # booked, and claimed by nobody yet

    # No more of the LETS than was booked, and no more than the rest is left over.
    with pytest.raises(Refused):
        freight.pass_on(tank_rest, second, 1)

    # The mirror: who used what, what is held, and the same figures.
    state = world.mirrored()
    assert state.consumed[stated[0].number] == (InstrumentUse(register.address, freight.claim),)
    held = positions(state)[freight.carrier.address, Mode.ROAD, "g-km"]
    assert (held.booked, held.available) == (2_000_000 * T_KM, 500_000 * T_KM)

    # From the customer's lot to booking, solution and certificate.
    documents = ("--documents", str(freight.folder / "documents"))
    traced = freight.cet("ledger", "trace", hex(received["shipper-1"][0]), *documents, "--json")
    assert traced.exit_code == 0, traced.stderr + traced.stdout
    (source,) = json.loads(traced.stdout)["sources"]
    (record,) = source["records"]
    assert (record["booking"], record["solution"], record["certificate"]) == (
        record_text(freight.lets),
        "biogas in the carrier's own trucks",
        "illustrative: none named in the book",
    )
    assert {line["id"] for line in source["lines"]} == {"trucks-diesel", "trucks-biogas"}
    told = freight.cet("ledger", "trace", hex(received["shipper-1"][0]), *documents)
    assert "certificate    illustrative: none named in the book" in told.stdout
    rest = freight.cet("ledger", "trace", hex(received["shipper-2"][0]), *documents, "--json")
    assert json.loads(rest.stdout)["sources"][0]["records"] == []
    own = freight.cet("ledger", "trace", hex(market[0]), *documents, "--json")
    (used,) = json.loads(own.stdout)["sources"][0]["records"]
    assert (used["claim"], used["contract"]) == (record_text(freight.claim), register.address)

    # A second statement that names the claim is refused, whole.
    ledger.send(ledger.registry.assign_entity("shipper-1-again", first.address), world.operator)
    again = freight.package("shipper-1", entity="shipper-1-again")
    ambiguous = freight.cet("logistics", "claims", "--organisation", "Shipper 1", "--year", "2023", "--use", "3.4", "--gwp", "AR5")  # fmt: skip
    assert ambiguous.exit_code == 1
    assert "--claimant" in ambiguous.stderr
    freight.claims_into(again, "Shipper 1", "--claimant", "shipper-1-again")
    with pytest.raises(Refused, match="is used by the statements that begin with number 1"):
        freight.mint(again, first)

    # A void flags the statement that used the claim, and what was made from a void flags too; figures stay.
    figures = emissions.figures(market[0])
    ledger.send(register.find_void(freight.claim, "invoiced twice"), world.operator)
    ledger.send(register.find_void(freight.solution, "certificate withdrawn"), world.operator)
    state = world.mirrored()
    assert [flag.doubt for flag in flags_of(state, market[0])] == [Doubt.VOID_INSTRUMENT]
    assert [flag.doubt for flag in flags_of(state, market[1])] == [Doubt.MADE_FROM_VOID]
    assert emissions.figures(market[0]) == figures
    left = freight.cet("logistics", "claims", str(BOOK), "--organisation", "Shipper 2", "--year", "2023", "--use", "3.4", "--json")  # fmt: skip
    assert left.exit_code == 1
    assert "found void: certificate withdrawn" in left.stdout
    shown = freight.cet("ledger", "show", hex(market[1]))
    assert "made from what was found void" in " ".join(shown.stdout.split())


def test_evidence_without_its_book_is_a_hash_and_the_gwp_set_is_asked_for(freight: Freight) -> None:
    words = ("logistics", "claims", "--organisation", "Carrier A", "--year", "2023", "--facility", "fleet")
    refused = freight.cet(*words)
    assert refused.exit_code == 1
    assert "--gwp" in refused.stderr
    made = freight.cet(*words, "--gwp", "AR5")
    assert made.exit_code == 0, made.stderr
    assert 'evidence = "keccak256 0x' in made.stdout
    assert "certificate" not in made.stdout
