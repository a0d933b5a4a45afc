"""Answers one SMT-LIB file as a solver's command line would: Bitwuzla, from its Python package.

Halmos writes a query to a file and reads `sat`, `unsat` or `unknown` from standard output (`--solver-command`). Its usual
solver does not finish on multiplication followed by division; this one does.
"""

from __future__ import annotations

import sys

from bitwuzla import Option, Options, Parser, TermManager


def main(path: str) -> None:
    options = Options()
    options.set(Option.PRODUCE_MODELS, True)
    Parser(TermManager(), options).parse(path, False, True)


if __name__ == "__main__":
    main(sys.argv[-1])
