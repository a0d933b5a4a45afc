"""A registry's export becomes certificates by its mapping, each once: neither the file, the package nor a ledger has it before."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.certificates.doubles import IssuedRange, doubles
from cet.certificates.export_mapping import ExportMapping, read_mapping, shipped
from cet.certificates.export_reading import read_export
from cet.cli import main
from cet.errors import ExplainedError
from energy import certificate
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

    from cet.certificates.export_reading import Imported

SAID = {"beneficiary": "works", "used_from": "2023-01-01", "used_to": "2023-12-31"}
HEAD = (
    "Accreditation No.,Generating Station / Agent Group,Station TIC,Scheme,Country,Technology Group,Generation Type,"
    "Output Period,No. Of Certificates,Start Certificate No.,End Certificate No.,MWh Per Certificate,Issue Date,"
    "Certificate Status,Status Date,Current Holder Organisation Name,Company Registration Number"
)


def rego(first: int, count: int, **changed: str) -> str:
    """A row of Ofgem's report: wind of March 2023, redeemed."""
    told = {
        "scheme": "REGO",
        "technology": "On-shore Wind",
        "period": "Mar-2023",
        "told": str(count),
        "status": "Redeemed",
        "each": "1",
        "tail": "010323310323GEN",
        **changed,
    }
    serials = [f"G01234NXEN{number:010}{told['tail']}" for number in (first, first + count - 1)]
    return (
        f"G01234NXEN,Hill wind farm,50000,{told['scheme']},England,{told['technology']},N/A,{told['period']},"
        f"{told['told']},{','.join(serials)},{told['each']},20/05/2023,{told['status']},15/07/2023,Supply Ltd,1"
    )


def read(*rows: str, said: dict[str, str] | None = None) -> Imported:
    """Read as Ofgem's, with a title above the header."""
    text = "\n".join(["Certificates Report,,", "", HEAD, *rows]) + "\n"
    return read_export(text, read_mapping("ofgem-rego"), "regos.csv", SAID if said is None else said)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_mapping_says_where_it_comes_from(name: str) -> None:
    mapping = read_mapping(name)
    assert mapping.name == name
    assert mapping.source
    if not mapping.confirmed:
        assert "example" in mapping.source.lower()


def test_a_row_becomes_a_certificate() -> None:
    found = read(rego(1, 120))
    ((row, one),) = found.certificates
    assert (row, found.left_out, found.findings) == (4, (), ())
    assert (one.watt_hours, one.technology, one.system) == (120 * 10**6, "wind", "Ofgem")
    assert (one.produced_from, one.produced_to) == (dt.date(2023, 3, 1), dt.date(2023, 3, 31))
    assert (one.cancelled, one.used_to) == (dt.date(2023, 7, 15), dt.date(2023, 12, 31))
    assert one.serial_first == "G01234NXEN-010323310323GEN-0000000001"
    assert one.serial_last == "G01234NXEN-010323310323GEN-0000000120"


def test_days_months_and_years_are_periods() -> None:
    rows = [rego(1, 1), rego(2, 1, period="01/04/2022 - 30/04/2022"), rego(3, 1, period="2022 - 2023")]
    spans = [(one.produced_from, one.produced_to) for _, one in read(*rows).certificates]
    assert spans == [
        (dt.date(2023, 3, 1), dt.date(2023, 3, 31)),
        (dt.date(2022, 4, 1), dt.date(2022, 4, 30)),
        (dt.date(2022, 1, 1), dt.date(2023, 12, 31)),
    ]


def test_what_is_not_cancelled_or_of_another_scheme_is_left_out_and_told() -> None:
    found = read(rego(1, 1, status="Issued"), rego(2, 1, scheme="RO"), rego(3, 1))
    assert [row for row, _ in found.certificates] == [6]
    assert found.left_out == (
        (4, "Certificate Status is Issued, not Redeemed"),
        (5, "Scheme is RO, not REGO"),
    )


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (rego(1, 2, told="3"), "No. Of Certificates", "the serials are 2 certificates"),
        (rego(1, 2, told="two"), "No. Of Certificates", "no number"),
        (rego(1, 2, technology="Wave"), "Technology Group", "a word the mapping does not know"),
        (rego(1, 2, technology="Fuelled"), "", "biomass without a factor"),
        (rego(1, 2, period="spring"), "Output Period", "no date of the mapping's formats"),
        (rego(1, 2, tail="/x"), "Start Certificate No.", "no serial of this registry"),
        (rego(1, 2, each="0"), "", "not whole watt-hours, or none"),
    ],
)
def test_what_cannot_be_read_is_a_finding_with_its_row(row: str, column: str, problem: str) -> None:
    """And keeps the others from nothing: all are found at once."""
    found = read(row, rego(9, 1))
    (finding,) = found.findings
    assert (finding.row, finding.column, finding.problem) == (4, column, problem)
    assert len(found.certificates) == 1


def test_what_the_export_does_not_say_is_asked_for() -> None:
    told = {one.column: one.remedy for one in read(rego(1, 1), said={}).findings}
    assert told.keys() == {"beneficiary", "used_from", "used_to"}
    assert told["used_to"] == "give it with --set used_to=…, or in the mapping"


def test_a_file_of_another_registry_is_refused_by_its_columns() -> None:
    found = read_export("a,b\n1,2\n", read_mapping("ofgem-rego"), "x.csv")
    (finding,) = found.findings
    assert "Start Certificate No." in finding.problem
    assert found.certificates == ()


