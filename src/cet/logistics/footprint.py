"""The three steps of section 10: activity, energy or intensity, and the profile of a solution or a LETS applied to it.

Masses are kg CO2e well-to-wheel, over the whole life cycle of the energy; fuel is kg. Everything is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.logistics.figures import Figure, Step
from cet.logistics.terms import LogisticsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def transport_activity(amount: Figure, distance: Figure) -> Figure:
    """Amount of freight × distance, in their units multiplied."""
    return amount * distance


def fuel_behind(activity: Figure, intensity: Figure, factor: Figure) -> Figure:
    """The fuel behind an activity: kg CO2e per unit of activity over kg CO2e per kg of fuel."""
    return activity * (intensity / _positive(factor, "emission factor"))


def equivalent_fuel(fuel: Figure, density: Figure, other_density: Figure) -> Figure:
    """As much of another fuel as holds the same energy; densities in the same unit, MJ/kg.

    Only where the propulsion is the same: a megajoule of diesel and one of electricity do not move the same freight, and
    there the intensity of the service is applied instead (`by_intensity`).
    """
    return fuel * (density / _positive(other_density, "energy density"))


def by_fuel(
    fuel: Figure, factor: Figure, claimed: Figure, ratio: Figure, solution_factor: Figure
) -> tuple[Step, ...]:
    """The footprint when `claimed` kg of a solution take the place of the same energy of `fuel` kg.

    `ratio` is how many kg of the solution one kg of the conventional fuel is. Raises LogisticsError when more is claimed
    than the activity takes.
    """
    replaced = claimed / _positive(ratio, "fuel ratio")
    if replaced.exact > fuel.exact:
        raise LogisticsError(
            "more of the solution than the activity takes",
            "a claim never exceeds the claimant's own activity",
        )
    with_it = claimed * solution_factor
    rest = (fuel - replaced) * factor
    return (
        Step("emissions of the solution", with_it, "kg CO2e"),
        Step("emissions of the rest", rest, "kg CO2e"),
        Step("footprint", with_it + rest, "kg CO2e"),
    )


def by_intensity(
    activity: Figure, intensity: Figure, lets: Sequence[tuple[Figure, Figure]]
) -> tuple[Step, ...]:
    """The footprint when LETS, (activity, intensity) each, take the place of the same activity.

    Raises LogisticsError when they are more than the activity.
    """
    claimed = _sum([part for part, _ in lets])
    if claimed.exact > activity.exact:
        raise LogisticsError(
            "more LETS than the claimant's own activity in the mode",
            "claim at most what was transported for it",
        )
    with_it = _sum([part * each for part, each in lets])
    rest = (activity - claimed) * intensity
    return (
        Step("emissions of the LETS", with_it, "kg CO2e"),
        Step("emissions of the rest", rest, "kg CO2e"),
        Step("footprint", with_it + rest, "kg CO2e"),
    )


def _sum(figures: Sequence[Figure]) -> Figure:
    total = Figure.of(0)
    for one in figures:
        total = total + one
    return total


def _positive(figure: Figure, what: str) -> Figure:
    if figure.exact <= 0:
        raise LogisticsError(f"{what} of 0 or less", "unknown is not zero: give it")
    return figure


def footprint_steps(activity: Figure, intensity: Figure, given: Mapping[str, Figure]) -> tuple[Step, ...]:
    """Either method, by what is given: `lets_intensity`, or `fuel_factor` and `solution_factor`; `claimed`, `mass_ratio`.

    Raises LogisticsError when it is neither, or both.
    """
    if ("lets_intensity" in given) == ("fuel_factor" in given or "solution_factor" in given):
        raise LogisticsError(
            "neither method, or both",
            "give the LETS' intensity, or the factors of the fuel and of the solution",
        )
    if "lets_intensity" in given:
        return by_intensity(activity, intensity, [(given.get("claimed", activity), given["lets_intensity"])])
    if "fuel_factor" not in given or "solution_factor" not in given:
        raise LogisticsError("one factor of two", "give the factors of the fuel and of the solution")
    factor, ratio = given["fuel_factor"], given.get("mass_ratio", Figure.of(1))
    fuel = fuel_behind(activity, intensity, factor)
    whole = equivalent_fuel(fuel, ratio, Figure.of(1))
    return (
        Step("fuel behind the activity", fuel, "kg"),
        Step("solution for all of it", whole, "kg"),
        *by_fuel(fuel, factor, given.get("claimed", whole), ratio, given["solution_factor"]),
    )
