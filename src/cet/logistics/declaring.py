"""Declarations: what a carrier or an LSP tells each customer, and the public (section 11), ready to be signed.

Each carries its figures, its statement, the GWP set and boundary, the additionality statements and cross-mode credits of the
LETS in it, and the retired emitter profiles of the book. Claims record activity and intensity; a saving stands only beside the
baseline it is measured against.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak

from cet.logistics.split import Part, Split, primary, secondary
from cet.logistics.terms import ACTIVITY_UNITS, SHOWN_UNITS, LogisticsError, Mode, amount, per_shown
from cet.quantities import exact_text, half_even_text

if TYPE_CHECKING:
    from cet.logistics.book_file import BookFile
    from cet.logistics.register import Lets

EXTERNAL = ("average", "contact", "alternative")
_G = 1000
TYPE = "LogisticsDeclaration(string issuer,string audience,uint16 year,string mode,bytes32 document)"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration. Activity in `unit`, intensity in g CO2e per it; `document` is what is hashed and signed."""

    issuer: str
    audience: str
    form: str
    year: int
    mode: Mode
    document: dict[str, Any]

    @property
    def canonical(self) -> bytes:
        """JSON, UTF-8, keys sorted, no white space: the bytes that are signed."""
        return json.dumps(self.document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def typed_data(self, chain_id: int) -> dict[str, Any]:
        """EIP-712 typed data for the issuer to sign."""
        name, fields = TYPE.rstrip(")").split("(")
        kinds = [
            {"name": field, "type": kind} for kind, field in (one.split(" ") for one in fields.split(","))
        ]
        domain = [("name", "string"), ("version", "string"), ("chainId", "uint256")]
        return {
            "types": {"EIP712Domain": [{"name": n, "type": k} for n, k in domain], name: kinds},
            "primaryType": name,
            "domain": {"name": "LogisticsDeclaration", "version": "1", "chainId": chain_id},
            "message": {
                "issuer": self.issuer,
                "audience": self.audience,
                "year": self.year,
                "mode": self.mode.text,
                "document": "0x" + keccak(self.canonical).hex(),
            },
        }


def split_of(file: BookFile, issuer: str, mode: Mode, year: int) -> tuple[Split, str]:
    """The issuer's mode and year, split by what its customers claimed, and the base unit of its activity.

    LETS that other carriers claimed are not the issuer's to disclose: that activity is shown at the non-LETS intensity. Raises LogisticsError.
    """
    emitted = next(
        (one for one in file.emitted if (one.by, one.mode, one.year) == (issuer, mode, year)), None
    )
    if emitted is None:
        raise LogisticsError(f"no emissions of {issuer} by {mode.text} in {year}", "add an [[emitted]] entry")
    carried, base = _carried(file, issuer, mode, year)
    own = [lets for lets in file.book.lets.values() if _is_own(lets, issuer, mode, year, base)]
    booked = [Part(one.id, file.book.disclosable(one.id), one.wtw) for one in own]
    claimed: dict[str, list[Part]] = {}
    for user, lets, activity in uses_of(file, {one.id for one in own}):
        if user not in carried:
            continue  # it displaces what another carried for it; here it stands among what is held
        claimed.setdefault(user, []).append(Part(lets, activity, file.book.lets[lets].wtw))
    if emitted.rest_kg_per_unit is not None:
        per, _ = amount("1", emitted.unit, ACTIVITY_UNITS)
        return secondary(emitted.rest_kg_per_unit * 10**6 / per, carried, booked, claimed), base
    if emitted.total_kg is None:
        raise LogisticsError(
            f"no figure of {issuer} by {mode.text} in {year}", "give total_kg or rest_kg_per_unit"
        )
    whole = [Part(one.id, one.activity, one.wtw) for one in own]
    measured = primary(emitted.total_kg * 10**6, carried, whole, claimed)
    if booked == whole:
        return measured, base
    if sum(part.activity for part in whole) == measured.activity:
        raise LogisticsError(
            "all activity is LETS, and other carriers claimed some of it",
            "give rest_kg_per_unit: what that activity emits without LETS is not in the total",
        )
    return secondary(measured.rest_intensity, carried, booked, claimed), base


def declarations(file: BookFile, issuer: str, mode: Mode, year: int) -> tuple[Declaration, ...]:
    """One declaration per customer, then the three forms for external stakeholders. Raises LogisticsError."""
    split, base = split_of(file, issuer, mode, year)
    found = []
    for share in split.shares:
        figures = _figures(share.activity, share.mg, base)
        parts = [_part(file, one, base) for one in share.lets]
        baseline = split.rest_intensity * share.activity
        saving = {
            "baseline": f"the issuer's non-LETS intensity, {_intensity(split.rest_intensity, base)}",
            "saving": f"{half_even_text((baseline - share.mg) / 10**6, 3)} kg CO2e",
            "kg": exact_text((baseline - share.mg) / 10**6),
        }
        body = {**figures, "non_lets_intensity": _intensity(split.rest_intensity, base), "lets": parts}
        found.append(
            _made(
                file, issuer, share.customer, "b2b", year, mode, {**body, "saving": saving if parts else None}
            )
        )
    everything = [part for share in split.shares for part in share.lets] + list(split.held)
    body = {
        **_figures(split.activity, split.total_mg, base),
        "lets": [_part(file, one, base) for one in everything],
    }
    rest = _intensity(split.rest_intensity, base)
    found += [_made(file, issuer, "external stakeholders", form, year, mode, body, rest) for form in EXTERNAL]
    return tuple(found)


def _carried(file: BookFile, issuer: str, mode: Mode, year: int) -> tuple[dict[str, int], str]:
    """What was transported for each customer, and the base unit of it."""
    carried: dict[str, int] = {}
    base = ""
    for one in file.carried:
        if (one.by, one.mode, one.year) == (issuer, mode, year):
            activity, found = one.activity.whole()
            if base and found != base:
                raise LogisticsError(f"activity in {base} and in {found}", "count a mode in one unit")
            base = found
            carried[one.customer] = carried.get(one.customer, 0) + activity
    if not base:
        raise LogisticsError(
            f"nothing carried by {issuer} by {mode.text} in {year}",
            "add [[carried]] entries, one per customer",
        )
    return carried, base


def _is_own(lets: Lets, issuer: str, mode: Mode, year: int, base: str) -> bool:
    return (lets.booker, lets.mode, lets.year, lets.unit) == (issuer, mode, year, base)


def uses_of(file: BookFile, lets: set[str]) -> list[tuple[str, str, int]]:
    """Who claimed how much of which LETS, (who, LETS, activity): shippers' claims and LSPs' rebookings."""
    uses = [(one.by, one.lets, one.activity) for one in file.book.claims.values() if one.lets in lets]
    again = [one for one in file.book.lets.values() if one.parent in lets and one.role.text == "lsp"]
    return uses + [(one.booker, one.parent, one.activity) for one in again]


def _made(
    file: BookFile,
    issuer: str,
    audience: str,
    form: str,
    year: int,
    mode: Mode,
    body: dict[str, Any],
    rest: str = "",
) -> Declaration:
    words = _words()[form]
    document = {
        "title": words["title"],
        "issuer": file.book.organisations[issuer].name,
        "audience": audience,
        "year": year,
        "mode": mode.text,
        "boundary": "well-to-wheel, over the whole life cycle of the energy",
        "gwp": file.header.gwp.name,
        **body,
        "retired_emitter_profiles": [
            {"claim": one.claimed.id, "solution": one.claimed.solution, "quantity": str(one.retired),
             "unit": file.book.solutions[one.claimed.solution].booked.unit,
             "on": (one.retired_on or dt.date.min).isoformat(), "reason": one.reason}
            for one in file.book.retired_emitters()
        ],
        "statement": words["statement"].format(intensity=rest),
    }  # fmt: skip
    return Declaration(issuer, audience, form, year, mode, document)


def _figures(activity: int, mg: Fraction, base: str) -> dict[str, str]:
    shown, per = SHOWN_UNITS[base], per_shown(base)
    intensity = mg / activity if activity else Fraction(0)
    return {
        "activity": exact_text(activity / per),
        "unit": shown,
        "emissions": f"{half_even_text(mg / 10**6, 3)} kg CO2e",
        "emissions_kg": exact_text(mg / 10**6),
        "intensity": _intensity(intensity, base),
        "intensity_g_exact": exact_text(intensity * per / _G),
    }


def _intensity(per_base: Fraction, base: str) -> str:
    return f"{half_even_text(per_base * per_shown(base) / _G, 3)} g CO2e per {SHOWN_UNITS[base]}"


def _part(file: BookFile, part: Part, base: str) -> dict[str, Any]:
    lets = file.book.lets[part.lets]
    stated = lets.additionality
    return {
        "lets": part.lets,
        "basis": lets.basis.text,
        "from": list(file.book.lineage(part.lets))[1:],
        **_figures(part.activity, part.mg, base),
        "additionality": "not stated: directly generated, may reflect what law requires"
        if stated is None
        else f"considered: {'; '.join(stated.regulations)}; not additional: {exact_text(stated.share_not_additional * 100)} %",
        "cross_mode_credits": [
            f"{exact_text(one.share * 100)} % earns credits of {one.scheme} towards {one.mode.text}"
            for one in lets.credits
        ],
    }


@cache
def _words() -> dict[str, dict[str, str]]:
    text = resources.files("cet").joinpath("data/declarations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
