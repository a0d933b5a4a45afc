"""Packages with certificates and contracts: both scope 2 methods, green gas, scope 3, and what is refused where."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cet.errors import PackageError
from cet.inventory import check, compute, load
from cet.inventory.line_ledger import write_line_ledger
from cet.quantities import MG_PER_TONNE
from cet.scopes import Method, Scope
from cet.statement import build
from energy_packages import POWER, both, computed, kg, package, pool

if TYPE_CHECKING:
    from pathlib import Path

GRID = Fraction("371.2") + Fraction("0.03") * 28  # kg CO2e per MWh under AR5


def test_certificates_change_the_market_based_figure_alone(tmp_path: Path) -> None:
    """100 MWh, 60 of them certified wind; for want of a residual mix the grid average stands for 40, and says so."""
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "100"}], [{"id": "rec"}]))
    assert both(found) == (kg(100 * GRID * 10**6), kg(40 * GRID * 10**6))
    parts = {part.kind: part.watt_hours for part in pool(found).parts}
    assert parts == {"certificate": 60_000_000, "grid": 40_000_000}
    assert "no-residual-mix" in [notice.kind for notice in found.notices]


def test_what_is_not_covered_takes_the_residual_mix(tmp_path: Path) -> None:
    mix = '[[residual_mix]]\ngeography = "US"\nfactor = "test/mix"\n'
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "100"}], [{"id": "rec"}], mix))
    assert both(found) == (kg(100 * GRID * 10**6), "20000.000")
    assert "no-residual-mix" not in [notice.kind for notice in found.notices]
    alone = computed(package(tmp_path / "alone", [{**POWER, "quantity": "100"}], (), mix))
    assert both(alone)[1] == "50000.000"


def test_a_residual_mix_that_is_not_published_is_the_grid_average_with_the_statement(tmp_path: Path) -> None:
    none = '[[residual_mix]]\ngeography = "US"\nnone = "None is published for the US"\n'
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "100"}], (), none))
    assert both(found)[0] == both(found)[1] != "0.000"
    (notice,) = (one for one in found.notices if one.kind == "no-residual-mix")
    assert "None is published for the US" in notice.text


def test_the_residual_mix_of_the_grid_region_comes_before_the_countrys(tmp_path: Path) -> None:
    more = """
[[facility]]
id = "mill"
name = "The mill"
country = "US"
region = "US-SRVC"

[[residual_mix]]
geography = "US"
none = "None is published for the US"

[[residual_mix]]
geography = "US-SRVC"
factor = "test/mix"
"""
    lines = [{**POWER, "id": name, "facility": name, "quantity": "10"} for name in ("mill", "plant")]
    found = computed(package(tmp_path / "p", lines, (), more))
    assert kg(pool(found, facility="mill").market_mg) == "5000.000"
    assert [part.kind for part in pool(found).parts] == ["grid"]


def test_full_cover_is_zero_to_the_milligram_though_consumption_is_no_whole_watt_hour(tmp_path: Path) -> None:
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "33.3333333333"}], [{"id": "rec"}]))
    assert found.total(Scope.SCOPE_2, Method.MARKET_BASED) == 0
    assert found.energy is not None
    assert found.energy.application.used("rec") == 33_333_334


def test_every_line_shows_its_part_and_the_parts_add_up(tmp_path: Path) -> None:
    lines = [{**POWER, "id": f"meter-{number}", "quantity": str(number)} for number in range(1, 8)]
    folder = package(
        tmp_path / "p", lines, [{"id": "rec-a", "quantity": "9"}, {"id": "rec-b", "quantity": "2"}]
    )
    found = computed(folder)
    one = next(line for line in found.lines if line.id == "meter-3")
    shown = {(step.step, step.value) for step in one.trail if step.step.startswith("market-based")}
    assert shown == {
        ("market-based, certificate rec-a", "9/28"),
        ("market-based, certificate rec-b", "1/14"),
        ("market-based, grid test/grid", "17/28"),
    }
    assert dict(one.emissions())[next(k for k, _ in one.emissions() if k.method is Method.MARKET_BASED)] == (
        3 * GRID * 10**6 * Fraction(17, 28)
    )
    write_line_ledger(found, tmp_path / "lines.csv")
    assert "market-based 9/28 certificate rec-a" in (tmp_path / "lines.csv").read_text()


def test_the_statement_says_what_was_applied_and_proves_its_lines(tmp_path: Path) -> None:
    lines = [{**POWER, "id": f"m{number}", "quantity": "7"} for number in range(3)]
    found = computed(package(tmp_path / "p", lines, [{"id": "rec", "quantity": "4"}]))
    draft = build(found, "0x" + "11" * 20, "0x" + "22" * 20)
    assert draft.prove("m1").holds()


def test_suppliers_rates_of_lines_keep_their_place_in_the_hierarchy(tmp_path: Path) -> None:
    """40 MWh of the lines have a supplier's rate: 60 certified MWh cover the other 60 first."""
    lines = [
        {**POWER, "id": "a", "quantity": "60"},
        {**POWER, "id": "b", "quantity": "40", "market_factor": "test/supplier"},
    ]
    assert both(computed(package(tmp_path / "p", lines, [{"id": "rec"}])))[1] == "4000.000"
    more = package(tmp_path / "more", lines, [{"id": "rec", "quantity": "80"}])
    assert both(computed(more))[1] == "2000.000"


