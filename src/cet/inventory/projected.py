"""Projected lifetime emissions of projects financed: which lines hold them, and in which year they may stand.

A company that sponsors or lends to a project first reports the project's projected lifetime scope 1 and 2 emissions once, in
the year in which it finances it, and *separately from scope 3*; what the project emits in a year is scope 3, category 15
(Scope 3 Standard, table 5.9 and box 5.10; Technical Guidance, formula 15.4). Lifetimes elsewhere stay where they are: use of
products sold in the year is category 11, for all of their lives, and waste decays in categories 5 and 12 of the year it arises.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cet.factors.model import Frozen, Id, Words
from cet.inventory.parameters import unpacked
from cet.inventory.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.inventory.rows import ShapeText
    from cet.inventory.streams import Stream

PROJECTED = "projected-lifetime"
"""The method of such lines, and the `part` of the keys of their streams: no lot has it."""

_INVESTMENTS = ("3", "15")


class Project(Frozen):
    """`[[project]]`: a project that is financed, and when that began."""

    id: Annotated[Id, Field(description="what lines name it by, in the column project", examples=["dam"])]
    name: Annotated[Words, Field(description="what it is", examples=["A hydropower station"])]
    began: Annotated[
        dt.date,
        Field(
            description="the day on which it was first financed; its projected lifetime emissions stand in that year's inventory",
            examples=[dt.date(2023, 3, 1)],
        ),
    ]


def is_projected(text: ShapeText) -> bool:
    """Whether lines of that shape hold what an investment will emit over its life: by method, or by a lifetime in category 15."""
    if (text.scope, text.category) != _INVESTMENTS:
        return False
    return text.method == PROJECTED or any(one.name == "lifetime" for one, _ in unpacked(text.parameters))


def check_projected(
    text: ShapeText,
    projects: Mapping[str, Project] | None,
    period: tuple[dt.date, dt.date] | None,
    problems: list[Problem],
) -> None:
    """That the project is declared, and projected emissions stand in the year it began. None: not known, so not checked."""
    projected = is_projected(text)
    if projected and text.received:
        problem = "projected lifetime emissions by an allocation"
        problems.append(
            Problem(
                "received",
                text.received[:80],
                problem,
                "leave it empty: nothing is minted of what is projected",
            )
        )
    if not text.project:
        return
    if (text.scope, text.category) != _INVESTMENTS:
        problem = "a project outside scope 3, category 15"
        problems.append(
            Problem("project", text.project[:80], problem, "leave it empty: projects are investments")
        )
    if projects is None:
        return
    if text.project not in projects:
        known = ", ".join(sorted(projects)[:10])
        remedy = f"one of {known}" if known else "describe it by a [[project]] in inventory.toml"
        problems.append(Problem("project", text.project[:80], "no such project", remedy))
    elif projected and period is not None and not period[0] <= projects[text.project].began <= period[1]:
        problem = f"projected lifetime emissions of a project that began on {projects[text.project].began}"
        remedy = (
            f"they stand once, in the inventory of that day (Scope 3 Standard, table 5.9); this one is of {period[0]} to "
            f"{period[1]} and has what the project emitted in it"
        )
        problems.append(Problem("project", text.project[:80], problem, remedy))


def repeated(projects: Iterable[Project]) -> list[str]:
    """Ids declared more than once."""
    ids = [one.id for one in projects]
    return sorted({one for one in ids if ids.count(one) > 1})


def set_apart(streams: Iterable[Stream]) -> tuple[Stream, ...]:
    """The same streams under keys that no series reported and no lot has."""
    return tuple(replace(stream, key=replace(stream.key, part=PROJECTED)) for stream in streams)
