"""Where a booking or a claim comes from and what became of it: solution, profile claim, LETS, rebooking, claim, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics.terms import Bundling, LogisticsError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from cet.logistics.book import Book


@dataclass(frozen=True, slots=True)
class Node:
    """A record of the book. Amount and `left` in the base unit; `wtw` in mg CO2e per unit, None where the record has none.

    `left` is what may still be claimed of it, of an end (a claim, a retirement) None. `side` is of a solution's profile.
    """

    id: str
    kind: str
    who: str
    on: dt.date
    modes: tuple[str, ...]
    unit: str
    amount: int
    left: int | None
    wtw: Fraction | None
    side: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What went from one record into the next, in the unit of the next; `beside` for the emitter profile next to a claim."""

    source: str
    target: str
    amount: int
    unit: str
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """The record asked for, all it came from and all that came of it; nodes after those they came from."""

    asked: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    @property
    def column(self) -> dict[str, int]:
        """How many steps each record is from the furthest of its origins."""
        found: dict[str, int] = {}
        for node in self.nodes:
            before = [found[link.source] for link in self.links if link.target == node.id]
            found[node.id] = max(before, default=-1) + 1
        return found

    def below(self, node: str) -> tuple[Link, ...]:
        """What came of a record directly, in order."""
        return tuple(link for link in self.links if link.source == node)

    @property
    def roots(self) -> tuple[Node, ...]:
        """Records that came from nothing in the book."""
        made = {link.target for link in self.links}
        return tuple(node for node in self.nodes if node.id not in made)


def lineage(book: Book, asked: str) -> Lineage:
    """Up to the origins and down to the ends of a record. Raises LogisticsError when the book has no such record."""
    nodes = {node.id: node for node in _nodes(book)}
    links = tuple(link for link in _links(book) if link.source in nodes)
    if asked not in nodes:
        raise LogisticsError(f"no {asked!r} in the book", f"one of {', '.join(nodes) or 'none: it is empty'}")
    kept = _reach(asked, links, up=True) | _reach(asked, links, up=False)
    return Lineage(
        asked,
        tuple(node for node in nodes.values() if node.id in kept),
        tuple(link for link in links if link.source in kept and link.target in kept),
    )


def _reach(start: str, links: Iterable[Link], *, up: bool) -> set[str]:
    steps = [(link.target, link.source) if up else (link.source, link.target) for link in links]
    found, edge = {start}, {start}
    while edge:
        edge = {to for here, to in steps if here in edge} - found
        found |= edge
    return found


def _nodes(book: Book) -> Iterator[Node]:
    """In an order in which nothing comes before what it came from."""
    for solution in book.solutions.values():
        booked = solution.booked
        proof = booked.certification
        notes = [f"{proof.scheme} {proof.proof}, {proof.feedstock}"]
        if booked.elsewhere:
            notes.append(f"booked as {booked.elsewhere[1]} in {booked.elsewhere[0]}")
        yield Node(
            booked.id, "solution", booked.by, booked.on, tuple(mode.text for mode in sorted(booked.modes)), booked.unit,
            booked.quantity, solution.bookable - solution.supply, Fraction(booked.masses.wtw_mg, booked.quantity),
            "bundled" if booked.bundled else "unbundled", tuple(notes),
        )  # fmt: skip
    for given in book.provisions.values():
        yield Node(
            given.id, "provision", given.by, given.on, (given.mode.text,), given.unit, given.quantity, None, None,
            "", (f"delivered to {given.to}",),
        )  # fmt: skip
    for profile in sorted(book.profiles.values(), key=lambda one: bool(one.claimed.paired)):
        made = profile.claimed
        unit, amount = (
            (made.unit, made.activity)
            if made.activity
            else (book.solutions[made.solution].booked.unit, made.quantity)
        )
        final = made.side is Bundling.EMITTER or made.role.text == "shipper"
        yield Node(
            made.id, "profile claim", made.by, made.on, (made.mode.text,), unit, amount,
            None if final else made.activity - profile.derived, None, made.side.text, (made.toc,) if made.toc else (),
        )  # fmt: skip
        if profile.retired_on:
            base = book.solutions[made.solution].booked
            yield Node(
                f"{made.id}: retired", "retired", base.by, profile.retired_on, (), base.unit, profile.retired, None, None,
                "emitter", (profile.reason,),
            )  # fmt: skip
    for lets in book.lets.values():
        kind = "rebooking" if lets.parent in book.lets else "LETS"
        disclosed = tuple(f"{one.scheme} towards {one.mode.text}" for one in lets.credits)
        yield Node(
            lets.id, kind, lets.booker, lets.on, (lets.mode.text,), lets.unit, lets.activity, lets.available, lets.wtw,
            lets.basis.text, ((lets.toc, *disclosed) if lets.toc else disclosed),
        )  # fmt: skip
    for claim in book.claims.values():
        yield Node(
            claim.id, "claim", claim.by, claim.on, (claim.mode.text,), claim.unit, claim.activity, None, claim.wtw,
            claim.basis.text, (f"in the inventory of {claim.year}",),
        )  # fmt: skip


def _links(book: Book) -> Iterator[Link]:
    for profile in book.profiles.values():
        made = profile.claimed
        unit = book.solutions[made.solution].booked.unit
        if made.paired:
            yield Link(made.paired, made.id, made.quantity, unit, beside=True)
        else:
            yield Link(made.solution, made.id, made.quantity, unit)
        if profile.retired_on:
            yield Link(made.id, f"{made.id}: retired", profile.retired, unit, beside=True)
    for lets in book.lets.values():
        if lets.parent:
            yield Link(lets.parent, lets.id, lets.activity, lets.unit)
    for claim in book.claims.values():
        yield Link(claim.lets, claim.id, claim.activity, claim.unit)
