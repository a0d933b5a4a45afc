"""Requests, their signatures and transactions, the audit log, tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.BigInteger
_SQLITE_KEEPS = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
_POSTGRES_KEEPS = """
CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps();
"""


def _text(
    name: str, length: int, *, primary_key: bool = False, nullable: bool = False, unique: bool = False
) -> sa.Column[str]:
    kind = sa.String(length)
    return sa.Column(
        name, kind, primary_key=primary_key, nullable=nullable and not primary_key, unique=unique or None
    )


def _request(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "request", sa.String(32), sa.ForeignKey("requests.id"), primary_key=primary_key, nullable=False
    )


def upgrade() -> None:
    """Creates everything."""
    op.create_table(
        "packages",
        _text("digest", 64, primary_key=True),
        _text("kind", 8),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created", _TIME, nullable=False),
    )
    op.create_table(
        "requests",
        _text("id", 32, primary_key=True),
        _text("organisation", 64),
        sa.Column("package", sa.String(64), sa.ForeignKey("packages.digest"), nullable=False),
        _text("participant", 42),
        _text("verifier", 42),
        sa.Column("corrects", sa.Boolean, nullable=False),
        sa.Column("inflation", sa.Integer, nullable=False),
        _text("state", 16),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("due", _TIME),
        sa.Column("attempts", sa.Integer, nullable=False),
        _text("statement", 64, nullable=True),
        _text("asserted", 64, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("instruments", sa.Text, nullable=False),
        _text("identity", 64, nullable=True, unique=True),
        _text("lease_owner", 128, nullable=True),
        sa.Column("lease_until", _TIME),
    )
    op.create_index("requests_due", "requests", ["due"])
    op.create_index("requests_organisation", "requests", ["organisation", "created"])
    op.create_table(
        "recomputations",
        _request(primary_key=True),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("lines", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "figures", _request(primary_key=True), sa.Column("asserted", sa.LargeBinary, nullable=False)
    )
    op.create_table(
        "signatures",
        _request(primary_key=True),
        _text("role", 16, primary_key=True),
        _text("signer", 42),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
    )
    op.create_table(
        "attestations",
        _request(primary_key=True),
        _text("oracle", 42, primary_key=True),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("created", _TIME, nullable=False),
    )
    _create_outbox()
    op.create_table("receipts", _request(primary_key=True), sa.Column("receipt", sa.Text, nullable=False))
    _create_audit()
    op.create_table(
        "tokens",
        _text("id", 16, primary_key=True),
        _text("organisation", 64),
        _text("digest", 64),
        _text("scopes", 128),
        _text("address", 42),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("revoked", _TIME),
    )


def _create_outbox() -> None:
    op.create_table(
        "accounts",
        _text("sender", 42, primary_key=True),
        sa.Column("next_nonce", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "outbox",
        _text("sender", 42, primary_key=True),
        sa.Column("nonce", sa.BigInteger, primary_key=True, autoincrement=False),
        _request(),
        _text("step", 32),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("target", 42),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("gas", sa.BigInteger, nullable=False),
        _text("ended", 16),
        sa.UniqueConstraint("request", "step", "generation", name="outbox_step"),
    )
    op.create_table(
        "attempts",
        _text("hash", 66, primary_key=True),
        _text("sender", 42),
        sa.Column("nonce", sa.BigInteger, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("fee", sa.BigInteger, nullable=False),
        sa.Column("tip", sa.BigInteger, nullable=False),
        sa.Column("created", _TIME, nullable=False),
    )
    op.create_index("attempts_nonce", "attempts", ["sender", "nonce"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("at", _TIME, nullable=False),
        _text("request", 32),
        _text("actor", 160),
        _text("event", 32),
        sa.Column("detail", sa.Text, nullable=False),
        _text("hash", 64),
    )
    op.create_index("audit_request", "audit", ["request"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        _text("hash", 64),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_KEEPS)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE_KEEPS.format(verb=verb))
