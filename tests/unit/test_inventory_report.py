"""The inventory report: what it must have, what it must never do with others' text, and that it says what the result says."""

from __future__ import annotations

import io
import re
import zipfile
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.inventory import SERIES, Inventory, read_package
from cet.inventory.base_year.reading import read_comparison
from cet.quantities import MG_PER_TONNE, half_even_text, parse_number
from cet.report.inventory_report.blocks import Chart, Report, Table, mass, words
from cet.report.inventory_report.building import inventory_report
from cet.report.inventory_report.page import html
from cet.report.inventory_report.plots import FULL, Measured, bars, waterfall
from cet.report.inventory_report.sheets import workbook
from cet.scopes import Scope
from cet.statement import commit
from package_folders import write_package
from report_packages import group_package

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
VOID = frozenset({"meta", "br", "rect"})
HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """Four entities, leases, every category."""
    return read_package(group_package(tmp_path_factory.mktemp("group") / "package"))


@pytest.fixture(scope="module", params=["group", "duke-university-fy2016", "duke-university-fy2021"])
def inventory(request: pytest.FixtureRequest, group: Inventory) -> Inventory:
    return group if request.param == "group" else read_package(EXAMPLES / request.param)


class Page(HTMLParser):
    """A page's elements, ids and references; refuses what is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID or (tag == "rect" and not self.get_starttag_text().endswith("/>")):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def table(report: Report, name: str) -> Table:
    return next(one for _, one in report.tables() if one.name == name)


def cells(report: Report) -> Iterator[object]:
    return (cell for _, one in report.tables() for row in one.rows for cell in row.cells)


def test_a_page_is_well_formed_loads_nothing_and_runs_nothing(inventory: Inventory) -> None:
    page = Page(html(inventory_report(inventory)).decode())
    assert not {"script", "img", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert [name for name, _ in page.attributes if name in ("src", "style") or name.startswith("on")] == []
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert "url(" not in "".join(page.text)
    assert "@import" not in "".join(page.text)
    assert ("http-equiv", "Content-Security-Policy") in page.attributes


def test_links_lead_to_sections_and_ids_are_unique(inventory: Inventory) -> None:
    page = Page(html(inventory_report(inventory)).decode())
    assert len(page.ids) == len(set(page.ids))
    assert {value[1:] for name, value in page.attributes if name == "href"} <= set(page.ids)


def test_every_row_has_a_cell_for_every_column_and_a_header_for_readers(inventory: Inventory) -> None:
    report = inventory_report(inventory)
    for _, one in report.tables():
        assert {len(row.cells) for row in one.rows} <= {len(one.columns)}, one.name
    page = Page(html(report).decode())
    assert page.tags.count("caption") == page.tags.count("table") == len(list(report.tables()))
    assert ("scope", "row") in page.attributes
    assert ("lang", "en") in page.attributes


def test_the_same_package_gives_the_same_bytes_wherever_it_stands(tmp_path: Path) -> None:
    one, other = (
        inventory_report(read_package(group_package(tmp_path / place))) for place in ("here", "a/b/there")
    )
    assert html(one) == html(other)
    assert workbook(one) == workbook(other)


def test_reported_totals_are_the_result_s(inventory: Inventory) -> None:
    shown = [row.cells[-1].exact for row in table(inventory_report(inventory), "Series").rows]
    assert shown == [f"{mg} mg" for mg in inventory.reported]


@pytest.mark.parametrize("name", ["By entity", "By facility"])
def test_places_add_up_to_the_series(inventory: Inventory, name: str) -> None:
    found = table(inventory_report(inventory), name)
    for at, mg in enumerate(inventory.reported, start=2):
        column = [row.cells[at].exact for row in found.rows]
        assert sum(_mg(text) for text in column[:-1]) == _mg(column[-1]) == mg


def test_what_is_put_out_and_sold_has_its_ratio_and_its_memo(tmp_path: Path) -> None:
    more = """
[[output]]
facility = "plant"
scope = "1"
category = "stationary"
quantity = "3"
unit = "GWh"

