"""Runs the revisions on the connection that `Database.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from cet.oracle.service.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True
)
context.run_migrations()
