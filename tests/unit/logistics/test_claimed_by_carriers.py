"""Section 11: what other carriers claimed of a LETS its booker discloses no longer, so it is no part of what is passed on as LETS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cet.errors import PackageError
from cet.report.inventory_report.building import inventory_report
from cet.statement import build
from transport_packages import booking, claim, inventory

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from cet.inventory import Inventory
    from cet.report.inventory_report.blocks import Table

FUELS = {"diesel": ("2.5", "L"), "diesel-wtt": ("0.6", "L"), "road": ("0.1", "t-km")}
LINES = [("site", "1", "mobile", "1000", "L", "diesel"), ("site", "3", "3", "1000", "L", "diesel-wtt")]
OUTPUTS: list[dict[str, Any]] = [
    {"facility": "site", "scope": 1, "category": "mobile", "quantity": "20000", "unit": "t-km"},
    {"facility": "site", "scope": 3, "category": "3", "quantity": "20000", "unit": "t-km"},
]
PARTIES = ("0x" + "11" * 20, "0x" + "22" * 20)
KM = 10**6


def fleet(folder: Path, *bookings: dict[str, Any]) -> Inventory:
    return inventory(folder, LINES, FUELS, bookings=bookings, outputs=OUTPUTS)


def parts(found: Inventory) -> list[dict[str, tuple[int, Fraction]]]:
    """Of each split lot: what its parts are shared out by, and mg per unit."""
    assert found.transport is not None
    return [
        {part.key.part: (part.basis, part.exact / part.basis) for part in split.parts}
        for split in found.transport.splits
    ]


def test_what_others_claimed_is_passed_on_as_the_rest(tmp_path: Path) -> None:
    """The intensities are those without it; the LETS is smaller by it, the rest greater."""
    whole = parts(fleet(tmp_path / "1", booking("lets", quantity="5000")))
    less = parts(fleet(tmp_path / "2", booking("lets", quantity="5000", claimed_by_carriers="2000")))
    for before, after in zip(whole, less, strict=True):
        assert after["lets lets"] == (3000 * KM, before["lets lets"][1])
        assert after["rest"] == (17_000 * KM, before["rest"][1])


@pytest.mark.parametrize("basis", ["direct", "indirect"])
def test_all_of_a_lets_may_be_others(tmp_path: Path, basis: str) -> None:
    found = fleet(tmp_path, booking("lets", quantity="5000", basis=basis, claimed_by_carriers="5000"))
    assert [list(one) for one in parts(found)] == [["rest"], ["rest"]]
    assert all(one["rest"][0] == 20_000 * KM for one in parts(found))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"claimed_by_carriers": "5001"}, "up to the quantity"),
        ({"claimed_by_carriers": "0"}, "above 0"),
        ({"claimed_by_carriers": "1", "use": "3.4"}, "carriers claim of carriers only"),
        (
            {"claimed_by_carriers": "1", "quantity": "20000", "wtw": "0.155", "ttw": "0.125"},
            "all of the lot is LETS",
        ),
    ],
)
def test_what_carriers_cannot_have_claimed_is_refused(
    tmp_path: Path, given: dict[str, str], why: str
) -> None:
    with pytest.raises(PackageError, match=why):
        fleet(tmp_path, booking("lets", **{"quantity": "5000", **given}))


def test_the_statement_says_it_and_only_where_it_is(tmp_path: Path) -> None:
    told = [
        json.loads(build(fleet(tmp_path / str(number), one), *PARTIES).document)["logistics"]["bookings"][0]
        for number, one in enumerate((booking("lets"), booking("lets", claimed_by_carriers="40")))
    ]
    assert [one.get("claimed_by_carriers") for one in told] == [None, "40"]


def declared(found: Inventory) -> Table:
    tables = [one for _, one in inventory_report(found).tables() if one.name == "Declared figures"]
    assert len(tables) == 1
    return tables[0]


def test_every_booking_and_claim_has_its_declared_figure_and_who_verified_it(tmp_path: Path) -> None:
    """By hand: 100 t-km × 80 g = 8 kg; 3,100 kg over 20,000 t-km are 155 g; (3,100 − 8) kg over 19,900 are 155.377 g."""
    lets = booking("lets", claimed_by_carriers="40", verifier="Example Assurance", evidence="fuel records")
    found = declared(fleet(tmp_path / "fleet", lets))
    told = [[cell.text for cell in row.cells] for row in found.rows]
    assert told == [
        ["LETS lets", "direct", "100 t-km", "80.000", "0.008", "0.001", "Example Assurance", "fuel records"],
        ["of it claimed by other carriers", "", "40 t-km", "80.000", "0.003", "<0.001", "", ""],
        ["average of site", "", "20,000 t-km", "155.000", "3.100", "2.500", "the inventory's verifier", ""],
        ["rest of site", "", "19,940 t-km", "155.377", "3.098", "2.504", "the inventory's verifier", ""],
    ]  # fmt: skip

    modes = [{"factors": ["own/road"], "mode": "road"}]
    freight = [("site", "3", "4", "1000", "t-km", "road")]
    claims = [claim("good", quantity="250"), claim("bad", gwp="AR4", ttw="0.02", material="lsp-indirect")]
    shipper = declared(inventory(tmp_path / "shipper", freight, FUELS, modes, claims=claims))
    cells = [[cell.text for cell in row.cells] for row in shipper.rows]
    assert cells == [
        ["lets of good, claimed", "direct", "250 t-km", "80.000", "0.020", "unknown", "not named", ""],
        ["lets of bad, claimed", "indirect", "100 t-km", "80.000", "0.008", "0.002", "not named", ""],
    ]  # fmt: skip
    assert [row.cells[0].detail for row in shipper.rows] == [
        "good, for 3.4: applied",
        "bad, for 3.4: refused",
    ]
