"""Entries of a book file that are calculated rather than recorded: mail and parcels (annex 1), fuels replaced (section 10).

Numbers are text, masses kg CO2e well-to-wheel. Each entry gives its steps, exact and as a document prints them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field

from cet.factors.model import Id, Words
from cet.logistics.figures import Figure, Step
from cet.logistics.footprint import by_fuel, equivalent_fuel, fuel_behind
from cet.logistics.parcels import Replacement, baseline_g, parcels
from cet.logistics.sections import AMode, Entry, Number, Quantity
from cet.logistics.terms import ACTIVITY_UNITS, SHOWN_UNITS, LogisticsError, per_shown
from cet.quantities import half_even_text

if TYPE_CHECKING:
    from cet.logistics.book import Book

_KG = 1000


class Deployed(Entry):
    """Low-emission assets already in the network: what they emitted, and what conventional ones would have."""

    emitted_kg: Number
    conventional_kg: Number


class Network(Entry):
    """`network`: the whole network's year, from which the baseline per item follows."""

    total_kg: Number
    items: Number
    deployed: list[Deployed] = Field(default_factory=list)


class Asset(Entry):
    """`[[parcels.replacement]]`: assets of one mode replaced for the customer's items.

    `per_asset` is what one conventional asset takes in a year in `energy_unit`, or `distance` times `per_distance` is.
    """

    mode: AMode
    baseline_g: Number
    energy_unit: Words
    factor_kg: Number
    per_asset: Number | None = None
    distance: Number | None = None
    per_distance: Number | None = None
    assets: Number
    emitted_kg: Number

    def replacement(self) -> Replacement:
        """For `parcels`. Raises LogisticsError when the energy of an asset is not given, or given twice."""
        made = self.distance is not None and self.per_distance is not None
        if made == (self.per_asset is not None):
            raise LogisticsError(
                "energy of an asset not given, or twice", "give per_asset, or distance and per_distance"
            )
        if made and self.distance is not None and self.per_distance is not None:
            per_asset = Figure.of(self.distance) * Figure.of(self.per_distance)
        else:
            per_asset = Figure.of(self.per_asset or 0)
        given = (self.factor_kg, per_asset.exact, self.assets)
        if not all(given):
            raise LogisticsError(
                f"nothing replaced by {self.mode.text}", "factor_kg, per_asset and assets are above 0"
            )
        figures = (Figure.of(self.baseline_g), self.energy_unit, Figure.of(self.factor_kg), per_asset)
        return Replacement(self.mode, *figures, Figure.of(self.assets), Figure.of(self.emitted_kg))


class Parcels(Entry):
    """`[[parcels]]`: a customer's items in a mail or parcel network, and the assets replaced for them (annex 1)."""

    by: Id
    customer: Id
    year: int
    items: Number
    network: Network
    replacement: list[Asset]

    def steps(self) -> tuple[Step, ...]:
        """The baseline of the network, then the customer's footprint, mode by mode.

        Raises LogisticsError when items or baselines exceed the network's, or fewer assets were replaced than the items take:
        counted in whole assets, as the annex does.
        """
        network = self.network
        if self.items > network.items:
            raise LogisticsError(
                f"{self.customer} sent more items than the network transported",
                "a claim displaces own activity only",
            )
        deployed = [(Figure.of(one.emitted_kg), Figure.of(one.conventional_kg)) for one in network.deployed]
        baseline = baseline_g(Figure.of(network.total_kg), deployed, Figure.of(network.items))
        if sum(one.baseline_g for one in self.replacement) > baseline.exact:
            raise LogisticsError(
                f"baselines by mode above {half_even_text(baseline.exact, 3)} g, the network's per item",
                "divide the network's baseline among its modes",
            )
        if len({one.mode for one in self.replacement}) < max(1, len(self.replacement)):
            raise LogisticsError("no replacement, or a mode twice", "give one replacement per mode")
        steps = parcels(Figure.of(self.items), [one.replacement() for one in self.replacement])
        behind = {step.name.split(": ")[0]: step for step in steps if step.unit == "asset-years"}
        for one in self.replacement:
            if one.assets < int(behind[one.mode.text].printed):
                raise LogisticsError(
                    f"{self.customer}'s items take {behind[one.mode.text].printed} asset-years by {one.mode.text}",
                    "replace as many, or claim fewer items",
                )
        return (Step("network: baseline per item", baseline, "g CO2e"), *steps)


class Leg(Entry):
    """A part of a mode's activity: what it took per unit, in kg of fuel (`fuel_kg`) or in kg CO2e (`wtw_kg`)."""

    name: Words
    activity: Quantity
    fuel_kg: Number | None = None
    wtw_kg: Number | None = None


class Fuel(Entry):
    """`[[fuel]]`: an organisation's activity of a mode, and the claimed profile that takes a fuel's place in it.

    `factor_kg` is kg CO2e per kg of the conventional fuel; `mass_ratio` how many kg of the solution hold the energy of one kg.
    """

    by: Id
    mode: AMode
    year: int
    legs: list[Leg]
    factor_kg: Number
    mass_ratio: Number = Fraction(1)
    claim: Id

    def steps(self, book: Book) -> tuple[Step, ...]:
        """The fuel behind the activity and the footprint with the claim. Raises LogisticsError."""
        found = book.profiles.get(self.claim)
        if found is None or (found.claimed.by, found.claimed.mode, found.claimed.year) != (
            self.by,
            self.mode,
            self.year,
        ):
            raise LogisticsError(
                f"{self.claim!r} is no profile claim of {self.by} by {self.mode.text} in {self.year}",
                "name its own claim",
            )
        solution = book.solutions[found.claimed.solution].booked
        if solution.unit != "g":
            raise LogisticsError(
                f"{solution.id} is booked in {solution.unit}", "a fuel is counted by its mass here"
            )
        factor, ratio = Figure.of(self.factor_kg), Figure.of(self.mass_ratio)
        steps, fuel = [], Figure.of(0)
        for leg in self.legs:
            behind = self._fuel_of(leg, factor)
            fuel = fuel + behind
            steps.append(Step(f"{leg.name}: fuel", behind, "kg"))
        claimed = Figure.of(Fraction(found.claimed.quantity, _KG))
        profile = Figure.of(Fraction(solution.masses.wtw_mg, solution.quantity * _KG))
        return (
            *steps,
            Step("fuel behind the activity", fuel, "kg"),
            Step("solution for all of it", equivalent_fuel(fuel, ratio, Figure.of(1)), "kg"),
            Step("claimed of the solution", claimed, "kg"),
            *by_fuel(fuel, factor, claimed, ratio, profile),
        )

    def _fuel_of(self, leg: Leg, factor: Figure) -> Figure:
        whole, base = leg.activity.whole(ACTIVITY_UNITS)
        activity = Figure.of(whole / per_shown(base))
        if (leg.fuel_kg is None) == (leg.wtw_kg is None):
            raise LogisticsError(
                f"{leg.name}: neither fuel_kg nor wtw_kg, or both", f"give one, per {SHOWN_UNITS[base]}"
            )
        if leg.fuel_kg is not None:
            return activity * Figure.of(leg.fuel_kg)
        return fuel_behind(activity, Figure.of(leg.wtw_kg or 0), factor)
