"""`cet inventory new`, `evidence` and `schema`: a package begun, its evidence hashed, its formats described."""

from __future__ import annotations

from pathlib import Path

import click

from cet.cli.options import json_option, package_argument
from cet.cli.screen import print_json, print_text

_SALT_BYTES = 32


@click.command(short_help="Write a package to fill in, as a folder or a workbook.")
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
@click.option(
    "--workbook", is_flag=True, help="One .xlsx workbook instead of a folder.  [default: by PATH's ending]"
)
@click.option("--example", is_flag=True, help="Filled in with a small example that computes.")
def new(path: Path, *, workbook: bool, example: bool) -> None:
    """Write a package at PATH to fill in: every part, field and column explained, nothing overwritten.

    Its salt is drawn from the operating system's randomness; keep it secret. What is left to fill in is what
    `cet inventory check` then lists.

    \b
    Examples:
      cet inventory new my-company-2025
      cet inventory new my-company-2025.xlsx
      cet inventory new trial --example && cet inventory compute trial
    """
    import secrets

    from cet.inventory.template import new_package

    new_package(
        path, secrets.token_bytes(_SALT_BYTES), workbook=workbook or path.suffix == ".xlsx", example=example
    )
    if example:
        print_text(f"{path} is written, an example to change; now: cet inventory compute {path}")
    else:
        print_text(f"{path} is written; fill it in, then: cet inventory check {path}")


@click.command(short_help="Hash a package's evidence files, and write the hashes down.")
@package_argument
@click.option("--write", is_flag=True, help="Bring inventory.toml in step, all else in it left as it is.")
@json_option
def evidence(package: Path, *, write: bool, as_json: bool) -> None:
    """Hash the files in the package's folder `evidence`, and those it declares, by SHA-256.

    Prints the [[evidence]] entries for inventory.toml; for a workbook, the rows to paste into its sheet evidence. What
    the package says of a file already is kept. Without --write nothing is changed; a workbook is never.

    \b
    Examples:
      cet inventory evidence my-package
      cet inventory evidence my-package --write
      cet inventory evidence my-package.xlsx
    """
    from cet.inventory.evidence_listing import as_rows, as_toml, list_evidence, write_hashes

    if write and package.is_file():
        raise click.UsageError("--write is for folders; paste the rows into the workbook's sheet evidence")
    replaced, added = write_hashes(package) if write else (0, 0)
    entries = list_evidence(package)
    if as_json:
        print_json({"package": str(package), "evidence": entries, "replaced": replaced, "added": added})
    elif write:
        print_text(f"{len(entries)} evidence files: {replaced} hashes replaced, {added} entries added")
    elif entries:
        print_text(as_rows(entries) if package.is_file() else as_toml(entries))
    else:
        print_text("no evidence files; put them into the folder evidence beside the inventory")


@click.command(short_help="Print the JSON Schema of a part of a package.")
@click.argument("name", type=click.Choice(["inventory", "factors", "activity"]))
def schema(name: str) -> None:
    """Print the JSON Schema of inventory.toml, of factors.toml, or of a row of the activities.

    \b
    Examples:
      cet inventory schema inventory
      cet inventory schema activity > activity.schema.json
    """
    from cet.inventory.schema import schema_text

    print_text(schema_text(name).rstrip("\n"))
