"""Factors, imports, choices and changes for machines: every number is text, exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.errors import GasError
from cet.gases import GwpSet
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.factors import Factor
    from cet.factors.changes import Change, Entry
    from cet.factors.importing import Import
    from cet.factors.matching import Choice, Rejected
    from cet.factors.wanted import Wanted


def factor_json(factor: Factor) -> dict[str, Any]:
    """A factor with its trail, its words, its masses in mg and its CO2e by GWP set, in its own unit of mass."""
    totals: dict[str, str | None] = {}
    for gwp in GwpSet:
        try:
            totals[gwp.name] = exact_text(factor.co2e(gwp))
        except GasError:
            totals[gwp.name] = None
    return {
        **factor.trail(),
        "activity": factor.activity or "",
        "gases_mg": {gas.name: exact_text(mg) for gas, mg in factor.components},
        "unsplit_co2e_mg": None if factor.co2e_mg is None else exact_text(factor.co2e_mg),
        "co2e": totals,
    }


def import_json(found: Import, file: str, against: str, changed: Iterable[Change]) -> dict[str, Any]:
    """What was imported and how it was checked."""
    return {
        "pack": found.pack.model_dump(),
        "file": file,
        "factors": len(found.factors),
        "known_edition": found.known,
        "sums": [
            {"table": one.table, "column": one.column, "cells": one.cells, "total": exact_text(one.total)}
            for one in found.sums
        ],
        "left_out": [{"reason": one.reason, "rows": one.rows} for one in found.left_out],
        "notices": list(found.notices),
        "compared_with": against,
        "changes": changes_json(changed),
    }


def choice_json(wanted: Wanted, choice: Choice, companion: Choice | None) -> dict[str, Any]:
    """A choice and the reasons for it."""
    return {
        "wanted": wanted.text,
        "choice": factor_json(choice.factor),
        "remarks": list(choice.remarks),
        "with_it": factor_json(companion.factor) if companion else None,
        "lost": rejected_json(choice.lost),
    }


def rejected_json(rejected: Iterable[Rejected]) -> list[dict[str, str]]:
    """Factors that were not chosen, by which rule and why."""
    return [{"factor": one.factor.id, "rule": one.rule, "why": one.why} for one in rejected]


def changes_json(changed: Iterable[Change]) -> list[dict[str, str]]:
    """Changes, field by field."""
    return [{name: getattr(one, name) for name in type(one).__slots__} for one in changed]


def trail_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """A trail's entries."""
    return [
        {
            "date": one.date.isoformat(),
            "reason": one.reason,
            "hash": one.hash,
            **changes_json([one.change])[0],
        }
        for one in entries
    ]
