"""Lineages: from any record up to its origins and down to its ends, as a tree, a picture and JSON."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.logistics.lineage import lineage
from cet.logistics.terms import LogisticsError
from cet.report.lineage_picture import lineage_svg
from logistics_book import full_book

ROAD = Path(__file__).parents[3] / "examples" / "logistics-road-lsp" / "book.toml"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("asked", "records"),
    [
        ("whole", {"whole", "bundle", "made"}),
        ("made", {"whole", "bundle", "made"}),
        ("lets", {"lets", "again", "mine"}),
        ("mine", {"lets", "mine"}),
        ("parts", {"parts", "supply", "supply: retired", "beside", "alone"}),
        ("alone", {"parts", "alone"}),
        ("beside", {"parts", "supply", "beside"}),
    ],
)
def test_a_lineage_is_all_a_record_came_from_and_all_that_came_of_it(asked: str, records: set[str]) -> None:
    found = lineage(full_book(), asked)
    assert {one.id for one in found.nodes} == records
    place = found.column
    for link in found.links:
        assert place[link.source] < place[link.target]


def test_the_way_up_is_the_books_own() -> None:
    book = full_book()
    for record in ("mine", "made", "again", "alone"):
        way = book.lineage(record)
        steps = {(link.target, link.source) for link in lineage(book, record).links}
        assert set(pairwise(way)) <= steps


def test_an_emitter_profile_beside_a_claim_is_marked() -> None:
    beside = {(one.source, one.target): one.beside for one in lineage(full_book(), "parts").links}
    assert beside == {
        ("parts", "supply"): False,
        ("supply", "supply: retired"): True,
        ("supply", "beside"): True,
        ("parts", "alone"): False,
    }


@pytest.mark.parametrize("asked", ["parts", "mine", "made", "supply"])
def test_a_picture_has_a_box_and_an_arrow_for_each_and_no_two_boxes_overlap(asked: str) -> None:
    found = lineage(full_book(), asked)
    root = ET.fromstring(lineage_svg(found))  # noqa: S314 - our own picture
    boxes = [
        tuple(int(one.attrib[name]) for name in ("x", "y", "width", "height"))
        for one in root.iter(f"{SVG}rect")
        if "rx" in one.attrib
    ]
    assert len(boxes) == len(found.nodes)
    for number, (x, y, width, height) in enumerate(boxes):
        for ox, oy, _, _ in boxes[number + 1 :]:
            assert abs(ox - x) >= width or abs(oy - y) >= height
    assert sum(one.attrib.get("fill") == "none" for one in root.iter(f"{SVG}path")) == len(found.links)


def test_the_command_draws_tells_and_refuses(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["logistics", "lineage", str(ROAD), *words], catch_exceptions=False)

    picture = tmp_path / "l.svg"
    told = run("electric", "--svg", str(picture)).output
    assert told.index("electric-again") < told.index("shipper-electric")
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    found = json.loads(run("shipper-electric", "--json").output)
    assert [one["id"] for one in found["records"]] == ["electric", "electric-again", "shipper-electric"]
    assert found["links"][1] == {"from": "electric-again", "to": "shipper-electric", "amount": "5000000000000", "unit": "g-km", "beside": False}  # fmt: skip
    assert run("steam").exit_code == 1
    with pytest.raises(LogisticsError, match="no 'steam'"):
        lineage(full_book(), "steam")
