"""Laws of claims in an inventory: one mode, one series, once; what is refused is refused by name and changes nothing."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from cet.errors import PackageError
from cet.inventory import read_package
from cet.scopes import Method, Scope
from cet.statement import build
from cet.statement.instruments import InstrumentUse
from transport_packages import booking, claim, emitter, inventory, write

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory import Inventory
    from cet.inventory.transport.result import TransportResult

KG = 10**6
FACTORS = {"road": ("0.1", "t-km"), "rail": ("0.02", "t-km"), "ferry": ("0.03", "t-km")}
MODES = [{"factors": ["own/road"], "mode": "road"}, {"factors": ["own/rail"], "mode": "rail"}]
LINES = [("site", "3", "4", "1000", "t-km", "road"), ("site", "3", "4", "5000", "t-km", "rail")]
PARTIES = ("0x" + "11" * 20, "0x" + "22" * 20)
CONTRACT = "0x" + "ab" * 20

FUELS = {"diesel": ("2.5", "L"), "diesel-wtt": ("0.6", "L")}
FUEL_LINES = [("site", "1", "mobile", "1000", "L", "diesel"), ("site", "3", "3", "1000", "L", "diesel-wtt")]
FUEL_MODES = [{"factors": ["own/diesel", "own/diesel-wtt"], "mode": "road"}]
OUTPUTS: list[dict[str, Any]] = [
    {"facility": "site", "scope": 1, "category": "mobile", "quantity": "20000", "unit": "t-km"},
    {"facility": "site", "scope": 3, "category": "3", "quantity": "20000", "unit": "t-km"},
]


def made(folder: Path, *claims: dict[str, Any], **more: Any) -> Inventory:
    return inventory(folder, LINES, FACTORS, MODES, claims=claims, **more)


def transport(found: Inventory) -> TransportResult:
    assert found.transport is not None
    return found.transport


def refused_by(found: Inventory, name: str) -> list[str]:
    """The rules that the claim breaks; it was applied to nothing."""
    claiming = transport(found).claiming
    assert name in [one.id for one in claiming.refused]
    return [one.rule for one in claiming.verdicts[name] if one.outcome.value == "broken"]


def physical_lots(found: Inventory) -> list[tuple[str, int, int]]:
    return [(one.name, one.basis, one.gross) for one in found.series_lots]


def test_the_physical_series_is_untouched(tmp_path: Path) -> None:
    """What is reported, by gas and in physical lots, is the same with claims and without."""
    without = made(tmp_path / "without")
    with_claims = made(tmp_path / "with", claim("a", quantity="600", wtw="0.01"))
    assert with_claims.reported == without.reported
    assert with_claims.gas_masses == without.gas_masses
    assert with_claims.data_mg == without.data_mg
    assert physical_lots(with_claims) == physical_lots(without)
    assert (
        with_claims.market_total(Scope.SCOPE_3) == (600 * Fraction("0.01") + 400 * Fraction("0.1") + 100) * KG
    )


def test_a_claim_never_leaves_its_mode(tmp_path: Path) -> None:
    """Rail lines stand in the market-based series as in the physical one, whatever is claimed for the road."""
    found = made(tmp_path, claim("a", quantity="1000", wtw="0"))
    road, rail = (line.shape for line in found.lines)
    assert road.market[0].mg == 0
    assert (rail.market[0].mg, rail.market[0].gases) == (rail.streams[0].mg, rail.streams[0].gases)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"mode": "sea"}, "has-own-activity-in-its-mode"),
        ({"unit": "TEU-km"}, "has-own-activity-in-its-mode"),
        ({"use": "3.9"}, "has-own-activity-in-its-mode"),
        ({"toc": "40 t"}, "has-own-activity-in-its-mode"),
        ({"claimant": "others"}, "is-claimed-for-the-claimant"),
        ({"used_to": "2024-01-01"}, "is-claimed-for-the-period"),
        ({"used_from": "2022-12-31"}, "is-claimed-for-the-period"),
        ({"claimed": "2023-12-14"}, "is-of-close-vintage"),
        ({"booked": "2022-03-01", "claimed": "2025-01-01"}, "is-of-close-vintage"),
        ({"role": "lsp", "booked": "2023-02-28", "claimed": "2024-03-01"}, "is-of-close-vintage"),
        ({"material": "carrier-elsewhere"}, "is-additional"),
        ({"material": "solution"}, "is-additional"),
        ({"material": "solution", "additionality": "a mandate", "not_additional": "1"}, "is-additional"),
        ({"gwp": "AR6"}, "is-in-the-same-gwp-set"),
    ],
)
def test_what_breaks_one_rule_is_refused_by_its_name(
    tmp_path: Path, given: dict[str, Any], rule: str
) -> None:
    """And displaces nothing; the notice says which rule and what stays unused."""
    found = made(tmp_path, claim("a", **given))
    assert refused_by(found, "a") == [rule]
    assert found.market_total(Scope.SCOPE_3) == found.total(Scope.SCOPE_3)
    assert [one.name for one in found.lots] == [one.name for one in found.series_lots]
    (notice,) = [one for one in found.notices if one.kind == "claim-refused"]
    assert rule in notice.text
    assert "unused" in notice.text


def test_a_role_that_may_not_claim_this_is_refused(tmp_path: Path) -> None:
    """Section 9 has no row for an LSP that claims an LSP's LETS."""
    found = made(tmp_path, claim("a", role="lsp", material="lsp-direct"))
    assert "has-a-row-of-the-table" in refused_by(found, "a")


