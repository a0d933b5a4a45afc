"""How each entity stands under each approach, exactly, through any chain of holdings.

- Equity share: Σ over owners of the part held × the owner's own share (Corporate Standard, chapter 3, table 2: 83 % × 50 % =
  41.5 %); a fixed asset investment counts nothing.
- Financial control: 100 % of what a subsidiary emits, of a joint venture the part held × the owner's share, of associates and
  fixed asset investments nothing (table 1). A subsidiary stands as its owner does: one of a joint venture at that venture's share.
- Operational control: all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from cet.inventory.boundary.approach import Consolidation
from cet.inventory.boundary.tables import Treatment, treatments
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.inventory.boundary.entities import Entity, Holding

_ALL, _NONE = Fraction(1), Fraction(0)

Told = tuple[str, str, str, str]
"""Section, value, problem and remedy of something that does not fit together."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an entity counts. `share` under an approach, 0 to 1; `owned` in economic interest, whatever the approach."""

    share: Fraction
    owned: Fraction


@dataclass(frozen=True)
class Organisation:
    """The reporting company, the entities beside it and who holds what. Sound: `problems` found nothing."""

    reporting: str
    entities: tuple[Entity, ...] = ()
    holdings: tuple[Holding, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Entity]:
        """The entities beside the reporting one."""
        return {entity.id: entity for entity in self.entities}

    def treatment(self, entity: str) -> Treatment | None:
        """How the accounts treat an entity; None for the reporting company itself."""
        return treatments()[self.by_id[entity].treatment] if entity in self.by_id else None

    def standing(self, entity: str, approach: Consolidation) -> Standing:
        """What of an entity counts under the approach. Raises KeyError for an entity that is none of the package."""
        return Standing(self._shares[approach][entity], self._owned[entity])

    @cached_property
    def _owned(self) -> Mapping[str, Fraction]:
        owned = {self.reporting: _ALL}
        for entity in self._in_order:
            owned[entity] = self._of_owners(entity, owned)
        return owned

    @cached_property
    def _shares(self) -> Mapping[Consolidation, Mapping[str, Fraction]]:
        equity, financial = {self.reporting: _ALL}, {self.reporting: _ALL}
        operational = {self.reporting: _ALL}
        for name in self._in_order:
            entity, rules = self.by_id[name], treatments()[self.by_id[name].treatment]
            equity[name] = self._of_owners(name, equity) if rules.equity == "share" else _NONE
            financial[name] = self._under_financial_control(entity, rules, financial)
            operational[name] = _ALL if entity.operated else _NONE
        return {
            Consolidation.EQUITY_SHARE: equity,
            Consolidation.FINANCIAL_CONTROL: financial,
            Consolidation.OPERATIONAL_CONTROL: operational,
        }

    def _under_financial_control(
        self, entity: Entity, rules: Treatment, shares: Mapping[str, Fraction]
    ) -> Fraction:
        match rules.financial:
            case "full":
                return max(shares[holding.owner] for holding in self._holdings_in[entity.id])
            case "share":
                return self._of_owners(entity.id, shares)
            case "flag":
                return _ALL if entity.financial_control else _NONE
            case _:
                return _NONE

    def _of_owners(self, entity: str, shares: Mapping[str, Fraction]) -> Fraction:
        parts = (holding.share * shares[holding.owner] for holding in self._holdings_in[entity])
        return sum(parts, _NONE)

    @cached_property
    def _holdings_in(self) -> Mapping[str, list[Holding]]:
        found: dict[str, list[Holding]] = {entity.id: [] for entity in self.entities}
        for holding in self.holdings:
            found.setdefault(holding.entity, []).append(holding)
        return found

    @cached_property
    def _in_order(self) -> tuple[str, ...]:
        """The entities, owners before what they own. Raises CycleError."""
        owners = {name: {held.owner for held in held_in} for name, held_in in self._holdings_in.items()}
        return tuple(name for name in TopologicalSorter(owners).static_order() if name in self.by_id)

    def problems(self) -> Iterator[Told]:
        """Everything that does not fit together."""
        ids = [entity.id for entity in self.entities]
        for repeated in sorted({one for one in ids if ids.count(one) > 1}):
            yield "entity", repeated, "entity id used twice", "give every entity its own id"
        if self.reporting in ids:
            remedy = "leave it out: it is the entity of [inventory], and owns all of itself"
            yield "entity", self.reporting, "the reporting entity again", remedy
        strangers = list(self._strangers({self.reporting, *ids}))
        yield from strangers
        yield from self._wrong_shares()
        if not strangers:
            try:
                _ = self._in_order
            except CycleError as error:
                circle = " in ".join(error.args[1])
                yield "holding", circle, "owned in a circle", "write each cross-holding once, net"

    def _strangers(self, ids: set[str]) -> Iterator[Told]:
        for holding in self.holdings:
            for end in (holding.owner, holding.entity):
                if end not in ids:
                    yield (
                        "holding",
                        end,
                        "unknown entity",
                        "use the id of an [[entity]] or of the reporting one",
                    )
            if holding.entity == self.reporting:
                remedy = "leave it out: the inventory is the reporting entity's, whoever owns it"
                yield "holding", holding.entity, "a part of the reporting entity", remedy

    def _wrong_shares(self) -> Iterator[Told]:
        pairs = [(holding.owner, holding.entity) for holding in self.holdings]
        for pair in sorted({one for one in pairs if pairs.count(one) > 1}):
            yield "holding", " in ".join(pair), "the same holding twice", "add the two parts up"
        for entity, held in sorted(self._holdings_in.items()):
            if (total := sum((one.share for one in held), _NONE)) > 1:
                problem = f"shares of more than 100 % ({exact_text(total * 100)} %)"
                yield "holding", entity, problem, "its owners hold at most all of it: correct the parts"
        for one in self.entities:
            if treatments()[one.treatment].owned and not self._holdings_in[one.id]:
                remedy = f'add a [[holding]] with entity = "{one.id}", its owner and its share'
                yield "entity", one.id, f"a {one.treatment} without an owner", remedy
