"""Book and claim once more, slowly: every question is answered by going through all accepted events again.

Written from sections 5, 6, 8, 9 and 11 of the framework, not from `cet.logistics`: conditions instead of a table, no running
totals. It knows the events' fields and nothing else of the package.
"""

from __future__ import annotations

import calendar
import datetime as dt
from fractions import Fraction
from math import floor
from typing import Any


def within(start: dt.date, day: dt.date, months: int) -> bool:
    """Whether `day` is from `start` to so many months later; the end of a month stays the end of a month."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    last = calendar.monthrange(year, month)[1]
    ends_month = (start + dt.timedelta(days=1)).day == 1
    return start <= day <= dt.date(year, month, last if ends_month else min(start.day, last))


class LogisticsModel:
    """The events taken so far. `takes` says whether another is allowed; `take` adds it."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def of(self, *kinds: str) -> list[Any]:
        return [event for event in self.events if type(event).__name__ in kinds]

    def named(self, name: str, *kinds: str) -> Any:
        return next((event for event in self.of(*kinds) if event.id == name), None)

    def take(self, event: Any) -> None:
        self.events.append(event)

    def takes(self, event: Any) -> bool:
        kind = type(event).__name__
        if any(getattr(event, "on", dt.date.max) < getattr(past, "on", dt.date.min) for past in self.events):
            return False
        if kind not in ("EmitterRetired", "ActivityShown") and any(
            getattr(past, "id", None) == event.id for past in self.events
        ):
            return False
        return bool(getattr(self, f"_{kind}")(event))

    def acts_as(self, who: str, role: str) -> bool:
        found = self.named(who, "Enrolled")
        return found is not None and role in {one.name for one in found.roles}

    def contracted(self, who: str) -> frozenset[str]:
        return frozenset(self.named(who, "Enrolled").network)

    def _once(self, event: Any) -> bool:
        proof = getattr(event, "delivery", "") or getattr(event, "evidence", "")
        if any(
            (past.by, past.delivery) == (event.by, proof) for past in self.of("SolutionProvided") if proof
        ):
            return False
        for past in self.of("SolutionBooked", "LetsBooked"):
            if proof and proof in (getattr(past, "delivery", ""), getattr(past, "evidence", "")):
                return False
            if getattr(event, "elsewhere", None) and getattr(past, "elsewhere", None) == event.elsewhere:
                return False
        return True

    # solutions

    def _SolutionBooked(self, event: Any) -> bool:  # noqa: N802 - named as the event
        return (
            self.acts_as(event.by, "SOLUTION_PROVIDER")
            and self._once(event)
            and event.additionality is not None
            and not any(credit.mode in event.modes for credit in event.credits)
            and within(event.produced, event.on, 12)
        )

    def _SolutionProvided(self, event: Any) -> bool:  # noqa: N802
        roles = self.acts_as(event.by, "SOLUTION_PROVIDER") and self.acts_as(event.to, "CARRIER")
        return roles and self._once(event) and event.quantity > 0

    def _SolutionClaimed(self, event: Any) -> bool:  # noqa: N802
        solution = self.named(event.solution, "SolutionBooked")
        if (
            solution is None
            or not self.acts_as(event.by, event.role.name)
            or event.mode not in solution.modes
        ):
            return False
        if not self._side_is_its(event, solution):
            return False
        if event.activity * event.consumption > event.quantity:
            return False
        first = self._counted_from(event, solution)
        if first is None:
            return False
        if event.role.name == "SHIPPER":
            in_time = first <= event.on and event.on.year <= first.year + 2
        else:
            in_time = within(first, event.on, 12)
        if not in_time or event.quantity > self._left(event, solution):
            return False
        return event.activity <= self.own_left(event.by, event.mode, event.unit, event.year)

    def _side_is_its(self, event: Any, solution: Any) -> bool:
        """Bundled as booked; emitter profiles for carriers, supply-chain profiles, with activity, for the others."""
        side, carrier = event.side.name, event.role.name == "CARRIER"
        if solution.bundled or side == "BUNDLED":
            return solution.bundled and side == "BUNDLED" and (carrier or event.activity > 0)
        return carrier if side == "EMITTER" else not carrier and event.activity > 0

    def _counted_from(self, event: Any, solution: Any) -> dt.date | None:
        if not event.paired:
            return solution.on
        beside = self.named(event.paired, "SolutionClaimed")
        if event.side.name != "EMITTER" or beside is None or beside.solution != event.solution:
            return None
        return beside.on if beside.side.name == "SUPPLY_CHAIN" else None

    def additional_of(self, solution: Any) -> int:
        return floor(solution.quantity * (1 - solution.additionality.share_not_additional))

    def _left(self, event: Any, solution: Any) -> int:
        claims = [one for one in self.of("SolutionClaimed") if one.solution == solution.id]
        if event.paired:
            return self.emitter_beside(event.paired)
        if event.side.name == "EMITTER":
            loose = sum(one.quantity for one in claims if one.side.name == "EMITTER" and not one.paired)
            beside = sum(self.given_emitter(one.id) for one in claims if one.side.name == "SUPPLY_CHAIN")
            return self.additional_of(solution) - loose - beside
        taken = sum(one.quantity for one in claims if one.side.name != "EMITTER")
        return self.additional_of(solution) - taken

    def given_emitter(self, claim: str) -> int:
        """The emitter profile that came to stand beside a supply-chain claim, as the events before it left it."""
        at = next(number for number, one in enumerate(self.events) if getattr(one, "id", "") == claim)
        found, before = self.events[at], LogisticsModel()
        before.events = self.events[:at]
        solution = before.named(found.solution, "SolutionBooked")
        loose = type("Loose", (), {"paired": "", "side": type("Side", (), {"name": "EMITTER"})})
        return min(found.quantity, before._left(loose, solution))

    def emitter_beside(self, claim: str) -> int:
        """What is left of it: not taken by carriers, not retired."""
        if any(one.claim == claim for one in self.of("EmitterRetired")):
            return 0
        taken = sum(one.quantity for one in self.of("SolutionClaimed") if one.paired == claim)
        return self.given_emitter(claim) - taken

    def _EmitterRetired(self, event: Any) -> bool:  # noqa: N802
        claim = self.named(event.claim, "SolutionClaimed")
        if claim is None or claim.side.name != "SUPPLY_CHAIN" or self.emitter_beside(event.claim) == 0:
            return False
        if not event.reason:
            return False
        own = self.named(claim.solution, "SolutionBooked").by == event.by
        return own or not within(claim.on, event.on, 12)

    # services

    def own_left(self, who: str, mode: Any, unit: str, year: int) -> int:
        shown = sum(
            one.activity
            for one in self.of("ActivityShown")
            if (one.by, one.mode, one.unit, one.year) == (who, mode, unit, year)
        )
        used = 0
        for one in self.of("SolutionClaimed", "LetsBooked", "LetsRebooked", "LetsClaimed"):
            if type(one).__name__ == "LetsRebooked" and one.role.name == "CARRIER":
                continue
            own_unit = one.unit if hasattr(one, "unit") else self.service(one.lets)["unit"]
            if (one.by, one.mode, own_unit, one.year) == (who, mode, unit, year):
                used += one.activity
        return shown - used

    def service(self, name: str) -> dict[str, Any] | None:
        """A LETS as it stands: who booked it, how it was generated, what of it is additional."""
        event = self.named(name, "LetsBooked", "LetsDerived", "LetsRebooked")
        kind = type(event).__name__
        if kind == "LetsBooked":
            stated = event.additionality
            extra = floor(event.activity * (1 - stated.share_not_additional)) if stated else None
            return {
                "by": event.by, "role": "CARRIER", "direct": True, "on": event.on, "mode": event.mode,
                "toc": event.toc, "unit": event.unit, "activity": event.activity, "additional": extra,
                "wtw": Fraction(event.masses.wtw_mg, event.activity),
            }  # fmt: skip
        if kind == "LetsDerived":
            claim = self.named(event.claim, "SolutionClaimed")
            solution = self.named(claim.solution, "SolutionBooked")
            return {
                "by": event.by, "role": event.role.name, "direct": False, "on": event.on, "mode": claim.mode,
                "toc": claim.toc, "unit": claim.unit, "activity": event.activity, "additional": event.activity,
                "wtw": Fraction(solution.masses.wtw_mg) * claim.quantity / solution.quantity / claim.activity,
            }  # fmt: skip
        if kind == "LetsRebooked":
            source = self.service(event.lets)
            assert source is not None
            direct = event.role.name == "LSP" and self.is_direct(event.by, source)
            required = None if source["additional"] is None else source["activity"] - source["additional"]
            extra = (
                event.activity
                if not direct
                else None
                if required is None
                else max(0, event.activity - required)
            )
            return {
                **source, "by": event.by, "role": event.role.name, "direct": direct, "on": event.on,
                "toc": event.toc or source["toc"], "activity": event.activity, "additional": extra,
            }  # fmt: skip
        return None

    def is_direct(self, who: str, source: dict[str, Any]) -> bool:
        """Direct for an LSP or a shipper: a physical tie within its contracted network (section 5)."""
        return bool(source["direct"] and source["by"] in self.contracted(who))

    def users(self, name: str) -> list[Any]:
        return [one for one in self.of("LetsRebooked", "LetsClaimed") if one.lets == name]

    def claimed(self, name: str) -> int:
        return sum(one.activity for one in self.users(name))

    def _LetsBooked(self, event: Any) -> bool:  # noqa: N802
        return (
            self.acts_as(event.by, "CARRIER")
            and self._once(event)
            and (not event.provision or self._has(event.by, event.provision))
            and within(event.generated, event.on, 12)
            and event.activity <= self.own_left(event.by, event.mode, event.unit, event.year)
        )

    def _has(self, carrier: str, provision: str) -> bool:
        found = self.named(provision, "SolutionProvided")
        return found is not None and found.to == carrier

    def _LetsDerived(self, event: Any) -> bool:  # noqa: N802
        claim = self.named(event.claim, "SolutionClaimed")
        if claim is None or (claim.by, claim.role) != (event.by, event.role):
            return False
        if claim.side.name == "EMITTER" or event.role.name not in ("CARRIER", "LSP"):
            return False
        booked = sum(one.activity for one in self.of("LetsDerived") if one.claim == event.claim)
        solution = self.named(claim.solution, "SolutionBooked")
        return 0 < event.activity <= claim.activity - booked and within(solution.on, event.on, 12)

    def _LetsRebooked(self, event: Any) -> bool:  # noqa: N802
        source = self.service(event.lets)
        role = event.role.name
        if source is None or not self.acts_as(event.by, role) or source["by"] == event.by:
            return False
        if source["role"] != "CARRIER" or role not in ("CARRIER", "LSP"):
            return False
        if role == "CARRIER" and not source["direct"]:
            return False
        if not within(source["on"], event.on, 12) or not self._fits(event, source):
            return False
        if role == "LSP" and event.activity > self.own_left(event.by, event.mode, source["unit"], event.year):
            return False
        return (role == "LSP" and self.is_direct(event.by, source)) or self._additional(event, source)

    def _LetsClaimed(self, event: Any) -> bool:  # noqa: N802
        source = self.service(event.lets)
        if source is None or not self.acts_as(event.by, "SHIPPER") or source["by"] == event.by:
            return False
        if not (source["on"] <= event.on and event.on.year <= source["on"].year + 2):
            return False
        if not self._fits(event, source):
            return False
        if event.activity > self.own_left(event.by, event.mode, source["unit"], event.year):
            return False
        return self.is_direct(event.by, source) or self._additional(event, source)

    def _fits(self, event: Any, source: dict[str, Any]) -> bool:
        if event.mode is not source["mode"] or (source["toc"] and source["toc"] != event.toc):
            return False
        return bool(0 < event.activity <= source["activity"] - self.claimed(event.lets))

    def _additional(self, event: Any, source: dict[str, Any]) -> bool:
        """Indirect use must be additional: what other indirect uses took is gone."""
        if source["additional"] is None:
            return False
        taken = 0
        for one in self.users(event.lets):
            direct = self.is_direct(one.by, source) and getattr(one, "role", None) not in self._carriers(one)
            taken += 0 if direct else one.activity
        return bool(event.activity <= source["additional"] - taken)

    @staticmethod
    def _carriers(one: Any) -> tuple[Any, ...]:
        role = getattr(one, "role", None)
        return (role,) if role is not None and role.name == "CARRIER" else ()