[[export]]
facility = "plant"
quantity = "2"
unit = "MWh"
factor = "test/grid"
"""
    inventory = read_package(group_package(tmp_path / "package", more=more))
    report = inventory_report(inventory)
    (row,) = table(report, "Ratios").rows
    (lot,) = (one for one in inventory.lots if inventory.output_of(one.key))
    assert [row.cells[2].text, row.cells[3].text] == ["3,000,000.000", "kWh"]
    assert Fraction(row.cells[5].exact) == lot.exact / 10**6 / 3_000_000
    (sold,) = table(report, "Electricity sold").rows
    assert _mg(sold.cells[-1].exact) == 2 * (371_200_000 + 30_000 * 28)
    assert inventory.reported == read_package(group_package(tmp_path / "other")).reported


def test_what_there_is_none_of_has_no_table(inventory: Inventory) -> None:
    assert {"Ratios", "Electricity sold"}.isdisjoint(
        one.name for _, one in inventory_report(inventory).tables()
    )


def test_categories_add_up_to_each_scope_s_own_total(inventory: Inventory) -> None:
    found = table(inventory_report(inventory), "Scopes")
    running = [Fraction(0)] * 3
    totals = []
    for row in found.rows:
        figures = [_mg(cell.exact) for cell in row.cells[2:]]
        if row.total:
            assert figures == running
            totals += [mg for mg in figures if mg]
            running = [Fraction(0)] * 3
        else:
            running = [one + mg for one, mg in zip(running, figures, strict=True)]
    inside = [
        mg for (scope, _), mg in zip(SERIES, inventory.reported, strict=True) if scope is not Scope.OUTSIDE
    ]
    assert totals == [mg for mg in inside if mg]


def test_gases_of_a_series_come_to_its_exact_total(inventory: Inventory) -> None:
    found = table(inventory_report(inventory), "Gases")
    for scope, method in SERIES:
        exact = inventory.total(scope, method)
        gases = inventory.gases_of(scope, method)
        rows = [row for row in found.rows if row.cells[0].text == _series(scope, method)]
        assert len(rows) == len(gases) + bool(inventory.unsplit_of(scope, method))
        shown = sum(parse_number(row.cells[-1].number).value for row in rows)
        assert abs(shown - exact / MG_PER_TONNE) <= Fraction(len(rows) + 1, 2000)


def test_no_row_adds_scopes_or_methods(inventory: Inventory) -> None:
    """The sums that must not be made are on no page."""
    one, location, market, three, _ = inventory.reported
    forbidden = {
        location + market,
        one + location,
        one + market,
        one + location + three,
        one + market + three,
    }
    forbidden -= set(inventory.reported) | {0}
    shown = {cell.exact for cell in cells(inventory_report(inventory)) if cell.exact}
    assert not {f"{mg} mg" for mg in forbidden} & shown


def test_every_category_stands_in_the_report_on_completeness(group: Inventory) -> None:
    names = [row.cells[0].text for row in table(inventory_report(group), "Completeness").rows]
    assert len(names) == 23
    assert [name.partition(" ")[0] for name in names[-15:]] == [f"3.{number}" for number in range(1, 16)]


def test_boundary_leases_placed_lines_and_what_is_outside_are_told(group: Inventory) -> None:
    report = inventory_report(group)
    names = [one.name for _, one in report.tables()]
    for name in ("Entities", "Facilities", "Placed lines", "Not counted", "Approaches", "Lots to reported"):
        assert name in names
    text = " ".join(Page(html(report).decode()).text)
    assert "The tenant takes all policies from us." in text
    assert "3.13 downstream leased assets" in text


def test_the_root_is_the_one_a_statement_carries(inventory: Inventory) -> None:
    assert "0x" + commit(inventory).root.hex() in html(inventory_report(inventory)).decode()


def test_every_requirement_leads_to_a_section(inventory: Inventory) -> None:
    report = inventory_report(inventory)
    sections = {section.id for section in report.sections}
    targets = [row.cells[-1].target for row in table(report, "Requirements").rows]
    assert set(targets) <= sections
    assert len(targets) >= 15


def test_claims_stand_beside_the_recomputed_figures(group: Inventory) -> None:
    report = inventory_report(group)
    differing = [row.cells[0].text for row in table(report, "Claims differing").rows]
    agreeing = [row.cells[0].text for row in table(report, "Claims agreeing").rows]
    assert differing == [claim.line for claim in group.claims]
    claimed = {line.id for line in group.lines if line.row.claimed}
    assert set(differing) | set(agreeing) == claimed
    assert set(differing).isdisjoint(agreeing)


def test_hostile_text_is_text(tmp_path: Path) -> None:
    """A name that would be a script, a template or a spreadsheet's formula stays what it is: text."""
    quoted = HOSTILE.replace('"', '\\"')
    note = '[[note]]\ntext = "' + quoted + '"\n'
    line = {"source": HOSTILE, "estimate": "average", "reason": HOSTILE, "data": "estimated"}
    header = {"organisation": f'"{quoted}"'}
    package = write_package(tmp_path / "package", [line], header=header, more=note)
    report = inventory_report(read_package(package))
    text = html(report).decode()
    page = Page(text)
    assert "script" not in page.tags
    assert "<script" not in text
    assert any(HOSTILE in one for one in page.text)
    assert b"<f>" not in b"".join(_sheets(workbook(report)))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_a_workbook_has_no_formula(text: str) -> None:
    """Packages can't begin a text so; should one come another way, it is marked as text even when the sheet is saved as CSV."""
    from cet.report.inventory_report.blocks import Column, Section, rows

    one = Table("Sheet", text, (Column(text), Column("b")), rows((words(text), words(text))), text)
    report = Report(text, text, (Section("s", text, text, text, (one,)),))
    book = workbook(report)
    sheets = b"".join(_sheets(book))
    assert b"<f>" not in sheets
    assert b'quotePrefix="1"' in _part(book, "xl/styles.xml")
    assert b"http" not in b"".join(
        content for name, content in _parts(book) if name.endswith(".rels") and b"External" in content
    )


