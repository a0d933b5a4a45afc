"""The contracts' interfaces: functions, events and errors, read from the ABIs that ship with the package.

Encoding is eth_abi's. Overloads are refused, so that a name says what is called.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger.words import read_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONTRACTS = (
    "Relay",
    "StatementRegistry",
    "Evaluation",
    "Anchors",
    "Allocations",
    "Corrections",
    "Displacements",
    "References",
    "Restatement",
    "CarbonEmissionsToken",
    "CarbonOffsetToken",
    "EnergyCertificates",
    "CertificatedGeneration",
    "UsePhaseEscrow",
    "LotRenderer",
    "CreditRenderer",
    "CertificateRenderer",
    "LedgerLens",
    "BookingDesk",
    "BookAndClaim",
    "AccessManager",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, typed place in a function, event or error; `parts` are a struct's own places."""

    name: str
    type: str
    indexed: bool = False
    parts: tuple[Parameter, ...] = ()

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Parameter:
        return cls(
            name=entry["name"],
            type=collapse_if_tuple(dict(entry)),
            indexed=bool(entry.get("indexed", False)),
            parts=tuple(cls.of(part) for part in entry.get("components", ())),
        )

    def read(self, value: Any) -> Any:
        """A decoded value with checksummed addresses, and tuples for every struct and list."""
        if self.type == "address":
            return to_checksum_address(value)
        if self.type.endswith("]"):
            inner = Parameter(self.name, self.type[: self.type.rindex("[")], parts=self.parts)
            return tuple(inner.read(item) for item in value)
        if self.parts:
            return tuple(part.read(item) for part, item in zip(self.parts, value, strict=True))
        return value


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, an event or an error of a contract."""

    contract: str
    name: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...] = ()

    @property
    def signature(self) -> str:
        return f"{self.name}({','.join(parameter.type for parameter in self.inputs)})"

    @property
    def topic(self) -> bytes:
        return keccak(text=self.signature)

    @property
    def selector(self) -> bytes:
        return self.topic[:4]

    def encode(self, arguments: Sequence[Any]) -> bytes:
        """Call data: the selector and the encoded arguments."""
        return self.selector + encode([parameter.type for parameter in self.inputs], list(arguments))

    def read_outputs(self, data: bytes) -> tuple[Any, ...]:
        return _read(self.outputs, data)

    def read_inputs(self, data: bytes) -> tuple[Any, ...]:
        return _read(self.inputs, data)

    def read_log(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """An event's arguments by name. Our events index only values, never text or lists."""
        plain = [parameter for parameter in self.inputs if not parameter.indexed]
        values = dict(zip((p.name for p in plain), _read(plain, data), strict=True))
        indexed = [parameter for parameter in self.inputs if parameter.indexed]
        for parameter, topic in zip(indexed, topics[1:], strict=True):
            values[parameter.name] = _read([parameter], topic)[0]
        return values


def _read(parameters: Sequence[Parameter], data: bytes) -> tuple[Any, ...]:
    plain = read_words([parameter.type for parameter in parameters], data)
    if plain is not None:
        return plain
    values = decode([parameter.type for parameter in parameters], data)
    return tuple(parameter.read(value) for parameter, value in zip(parameters, values, strict=True))


class Interface:
    """One contract's functions by name, events by topic and errors by selector."""

    def __init__(self, contract: str, abi: Sequence[Mapping[str, Any]]) -> None:
        self.contract = contract
        self.functions: dict[str, Entry] = {}
        self.events: dict[bytes, Entry] = {}
        self.errors: dict[bytes, Entry] = {}
        self.constructor = Entry(contract, "constructor", ())
        for item in abi:
            inputs = tuple(Parameter.of(entry) for entry in item.get("inputs", ()))
            outputs = tuple(Parameter.of(entry) for entry in item.get("outputs", ()))
            entry = Entry(contract, item.get("name", item["type"]), inputs, outputs)
            if item["type"] == "function":
                if entry.name in self.functions:
                    raise ValueError(f"{contract}.{entry.name} is overloaded")
                self.functions[entry.name] = entry
            elif item["type"] == "event":
                self.events[entry.topic] = entry
            elif item["type"] == "error":
                self.errors[entry.selector] = entry
            elif item["type"] == "constructor":
                self.constructor = entry

    @cached_property
    def selectors(self) -> dict[bytes, Entry]:
        """Functions by selector."""
        return {entry.selector: entry for entry in self.functions.values()}


@cache
def interface(contract: str) -> Interface:
    """The interface of one of CONTRACTS, from package data."""
    text = resources.files("cet.ledger").joinpath("abi", f"{contract}.json").read_text(encoding="utf-8")
    return Interface(contract, json.loads(text))


@cache
def error_entries() -> Mapping[bytes, Entry]:
    """Every custom error of every contract by selector: a callee's error may come back through its caller."""
    return {
        selector: entry for contract in CONTRACTS for selector, entry in interface(contract).errors.items()
    }
