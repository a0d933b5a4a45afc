"""`events.toml`: what happened between the base year and now, and what of it recalculates the base year.

Structural changes, changes of method and discovered errors do; organic growth and decline, openings and closures, and
factors that mirror real changes do not (Corporate Standard, chapter 5; FAQ 17 to 19).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationError, model_validator

from cet.errors import Finding, PackageError
from cet.factors.model import Frozen, Id, Words
from cet.factors.reading import findings_from
from cet.inventory.boundary.entities import Share
from cet.inventory.folder import read_toml_text
from cet.inventory.settings_reading import parse_toml
from cet.inventory.written_numbers import written_number
from cet.quantities import MG_PER_TONNE
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from pathlib import Path


class Trigger(Enum):
    """What an event is to the base year."""

    STRUCTURE = "structure"
    METHOD = "method"
    ERROR = "error"
    NONE = "no recalculation"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: what it triggers, and why."""

    trigger: Trigger
    why: str


_OWNED = "ownership or control of sources that existed in the base year changed hands"
_BOUGHT_IN = "an activity that emits moved between the company and others"

KINDS: dict[str, Kind] = {
    "acquisition": Kind(Trigger.STRUCTURE, _OWNED),
    "merger": Kind(Trigger.STRUCTURE, _OWNED),
    "divestment": Kind(Trigger.STRUCTURE, _OWNED),
    "insourcing": Kind(Trigger.STRUCTURE, _BOUGHT_IN),
    "outsourcing": Kind(Trigger.STRUCTURE, _BOUGHT_IN),
    "lease": Kind(Trigger.STRUCTURE, "control of an asset changed with its lease"),
    "method": Kind(
        Trigger.METHOD, "a method, factor or activity data became more accurate for the same sources"
    ),
    "error": Kind(Trigger.ERROR, "a figure was wrong"),
    "organic-growth": Kind(Trigger.NONE, "more production is a real change in emissions to the atmosphere"),
    "organic-decline": Kind(Trigger.NONE, "less production is a real change in emissions to the atmosphere"),
    "opening": Kind(Trigger.NONE, "what did not exist in the base year has nothing to be recalculated"),
    "closure": Kind(Trigger.NONE, "what was shut down emits no more, here or elsewhere"),
    "factor-update": Kind(
        Trigger.NONE, "the factor mirrors a real change: another fuel, technology or grid mix"
    ),
}


def _place(value: object) -> tuple[Scope, int]:
    scope_text, _, name = (value if isinstance(value, str) else "").partition(".")
    scope = SCOPE_TEXT.get(scope_text)
    if scope is None or name not in CATEGORY_NAMES[scope]:
        raise ValueError('no scope and category; write "1.mobile", "2.electricity" or "3.4"')
    return scope, CATEGORY_NAMES[scope][name]


def _tonnes(value: object) -> Fraction:
    remedy = 'write t CO2e as text, "120.5", or "-120.5" to take away'
    return written_number(value, remedy).value * MG_PER_TONNE


class Figure(Frozen):
    """`[[event.figure]]`: t CO2e of the base year added to a category, taken away where negative; `mg` exact."""

    place: Annotated[tuple[Scope, int], BeforeValidator(_place)]
    method: Literal["location-based", "market-based"] | None = None
    mg: Annotated[Fraction, BeforeValidator(_tonnes)]

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, data: Any) -> Any:
        if isinstance(data, dict) and "t" in data:
            return {("mg" if name == "t" else name): value for name, value in data.items()}
        return data

    @model_validator(mode="after")
    def _scope_2_says_which(self) -> Figure:
        if (self.place[0] is Scope.SCOPE_2) != (self.method is not None):
            raise ValueError(
                "method is needed in scope 2 and nowhere else; write location-based or market-based"
            )
        return self

    @property
    def series(self) -> tuple[Scope, int, Method]:
        """Scope, category and method."""
        words = {None: Method.PHYSICAL, "location-based": Method.LOCATION_BASED}
        return *self.place, words.get(self.method, Method.MARKET_BASED)


