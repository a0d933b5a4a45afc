"""Figures others published, recomputed: each vector file names its publisher and what it prints wrongly."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cet.gases import Family, GwpSet, expand, gas

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
