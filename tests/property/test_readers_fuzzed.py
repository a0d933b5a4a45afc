"""Whatever the bytes of a package are, a reader answers with findings or with an inventory: no crash, nothing left behind."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cet.errors import Finding, PackageError
from cet.inventory import compute, load
from package_forms import as_parquet, as_workbook

BASE = Path(__file__).parents[1] / "broken_packages" / "base"
FORMS = {
    "csv": "activities.csv",
    "toml": "inventory.toml",
    "factors": "factors.toml",
    "parquet": "activities.parquet",
}

# Where in the bytes (as a part of their length), and what happens there.
edits = st.lists(
    st.tuples(
        st.integers(0, 999_999),
        st.one_of(
            st.tuples(st.just("flip"), st.integers(1, 255)),
            st.tuples(st.just("insert"), st.binary(min_size=1, max_size=8)),
            st.tuples(st.just("delete"), st.integers(1, 64)),
            st.tuples(st.just("repeat"), st.integers(1, 64)),
        ),
    ),
    min_size=1,
    max_size=4,
)


def mutated(data: bytes, changes: list[tuple[int, tuple[str, int | bytes]]]) -> bytes:
    for part, (kind, what) in changes:
        at = part * len(data) // 1_000_000
        if isinstance(what, bytes):
            data = data[:at] + what + data[at:]
        elif kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ what]) + data[at + 1 :]
        elif kind == "delete":
            data = data[:at] + data[at + what :]
        elif kind == "repeat":
            data = data[:at] + data[at : at + what] * 3 + data[at + what :]
    return data


@cache
def form(name: str) -> Path:
    """The base package in a form; kept until the program ends."""
    kept = Path(tempfile.mkdtemp(prefix="cet-fuzz-"))
    if name == "workbook":
        return as_workbook(BASE, kept / "package.xlsx")
    return as_parquet(BASE, kept / "p") if name == "parquet" else Path(shutil.copytree(BASE, kept / "p"))


def answers(path: Path, where: Path) -> None:
    """Findings, each whole, or an inventory; and no file more than before."""
    before = sorted(where.rglob("*"))
    findings = _findings(path)
    assert all(isinstance(one, Finding) and one.problem and one.remedy for one in findings)
    assert sorted(where.rglob("*")) == before


def _findings(path: Path) -> tuple[Finding, ...]:
    try:
        inventory = compute(load(path))
    except PackageError as error:
        return error.findings or (Finding("", 0, "", "", "", ""),)
    assert inventory.line_count
    return ()


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(changes=edits)
def test_a_folder_with_any_bytes_changed_is_answered(
    name: str, changes: list[tuple[int, tuple[str, int | bytes]]]
) -> None:
    with tempfile.TemporaryDirectory() as where:
        folder = Path(shutil.copytree(form(name), Path(where) / "p"))
        file = folder / FORMS[name]
        file.write_bytes(mutated(file.read_bytes(), changes))
        answers(folder, Path(where))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(changes=edits)
def test_a_workbook_with_any_bytes_changed_is_answered(
    changes: list[tuple[int, tuple[str, int | bytes]]],
) -> None:
    with tempfile.TemporaryDirectory() as where:
        path = Path(where) / "package.xlsx"
        path.write_bytes(mutated(form("workbook").read_bytes(), changes))
        answers(path, Path(where))


PARTS = (
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "_rels/.rels",
    "xl/_rels/workbook.xml.rels",
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(part=st.one_of(st.sampled_from(PARTS), st.integers(1, 11)), changes=edits)
def test_a_workbook_with_a_part_changed_inside_is_answered(
    part: str | int, changes: list[tuple[int, tuple[str, int | bytes]]]
) -> None:
    """Changed within the zip, whose checksums are right, so that the XML's own readers meet it."""
    name = part if isinstance(part, str) else f"xl/worksheets/sheet{part}.xml"
    with tempfile.TemporaryDirectory() as where:
        path = Path(where) / "package.xlsx"
        with (
            zipfile.ZipFile(form("workbook")) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for info in source.infolist():
                data = source.read(info)
                target.writestr(info.filename, mutated(data, changes) if info.filename == name else data)
        answers(path, Path(where))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_of_no_kind_are_answered_in_every_form(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as where:
        for name in ("p.xlsx", "p.toml", "p"):
            path = Path(where) / name
            path.write_bytes(data)
            answers(path, Path(where))
        book = Path(where) / "q.xlsx"
        with zipfile.ZipFile(book, "w") as file:
            file.writestr("xl/workbook.xml", data)
            file.writestr("_rels/.rels", zlib.compress(data))
        answers(book, Path(where))
