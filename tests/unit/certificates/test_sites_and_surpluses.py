"""Several sites and a shared pool of certificates: who gets what, what is short, and what becomes of the rest."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from cet.certificates import Application, Certificate, Pool, PoolKey, apply, explain
from energy import certificate, facts, pool, supply

LONDON = pool("london", 600, country="GB", market="GB")
MUNICH = pool("munich", 400)
AUTUMN = {"produced_from": dt.date(2023, 9, 1), "produced_to": dt.date(2023, 11, 30)}


def applied(
    pools: tuple[Pool, ...], *certificates: Certificate, first: tuple[str, ...] = (), **given: Any
) -> Application:
    return apply(pools, certificates, (), facts(pools, certificates, **given), first)


def key(facility: str) -> PoolKey:
    return PoolKey(facility, "scope-2", "electricity")


def test_a_pool_of_london_and_munich_is_two_markets() -> None:
    """500 Wh of European certificates: Munich takes its 400, London none of them though it is short of 300; its own 300 of
    British ones are used whole. The 100 left stay in Europe and are usable until their cancellation's last day."""
    found = applied(
        (LONDON, MUNICH),
        certificate("go", quantity="500", used_to=dt.date(2024, 12, 31), **AUTUMN),
        certificate("rego", quantity="300", country="GB", system="REGO"),
    )
    assert [(use.certificate, use.pool.facility, use.watt_hours) for use in found.uses] == [
        ("go", "munich", 400),
        ("rego", "london", 300),
    ]
    assert found.covered[key("london")].deficit == 300
    (left,) = found.left
    assert (left.certificate, left.watt_hours, left.state) == ("go", 100, "usable")
    assert left.told == "in europe, for consumption to 2024-12-31"
    assert explain(found.covered[key("london")]) == (
        "electricity of london, scope-2 in GB: 600 Wh = 300 Wh certificate, 300 Wh deficit"
    )


def test_what_was_cancelled_for_this_year_alone_expires_in_sight() -> None:
    (left,) = applied((MUNICH,), certificate("go", quantity="500")).left
    assert (left.watt_hours, left.state) == (100, "expired")
    assert left.told == "cancelled for consumption to 2023-12-31, and there was no more of it in europe"


def test_what_is_too_old_for_the_next_year_expires_though_its_cancellation_goes_on() -> None:
    days = {"produced_from": dt.date(2023, 6, 30), "produced_to": dt.date(2023, 7, 31)}
    (left,) = applied(
        (MUNICH,), certificate("go", quantity="500", used_to=dt.date(2024, 12, 31), **days)
    ).left
    assert left.state == "expired"
    days["produced_from"] = dt.date(2023, 7, 1)
    (left,) = applied(
        (MUNICH,), certificate("go", quantity="500", used_to=dt.date(2024, 12, 31), **days)
    ).left
    assert left.state == "usable"


def test_a_deficit_falls_on_whom_the_claimant_puts_last() -> None:
    paris = pool("paris", 400, country="FR")
    go = certificate("go", quantity="500")
    by_name = applied((MUNICH, paris), go)
    assert {one: by_name.covered[key(one)].deficit for one in ("munich", "paris")} == {
        "munich": 0,
        "paris": 300,
    }
    chosen = applied((MUNICH, paris), go, first=("paris",))
    assert {one: chosen.covered[key(one)].deficit for one in ("munich", "paris")} == {
        "munich": 300,
        "paris": 0,
    }


def test_a_certificate_for_one_site_is_used_there_and_the_free_ones_elsewhere() -> None:
    """Munich comes first and prefers `free` by the claimant's priority, but Paris can use nothing else: it moves."""
    paris = pool("paris", 400, country="FR")
    found = applied(
        (MUNICH, paris),
        certificate("for-munich", quantity="400", sites=("munich",), priority=2),
        certificate("free", quantity="400", priority=1),
    )
    assert {one.deficit for one in found.covered.values()} == {0}
    assert [(use.certificate, use.pool.facility) for use in found.uses] == [
        ("for-munich", "munich"),
        ("free", "paris"),
    ]


def test_the_claimants_priority_decides_what_is_used_up() -> None:
    last = applied(
        (MUNICH,), certificate("a", quantity="400", priority=2), certificate("b", quantity="400", priority=1)
    )
    assert [use.certificate for use in last.uses] == ["b"]


