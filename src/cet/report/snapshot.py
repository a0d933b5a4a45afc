"""The ledger at a block as reports read it: state, figures, names, and what of which source is in a lot."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import ExplainedError
from cet.ledger.mirror import evaluate
from cet.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.ledger import Figures
    from cet.ledger.mirror import RecordedStatement, State


class UnknownHolderError(ExplainedError):
    """No participant has this name or address."""


@dataclass(frozen=True)
class Snapshot:
    """A state and the figures of all its lots, which belong together."""

    state: State
    figures: Mapping[int, Figures]

    @classmethod
    def of(cls, state: State) -> Snapshot:
        """Evaluates every lot once."""
        return cls(state, evaluate(state))

    def name(self, address: str) -> str:
        """The enrolled or accredited name, cleaned; the address where there is none."""
        if name := self.state.participants.get(address):
            return clean(name)
        verifier = self.state.verifiers.get(address)
        return clean(verifier.name) if verifier else address

    def named(self, address: str) -> str:
        """Name and address."""
        name = self.name(address)
        return f"{name}, {address}" if name != address else address

    def holder(self, given: str) -> str:
        """The address of an enrolled name or of a hexadecimal address in any case. Raises UnknownHolderError."""
        people = {**dict.fromkeys(self.state.everybody_holding(), ""), **self.state.participants}
        found = [one for one, name in people.items() if given.lower() in (one.lower(), name.lower())]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownHolderError(
                f"{len(found)} participants are called {given!r}", f"give an address: {', '.join(found)}"
            )
        near = difflib.get_close_matches(given, [name for name in people.values() if name], n=3)
        enrolled = ", ".join(sorted(clean(name) for name in self.state.participants.values()))
        remedy = f"did you mean {' or '.join(near)}?" if near else f"enrolled are: {enrolled or 'none'}"
        raise UnknownHolderError(f"no lot, credit batch or participant {given!r}", remedy)

    def entity(self, recorded: RecordedStatement) -> str:
        """The id of the entity a statement speaks for."""
        known = self.state.entities.get(recorded.statement.entity)
        return clean(known[0]) if known else "0x" + recorded.statement.entity.hex()

    def sources(self, key: int) -> dict[int, Fraction]:
        """The source lots above a lot (or itself), and the exact part of each one's gross that is in it, oldest first.

        Along an edge passes units / basis; what comes by several ways adds up. No rounding: the lots' own, a milligram
        each at most, is what the figures differ by.
        """
        weights = {key: Fraction(1)}
        found: dict[int, Fraction] = {}
        # Births backwards: a lot's children are done before it.
        for each in reversed(self.state.in_order_of_birth(self.state.above(key))):
            lot = self.state.lots[each]
            if not lot.edges:
                found[each] = weights[each]
            for parent, units in lot.edges:
                part = weights[each] * Fraction(units, self.state.lots[parent].basis)
                weights[parent] = weights.get(parent, Fraction(0)) + part
        return dict(reversed(found.items()))
