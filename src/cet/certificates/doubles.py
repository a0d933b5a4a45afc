"""Certificates that are there already: in the same export, in the package, or issued on a ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cet.certificates.certificate import serial_parts
from cet.certificates.criteria import overlapping
from cet.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cet.certificates.certificate import Certificate


@dataclass(frozen=True, slots=True)
class IssuedRange:
    """Serials that stand on a ledger: system, text before the number, first and last number, and what they are there."""

    system: str
    prefix: str
    first: int
    last: int
    told: str


def doubles(
    imported: Sequence[tuple[int, Certificate]],
    kept: Iterable[Certificate],
    issued: Iterable[IssuedRange],
    file: str,
) -> Iterator[Finding]:
    """A finding for every row whose serials, or id, are claimed already, by what and where."""
    own = {f"{row} {one.id}": one for row, one in imported}
    known = {f"package {one.id}": one for one in kept}
    renamed = [one.model_copy(update={"id": name}) for name, one in {**own, **known}.items()]
    clashes = overlapping(renamed)
    taken = {one.id for one in known.values()}
    on_ledger: dict[str, list[IssuedRange]] = {}
    for each in issued:
        on_ledger.setdefault(each.system, []).append(replace(each, prefix=_bare(each.prefix)))
    for name, one in own.items():
        row = int(name.partition(" ")[0])
        shown = f"{one.serial_first} to {one.serial_last}"
        for other in clashes.get(name, ()):
            where, _, who = other.partition(" ")
            place = f"certificate {who} of the package" if where == "package" else f"row {where}"
            remedy = (
                "import an export once; leave out what is there"
                if where == "package"
                else "keep one of the two rows"
            )
            yield Finding(file, row, "serial_first", shown, f"serials that are also in {place}", remedy)
        if one.id in taken:
            yield Finding(
                file, row, "id", one.id, "the id of a certificate of the package", "give another one"
            )
        yield from _issued(one, on_ledger.get(one.system, ()), row, file)


def _issued(one: Certificate, ranges: Iterable[IssuedRange], row: int, file: str) -> Iterator[Finding]:
    prefix, first = serial_parts(one.serial_first)
    _, last = serial_parts(one.serial_last)
    if first is None or last is None or one.contract is not None:
        return
    for each in ranges:
        if each.prefix == _bare(prefix) and first <= each.last and each.first <= last:
            problem = f"serials {each.first} to {each.last} of {each.prefix} stand on the ledger: {each.told}"
            remedy = "cancel them there, and name contract and cancellation"
            yield Finding(
                file, row, "serial_first", f"{one.serial_first} to {one.serial_last}", problem, remedy
            )


def _bare(prefix: str) -> str:
    return prefix.rstrip(" ._/:+-")
