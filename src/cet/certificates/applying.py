"""Which instrument stands for which consumption: the market-based hierarchy, applied site by site, exactly.

For each pool, in this order (Scope 2 Guidance, table 6.3): generation behind the meter without certificates, which is no
purchase; contracts whose certificates were cancelled for the claimant; certificates; other contracts and allocations;
suppliers' rates; tariffs; the factor a line names; the residual mix; the grid average. Each Wh has one input.

Certificates are applied in whole Wh, consumption rounded up: what is used is never understated.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates.application import Application, Covered, Left, Part, Use
from cet.certificates.criteria import broken, judge_certificate, judge_supply, market_of
from cet.certificates.eligibility import Choice, may_cover, preference
from cet.certificates.matching import Demand, match_many
from cet.certificates.pools import PoolKey, certificate_slot
from cet.quantities import round_down, round_up
from cet.quantities.months import months_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cet.certificates.certificate import Certificate
    from cet.certificates.criteria import Facts
    from cet.certificates.pools import Pool
    from cet.certificates.supply import Supply

_RANK = {"ppa": 0, "allocation": 1, "supplier-rate": 2, "default-tariff": 3}
_NONE = Fraction(0)
_DAY = dt.timedelta(days=1)


def apply(
    pools: Iterable[Pool],
    certificates: Iterable[Certificate],
    supplies: Iterable[Supply],
    facts: Facts,
    first: Sequence[str] = (),
) -> Application:
    """Applies everything. `first` names the facilities to be covered first where there is not enough for all.

    The order in which anything is given does not matter.
    """
    return _Applying(pools, certificates, supplies, facts, first).run()


class _Applying:
    def __init__(
        self,
        pools: Iterable[Pool],
        certificates: Iterable[Certificate],
        supplies: Iterable[Supply],
        facts: Facts,
        first: Sequence[str],
    ) -> None:
        self.facts = facts
        self.pools = {pool.key: pool for pool in sorted(pools, key=lambda one: one.key)}
        self.certificates = {one.id: one for one in sorted(certificates, key=lambda one: one.id)}
        self.supplies = {one.id: one for one in sorted(supplies, key=lambda one: one.id)}
        self.order = {facility: place for place, facility in enumerate(first)}
        self.verdicts = {one.id: judge_certificate(one, facts) for one in self.certificates.values()}
        self.verdicts |= {one.id: judge_supply(one, facts) for one in self.supplies.values()}
        self.remaining = {
            name: round_down(one.watt_hours)
            for name, one in self.certificates.items()
            if broken(self.verdicts[name]) is None
        }
        self.parts: dict[PoolKey, list[Part]] = {key: [] for key in self.pools}
        self.open = {key: pool.consumed for key, pool in self.pools.items()}
        self.open_in = {key: dict(pool.slots) for key, pool in self.pools.items()}
        self.consumed_in: dict[PoolKey, dict[str, Fraction]] = {}
        # What was bought of what was consumed: the rest was made behind the meter.
        self.bought = dict.fromkeys(self.pools, Fraction(1))
        self.free_by_certificates = dict.fromkeys(self.pools, _NONE)
        self.unused: dict[str, Fraction] = {}
        self.uses: list[Use] = []

    def run(self) -> Application:
        own = [one for one in self.supplies.values() if broken(self.verdicts[one.id]) is None]
        for one in own:
            if one.instrument == "on-site":
                self._supply(one, one.watt_hours or _NONE)
        for one in own:
            if one.certificates:
                self._certificated(one)
        self._match()
        plain = [one for one in own if one.instrument != "on-site" and not one.certificates]
        for one in sorted(plain, key=lambda one: (_RANK[one.instrument], one.id)):
            self._supply(one, one.watt_hours)
        covered = {
            key: Covered(pool, tuple(self.parts[key]), self.free_by_certificates[key])
            for key, pool in self.pools.items()
        }
        return Application(
            covered,
            tuple(sorted(self.uses)),
            tuple(self._left(one) for one in self.certificates.values() if self._rest(one.id)),
            self.unused,
            self.verdicts,
            self.certificates,
            self.supplies,
        )

    def _supply(self, supply: Supply, watt_hours: Fraction | None) -> None:
        """Covers what is open of the facility's pool; contracts and rates what no line has a supplier's factor for."""
        key = PoolKey(supply.facility, "scope-2", supply.carrier)
        room = self._room(key, whole=supply.instrument == "on-site")
        taken = room if watt_hours is None else min(room, watt_hours)
        if taken and supply.instrument == "on-site":
            self._made(key, 1 - taken / self.open[key])
        self._covered_by(supply, key, taken, watt_hours)

    def _covered_by(self, supply: Supply, key: PoolKey, taken: Fraction, offered: Fraction | None) -> None:
        if taken:
            self.parts[key].append(Part(supply.instrument, supply.id, taken))
            self.open[key] -= taken
        if offered is not None and offered > taken:
            self.unused[supply.id] = offered - taken

    def _made(self, key: PoolKey, left: Fraction) -> None:
        """Own generation, of which no times are known, leaves the same part of every month and hour to be bought."""
        self.bought[key] *= left
        self.open_in[key] = {slot: open_then * left for slot, open_then in self.open_in[key].items()}

    def _room(self, key: PoolKey, *, whole: bool) -> Fraction:
        if key not in self.pools:
            return _NONE
        if whole:
            return self.open[key]
        covered = _NONE
        for part in self.parts[key]:
            covered += part.watt_hours if part.kind not in ("on-site", "certificate") else _NONE
        free = self.pools[key].free * self.bought[key]
        return max(_NONE, min(self.open[key], free - self.free_by_certificates[key] - covered))

    def _room_in(self, key: PoolKey, slot: str) -> Fraction:
        """What a contract may still cover of a month or hour: not the lines with a supplier's factor, which are in all of them."""
        pool = self.pools[key]
        if key not in self.consumed_in:
            self.consumed_in[key] = dict(pool.slots)
        consumed = self.consumed_in[key].get(slot, _NONE)
        if not consumed:
            return _NONE
        contracted = consumed * self.bought[key] * pool.contracted / pool.consumed
        return max(_NONE, self.open_in[key][slot] - contracted)

    def _certificated(self, supply: Supply) -> None:
        """A contract with its certificates: it covers as much as they do, when they do, and they cover nothing else."""
        key = PoolKey(supply.facility, "scope-2", supply.carrier)
        room = self._room(key, whole=False)
        wanted = room if supply.watt_hours is None else min(room, supply.watt_hours)
        taken = _NONE
        for name in sorted(set(supply.certificates)):
            certificate = self.certificates[name]
            if name not in self.remaining or not may_cover(certificate, self.pools.get(key), self.facts):
                continue
            slot = certificate_slot(self.facts.matching, certificate)
            open_then = min(wanted - taken, self._room_in(key, slot))
            part = min(self.remaining[name], round_up(open_then))
            if part:
                exact = min(Fraction(part), open_then)
                self.remaining[name] -= part
                self.open_in[key][slot] -= exact
                self.uses.append(Use(name, key, slot, part, supply.id))
                taken += exact
        self._covered_by(supply, key, taken, supply.watt_hours)

    def _match(self) -> None:
        reserved = {name for one in self.supplies.values() for name in one.certificates}
        left = [
            self.certificates[name] for name, left in self.remaining.items() if left and name not in reserved
        ]
        preferred = sorted(left, key=preference)
        supplies = {one.id: self.remaining[one.id] for one in preferred}
        chosen = Choice(preferred, self.facts)
        demands = []
        wanted: dict[tuple[PoolKey, str], Fraction] = {}
        for key, pool in sorted(self.pools.items(), key=lambda one: (self._place(one[0]), one[0])):
            for slot, watt_hours in self.open_in[key].items():
                names = chosen(pool, slot)
                if names and watt_hours:
                    wanted[key, slot] = watt_hours
                    demands.append(Demand((key, slot), round_up(watt_hours), names))
        covered: dict[PoolKey, dict[str, Fraction]] = {}
        for (name, certificate), taken in sorted(match_many(demands, supplies).items()):
            key, slot = name  # type: ignore[misc]
            self.remaining[certificate] -= taken
            self.uses.append(Use(certificate, key, slot, taken))
            # The last Wh of a slot that is no whole number of them: used whole, covered only as far as it was consumed.
            exact = min(Fraction(taken), wanted[key, slot])
            wanted[key, slot] -= exact
            by_name = covered.setdefault(key, {})
            by_name[certificate] = by_name.get(certificate, _NONE) + exact
        for key, by_name in covered.items():
            total = sum(by_name.values(), _NONE)
            self.free_by_certificates[key] = min(total, self._room(key, whole=False))
            self.parts[key] += [Part("certificate", name, by_name[name]) for name in sorted(by_name)]
            self.open[key] -= total

    def _place(self, key: PoolKey) -> int:
        return self.order.get(key.facility, len(self.order))

    def _rest(self, name: str) -> int:
        if name in self.remaining:
            return self.remaining[name]
        return round_down(self.certificates[name].watt_hours)

    def _left(self, certificate: Certificate) -> Left:
        rest, wrong = self._rest(certificate.id), broken(self.verdicts[certificate.id])
        if wrong is not None:
            return Left(certificate.id, rest, "refused", f"{wrong.rule}: {wrong.told}")
        after = self.facts.end + _DAY
        opens = months_after(self.facts.end, -self.facts.window.before) + _DAY
        market = market_of(certificate, self.facts)
        if certificate.contract is not None and any(use.certificate == certificate.id for use in self.uses):
            told = (
                "a cancellation on a ledger is consumed whole by the statement that uses it; cancel in parts"
            )
            return Left(certificate.id, rest, "expired", told)
        if self.facts.matching != "annual":
            then = certificate_slot(self.facts.matching, certificate)
            told = f"produced {then}, when no more was used in {market}"
            return Left(certificate.id, rest, "expired", told)
        if certificate.used_to < after:
            told = (
                f"cancelled for consumption to {certificate.used_to}, and there was no more of it in {market}"
            )
            return Left(certificate.id, rest, "expired", told)
        if certificate.produced_from < opens:
            told = f"produced {certificate.produced_from}, too long before consumption after {self.facts.end}"
            return Left(certificate.id, rest, "expired", told)
        return Left(certificate.id, rest, "usable", f"in {market}, for consumption to {certificate.used_to}")
