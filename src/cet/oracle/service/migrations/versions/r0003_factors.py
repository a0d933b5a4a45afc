"""With which factors this oracle recomputed what it attests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column; attestations from before are made anew."""
    op.add_column("attestations", sa.Column("factors", sa.String(64), nullable=False, server_default=""))
