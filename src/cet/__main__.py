"""The command `cet`, also as `python -m cet`: Ctrl-C ends it quietly even while it is still being loaded."""

from __future__ import annotations

import sys


def run() -> None:
    """Loads the commands and runs the one asked for."""
    try:
        from cet.cli import main

        main(prog_name="cet")
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was being written is removed\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
