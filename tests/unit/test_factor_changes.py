"""Editions side by side: the older stays, every change is on record with its old value, source, date and reason."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cet.errors import FactorError, PackageError
from cet.factors import FactorPack, read_pack
from cet.factors.changes import changes, extended, read_trail, trail_text
from cet.factors.folder import TRAIL, add_pack, packs_in, store_with
from cet.factors.writing import pack_text
from package_folders import FACTORS, factor

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.date(2026, 6, 12)


def edition(number: str, co2: str, *names: str) -> FactorPack:
    text = FACTORS.replace('"test"', f'"test-{number}"').replace('edition = "1"', f'edition = "{number}"')
    text += "".join(factor(name, "L", {"CO2": co2}) for name in names)
    return read_pack(
        text.replace("'test/", f"'test-{number}/").replace('"test/', f'"test-{number}/'), "p.toml"
    )


def text_of(pack: FactorPack) -> str:
    return pack_text(pack.pack, pack.factors)


def test_a_change_keeps_the_old_value_and_both_sources() -> None:
    found = changes(edition("9", "2", "diesel", "gone"), edition("10", "2.1", "diesel", "fresh"))
    assert [(one.key, one.what, one.old, one.new, one.percent) for one in found] == [
        ("diesel", "changed", "CO2=2", "CO2=2.1", "5.0"),
        ("fresh", "added", "", "CO2=2.1", ""),
        ("gone", "removed", "CO2=2", "", ""),
    ]
    assert found[0].old_source == "Tester, Test factors, 9, 1, 2023"
    assert found[0].new_source == "Tester, Test factors, 10, 1, 2023"


def test_a_newer_edition_keeps_the_older_and_records_what_changed(tmp_path: Path) -> None:
    older, newer = edition("9", "2", "diesel"), edition("10", "2.1", "diesel")
    add_pack(tmp_path, text_of(older), older, DAY, "first")
    path, before, found = add_pack(tmp_path, text_of(newer), newer, DAY, "June edition")
    assert path.name == "test-10.toml"
    assert before == older
    assert len(found) == 1
    assert {pack.pack.id for pack in packs_in(tmp_path)} == {"test-9", "test-10"}
    entries = read_trail((tmp_path / TRAIL).read_text(), TRAIL)
    assert [(entry.date, entry.reason, entry.change.old) for entry in entries] == [
        (DAY, "June edition", "CO2=2")
    ]
    assert store_with([tmp_path]).get("test-9/diesel").gases == (("CO2", "2"),)


def test_the_same_import_twice_changes_nothing(tmp_path: Path) -> None:
    for pack in (edition("9", "2", "diesel"), edition("10", "2.1", "diesel")):
        add_pack(tmp_path, text_of(pack), pack, DAY, "why")
    before = (tmp_path / TRAIL).read_bytes()
    pack = edition("10", "2.1", "diesel")
    assert add_pack(tmp_path, text_of(pack), pack, DAY, "why")[2] == ()
    assert (tmp_path / TRAIL).read_bytes() == before


def test_a_pack_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    pack = edition("9", "2", "diesel")
    path, _, _ = add_pack(tmp_path, text_of(pack), pack, DAY, "why")
    other = edition("9", "3", "diesel")
    with pytest.raises(FactorError, match="holds something else"):
        add_pack(tmp_path, text_of(other), other, DAY, "why")
    assert path.read_text() == text_of(pack)


@pytest.mark.parametrize("damage", ["altered", "dropped", "broken"])
def test_a_trail_that_was_tampered_with_is_found(damage: str) -> None:
    found = changes(edition("9", "2", "a", "b"), edition("10", "3", "a", "b"))
    lines = trail_text(extended((), found, DAY, "why")).splitlines()
    damaged = {
        "altered": [lines[0].replace("CO2=2", "CO2=1"), lines[1]],
        "dropped": lines[1:],
        "broken": [lines[0], "{}"],
    }[damage]
    with pytest.raises(FactorError, match="line"):
        read_trail("\n".join(damaged), TRAIL)


def test_a_trail_only_grows_in_time_and_with_reasons() -> None:
    found = changes(edition("9", "2", "a"), edition("10", "3", "a"))
    trail = extended((), found, DAY, "why")
    with pytest.raises(FactorError, match="before the last"):
        extended(trail, found, DAY - dt.timedelta(days=1), "why")
    with pytest.raises(FactorError, match="no reason"):
        extended(trail, found, DAY, " ")
    assert read_trail(trail_text(trail), TRAIL) == trail


def test_a_pack_reads_back_as_written() -> None:
    extra = factor("x", "kWh", {"CO2": "1"}, activity="a/b", valid_from="2023-01-01", valid_to="2023-12-31")
    weighted = extra.replace(
        "gases =", "weighted = { CH4 = '0.1' }\ngwp = 'AR5'\nboundary = 'upstream'\ngases ="
    )
    pack = read_pack(FACTORS + weighted, "p.toml")
    assert read_pack(pack_text(pack.pack, pack.factors, ("a remark",)), "p.toml") == pack


def test_broken_packs_of_a_folder_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[pack]\n")
    (tmp_path / "b.toml").write_bytes(b"\xff")
    with pytest.raises(PackageError) as error:
        packs_in(tmp_path)
    assert {finding.file for finding in error.value.findings} == {"a.toml", "b.toml"}
