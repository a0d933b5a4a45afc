"""A correction's lots come to the corrected figures, and nothing that was passed on rises above the bound."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cet.errors import StatementError
from cet.inventory import LotKey, read_package
from cet.scopes import BasisUnit, LotCode
from cet.statement import StandingLot, StatementDraft, build, supersede, what_lot
from cet.statement.hashing import keccak256
from cet.statement.model import chunk_hash
from package_folders import write_package

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PARTICIPANT, VERIFIER = "0x" + "11" * 20, "0x" + "22" * 20
POWER = {"id": "power", "scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"}
NUMBER = 7
"""Of the statement to be corrected."""


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> StatementDraft:
    return made(tmp_path_factory.mktemp("package"), [{"quantity": "100"}, POWER])


def made(folder: Path, rows: list[dict[str, str]]) -> StatementDraft:
    return build(read_package(write_package(folder, rows)), PARTICIPANT, VERIFIER)


def key_of(word: int, number: int = NUMBER) -> int:
    return number << 32 | word >> 144 << 16 | word >> 128 & 0xFFFF


def standing_of(draft: StatementDraft, *, bounded: bool = False) -> list[StandingLot]:
    """The draft's lots, minted."""
    return [StandingLot(key_of(lot.word), lot.key, lot.gross, bounded) for lot in draft.inventory.lots]


def after(correction: Any, standing: Sequence[StandingLot]) -> Counter[LotKey]:
    """What stands for each thing once the correction is carried out, mg."""
    gross = {one.key: one.gross for one in standing}
    what = {one.key: one.what for one in standing}
    for chunk in correction.restatements:
        for word in chunk:
            key, expected, new = word >> 128, word >> 64 & (2**64 - 1), word & (2**64 - 1)
            assert gross[key] == expected
            gross[key] = new
    for chunk in correction.chunks:
        for word in chunk:
            key = key_of(word, NUMBER + 1)
            gross[key] = word & (2**64 - 1)
            code = LotCode.decode(word >> 144)
            what[key] = what_lot(correction.inventory, code, word >> 128 & 0xFFFF, superseding=True)
    total: Counter[LotKey] = Counter()
    for key, mass in gross.items():
        total[what[key]] += mass
    return total


lots = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**12), st.booleans()), max_size=8)


@given(lots, st.integers(0, 2_500))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lots_after_a_correction_come_to_the_corrected_figures(
    draft: StatementDraft, kinds: list[tuple[int, int, bool]], inflation: int
) -> None:
    known = [lot.key for lot in draft.inventory.lots]
    gone = LotKey("closed plant", known[0].scope, known[0].category, known[0].method)
    what = [*known, gone]
    standing = [
        StandingLot(NUMBER << 32 | place + 1, what[kind % len(what)], gross, bounded)
        for place, (kind, gross, bounded) in enumerate(kinds)
    ]
    correction = supersede(draft, draft.statement, standing, inflation)
    wanted = Counter({lot.key: lot.gross for lot in draft.inventory.lots})
    assert +after(correction, standing) == wanted
    limits = {one.key: one.highest(inflation) for one in standing}
    for one in correction.restated:
        limit = limits[one.key]
        assert limit is None or one.after <= limit
    keys = [word >> 128 for chunk in correction.restatements for word in chunk]
    assert keys == sorted(set(keys))


