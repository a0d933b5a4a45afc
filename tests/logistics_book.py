"""A small world of a book: one organisation of each role, their evidence, and events made with defaults."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from cet.logistics import events as e
from cet.logistics.book import Book
from cet.logistics.terms import Bundling, Mode, Role

DAY = dt.date(2023, 3, 1)
NOTHING = e.Additionality(("none applies to this fuel here",))
CERTIFIED = e.Certification("ISCC", "PoS-1", "used cooking oil")


def organisation(who: str, *roles: Role, network: tuple[str, ...] = ()) -> e.Enrolled:
    return e.Enrolled(who, who.title(), frozenset(roles), frozenset(network))


def world() -> list[e.Event]:
    """Two providers, carriers a, b and x (in nobody's network), LSP, shipper; 1,000 of own activity each by road in 2023."""
    found: list[e.Event] = [
        organisation("provider", Role.SOLUTION_PROVIDER),
        organisation("rival", Role.SOLUTION_PROVIDER),
        organisation("a", Role.CARRIER),
        organisation("b", Role.CARRIER),
        organisation("x", Role.CARRIER),
        organisation("lsp", Role.LSP, network=("a", "b")),
        organisation("lsp2", Role.LSP, network=("x",)),
        organisation("shipper", Role.SHIPPER, network=("a", "b", "lsp")),
    ]
    for who in ("a", "b", "x", "lsp", "lsp2", "shipper"):
        found += [e.ActivityShown(who, mode, "g-km", 2023, 1000) for mode in (Mode.ROAD, Mode.SEA)]
    return found


def book() -> Book:
    return Book(world())


def solution(new: str = "fuel", **changes: Any) -> e.SolutionBooked:
    values: dict[str, Any] = {
        "by": "provider",
        "on": DAY,
        "produced": DAY,
        "bundled": True,
        "modes": frozenset({Mode.ROAD}),
        "quantity": 100,
        "unit": "g",
        "energy_wh": 1000,
        "masses": e.Masses(400, 100, 50),
        "certification": CERTIFIED,
        "delivery": f"delivery of {new}",
        "additionality": NOTHING,
    }
    return e.SolutionBooked(new, **{**values, **changes})


def provided(new: str = "tank", to: str = "a", **changes: Any) -> e.SolutionProvided:
    values: dict[str, Any] = {
        "by": "provider",
        "on": DAY,
        "mode": Mode.ROAD,
        "quantity": 100,
        "unit": "g",
        "delivery": f"delivery of {new}",
    }
    return e.SolutionProvided(new, to=to, **{**values, **changes})


def profile_claim(new: str, by: str, role: Role, **changes: Any) -> e.SolutionClaimed:
    values: dict[str, Any] = {
        "on": DAY,
        "solution": "fuel",
        "side": Bundling.BUNDLED,
        "quantity": 100,
        "mode": Mode.ROAD,
        "year": 2023,
        "activity": 500,
        "consumption": Fraction(1, 5),
    }
    return e.SolutionClaimed(new, by, role, **{**values, **changes})


def lets(new: str = "lets", by: str = "a", **changes: Any) -> e.LetsBooked:
    values: dict[str, Any] = {
        "on": DAY,
        "generated": DAY,
        "mode": Mode.ROAD,
        "year": 2023,
        "activity": 600,
        "unit": "g-km",
        "masses": e.Masses(48, 12),
        "evidence": f"evidence of {new}",
    }
    return e.LetsBooked(new, by, **{**values, **changes})


def derived(
    new: str, by: str, role: Role, claim: str, activity: int = 500, on: dt.date = DAY
) -> e.LetsDerived:
    return e.LetsDerived(new, by, role, on, claim, activity)


def rebooked(new: str, by: str, role: Role, of: str, activity: int = 100, **changes: Any) -> e.LetsRebooked:
    values: dict[str, Any] = {"on": DAY, "mode": Mode.ROAD, "year": 2023}
    return e.LetsRebooked(new, by, role, lets=of, activity=activity, **{**values, **changes})


def claimed(new: str, of: str, activity: int = 100, by: str = "shipper", **changes: Any) -> e.LetsClaimed:
    values: dict[str, Any] = {"on": DAY, "mode": Mode.ROAD, "year": 2023}
    return e.LetsClaimed(new, by, lets=of, activity=activity, **{**values, **changes})


def full_book() -> Book:
    """Everything a book can hold: a LETS rebooked and claimed, an unbundled solution with a carrier beside, a bundled one."""
    later = DAY + dt.timedelta(days=30)
    side = {"bundled": False, "additionality": e.Additionality(("a mandate",), Fraction(1, 10))}
    return Book(
        [
            *world(),
            lets(additionality=e.Additionality(("none",))),
            solution("parts", **side),
            solution("whole", delivery="another"),
            rebooked("again", "lsp", Role.LSP, "lets"),
            claimed("mine", "lets", 50),
            profile_claim("supply", "shipper", Role.SHIPPER, solution="parts", side=Bundling.SUPPLY_CHAIN, quantity=60, activity=200, consumption=Fraction(3, 10)),
            profile_claim("bundle", "lsp", Role.LSP, solution="whole", quantity=80, activity=400),
            derived("made", "lsp", Role.LSP, "bundle", 300),
            profile_claim("beside", "b", Role.CARRIER, solution="parts", side=Bundling.EMITTER, quantity=20, activity=0, consumption=Fraction(0), paired="supply", on=later),
            profile_claim("alone", "b", Role.CARRIER, solution="parts", side=Bundling.EMITTER, quantity=10, activity=0, consumption=Fraction(0), on=later),
            e.EmitterRetired("provider", later, "supply", "nobody wants the rest"),
        ]
    )  # fmt: skip
