"""Certificates, supplies, pools and facts for tests: right ones, with whatever part replaced."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.certificates import Certificate, Facts, Markets, Pool, PoolKey, Supply, default_window, overlapping

if TYPE_CHECKING:
    from collections.abc import Iterable

CERTIFICATE: dict[str, Any] = {
    "instrument": "GO",
    "carrier": "electricity",
    "technology": "wind",
    "device": "Wind farm",
    "country": "DE",
    "produced_from": dt.date(2023, 1, 1),
    "produced_to": dt.date(2023, 3, 31),
    "system": "EECS",
    "quantity": "100",
    "unit": "Wh",
    "beneficiary": "works",
    "used_from": dt.date(2023, 1, 1),
    "used_to": dt.date(2023, 12, 31),
    "purpose": "disclosure",
    "cancelled": dt.date(2024, 2, 1),
}


def certificate(name: str, **given: Any) -> Certificate:
    """A certificate of 100 Wh of German wind, cancelled for `works` and 2023."""
    serial = {"serial_first": f"{name}-1", "serial_last": f"{name}-100"}
    return Certificate.model_validate({"id": name, **CERTIFICATE, **serial, **given})


def supply(name: str, **given: Any) -> Supply:
    """A supplier's rate at `site`."""
    base: dict[str, Any] = {
        "facility": "site",
        "carrier": "electricity",
        "instrument": "supplier-rate",
        "factor": "own/supplier",
        "supplier": "Power Ltd",
        "certificated": False,
    }
    return Supply.model_validate({"id": name, **base, **given})


def pool(facility: str, watt_hours: Fraction | int | str, **given: Any) -> Pool:
    """Electricity of scope 2 in Germany, without a contract."""
    wh = Fraction(watt_hours)
    values: dict[str, Any] = {
        "country": "DE",
        "market": "europe",
        "contracted": Fraction(0),
        "free": wh,
        "slots": (("", wh),),
    }
    use, carrier = given.pop("use", "scope-2"), given.pop("carrier", "electricity")
    return Pool(key=PoolKey(facility, use, carrier), **{**values, **given})


def facts(
    pools: Iterable[Pool],
    certificates: Iterable[Certificate] = (),
    supplies: Iterable[Supply] = (),
    **given: Any,
) -> Facts:
    """Of `works` in 2023."""
    pools, certificates = list(pools), list(certificates)
    places: dict[tuple[str, str], set[str]] = {}
    countries: dict[tuple[str, str], set[str]] = {}
    for one in pools:
        places.setdefault((one.key.use, one.key.carrier), set()).add(one.market)
        countries.setdefault((one.key.use, one.key.carrier), set()).add(one.country)
    values: dict[str, Any] = {
        "start": dt.date(2023, 1, 1),
        "end": dt.date(2023, 12, 31),
        "claimant": frozenset({"works", "Works Ltd"}),
        "facilities": frozenset(one.key.facility for one in pools),
        "places": {place: frozenset(found) for place, found in places.items()},
        "countries": {place: frozenset(found) for place, found in countries.items()},
        "markets": Markets.known(),
        "window": default_window(),
        "matching": "annual",
        "certificates": {one.id: one for one in certificates},
        "supplies": tuple(supplies),
        "overlapping": overlapping(certificates),
    }
    return Facts(**{**values, **given})