def test_marks_that_steer_or_hide_are_replaced() -> None:
    assert words("a\u202eb\x1b[2J\ufffe").text == "a�b�[2J�"


def test_a_workbook_s_numbers_are_those_shown_and_its_exact_text_is_whole(group: Inventory) -> None:
    report = inventory_report(group)
    book = workbook(report)
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        names = re.findall(r'<sheet name="([^"]+)"', file.read("xl/workbook.xml").decode())
        strings = file.read("xl/sharedStrings.xml").decode()
        sheet = file.read(f"xl/worksheets/sheet{names.index('Series') + 1}.xml").decode()
    assert names == ["Report", *(one.name for _, one in report.tables())]
    for mg in group.reported:
        assert f"<v>{float(half_even_text(Fraction(mg, MG_PER_TONNE), 3))}</v>".replace(".0<", "<") in sheet
        assert f"{mg} mg" in strings
    assert 'state="frozen"' in sheet
    assert "<autoFilter" in sheet


def test_figures_of_more_digits_than_a_number_holds_are_text() -> None:
    from cet.report.inventory_report.blocks import Column, Section, rows

    large = mass(10**15 * MG_PER_TONNE + 10**6)
    one = Table("Sheet", "t", (Column("a"), Column("b", figures=True)), rows((words("x"), large)))
    book = workbook(Report("t", "t", (Section("s", "t", "t", "t", (one,)),)))
    assert b"1,000,000,000,000,000.001" in _part(book, "xl/sharedStrings.xml")


