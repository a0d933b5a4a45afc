"""Factor packs from TOML text: every problem of a pack at once, nothing half-read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cet.errors import Finding, PackageError
from cet.factors.model import Factor, Pack

if TYPE_CHECKING:
    from collections.abc import Mapping

ID_REMEDY = "use 1 to 100 letters, digits and . _ - / : + and begin with a letter or digit"
WORDS_REMEDY = "begin it with a letter or digit, and write it on one line"

_REMEDIES = {
    "missing": "add it: a factor without full provenance is refused",
    "extra_forbidden": "remove it, or correct its name; see docs/factors.md",
    "string_type": "write it as text in quotes",
    "string_too_short": "add it: a factor without full provenance is refused",
    "string_pattern_mismatch": WORDS_REMEDY,
    "literal_error": "write one of these",
    "id": ID_REMEDY,
    "year": "write the year the factor is for, a whole number from 1990 to 2100 without quotes",
    "geography": 'write "world", the ISO 3166 code of a country, "US", or a region of one, "US-SRVC"',
}
_WORDS = {
    "missing": "missing",
    "extra_forbidden": "unknown field",
    "string_type": "not text",
    "string_too_short": "empty",
    "string_pattern_mismatch": "not written as it must be",
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
    return examine_pack_data(data, file)


def examine_pack_data(
    data: Mapping[str, Any], file: str
) -> tuple[Pack | None, tuple[Factor, ...], list[Finding]]:
    """`examine_pack` of a pack's content, however it was written."""
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


def findings_from(
    error: ValidationError, file: str, place: str, remedies: Mapping[str, str] = MappingProxyType(_REMEDIES)
) -> list[Finding]:
    """A model's validation errors as findings; `place` is where the model stands in the file.

    `remedies` says what would be right by the field's name, else by the kind of error.
    """
    findings = []
    for problem in error.errors(include_url=False):
        where = ".".join([place, *(str(part) for part in problem["loc"])])
        given = problem["input"]
        value = (
            str(given)[:80] if isinstance(given, str | int | Decimal) and problem["type"] != "missing" else ""
        )
        what, _, remedy = problem["msg"].removeprefix("Value error, ").partition("; ")
        field, kind = str(problem["loc"][-1]) if problem["loc"] else "", problem["type"]
        fallback = remedies.get(kind if kind in ("missing", "extra_forbidden") else field)
        fallback = fallback or remedies.get(kind, "correct the value")
        if kind != "value_error":
            what = _WORDS.get(kind) or what[:1].lower() + what[1:]
        findings.append(Finding(file, 0, where, value, what, remedy or fallback))
    return findings
