"""What a package says was received must be its participant's on the ledger, and no more than there is of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.ledger import key_text
from cet.oracle import Oracle
from cet.oracle.errors import ReceivedUnfounded
from package_folders import write_package
from world import MARKET, MWH, POWER, PURCHASED, STATIONARY, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

ENERGY = {
    "scope": "2",
    "category": "electricity",
    "unit": "MWh",
    "factor": "test/grid",
    "market_factor": "test/mix",
}
GOODS = {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"}


def power_received(world: World, units: int = 600 * MWH) -> int:
    """A power plant's 1,000 MWh, of which the dependent received some; the received lot's key."""
    (plant,) = world.mint(world.supplier, (POWER, 1_000 * MWH, 500 * TONNE))
    return world.allocate(plant, world.supplier, world.dependent, units, MARKET)


def recompute(world: World, folder: Path, *lines: dict[str, str]) -> None:
    package = write_package(folder / "package", lines)
    Oracle(world.ledger, world.oracle).recompute(package, world.dependent.address, world.verifier.address)


def test_what_was_received_may_be_cited_to_its_last_unit(world: World, tmp_path: Path) -> None:
    lot = key_text(power_received(world))
    cited = {**ENERGY, "received": lot}
    recompute(
        world, tmp_path, {**cited, "id": "a", "quantity": "599.5"}, {**cited, "id": "b", "quantity": "0.5"}
    )


def test_more_than_was_received_is_refused_by_line_and_lot(world: World, tmp_path: Path) -> None:
    lot = key_text(power_received(world))
    cited = {**ENERGY, "received": lot}
    with pytest.raises(ReceivedUnfounded) as refused:
        recompute(
            world,
            tmp_path,
            {**cited, "id": "first", "quantity": "600"},
            {**cited, "id": "second", "quantity": "0.000001"},
            {**ENERGY, "id": "rest", "quantity": "7"},
        )
    text = str(refused.value)
    assert f"line first, second, received {lot}: 600000001 Wh are cited, it has 600000000" in text
    assert "cite no more than was received" in text
    assert "rest," not in text


def test_every_unfounded_citation_is_named_at_once(world: World, tmp_path: Path) -> None:
    mine = key_text(power_received(world))
    (plant,) = world.mint(world.supplier, (POWER, 9 * MWH, TONNE), first_day=18_628 + 365)
    theirs = key_text(world.allocate(plant, world.supplier, world.customer, MWH, MARKET))
    nowhere = "0x8000000000000001"
    with pytest.raises(ReceivedUnfounded) as refused:
        recompute(
            world,
            tmp_path,
            {**ENERGY, "id": "a", "quantity": "1", "received": nowhere},
            {**ENERGY, "id": "b", "quantity": "1", "received": theirs},
            {**GOODS, "id": "c", "quantity": "1", "received": mine},
        )
    text = str(refused.value)
    assert f"line a, received {nowhere}: there is no such lot" in text
    assert (
        f"line b, received {theirs}: it is held by {world.customer.address}, not by {world.dependent.address}"
        in text
    )
    assert (
        f"line c, received {mine}: the lot is scope 2 electricity market-based, the line is scope 3 cat"
        in text
    )
    assert f"line c, received {mine}: the lot is in Wh, the line in USD2022" in text


def test_a_lot_shared_out_by_mass_covers_its_mass_in_any_unit(world: World, tmp_path: Path) -> None:
    (source,) = world.mint(world.supplier, (STATIONARY, TONNE, TONNE))
    # 0.31 kg CO2e a dollar
    lot = key_text(world.allocate(source, world.supplier, world.dependent, 310_000 * 10, PURCHASED))
    rest = {**GOODS, "id": "rest"}
    recompute(world, tmp_path, {**GOODS, "quantity": "10", "received": lot}, rest)
    with pytest.raises(ReceivedUnfounded, match="mg are cited, it has 3100000 mg"):
        recompute(world, tmp_path, {**GOODS, "quantity": "10.001", "received": lot}, rest)
