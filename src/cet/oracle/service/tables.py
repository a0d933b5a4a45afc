"""The tables. The migrations make them; a test holds the two to each other. Times are milliseconds since 1970."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

_DIGEST, _ID, _ADDRESS, _NAME = String(64), String(32), String(42), String(64)

packages = Table(
    "packages",
    METADATA,
    Column("digest", _DIGEST, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
)
"""What was handed in, as it was, by its SHA-256."""

requests = Table(
    "requests",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("organisation", _NAME, nullable=False),
    Column("package", _DIGEST, ForeignKey("packages.digest"), nullable=False),
    Column("participant", _ADDRESS, nullable=False),
    Column("verifier", _ADDRESS, nullable=False),
    Column("corrects", Boolean, nullable=False),
    Column("inflation", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("statement", _DIGEST),
    Column("asserted", _DIGEST),
    Column("reason", Text, nullable=False),
    Column("instruments", Text, nullable=False),
    Column("identity", _DIGEST, unique=True),
    Column("lease_owner", String(128)),
    Column("lease_until", BigInteger),
    Index("requests_due", "due"),
    Index("requests_organisation", "organisation", "created"),
)
"""`identity` is the statement of a request that is not ended: unique, so a statement is handled once at a time."""

recomputations = Table(
    "recomputations",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("statement", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("lines", LargeBinary, nullable=False),
)
"""What a package gives: the statement, the calls that bring it to the ledger, and every line's figure (gzipped JSON)."""

stated = Table(
    "stated",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("entity", _DIGEST, nullable=False),
    Column("period_start", Integer, nullable=False),
    Column("period_end", Integer, nullable=False),
    Index("stated_of", "entity", "period_start", "period_end"),
)
"""For which entity and period (days since 1970) a recomputed package states."""

citations = Table(
    "citations",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("lot", String(18), primary_key=True),
    Column("units", Text, nullable=False),
    Index("citations_lot", "lot"),
)
"""What a recomputed package cites of received lots: units of the lot, or mg where it is shared out by mass; exact text."""

figures = Table(
    "figures",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("asserted", LargeBinary, nullable=False),
)
"""The participant's own figures per line, mg CO2e (gzipped JSON)."""

signatures = Table(
    "signatures",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("signer", _ADDRESS, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("opinion", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

attestations = Table(
    "attestations",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("oracle", _ADDRESS, primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("factors", String(64), nullable=False, server_default=""),
)
"""`factors` of this oracle's own: the digest of the factors it recomputed with."""

accounts = Table(
    "accounts",
    METADATA,
    Column("sender", _ADDRESS, primary_key=True),
    Column("next_nonce", BigInteger, nullable=False),
)
"""The next nonce of each key. Locked while one is taken and its transaction stored."""

outbox = Table(
    "outbox",
    METADATA,
    Column("sender", _ADDRESS, primary_key=True),
    Column("nonce", BigInteger, primary_key=True),
    Column("request", _ID, nullable=False),
    Column("step", String(32), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("target", _ADDRESS, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("ended", String(16), nullable=False),
    UniqueConstraint("request", "step", "generation", name="outbox_step"),
)
"""A transaction per nonce, stored signed before it is sent. `ended` is empty while it may still be carried out.

`request` is what it is sent for: a request, or a batch of the cascade keeper's.
"""

attempts = Table(
    "attempts",
    METADATA,
    Column("hash", String(66), primary_key=True),
    Column("sender", _ADDRESS, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("fee", BigInteger, nullable=False),
    Column("tip", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("attempts_nonce", "sender", "nonce"),
)
"""Signed transactions of a nonce: the first, and what replaced it at a higher fee."""

receipts = Table(
    "receipts",
    METADATA,
    Column("request", _ID, ForeignKey("requests.id"), primary_key=True),
    Column("receipt", Text, nullable=False),
)

audit = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("request", _ID, nullable=False),
    Column("actor", String(160), nullable=False),
    Column("event", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", _DIGEST, nullable=False),
    Index("audit_request", "request"),
)
"""Everything that happened; each entry's hash covers the one before. The database itself refuses to change one."""

audit_head = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
)
"""The last entry, locked while the next is written."""

tokens = Table(
    "tokens",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("organisation", _NAME, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    Column("scopes", String(128), nullable=False),
    Column("address", String(42), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
"""API tokens: the SHA-256 of 256 random bits, never the token."""

rates = Table(
    "rates",
    METADATA,
    Column("who", String(64), primary_key=True),
    Column("full_at", BigInteger, nullable=False),
)
"""When a token may again make all calls of a minute at once: ns since 1970. No row: now."""

keepers = Table(
    "keepers",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
)
"""Who keeps at the moment: one row, locked while a batch is stored, so that two keepers share one budget."""

cascades = Table(
    "cascades",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("lots", Text, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("cascades_state", "state"),
    Index("cascades_day", "day"),
)
"""A batch of stale lots announced by one transaction. `gas` is its limit until it is in a block, then what it used."""

cursors = Table(
    "cursors",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("block", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
)
"""Up to which block the ledger's events have become notices."""

notices = Table(
    "notices",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("lot", String(18), nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("log", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)
"""CloudEvents as they are delivered, byte for byte, by their ids."""

subscriptions = Table(
    "subscriptions",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("organisation", _NAME, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", String(16), nullable=False),
    Column("lots", Text, nullable=False),
    Column("participant", _ADDRESS, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_until", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Index("subscriptions_organisation", "organisation", "created"),
)
"""Who is told, of which lots, where. The secret signs; it is shown once and never logged. `due` is put off while nobody answers."""

deliveries = Table(
    "deliveries",
    METADATA,
    Column("subscription", _ID, ForeignKey("subscriptions.id"), primary_key=True),
    Column("notice", String(36), ForeignKey("notices.id"), primary_key=True),
    Column("lot", String(18), nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("log", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("first_tried", BigInteger),
    Column("status", Integer),
    Column("reason", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("deliveries_waiting", "subscription", "state", "block", "log"),
)
"""A notice on its way to a subscriber: `pending`, `delivered` or `dead`."""