def test_own_solar_is_zero_by_both_methods_unless_its_certificates_were_sold(tmp_path: Path) -> None:
    """100 MWh used, 30 of them from the roof."""
    solar = """
[[supply]]
id = "roof"
facility = "plant"
carrier = "electricity"
instrument = "on-site"
quantity = "30"
unit = "MWh"
supplier = "own roof"
certificated = {}
"""
    line = {**POWER, "quantity": "100"}
    kept = computed(package(tmp_path / "kept", [line], (), solar.format("false")))
    assert both(kept) == (kg(70 * GRID * 10**6), kg(70 * GRID * 10**6))
    # Scope 2 is of what was purchased: own generation is in no lot's energy.
    assert {lot.basis for lot in kept.lots if lot.key.scope is Scope.SCOPE_2} == {70 * 10**6}
    sold = computed(package(tmp_path / "sold", [line], (), solar.format("true")))
    assert both(sold) == (kg(100 * GRID * 10**6), kg(100 * GRID * 10**6))
    assert {lot.basis for lot in sold.lots if lot.key.scope is Scope.SCOPE_2} == {100 * 10**6}
    (notice,) = (one for one in sold.notices if one.kind == "supply-broken")
    assert "certificates were created from it" in notice.text


def test_an_allocated_rate_replaces_the_average_for_what_was_allocated(tmp_path: Path) -> None:
    """A supplier allocated 25 MWh at 100 kg/MWh: 75 MWh are left to the grid average, and each MWh counts once."""
    allocation = """
[[supply]]
id = "cet-1"
facility = "plant"
carrier = "electricity"
instrument = "allocation"
quantity = "25"
unit = "MWh"
factor = "test/supplier"
supplier = "Power Ltd"
certificated = false
"""
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "100"}], (), allocation))
    assert both(found)[1] == kg((75 * GRID + 2500) * 10**6)
    assert both(found)[0] == kg(100 * GRID * 10**6)


def test_bioenergy_certificates_keep_their_methane_inside_and_their_carbon_dioxide_outside(
    tmp_path: Path,
) -> None:
    bio = {"id": "bio", "technology": "biogas", "factor": "test/biogas-power", "quantity": "100"}
    found = computed(package(tmp_path / "p", [{**POWER, "quantity": "100"}], [bio]))
    assert both(found)[1] == kg(100 * (Fraction("0.2") * 28 + Fraction("0.01") * 265) * 10**6)
    assert kg(pool(found).biogenic_mg) == "60000.000"


GAS = {
    "id": "boiler",
    "facility": "depot",
    "scope": "1",
    "category": "stationary",
    "source": "Gas",
    "quantity": "10000",
    "unit": "MWh",
    "factor": "test/gas",
}
GREEN = {
    "id": "rggo",
    "instrument": "RGGO",
    "carrier": "gas",
    "use": "scope-1",
    "technology": "biomethane",
    "factor": "test/biomethane",
    "country": "GB",
    "network": "gb-gas",
    "system": "Green Gas Certification Scheme",
    "quantity": "10000",
}
NETWORK = '[[network]]\nid = "{}"\nfacility = "depot"\ncarrier = "gas"\nfactors = ["test/gas"]\n'


