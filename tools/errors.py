"""Write docs/errors.md: every error a contract can answer with, what it means, and what to do about it.

From the committed ABIs and `src/cet/ledger/refusals.toml`, so that the page says what the command says. With `--check`
nothing is written: the exit status is 1 if the page is not in step.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from cet.ledger.interfaces import CONTRACTS, interface
from cet.ledger.refusals import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.ledger.interfaces import Entry

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"
HEAD = """\
# Every refusal, and what to do

Written by `tools/errors.py` from the contracts' interfaces and `src/cet/ledger/refusals.toml`; `make check` fails when it is
not in step. A refused call changes nothing. `cet`, the scripts and `cet.ledger` say these sentences with the values filled in
(*in italics here*: masses in t CO2e, days as dates, keys in hexadecimal); other clients see the error's name, or its selector,
with the arguments in this order: mostly the actual value before the allowed one.

"""
FOOT = """
`Error(string)` and `Panic(uint256)` are Solidity's own: the first carries a sentence, the second says that an arithmetic or
list operation went out of range, which no call of these contracts should meet.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, entries in sections():
        parts.append(f"## {title}\n\n| error | selector | what it means | what to do |\n|---|---|---|---|\n")
        parts += [row(entry) for entry in entries]
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n" + FOOT


def sections() -> Iterator[tuple[str, list[Entry]]]:
    """Errors by the contracts that answer with them, each once, alphabetically."""
    raised: dict[bytes, list[str]] = {}
    known: Mapping[bytes, Entry] = {}
    for contract in CONTRACTS:
        for selector, entry in interface(contract).errors.items():
            raised.setdefault(selector, []).append(contract)
            known = {**known, selector: entry}
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for selector, contracts in raised.items():
        groups.setdefault(tuple(contracts), []).append(known[selector])
    for contracts, entries in sorted(
        groups.items(), key=lambda group: (len(group[0]), CONTRACTS.index(group[0][0]))
    ):
        yield ", ".join(contracts), sorted(entries, key=lambda entry: entry.name)


def row(entry: Entry) -> str:
    """One error."""
    words = sentences()[entry.name]
    arguments = ", ".join(f"{parameter.type} {parameter.name}" for parameter in entry.inputs)
    cells = (
        f"`{entry.name}({arguments})`",
        f"`0x{entry.selector.hex()}`",
        shown(words["problem"]),
        shown(words["remedy"]),
    )
    return f"| {' | '.join(cells)} |\n"


def shown(sentence: str) -> str:
    """A sentence with its arguments in italics, fit for a table's cell."""
    parts = [
        text + (f"*{name.rstrip('_')}*" if name else "") for text, name, _, _ in Formatter().parse(sentence)
    ]
    return "".join(parts).replace("|", "\\|")


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    check = parser.parse_args().check
    wanted = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    if check:
        print("stale: docs/errors.md (run make abi)")
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    print("rewritten: docs/errors.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
