"""Random lots and edges for the evaluation, and what the plain formula of docs/architecture.md says of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from cet.ledger import Figures
from cet.ledger.evaluation import Births

_DERIVED = 1 << 63


@dataclass
class Drawn:
    """Lots by key in the order of births: basis, stated gross (None for a derived lot), edges, own offset."""

    basis: dict[int, int] = field(default_factory=dict)
    stated: dict[int, int | None] = field(default_factory=dict)
    edges: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)

    def source(self, basis: int, gross: int, offset: int = 0) -> int:
        key = 0x1_0000_0000 + len(self.basis)
        self.basis[key], self.stated[key], self.edges[key], self.offsets[key] = basis, gross, [], offset
        return key

    def derive(self, output: int, edges: list[tuple[int, int]], offset: int = 0) -> int:
        """A lot of (parent, units); the same parent twice is allowed."""
        key = _DERIVED | (0x9E37_79B9_7F4A_7C15 * (len(self.basis) + 1)) & (_DERIVED - 1)
        self.basis[key], self.stated[key], self.edges[key], self.offsets[key] = output, None, edges, offset
        return key

    @property
    def births(self) -> Births:
        depths: dict[int, int] = {}
        for key, edges in self.edges.items():
            depths[key] = 1 + max((depths[parent] for parent, _ in edges), default=-1)
        flat = [(key, parent, units) for key, edges in self.edges.items() for parent, units in edges]
        words = lambda numbers: np.array(list(numbers), np.uint64)  # noqa: E731 - one word, eight times
        return Births(
            ranks=np.arange(len(self.basis)),
            keys=words(self.basis),
            depths=np.array(list(depths.values()), np.int64),
            basis=words(self.basis.values()),
            stated=words(gross or 0 for gross in self.stated.values()),
            offsets=words(self.offsets.values()),
            children=words(key for key, _, _ in flat),
            parents=words(parent for _, parent, _ in flat),
            units=words(units for _, _, units in flat),
        )

    def expected(self) -> dict[int, Figures]:
        """Lot by lot, in Python's integers."""
        found: dict[int, Figures] = {}
        for key, gross in self.stated.items():
            sums = [0, 0]
            for parent, units in self.edges[key]:
                for place, figure in enumerate((found[parent].gross, found[parent].net)):
                    sums[place] += -(-(figure * units << 64) // self.basis[parent])
            own, inherited = (-(-total >> 64) for total in sums) if gross is None else (gross, gross)
            offset = self.offsets[key]
            found[key] = Figures(own, inherited, max(0, inherited - offset), max(0, offset - inherited))
        return found


def random_graph(seed: int, sources: int, derived: int, most_edges: int = 4) -> Drawn:
    """A graph whose numbers are mostly at the edges of their ranges."""
    rng = random.Random(seed)
    drawn = Drawn()
    for _ in range(sources):
        drawn.source(_number(rng, 63) or 1, _number(rng, 64), _number(rng, 64) if rng.random() < 0.3 else 0)
    for _ in range(derived):
        near = rng.random() < 0.5
        known = list(drawn.basis)[-3:] if near else list(drawn.basis)
        parents = rng.sample(known, min(len(known), rng.randint(1, most_edges)))
        edges = [
            (one, rng.choice((drawn.basis[one], 1, rng.randint(1, drawn.basis[one])))) for one in parents
        ]
        output = edges[0][1] if len(edges) == 1 else _number(rng, 64 if rng.random() < 0.1 else 63) or 1
        drawn.derive(output, edges, _number(rng, 64) if rng.random() < 0.3 else 0)
    return drawn


def _number(rng: random.Random, bits: int) -> int:
    top = 2**bits
    near = rng.choice((0, 1, 2, 2**31, 2**32, 2**32 + 1, 2**33 - 1, top // 2, top - 2, top - 1))
    return rng.choice((near, rng.randrange(top), rng.randrange(1 << rng.randint(1, bits))))