def test_kilowatt_hours_semicolons_and_ranges_in_one_cell() -> None:
    mapping = ExportMapping.model_validate(
        {
            "name": "own",
            "title": "t",
            "source": "s",
            "confirmed": False,
            "delimiter": ";",
            "unit": "kWh",
            "date_formats": ["%d.%m.%Y"],
            "serial_separator": " to ",
            "columns": {"serials": "Serials", "quantity": "kWh", "produced": "Period", "cancelled": "On"},
            "fixed": {
                "instrument": "REC", "system": "S", "carrier": "electricity", "technology": "wind",
                "device": "d", "country": "US", "purpose": "p",
            },
        }
    )  # fmt: skip
    text = "Serials;kWh;Period;On\nA-7 to A-9;2500.5;01.02.2023 - 28.02.2023;01.03.2023\n"
    found = read_export(text, mapping, "own.csv", SAID)
    assert found.findings == ()
    ((_, one),) = found.certificates
    assert (one.serial_first, one.serial_last, one.watt_hours) == ("A-7", "A-9", Fraction(2_500_500))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"columns": {"serial": "x"}}, "no field serial"),
        ({"cancelled": ["x"]}, "belong together"),
        ({"serial_pattern": "[0-9]+"}, "no group named number"),
        ({"unit": "kg"}, "no unit of energy"),
    ],
)
def test_a_wrong_mapping_is_refused(changed: dict[str, object], told: str, tmp_path: Path) -> None:
    whole = {"name": "x", "title": "t", "source": "s", "confirmed": False, "columns": {}, **changed}
    lines = [f"{name} = {json.dumps(value)}" for name, value in whole.items() if not isinstance(value, dict)]
    tables = [
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(text)}" for key, text in value.items())])
        for name, value in whole.items()
        if isinstance(value, dict)
    ]
    file = tmp_path / "m.toml"
    file.write_text("\n".join([*lines, *tables]))
    with pytest.raises(ExplainedError) as error:
        read_mapping(str(file))
    assert told.replace("no group", "without a group") in str(error.value)
    with pytest.raises(ExplainedError, match="no mapping"):
        read_mapping(str(tmp_path / "none.toml"))


# Once


def test_serials_twice_in_the_file_name_both_rows() -> None:
    found = read(rego(1, 10), rego(10, 5))
    told = [str(one) for one in doubles(found.certificates, (), (), "regos.csv")]
    assert [one.partition(",")[0] for one in told] == ["regos.csv row 4", "regos.csv row 5"]
    assert "also in row 5" in told[0]
    assert "also in row 4" in told[1]


def test_serials_of_the_package_are_refused() -> None:
    found = read(rego(1, 10), rego(11, 5))
    serials = {
        "serial_first": "G01234NXEN-010323310323GEN-15",
        "serial_last": "G01234NXEN-010323310323GEN-20",
    }
    kept = [certificate("old", system="Ofgem", **serials), certificate("other", system="EECS", **serials)]
    (told,) = doubles(found.certificates, kept, (), "regos.csv")
    assert (told.row, told.problem) == (5, "serials that are also in certificate old of the package")


@pytest.mark.parametrize(
    ("issued", "rows"),
    [
        (IssuedRange("Ofgem", "G01234NXEN-010323310323GEN", 10, 11, "batch 1"), [4, 5]),
        (IssuedRange("Ofgem", "G01234NXEN-010323310323GEN-", 1, 1, "batch 1"), [4]),
        (IssuedRange("Ofgem", "G01234NXEN-010323310323GEN", 16, 99, "batch 1"), []),
        (IssuedRange("EECS", "G01234NXEN-010323310323GEN", 1, 99, "batch 1"), []),
        (IssuedRange("Ofgem", "G01234NXEN", 1, 99, "batch 1"), []),
    ],
)
def test_serials_on_a_ledger_are_refused(issued: IssuedRange, rows: list[int]) -> None:
    found = read(rego(1, 10), rego(11, 5))
    told = list(doubles(found.certificates, (), [issued], "regos.csv"))
    assert [one.row for one in told] == rows
    assert all("stand on the ledger: batch 1" in one.problem for one in told)


def test_the_command_imports_once(tmp_path: Path) -> None:
    """The second time every row is named, and the table stays as it was."""
    package = write_package(tmp_path / "package")
    export = tmp_path / "regos.csv"
    export.write_text("\n".join([HEAD, rego(1, 10), rego(11, 5), rego(16, 1, status="Issued")]) + "\n")
    said = [part for name, value in SAID.items() for part in ("--set", f"{name}={value}")]
    command = [
        "certificates",
        "import",
        str(export),
        "--mapping",
        "ofgem-rego",
        "--package",
        str(package),
        *said,
    ]
    planned = CliRunner().invoke(main, [*command, "--dry-run", "--json"])
    assert (planned.exit_code, json.loads(planned.stdout)["written"]) == (0, None)
    assert not (package / "certificates.csv").exists()
    done = CliRunner().invoke(main, [*command, "--json"])
    assert done.exit_code == 0, done.output
    assert [one["row"] for one in json.loads(done.stdout)["certificates"]] == [2, 3]
    assert json.loads(done.stdout)["left_out"] == [
        {"row": 4, "why": "Certificate Status is Issued, not Redeemed"}
    ]
    table = (package / "certificates.csv").read_text()
    again = CliRunner().invoke(main, [*command, "--json"])
    assert again.exit_code == 1
    problems = [one["problem"] for one in json.loads(again.stdout)["error"]["findings"]]
    assert sum("also in certificate" in one for one in problems) == 2
    assert (package / "certificates.csv").read_text() == table
    export.write_text("\n".join([HEAD, rego(16, 4)]) + "\n")
    more = CliRunner().invoke(main, [*command, "--json"])
    assert more.exit_code == 0, more.output
    assert (package / "certificates.csv").read_text().startswith(table.rstrip("\n"))
    half = CliRunner().invoke(main, [*command, "--rpc", "http://127.0.0.1:1"])
    assert half.exit_code == 2
    assert "belong together" in half.output
