"""`cet factors`: import, list, show, find, diff and trail, for people and for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from cet.cli import main
from factor_files import desnz_rows, write_desnz

if TYPE_CHECKING:
    from pathlib import Path


def cet(*arguments: object) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "100"})
    return runner.invoke(main, [str(argument) for argument in arguments])


def cet_json(*arguments: object) -> Any:
    return json.loads(cet(*arguments, "--json").stdout, parse_float=_no_float)


def _no_float(text: str) -> None:
    raise AssertionError(f"a float in the output: {text}")


def imported(folder: Path, version: str, *, diesel: str = "2.51279", co2: str = "2.4796") -> Any:
    rows = desnz_rows()
    for row, cells in rows.items():
        if cells[2:3] == ["Fuels"] and cells[7] == "litres":
            figure = {"kg CO2e": diesel, "kg CO2e of CO2 per unit": co2}.get(str(cells[8]))
            rows[row] = [*cells[:9], f"#{figure}"] if figure else cells
    file = write_desnz(folder / f"flat-{version}.xlsx", rows, version)
    return cet_json(
        "factors", "import", file, "--as", "desnz", "--out", folder / "packs", "--date", "2026-06-12"
    )


def test_an_import_says_what_it_read_checked_and_left_out(tmp_path: Path) -> None:
    found = imported(tmp_path, "1.0")
    assert found["pack"]["id"] == "desnz-2024-v1.0"
    assert found["factors"] == 11
    assert {"table": "Hotel stay", "column": "CO2e", "cells": 1, "total": "6.7"} in found["sums"]
    assert not found["known_edition"]
    text = cet(
        "factors",
        "import",
        tmp_path / "flat-1.0.xlsx",
        "--as",
        "desnz",
        "--out",
        tmp_path / "p",
        "--date",
        "2026-06-12",
    ).stdout
    assert "11 factors" in text
    assert "not on record" in text


def test_a_newer_edition_is_compared_with_the_older_and_recorded(tmp_path: Path) -> None:
    imported(tmp_path, "1.0")
    newer = imported(tmp_path, "1.2", diesel="2.61279", co2="2.5796")
    assert newer["compared_with"] == "desnz-2024-v1.0"
    assert [(one["key"], one["percent"]) for one in newer["changes"]] == [("fuels/diesel/litres", "4.0")]
    packs = tmp_path / "packs"
    entries = cet_json("factors", "trail", packs)["entries"]
    assert [(one["date"], one["old"] != one["new"]) for one in entries] == [("2026-06-12", True)]
    assert "unbroken" in cet("factors", "trail", packs).stdout
    listed = cet_json("factors", "diff", "desnz-2024-v1.0", "desnz-2024-v1.2", "--packs", packs)
    assert listed["changes"] == newer["changes"]
    assert (
        "fuels/diesel/litres"
        in cet("factors", "diff", "desnz-2024-v1.0", "desnz-2024-v1.2", "--packs", packs).stdout
    )


def test_a_figure_that_doubles_is_said_first(tmp_path: Path) -> None:
    """A new edition is on no record: only the one before it can show a point that slipped."""
    imported(tmp_path, "1.0")
    rows = desnz_rows()
    rows = {number: [*cells[:9], "#67"] if "France" in cells else cells for number, cells in rows.items()}
    file = write_desnz(tmp_path / "new.xlsx", rows, "1.3")
    result = cet(
        "factors", "import", file, "--as", "desnz", "--out", tmp_path / "packs", "--date", "2026-06-12"
    )
    assert "changed by half or more" in " ".join(result.stdout.split())
    assert "hotel/france/room-per-night: 900.0 %" in result.stdout


def test_a_corrupted_file_writes_nothing(tmp_path: Path) -> None:
    rows = desnz_rows()
    rows[7] = [*rows[7][:9], "#0.2"]
    file = write_desnz(tmp_path / "flat.xlsx", rows)
    result = cet(
        "factors", "import", file, "--as", "desnz", "--out", tmp_path / "packs", "--date", "2026-06-12"
    )
    assert result.exit_code == 1
    assert "do not add up" in " ".join(result.stderr.split())
    assert not (tmp_path / "packs").exists()


def test_what_is_no_workbook_is_refused_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "flat.xlsx"
    file.write_text("a,b")
    result = cet("factors", "import", file, "--as", "desnz", "--out", tmp_path, "--date", "2026-06-12")
    assert result.exit_code == 1
    assert "not an .xlsx workbook" in result.stderr


def test_factors_are_listed_by_their_words_and_place() -> None:
    found = cet_json("factors", "list", "--for", "hotel", "--where", "FR")["factors"]
    assert [one["id"] for one in found] == ["desnz-2024/hotel/france/room-per-night"]
    assert "1 factor of" in cet("factors", "list", "--for", "hotel", "--where", "FR").stdout


def test_a_factor_is_shown_with_its_provenance_gases_and_totals() -> None:
    found = cet_json("factors", "show", "desnz-2024/electricity/uk")
    assert found["co2e"]["AR5"] == "0.20705"
    assert found["licence"] == "Open Government Licence v3.0"
    assert set(found["gases_mg"]) == {"CO2", "CH4-fossil", "N2O"}
    text = cet("factors", "show", "desnz-2024/electricity/uk").stdout
    assert "0.20705" in text
    assert "CO2e(CH4)=0.0009" in text


def test_the_factor_for_an_activity_is_found_and_explained() -> None:
    asked = ("--unit", "passenger-km", "--where", "GB", "--from", "2024-03-01", "--scope", "3.6")
    found = cet_json("factors", "find", "--for", "travel/rail/national", *asked)
    assert found["choice"]["id"] == "desnz-2024/land/rail-national-rail"
    assert found["with_it"]["boundary"] == "upstream"
    text = cet(
        "factors",
        "find",
        "--for",
        "electricity",
        "--unit",
        "kWh",
        "--where",
        "US-CAMX",
        "--from",
        "2022-01-01",
        "--scope",
        "2",
    )
    assert "epa-hub-2024/egrid/camx" in text.stdout
    assert "US is wider than US-CAMX" in text.stdout


def test_what_comes_close_is_shown_where_nothing_fits() -> None:
    asked = ("--unit", "passenger-km", "--where", "GB", "--from", "2024-03-01")
    result = cet("factors", "find", "--for", "travel/flight/short-haul", *asked)
    assert result.exit_code == 1
    assert "is only for with-rf" in " ".join(result.stdout.split())
    error = cet_json("factors", "find", "--for", "travel/flight/short-haul", *asked)["error"]
    assert error["kind"] == "NoFactorError"


def test_several_that_fit_equally_well_are_shown(tmp_path: Path) -> None:
    head = '[pack]\nid = "own"\npublisher = "P"\ndocument = "D"\nedition = "1"\nlicence = "none"\n'
    one = '[[factor]]\nid = "own/{0}"\nname = "N"\ntable = "t"\nyear = 2024\ngeography = "GB"\nkind = "process"\nper = "t"\n'
    one += 'mass = "kg"\ngases = {{ CO2 = "{1}" }}\nactivity = "clinker"\n'
    (tmp_path / "own.toml").write_text(head + one.format("a", 1) + one.format("b", 2))
    result = cet(
        "factors",
        "find",
        "--for",
        "clinker",
        "--unit",
        "t",
        "--where",
        "GB",
        "--from",
        "2024-01-01",
        "--packs",
        tmp_path,
    )
    assert result.exit_code == 1
    assert "2 factors fit equally well" in result.stdout


def test_wrong_calls_are_usage_errors() -> None:
    base = ("factors", "find", "--for", "fuel/diesel", "--unit", "L", "--where", "GB")
    assert cet(*base, "--from", "1 March").exit_code == 2
    assert cet(*base, "--from", "2024-03-01", "--to", "2024-01-01").exit_code == 2
    assert cet("factors", "diff", "nothing", "desnz-2024").exit_code == 1
