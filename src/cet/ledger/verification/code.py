"""Compiled code and the code on the chain, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.ledger.verification.runtime import LINKS, place_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger.record import Deployment
    from cet.ledger.verification.runtime import RuntimeCode

_JOINED = 4
"""Equal bytes between two differences that are still told as one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`length` bytes at `start` that are not what the sources say. `part` is code, metadata, or the name of what belongs there."""

    start: int
    part: str
    expected: bytes
    actual: bytes

    @property
    def length(self) -> int:
        return max(len(self.expected), len(self.actual))


@dataclass(frozen=True, slots=True)
class ContractReport:
    """One contract compared. `links` are the contracts its code names, by immutable."""

    contract: str
    address: str
    length: int
    differences: tuple[Difference, ...]
    links: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def compare_code(runtime: RuntimeCode, actual: bytes, deployment: Deployment) -> ContractReport:
    """The contract as the sources and the record say, beside what stands at its address."""
    expected = runtime.filled(place_values(runtime.contract, deployment))
    links = LINKS.get(runtime.contract, {})
    libraries = {place.name: place.name for place in runtime.places if place.name in deployment.contracts}
    return ContractReport(
        contract=runtime.contract,
        address=deployment.address(runtime.contract),
        length=len(actual),
        differences=tuple(_differences(runtime, expected, actual)),
        links=tuple(sorted({**links, **libraries}.items())),
    )


def _differences(runtime: RuntimeCode, expected: bytes, actual: bytes) -> Iterator[Difference]:
    parts = [(place.start, place.start + place.length, place.name) for place in runtime.places]
    parts.append((runtime.metadata_start, len(expected), "metadata"))
    for start, end, name in _parts(parts, len(expected)):
        yield from (
            Difference(start + first, name, expected[start:end][first:last], actual[start:end][first:last])
            for first, last in _runs(expected[start:end], actual[start:end])
        )
    if len(actual) > len(expected):
        yield Difference(len(expected), "beyond the end", b"", actual[len(expected) :])


def _parts(named: list[tuple[int, int, str]], length: int) -> Iterator[tuple[int, int, str]]:
    """The named parts in order, and plain code between them."""
    at = 0
    for start, end, name in sorted(named):
        if at < start:
            yield at, start, "code"
        yield start, end, name
        at = end
    if at < length:
        yield at, length, "code"


def _runs(expected: bytes, actual: bytes) -> Iterator[tuple[int, int]]:
    """First and one-past-last place of each run of differing bytes."""
    wrong = [place for place, byte in enumerate(expected) if place >= len(actual) or actual[place] != byte]
    while wrong:
        last = 0
        while last + 1 < len(wrong) and wrong[last + 1] - wrong[last] <= _JOINED:
            last += 1
        yield wrong[0], wrong[last] + 1
        wrong = wrong[last + 1 :]