def test_ten_thousand_megawatt_hours_of_gas_and_of_biomethane(tmp_path: Path) -> None:
    """The CarbonNeutral Protocol, 2.4.5, tables 12a and 12b with the UK's factors of 2018 (GWPs of AR4): 1,839.6 t; as
    biomethane 36,000 GJ x 0.10473 kg = 3.77028 t inside and x 55.28 kg = 1,990.08 t outside the scopes. CH4 and N2O stand in
    scope 1 (Corporate Standard), the physical figure beside them."""
    header = {"gwp": '"AR4"'}
    found = computed(package(tmp_path / "p", [GAS], [GREEN], NETWORK.format("gb-gas"), header=header))
    assert found.total(Scope.SCOPE_1) / MG_PER_TONNE == Fraction("1839.6")
    burned = pool(found, "scope-1", "depot")
    assert burned.location_mg / MG_PER_TONNE == Fraction("1839.6")
    assert burned.market_mg / MG_PER_TONNE == Fraction("3.77028")
    assert burned.biogenic_mg / MG_PER_TONNE == Fraction("1990.08")


def test_half_of_the_gas_matched_is_half_of_each(tmp_path: Path) -> None:
    half = {**GREEN, "quantity": "5000"}
    found = computed(
        package(tmp_path / "p", [GAS], [half], NETWORK.format("gb-gas"), header={"gwp": '"AR4"'})
    )
    burned = pool(found, "scope-1", "depot")
    assert burned.market_mg / MG_PER_TONNE == Fraction("1839.6") / 2 + Fraction("3.77028") / 2
    assert burned.biogenic_mg / MG_PER_TONNE == Fraction("1990.08") / 2


def test_green_gas_of_another_network_is_refused(tmp_path: Path) -> None:
    found = computed(
        package(tmp_path / "p", [GAS], [GREEN], NETWORK.format("ie-gas"), header={"gwp": '"AR4"'})
    )
    assert pool(found, "scope-1", "depot").market_mg == found.total(Scope.SCOPE_1)
    (notice,) = (one for one in found.notices if one.kind == "certificate-refused")
    assert "is-of-the-same-market: market network gb-gas, gas used in network ie-gas" in notice.text


@pytest.mark.parametrize(("category", "use"), [("3", "3.3"), ("7", "3.7"), ("11", "3.11")])
def test_scope_3_electricity_has_its_market_based_figure_beside_the_physical_one(
    tmp_path: Path, category: str, use: str
) -> None:
    line = {**POWER, "scope": "3", "category": category, "quantity": "100"}
    found = computed(package(tmp_path / "p", [line], [{"id": "rec", "use": use}]))
    assert kg(found.total(Scope.SCOPE_3)) == kg(100 * GRID * 10**6)
    assert kg(pool(found, use).market_mg) == kg(40 * GRID * 10**6)


def test_monthly_matching_takes_consumption_by_month(tmp_path: Path) -> None:
    """70 MWh in January, 30 in February; January's certificates cover 60 of the 70, February's 30 of the 30."""
    months = {"produced_from": "2023-02-01", "produced_to": "2023-02-28"}
    rows = [{"id": "jan", "produced_to": "2023-01-31"}, {"id": "feb", **months}]
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}], rows, '[energy]\nmatching = "monthly"\n')
    table = folder / "consumption.csv"
    table.write_text(
        "facility,carrier,day,quantity,unit\n"
        "plant,electricity,2023-01-31,70,MWh\nplant,electricity,2023-02-01,30,MWh\n"
    )
    found = computed(folder)
    assert both(found)[1] == kg(10 * GRID * 10**6)
    table.write_text(table.read_text().replace("30,MWh", "31,MWh"))
    with pytest.raises(PackageError, match="adds up to 101000000 Wh at plant, the lines to 100000000 Wh"):
        compute(load(folder))
    table.write_text(table.read_text().replace("2023-02-01,31", "2024-02-01,30"))
    with pytest.raises(
        PackageError, match=r"consumption\.csv row 3, day '2024-02-01': outside the inventory's period"
    ):
        compute(load(folder))
    table.unlink()
    with pytest.raises(
        PackageError, match="no consumption of electricity at plant; monthly matching needs when"
    ):
        compute(load(folder))


