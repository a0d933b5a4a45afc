"""Figures others published, recomputed: each vector file names its publisher and what it prints wrongly."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cet.gases import Family, GwpSet, expand, gas
from cet.inventory import compute, load, reference
from cet.scopes import Scope
from package_folders import FACTORS, LINE, factor, write_package

VECTORS = Path(__file__).parents[1] / "vectors"
KYOTO_BLEND_FAMILIES = {Family.HFC, Family.PFC}


def vectors(name: str) -> dict[str, Any]:
    return tomllib.loads((VECTORS / name).read_text(encoding="utf-8"))


EPA_GWP = vectors("epa-hub-2024-gwp-ar5.toml")


def blend_gwp(name: str) -> Fraction:
    parts = expand({name: Fraction(1)})
    return sum(
        (mass * part.gwp(GwpSet.AR5) for part, mass in parts if part.family in KYOTO_BLEND_FAMILIES),
        Fraction(0),
    )


@pytest.mark.parametrize(("name", "printed"), EPA_GWP["gas"].items())
def test_a_gas_has_the_gwp_the_epa_prints(name: str, printed: str) -> None:
    assert gas(name).gwp(GwpSet.AR5) == Fraction(printed)


@pytest.mark.parametrize(("name", "printed"), EPA_GWP["blend"].items())
def test_a_blend_has_the_gwp_the_epa_prints_to_the_unit(name: str, printed: str) -> None:
    assert abs(blend_gwp(name) - Fraction(printed)) <= Fraction(1, 2)


@pytest.mark.parametrize(("name", "figures"), EPA_GWP["erratum"].items())
def test_a_blend_whose_printed_gwp_contradicts_its_composition_follows_the_composition(
    name: str, figures: dict[str, str]
) -> None:
    assert blend_gwp(name) == Fraction(figures["right"])
    assert blend_gwp(name) != Fraction(figures["printed"])


@pytest.mark.parametrize(
    "example", vectors("published-lines.toml")["example"], ids=lambda example: example["source"]
)
def test_a_published_calculation_gives_its_printed_figure(example: dict[str, Any], tmp_path: Path) -> None:
    factors, lines = FACTORS, []
    for number, (scope, category, quantity, unit, per, gases) in enumerate(example["lines"]):
        more = {"gwp": example["gwp"]} if "CO2e" in gases else {}
        factors += factor(f"factor-{number}", per, gases, **more)
        own = {
            "id": f"line-{number}",
            "scope": scope,
            "category": category,
            "quantity": quantity,
            "unit": unit,
        }
        lines.append({**LINE, **own, "factor": f"test/factor-{number}"})
    folder = write_package(tmp_path, lines, header={"gwp": f'"{example["gwp"]}"'}, factors=factors)
    printed = Fraction(example["kg"]) * 10**6
    for calculate in (compute, reference):
        assert calculate(load(folder)).total(Scope(example["scope"])) == printed