@pytest.mark.parametrize(
    "given",
    [
        {"booked": "2022-03-01", "claimed": "2024-12-31"},
        {"booked": "2023-12-15", "claimed": "2023-12-15"},
        {"role": "lsp", "booked": "2023-02-28", "claimed": "2024-02-29"},
        {"material": "solution", "additionality": "a mandate", "not_additional": "0.02"},
    ],
)
def test_the_last_day_of_each_window_is_allowed(tmp_path: Path, given: dict[str, Any]) -> None:
    """24 months from the year of booking for a shipper, 12 from the booking for an LSP; the end of February stays its end."""
    assert [one.id for one in transport(made(tmp_path, claim("a", **given))).claiming.applied] == ["a"]


def test_claims_of_more_than_the_own_activity_are_findings(tmp_path: Path) -> None:
    """With where and remedy; up to the activity, to the last tonne-kilometre, they are not."""
    pair = [claim("a", quantity="600"), claim("b", quantity="400")]
    whole = made(tmp_path / "whole", *pair)
    assert transport(whole).pools[0].claimed == 1000
    with pytest.raises(PackageError) as raised:
        made(tmp_path / "more", pair[0], {**pair[1], "quantity": "400.000001"})
    (finding,) = raised.value.findings
    assert finding.column == "logistics_claim 2.quantity"
    assert "400 t-km of road left in 3.4" in finding.problem
    assert "claim less" in finding.remedy


def test_a_claim_is_entered_once(tmp_path: Path) -> None:
    """The same booking, day and quantity twice is a finding, and so is a number on a ledger."""
    same = claim("a")
    with pytest.raises(PackageError, match="over again"):
        made(tmp_path / "same", same, {**same, "id": "b"})
    numbered = {"contract": CONTRACT, "claim": "0x" + "0" * 23 + "7"}
    with pytest.raises(PackageError, match="the claim of a"):
        made(tmp_path / "numbered", claim("a", **numbered), claim("b", **numbered))


def test_the_order_of_claims_does_not_matter(tmp_path: Path) -> None:
    """Every line takes part in each claim in one proportion."""
    entries = [claim("a", quantity="600", wtw="0.01"), claim("b", quantity="300", wtw="0.05")]
    first, second = made(tmp_path / "1", *entries), made(tmp_path / "2", *reversed(entries))
    assert [line.emissions() for line in first.lines] == [line.emissions() for line in second.lines]


def test_a_category_binds_where_the_booker_set_one(tmp_path: Path) -> None:
    """What is bound takes its part of that category's lines first, the rest of what is left of all."""
    lines = [("site", "3", "4", "1000", "t-km", "road"), ("site", "3", "4", "500", "t-km", "ferry")]
    modes = [
        {"factors": ["own/road"], "mode": "road", "toc": "40 t"},
        {"factors": ["own/ferry"], "mode": "road", "toc": "van"},
    ]
    claims = [claim("any", quantity="600", wtw="0"), claim("bound", quantity="300", toc="van", wtw="0")]
    found = inventory(tmp_path / "p", lines, FACTORS, modes, claims=claims)
    heavy, van = (dict(line.shape.claims) for line in found.lines)
    assert heavy == {"any": Fraction(1, 2)}
    assert van == {"any": Fraction(1, 5), "bound": Fraction(3, 5)}
    too_much = [claim("bound", quantity="501", toc="van", wtw="0")]
    with pytest.raises(PackageError, match="500 t-km of van left"):
        inventory(tmp_path / "q", lines, FACTORS, modes, claims=too_much)