def test_a_lot_keeps_what_it_is_shared_out_by_and_is_named_where_that_is_another(tmp_path: Path) -> None:
    """Of lots counted in a unit; what is shared out by its own mass is as much as its figure."""
    first, second = (
        made(tmp_path / amount, [{"quantity": amount}, {**POWER, "quantity": amount}])
        for amount in ("100", "150")
    )
    bases = {lot.key: lot.basis for lot in first.inventory.lots if lot.code.unit is not BasisUnit.MASS}
    assert bases
    standing = [replace(one, basis=bases.get(one.what)) for one in standing_of(first)]
    found = supersede(second, first.statement, standing).other_bases
    assert {(one.what, one.standing, one.corrected) for one in found} == {
        (what, basis, basis * 3 // 2) for what, basis in bases.items()
    }
    assert not supersede(first, first.statement, standing).other_bases


def test_what_was_passed_on_rises_to_the_bound_and_the_rest_is_kept(
    draft: StatementDraft, tmp_path: Path
) -> None:
    doubled = made(tmp_path, [{"quantity": "200"}, POWER])
    standing = standing_of(draft, bounded=True)
    correction = supersede(doubled, draft.statement, standing, 1_000)
    ((word,),), (further,) = correction.restatements, correction.further
    before, rose = word >> 64 & (2**64 - 1), word & (2**64 - 1)
    assert rose == before * 11 // 10
    assert rose + (further & (2**64 - 1)) == 2 * before
    assert correction.chunks == ((further,),)
    code = LotCode.decode(further >> 144)
    assert code.unit.name == "MASS"
    assert what_lot(doubled.inventory, code, further >> 128 & 0xFFFF, superseding=True) == standing[0].what


def test_what_nobody_has_taken_rises_freely_and_falling_is_always_free(
    draft: StatementDraft, tmp_path: Path
) -> None:
    doubled = made(tmp_path / "more", [{"quantity": "200"}, POWER])
    free = supersede(doubled, draft.statement, standing_of(draft))
    assert (free.further, free.chunks) == ((), ())
    halved = made(tmp_path / "less", [{"quantity": "50"}, POWER])
    lower = supersede(halved, draft.statement, standing_of(draft, bounded=True))
    assert [one.after * 2 for one in lower.restated] == [one.before for one in lower.restated]
    assert lower.chunks == ()


def test_what_is_new_is_minted_and_what_is_gone_becomes_zero(draft: StatementDraft, tmp_path: Path) -> None:
    process = {"id": "process", "category": "process"}
    other = made(tmp_path, [{"quantity": "100"}, process])
    correction = supersede(other, draft.statement, standing_of(draft))
    assert {one.after for one in correction.restated} == {0}
    assert {one.what.scope for one in correction.restated} == {2}
    ((minted,),) = correction.chunks
    assert minted >> 144 == next(lot for lot in other.inventory.lots if lot.key.category == 3).code.encode()


def test_the_statement_commits_what_is_restated_and_minted(draft: StatementDraft, tmp_path: Path) -> None:
    doubled = made(tmp_path, [{"quantity": "200"}, POWER])
    correction = supersede(doubled, draft.statement, standing_of(draft, bounded=True), 500)
    statement = correction.statement
    assert statement.supersedes == draft.statement.id
    assert statement.inflation == 500
    assert statement.restated_chunks == tuple(chunk_hash(chunk) for chunk in correction.restatements)
    assert statement.lot_chunks == tuple(chunk_hash(chunk) for chunk in correction.chunks)
    assert statement.document == keccak256(correction.document)
    assert statement.reported == doubled.statement.reported
    told = json.loads(correction.document)["corrects"]
    assert told["statement"] == "0x" + draft.statement.id.hex()
    assert [one["after_mg"] for one in told["restated"]] == [str(one.after) for one in correction.restated]


def test_the_same_figures_confirm_every_lot(draft: StatementDraft) -> None:
    standing = standing_of(draft, bounded=True)
    confirmed = supersede(draft, draft.statement, standing)
    assert [(one.key, one.before, one.after) for one in confirmed.restated] == sorted(
        (one.key, one.gross, one.gross) for one in standing
    )
    assert confirmed.statement.id != draft.statement.id


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("entity", b"\1" * 32, "the entity"),
        ("period_end", 18_000, "the period's last day"),
        ("gwp_set", 6, "the GWP set"),
        ("participant", "0x" + "44" * 20, "the participant"),
    ],
)
def test_a_correction_of_something_else_is_refused(
    draft: StatementDraft, field: str, value: Any, what: str
) -> None:
    head = draft.statement.model_copy(update={field: value})
    with pytest.raises(StatementError, match=what):
        supersede(draft, head, standing_of(draft))


def test_a_lot_that_the_package_does_not_have_is_refused(draft: StatementDraft) -> None:
    code = draft.inventory.lots[0].code
    with pytest.raises(StatementError, match="no lot"):
        what_lot(draft.inventory, code, 99, superseding=True)
    with pytest.raises(StatementError, match="no lot"):
        what_lot(draft.inventory, code, 2**15 + 99, superseding=True)
    assert what_lot(draft.inventory, code, 0, superseding=False) == draft.inventory.lots[0].key
