"""The HTTP API. Modules here evaluate their annotations at run time, as FastAPI does: no postponed annotations."""
