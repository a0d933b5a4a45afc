"""`cet inventory new`, `evidence` and `schema`: what is written passes the checks, and nothing is overwritten."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from cet.cli import main
from cet.inventory import check, compute, load
from cet.inventory.columns import columns
from cet.inventory.fields import FACTOR_SECTIONS, fields_of
from cet.inventory.schema import SCHEMAS, schema_text
from cet.inventory.settings import SECTIONS
from cet.sheets import Workbook
from cet.statement import build

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = {
    field.path.partition(".")[0] for field in fields_of(SECTIONS["inventory"].model) if field.required
}


def cet(*arguments: object) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "100"})
    return runner.invoke(main, [str(argument) for argument in arguments])


def new(path: Path, *options: str) -> Path:
    result = cet("inventory", "new", path, *options)
    assert result.exit_code == 0, result.stderr
    return path


@pytest.mark.parametrize("name", ["p", "p.xlsx"])
def test_an_example_is_sound_and_computes(name: str, tmp_path: Path) -> None:
    path = new(tmp_path / name, "--example")
    assert check(path).sound
    assert build(compute(load(path)), "0x" + "11" * 20, "0x" + "22" * 20).statement.reported[0] > 0


@pytest.mark.parametrize("name", ["p", "p.xlsx"])
def test_an_empty_package_lacks_only_what_its_owner_knows(name: str, tmp_path: Path) -> None:
    findings = check(new(tmp_path / name)).findings
    missing = {finding.column.removeprefix("inventory.") for finding in findings}
    assert missing == REQUIRED - {"salt"}
    assert {finding.problem for finding in findings} == {"missing"}
    if name.endswith(".xlsx"):
        assert all(finding.cell.startswith("B") for finding in findings)


def test_folder_and_workbook_of_one_salt_are_one_statement(tmp_path: Path) -> None:
    from cet.inventory.template import new_package

    salt = bytes(range(32))
    made = []
    for name in ("p", "q/p.xlsx"):
        new_package(tmp_path / name, salt, workbook=name.endswith("x"), example=True)
        made.append(build(compute(load(tmp_path / name)), "0x" + "11" * 20, "0x" + "22" * 20))
    assert made[0].statement == made[1].statement
    assert made[0].document == made[1].document


def test_every_package_has_its_own_salt(tmp_path: Path) -> None:
    salts = {
        tomllib.loads((new(tmp_path / name) / "inventory.toml").read_text())["inventory"]["salt"]
        for name in ("a", "b")
    }
    assert len(salts) == 2


def test_every_part_field_and_column_stands_in_the_templates(tmp_path: Path) -> None:
    text = (new(tmp_path / "p") / "inventory.toml").read_text(encoding="utf-8")
    for name, section in {**SECTIONS, **FACTOR_SECTIONS}.items():
        assert re.search(rf"\[{name}\]", text), name
        for field in fields_of(section.model):
            assert field.path.split(".")[0] in text
    for column in columns():
        assert column.name in text
    with Workbook(new(tmp_path / "p.xlsx")) as book:
        assert {*SECTIONS, *FACTOR_SECTIONS, "activities", "# read me", "# units", "# factors"} == set(
            book.sheets
        )
        header = next(book.rows("activities"))
        assert [cell.text for cell in header.cells.values()] == [column.name for column in columns()]


def test_the_commented_parts_become_an_example_without_their_marks(tmp_path: Path) -> None:
    """Whoever takes every # away from a part has a part that is right."""
    text = (new(tmp_path / "p") / "inventory.toml").read_text(encoding="utf-8")
    settings = re.sub(
        r"^# (?!----)(?=\[|[a-z_0-9]+ = )", "", text.partition("# ---- activities")[0], flags=re.MULTILINE
    )
    assert set(tomllib.loads(re.sub(r"^[a-z_0-9]+ = ….*$", "", settings, flags=re.MULTILINE))) == set(
        SECTIONS
    )


@pytest.mark.parametrize("name", ["p", "p.xlsx"])
def test_nothing_is_overwritten(name: str, tmp_path: Path) -> None:
    path = new(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    result = cet("inventory", "new", path)
    assert result.exit_code == 1
    assert "there already" in " ".join(result.stderr.split())  # wrapped where the path is long
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_named_as_a_workbook_is_refused(tmp_path: Path) -> None:
    result = cet("inventory", "new", tmp_path / "p.ods", "--workbook")
    assert result.exit_code == 1
    assert not list(tmp_path.iterdir())


def test_evidence_is_hashed_added_and_brought_in_step(tmp_path: Path) -> None:
    folder = new(tmp_path / "p", "--example")
    (folder / "evidence" / "meter.txt").write_text("84000 kWh", encoding="utf-8")
    bill = folder / "evidence" / "gas-bill.txt"
    bill.write_text("another bill", encoding="utf-8")
    assert "altered" in str(check(folder).findings[0])
    listed = json.loads(cet("inventory", "evidence", folder, "--json").stdout)
    assert [one["file"] for one in listed["evidence"]] == ["evidence/gas-bill.txt", "evidence/meter.txt"]
    assert "1 hashes replaced, 1 entries added" in cet("inventory", "evidence", folder, "--write").stdout
    assert check(folder).sound
    assert "0 hashes replaced, 0 entries added" in cet("inventory", "evidence", folder, "--write").stdout


def test_evidence_of_a_workbook_is_printed_as_rows(tmp_path: Path) -> None:
    book = new(tmp_path / "p.xlsx", "--example")
    cells = cet("inventory", "evidence", book).stdout.strip().split("\t")
    assert cells[0] == "evidence/gas-bill.txt"
    assert len(cells[1]) == 64
    assert cet("inventory", "evidence", book, "--write").exit_code == 2


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_printed_as_it_is_shipped(name: str) -> None:
    assert cet("inventory", "schema", name).stdout == schema_text(name)


def test_findings_of_a_workbook_show_sheet_and_cell(tmp_path: Path) -> None:
    book = new(tmp_path / "p.xlsx")
    words = " ".join(cet("inventory", "check", book).stdout.split())
    assert "p.xlsx, inventory" in words
    assert "B2" in words
    found = json.loads(cet("inventory", "check", book, "--json").stdout)["findings"][0]
    assert (found["sheet"], found["cell"], found["row"]) == ("inventory", "B2", 2)
