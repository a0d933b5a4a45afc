"""Changes the contracts in one place at a time, and counts the changes that the Solidity tests notice: `make mutate`.

All mutants (tools/mutants.py) are compiled at once in a copy, `.cache/mutation`; then the tests run once for each mutant
of a random sample with a fixed seed, drawn in each file. A mutant is killed when a test fails. Invariants do not run, and fuzz tests run few cases,
so that what is counted are the unit tests. Prints survivors and the table that docs/mutation.md keeps.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from collections import Counter

from mutants import SWITCH, Mutant, mutants_of_all
from rewriting import ROOT, forge, project

COPY = ROOT / ".cache" / "mutation"
SEED = 1
NEAR = {
    "Accrediting": ("StatementParties", "Roles"),
    "Allocating": ("Allocation", "References", "Operators"),
    "Allocations": ("OptIn", "Allocation"),
    "Anchoring": ("Anchors", "Operators"),
    "Anchors": ("Anchors", "CertificatedAllocation"),
    "BookAndClaim": ("Services", "Profiles"),
    "Bookings": ("Bookings", "Profiles", "Section9"),
    "BulkClaims": ("Services", "Claims"),
    "Calendar": ("Calendar", "Section9"),
    "CarbonEmissionsToken": ("Surface", "Composition", "Mint"),
    "CarbonOffsetToken": ("Issue", "Transfers", "Consumption", "Voiding", "Replacement"),
    "Cascading": ("Cascade", "HookAttacks"),
    "CertificatedGeneration": ("CertificatedGeneration", "CertificatedAllocation"),
    "Certificating": ("CertificatedAllocation",),
    "Compositions": ("Composition", "CertificatedAllocation"),
    "Correcting": ("Corrections", "Operators"),
    "Corrections": ("Corrections", "CertificatedAllocation"),
    "CreditRenderer": ("Metadata",),
    "CreditStore": ("CreditStore", "Consumption"),
    "DataUri": ("Metadata",),
    "DisjointRanges": ("DisjointRanges",),
    "Displacements": ("Displacement", "Corrections"),
    "ERC1155Surface": ("Surface", "Transfers"),
    "Evaluation": ("Evaluation", "RandomGraphs", "SharesTwin"),
    "Forwarding": ("Allocation", "Anchors"),
    "Governing": ("Operators",),
    "HookCalls": ("HookAttacks", "Cascade"),
    "LedgerLens": ("Lens",),
    "LotBook": ("Operators", "Offsets", "HookAttacks"),
    "LotCode": ("LotCode",),
    "LotKey": ("LotStore",),
    "LotRenderer": ("Metadata",),
    "LotStore": ("LotStore",),
    "Lots": ("Allocation", "Operators", "CertificatedAllocation"),
    "Minting": ("Mint",),
    "Offsetting": ("Offsets",),
    "Operating": ("Services", "Claims"),
    "PlainText": ("PlainText", "Issue"),
    "ProfileClaims": ("Profiles", "Bookings", "Claims"),
    "Receiving": ("Allocation", "OptIn", "CertificatedAllocation"),
    "References": ("References",),
    "Register": ("Services", "Claims", "Profiles"),
    "Relay": ("Relay",),
    "ReportedScopes": ("Mint", "StatementParties"),
    "Restatement": ("Restatement",),
    "Restating": ("Restatement",),
    "Section9": ("Section9",),
    "Services": ("Services", "Claims", "Section9"),
    "Shares": ("Shares", "SharesTwin"),
    "Signatures": ("Signatures",),
    "StatementRegistry": ("StatementRegistry", "StatementParties"),
    "Stating": ("Mint", "Restatement"),
    "Superseding": ("Supersession",),
    "UsePhaseEscrow": ("UsePhaseEscrow",),
}
"""The tests that say most about a file: they run first, and the others only if these notice nothing."""
SLOW = ("LotCode", "LotCodeTwin", "Lens")
"""Tables of 700 times 700 codes, and the widest ancestry: for what is near them only."""
SECONDS = 120
"""A run that takes longer is one that does not end: noticed."""


def sample(mutants: list[Mutant], share: int) -> list[Mutant]:
    """One in `share` of each file's mutants, at least three of each."""
    chosen: list[Mutant] = []
    source = random.Random(SEED)  # noqa: S311 (a sample, not a secret)
    for name in sorted({mutant.name for mutant in mutants}):
        own = [mutant for mutant in mutants if mutant.name == name]
        drawn = source.sample(own, min(len(own), max(3, -(-len(own) // share))))
        chosen += sorted(drawn, key=lambda mutant: mutant.number)
    return chosen


def survives(mutant: Mutant) -> bool:
    """Whether no test notices a mutant."""
    near = NEAR.get(mutant.name, ("Mint",))
    runs = (("--match-path", near), ("--no-match-path", (*near, *SLOW)))
    try:
        return all(
            forge(
                COPY,
                "test",
                "--fail-fast",
                *(way, f"tests/solidity/**/{{{','.join(tests)}}}.t.sol"),
                coinbase=mutant.number,
                seconds=SECONDS,
            ).returncode
            == 0
            for way, tests in runs
        )
    except subprocess.TimeoutExpired:
        return False


def build(written: dict[str, str]) -> None:
    """Compiles all mutants; exits if the tests fail while none of them is alive."""
    project(COPY, written, ("mutated", SWITCH))
    for step in ("build", "test"):
        done = forge(COPY, step)
        if done.returncode:
            sys.exit(f"forge {step} fails before anything is changed\n{done.stdout}{done.stderr}")


def told(mutant: Mutant) -> str:
    return f"{mutant.number} {mutant.name}.sol:{mutant.line}, {mutant.what}: {mutant.source}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--share", type=int, default=1, help="one in so many of each file (default: all)")
    parser.add_argument("--only", default="", help="a regular expression: mutants to run, by number and file")
    parser.add_argument("--list", action="store_true", help="say which mutants there are, and stop")
    arguments = parser.parse_args()
    mutants, written = mutants_of_all()
    chosen = [
        mutant for mutant in sample(mutants, arguments.share) if re.search(arguments.only, told(mutant))
    ]
    if arguments.list:
        print("\n".join(map(told, chosen)))
        return 0
    build(written)
    print(f"{len(chosen)} of {len(mutants)} mutants", flush=True)
    counts: dict[str, Counter[str]] = {mutant.name: Counter() for mutant in mutants}
    for mutant in mutants:
        counts[mutant.name]["generated"] += 1
    for mutant in chosen:
        survived = survives(mutant)
        counts[mutant.name]["survived" if survived else "killed"] += 1
        if survived:
            print(f"survived: {told(mutant)}", flush=True)
    print("\n| file | mutants | run | killed | survived |\n|---|---:|---:|---:|---:|")
    for name, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        run = count["killed"] + count["survived"]
        print(f"| {name} | {count['generated']} | {run} | {count['killed']} | {count['survived']} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
