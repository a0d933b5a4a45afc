"""Each Scope 2 Quality Criterion broken in turn: the verdict names it, says why, and nothing is applied."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from cet.certificates import Application, Certificate, Outcome, Supply, apply, overlapping
from energy import CERTIFICATE, certificate, facts, pool, supply

SITE = pool("site", 1000)


def applied(*rows: Certificate | Supply, pools: tuple[Any, ...] = (SITE,), **given: Any) -> Application:
    certificates = [row for row in rows if isinstance(row, Certificate)]
    supplies = [row for row in rows if isinstance(row, Supply)]
    known = facts(pools, certificates, supplies, **given)
    return apply(pools, certificates, supplies, known)


def test_a_right_certificate_keeps_every_criterion_and_is_applied() -> None:
    found = applied(certificate("a"))
    assert {one.outcome for one in found.verdicts["a"]} == {Outcome.KEPT}
    assert [one.rule for one in found.verdicts["a"]] == [
        "conveys-the-emission-rate",
        "is-the-only-claim",
        "is-cancelled-for-the-claimant",
        "is-of-close-vintage",
        "is-of-the-same-market",
    ]
    assert (found.used("a"), found.left) == (100, ())


@pytest.mark.parametrize(
    ("change", "rule", "told"),
    [
        (
            {"beneficiary": "mill"},
            "is-cancelled-for-the-claimant",
            "cancelled for mill, not for Works Ltd, works",
        ),
        ({"sites": ("elsewhere",)}, "is-cancelled-for-the-claimant", "no facility of the claimant"),
        (
            {"used_from": dt.date(2022, 1, 1), "used_to": dt.date(2022, 12, 31)},
            "is-cancelled-for-the-claimant",
            "for consumption 2022-01-01 to 2022-12-31, not for 2023-01-01 to 2023-12-31",
        ),
        (
            {"produced_from": dt.date(2022, 6, 30), "produced_to": dt.date(2022, 7, 31)},
            "is-of-close-vintage",
            "window 2022-07-01 to 2024-03-31",
        ),
        (
            {
                "produced_from": dt.date(2024, 3, 1),
                "produced_to": dt.date(2024, 4, 1),
                "cancelled": dt.date(2024, 5, 1),
            },
            "is-of-close-vintage",
            "produced 2024-03-01 to 2024-04-01",
        ),
        ({"country": "GB"}, "is-of-the-same-market", "market GB, electricity used in europe"),
        ({"country": "US"}, "is-of-the-same-market", "market north-america, electricity used in europe"),
    ],
)
def test_a_broken_criterion_is_named_and_the_certificate_not_applied(
    change: dict[str, Any], rule: str, told: str
) -> None:
    found = applied(certificate("a", **change))
    (broken,) = (one for one in found.verdicts["a"] if one.outcome is Outcome.BROKEN)
    assert broken.rule == rule
    assert told in broken.told
    assert (found.uses, found.used("a")) == ((), 0)
    (left,) = found.left
    assert (left.state, left.watt_hours) == ("refused", 100)
    assert rule in left.told


def test_a_rate_that_is_not_conveyed_breaks_the_first_criterion() -> None:
    """A package that leaves it out is refused when it is read; the rule stands for whoever makes certificates otherwise."""
    bare = certificate("a").model_copy(update={"technology": "biogas"})
    found = applied(bare)
    (broken,) = (one for one in found.verdicts["a"] if one.outcome is Outcome.BROKEN)
    assert (broken.rule, broken.told) == ("conveys-the-emission-rate", "no emission rate")
    assert broken.clause.endswith("criterion 1")
    assert found.used("a") == 0


def test_the_edges_of_the_vintage_window_are_inside() -> None:
    for first, last in (("2022-07-01", "2022-07-31"), ("2024-03-01", "2024-03-31")):
        days = {"produced_from": dt.date.fromisoformat(first), "produced_to": dt.date.fromisoformat(last)}
        assert applied(certificate("a", **days, cancelled=dt.date(2024, 5, 1))).used("a") == 100


def test_the_same_serials_twice_are_two_claims_on_one_energy() -> None:
    serials = {"serial_first": "DK-101", "serial_last": "DK-200"}
    again = {"serial_first": "DK-200", "serial_last": "DK-299"}
    apart = {"serial_first": "DK-300", "serial_last": "DK-399"}
    found = applied(certificate("a", **serials), certificate("b", **again), certificate("c", **apart))
    assert (found.used("a"), found.used("b"), found.used("c")) == (0, 0, 100)
    assert "DK-101 to DK-200 also in b" in found.left[0].told


def test_serials_of_another_system_are_others() -> None:
    serials = {"serial_first": "101", "serial_last": "200"}
    rows = [
        certificate("a", **serials),
        certificate("b", **serials, system="I-REC"),
        certificate("c", serial_first="x", serial_last="x"),
    ]
    assert overlapping(rows) == {}
    assert overlapping([*rows, certificate("d", serial_first="x", serial_last="x")]) == {
        "c": ("d",),
        "d": ("c",),
    }


def test_a_long_range_meets_every_short_one_inside() -> None:
    rows = [
        certificate("long", serial_first="s1", serial_last="s1000"),
        certificate("in-1", serial_first="s5", serial_last="s6"),
        certificate("in-2", serial_first="s900", serial_last="s1001"),
    ]
    assert overlapping(rows) == {"long": ("in-1", "in-2"), "in-1": ("long",), "in-2": ("long",)}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"technology": "biogas"},
            "biogas without a factor; give the factor of its direct emissions, unknown is never zero",
        ),
        ({"technology": "magic"}, "no such technology"),
        ({"quantity": "0"}, "not whole watt-hours, or none"),
        ({"quantity": "0.5"}, "not whole watt-hours, or none"),
        ({"quantity": "-1"}, "negative"),
        ({"quantity": "1,000"}, "thousands separator"),
        ({"unit": "t"}, "no unit of energy"),
        ({"produced_to": dt.date(2022, 12, 1)}, "produced_to is before produced_from"),
        ({"used_to": dt.date(2022, 12, 1)}, "used_to is before used_from"),
        ({"cancelled": dt.date(2022, 12, 1)}, "cancelled before it was produced"),
        ({"expires": dt.date(2024, 1, 1)}, "cancelled after it had expired"),
        ({"serial_last": "other-5"}, "differ in more than their last number"),
        ({"serial_first": "a-9", "serial_last": "a-8"}, "serial_last is before serial_first"),
        ({"carrier": "gas"}, "gas and scope-1 belong together"),
        ({"carrier": "steam"}, "steam without its network"),
        ({"carrier": "heating", "network": "n", "use": "3.3"}, "electricity certificates only"),
        ({"network": "n"}, "a network for electricity"),
        ({"contract": "0x" + "1" * 40}, "contract and cancellation belong together"),
        ({"hour": 3}, "an hour of several days"),
    ],
)
def test_a_certificate_that_contradicts_itself_is_refused(change: dict[str, Any], told: str) -> None:
    row = {"id": "a", "serial_first": "a-1", "serial_last": "a-100", **CERTIFICATE, **change}
    with pytest.raises(ValidationError, match=told):
        Certificate.model_validate(row)


def test_a_contract_that_does_not_convey_the_attributes_covers_nothing() -> None:
    ppa = {"instrument": "ppa", "quantity": "400", "unit": "Wh"}
    for given, rule in (
        ({"attributes": False}, "contract-conveys-the-attributes"),
        ({}, "contract-conveys-the-attributes"),
        ({"certificated": True}, "certificates-are-cancelled-for-it"),
        ({"certificated": True, "certificates": ("x",)}, "certificates-are-cancelled-for-it"),
    ):
        found = applied(supply("p", **ppa, **given))
        assert [one.rule for one in found.verdicts["p"]] == [rule]
        assert found.covered[SITE.key].deficit == 1000
    assert applied(supply("p", **ppa, attributes=True)).covered[SITE.key].deficit == 600


def test_a_rate_without_its_certificates_counted_covers_nothing_and_silence_is_open() -> None:
    assert applied(supply("r", counts_certificates=False)).covered[SITE.key].deficit == 1000
    found = applied(supply("r"))
    assert found.verdicts["r"][0].outcome is Outcome.OPEN
    assert found.covered[SITE.key].deficit == 0
    assert applied(supply("r", counts_certificates=True)).verdicts["r"][0].outcome is Outcome.KEPT


def test_a_supplier_allocates_certificated_energy_only_with_its_certificates_cancelled() -> None:
    """120 Wh are allocated, certificates of 100 Wh were cancelled for them: 100 Wh count, and cover nothing else."""
    allocation = {"instrument": "allocation", "quantity": "120", "unit": "Wh", "certificated": True}
    none = applied(supply("cet", **allocation), certificate("a"))
    assert none.covered[SITE.key].by("allocation") == 0
    found = applied(supply("cet", **allocation, certificates=("a",)), certificate("a"))
    assert found.covered[SITE.key].by("allocation") == 100
    assert found.covered[SITE.key].by("certificate") == 0
    assert found.unused == {"cet": Fraction(20)}
    assert [(use.certificate, use.supply, use.watt_hours) for use in found.uses] == [("a", "cet", 100)]
    plain = applied(supply("cet", **{**allocation, "certificated": False}), certificate("a"))
    assert (plain.covered[SITE.key].by("allocation"), plain.covered[SITE.key].by("certificate")) == (120, 100)


def test_certificates_of_a_contract_are_used_no_further_than_it_needs() -> None:
    two = ("a", "b")
    ppa = {"instrument": "ppa", "quantity": "130", "unit": "Wh", "certificated": True, "certificates": two}
    found = applied(supply("p", **ppa), certificate("a"), certificate("b"))
    assert {name: found.used(name) for name in two} == {"a": 100, "b": 30}
    assert [(one.certificate, one.watt_hours) for one in found.left] == [("b", 70)]


def test_a_certificate_named_by_two_contracts_backs_neither() -> None:
    two = {"instrument": "ppa", "quantity": "50", "unit": "Wh", "certificated": True, "certificates": ("a",)}
    found = applied(supply("p", **two), supply("q", **two), certificate("a"))
    assert found.used("a") == 0
    assert "named by p and q" in found.left[0].told


def test_generation_behind_the_meter_is_zero_only_without_certificates() -> None:
    solar = {"instrument": "on-site", "quantity": "300", "unit": "Wh", "factor": None}
    assert applied(supply("pv", **solar)).covered[SITE.key].by("on-site") == 300
    sold = applied(supply("pv", **solar, certificated=True))
    assert sold.covered[SITE.key].deficit == 1000
    assert "certificates were created from it" in sold.verdicts["pv"][0].told


def test_homeworking_takes_certificates_of_the_employees_country() -> None:
    """North America is one place, as the CarbonNeutral Protocol's own example has it (2.4.2); Europe is not."""
    home = {"use": "3.7", "sites": ()}
    german = pool("homes", 500, use="3.7")
    assert applied(certificate("a", **home), pools=(german,)).used("a") == 100
    assert applied(certificate("a", **home, country="FR"), pools=(german,)).used("a") == 0
    american = pool("homes", 500, use="3.7", country="US", market="north-america")
    assert applied(certificate("a", **home, country="CA"), pools=(american,)).used("a") == 100
    office = pool("site", 500)
    assert applied(certificate("a", country="FR"), pools=(office,)).used("a") == 100