def test_a_received_line_is_displaced_and_mints_nothing(tmp_path: Path) -> None:
    """Allocated lines count in both series; their supplier mints them, in either."""
    lines = [("site", "3", "4", "1000", "t-km", "road"), ("site", "3", "4", "1000", "t-km", "road")]
    found = inventory(
        tmp_path,
        lines,
        FACTORS,
        MODES,
        claims=[claim("a", quantity="1000", wtw="0")],
        received={1: "0x8000000000000001"},
    )
    assert found.market_total(Scope.SCOPE_3) == 100 * KG
    (market,) = [one for one in found.lots if one.key.method is Method.MARKET_BASED]
    assert market.exact == 50 * KG
    assert [line.id for line in found.lines_of(market)] == ["line-0"]


def test_an_emitter_profile_splits_into_scope_1_and_3_3(tmp_path: Path) -> None:
    """Tank-to-wheel where the fuel is burned, well-to-tank where it is made; biogenic CO2 outside; no lot of it."""
    found = inventory(tmp_path, FUEL_LINES, FUELS, FUEL_MODES, claims=[emitter("hvo", quantity="400")])
    one, three = found.market_total(Scope.SCOPE_1), found.market_total(Scope.SCOPE_3)
    assert one == (600 * Fraction("2.5") + 400 * Fraction("0.1")) * KG
    assert three == (600 * Fraction("0.6") + 400 * Fraction("0.4")) * KG
    pools = {pool.pool.use: pool for pool in transport(found).pools}
    assert pools["scope-1"].parts[0].biogenic_mg == 400 * Fraction("2.4") * KG
    assert pools["3.3"].parts[0].biogenic_mg == 0
    assert list(found.lots) == list(found.series_lots)
    assert found.total(Scope.OUTSIDE) == 0


def test_an_emitter_profile_without_its_making_is_refused(tmp_path: Path) -> None:
    """Both halves displace the same fuel, or neither does."""
    found = inventory(tmp_path, FUEL_LINES[:1], FUELS, FUEL_MODES, claims=[emitter("hvo")])
    assert refused_by(found, "hvo") == ["has-own-activity-in-its-mode"]
    assert found.market_total(Scope.SCOPE_1) == found.total(Scope.SCOPE_1)


@pytest.mark.parametrize("bundled", [False, True])
def test_an_emitter_profile_never_lowers_what_is_passed_on(tmp_path: Path, *, bundled: bool) -> None:
    """The lots of LETS and of the rest are the same to the milligram whether the carrier claimed a profile or not."""
    about = {"bookings": [booking("lets", quantity="5000")], "outputs": OUTPUTS}
    without = inventory(tmp_path / "1", FUEL_LINES, FUELS, FUEL_MODES, **about)
    claims = [emitter("hvo", quantity="1000", bundled=bundled)]
    with_claim = inventory(tmp_path / "2", FUEL_LINES, FUELS, FUEL_MODES, claims=claims, **about)
    assert with_claim.lots == without.lots
    assert with_claim.market_total(Scope.SCOPE_1) < without.market_total(Scope.SCOPE_1)


def test_a_booked_lets_and_the_rest_are_the_lot(tmp_path: Path) -> None:
    """In basis and in figure, for each of the carrier's two lots; and lots of a series add up to it alone."""
    about = {"bookings": [booking("lets", quantity="5000")], "outputs": OUTPUTS}
    found = inventory(tmp_path, FUEL_LINES, FUELS, FUEL_MODES, **about)
    for split in transport(found).splits:
        assert sum(part.exact for part in split.parts) == split.physical.exact
        assert sum(part.basis for part in split.parts) == split.physical.basis
        assert {part.code.method for part in split.parts} == {Method.MARKET_BASED}
        assert [line.id for line in found.lines_of(split.parts[-1])] == [
            line.id for line in found.lines_of(split.physical)
        ]


