"""Factor packs from TOML text: every problem of a pack at once, nothing half-read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from cet.errors import Finding, PackageError
from cet.factors.model import Factor, Pack

_REMEDIES = {
    "missing": "add it: a factor without full provenance is refused",
    "extra_forbidden": "remove it, or correct its name; see docs/factors.md",
    "int_type": "write a whole number without quotes",
    "string_type": "write it as text in quotes",
    "string_pattern_mismatch": "see docs/factors.md for what may stand here",
    "literal_error": "see docs/factors.md for the choices",
}


@dataclass(frozen=True, slots=True)
class FactorPack:
    """A pack and its factors, in the order of the file."""

    pack: Pack
    factors: tuple[Factor, ...]


def read_pack(text: str, file: str) -> FactorPack:
    """The pack written in `text`; `file` names it in findings. Raises PackageError with every problem found."""
    pack, factors, findings = examine_pack(text, file)
    if findings or pack is None:
        raise PackageError(findings)
    return FactorPack(pack, factors)


def examine_pack(text: str, file: str) -> tuple[Pack | None, tuple[Factor, ...], list[Finding]]:
    """What of a pack can be read, and everything wrong with it."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, (), [Finding(file, 0, "", "", f"not TOML: {error}", "correct the file's syntax")]
    findings = [
        Finding(file, 0, name, "", "unknown part", "a pack has [pack] and [[factor]] only")
        for name in sorted(set(data) - {"pack", "factor"})
    ]
    pack = None
    try:
        pack = Pack.model_validate(data.get("pack", {}))
    except ValidationError as error:
        findings += findings_from(error, file, "pack")
    entries = data.get("factor", [])
    if not isinstance(entries, list) or not entries or pack is None:
        if pack is not None:
            findings.append(Finding(file, 0, "factor", "", "no factors", "add at least one [[factor]]"))
        return pack, (), findings
    factors: dict[str, Factor] = {}
    for number, entry in enumerate(entries, start=1):
        _examine_factor(pack, entry, f"factor {number}", file, factors, findings)
    return pack, tuple(factors.values()), findings


def _examine_factor(
    pack: Pack, entry: Any, place: str, file: str, factors: dict[str, Factor], findings: list[Finding]
) -> None:
    if not isinstance(entry, dict) or "pack" in entry:
        findings.append(
            Finding(file, 0, place, "", "not a factor", "write [[factor]] with the fields of docs/factors.md")
        )
        return
    try:
        factor = Factor.model_validate({**entry, "pack": pack})
    except ValidationError as error:
        known = entry.get("id")
        findings += findings_from(error, file, f"{place} ({known})" if isinstance(known, str) else place)
        return
    if factor.id in factors:
        findings.append(
            Finding(file, 0, place, factor.id, "factor id used twice", "give every factor its own id")
        )
    factors.setdefault(factor.id, factor)


def findings_from(error: ValidationError, file: str, place: str) -> list[Finding]:
    """A model's validation errors as findings; `place` is where the model stands in the file."""
    findings = []
    for problem in error.errors(include_url=False):
        where = ".".join([place, *(str(part) for part in problem["loc"])])
        given = problem["input"]
        value = (
            str(given)[:80] if isinstance(given, str | int | Decimal) and problem["type"] != "missing" else ""
        )
        what, _, remedy = problem["msg"].removeprefix("Value error, ").partition("; ")
        fallback = _REMEDIES.get(problem["type"], "correct the value")
        if problem["type"] != "value_error":
            what = "missing" if problem["type"] == "missing" else what[:1].lower() + what[1:]
        findings.append(Finding(file, 0, where, value, what, remedy or fallback))
    return findings
