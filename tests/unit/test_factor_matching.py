"""The factor that fits: specific before generic, right place, right year, and never a guess."""

from __future__ import annotations

import datetime as dt

import pytest

from cet.errors import FactorError
from cet.factors import Boundary, Factor, FactorKind, FactorStore, read_pack
from cet.factors.matching import AmbiguousFactorError, NoFactorError, choose, companion
from cet.factors.wanted import Wanted, activity_words, of_scope
from cet.quantities import unit
from package_folders import FACTORS, factor

YEAR = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))


def made(name: str, activity: str, **more: object) -> str:
    per = str(more.pop("per", "L"))
    return factor(name, per, {"CO2": str(more.pop("co2", "1"))}, activity=activity, **more)


def store(*factors: str) -> list[Factor]:
    return list(read_pack(FACTORS + "".join(factors), "factors.toml").factors)


def wanted(words: str, place: str = "US", scope: str = "", **more: object) -> Wanted:
    name, _, category = scope.partition(".")
    kinds, boundaries = of_scope(name, category, market=bool(more.pop("market", False)))
    period = more.pop("period", YEAR)
    assert isinstance(period, tuple)
    return Wanted(activity_words(words), unit(str(more.pop("per", "L"))), place, *period, kinds, boundaries)


def test_what_is_more_specific_wins_and_the_other_is_explained() -> None:
    found = choose(
        store(made("a", "fuel/diesel"), made("b", "fuel/diesel/mineral")), wanted("fuel/diesel/mineral")
    )
    assert found.factor.id == "test/b"
    assert [(one.factor.id, one.rule, one.why) for one in found.lost] == [
        ("test/a", "what", "does not know mineral")
    ]


def test_a_factor_more_specific_than_asked_is_not_taken() -> None:
    with pytest.raises(NoFactorError) as error:
        choose(store(made("b", "fuel/diesel/mineral")), wanted("fuel/diesel"))
    assert [(one.factor.id, one.why) for one in error.value.near] == [("test/b", "is only for mineral")]


def test_words_have_no_order_and_synonyms_are_one_word() -> None:
    assert choose(store(made("a", "car/small/petrol")), wanted("petrol/car/small")).factor.id == "test/a"
    assert choose(store(made("a", "fuel/petrol")), wanted("fuel/Gasoline")).factor.id == "test/a"


def test_neither_of_two_that_differ_is_guessed() -> None:
    both = store(made("a", "car/small"), made("b", "car/diesel", co2="2"))
    with pytest.raises(AmbiguousFactorError, match="diesel, small"):
        choose(both, wanted("car/small/diesel"))


def test_place_does_not_decide_between_two_different_things() -> None:
    both = store(made("a", "car/small", geography="world"), made("b", "car/diesel", co2="2"))
    with pytest.raises(AmbiguousFactorError):
        choose(both, wanted("car/small/diesel"))


def test_the_nearest_place_wins_and_another_place_never_fits() -> None:
    three = store(
        made("a", "fuel/diesel", geography="world"),
        made("b", "fuel/diesel"),
        made("c", "fuel/diesel", geography="US-CAMX"),
    )
    assert choose(three, wanted("fuel/diesel", "US-CAMX")).factor.id == "test/c"
    assert choose(three, wanted("fuel/diesel", "US-SRVC")).factor.id == "test/b"
    assert choose(three, wanted("fuel/diesel", "GB")).factor.id == "test/a"
    with pytest.raises(NoFactorError, match="close"):
        choose(three[2:], wanted("fuel/diesel", "US-CAM"))


def test_the_year_of_the_activity_wins_then_the_nearest_then_the_earlier() -> None:
    years = store(*(made(f"y{year}", "fuel/diesel", year=year) for year in (2020, 2022, 2024)))
    assert choose(years, wanted("fuel/diesel")).factor.year == 2022
    late = (dt.date(2023, 10, 1), dt.date(2024, 3, 31))
    assert choose(years, wanted("fuel/diesel", period=late)).factor.year == 2024
    assert "365 days" not in " ".join(choose(years, wanted("fuel/diesel")).remarks)


def test_stated_validity_decides_before_the_year() -> None:
    two = store(
        made("a", "fuel/diesel", year=2023),
        made("b", "fuel/diesel", year=2024, valid_from="2023-01-01", valid_to="2024-12-31"),
    )
    inside = (dt.date(2023, 6, 1), dt.date(2024, 6, 1))
    assert choose(two, wanted("fuel/diesel", period=inside)).factor.id == "test/b"


def test_a_factor_too_old_does_not_fit() -> None:
    with pytest.raises(NoFactorError) as error:
        choose(store(made("a", "fuel/diesel", year=2010)), wanted("fuel/diesel"))
    assert "more than 5 years" in error.value.near[0].why