def test_hourly_matching_takes_each_hour_for_itself(tmp_path: Path) -> None:
    """100 MWh in three hours; certificates of noon cover 30 of its 50, those of one o'clock its 20 and no more, none the night's."""
    noon = {"produced_from": "2023-06-01", "produced_to": "2023-06-01", "hour": "12", "quantity": "30"}
    rows = [{"id": "noon", **noon}, {"id": "one", **noon, "hour": "13", "quantity": "25"}]
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}], rows, '[energy]\nmatching = "hourly"\n')
    table = folder / "consumption.csv"
    table.write_text(
        "facility,carrier,day,hour,quantity,unit\n"
        + "".join(
            f"plant,electricity,2023-06-01,{hour},{mwh},MWh\n" for hour, mwh in ((12, 50), (13, 20), (23, 30))
        )
    )
    found = computed(folder)
    assert both(found)[1] == kg(50 * GRID * 10**6)
    assert found.energy is not None
    uses = {(use.certificate, use.slot): use.watt_hours for use in found.energy.application.uses}
    assert uses == {("noon", "2023-06-01T12"): 30 * 10**6, ("one", "2023-06-01T13"): 20 * 10**6}
    (left,) = found.energy.application.left
    assert (left.certificate, left.watt_hours) == ("one", 5 * 10**6)
    table.write_text(table.read_text().replace("2023-06-01,23,", "2023-06-01,,"))
    with pytest.raises(PackageError, match="hourly matching needs the hour"):
        compute(load(folder))


@pytest.mark.parametrize(("category", "use"), [("3", "3.3"), ("7", "3.7"), ("11", "3.11")])
def test_scope_3_is_matched_by_month_too(tmp_path: Path, category: str, use: str) -> None:
    """40 MWh in January, 60 in February; certificates of January cover no February."""
    line = {**POWER, "scope": "3", "category": category, "quantity": "100"}
    january = {"id": "rec", "use": use, "produced_to": "2023-01-31"}
    folder = package(tmp_path / "p", [line], [january], '[energy]\nmatching = "monthly"\n')
    with pytest.raises(PackageError, match=f"no consumption of electricity at plant, {use}"):
        compute(load(folder))
    (folder / "consumption.csv").write_text(
        "facility,carrier,use,day,quantity,unit\n"
        f"plant,electricity,{use},2023-01-31,40,MWh\nplant,electricity,{use},2023-02-01,60,MWh\n"
    )
    assert kg(pool(computed(folder), use).market_mg) == kg(60 * GRID * 10**6)


def test_losses_follow_the_energy_itself(tmp_path: Path) -> None:
    """7 of 10 parts in January: of 10 MWh lost, 7 were lost then, and certificates of January cover no more."""
    lines = [
        {**POWER, "id": "used", "quantity": "100"},
        {**POWER, "id": "lost", "scope": "3", "category": "3", "quantity": "10"},
    ]
    january = {"id": "rec", "use": "3.3", "produced_to": "2023-01-31"}
    folder = package(tmp_path / "p", lines, [january], '[energy]\nmatching = "monthly"\n')
    (folder / "consumption.csv").write_text(
        "facility,carrier,day,quantity,unit\n"
        "plant,electricity,2023-01-31,70,MWh\nplant,electricity,2023-02-01,30,MWh\n"
    )
    assert kg(pool(computed(folder), "3.3").market_mg) == kg(3 * GRID * 10**6)


def test_a_million_watt_hours_cross_no_border(tmp_path: Path) -> None:
    """A US certificate leaves the British depot as it was."""
    lines = [
        {**POWER, "id": "us", "quantity": "50"},
        {**POWER, "id": "gb", "facility": "depot", "quantity": "50"},
    ]
    found = computed(package(tmp_path / "p", lines, [{"id": "rec"}]))
    assert kg(pool(found).market_mg) == "0.000"
    assert pool(found, facility="depot").market_mg == pool(found, facility="depot").location_mg
    (notice,) = (one for one in found.notices if one.kind == "certificate-expired")
    assert "rec, 10000000 Wh" in notice.text


def test_a_package_without_instruments_counts_as_it_always_did(tmp_path: Path) -> None:
    found = computed(
        package(tmp_path / "p", [{**POWER, "quantity": "100"}], (), '[energy]\nmatching = "annual"\n')
    )
    assert found.energy is None
    assert found.pairs[0][0].inputs == ()


