"""What a reader must know about a figure though nothing is wrong with it: fallbacks, proxies, mismatches, rereadings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.factors import Factor, FactorKind
from cet.gases import Family
from cet.inventory.boundary.notices import boundary_notices
from cet.inventory.method_notices import of_method, wrong_kind
from cet.inventory.quality.proposals import quality_notices
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.boundary.consolidation import Consolidated
    from cet.inventory.settings import Settings
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally, Tally


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A kind, a sentence, how many lines it is about, and the first of their ids."""

    kind: str
    text: str
    lines: int
    first_line: str

    def __str__(self) -> str:
        about = (
            f" ({self.lines} line{'' if self.lines == 1 else 's'}, first {self.first_line})"
            if self.first_line
            else ""
        )
        return f"{self.text}{about}"


class _Joined:
    """Notices of one kind and sentence: which factors it is about, and how many lines."""

    def __init__(self) -> None:
        self.subjects: set[str] = set()
        self.lines = 0
        self.first = ""

    def add(self, subjects: Iterable[str], lines: int, first: str) -> None:
        self.subjects.update(subjects)
        self.lines += lines
        self.first = min(self.first, first) if self.first else first


def gather(
    settings: Settings, shapes: Iterable[tuple[Shape, ShapeTally]], tally: Tally, consolidated: Consolidated
) -> list[Notice]:
    """Every notice of an inventory, those of one kind joined, in a fixed order."""
    shapes = list(shapes)
    scored = any(shape.text.quality for shape, _ in shapes)
    joined: dict[tuple[str, str], _Joined] = {}
    used: set[tuple[Scope, int]] = set()
    for shape, shape_tally in shapes:
        scope = SCOPE_TEXT[shape.text.scope]
        if not shape.projected:
            used.add((scope, CATEGORY_NAMES[scope][shape.text.category]))
        about: dict[tuple[str, str], set[str]] = {}
        for kind, text, subject in _of_shape(shape, settings, scored=scored):
            about.setdefault((kind, text), set()).update([subject] if subject else [])
        for what, subjects in about.items():
            joined.setdefault(what, _Joined()).add(subjects, shape_tally.lines, shape_tally.first_id)
    if tally.artefacts:
        text = "numbers with a spreadsheet's binary noise were read at 15 significant digits"
        joined.setdefault(("float-artefact", text), _Joined()).add((), tally.artefacts, tally.first_artefact)
    notices = [
        Notice(
            kind, f"{text}: {', '.join(sorted(one.subjects))}" if one.subjects else text, one.lines, one.first
        )
        for (kind, text), one in joined.items()
    ]
    if consolidated.moves:
        used = {(key.scope, key.category) for key in consolidated.sums}
    told = [Notice(*one) for one in boundary_notices(settings, consolidated)]
    return sorted([*notices, *told, *_unexplained(settings, used)])


def _of_shape(shape: Shape, settings: Settings, *, scored: bool) -> Iterable[tuple[str, str, str]]:
    """Kind, sentence and the factor it is about, if it is about one."""
    text = shape.text
    scope = SCOPE_TEXT[text.scope]
    location = shape.factors[0]
    if scope is Scope.SCOPE_2 and not text.market_factor:
        yield from _of_fallback(shape)
    if text.data == "proxy":
        yield "proxy-data", "proxy activity data, not primary data", ""
    facility = next(one for one in settings.facilities if one.id == text.facility)
    if scored:
        yield from quality_notices(shape, facility, settings.header.period)
    for factor in shape.factors:
        for kind, sentence in _of_factor(factor, settings, facility.country):
            yield kind, sentence, factor.id
        if sentence := wrong_kind(factor, scope, text.category):
            yield "factor-kind", sentence, factor.id
    yield from of_method(shape)
    if scope is Scope.SCOPE_2 and location.kind in (FactorKind.RESIDUAL_MIX, FactorKind.SUPPLIER):
        yield "factor-kind", "market-based factors used for the location-based method", location.id
    yield from _of_outside_gases(shape, scope)


def _of_fallback(shape: Shape) -> Iterable[tuple[str, str, str]]:
    told = [one.told for one in shape.inputs if one.kind == "grid"] if shape.inputs else [""]
    for statement in told:
        text = "no residual mix was available, the location-based factor stands for it"
        yield "no-residual-mix", text, statement if statement not in ("", text) else ""


def _of_outside_gases(shape: Shape, scope: Scope) -> Iterable[tuple[str, str, str]]:
    location, last = shape.factors[0], shape.factors[-1]
    if scope is not Scope.OUTSIDE:
        families = {gas.family for gas, _ in location.components}
        if Family.NON_KYOTO in families:
            yield (
                "outside-gas",
                "gases that are none of the UNFCCC's are reported outside the scopes",
                location.id,
            )
        if Family.BIOGENIC_CO2 in families:
            yield "outside-gas", "biogenic CO2 is reported outside the scopes", location.id
    if scope is Scope.SCOPE_2 and last is not location and _has_outside_gases(last):
        sentence = "gases outside the scopes count once, by the location-based factor; those of other factors are left out"
        yield "outside-gas", sentence, last.id


def _has_outside_gases(factor: Factor) -> bool:
    return any(gas.family in (Family.BIOGENIC_CO2, Family.NON_KYOTO) for gas, _ in factor.components)


def _of_factor(factor: Factor, settings: Settings, country: str) -> Iterable[tuple[str, str]]:
    header = settings.header
    if factor.co2e_mg is not None:
        yield "co2e-only", "published as CO2e, in the total as published and in no gas column"
        if factor.published_under is None:
            yield "gwp-set", "CO2e published without its GWP set"
        elif factor.published_under is not header.gwp:
            yield (
                "gwp-set",
                f"CO2e published under {factor.published_under.name}, the inventory uses {header.gwp.name}",
            )
    if factor.kind is FactorKind.MEASURED:
        return
    years = header.period.years
    if factor.year not in years:
        apart = min(abs(factor.year - year) for year in years)
        yield "factor-year", f"for {factor.year}, {apart} year{'' if apart == 1 else 's'} from the period"
    if factor.geography == "world":
        yield "factor-geography", f"world averages used in {country}"
    elif factor.geography.partition("-")[0] != country:
        yield "factor-geography", f"for {factor.geography}, used in {country}"


def _unexplained(settings: Settings, used: set[tuple[Scope, int]]) -> Iterable[Notice]:
    """Scope 3 categories with neither lines nor a reason (Trace: every empty category carries its statement)."""
    excluded = {exclusion.category for exclusion in settings.exclusions}
    empty = [
        f"3.{name}"
        for name, number in CATEGORY_NAMES[Scope.SCOPE_3].items()
        if (Scope.SCOPE_3, number) not in used and f"3.{name}" not in excluded
    ]
    if empty and "3" not in excluded:
        yield Notice(
            "unexplained-empty", f"neither lines nor a reason for their absence: {', '.join(empty)}", 0, ""
        )
