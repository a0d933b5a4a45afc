"""API tokens: 256 random bits each, kept as their SHA-256 only, with scopes for one organisation."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from cet.oracle.service import audit
from cet.oracle.service.errors import NotAllowed, ServiceError
from cet.oracle.service.tables import tokens

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

_FORM = re.compile(r"cet_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NOWHERE = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a token allows."""

    SUBMIT = "submit"
    """Hand in packages and figures, and sign, for its organisation."""
    READ = "read"
    """See its organisation's requests, their lines and receipts."""
    VERIFY = "verify"
    """See and sign the requests that name its address as verifier."""
    ATTEST = "attest"
    """As another oracle: have packages recomputed and attested, and hand attestations in."""
    SUBSCRIBE = "subscribe"
    """Make, see and end its organisation's webhook subscriptions."""
    OPERATE = "operate"
    """See every request's state, never its lines."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is known once checked. `address` is the verifier's, empty for others."""

    id: str
    organisation: str
    scopes: frozenset[Scope]
    address: str

    def require(self, *scopes: Scope) -> None:
        """Raises NotAllowed unless it has one of them."""
        if not self.scopes & set(scopes):
            raise NotAllowed(
                f"the token lacks scope {' or '.join(scopes)}", "ask the operator: `cet oracle token new`"
            )


def new(connection: Connection, organisation: str, scopes: Collection[Scope], address: str, now: int) -> str:
    """Makes a token; the only time it is seen. Raises ServiceError for a bad name, no scope, or VERIFY without address."""
    if not _ORGANISATION.fullmatch(organisation):
        raise ServiceError(
            f"{organisation!r} is no name of an organisation",
            "use a-z, 0-9, dot, dash, underscore; at most 64",
        )
    if not scopes:
        raise ServiceError("a token without scopes", f"give one or more of {', '.join(Scope)}")
    if (Scope.VERIFY in scopes) != bool(address):
        raise ServiceError("scope verify goes with an address", "name the verifier's address, for it only")
    identity, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    connection.execute(
        insert(tokens).values(
            id=identity,
            organisation=organisation,
            digest=_digest(secret),
            scopes=" ".join(sorted(scopes)),
            address=address,
            created=now,
            revoked=None,
        )
    )
    detail = {"organisation": organisation, "scopes": sorted(scopes), "address": address}
    audit.append(connection, at=now, request="", actor=f"token {identity}", event="token new", detail=detail)
    return f"cet_{identity}_{secret}"


def check(connection: Connection, text: str) -> Token:
    """The token. Raises NotAllowed, with the same words whatever is wrong with it."""
    form = _FORM.fullmatch(text)
    row = None
    if form is not None:
        row = connection.execute(select(tokens).where(tokens.c.id == form[1])).mappings().one_or_none()
    digest = row["digest"] if row is not None else _NOWHERE
    right = hmac.compare_digest(digest, _digest(form[2] if form else ""))
    if row is None or not right or row["revoked"] is not None:
        raise NotAllowed("no such token", "send `Authorization: Bearer cet_…`, as the operator gave it")
    scopes = frozenset(Scope(scope) for scope in row["scopes"].split())
    return Token(row["id"], row["organisation"], scopes, row["address"])


def revoke(connection: Connection, identity: str, now: int) -> None:
    """Ends a token by its id (the part between the underscores). Raises ServiceError if there is none."""
    changed = connection.execute(
        update(tokens).where(tokens.c.id == identity, tokens.c.revoked.is_(None)).values(revoked=now)
    )
    if changed.rowcount != 1:
        raise ServiceError(f"no live token {identity}", "`cet oracle token list` shows them")
    audit.append(connection, at=now, request="", actor=f"token {identity}", event="token revoked", detail={})


def listed(connection: Connection) -> list[dict[str, object]]:
    """Every token without its digest."""
    columns = [column for column in tokens.c if column.name != "digest"]
    rows = connection.execute(select(*columns).order_by(tokens.c.created)).mappings()
    return [dict(row) for row in rows]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
