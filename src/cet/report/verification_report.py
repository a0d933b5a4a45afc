"""A verified deployment, for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.report.tables import BAD, GOOD, add, facts, figures, table, two_lines, unbroken, words
from cet.report.words import plural

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from cet.ledger import Deployment
    from cet.ledger.verification import ContractReport, Difference, Verification

_SHOWN = 16
"""Bytes of a difference that a table shows; --json has them all."""


def verification_blocks(report: Verification, deployment: Deployment) -> list[RenderableType]:
    """All of `cet ledger verify`."""
    blocks: list[RenderableType] = [_verdict(report, deployment), _contracts_table(report)]
    if any(each.differences for each in report.contracts.values()):
        blocks.append(_differences_table(report))
    blocks.append(_holders_table(report))
    blocks += [Text(f"DIFFERS  {difference}", BAD) for difference in report.access.differences]
    blocks += [Text(f"announced  {operation}") for operation in report.access.scheduled]
    return blocks


def verification_json(report: Verification, deployment: Deployment) -> dict[str, Any]:
    """`cet ledger verify --json`."""
    return {
        "holds": report.holds,
        "chain": deployment.chain_id,
        "block": report.block,
        "contracts": {
            name: {
                "address": each.address,
                "bytes": each.length,
                "holds": each.holds,
                "links": dict(each.links),
                "differences": [_difference_json(difference) for difference in each.differences],
            }
            for name, each in report.contracts.items()
        },
        "roles": [
            {
                "role": holder.role_name,
                "account": holder.account,
                "delay_seconds": holder.delay,
                "since": holder.since,
            }
            for holder in report.access.holders
        ],
        "access_differences": list(report.access.differences),
        "announced": list(report.access.scheduled),
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "at": difference.start,
        "length": difference.length,
        "part": difference.part,
        "expected": "0x" + difference.expected.hex(),
        "actual": "0x" + difference.actual.hex(),
    }


def _verdict(report: Verification, deployment: Deployment) -> Table:
    compared = sum(each.length for each in report.contracts.values())
    wrong = [name for name, each in report.contracts.items() if not each.holds]
    code = (
        f"other code at {', '.join(wrong)}"
        if wrong
        else f"the same, all {compared:,} bytes with their metadata"
    )
    access = report.access.differences
    said = f"{plural(len(access), 'difference')}" if access else "as deployed, and nobody else has one"
    return facts(
        [
            ("deployment", f"chain {deployment.chain_id}, block {deployment.block}, seen at {report.block}"),
            ("verdict", Text("verified", GOOD) if report.holds else Text("NOT THE SOURCES' DEPLOYMENT", BAD)),
            ("code", code),
            ("roles", said),
        ]
    )


def _contracts_table(report: Verification) -> Table:
    columns = (words("contract"), unbroken("address"), figures("bytes"), words("code"))
    rows = table("Contracts", columns, "Under each contract the ones its own code names.")
    for name, each in report.contracts.items():
        add(rows, two_lines(name, _links(each)), each.address, f"{each.length:,}", _state(each))
    return rows


def _links(each: ContractReport) -> str:
    return ", ".join(sorted({contract for _, contract in each.links}))


def _state(each: ContractReport) -> Text:
    return Text("same", GOOD) if each.holds else Text(f"{len(each.differences)} DIFFER", BAD)


def _differences_table(report: Verification) -> Table:
    columns = (
        words("contract"),
        words("part"),
        figures("at byte"),
        figures("bytes"),
        words("sources say"),
        words("chain has"),
    )
    rows = table("What differs", columns, "Hexadecimal; long runs are cut here, --json has them whole.")
    for name, each in report.contracts.items():
        for one in each.differences:
            add(rows, name, one.part, str(one.start), str(one.length), _cut(one.expected), _cut(one.actual))
    return rows


def _cut(code: bytes) -> str:
    return code[:_SHOWN].hex() + ("…" if len(code) > _SHOWN else "") if code else "nothing"


def _holders_table(report: Verification) -> Table:
    rows = table("Roles", (words("role"), words("account"), figures("delay, s")))
    for holder in report.access.holders:
        add(rows, holder.role_name, holder.account, f"{holder.delay:,}")
    return rows
