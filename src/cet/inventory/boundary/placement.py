"""Where a facility's emissions are reported under an approach, and at what share.

Inside the boundary they stay where they are written, at the entity's share. Outside it, what is written as scope 1 or 2
is scope 3: leased assets in category 8 or 13 (tables A.1 and A.2), franchises in 14, a franchisor in 1, an outsourced
operation in the category it would be bought in, all else in 15 at the part that is owned (Corporate Standard, chapters 3
and 4; FAQ 5). Lots know nothing of this: a source is minted at 100 % by its operator (law 10), whatever the approach.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from cet.inventory.boundary.approach import Consolidation
from cet.inventory.boundary.tables import INVESTMENTS, lease_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory.boundary.facilities import Facility
    from cet.inventory.boundary.organisation import Organisation, Standing
    from cet.inventory.boundary.tables import LeaseCell

_ALL, _NONE = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a facility's emissions and its place: as written, or a scope 3 category for what is written as scope 1
    or 2. `own_scope_3`: whether its scope 3 lines stay where they are; those of others are theirs."""

    share: Fraction
    category: int | None
    rule: str
    own_scope_3: bool = True


@dataclass(frozen=True, slots=True)
class Placement:
    """All of a facility under one approach; what the parts leave is outside the boundary, for the reason given."""

    parts: tuple[Part, ...]
    reason: str

    @property
    def unplaced(self) -> Fraction:
        """The share that is no part of the inventory."""
        return _ALL - sum((part.share for part in self.parts), _NONE)

    @property
    def trivial(self) -> bool:
        """Whether everything stays as written, whole."""
        return len(self.parts) == 1 and self.parts[0].share == _ALL and self.parts[0].category is None


@dataclass(frozen=True)
class Boundary:
    """The organisation and its facilities: what is operated, what is minted, what is placed where."""

    organisation: Organisation
    facilities: tuple[Facility, ...]

    @cached_property
    def _by_id(self) -> Mapping[str, Facility]:
        return {facility.id: facility for facility in self.facilities}

    def entity_of(self, facility: str) -> str:
        """Whose facility it is."""
        return self._by_id[facility].entity or self.organisation.reporting

    def operated(self, facility: str) -> bool:
        """Whether the reporting company or a subsidiary of it has operational control: the lease tables, else as written."""
        found, entity = self._by_id[facility], self.entity_of(facility)
        whole = self.organisation.standing(entity, Consolidation.OPERATIONAL_CONTROL).share == _ALL
        if found.lease is not None:
            cell = lease_table()[found.lease, Consolidation.OPERATIONAL_CONTROL]
            return whole and cell.decided(excepted=found.exception is not None).inside
        if found.operated is not None:
            return found.operated
        rules = self.organisation.treatment(entity)
        contractors_own = rules is not None and not rules.owned
        return whole and (found.outsourced is None or contractors_own)

    def whole(self, approach: Consolidation) -> bool:
        """Whether every facility is reported as written, whole, and minted here, so that there is nothing to consolidate."""
        return all(
            self.place(facility.id, approach).trivial and self.minted(facility.id)
            for facility in self.facilities
        )

    def minted(self, facility: str) -> bool:
        """Whether lots are formed here: operated, and of no entity that files its own statement (law 10)."""
        entity = self.organisation.by_id.get(self.entity_of(facility))
        return self.operated(facility) and (entity is None or entity.statement is None)

    def operator_of(self, facility: str) -> str:
        """Who mints a source that is not minted here, as far as the package says it."""
        found = self._by_id[facility]
        entity = self.organisation.by_id.get(self.entity_of(facility))
        if entity is not None and entity.statement is not None and self.operated(facility):
            return entity.statement
        return found.operator or (entity.operator if entity and entity.operator else "") or "its operator"

    def place(self, facility: str, approach: Consolidation) -> Placement:
        """The facility's place under the approach."""
        found, entity = self._by_id[facility], self.entity_of(facility)
        standing = self.organisation.standing(entity, approach)
        rules = self.organisation.treatment(entity)
        share, rule = standing.share, self._words(entity, approach, standing)
        if approach is Consolidation.OPERATIONAL_CONTROL and found.lease is None:
            operated = self.operated(facility)
            if operated:
                return Placement((Part(_ALL, None, "operational control"),), "")
            if share == _ALL and found.outsourced is not None:
                part = Part(
                    _ALL,
                    found.outsourced,
                    "outsourced: its contractor has operational control",
                    own_scope_3=False,
                )
                return Placement((part,), "")
            share, rule = _NONE, "no operational control"
        if rules is not None and not rules.owned:
            return self._beside(found, share, rule, rules.outside)
        if found.lease is not None:
            cell = lease_table()[found.lease, approach].decided(excepted=found.exception is not None)
            if not cell.inside:
                return self._leased_outside(cell, share, rule, own=rules is None)
            rule = _joined(cell, rule, own=rules is None) if share else rule
        if share:
            return Placement((Part(share, None, rule),), "the share of other owners")
        if standing.owned:
            part = Part(standing.owned, INVESTMENTS, f"{rule}: an investment", own_scope_3=False)
            return Placement((part,), f"{rule}: the share of other owners")
        return Placement((), f"{rule}, and no part owned")

    def _leased_outside(self, cell: LeaseCell, share: Fraction, rule: str, *, own: bool) -> Placement:
        if not share:
            return Placement((), f"{rule}, and scope 3 of its own: a lease")
        return Placement(
            (Part(share, cell.category, _joined(cell, rule, own=own)),), "the share of other owners"
        )

    def _beside(self, facility: Facility, share: Fraction, rule: str, outside: int | None) -> Placement:
        """Of a franchise, a franchisor or a contractor, what is not inside is in scope 3, whole."""
        category = facility.outsourced or outside
        parts = [Part(share, None, rule)] if share else []
        if share < _ALL:
            parts.append(
                Part(_ALL - share, category, "not in the company's scopes 1 and 2", own_scope_3=False)
            )
        return Placement(tuple(parts), "scope 3 of others")

    def _words(self, entity: str, approach: Consolidation, standing: Standing) -> str:
        rules = self.organisation.treatment(entity)
        if rules is None:
            return "the reporting company's own"
        match approach:
            case Consolidation.EQUITY_SHARE:
                return "equity share" if standing.share else f"{rules.words}: no equity share"
            case Consolidation.FINANCIAL_CONTROL:
                if rules.financial == "share" and standing.share:
                    return "joint financial control, by equity share"
                return "financial control" if standing.share else f"{rules.words}: no financial control"
            case Consolidation.OPERATIONAL_CONTROL:
                return "operational control" if standing.share else "no operational control"


def _joined(cell: LeaseCell, rule: str, *, own: bool) -> str:
    told = f"table {cell.table}: {cell.reason}"
    return told if own else f"{told}; {rule}"