@pytest.mark.parametrize(
    ("row", "place", "told"),
    [
        ({"quantity": "1,5"}, "row 2, quantity '1,5'", "decimal comma; write 1.5"),
        ({"unit": "kg"}, "row 2, unit 'kg'", "no unit of energy; write Wh, kWh, MWh or GJ"),
        ({"produced_to": "31.3.2023"}, "row 2, produced_to '31.3.2023'", "2021-06-30"),
        ({"technology": "biogas"}, "row 2", "biogas without a factor"),
        ({"factor": "test/none"}, "row 2, factor 'test/none'", "unknown factor"),
        ({"factor": "test/diesel"}, "row 2, factor 'test/diesel'", "choose a factor per unit of energy"),
        ({"serial_last": "b-1"}, "row 2", "serials that differ in more than their last number"),
        ({"use": "scope-2", "carrier": "gas"}, "row 2", "gas and scope-1 belong together"),
        ({"country": "Norway"}, "row 2, country 'Norway'", "two capitals"),
        ({"beneficiary": "=cmd"}, "row 2, beneficiary", "begin it with a letter or digit"),
        ({"priority": "first"}, "row 2, priority 'first'", "whole number"),
    ],
)
def test_a_wrong_cell_is_named_with_its_file_row_and_column(
    tmp_path: Path, row: dict[str, str], place: str, told: str
) -> None:
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}], [{"id": "rec", **row}])
    (finding,) = check(folder).findings
    assert f"certificates.csv {place}" in str(finding)
    assert told in str(finding)


def test_the_same_export_read_twice_is_refused_row_by_row(tmp_path: Path) -> None:
    again = {"serial_first": "rec-5", "serial_last": "rec-20"}
    folder = package(
        tmp_path / "p", [{**POWER, "quantity": "100"}], [{"id": "rec"}, {"id": "rec-2", **again}]
    )
    first, second = (str(one) for one in check(folder).findings)
    assert "certificates.csv row 2, serial_first 'rec-1': serials that are also in rec-2" in first
    assert (
        "certificates.csv row 3, serial_first 'rec-5': serials that are also in rec: one energy claimed twice"
        in second
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("id,colour\n", "colour: unknown column"),
        ("id,id\n", "id: column twice"),
        ("id\nrec,extra\n", "column missing"),
        ('id\n"rec\n', "column missing"),
        ("id\x00\n", "control character"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, told: str) -> None:
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}])
    (folder / "certificates.csv").write_text(text)
    assert any(told in str(finding) for finding in check(folder).findings)


def test_certificates_stand_in_one_place(tmp_path: Path) -> None:
    folder = package(
        tmp_path / "p", [{**POWER, "quantity": "100"}], [{"id": "rec"}], "[[certificate]]\nid = 'x'\n"
    )
    assert "beside [[certificate]] in inventory.toml; keep one of the two" in str(check(folder).findings[0])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[energy]\nfirst = ["mill"]\n', "energy.first 'mill': unknown facility"),
        ("[energy]\nmonths_before = 12\n", "months_before, months_after and reason belong together"),
        (
            '[[residual_mix]]\ngeography = "US"\nfactor = "test/grid"\n',
            "a factor of kind grid, not a residual mix",
        ),
        ('[[residual_mix]]\ngeography = "US"\n', "give the factor, or say that none is published"),
        ('[[network]]\nid = "n"\nfacility = "mill"\ncarrier = "steam"\n', "unknown facility"),
        ('[[network]]\nid = "n"\nfacility = "plant"\ncarrier = "gas"\n', "factors are for gas"),
        (
            (
                '[[supply]]\nid = "s"\nfacility = "plant"\ncarrier = "electricity"\ninstrument = "ppa"\nsupplier = "P"\n'
                'certificated = true\ncertificates = ["x"]\nquantity = "1"\nunit = "MWh"\nfactor = "test/supplier"\n'
            ),
            "no such certificate",
        ),
        (
            (
                '[[supply]]\nid = "s"\nfacility = "plant"\ncarrier = "electricity"\ninstrument = "ppa"\nsupplier = "P"\n'
                'certificated = false\nfactor = "test/supplier"\n'
            ),
            "ppa without a quantity",
        ),
        (
            (
                '[[supply]]\nid = "s"\nfacility = "plant"\ncarrier = "electricity"\ninstrument = "supplier-rate"\n'
                'supplier = "P"\ncertificated = false\n'
            ),
            "everything else needs one",
        ),
    ],
)
def test_parts_that_do_not_hang_together_are_refused(tmp_path: Path, more: str, told: str) -> None:
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}], (), more)
    findings = check(folder).findings
    assert any(told in str(finding) for finding in findings), [str(one) for one in findings]
