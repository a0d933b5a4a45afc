"""One content, one statement: the activities as CSV or Parquet, and evidence that the root commits to."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cet.inventory import check, compute, load, reference
from cet.statement import build
from package_folders import write_package
from package_forms import as_parquet, as_workbook

if TYPE_CHECKING:
    from cet.statement import StatementDraft

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "broken_packages" / "base"
PARTICIPANT, VERIFIER = "0x" + "11" * 20, "0x" + "22" * 20
PACKAGES = [BASE, *sorted(path.parent for path in (ROOT / "examples").glob("*/inventory.toml"))]


def statement_of(path: Path) -> StatementDraft:
    return build(compute(load(path)), PARTICIPANT, VERIFIER)


def same(one: StatementDraft, other: StatementDraft) -> bool:
    return (one.tree.root, one.document, one.statement) == (other.tree.root, other.document, other.statement)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_parquet_makes_the_same_statement_as_csv(package: Path, tmp_path: Path) -> None:
    assert same(statement_of(as_parquet(package, tmp_path / "p")), statement_of(package))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_workbook_makes_the_same_statement_as_a_folder(package: Path, tmp_path: Path) -> None:
    assert same(statement_of(as_workbook(package, tmp_path / "p.xlsx")), statement_of(package))


def test_parquet_of_decimals_integers_and_dates_makes_the_same_statement(tmp_path: Path) -> None:
    types = {"quantity": "DECIMAL(18, 6)", "share": "DECIMAL(9, 9)", "start": "DATE", "end": "DATE"}
    assert same(statement_of(as_parquet(BASE, tmp_path / "p", types)), statement_of(BASE))


def test_the_reference_reads_parquet_too(tmp_path: Path) -> None:
    package = load(as_parquet(BASE, tmp_path / "p"))
    assert reference(package).sums == compute(package).sums


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path: Path) -> None:
    assert check(as_parquet(BASE, tmp_path / "note=stolen")).sound


@pytest.mark.parametrize(
    ("types", "column", "words"),
    [
        ({"quantity": "DOUBLE"}, "quantity", "binary floats"),
        ({"share": "FLOAT"}, "share", "binary floats"),
        ({"start": "TIMESTAMP"}, "start", "write the day as DATE"),
        ({"note": "VARCHAR[]"}, "note", "one plain value per cell"),
        ({"note": "BLOB"}, "note", "one plain value per cell"),
    ],
)
def test_a_parquet_column_without_an_exact_text_is_refused(
    types: dict[str, str], column: str, words: str, tmp_path: Path
) -> None:
    (finding,) = check(as_parquet(BASE, tmp_path / "p", types)).findings
    assert (finding.file, finding.column) == ("activities.parquet", column)
    assert words in str(finding)


def test_findings_in_parquet_name_the_row(tmp_path: Path) -> None:
    folder = write_package(
        tmp_path / "csv", [{"id": "a"}, {"id": "b", "unit": "ton"}, {"id": "c", "quantity": "1,5"}]
    )
    findings = check(as_parquet(folder, tmp_path / "p")).findings
    assert [(one.file, one.row, one.column) for one in findings] == [
        ("activities.parquet", 3, "unit"),
        ("activities.parquet", 4, "quantity"),
    ]


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\tb", "a\u202eb", "\x1b[2J", "x" * 70_000])
def test_text_no_csv_could_hold_is_refused_in_parquet(text: str, tmp_path: Path) -> None:
    folder = write_package(tmp_path / "p", [{"id": "a"}, {"id": "b"}])
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS FROM read_csv(?, all_varchar = true)", [str(folder / "activities.csv")]
        )
        connection.execute("UPDATE t SET source = ? WHERE id = 'b'", [text])
        connection.execute(f"COPY t TO '{folder / 'activities.parquet'}' (FORMAT parquet)")
    (folder / "activities.csv").unlink()
    (finding,) = check(folder).findings
    assert (finding.file, finding.row, finding.column) == ("activities.parquet", 3, "source")


def test_csv_beside_parquet_is_refused(tmp_path: Path) -> None:
    folder = as_parquet(BASE, tmp_path / "p")
    shutil.copy(BASE / "activities.csv", folder)
    (finding,) = check(folder).findings
    assert "keep one of the two" in str(finding)


def with_evidence(folder: Path, *, named: str = "bill.pdf", content: bytes = b"a bill") -> Path:
    digest = hashlib.sha256(b"a bill").hexdigest()
    more = f'[[evidence]]\nfile = "bill.pdf"\nsha256 = "{digest}"\nwhat = "Fuel bill"\n'
    write_package(folder, [{"id": "a", "evidence": named}, {"id": "b"}], more=more)
    (folder / "bill.pdf").write_bytes(content)
    return folder


def test_the_root_and_the_document_commit_to_evidence(tmp_path: Path) -> None:
    draft = statement_of(with_evidence(tmp_path / "p"))
    digest = hashlib.sha256(b"a bill").hexdigest()
    assert json.loads(draft.prove("a").line)["evidence"] == f"bill.pdf={digest}"
    assert "evidence" not in json.loads(draft.prove("b").line)
    assert json.loads(draft.document)["evidence"] == [
        {"file": "bill.pdf", "sha256": digest, "what": "Fuel bill"}
    ]
    assert same(draft, statement_of(as_parquet(tmp_path / "p", tmp_path / "q")))
    assert same(draft, statement_of(as_workbook(tmp_path / "p", tmp_path / "r" / "p.xlsx")))


def test_altered_missing_and_undeclared_evidence_is_refused(tmp_path: Path) -> None:
    (finding,) = check(with_evidence(tmp_path / "altered", content=b"another bill")).findings
    assert "altered: its SHA-256 is" in str(finding)
    missing = with_evidence(tmp_path / "missing")
    (missing / "bill.pdf").unlink()
    (finding,) = check(missing).findings
    assert "missing" in finding.problem
    (finding,) = check(with_evidence(tmp_path / "undeclared", named="bill.pdf; letter.pdf")).findings
    assert (finding.row, finding.column, finding.value) == (2, "evidence", "letter.pdf")
    (finding,) = check(with_evidence(tmp_path / "twice", named="bill.pdf;bill.pdf")).findings
    assert "named twice" in finding.problem


@pytest.mark.parametrize(
    "path", ["../bill.pdf", "/etc/passwd", "a\\\\b.pdf", ".hidden", "a//b", "a;b", "C:bill", ""]
)
def test_evidence_outside_the_package_is_refused(path: str, tmp_path: Path) -> None:
    more = f'[[evidence]]\nfile = "{path}"\nsha256 = "{"0" * 64}"\nwhat = "Bill"\n'
    (finding,) = check(write_package(tmp_path / "p", more=more)).findings
    assert finding.column == "evidence 1.file"
    assert "not a file of the package" in finding.problem


def test_evidence_behind_a_link_is_refused(tmp_path: Path) -> None:
    folder = with_evidence(tmp_path / "p")
    (folder / "bill.pdf").rename(tmp_path / "bill.pdf")
    (folder / "bill.pdf").symlink_to(tmp_path / "bill.pdf")
    (finding,) = check(folder).findings
    assert "a link, not a file" in finding.problem


def test_a_decimal_of_scale_only_keeps_its_zero(tmp_path: Path) -> None:
    """DuckDB writes .5 and .000 for DECIMAL(3, 3)."""
    folder = write_package(tmp_path / "csv", [{"id": "a", "quantity": "0.5"}, {"id": "b", "quantity": "0"}])
    made = as_parquet(folder, tmp_path / "p", {"quantity": "DECIMAL(3, 3)"})
    assert [line.row.quantity.text for line in compute(load(made)).lines] == ["0.5", "0"]
