"""Annex 1: mail and parcels, by items instead of distances, and asset-years replaced by low-emission ones.

The baseline per item is what the network would emit if every low-emission asset were still a conventional one; general
changes of the network (routing, utilisation, mix of modes) do change it, from period to period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.logistics.figures import Figure, Step
from cet.logistics.terms import LogisticsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.logistics.terms import Mode

_G_PER_KG = Figure.of(1000)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Assets of one mode replaced: the baseline per item (g), the energy they burnt, and what their replacements emit.

    `factor` is kg CO2e per `energy_unit`; `per_asset` what one asset takes in a year; `assets` how many were replaced and
    `emitted_kg` what all replacements emitted in the period.
    """

    mode: Mode
    baseline_g: Figure
    energy_unit: str
    factor: Figure
    per_asset: Figure
    assets: Figure
    emitted_kg: Figure
    places: tuple[int, int] = (0, 2)
    """Decimals the document goes on with: of the energy per asset, of the remaining part (2: whole percents)."""


def baseline_g(network_kg: Figure, deployed: Sequence[tuple[Figure, Figure]], items: Figure) -> Figure:
    """g CO2e per item of a network as if conventional: what low-emission assets emitted is taken out, and what
    conventional ones would have emitted instead put in; (emitted, would have emitted) in kg each."""
    total = network_kg
    for emitted, conventional in deployed:
        total = total - emitted + conventional
    if items.exact <= 0:
        raise LogisticsError("no items", "count the consignments of the period")
    return total * _G_PER_KG / items


def parcels(items: Figure, replacements: Sequence[Replacement]) -> tuple[Step, ...]:
    """A shipper's footprint of `items`, all modes in which assets were replaced for it, step by step."""
    steps: list[Step] = []
    per_item = Figure.of(0)
    for one in replacements:
        mode = one.mode.text
        baseline = items * one.baseline_g / _G_PER_KG
        energy = baseline / one.factor
        per_asset = one.per_asset.rounded_here(one.places[0])
        replaced = per_asset * one.factor * one.assets
        part = (one.emitted_kg / replaced).rounded_here(one.places[1])
        left = one.baseline_g * part
        per_item = per_item + left
        steps += [
            Step(f"{mode}: baseline of the items", baseline, "kg CO2e"),
            Step(f"{mode}: energy behind them", energy, one.energy_unit),
            Step(f"{mode}: energy of an asset", per_asset, f"{one.energy_unit} per asset-year"),
            Step(f"{mode}: asset-years behind them", energy / per_asset, "asset-years"),
            Step(f"{mode}: emissions replaced", replaced, "kg CO2e"),
            Step(f"{mode}: part that remains", part * Figure.of(100), "%"),
            Step(f"{mode}: per item", left, "g CO2e", 1),
        ]
    return (
        *steps,
        Step("per item", per_item, "g CO2e", 1),
        Step("footprint", per_item * items, "g CO2e"),
    )
