"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cet.cli.failures import WHERE
from cet.cli.screen import COMMAND, JSON
from cet.errors import NumberError
from cet.quantities import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

_ADDRESS_DIGITS = 40
_KEY_DIGITS = 16
_MOST_KEY = 2**64 - 1


def _remember_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's callback
    ctx.meta[JSON] = value
    ctx.meta[COMMAND] = ctx.command_path
    return value


def _remember_place(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
    ctx.meta[WHERE] = str(value)
    return value


class Address(click.ParamType):
    """0x and 40 hexadecimal digits."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As written; the checksum is the statement's business."""
        text = str(value)
        if len(text) != _ADDRESS_DIGITS + 2 or not is_hex(text):
            self.fail(f"{text!r} is no address: write 0x and 40 hexadecimal digits", param, ctx)
        return text


class Day(click.ParamType):
    """A day, written 2021-06-30."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day as a date."""
        text = str(value)
        try:
            found = dt.date.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.isoformat() != text:
            self.fail(f"{text!r} is no day: write it as 2021-06-30", param, ctx)
        return found


class LotKey(click.ParamType):
    """A lot's key: decimal, or 0x and at most 16 hexadecimal digits."""

    name = "lot"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The key, which has 64 bits and is not 0."""
        text = str(value)
        decimal = text.isascii() and text.isdecimal()
        if not decimal and not is_hex(text):
            self.fail(
                f"{text!r} is no key: write a decimal number, or 0x and 16 hexadecimal digits", param, ctx
            )
        key = int(text) if decimal else int(text, 16)
        if not 0 < key <= _MOST_KEY:
            self.fail(f"{text} is no key: keys have 64 bits and are not 0", param, ctx)
        return key


class Target(LotKey):
    """A key as an int, or a holder's address or name as text."""

    name = "target"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What looks like a key is one."""
        text = str(value)
        key = (text.isascii() and text.isdecimal()) or (is_hex(text) and len(text) <= _KEY_DIGITS + 2)
        return super().convert(text, param, ctx) if key else text


class Percent(click.ParamType):
    """A decimal number of percent, read exactly, as a part of 1."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Not negative."""
        if isinstance(value, Fraction):
            return value
        try:
            number = parse_number(str(value).removesuffix("%").rstrip()).value
        except NumberError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        if number < 0:
            self.fail(f"{value} is negative", param, ctx)
        return number / 100


def is_hex(text: str) -> bool:
    """0x and hexadecimal digits, at least one."""
    return text[:2].lower() == "0x" and len(text) > 2 and all(c in "0123456789abcdefABCDEF" for c in text[2:])


def needed(_: click.Context, param: click.Parameter, value: Any) -> Any:
    """An option that the environment may give too; a usage error that names both where neither does."""
    if value is None:
        raise click.UsageError(f"Missing option {param.opts[0]!r}: give it, or set {param.envvar}.")
    return value


def json_option(function: F) -> F:
    """`--json`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=_remember_json,
        help="Print one JSON document; masses are text, in mg.",
    )(function)


def package_argument(function: F) -> F:
    """`PACKAGE`, an inventory package: a folder or an .xlsx workbook."""
    return click.argument(
        "package", type=click.Path(path_type=Path), metavar="PACKAGE", callback=_remember_place
    )(function)


def book_argument(function: F) -> F:
    """`BOOK`, a book file of bookings and claims."""
    return click.argument("book", type=click.Path(path_type=Path), metavar="BOOK", callback=_remember_place)(
        function
    )


def ledger_options(function: F) -> F:
    """`--rpc` and `--deployment`, which the environment may hold."""
    rpc = click.option(
        "--rpc",
        envvar="CET_RPC",
        callback=needed,
        metavar="URL",
        show_envvar=True,
        help="HTTP endpoint of a node of the chain.",
    )
    deployment = click.option(
        "--deployment",
        envvar="CET_DEPLOYMENT",
        callback=needed,
        metavar="FILE",
        type=click.Path(path_type=Path),
        show_envvar=True,
        help="Record of the deployment: which contracts, on which chain.",
    )
    return rpc(deployment(function))
