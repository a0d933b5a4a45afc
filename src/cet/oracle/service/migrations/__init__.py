"""Alembic: how the schema came about, and how it goes on. `cet oracle migrate` runs it."""