def test_three_subregions_of_the_us_grid_are_one_market() -> None:
    """Location-based they differ (SRVC, NYUP, CAMX); a Green-e certificate of any of them, or of Canada, counts in all."""
    sites = tuple(
        pool(name, 100, country="US", market="north-america") for name in ("us-camx", "us-nyup", "us-srvc")
    )
    found = applied(
        sites,
        certificate("wind-ne", quantity="150", country="US", system="M-RETS"),
        certificate("hydro-ca", quantity="100", country="CA", system="M-RETS", technology="hydro"),
    )
    assert {one.pool.key.facility: one.deficit for one in found.covered.values()} == {
        "us-camx": 0,
        "us-nyup": 0,
        "us-srvc": 50,
    }


def test_consumption_that_is_no_whole_watt_hour_is_covered_exactly_and_used_up_to_the_next() -> None:
    odd = pool("site", Fraction("99.25"))
    found = applied((odd,), certificate("a"))
    assert found.used("a") == 100
    assert found.covered[odd.key].parts[0].watt_hours == Fraction("99.25")
    assert found.covered[odd.key].deficit == 0


def test_certificates_cover_first_what_no_supplier_stands_for() -> None:
    both = pool("site", 300, contracted=Fraction(200), slots=(("", Fraction(500)),))
    covered = applied((both,), certificate("a", quantity="350")).covered[both.key]
    assert (covered.free_by_certificates, covered.by("certificate")) == (300, 350)


def test_a_site_that_kept_its_solar_and_one_that_sold_its_certificates() -> None:
    """Both use 1000 Wh and make 300 of them on the roof. The first buys 700 from the grid; the second has sold what was
    green about its 300, so that all 1000 are anybody's power."""
    kept, sold = pool("kept", 1000), pool("sold", 1000)
    roof = {"instrument": "on-site", "quantity": "300", "unit": "Wh", "factor": None}
    supplies = [
        supply("pv-1", facility="kept", **roof),
        supply("pv-2", facility="sold", **roof, certificated=True),
    ]
    found = apply((kept, sold), (), supplies, facts((kept, sold), (), supplies))
    assert {one.pool.key.facility: one.deficit for one in found.covered.values()} == {
        "kept": 700,
        "sold": 1000,
    }


def test_what_a_contract_may_cover_leaves_out_suppliers_lines_and_own_generation() -> None:
    """1000 Wh, 400 of them on lines with a supplier's factor, 300 from the roof: of the other 600 Wh 420 are bought."""
    site = pool("site", 600, contracted=Fraction(400), slots=(("", Fraction(1000)),))
    supplies = [
        supply("pv", instrument="on-site", quantity="300", unit="Wh", factor=None),
        supply("ppa", instrument="ppa", quantity="900", unit="Wh", attributes=True),
    ]
    found = apply((site,), (), supplies, facts((site,), (), supplies))
    assert found.covered[site.key].by("ppa") == 420
    assert found.covered[site.key].deficit == 280
    assert found.unused == {"ppa": 480}


def test_each_watt_hour_has_one_input_in_the_order_of_the_hierarchy() -> None:
    site = pool("site", 1000)
    certificates = [certificate("a", quantity="200")]
    supplies = [
        supply("tariff", instrument="default-tariff", counts_certificates=True),
        supply("rate", quantity="150", unit="Wh", counts_certificates=True),
        supply("cet", instrument="allocation", quantity="250", unit="Wh"),
        supply("ppa", instrument="ppa", quantity="300", unit="Wh", attributes=True),
        supply("pv", instrument="on-site", quantity="50", unit="Wh", factor=None),
    ]
    found = apply((site,), certificates, supplies, facts((site,), certificates, supplies))
    assert [(part.kind, part.instrument, part.watt_hours) for part in found.covered[site.key].parts] == [
        ("on-site", "pv", 50),
        ("certificate", "a", 200),
        ("ppa", "ppa", 300),
        ("allocation", "cet", 250),
        ("supplier-rate", "rate", 150),
        ("default-tariff", "tariff", 50),
    ]
    assert found.covered[site.key].deficit == 0
