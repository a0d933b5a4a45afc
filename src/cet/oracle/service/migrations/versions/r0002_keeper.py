"""The cascade keeper: its batches, subscriptions and deliveries. The outbox takes transactions that no request wants."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG = sa.BigInteger


def _column(name: str, kind: sa.types.TypeEngine[Any], *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=key, nullable=False)


def upgrade() -> None:
    """Adds the keeper's tables."""
    _free_outbox()
    op.create_table(
        "keepers",
        _column("name", sa.String(16), key=True),
        _column("version", _BIG()),
        _column("owner", sa.String(128)),
        _column("lease_until", _BIG()),
    )
    op.create_table(
        "cascades",
        _column("id", sa.String(32), key=True),
        _column("state", sa.String(16)),
        _column("lots", sa.Text()),
        _column("gas", _BIG()),
        _column("block", _BIG()),
        _column("day", sa.Integer()),
        _column("created", _BIG()),
        _column("changed", _BIG()),
    )
    op.create_index("cascades_state", "cascades", ["state"])
    op.create_index("cascades_day", "cascades", ["day"])
    op.create_table(
        "cursors",
        _column("name", sa.String(16), key=True),
        _column("block", _BIG()),
        _column("hash", sa.String(64)),
    )
    _create_notices()


def _free_outbox() -> None:
    """Takes the foreign key off the outbox. SQLite alters no constraint: the table is made anew and filled."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("outbox_request_fkey", "outbox", type_="foreignkey")
        return
    op.execute("ALTER TABLE outbox RENAME TO outbox_before")
    op.create_table(
        "outbox",
        _column("sender", sa.String(42), key=True),
        sa.Column("nonce", sa.BigInteger, primary_key=True, autoincrement=False),
        _column("request", sa.String(32)),
        _column("step", sa.String(32)),
        _column("generation", sa.Integer()),
        _column("target", sa.String(42)),
        _column("data", sa.LargeBinary()),
        _column("gas", _BIG()),
        _column("ended", sa.String(16)),
        sa.UniqueConstraint("request", "step", "generation", name="outbox_step"),
    )
    columns = "sender, nonce, request, step, generation, target, data, gas, ended"
    op.execute(f"INSERT INTO outbox ({columns}) SELECT {columns} FROM outbox_before")  # noqa: S608 - our own names
    op.drop_table("outbox_before")


def _create_notices() -> None:
    op.create_table(
        "notices",
        _column("id", sa.String(36), key=True),
        _column("lot", sa.String(18)),
        _column("block", _BIG()),
        _column("log", _BIG()),
        _column("event", sa.Text()),
        _column("created", _BIG()),
    )
    op.create_table(
        "subscriptions",
        _column("id", sa.String(32), key=True),
        _column("organisation", sa.String(64)),
        _column("url", sa.Text()),
        _column("events", sa.String(16)),
        _column("lots", sa.Text()),
        _column("participant", sa.String(42)),
        _column("secret", sa.LargeBinary()),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_until", _BIG),
        _column("created", _BIG()),
        sa.Column("ended", _BIG),
        _column("failures", sa.Integer()),
        _column("due", _BIG()),
        _column("version", _BIG()),
        sa.Column("lease_until", _BIG),
    )
    op.create_index("subscriptions_organisation", "subscriptions", ["organisation", "created"])
    op.create_table(
        "deliveries",
        sa.Column("subscription", sa.String(32), sa.ForeignKey("subscriptions.id"), primary_key=True),
        sa.Column("notice", sa.String(36), sa.ForeignKey("notices.id"), primary_key=True),
        _column("lot", sa.String(18)),
        _column("block", _BIG()),
        _column("log", _BIG()),
        _column("state", sa.String(16)),
        _column("attempts", sa.Integer()),
        _column("due", _BIG()),
        sa.Column("first_tried", _BIG),
        sa.Column("status", sa.Integer),
        _column("reason", sa.Text()),
        _column("changed", _BIG()),
    )
    op.create_index("deliveries_waiting", "deliveries", ["subscription", "state", "block", "log"])
