"""Every package of the corpus is refused with exactly the findings it names, and nothing but a PackageError escapes.

`tests/broken_packages/base` is a right package; each case of `cases/*.toml` breaks it in one way.
"""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cet.errors import Finding, PackageError
from cet.inventory import check, compute, computing, load

CORPUS = Path(__file__).parents[1] / "broken_packages"
FILE_OF = {"activities": "activities.csv", "factors": "factors.toml", "inventory": "inventory.toml"}

Case = dict[str, Any]


def cases() -> list[Any]:
    found = []
    for path in sorted((CORPUS / "cases").glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            case.setdefault("file", FILE_OF.get(path.stem))
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


CASES = cases()


def replaced(case: Case) -> str:
    if "repeat" in case:
        text, times = case["repeat"]
        return str(text) * times
    return str(case["is"])


def edited_text(text: str, case: Case) -> str:
    """The file's text with the case's edits: a cell, a passage, a separator, an end."""
    if "text" in case:
        text = case["text"].lstrip("\n")
    if case["file"] == "activities.csv" and "find" not in case and ("is" in case or "repeat" in case):
        records = list(csv.reader(io.StringIO(text)))
        records[case["row"] - 1][records[0].index(case["column"])] = replaced(case)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(records)
        text = out.getvalue()
    elif "find" in case:
        assert text.count(case["find"]) == 1, "the passage to be replaced stands once"
        text = text.replace(case["find"], replaced(case))
    elif "repeat" in case:
        text = replaced(case)
    if "swap" in case:
        text = text.replace(*case["swap"])
    return text + case.get("append", "")


def break_package(folder: Path, case: Case) -> None:
    """Copies the base package to `folder` and applies the case."""
    shutil.copytree(CORPUS / "base", folder)
    path = folder / case["file"]
    text = path.read_text(encoding="utf-8")
    path.unlink()
    if "symlink" in case:
        path.symlink_to(case["symlink"])
    elif "folder" in case:
        path.mkdir()
    elif "hex" in case:
        path.write_bytes(bytes.fromhex(case["hex"]))
    elif "remove" not in case:
        data = edited_text(text, case).encode(case.get("encoding", "utf-8"))
        path.write_bytes(data + bytes.fromhex(case.get("append_hex", "")))


def expected(case: Case) -> set[tuple[str, int, str, str]]:
    """What the findings must be: file, row, column, and words that stand in them."""
    first = {name: case[name] for name in ("row", "column", "says") if name in case}
    if "finding" in case:
        first["column"] = case["finding"]
    return {
        (one.get("file", case["file"]), one.get("row", 0), one.get("column", ""), one["says"])
        for one in [first, *case.get("also", [])]
    }


def answers(finding: Finding, wanted: tuple[str, int, str, str]) -> bool:
    *place, words = wanted
    return [finding.file, finding.row, finding.column] == place and words in str(finding)


def test_the_base_package_is_right() -> None:
    assert check(CORPUS / "base").sound
    assert len(compute(load(CORPUS / "base")).lines) == 7


def test_the_corpus_has_every_kind_of_mistake() -> None:
    assert len(CASES) >= 150
    names = [param.id for param in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("reading", ["in bulk", "row by row"])
@pytest.mark.parametrize("case", CASES)
def test_a_broken_package_is_refused_with_its_findings(
    case: Case, reading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two readings of the rows, SQL over the bulk and Python row by row, find the same."""
    if reading == "row by row":
        monkeypatch.setattr(computing, "opened", lambda *_: nullcontext())
    (tmp_path / "outside.csv").write_text("id\n", encoding="utf-8")
    break_package(tmp_path / "package", case)
    findings = check(tmp_path / "package").findings
    shown = "\n".join(str(finding) for finding in findings)
    for wanted in expected(case):
        assert any(answers(finding, wanted) for finding in findings), f"{wanted} not in:\n{shown}"
    assert len(findings) == len(expected(case)), f"more than the case names:\n{shown}"
    assert all(finding.problem and finding.remedy for finding in findings)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_computed_from_a_broken_package(case: Case, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("id\n", encoding="utf-8")
    break_package(tmp_path / "package", case)
    with pytest.raises(PackageError):
        compute(load(tmp_path / "package"))


def test_what_is_missing_is_said_to_be_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(CORPUS / "base", folder)
    text = (folder / "inventory.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("gwp", "period", "country"))]
    (folder / "inventory.toml").write_text("\n".join(kept), encoding="utf-8")
    remedies = {one.column: one.remedy for one in check(folder).findings}
    assert remedies["inventory.gwp"].endswith("one of AR4, AR5, AR6")
    assert remedies["inventory.period"] == "add it, with start and end"
    assert remedies["facility 1.country"].endswith('as "US"')


def test_every_problem_of_a_package_is_reported_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(CORPUS / "base", folder)
    for name, before, after in (
        ("inventory.toml", 'gwp = "AR5"', 'gwp = "SAR"'),
        ("inventory.toml", "operational-control", "control"),
        ("factors.toml", 'CO2 = "10.21"', "CO2 = 10.21"),
        ("activities.csv", "1200,mmBtu", "-1200,ton"),
        ("activities.csv", "84000,kWh", '"84,000",kwh'),
        ("activities.csv", "flights,works,3,6", "flights,depot,3,66"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    places = {(finding.file, finding.row, finding.column) for finding in check(folder).findings}
    assert places >= {
        ("inventory.toml", 0, "inventory.gwp"),
        ("inventory.toml", 0, "inventory.consolidation"),
        ("factors.toml", 0, "factor 2 (base/diesel).gases"),
        ("activities.csv", 2, "quantity"),
        ("activities.csv", 2, "unit"),
        ("activities.csv", 5, "quantity"),
        ("activities.csv", 5, "unit"),
        ("activities.csv", 6, "facility"),
        ("activities.csv", 6, "category"),
    }


def test_a_package_cannot_redefine_a_starter_pack(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(CORPUS / "base", folder)
    for name in ("factors.toml", "activities.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace("base/", "epa-hub-2024/").replace('"base"', '"epa-hub-2024"')
        (folder / name).write_text(text, encoding="utf-8")
    (finding,) = check(folder).findings
    assert str(finding) == (
        "factors.toml 'epa-hub-2024': pack 'epa-hub-2024' is loaded already; give the package's own pack another id"
    )
