"""Every factor at hand: the starter packs and a package's own, looked up by id."""

from __future__ import annotations

import difflib
import hashlib
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

from cet.errors import FactorError, UnknownFactorError
from cet.factors.measured import measured_pack
from cet.factors.reading import FactorPack, read_pack
from cet.quantities import Unit, convertible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cet.factors.model import Factor


class FactorStore:
    """An immutable collection of packs. Ids are unique across packs; none can be redefined."""

    def __init__(self, packs: Iterable[FactorPack] = ()) -> None:
        """Raises FactorError when two packs share an id, or two factors do."""
        self._factors: dict[str, Factor] = {}
        self._packs: dict[str, FactorPack] = {}
        for pack in packs:
            if pack.pack.id in self._packs:
                raise FactorError(
                    f"pack {pack.pack.id!r} is loaded already", "give the package's own pack another id"
                )
            self._packs[pack.pack.id] = pack
            for factor in pack.factors:
                if factor.id in self._factors:
                    raise FactorError(f"factor {factor.id!r} is defined twice", "keep one definition")
                self._factors[factor.id] = factor

    @classmethod
    def default(cls) -> FactorStore:
        """The starter packs that come with the project."""
        return _starter_store()

    def with_pack(self, pack: FactorPack) -> FactorStore:
        """This store and one more pack. Raises FactorError when the pack redefines something."""
        return FactorStore([*self._packs.values(), pack])

    def with_packs(self, packs: Iterable[FactorPack]) -> FactorStore:
        """This store and more packs. Raises FactorError when one redefines something."""
        return FactorStore([*self._packs.values(), *packs])

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every pack's content, in order, as hex: another digest, other factors, or others' provenance."""
        whole = hashlib.sha256()
        for pack in self._packs.values():
            whole.update(repr(pack).encode())
        return whole.hexdigest()

    @property
    def packs(self) -> tuple[FactorPack, ...]:
        """The packs, in the order in which they were added."""
        return tuple(self._packs.values())

    def get(self, factor_id: str) -> Factor:
        """The factor of that id. Raises UnknownFactorError naming the closest ids."""
        if found := self._factors.get(factor_id):
            return found
        near = difflib.get_close_matches(factor_id, self._factors, n=3, cutoff=0.6)
        hint = (
            f"did you mean {' or '.join(near)}?" if near else f"known packs: {', '.join(sorted(self._packs))}"
        )
        raise UnknownFactorError(f"unknown factor {factor_id!r}", hint)

    def applicable_to(self, activity: Unit) -> Iterator[Factor]:
        """Every factor whose unit a quantity in `activity` converts to, by id."""
        return (
            self._factors[name]
            for name in sorted(self._factors)
            if convertible(activity, self._factors[name].unit)
        )

    def __contains__(self, factor_id: object) -> bool:
        return factor_id in self._factors

    def __iter__(self) -> Iterator[Factor]:
        return iter(self._factors.values())

    def __len__(self) -> int:
        return len(self._factors)


@cache
def _starter_store() -> FactorStore:
    folder = resources.files("cet").joinpath("factors/packs")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    packs = [read_pack(file.read_text(encoding="utf-8"), file.name) for file in files]
    return FactorStore([*packs, measured_pack()])
