"""Webhooks: an organisation's subscriptions, their secrets and recent deliveries. Only what is public on the ledger is told."""

import json
from typing import Annotated, Any

from eth_utils.address import to_checksum_address
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from cet.ledger import key_text, parse_key
from cet.ledger.errors import LedgerError
from cet.oracle.service.api.guard import Admitted, AdmittedRoute, Around
from cet.oracle.service.errors import ServiceError
from cet.oracle.service.keeping import deliveries, subscriptions
from cet.oracle.service.keeping.deliveries import DeliveryState
from cet.oracle.service.keeping.events import Kind
from cet.oracle.service.keeping.subscriptions import MOST_LOTS, Subscription, Wish
from cet.oracle.service.keeping.targets import addresses_of, read_target
from cet.oracle.service.tokens import Scope

router = APIRouter(prefix="/v1/subscriptions", route_class=AdmittedRoute)
_MOST_DELIVERIES = 200


class SubscriptionBody(BaseModel):
    """What to tell, and where. Neither lots nor a participant: every lot of the ledger."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        max_length=2_000, description="https://HOST/PATH; hosts in private networks are refused."
    )
    events: Kind = Field(
        Kind.LOT, description="lot: every figure announced; pact: product lots, PACT's event."
    )
    lots: list[Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{16}$")]] = Field([], max_length=MOST_LOTS)
    participant: str | None = Field(None, pattern=r"^0x[0-9a-fA-F]{40}$", description="Only lots it holds.")


class SubscriptionView(BaseModel):
    """A subscription, without its secret. `failures` in a row: how often nobody answered."""

    id: str
    url: str
    events: Kind
    lots: list[str]
    participant: str | None
    created: int
    failures: int
    next_attempt: int

    @classmethod
    def of(cls, one: Subscription) -> "SubscriptionView":
        return cls(
            id=one.id,
            url=one.url,
            events=one.events,
            lots=[key_text(lot) for lot in one.lots],
            participant=one.participant or None,
            created=one.created // 1_000,
            failures=one.failures,
            next_attempt=one.due // 1_000,
        )


class NewSubscription(SubscriptionView):
    """A subscription just made. The secret is shown this once: it verifies `webhook-signature`."""

    secret: str


class Secret(BaseModel):
    """A new secret, shown this once. The one before signs beside it for 24 hours."""

    secret: str


class PutBack(BaseModel):
    """How many dead deliveries are tried again."""

    put_back: int


class DeliveryView(BaseModel):
    """A delivery with its event as it is sent. `status` is the receiver's last HTTP status."""

    id: str
    lot: str
    state: DeliveryState
    attempts: int
    status: int | None
    reason: str
    changed: int
    event: dict[str, Any]


@router.post("", status_code=201)
def subscribe(body: SubscriptionBody, around: Around, token: Admitted) -> NewSubscription:
    """Be told by webhook of figures announced from now on. The answer has the secret; it is not shown again."""
    token.require(Scope.SUBSCRIBE)
    private = around.settings.private_webhooks
    addresses_of(read_target(body.url, private=private), private=private)
    wish = Wish(
        body.url,
        body.events,
        tuple(_key(lot) for lot in body.lots),
        to_checksum_address(body.participant) if body.participant else "",
    )
    with around.database.write() as connection:
        made, secret = subscriptions.create(
            connection, token.organisation, wish, f"token {token.id}", around.now(), around.seal
        )
    return NewSubscription(**SubscriptionView.of(made).model_dump(), secret=secret)


def _key(lot: str) -> int:
    try:
        return parse_key(lot)
    except LedgerError as error:
        raise ServiceError(error.problem, error.remedy) from error


@router.get("")
def list_subscriptions(around: Around, token: Admitted) -> list[SubscriptionView]:
    """The organisation's subscriptions, newest first."""
    token.require(Scope.SUBSCRIBE)
    with around.database.read() as connection:
        found = subscriptions.listed(connection, token.organisation, around.now())
    return [SubscriptionView.of(one) for one in found]


@router.delete("/{subscription}", status_code=204)
def unsubscribe(subscription: str, around: Around, token: Admitted) -> None:
    """End a subscription: nothing more is sent, and its secret is forgotten."""
    token.require(Scope.SUBSCRIBE)
    with around.database.write() as connection:
        subscriptions.end(connection, token.organisation, subscription, f"token {token.id}", around.now())


@router.post("/{subscription}/secret")
def rotate_secret(subscription: str, around: Around, token: Admitted) -> Secret:
    """A new secret. For 24 hours each webhook has two signatures, the new secret's and the old one's."""
    token.require(Scope.SUBSCRIBE)
    with around.database.write() as connection:
        secret = subscriptions.rotate(
            connection, token.organisation, subscription, f"token {token.id}", around.now(), around.seal
        )
    return Secret(secret=secret)


@router.get("/{subscription}/deliveries")
def recent_deliveries(
    subscription: str,
    around: Around,
    token: Admitted,
    limit: Annotated[int, Query(ge=1, le=_MOST_DELIVERIES)] = 50,
) -> list[DeliveryView]:
    """Newest events first, with what became of each."""
    token.require(Scope.SUBSCRIBE)
    with around.database.read() as connection:
        subscriptions.find(connection, token.organisation, subscription, around.now())
        found = deliveries.recent(connection, subscription, limit)
    return [
        DeliveryView(
            id=row["notice"],
            lot=row["lot"],
            state=row["state"],
            attempts=row["attempts"],
            status=row["status"],
            reason=row["reason"],
            changed=row["changed"] // 1_000,
            event=json.loads(row["event"]),
        )
        for row in found
    ]


@router.post("/{subscription}/deliveries/retry")
def retry_dead(subscription: str, around: Around, token: Admitted) -> PutBack:
    """Try again what was given up. Events of a lot that were delivered meanwhile are newer: see `sequence`."""
    token.require(Scope.SUBSCRIBE)
    with around.database.write() as connection:
        subscriptions.find(connection, token.organisation, subscription, around.now())
        return PutBack(put_back=deliveries.put_back(connection, subscription, around.now()))
