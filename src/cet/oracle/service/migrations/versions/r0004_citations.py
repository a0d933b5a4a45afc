"""For which entity and period each package states, and what it cites of received lots."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the tables. Entities and periods are filled in; citations are known of what is recomputed from now on."""
    stated = op.create_table(
        "stated",
        sa.Column("request", sa.String(32), sa.ForeignKey("requests.id"), primary_key=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("period_start", sa.Integer, nullable=False),
        sa.Column("period_end", sa.Integer, nullable=False),
    )
    op.create_index("stated_of", "stated", ["entity", "period_start", "period_end"])
    op.create_table(
        "citations",
        sa.Column("request", sa.String(32), sa.ForeignKey("requests.id"), primary_key=True),
        sa.Column("lot", sa.String(18), primary_key=True),
        sa.Column("units", sa.Text, nullable=False),
    )
    op.create_index("citations_lot", "citations", ["lot"])
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT request, statement FROM recomputations")).all()
    for request, text in kept:
        said = json.loads(text)
        connection.execute(
            sa.insert(stated).values(
                request=request,
                entity=said["entity"].removeprefix("0x"),
                period_start=said["period_start"],
                period_end=said["period_end"],
            )
        )