def test_bars_keep_their_proportion_and_what_is_not_zero_is_seen() -> None:
    chart = bars(
        "t",
        [
            Measured("a", 1000, "one"),
            Measured("b", 250, "one"),
            Measured("c", Fraction(1, 9), "one"),
            Measured("d", 0, "one"),
        ],
    )
    lengths = [sum(piece.length for piece in bar.pieces) for bar in chart.bars]
    assert lengths[:2] == [FULL, FULL // 4]
    assert lengths[2] > 0
    assert lengths[3] == 0


def test_a_waterfall_s_steps_lead_from_first_to_last() -> None:
    steps = [Measured("more", 50, "up"), Measured("less", -30, "down")]
    chart = waterfall("t", Measured("base", 100, "total"), steps, Measured("now", 120, "total"))
    (first,), (more,), (less,), (last,) = (bar.pieces for bar in chart.bars)
    assert more.start == first.start + first.length
    assert less.start + less.length == more.start + more.length
    assert abs(less.start - (last.start + last.length)) <= 1
    with pytest.raises(ValueError, match="lead to"):
        waterfall("t", Measured("base", 100, "total"), steps, Measured("now", 121, "total"))


def test_a_large_package_is_reported_without_its_lines(group: Inventory) -> None:
    report = inventory_report(read_package(group.package.folder, lines=False))
    assert "Largest lines" not in [one.name for _, one in report.tables()]
    assert "too large to list" in html(report).decode()


def test_the_command_writes_both_files_and_says_so(tmp_path: Path) -> None:
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    arguments = ["inventory", "report", str(EXAMPLES / "duke-university-fy2021")]
    result = CliRunner().invoke(main, [*arguments, "--html", str(page), "--xlsx", str(book), "--json"])
    assert result.exit_code == 0, result.output
    assert page.read_bytes().startswith(b"<!doctype html>")
    assert zipfile.is_zipfile(book)
    assert page.stat().st_size < 2**20
    assert CliRunner().invoke(main, arguments).exit_code == 2
    assert CliRunner().invoke(main, [*arguments, "--html", str(page), "--xlsx", str(page)]).exit_code == 2


def _mg(text: str) -> Fraction:
    return Fraction(text.removesuffix(" mg")) if text else Fraction(0)


def _series(scope: Scope, method: object) -> str:
    from cet.report.words import series_words

    return series_words(scope, method)


def _parts(book: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        for name in file.namelist():
            yield name, file.read(name)


def _part(book: bytes, wanted: str) -> bytes:
    return next(content for name, content in _parts(book) if name == wanted)


def _sheets(book: bytes) -> list[bytes]:
    return [content for name, content in _parts(book) if name.startswith("xl/worksheets/sheet")]


def test_the_change_from_the_base_year_adds_up_to_what_is_reported() -> None:
    base, current = EXAMPLES / "duke-university-fy2016", EXAMPLES / "duke-university-fy2021"
    comparison = read_comparison(base, current, EXAMPLES / "duke-base-year" / "events.toml")
    report = inventory_report(comparison.current, comparison)
    found = table(report, "Change")
    for at, series in enumerate(series for series in SERIES if series[0] is not Scope.OUTSIDE):
        cells_of = [row.cells[at + 1] for row in found.rows]
        shown = sum(
            parse_number(cell.number.lstrip("-")).value * (-1 if cell.number[:1] == "-" else 1)
            for cell in cells_of[:-1]
            if cell.number
        )
        bridge = comparison.bridge(series)
        assert bridge.reported == comparison.current.total(*series)
        assert abs(shown - bridge.reported / MG_PER_TONNE) <= Fraction(len(cells_of), 2000)
    section = next(one for one in report.sections if one.id == "base-year")
    assert sum(isinstance(block, Chart) for block in section.blocks) == 4
    assert "Events since the base year" in html(report).decode()


def test_quality_is_unknown_where_nothing_is_scored_and_ranged_where_it_is(
    tmp_path: Path, group: Inventory
) -> None:
    assert {row.cells[4].text for row in table(inventory_report(group), "Data quality").rows} == {"unknown"}
    scored = inventory_report(read_package(write_package(tmp_path / "p", [{"quality": "1-2-1-3-1"}])))
    (row,) = table(scored, "Data quality").rows
    assert [cell.text for cell in row.cells[4:]] == ["1.00", "2.00", "1.00", "3.00", "1.00"]
    assert len(table(scored, "Uncertainty").rows) == 1


def test_events_need_a_base_year() -> None:
    events = str(EXAMPLES / "duke-base-year" / "events.toml")
    result = CliRunner().invoke(main, ["inventory", "report", "p", "--html", "x", "--events", events])
    assert result.exit_code == 2
