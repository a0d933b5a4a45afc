"""What the book-and-claim scripts share: amounts, record ids, a book file's bookings."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click
from eth_utils.crypto import keccak

from cet.ledger.bookings import NO_HASH
from cet.ledger.statements import text32
from cet.logistics.book_file import read_book
from cet.logistics.terms import ACTIVITY_UNITS, SHOWN_UNITS, SOLUTION_UNITS, Mode, Role, amount, per_shown
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ID_BITS = 96


class Record(click.ParamType):
    """A record's id: 0x and 24 hexadecimal digits."""

    name = "record"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            number = int(str(value), 16)
        except ValueError:
            number = 0
        if not 0 < number < 2**_ID_BITS:
            self.fail(
                f"{value!r} is no record: give 0x and 24 digits, as these commands print them", param, ctx
            )
        return number


class Amount(click.ParamType):
    """A quantity and its unit, as `"5000000 t-km"`: whole base units and their name."""

    name = "amount"

    def __init__(self, units: tuple[str, ...]) -> None:
        self._units = units

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        if isinstance(value, tuple):
            return value
        quantity, _, unit = str(value).partition(" ")
        if not unit:
            self.fail(f'{value!r}: give quantity and unit, as "5000000 t-km"', param, ctx)
        return amount(quantity, unit, self._units)


ACTIVITY, QUANTITY = Amount(ACTIVITY_UNITS), Amount(SOLUTION_UNITS)
MODE = click.Choice([mode.text for mode in Mode])
ROLE = click.Choice([role.text for role in Role])


def use_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a claim or a rebooking of a LETS says."""
    options = (
        click.option("--activity", type=ACTIVITY, required=True, help='As "5000000 t-km".'),
        click.option("--mode", type=MODE, required=True),
        click.option("--year", type=int, required=True, help="Calendar year of the activity."),
        click.option("--toc", default="", help="Transport operation category, where the booker bound it."),
        click.option("--entity", default="", help="The one entity whose statements may use it."),
        click.option(
            "--document", required=True, help="Text that tells it from another; only its hash is shown."
        ),
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), function)


def mode_of(text: str) -> Mode:
    return Mode(Mode.of(text))


def role_of(text: str) -> Role:
    return Role(Role.of(text))


def record_text(record: int) -> str:
    """A record's id as shown and as read."""
    return f"{record:#026x}"


def amount_text(value: int, base: str) -> str:
    """An amount in the unit people are shown."""
    return f"{exact_text(value / per_shown(base))} {SHOWN_UNITS[base]}"


def hashed(text: str) -> bytes:
    """The hash of a text, zeros for none."""
    return keccak(text=text) if text else NO_HASH


def short(text: str) -> bytes:
    """Text that fits a word, zeros for none."""
    try:
        return text32(text) if text else NO_HASH
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def booked(book: Path, record: str, kind: type[Any]) -> Any:
    """The booking of a book file with an id; the whole book is checked first."""
    events = read_book(book).book.events
    found = {event.id: event for event in events if isinstance(event, kind)}
    if record not in found:
        raise click.BadParameter(f"{book} has no booking {record!r}: one of {', '.join(found) or 'none'}")
    return found[record]
