"""Allocations received are cited and reported, their remainder is minted, and no source is minted twice."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.inventory import Inventory, load, read_package, reference
from cet.inventory.boundary.bridge import bridge
from cet.inventory.line_ledger import write_line_ledger
from cet.report.inventory_report.building import inventory_report
from cet.scopes import Method, Scope
from cet.statement import commit
from cet.statement.document import canonical_document
from organisations import toml
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = "0x9a3f5c0012de8841", "0x8000000000000001"
POWER = {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"}
COVERED = {**POWER, "id": "covered", "quantity": "600", "market_factor": "test/mix", "received": KEY}
REST = {**POWER, "id": "rest", "quantity": "400", "market_factor": "test/mix"}
GOODS = {
    "id": "goods",
    "scope": "3",
    "category": "1",
    "unit": "USD2022",
    "factor": "test/paper",
    "received": OTHER,
}


def read(tmp_path: Path, *lines: dict[str, str], more: str = "") -> Inventory:
    folder = write_package(tmp_path / "package", lines, more=more)
    inventory = read_package(folder)
    slow = reference(load(folder))
    assert (inventory.sums, inventory.lots, inventory.lines) == (slow.sums, slow.lots, slow.lines)
    return inventory


def test_what_is_received_is_reported_and_only_the_rest_is_minted(tmp_path: Path) -> None:
    inventory = read(tmp_path, COVERED, REST, GOODS)
    assert inventory.total(Scope.SCOPE_2, Method.MARKET_BASED) == 1_000_000 * 500_000
    (market,) = (lot for lot in inventory.lots if lot.key.method is Method.MARKET_BASED)
    assert (market.gross, market.basis, market.lines) == (400_000 * 500_000, 400_000_000, 1)
    assert inventory.total(Scope.SCOPE_3) > 0
    assert {lot.key.scope for lot in inventory.lots} == {Scope.SCOPE_2}


def test_the_location_based_figure_of_received_energy_stays_the_consumer_s(tmp_path: Path) -> None:
    (location,) = (
        lot for lot in read(tmp_path, COVERED, REST).lots if lot.key.method is Method.LOCATION_BASED
    )
    assert (location.basis, location.lines) == (1_000_000_000, 2)


def test_lots_and_what_is_received_are_what_is_reported(tmp_path: Path) -> None:
    found = bridge(read(tmp_path, COVERED, REST, GOODS))
    assert [step.title for step in found.steps] == ["received from suppliers, who mint it"]
    for at, reported in enumerate(found.reported.columns):
        assert sum((step.columns[at] for step in found.steps), found.lots.columns[at]) == reported


def test_shares_and_received_lines_still_add_up(tmp_path: Path) -> None:
    """The part of others is taken off what is received too: under equity share nothing is left over."""
    more = (
        toml("entity", id="mill", name="Mill", treatment="subsidiary")
        + toml("holding", owner="works", entity="mill", share="2/3")
        + toml("facility", id="mill-site", name="Mill", country="GB", entity="mill")
    )
    lines = [{**one, "facility": "mill-site"} for one in (COVERED, REST, GOODS)]
    folder = write_package(tmp_path / "p", lines, more=more, header={"consolidation": '"equity-share"'})
    found = bridge(read_package(folder))
    for at, reported in enumerate(found.reported.columns):
        assert sum((step.columns[at] for step in found.steps), found.lots.columns[at]) == reported


def test_a_cited_lot_stands_in_the_document_and_in_every_line_that_cites_it(tmp_path: Path) -> None:
    inventory = read(tmp_path, COVERED, REST, GOODS)
    document = json.loads(canonical_document(inventory, bytes(32)))
    energy, goods = (document["received"]["allocations"][at] for at in (1, 0))
    assert (energy["lot"], energy["activity"], energy["unit"]) == (KEY, "600000", "kWh")
    assert Fraction(energy["mg"]) == 600_000 * 500_000
    assert goods["lot"] == OTHER
    committed = commit(inventory)
    covered = json.loads(committed.prove("covered").line)
    assert covered["received"] == KEY
    assert covered["lot"].split()[1] == "none"
    assert json.loads(committed.prove("rest").line)["lot"].split()[1] != "none"
    assert "received" not in json.loads(committed.prove("rest").line)


def test_a_package_that_cites_nothing_has_the_document_it_always_had(tmp_path: Path) -> None:
    assert "received" not in json.loads(canonical_document(read(tmp_path, REST), bytes(32)))


def test_the_ledger_of_lines_names_the_lots_the_lines_do(tmp_path: Path) -> None:
    inventory = read(tmp_path, COVERED, REST, GOODS)
    write_line_ledger(inventory, tmp_path / "lines.csv")
    with (tmp_path / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["line"]: row for row in csv.DictReader(file)}
    committed = commit(inventory)
    assert {name: " ".join(filter(None, (row["lot_1"], row["lot_2"]))) for name, row in rows.items()} == {
        name: json.loads(committed.prove(name).line)["lot"] for name in rows
    }
    assert {name: row["received"] for name, row in rows.items()} == {
        "covered": KEY,
        "rest": "",
        "goods": OTHER,
    }


def test_a_lot_is_traced_to_the_lines_it_is_formed_of(tmp_path: Path) -> None:
    inventory = read(tmp_path, COVERED, REST)
    by_method = {lot.key.method: {line.id for line in inventory.lines_of(lot)} for lot in inventory.lots}
    assert by_method == {Method.LOCATION_BASED: {"covered", "rest"}, Method.MARKET_BASED: {"rest"}}


def test_people_and_machines_see_what_was_received(tmp_path: Path) -> None:
    inventory = read(tmp_path, COVERED, REST)
    (row,) = next(one for _, one in inventory_report(inventory).tables() if one.name == "Received").rows
    assert [row.cells[at].text for at in (0, 3, 5)] == [KEY, "600,000.000", "300.000"]
    folder = str(tmp_path / "package")
    shown = CliRunner().invoke(main, ["inventory", "compute", folder])
    assert "Received from suppliers" in shown.output
    found = json.loads(CliRunner().invoke(main, ["inventory", "compute", folder, "--json", "--lines"]).output)
    assert found["boundary"]["received"][0]["lot"] == KEY
    (covered,) = (line for line in found["lines"] if line["id"] == "covered")
    assert [result["lot"] is None for result in covered["results"]] == [False, True]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({**COVERED, "received": "lot 7"}, "no key of a received lot"),
        ({**COVERED, "received": "0x1a3f5c0012de8841"}, "no key of a received lot"),
        ({**COVERED, "received": KEY.upper()}, "no key of a received lot"),
        ({**COVERED, "market_factor": ""}, "an allocation of energy without its factor"),
        ({"received": KEY}, "an allocation for scope 1"),
        (
            {
                "scope": "outside",
                "category": "removals",
                "unit": "kg",
                "factor": "measured/CO2",
                "received": KEY,
            },
            "an allocation of removals",
        ),
    ],
)
def test_what_cannot_be_received_is_refused_with_its_place(
    tmp_path: Path, line: dict[str, str], says: str
) -> None:
    with pytest.raises(PackageError, match=says) as error:
        read_package(write_package(tmp_path, [line]))
    assert [(one.row, one.column) for one in error.value.findings] == [(2, "received")]
