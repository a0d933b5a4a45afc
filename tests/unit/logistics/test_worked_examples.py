"""The framework's worked examples: the exact figures, and the printed ones by rounding where the document rounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.logistics.figures import Figure, Step
from cet.logistics.footprint import by_fuel, by_intensity, equivalent_fuel, fuel_behind, transport_activity
from cet.logistics.parcels import Replacement, baseline_g, parcels
from cet.logistics.split import Part, primary, secondary
from cet.logistics.terms import LogisticsError, Mode

F = Figure.of


def named(steps: tuple[Step, ...], name: str) -> Step:
    return next(step for step in steps if step.name == name)


def test_marine_fuel_and_ocean_freight() -> None:
    mgo = fuel_behind(F(5_000_000), F("0.0664"), F("3.92"))
    low = equivalent_fuel(mgo, F("1.05"), F("1"))
    footprint = named(by_fuel(mgo, F("3.92"), low, F("1.05"), F("0.400")), "footprint").figure
    assert [Step("", one, "").printed for one in (mgo, low, footprint)] == ["84694", "88929", "35571"]
    assert (mgo.exact, low.exact, footprint.exact) == (
        Fraction(4_150_000, 49), Fraction(622_500, 7), Fraction(249_000, 7),
    )  # fmt: skip


def test_aviation_fuel_and_air_passengers() -> None:
    fuel = F(1_000_000) * F("0.05") + F(4_000_000) * F("0.026") + F(2_000_000) * F("0.027")
    assert fuel.exact == 50_000 + 104_000 + 54_000 == 208_000
    steps = by_fuel(fuel, F("3.891"), F(100_000), F(1), F("0.33"))
    assert named(steps, "footprint").figure.exact == 453_228
    assert named(steps, "footprint").printed == "453228"


def test_electric_trucks() -> None:
    steps = by_intensity(F(8_000_000), F("0.150"), [(F(5_000_000), F("0.080"))])
    assert [step.figure.exact for step in steps] == [400_000, 450_000, 850_000]


def mail(places: tuple[int, int] = (0, 2)) -> tuple[Step, ...]:
    return parcels(
        F(10_000_000),
        [
            Replacement(
                Mode.ROAD,
                F(40),
                "L diesel",
                F("3.17"),
                transport_activity(F(58_909), F("0.306")),
                F(7),
                F(60_000),
                places,
            ),
            Replacement(
                Mode.LOGISTICS_SITES, F(10), "kWh natural gas", F("0.24"), F(27_000), F(15), F(5_900), places
            ),
        ],
    )


def test_mail_and_parcels_as_printed() -> None:
    printed = {step.name: step.printed for step in mail()}
    assert printed == {
        "road: baseline of the items": "400000",
        "road: energy behind them": "126183",
        "road: energy of an asset": "18026",
        "road: asset-years behind them": "7",
        "road: emissions replaced": "399997",
        "road: part that remains": "15",
        "road: per item": "6.0",
        "logistics-sites: baseline of the items": "100000",
        "logistics-sites: energy behind them": "416667",
        "logistics-sites: energy of an asset": "27000",
        "logistics-sites: asset-years behind them": "15",
        "logistics-sites: emissions replaced": "97200",
        "logistics-sites: part that remains": "6",
        "logistics-sites: per item": "0.6",
        "per item": "6.6",
        "footprint": "66000000",
    }


def test_mail_and_parcels_exactly() -> None:
    """The document's early roundings take 70 kg off the shipper's 66 t."""
    road = 40 * Fraction(60_000) / (Fraction("58909") * Fraction("0.306") * Fraction("3.17") * 7)
    sites = 10 * Fraction(5_900, 97_200)
    assert named(mail(), "footprint").figure.exact == (road + sites) * 10_000_000
    assert 66_069_000 < named(mail(), "footprint").figure.exact < 66_071_000


def test_the_networks_baseline_per_item_is_that_of_ten_billion_shipments() -> None:
    """The text says one billion letters; its own 50 g follow from ten billion shipments."""
    assert baseline_g(F(500_000_000), [], F(10_000_000_000)).exact == 50
    assert baseline_g(F(500_000_000), [], F(1_000_000_000)).exact == 500


def test_the_baseline_does_not_change_with_the_low_emission_assets() -> None:
    later = F(500_000_000 - 400_000 + 60_000)
    assert baseline_g(later, [(F(60_000), F(400_000))], F(10_000_000_000)).exact == 50


def test_three_intensities_reconcile_to_the_carriers_total() -> None:
    """Section 11: shipper 1 claims the LETS, shipper 2 does not; stakeholders see the average."""
    lets = Part("lets", 400, Fraction(20))
    split = primary(Fraction(72_000), {"shipper-1": 500, "shipper-2": 500}, [lets], {"shipper-1": [lets]})
    first, second = split.shares
    assert first.intensity < split.average < second.intensity == split.rest_intensity
    assert first.mg + second.mg == split.total_mg == 72_000
    assert split.difference_mg == 0


def test_secondary_data_gives_the_rest_its_default() -> None:
    """Section 11: 10,000,000 t-km, 1,000,000 of them electric at 0.080 kg, the rest at a default of 0.150."""
    lets = Part("lets", 1_000_000, Fraction(80_000))
    split = secondary(Fraction(150_000), {"customers": 10_000_000}, [lets], {})
    assert split.total_mg == 80_000 * 1_000_000 + 150_000 * 9_000_000
    assert split.shares[0].mg - split.total_mg == 70_000 * 1_000_000
    assert split.difference_mg == 0


@pytest.mark.parametrize(
    ("carried", "claimed", "why"),
    [(100, 101, "more than was carried"), (1000, 401, "exceed it")],
)
def test_a_claim_stays_within_what_was_carried_and_booked(carried: int, claimed: int, why: str) -> None:
    with pytest.raises(LogisticsError, match=why):
        secondary(
            Fraction(100),
            {"s": carried, "t": 400},
            [Part("l", 400, Fraction(1))],
            {"s": [Part("l", claimed, Fraction(1))]},
        )


def test_more_than_the_own_activity_and_unknown_factors_are_refused() -> None:
    with pytest.raises(LogisticsError, match="own activity"):
        by_intensity(F(1), F(1), [(F(2), F(0))])
    with pytest.raises(LogisticsError, match="than the activity takes"):
        by_fuel(F(1), F(1), F(2), F(1), F(0))
    with pytest.raises(LogisticsError, match="not zero"):
        fuel_behind(F(1), F(1), F(0))
    with pytest.raises(LogisticsError, match="emit more"):
        primary(Fraction(1), {"s": 1}, [Part("l", 1, Fraction(2))], {})
