"""Every Parquet file of the corpus is refused with what it names, by both readings of the rows."""

from __future__ import annotations

import shutil
import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cet.errors import PackageError
from cet.inventory import check, compute, computing, load

CORPUS = Path(__file__).parents[1] / "broken_packages"
BASE = CORPUS / "base"
CASES: list[dict[str, Any]] = tomllib.loads((CORPUS / "parquet.toml").read_text(encoding="utf-8"))["case"]


def break_parquet(folder: Path, case: dict[str, Any]) -> Path:
    shutil.copytree(BASE, folder)
    path = folder / "activities.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS FROM read_csv(?, all_varchar = true, nullstr = '\x01')",
            [str(folder / "activities.csv")],
        )
        tail = "" if "--" in case.get("select", "") else " FROM t"
        connection.execute(f"CREATE VIEW v AS SELECT {case.get('select', '*').replace('--', '')}{tail}")
        connection.table("v").write_parquet(str(path))
        rows = len(connection.table("v"))
    data = path.read_bytes()
    if "claimed_rows" in case:
        path.write_bytes(with_claimed_rows(data, rows, case["claimed_rows"]))
    if "keep_bytes" in case:
        path.write_bytes(data[: len(data) * case["keep_bytes"] // 100])
    if "bytes" in case:
        path.write_bytes(bytes.fromhex(case["bytes"]))
    if "flip" in case:
        path.write_bytes(data[: case["flip"]] + b"\xff" + data[case["flip"] + 1 :])
    (folder / "activities.csv").unlink()
    return folder


def with_claimed_rows(data: bytes, there: int, claimed: int) -> bytes:
    """The file with another number of rows in its footer. One that has them, run-length encoded, takes minutes to write.

    `num_rows` is the third field of FileMetaData, an i64 of Thrift's compact protocol, before the list of row groups.
    """
    length = int.from_bytes(data[-8:-4], "little")
    body, footer = data[: -8 - length], data[-8 - length : -8]
    before, after = (b"\x16" + zigzag(rows) + b"\x19" for rows in (there, claimed))
    assert footer.count(before) == 1
    footer = footer.replace(before, after)
    return body + footer + len(footer).to_bytes(4, "little") + data[-4:]


def zigzag(number: int) -> bytes:
    """A number, not negative, as Thrift's compact protocol writes it: doubled, seven bits a byte, the lowest first."""
    rest, found = 2 * number, b""
    while rest >= 0x80:
        found, rest = found + bytes([rest & 0x7F | 0x80]), rest >> 7
    return found + bytes([rest])


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len(CASES) >= 30
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("reading", ["in bulk", "row by row"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_broken_parquet_file_is_refused_with_its_findings(
    case: dict[str, Any], reading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reading == "row by row":
        monkeypatch.setattr(computing, "opened", lambda *_: nullcontext())
    folder = break_parquet(tmp_path / "p", case)
    findings = check(folder).findings
    shown = "\n".join(str(finding) for finding in findings)
    wanted = [case, *case.get("also", [])]
    assert len(findings) == len(wanted), shown
    for one in wanted:
        place = ("activities.parquet", one.get("row", 0), one.get("column", ""))
        assert any(
            (finding.file, finding.row, finding.column) == place and one["says"] in str(finding)
            for finding in findings
        ), shown
    with pytest.raises(PackageError):
        compute(load(folder))
