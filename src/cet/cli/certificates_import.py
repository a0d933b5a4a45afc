"""`cet certificates import`: a registry's export read by a mapping, held against what is there, and written as certificates.csv."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cet.cli.failures import WHERE
from cet.cli.options import json_option
from cet.cli.screen import print_json, print_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.certificates import Certificate
    from cet.certificates.doubles import IssuedRange
    from cet.certificates.export_reading import Imported

TABLE = "certificates.csv"


def _said(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    from cet.certificates import Certificate

    found = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator or name not in Certificate.model_fields:
            known = ", ".join(Certificate.model_fields)
            raise click.BadParameter(f"{one!r}: write FIELD=VALUE, with one of {known}")
        found[name] = value
    return found


@click.command("import", short_help="Read a registry's export; doubles are refused.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mapping", required=True, metavar="NAME|FILE", help="A shipped mapping, or a TOML file.")
@click.option(
    "--package", type=click.Path(path_type=Path, exists=True), help="The package they are for, a folder."
)
@click.option(
    "--set",
    "said",
    multiple=True,
    callback=_said,
    metavar="FIELD=VALUE",
    help="What the export does not say.",
)
@click.option("--rpc", envvar="CET_RPC", metavar="URL", help="Look for their serials on this ledger too.")
@click.option(
    "--deployment", type=click.Path(path_type=Path), envvar="CET_DEPLOYMENT", help="The ledger's deployment."
)
@click.option("--dry-run", is_flag=True, help="Check and tell; write nothing.")
@json_option
def import_command(
    file: Path,
    mapping: str,
    package: Path | None,
    said: dict[str, str],
    rpc: str | None,
    deployment: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read certificates from FILE, as their registry exports them, into the package's certificates.csv.

    A mapping says which column is what: ofgem-rego, m-rets and go-statement are shipped, others are TOML files like them
    (docs/energy-certificates.md). Rows that are not cancelled are left out, and told. Serials that stand twice in the file,
    in the package, or on the ledger refuse the whole import, with their rows: nothing is written. Without --package the
    table is printed.

    \b
    Examples:
      cet certificates import regos.csv --mapping ofgem-rego --package my-package
                              --set beneficiary=works --set used_from=2023-01-01 --set used_to=2023-12-31
      cet certificates import statement.csv --mapping my-registry.toml --dry-run

    Exit code 1: something can't be read, or is there already.
    """
    from cet.certificates.doubles import doubles
    from cet.certificates.export_mapping import read_mapping
    from cet.certificates.export_reading import read_export
    from cet.errors import PackageError
    from cet.texts import read_text

    click.get_current_context().meta[WHERE] = file.name
    text, unreadable = read_text(file)
    if unreadable:
        raise PackageError(unreadable)
    found = read_export(text, read_mapping(mapping), file.name, said)
    kept = _certificates_of(package) if package else ()
    issued = _on_ledger(rpc, deployment)
    findings = [*found.findings, *doubles(found.certificates, kept, issued, file.name)]
    # Reading the ledger said that it is where errors come from.
    click.get_current_context().meta[WHERE] = file.name
    if findings:
        raise PackageError(sorted(findings))
    written = None if dry_run or package is None else package / TABLE
    if written is not None:
        _write(written, found)
    if as_json:
        print_json(_json(found, written))
        return
    if package is None and not dry_run:
        print_text(_csv([*map(_row, _only(found))]).rstrip("\n"))
    for number, why in found.left_out:
        click.echo(f"row {number} left out: {why}", err=True)
    click.echo(_summary(found, written), err=True)


def _only(found: Imported) -> list[Certificate]:
    return [one for _, one in found.certificates]


def _certificates_of(package: Path) -> tuple[Certificate, ...]:
    from cet.errors import ExplainedError
    from cet.inventory import load

    kept = load(package).settings.certificates
    if not package.is_dir() or (kept and not (package / TABLE).exists()):
        raise ExplainedError(
            f"{package} keeps its certificates elsewhere than in {TABLE}",
            "import without --package, and write the table's rows there",
        )
    return kept


def _on_ledger(rpc: str | None, deployment: Path | None) -> Iterable[IssuedRange]:
    """What is issued on the ledger, if one is named: half a name would leave doubles unseen."""
    if rpc is None and deployment is None:
        return
    if rpc is None or deployment is None:
        raise click.UsageError("--rpc and --deployment belong together: give both, or neither")
    from cet.certificates.doubles import IssuedRange
    from cet.cli.opening import read_ledger
    from cet.ledger import key_text
    from cet.ledger.statements import text_of32

    for one in read_ledger(rpc, deployment).view.state.certificate_batches.values():
        batch = one.batch
        yield IssuedRange(
            text_of32(batch.system),
            batch.serial_prefix,
            batch.first_serial,
            batch.last_serial,
            f"batch {key_text(batch.id)}, of which {one.cancelled} Wh are cancelled",
        )


def _row(one: Certificate) -> dict[str, str]:
    from cet.quantities import exact_text

    found: dict[str, str] = {}
    for name, value in one:
        if name == "quantity":
            found[name] = exact_text(value)
        elif isinstance(value, tuple):
            found[name] = "; ".join(value)
        elif value is not None and (name, value) != ("priority", 9999):
            found[name] = str(value)
    return {name: text for name, text in found.items() if text}


def _csv(rows: list[dict[str, str]]) -> str:
    from cet.certificates import Certificate

    columns = [name for name in Certificate.model_fields if any(name in row for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write(table: Path, found: Imported) -> None:
    """The rows that are there, as they are, and the new ones; whole or not at all."""
    rows: list[dict[str, str]] = []
    if table.exists():
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = [{name: text for name, text in row.items() if text} for row in csv.DictReader(file)]
    temporary = table.with_suffix(".csv.new")
    temporary.write_text(_csv([*rows, *map(_row, _only(found))]), encoding="utf-8")
    temporary.replace(table)


def _summary(found: Imported, written: Path | None) -> str:
    from cet.quantities import exact_text

    total = exact_text(sum((one.watt_hours for one in _only(found)), Fraction(0)) / 10**6)
    told = f"{len(found.certificates)} entries of {total} MWh, {len(found.left_out)} rows left out"
    return f"{told}; written to {written}" if written else told


def _json(found: Imported, written: Path | None) -> dict[str, Any]:
    return {
        "written": None if written is None else str(written),
        "certificates": [{"row": row, **_row(one)} for row, one in found.certificates],
        "left_out": [{"row": row, "why": why} for row, why in found.left_out],
    }
