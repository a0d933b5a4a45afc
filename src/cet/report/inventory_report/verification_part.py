"""What the statement commits to, the lots it would mint, the evidence, and how anyone verifies a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.report.inventory_report.blocks import (
    Column,
    Facts,
    Notes,
    Section,
    Table,
    code,
    link,
    mass,
    number,
    rows,
    words,
)
from cet.report.proofs import STEPS
from cet.report.words import basis_words, code_words
from cet.statement import commit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.inventory import Inventory
    from cet.report.inventory_report.blocks import Block


def verification(inventory: Inventory) -> Section:
    """Merkle root, lots, evidence, and the steps of a verifier."""
    lead = (
        "The root below commits to every activity line, as calculated: another quantity, factor or lot in any line is "
        "another root. A statement of this inventory carries it, signed by participant and verifier."
    )
    facts = Facts(
        (
            ("Merkle root of the lines", code("0x" + commit(inventory).root.hex())),
            ("lines", number(inventory.line_count)),
            ("lots to mint", number(len(inventory.lots))),
        )
    )
    steps = (
        "Compute the package again: cet inventory compute PACKAGE. The same package gives the same figures and root everywhere.",
        "Prove a line: cet inventory prove PACKAGE LINE prints its canonical bytes, its leaf, the siblings and the root.",
        *STEPS,
    )
    blocks: list[Block] = [facts, Notes("How to verify a line", steps, steps=True), _lots(inventory)]
    if declared := inventory.package.settings.evidence:
        lines = ((code(one.file), words(one.what), code(one.sha256)) for one in declared)
        columns = (Column("file", width=40), Column("what", width=50), Column("SHA-256", width=70))
        caption = (
            "Hashed whenever the package is read; a line's canonical bytes name its evidence with the hash."
        )
        blocks.append(Table("Evidence", "Evidence", columns, rows(*lines), caption))
    clause = "Corporate Standard, chapter 10; ISO 14064-3"
    return Section("verification", "Verification", clause, lead, tuple(blocks))


def _lots(inventory: Inventory) -> Table:
    lines = (
        (
            code(lot.name),
            words(code_words(lot.code)),
            code(lot.key.facility),
            words(basis_words(lot.code, lot.basis)),
            mass(lot.gross),
            number(lot.lines),
        )
        for lot in inventory.lots
    )
    columns = (
        Column("lot", width=14),
        Column("what", width=48),
        Column("facility"),
        Column("shared out by", width=24),
        Column("gross, t CO2e", figures=True),
        Column("lines", figures=True, width=10),
    )
    caption = "lot = code:index. Whole, at the facilities that the entity operates; gross is rounded up to the milligram, once per lot."
    return Table("Lots", "Lots to mint", columns, rows(*lines), caption)


def requirements(sections: Sequence[Section]) -> Section:
    """Where each thing that the standards require of a report stands."""
    titles = {section.id: section.title for section in sections}
    lines = (
        (words(asked), words(clause), link(titles[where], where))
        for asked, clause, where in _REQUIRED
        if where in titles
    )
    columns = (Column("required", width=70), Column("by", width=40), Column("where", width=34))
    table = Table("Requirements", "Required information", columns, rows(*lines))
    clause = "Corporate Standard, chapter 9; Scope 3 Standard, chapter 11"
    return Section("requirements", "What the standards require, and where it is", clause, "", (table,))


_CS, _S2, _S3 = "Corporate Standard, ch. 9", "Scope 2 Guidance, ch. 7", "Scope 3 Standard, ch. 11"
_REQUIRED = (
    ("Organisational boundary and the consolidation approach", _CS, "boundary"),
    ("Operational boundary; the scope 3 activities covered", _CS, "scopes"),
    ("The reporting period", _CS, "summary"),
    ("Total scope 1 and 2 emissions, independent of trades of credits", _CS, "summary"),
    ("Emissions of each scope separately", _CS, "scopes"),
    ("Scope 2 by the location-based and the market-based method", _S2, "scopes"),
    ("Contractual instruments: features, Quality Criteria, residual mix or its absence", _S2, "energy"),
    ("Scope 3 by category, excluding biogenic CO2 and trades", _S3, "scopes"),
    ("Every gas separately, in tonnes and tonnes of CO2e", _CS, "gases"),
    ("Biogenic CO2 separately from the scopes", _CS, "outside"),
    (
        "Projected lifetime emissions of projects financed, separately from scope 3",
        "Scope 3 Standard, table 5.9",
        "projected",
    ),
    ("Base year, recalculation policy and what changed", _CS, "base-year"),
    ("Methods used, with a reference, and the potentials", f"{_CS}; {_S3}", "methods"),
    ("Specific exclusions of sources, facilities or operations", _CS, "completeness"),
    ("Scope 3 categories excluded, each with its justification", _S3, "completeness"),
    ("Types and sources of data, assumptions and allocation", _S3, "assumptions"),
    ("Data quality and uncertainty", _S3, "quality"),
    ("Optional: by entity, facility and country; per unit of output; energy sold", _CS, "places"),
    ("Optional: assurance, and how a figure is verified", _CS, "verification"),
)
