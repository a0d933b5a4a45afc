"""A contract's refusal as an error a person understands.

The revert data is decoded with the custom errors of all our contracts, because a callee's error comes back through its
caller, and worded by `refusals.toml`.
"""

from __future__ import annotations

import ast
import tomllib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode
from web3.exceptions import ContractLogicError, Web3RPCError

from cet.errors import ScopeError
from cet.ledger.errors import Refused
from cet.ledger.interfaces import error_entries
from cet.logistics.terms import Act, Material, Mode, Role
from cet.quantities import tonnes_text
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cet.logistics.terms import Word

_ERROR_STRING = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATUSES = ("unknown", "active", "suspended", "revoked")
_OPERATIONS = {
    1: "minting",
    2: "allocating",
    4: "composing",
    8: "offsetting",
    16: "the cascade",
    32: "restating",
    64: "anchoring and materialising",
    128: "correcting units",
}
_SCOPES = ("outside the scopes", "scope 1", "scope 2", "scope 3")
_PANICS = {
    0x01: "an assertion failed",
    0x11: "a sum or difference is out of range",
    0x12: "division by zero",
    0x21: "no such choice",
    0x32: "no such place in a list",
}


def refusal(data: bytes, function: str = "", transaction: str | None = None) -> Refused:
    """The error that revert data stands for."""
    name, arguments = decode_error(data)
    problem, remedy = sentence(name, arguments)
    return Refused(
        name, arguments, problem=problem, remedy=remedy, function=function, transaction=transaction
    )


def decode_error(data: bytes) -> tuple[str, dict[str, Any]]:
    """Name and arguments of a custom error, or of Solidity's Error and Panic; Unknown if it is none of them."""
    selector, body = data[:4], data[4:]
    if selector == _ERROR_STRING:
        return "Error", {"message": decode(["string"], body)[0]}
    if selector == _PANIC:
        return "Panic", {"code": decode(["uint256"], body)[0]}
    entry = error_entries().get(selector)
    if entry is None:
        return "Unknown", {"data": data}
    values = entry.read_inputs(body)
    return entry.name, {parameter.name: value for parameter, value in zip(entry.inputs, values, strict=True)}


def sentence(name: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """What was wrong and what would be right; the bare error where there is no sentence for it."""
    words = sentences().get(name)
    if words is None:
        return f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})", ""
    formatter = _Sentence()
    return formatter.vformat(words["problem"], (), arguments), formatter.vformat(
        words["remedy"], (), arguments
    )


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Problem and remedy by error name."""
    text = resources.files("cet.ledger").joinpath("refusals.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@contextmanager
def refusals_of(function: str) -> Iterator[None]:
    """Turns a provider's exception about a revert into Refused; every other exception passes."""
    try:
        yield
    except Exception as error:
        data = revert_data(error)
        if data is None:
            raise
        raise refusal(data, function) from error


def revert_data(error: Exception) -> bytes | None:
    """The revert data inside a provider's exception; None if the exception is not about a revert.

    Nodes return it as hex; eth-tester, the embedded chain, as the text of a Python bytes literal (its exception is known
    by name: importing it would cost a second and a half wherever another chain is used).
    """
    if type(error).__name__ == "TransactionFailed":
        return _from_tester(error)
    if isinstance(error, ContractLogicError):
        return _from_hex(error.data)
    if isinstance(error, Web3RPCError) and error.rpc_response is not None:
        detail: object = error.rpc_response.get("error")
        return _from_hex(detail["data"]) if isinstance(detail, dict) and "data" in detail else None
    return None


def _from_hex(data: object) -> bytes:
    if isinstance(data, dict):
        data = data.get("data", "")
    return bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) and data.startswith("0x") else b""


def _from_tester(error: Exception) -> bytes:
    shown = str(error.args[0]).removeprefix("execution reverted: ")
    if not shown.startswith(("b'", 'b"')):
        return b""
    literal = ast.literal_eval(shown)
    return literal if isinstance(literal, bytes) else b""


class _Sentence(Formatter):
    """Formats `{name:kind}` by the kinds below."""

    def format_field(self, value: Any, format_spec: str) -> str:
        show = _KINDS.get(format_spec)
        return show(value) if show else str(super().format_field(value, format_spec))


def _lot_code(code: int) -> str:
    try:
        return str(LotCode.decode(code))
    except ScopeError:
        return f"{code:#06x}"


def _scopes(mask: int) -> str:
    """Scopes of a mask with a bit for each: 0 outside the scopes, 1, 2, 3."""
    named = [
        _SCOPES[bit] if bit < len(_SCOPES) else f"bit {bit}"
        for bit in range(mask.bit_length())
        if mask >> bit & 1
    ]
    return ", ".join(named) or "no scope"


def _moment(seconds: int) -> str:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return f"second {seconds}"


def _day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).strftime("%Y-%m-%d")


def _text32(value: bytes) -> str:
    text = value.rstrip(b"\0")
    return text.decode("ascii") if text.isascii() and text else "0x" + value.hex()


def _word(kind: type[Word], value: int) -> str:
    return next((one.text for one in kind if one == value), str(value))


_KINDS: Mapping[str, Callable[[Any], str]] = {
    "mg": lambda value: f"{tonnes_text(value, 9)} t CO2e",
    "lot": lambda value: f"{value:#018x}",
    "batch": lambda value: f"{value:#018x}",
    "code": _lot_code,
    "day": _day,
    "time": _moment,
    "status": lambda value: _STATUSES[value] if value < len(_STATUSES) else str(value),
    "text32": _text32,
    "hex": lambda value: "0x" + bytes(value).hex(),
    "scopes": _scopes,
    "operation": lambda value: _OPERATIONS.get(value, f"operation {value:#x}"),
    "record": lambda value: f"{value:#026x}",
    "role": lambda value: _word(Role, value),
    "act": lambda value: _word(Act, value),
    "material": lambda value: _word(Material, value),
    "mode": lambda value: _word(Mode, value),
    "modes": lambda mask: (
        ", ".join(_word(Mode, bit) for bit in range(mask.bit_length()) if mask >> bit & 1) or "none"
    ),
    "panic": lambda value: _PANICS.get(value, f"panic {value:#x}"),
}
