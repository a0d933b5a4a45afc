"""The queue against a model of it: leases, versions, moves and the audit log, whatever two workers and the clock do."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from cet.oracle.service import audit, recomputing, requests
from cet.oracle.service.database import Database
from cet.oracle.service.errors import IllegalMove, Overtaken
from cet.oracle.service.requests import Act
from cet.oracle.service.states import MOVES, Event, Request, State, backoff_ms, moved, postponed
from queued_requests import fresh_request

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE_MS = 100


class QueueMachine(RuleBasedStateMachine):
    """Workers claim, save late or not at all; the model is a dict of (state, version, due, lease)."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.database = Database.open(f"sqlite:///{Path(self._folder.name) / 'q.db'}")
        self.database.migrate()
        self.now = 1_000
        self.model: dict[str, dict[str, object]] = {}
        self.entries = 0
        with self.database.write() as connection:
            kept = recomputing.Kept("0" * 64, "zip", b"")
            recomputing.keep_package(connection, kept, 0)

    @rule()
    def arrives(self) -> None:
        identity = f"{len(self.model):032}"
        with self.database.write() as connection:
            requests.create(connection, fresh_request(identity, self.now), "test")
        self.model[identity] = {"state": State.RECEIVED, "version": 1, "due": self.now, "lease": None}
        self.entries += 1

    @rule(target=held)
    def claim(self) -> Request | None:
        claimed = requests.claim(self.database, "worker", self.now, LEASE_MS)
        free = {
            identity: one["due"]
            for identity, one in self.model.items()
            if one["due"] is not None
            and one["due"] <= self.now
            and (one["lease"] is None or one["lease"] <= self.now)
        }
        assert (claimed is None) == (not free)
        if claimed is not None:
            assert free[claimed.id] == min(free.values())
            one = self.model[claimed.id]
            one["version"] += 1
            one["lease"] = self.now + LEASE_MS
            assert (claimed.version, claimed.state) == (one["version"], one["state"])
        return claimed

    @rule(request=held, event=st.sampled_from(Event), due=st.none() | st.integers(0, 300))
    def move(self, request: Request | None, event: Event, due: int | None) -> None:
        if request is None:
            return
        at = None if due is None else self.now + due
        if (request.state, event) not in MOVES:
            with pytest.raises(IllegalMove):
                moved(request, event, self.now, due=at)
            return
        self._save(request, moved(request, event, self.now, due=at), Act("worker", event, {}))

    @rule(request=held, due=st.integers(0, 300))
    def postpone(self, request: Request | None, due: int) -> None:
        if request is not None:
            self._save(request, postponed(request, self.now, self.now + due), None)

    @rule(passed=st.integers(1, 250))
    def time_passes(self, passed: int) -> None:
        self.now += passed

    @invariant()
    def the_log_is_whole_and_the_states_are_the_models(self) -> None:
        with self.database.read() as connection:
            assert audit.verify(connection)[0] == self.entries
            found = {
                one.id: (one.state, one.version, one.due) for one in requests.listed(connection, limit=500)
            }
        assert found == {key: (one["state"], one["version"], one["due"]) for key, one in self.model.items()}

    def _save(self, before: Request, after: Request, act: Act | None) -> None:
        one = self.model[before.id]
        try:
            with self.database.write() as connection:
                requests.save(connection, before, after, act)
        except Overtaken:
            assert one["version"] != before.version
            return
        assert one["version"] == before.version
        one.update(state=after.state, version=after.version, due=after.due, lease=None)
        self.entries += act is not None

    def teardown(self) -> None:
        self.database.close()
        self._folder.cleanup()


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)


def test_only_the_ended_states_have_no_way_out() -> None:
    leaving = {state for state, _ in MOVES}
    assert {state for state in State if state not in leaving} == {s for s in State if s.ended}


def test_from_everywhere_a_request_can_be_receipted_or_refused() -> None:
    """No state is a trap."""

    def reached(state: State) -> Iterator[State]:
        seen, left = {state}, [state]
        while left:
            here = left.pop()
            for (start, _), to in MOVES.items():
                if start is here and to not in seen:
                    seen.add(to)
                    left.append(to)
        return iter(seen)

    for state in State:
        assert state.ended or State.RECEIPTED in set(reached(state))


def test_pauses_double_up_to_a_limit() -> None:
    pauses = [backoff_ms(attempts) for attempts in range(60)]
    assert pauses[:3] == [1_000, 2_000, 4_000]
    assert max(pauses) == pauses[-1] == 300_000