def test_lets_calculated_as_if_leave_the_rest_at_its_intensity(tmp_path: Path) -> None:
    """Indirect generation is in no line, so it takes the place of as much of the rest."""
    about = {"bookings": [booking("as-if", quantity="5000", basis="indirect")], "outputs": OUTPUTS}
    found = inventory(tmp_path, FUEL_LINES, FUELS, FUEL_MODES, **about)
    lets, rest = transport(found).splits[0].parts
    physical = transport(found).splits[0].physical
    assert rest.exact / rest.basis == physical.exact / physical.basis
    assert lets.exact == 5000 * Fraction("0.01") * KG


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"quantity": "20001"}, "more LETS than the lot's output"),
        ({"wtw": "10", "ttw": "9"}, "the LETS emit more than the total"),
        ({"unit": "TEU-km"}, "no \\[\\[output\\]\\] of scope 1 mobile in container"),
        ({"facility": "elsewhere"}, "no \\[\\[output\\]\\]"),
    ],
)
def test_a_lets_is_a_part_of_its_lot(tmp_path: Path, given: dict[str, Any], problem: str) -> None:
    with pytest.raises(PackageError, match=problem):
        inventory(
            tmp_path,
            FUEL_LINES,
            FUELS,
            FUEL_MODES,
            bookings=[booking("lets", **{"quantity": "5000", **given})],
            outputs=OUTPUTS,
        )


def test_a_statement_consumes_the_claims_it_applies(tmp_path: Path) -> None:
    """Through the instrument interface, once; what was refused consumes nothing."""
    used, unused = (
        {"contract": CONTRACT, "claim": "0x" + "0" * 22 + "2a"},
        {
            "contract": CONTRACT,
            "claim": "0x" + "0" * 22 + "2b",
        },
    )
    found = made(tmp_path, claim("a", **used), claim("b", gwp="AR4", **unused))
    draft = build(found, *PARTIES)
    words = [word for chunk in draft.instruments for word in chunk]
    assert [InstrumentUse.of(word).use for word in words] == [0x2A]
    states = {one["id"]: one["state"] for one in json.loads(draft.document)["logistics"]["claims"]}
    assert states == {"a": "applied", "b": "refused"}


def test_the_non_lets_intensity_is_of_what_no_claim_stands_for(tmp_path: Path) -> None:
    """Customers who did not claim carry it too; a factor of another kind is a finding."""
    modes = [{**MODES[0], "non_lets": "own/higher"}, MODES[1]]
    factors = {**FACTORS, "higher": ("0.12", "t-km"), "boxes": ("1", "TEU-km")}
    found = inventory(tmp_path / "p", LINES, factors, modes)
    assert found.market_total(Scope.SCOPE_3) == (1000 * Fraction("0.12") + 100) * KG
    assert "own/higher" in [one.id for one in found.factors]
    wrong = [{**MODES[0], "non_lets": "own/boxes"}]
    with pytest.raises(PackageError, match="a factor of container for lines of freight"):
        inventory(tmp_path / "q", LINES, factors, wrong)
    with pytest.raises(PackageError, match="non_lets"):
        inventory(tmp_path / "r", LINES, factors, [{**MODES[0], "non_lets": "own/none"}])


def test_claims_may_stand_in_a_table_of_the_folder(tmp_path: Path) -> None:
    """The same statement as from `[[logistics_claim]]`; what is wrong is found in the table's row and column."""
    one = claim("a", quantity="600", wtw="0.01")
    told = made(tmp_path / "toml", one)
    folder = write(tmp_path / "csv", LINES, FACTORS, MODES)
    table = folder / "logistics_claims.csv"
    table.write_text(f"{','.join(one)}\n{','.join(one.values())}\n", encoding="utf-8")
    found = read_package(folder)
    assert build(found, *PARTIES).statement.id == build(told, *PARTIES).statement.id
    more = {**one, "id": "b", "quantity": "2000"}
    rows = [",".join(row) for row in (one, one.values(), more.values())]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(PackageError) as raised:
        read_package(folder)
    (finding,) = raised.value.findings
    assert (finding.file, finding.row, finding.column) == ("logistics_claims.csv", 3, "quantity")
