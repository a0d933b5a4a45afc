"""The `cet` command. Importing it imports neither the contracts' client nor Ape: commands load what they run."""

from cet.cli.root import main

__all__ = ["main"]