def test_a_later_edition_of_the_same_document_wins() -> None:
    old = read_pack(FACTORS.replace('"1"', '"v1.9"') + made("a", "fuel/diesel"), "a").factors
    new = read_pack(
        FACTORS.replace('"1"', '"v1.10"').replace('"test"', '"test2"')
        + made("a", "fuel/diesel", co2="2").replace("test/", "test2/"),
        "b",
    ).factors
    found = choose([*old, *new], wanted("fuel/diesel"))
    assert found.factor.id == "test2/a"
    assert found.lost[0].rule == "edition"


def test_equal_figures_are_no_ambiguity_and_different_ones_are() -> None:
    assert (
        choose(store(made("a", "fuel/diesel"), made("b", "fuel/diesel")), wanted("fuel/diesel")).factor.id
        == "test/a"
    )
    with pytest.raises(AmbiguousFactorError, match="by its id"):
        choose(store(made("a", "fuel/diesel"), made("b", "fuel/diesel", co2="2")), wanted("fuel/diesel"))


def test_a_word_that_no_factor_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(NoFactorError, match="did you mean diesel"):
        choose(store(made("a", "fuel/diesel")), wanted("fuel/deisel"))


def test_scopes_take_their_boundary_and_the_market_method_its_order() -> None:
    grid = store(
        made("grid", "electricity", per="kWh", kind="grid"),
        made("mix", "electricity", per="kWh", kind="residual-mix", co2="2"),
        made("up", "electricity", per="kWh", kind="life-cycle", boundary="upstream", co2="3"),
        made("loss", "electricity", per="kWh", kind="life-cycle", boundary="losses", co2="4"),
    )
    assert choose(grid, wanted("electricity", per="kWh", scope="2")).factor.id == "test/grid"
    assert choose(grid, wanted("electricity", per="kWh", scope="2", market=True)).factor.id == "test/mix"
    asked = wanted("electricity", per="kWh", scope="3.3")
    before = choose(grid, asked)
    assert before.factor.covers is Boundary.UPSTREAM
    lost = companion(grid, asked, before)
    assert lost is not None
    assert lost.factor.id == "test/loss"


def test_scope_3_prefers_the_life_cycle_and_names_what_completes_the_rest() -> None:
    both = store(
        made("d", "travel/bus"), made("u", "travel/bus", kind="life-cycle", boundary="upstream", co2="2")
    )
    asked = wanted("travel/bus", scope="3.6")
    direct = choose(both, asked)
    assert direct.factor.id == "test/d"
    assert any("upstream" in remark for remark in direct.remarks)
    upstream = companion(both, asked, direct)
    assert upstream is not None
    assert upstream.factor.id == "test/u"
    assert (
        choose([*both, *store(made("l", "travel/bus", kind="life-cycle", co2="3"))], asked).factor.id
        == "test/l"
    )


@pytest.mark.parametrize(
    ("scope", "words"), [("4", "no scope"), ("3.16", "no category"), ("1.oven", "no category")]
)
def test_an_impossible_scope_is_refused(scope: str, words: str) -> None:
    name, _, category = scope.partition(".")
    with pytest.raises(FactorError, match=words):
        of_scope(name, category)


@pytest.mark.parametrize(
    ("words", "per", "place", "scope", "factor_id"),
    [
        ("electricity", "kWh", "GB", "2", "desnz-2024/electricity/uk"),
        ("electricity", "MWh", "US-CAMX", "2", "epa-hub-2024/egrid/camx"),
        ("electricity", "MWh", "US-TX", "2", "epa-hub-2024/egrid/us"),
        ("fuel/diesel", "L", "GB", "1", "desnz-2024/fuels/diesel-blend-litre"),
        ("fuel/natural-gas", "kWh", "GB", "3.3", "desnz-2024/well-to-tank/natural-gas-kwh"),
        ("travel/rail/national", "passenger-km", "GB", "3.6", "desnz-2024/land/rail-national-rail"),
        ("freight/hgv", "t-km", "US", "3.4", "epa-hub-2024/freight/medium-and-heavy-duty-truck-ton-mile"),
        ("hotel", "room-night", "FR", "3.6", "desnz-2024/hotel/france/room-per-night"),
        ("refrigerant/r-410a", "kg", "DE", "1", "epa-hub-2024/refrigerant/r-410a"),
        ("waste/mixed-msw/landfill", "short-ton", "US", "3.5", "epa-hub-2024/waste/mixed-msw-landfilled"),
    ],
)
def test_the_starter_packs_serve_common_activities(
    words: str, per: str, place: str, scope: str, factor_id: str
) -> None:
    period = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    asked = wanted(words, place, scope, per=per, period=period)
    assert choose(FactorStore.default(), asked).factor.id == factor_id


def test_a_spend_factor_is_found_by_its_code() -> None:
    asked = wanted("spend/naics-541511", per="USD2022", scope="3.1")
    with pytest.raises(NoFactorError) as error:
        choose(FactorStore.default(), asked)
    assert any(one.factor.kind is FactorKind.SPEND for one in error.value.near)