class Event(Frozen):
    """`[[event]]`. What it does to the base year, where it recalculates it:

    - `figure`: adds these figures;
    - `package`: adds the lines of that package of the base year, at `share`; of `method` and `error` in the place of the base
      year's lines of the same ids;
    - `to`: moves the selected lines to that scope and category, at `share`;
    - nothing of these: a facility the current inventory knows is placed as it places it, and what a divestment or
      outsourcing selects otherwise is taken out, at `share`.

    `facility` and `lines` select. `prorate`: in the current year the facility counts as if the event had been on the first
    day. `deferred`: the base year is recalculated next year, for want of data.
    """

    id: Id
    kind: Literal[
        "acquisition",
        "merger",
        "divestment",
        "insourcing",
        "outsourcing",
        "lease",
        "method",
        "error",
        "organic-growth",
        "organic-decline",
        "opening",
        "closure",
        "factor-update",
    ]
    date: dt.date
    text: Words
    facility: Id | None = None
    lines: Annotated[
        tuple[Id, ...], BeforeValidator(lambda one: tuple(one) if isinstance(one, list) else one)
    ] = ()
    share: Share = Fraction(1)
    to: Annotated[tuple[Scope, int], BeforeValidator(_place)] | None = None
    package: Words | None = None
    figure: Annotated[
        tuple[Figure, ...], BeforeValidator(lambda one: tuple(one) if isinstance(one, list) else one)
    ] = ()
    prorate: bool = False
    deferred: bool = False

    @model_validator(mode="after")
    def _one_effect(self) -> Event:
        effects = [name for name in ("figure", "package", "to") if getattr(self, name)]
        selected = bool(self.facility or self.lines)
        if self.trigger is Trigger.NONE and (effects or self.prorate or self.deferred):
            raise ValueError(
                f"{self.kind} recalculates nothing ({KINDS[self.kind].why}); remove {', '.join(effects) or 'it'}"
            )
        if len(effects) > 1:
            raise ValueError(f"{' and '.join(effects)} in one event; make an event of each")
        if self.trigger is not Trigger.NONE and not effects and not selected and not self.deferred:
            raise ValueError("nothing it changes; give facility, lines, figure, package or to")
        if self.to and not selected:
            raise ValueError("nothing to move; give the facility or the lines")
        if self.trigger in (Trigger.METHOD, Trigger.ERROR) and not effects and not self.deferred:
            raise ValueError("no corrected data; give a package with the lines restated, or figures")
        if self.prorate and (self.facility is None or self.trigger is not Trigger.STRUCTURE):
            raise ValueError("prorate is of a facility that came or went; give facility, or remove prorate")
        return self

    @property
    def trigger(self) -> Trigger:
        """What it is to the base year."""
        return KINDS[self.kind].trigger


def read_events(path: Path) -> tuple[Event, ...]:
    """The events by date and id. Raises PackageError with everything wrong with the file."""
    text, findings = read_toml_text(path)
    data, problems = parse_toml(text) if not findings else (None, [])
    findings += problems
    read: list[Event] = []
    entries: Any = (data or {}).get("event", [])
    if data is not None and (set(data) - {"event"} or not isinstance(entries, list)):
        findings.append(
            Finding(
                path.name, 0, "", "", "more than events", "write [[event]] with two brackets, nothing else"
            )
        )
        entries = []
    for number, entry in enumerate(entries, start=1):
        try:
            read.append(Event.model_validate(entry))
        except ValidationError as error:
            findings += findings_from(error, path.name, f"event {number}")
    counted = Counter(event.id for event in read)
    findings += [
        Finding(path.name, 0, "event.id", name, "event id used twice", "give every event its own id")
        for name, times in sorted(counted.items())
        if times > 1
    ]
    if findings:
        raise PackageError([_placed(one, path.name) for one in findings])
    return tuple(sorted(read, key=lambda event: (event.date, event.id)))


def _placed(finding: Finding, file: str) -> Finding:
    return Finding(
        file, *[getattr(finding, name) for name in ("row", "column", "value", "problem", "remedy")]
    )
