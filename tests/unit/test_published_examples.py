"""Published examples as real packages (`tests/vectors/examples`), computed by `cet inventory compute` as anyone runs it."""

from __future__ import annotations

import csv
import json
import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.inventory import compute, load, reference
from cet.quantities import half_even_text

VECTORS = Path(__file__).parents[1] / "vectors"
DOCS = Path(__file__).parents[2] / "docs" / "published-examples.md"
EXAMPLES: list[dict[str, Any]] = tomllib.loads((VECTORS / "examples.toml").read_text(encoding="utf-8"))[
    "example"
]
PACKAGES = sorted(path.name for path in (VECTORS / "examples").iterdir())
NOTHING_PRINTED = ("inputs of our own", "no figure printed", "no answer printed")
MG = {"kg": 10**6, "t": 10**9}


@cache
def computed(package: str) -> dict[str, Any]:
    """What the command prints for machines."""
    folder = VECTORS / "examples" / package
    done = CliRunner(mix_stderr=False).invoke(
        main, ["inventory", "compute", str(folder), "--lines", "--json"]
    )
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def figure(example: dict[str, Any]) -> Fraction:
    """The example's result in its own unit, read from where docs/methods.md says it stands."""
    found = computed(example["package"])
    wanted = example.get("lines", [])
    lines = [line for line in found["lines"] if not wanted or line["id"] in wanted]
    match example["figure"]:
        case "emissions":
            results = [one for line in lines for one in line["results"] if one["method"] != "market-based"]
            return sum((Fraction(one["mg"]) for one in results), Fraction(0)) / MG[example["unit"]]
        case "market-based":
            results = [one for line in lines for one in line["results"] if one["method"] == "market-based"]
            return sum((Fraction(one["mg"]) for one in results), Fraction(0)) / MG[example["unit"]]
        case "activity":
            assert {line["activity"]["unit"] for line in lines} == {"t-km"}
            return sum((Fraction(line["activity"]["value"]) for line in lines), Fraction(0))
        case "allocation share":
            (line,) = lines
            return Fraction(line["allocation_share"])
        case "intensity":
            (lot,) = [lot for lot in found["lots"] if lot["category"].endswith(example["category"])]
            assert lot["intensity"]["unit"].replace("t-km", "tkm") == example["unit"]
            return Fraction(lot["intensity"]["value"])
        case _:
            (category,) = [
                one for one in found["categories"] if one["category"].endswith(example["category"])
            ]
            (activity,) = category["activity"]
            return Fraction(activity["primary_percent"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_a_published_example_is_reproduced(example: dict[str, Any]) -> None:
    found = figure(example)
    assert found == Fraction(example["exact"])
    if "published" not in example:
        assert any(word in example["source"] for word in NOTHING_PRINTED)
        return
    printed = example["published"]
    if "erratum" in example:
        assert found != Fraction(printed)
        assert example["id"] in DOCS.read_text(encoding="utf-8")
    else:
        places = len(printed.partition(".")[2])
        assert Fraction(half_even_text(found, places)) == Fraction(printed)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_slow_reference_agrees_on_every_line(package: str) -> None:
    opened = load(VECTORS / "examples" / package)
    bulk, slow = compute(opened), reference(opened)
    assert (bulk.sums, bulk.lots, bulk.lines) == (slow.sums, slow.lots, slow.lines)
    assert bulk.notices == slow.notices
    with (VECTORS / "examples" / package / "activities.csv").open(encoding="utf-8") as file:
        assert len(bulk.lines) == len(list(csv.DictReader(file)))


def test_every_package_is_an_examples() -> None:
    assert {example["package"] for example in EXAMPLES} == set(PACKAGES)
    assert len({example["id"] for example in EXAMPLES}) == len(EXAMPLES) == 141
