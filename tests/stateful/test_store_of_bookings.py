"""The store follows random bookings and claims, and goes back with the chain: it holds what the mirror rebuilds from all events."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from cet.ledger.store import Store
from stateful.comparison import compare_store
from stateful.test_register_agrees import Devnet, RegisterMachine


class StoredRegisterMachine(RegisterMachine):
    """As the register's machine; each example undoes the last one's blocks, so the store goes back, too."""

    store: Store | None = None

    def _compare(self) -> None:
        super()._compare()
        kind = type(self)
        if kind.store is None:
            kind.store = Store.open("sqlite://", self.world.ledger.deployment)
        state = self.world.mirrored()
        assert state.lets or state.solutions, "nothing was booked"
        compare_store(kind.store, self.world, state, None, keep=100_000)


StoredRegisterMachine.TestCase.settings = settings(
    max_examples=4,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


class TestStoreOfBookings(StoredRegisterMachine.TestCase):  # type: ignore[misc, name-defined]
    """The node ends with the last example."""

    @classmethod
    def tearDownClass(cls) -> None:
        if StoredRegisterMachine.store is not None:
            StoredRegisterMachine.store.close()
            StoredRegisterMachine.store = None
        Devnet.close()
