"""Book and claim for people and machines: positions, splits, declarations as tables, JSON and a page."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from cet.logistics.terms import SHOWN_UNITS, per_shown
from cet.quantities import exact_text, half_even_text
from cet.report.tables import add, figures, table, two_lines, unbroken, words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from fractions import Fraction

    from rich.console import RenderableType

    from cet.logistics.book import Book
    from cet.logistics.declaring import Declaration
    from cet.logistics.split import Split


def position_blocks(book: Book, day: dt.date | None) -> list[RenderableType]:
    """What is booked, claimed and available; emitter profiles that wait for a carrier, and those retired."""
    lets = table(
        "Low-emission transport services",
        [
            words("LETS", 3),
            words("booked by", 2),
            words("mode", 2),
            words("basis", 2),
            figures("booked"),
            figures("claimed"),
            figures("available"),
            unbroken("unit"),
        ],
    )
    for one in book.lets.values():
        way = " ← ".join(book.lineage(one.id)[1:])
        amounts = [amount_text(each, one.unit) for each in (one.activity, one.claimed, one.available)]
        name = two_lines(one.id, f"← {way}" if way else "")
        add(lets, name, one.booker, one.mode.text, one.basis.text, *amounts, SHOWN_UNITS[one.unit])
    solutions = table(
        "Solutions, by side",
        [
            words("solution"),
            words("booked"),
            figures("bookable"),
            figures("supply chain claimed"),
            figures("emitter claimed"),
            unbroken("unit"),
        ],
    )
    for found in book.solutions.values():
        kind = "bundled" if found.booked.bundled else "unbundled"
        base = found.booked.unit
        amounts = [amount_text(each, base) for each in (found.bookable, found.supply, found.emitter)]
        add(solutions, found.booked.id, kind, *amounts, SHOWN_UNITS[base])
    provisions = table(
        "Solutions provided to carriers",
        [
            words("provision"),
            words("by"),
            words("to"),
            words("mode"),
            figures("amount"),
            unbroken("unit"),
            words("LETS"),
        ],
    )
    for given in book.provisions.values():
        made = ", ".join(one.id for one in book.lets.values() if one.parent == given.id) or "none yet"
        amount, shown = amount_text(given.quantity, given.unit), SHOWN_UNITS[given.unit]
        add(provisions, given.id, given.by, given.to, given.mode.text, amount, shown, made)
    emitters = table(
        "Emitter profiles no carrier claimed", [unbroken("beside claim"), figures("amount"), words("state")]
    )
    for claim in book.retired_emitters():
        base = book.solutions[claim.claimed.solution].booked.unit
        add(
            emitters,
            claim.claimed.id,
            _both(claim.retired, base),
            f"retired {claim.retired_on}: {claim.reason}",
        )
    for claim, over in book.unclaimed_emitters(day) if day else ():
        state = (
            f"claimable until {claim.until}" if not over else f"to be retired: its year ended {claim.until}"
        )
        base = book.solutions[claim.claimed.solution].booked.unit
        add(emitters, claim.claimed.id, _both(claim.attached, base), state)
    return [one for one in (solutions, provisions, lets, emitters) if one.row_count]


def position_json(book: Book, day: dt.date | None) -> dict[str, Any]:
    """The same for machines: amounts as text in base units."""
    return {
        "solutions": [
            {"id": one.booked.id, "by": one.booked.by, "bundled": one.booked.bundled, "unit": one.booked.unit,
             "bookable": str(one.bookable), "supply_chain": str(one.supply), "emitter": str(one.emitter)}
            for one in book.solutions.values()
        ],
        "provisions": [
            {"id": one.id, "by": one.by, "to": one.to, "on": str(one.on), "mode": one.mode.text, "unit": one.unit,
             "amount": str(one.quantity), "delivery": one.delivery,
             "lets": [lets.id for lets in book.lets.values() if lets.parent == one.id]}
            for one in book.provisions.values()
        ],
        "lets": [
            {"id": one.id, "by": one.booker, "mode": one.mode.text, "basis": one.basis.text, "unit": one.unit,
             "booked": str(one.activity), "claimed": str(one.claimed), "available": str(one.available),
             "disclosable": str(book.disclosable(one.id)), "lineage": list(book.lineage(one.id))}
            for one in book.lets.values()
        ],
        "claims": [
            {"id": one.id, "by": one.by, "year": one.year, "mode": one.mode.text, "unit": one.unit,
             "activity": str(one.activity), "wtw_mg_per_unit": exact_text(one.wtw), "basis": one.basis.text,
             "lineage": list(book.lineage(one.id))}
            for one in book.claims.values()
        ],
        "emitters": [
            *({"claim": one.claimed.id, "retired": str(one.retired), "on": str(one.retired_on), "reason": one.reason}
              for one in book.retired_emitters()),
            *({"claim": one.claimed.id, "unclaimed": str(one.attached), "until": str(one.until), "over": over}
              for one, over in (book.unclaimed_emitters(day) if day else ())),
        ],
    }  # fmt: skip


def split_blocks(split: Split, base: str) -> list[RenderableType]:
    """A total by customer, with the line of what is held, adding up."""
    shown = SHOWN_UNITS[base]
    found = table(
        "Split before it is passed on",
        [
            words(),
            figures(f"activity, {shown}"),
            figures("of it LETS"),
            figures("kg CO2e"),
            figures(f"g per {shown}"),
        ],
        "Customers who did not claim carry the non-LETS intensity. The lines add up to the total exactly.",
    )
    for share in split.shares:
        amounts = (amount_text(share.activity, base), amount_text(share.activity - share.rest, base))
        add(found, share.customer, *amounts, _kg(share.mg), _per(share.intensity, base))
    held = amount_text(sum(part.activity for part in split.held), base)
    less = "LETS held or claimed by others, less what it was passed on with"
    add(found, less, "", held, _kg(split.held_mg), "", end_section=True)
    add(found, "total", amount_text(split.activity, base), "", _kg(split.total_mg), _per(split.average, base))
    add(found, "non-LETS intensity", "", "", "", _per(split.rest_intensity, base))
    return [found]


def split_json(split: Split, base: str) -> dict[str, Any]:
    """The same, exact."""
    return {
        "unit": base,
        "activity": str(split.activity),
        "total_mg": exact_text(split.total_mg),
        "average_mg_per_unit": exact_text(split.average),
        "non_lets_mg_per_unit": exact_text(split.rest_intensity),
        "held_mg": exact_text(split.held_mg),
        "customers": [
            {"customer": one.customer, "activity": str(one.activity), "mg": exact_text(one.mg),
             "mg_per_unit": exact_text(one.intensity),
             "lets": [{"lets": part.lets, "activity": str(part.activity), "mg": exact_text(part.mg)} for part in one.lets]}
            for one in split.shares
        ],
    }  # fmt: skip


def declaration_blocks(made: Sequence[Declaration]) -> list[RenderableType]:
    """The declarations, one a row, and their statements."""
    found = table(
        "Declarations", [words("for", 2), words("form", 1), figures("intensity"), words("statement", 5)]
    )
    for one in made:
        add(found, one.audience, one.form, one.document["intensity"], one.document["statement"])
    return [found]


def declaration_page(made: Sequence[Declaration]) -> str:
    """One HTML page of declarations; it loads nothing and runs no script."""
    folder = resources.files("cet") / "data" / "report"
    template = (folder / "declarations.html.jinja").read_text(encoding="utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
    return page.render(declarations=[one.document for one in made])


def _kg(mg: Fraction) -> str:
    return f"{Decimal(half_even_text(mg / 10**6, 3)):,}"


def _per(intensity: Fraction, base: str) -> str:
    return half_even_text(intensity * per_shown(base) / 1000, 3)


def amount_text(value: int, base: str) -> str:
    """An amount in the unit that people are shown, to three decimals."""
    return f"{Decimal(half_even_text(value / per_shown(base), 3)).normalize():,f}"


def _both(value: int, base: str) -> str:
    return f"{amount_text(value, base)} {SHOWN_UNITS[base]}"
