"""A package takes allocations of certificated generation with their certificates, and uses these for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.ledger import Cancellation, Purpose, key_text
from cet.oracle import Oracle
from cet.oracle.errors import CertificatesUnfounded
from energy_packages import CANCELLED_ON_CHAIN
from package_folders import DEFAULT_FACTORS, FACTORS, factor, write_package
from world import DAY_2021, MARKET, MWH, POWER, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

LINE = {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid", "quantity": "100"}
SUPPLIER = factor("supplier", "MWh", {"CO2": "60"}, kind="supplier")
DAY_2023 = DAY_2021 + 730

SUPPLY = """
[[supply]]
id = "plant-7"
facility = "plant"
carrier = "electricity"
instrument = "allocation"
quantity = "{mwh}"
unit = "MWh"
factor = "test/supplier"
supplier = "Power Ltd"
{more}
"""


class Case:
    """A plant of 100 MWh, twice 10 MWh of it the dependent's, for which certificates were issued only then."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, ledger = world, folder, world.ledger
        (self.plant,) = world.mint(world.supplier, (POWER, 100 * MWH, 60 * TONNE), first_day=DAY_2023)
        days = {"production_start": DAY_2023, "production_end": DAY_2023 + 364}
        self.batch = world.issue_certificates(100, world.supplier, **days)
        self.lot, self.other = self.taken(), self.taken()
        ledger.send(ledger.generation.certify(self.plant, self.batch), world.supplier)

    def taken(self) -> int:
        world, ledger = self.world, self.world.ledger
        days = {"consumed_from": DAY_2023, "consumed_to": DAY_2023 + 364}
        offer = world.offer(self.plant, world.dependent, 10 * MWH, MARKET, **days)
        signature = world.supplier.sign_typed_data(ledger.emissions.offer(offer))
        return ledger.send(ledger.emissions.accept(offer, signature), world.dependent).result

    def cancelled(self, mwh: int, *, lot: int | None = None) -> int:
        world, ledger = self.world, self.world.ledger
        salt = next(world.next_salt).to_bytes(32, "big")
        details = Cancellation(
            world.dependent.address, DAY_2023, DAY_2023 + 364, Purpose.SCOPE_2, document=salt
        )
        call = ledger.certificates.cancel(self.batch, mwh * MWH, details)
        number = ledger.send(call, world.supplier).result
        if lot is not None:
            ledger.send(ledger.generation.cover(lot, number), world.supplier)
        return number

    def certificate(self, number: int) -> str:
        return CANCELLED_ON_CHAIN.format(contract=self.world.ledger.certificates.address, number=number)

    def supply(self, *more: str, lot: int | None = None, mwh: str = "10") -> str:
        said = [f'lot = "{key_text(lot or self.lot)}"', *more]
        return SUPPLY.format(mwh=mwh, more="\n".join(said))

    def recompute(self, more: str = "", **line: str) -> None:
        factors = FACTORS + DEFAULT_FACTORS + SUPPLIER
        package = write_package(self.folder / "package", [{**LINE, **line}], more=more, factors=factors)
        world = self.world
        Oracle(world.ledger, world.oracle).recompute(package, world.dependent.address, world.verifier.address)


@pytest.fixture
def case(world: World, tmp_path: Path) -> Case:
    return Case(world, tmp_path)


WITH = ("certificated = true", 'certificates = ["wind-7"]')


def test_an_allocation_with_its_certificates_is_recomputed(case: Case) -> None:
    number = case.cancelled(10, lot=case.lot)
    case.recompute(case.supply(*WITH) + case.certificate(number))


def test_a_line_that_cites_it_without_enough_certificates_is_refused(case: Case) -> None:
    cited = {"received": key_text(case.lot), "market_factor": "test/supplier", "quantity": "10"}
    with pytest.raises(CertificatesUnfounded, match=r"10000000 Wh .* are needed, 0 Wh are cancelled"):
        case.recompute(**cited)
    case.cancelled(9, lot=case.lot)
    with pytest.raises(CertificatesUnfounded, match="9000000 Wh are cancelled"):
        case.recompute(**cited)
    case.cancelled(1, lot=case.lot)
    case.recompute(**cited)


def test_what_is_found_void_is_missing_again(case: Case) -> None:
    number = case.cancelled(10, lot=case.lot)
    ledger = case.world.ledger
    ledger.send(ledger.certificates.void_cancellation(number, "fraud"), case.world.issuer)
    with pytest.raises(CertificatesUnfounded, match="0 Wh are cancelled"):
        case.recompute(case.supply(*WITH) + case.certificate(number))


def test_certificated_generation_is_not_called_uncertificated(case: Case) -> None:
    case.cancelled(10, lot=case.lot)
    with pytest.raises(CertificatesUnfounded, match="it says certificated = false"):
        case.recompute(case.supply("certificated = false"))


def test_certificates_of_an_allocation_are_used_for_nothing_else(case: Case) -> None:
    """Neither for other energy, nor for another allocation; and an allocation only with its own."""
    number = case.cancelled(10, lot=case.lot)
    with pytest.raises(CertificatesUnfounded, match=f"stands for lot {key_text(case.lot)}; .* other energy"):
        case.recompute(case.certificate(number))
    other = case.other
    case.cancelled(10, lot=other)
    with pytest.raises(CertificatesUnfounded, match="it is used for supply plant-7"):
        case.recompute(case.supply(*WITH, lot=other) + case.certificate(number))
    loose = case.cancelled(10)
    with pytest.raises(CertificatesUnfounded, match="is not named for lot"):
        case.recompute(case.supply(*WITH) + case.certificate(loose))


def test_a_supply_is_a_lot_of_the_participants_and_no_more_than_it(case: Case) -> None:
    case.cancelled(10, lot=case.lot)
    with pytest.raises(CertificatesUnfounded, match="11000000 Wh are supplied, it has 10000000"):
        case.recompute(case.supply("certificated = true", mwh="11"))
    with pytest.raises(CertificatesUnfounded, match="there is no such lot"):
        case.recompute(case.supply("certificated = true", lot=0x8000000000000001))
    with pytest.raises(CertificatesUnfounded, match="it is held by"):
        case.recompute(case.supply("certificated = false", lot=_theirs(case), mwh="1"))
    with pytest.raises(CertificatesUnfounded, match="without the lot that was received"):
        case.recompute(SUPPLY.format(mwh="10", more="certificated = false"))


def _theirs(case: Case) -> int:
    world = case.world
    (plant,) = world.mint(world.customer, (POWER, 9 * MWH, TONNE), first_day=DAY_2023)
    return world.allocate(plant, world.customer, world.supplier, MWH, MARKET)