def test_gas_and_heat_stay_on_their_network() -> None:
    burned = pool("site", 500, use="scope-1", carrier="gas", country="GB", market="network gb-gas")
    gas = {
        "carrier": "gas",
        "use": "scope-1",
        "technology": "biomethane",
        "factor": "own/biomethane",
        "country": "GB",
    }
    assert applied(certificate("a", **gas, network="gb-gas"), pools=(burned,)).used("a") == 100
    other = applied(certificate("a", **gas, network="de-gas"), pools=(burned,))
    assert (other.used("a"), other.left[0].state) == (0, "refused")


def test_monthly_matching_keeps_to_the_month_and_hourly_to_the_hour() -> None:
    monthly = pool("site", 90, slots=(("2023-01", Fraction(50)), ("2023-02", Fraction(40))))
    january = {"produced_from": dt.date(2023, 1, 3), "produced_to": dt.date(2023, 1, 30)}
    found = applied(certificate("a", **january), pools=(monthly,), matching="monthly")
    assert (found.used("a"), found.covered[monthly.key].deficit) == (50, 40)
    assert found.left[0].state == "expired"
    assert applied(certificate("a"), pools=(monthly,), matching="monthly").left[0].state == "refused"
    hourly = pool("site", 90, slots=(("2023-01-03T05", Fraction(50)), ("2023-01-03T06", Fraction(40))))
    hour = {"produced_from": dt.date(2023, 1, 3), "produced_to": dt.date(2023, 1, 3), "hour": 6}
    found = applied(certificate("a", **hour), pools=(hourly,), matching="hourly")
    assert [(use.slot, use.watt_hours) for use in found.uses] == [("2023-01-03T06", 40)]
    unknown = applied(certificate("a", **{**hour, "hour": None}), pools=(hourly,), matching="hourly")
    assert "hour unknown" in unknown.left[0].told
