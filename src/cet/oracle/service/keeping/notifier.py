"""Sends what is due: takes a subscription, sends its deliveries in order, marks each. Safe to kill: what was sent and not marked
is sent again with the same id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.oracle.service.errors import NoSecretKey, Overtaken, SecretUnreadable
from cet.oracle.service.keeping import deliveries, subscriptions
from cet.oracle.service.keeping.deliveries import DeliveryState
from cet.oracle.service.keeping.webhook import Limits, Outcome, headers, post
from cet.oracle.service.states import backoff_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.oracle.service.keeping.deliveries import Delivery
    from cet.oracle.service.keeping.subscriptions import Subscription
    from cet.oracle.service.keeping.webhook import Answer
    from cet.oracle.service.surroundings import Surroundings

_HOUR_MS = 3_600_000
_NO_KEY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a delivery is tried (PACT: 72 hours), the first and longest pause between two attempts, ms, and how many
    deliveries are sent before another subscription has its turn."""

    give_up_ms: int = 72 * _HOUR_MS
    first_ms: int = 2_000
    most_ms: int = _HOUR_MS
    at_once: int = 50


class Notifier:
    """`step` serves one subscription."""

    def __init__(
        self, around: Surroundings, limits: Limits | None = None, patience: Patience | None = None
    ) -> None:
        self._around = around
        self._limits = limits or Limits()
        self._patience = patience or Patience()

    def step(self) -> bool:
        """False if nothing is due. Raises SQLAlchemyError."""
        around = self._around
        held = deliveries.lease(around.database, around.now(), self._lease_ms)
        if held is None:
            return False
        try:
            self._serve(held)
        except Overtaken:
            around.log.info("overtaken", subscription=held.id)
        return True

    @property
    def _lease_ms(self) -> int:
        """Longer than a turn can take."""
        return int(self._limits.seconds * 1_000) * (self._patience.at_once + 1)

    def _serve(self, held: Subscription) -> None:
        around, sent, failures = self._around, 0, held.failures
        due = around.now()
        try:
            keys = held.signing_keys(around.seal)
        except (NoSecretKey, SecretUnreadable) as error:
            # No attempt: nothing ages, nothing is lost, and it goes on with the right key.
            around.metrics.delivering.labels("no key").inc()
            around.log.warning("secret does not open", subscription=held.id, error=type(error).__name__)
            self._release(held, failures, due + _NO_KEY_MS)
            return
        while sent < self._patience.at_once:
            with around.database.read() as connection:
                ready = deliveries.next_of(connection, held.id, around.now(), self._patience.at_once - sent)
            if not ready:
                break
            for delivery in ready:
                answer = self._send(held, keys, delivery)
                sent += 1
                if answer.outcome is Outcome.GONE:
                    self._end(held)
                    return
                if answer.outcome is Outcome.DOWN:
                    pause = self._pause(failures)
                    self._mark(held, delivery, answer, due=around.now())
                    self._release(held, failures + 1, around.now() + pause)
                    return
                failures = 0
                self._mark(held, delivery, answer, due=around.now() + self._pause(delivery.attempts))
        self._release(held, failures, due)

    def _send(self, held: Subscription, keys: Sequence[bytes], delivery: Delivery) -> Answer:
        around, body = self._around, delivery.event.encode()
        signed = headers(keys, delivery.notice, around.now() // 1_000, body)
        around.mark("before a webhook")
        with around.metrics.delivery_seconds.time():
            answer = post(held.url, body, signed, self._limits)
        around.metrics.delivering.labels(answer.outcome.value).inc()
        around.log.info(
            "webhook",
            subscription=held.id,
            notice=delivery.notice,
            lot=delivery.lot,
            attempt=delivery.attempts + 1,
            outcome=answer.outcome.value,
            status=answer.status,
            why=answer.reason,
        )
        around.mark("webhook sent, not marked")
        return answer

    def _mark(self, held: Subscription, delivery: Delivery, answer: Answer, *, due: int) -> None:
        now = self._around.now()
        first = delivery.first_tried if delivery.first_tried is not None else now
        if answer.outcome is Outcome.DELIVERED:
            state = DeliveryState.DELIVERED
        elif now - first >= self._patience.give_up_ms:
            state = DeliveryState.DEAD
            self._around.log.warning("delivery given up", subscription=held.id, notice=delivery.notice)
        else:
            state = DeliveryState.PENDING
        with self._around.database.write() as connection:
            deliveries.mark(
                connection,
                held,
                delivery,
                state,
                now,
                due=due,
                status=answer.status,
                reason=answer.reason,
            )

    def _release(self, held: Subscription, failures: int, due: int) -> None:
        with self._around.database.write() as connection:
            deliveries.release(connection, held, failures=failures, due=due)

    def _end(self, held: Subscription) -> None:
        now = self._around.now()
        with self._around.database.write() as connection:
            deliveries.drop(connection, held, now)
            subscriptions.end_quietly(connection, held.id, "receiver", now)
        self._around.log.warning("subscription ended by its receiver", subscription=held.id)

    def _pause(self, failures: int) -> int:
        return backoff_ms(failures, self._patience.first_ms, self._patience.most_ms)
