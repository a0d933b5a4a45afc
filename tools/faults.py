"""Plants faults of law in the contracts of book and claim, the escrow and certificated generation, and says which suite notices each.

All faults of tools/faults.toml are written into one copy, `.cache/faults`, and compiled once; the block's coinbase says which is alive, as
for `make mutate`. Three suites are asked: the unit tests (tests/solidity), the invariant campaigns at 16 sequences of 64 calls, and the
agreement of the register with a book off the chain (tests/stateful), which knows neither anchors, statements, voids, escrows nor certificates.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib

from mutants import SWITCH
from rewriting import ROOT, forge, project

COPY = ROOT / ".cache" / "faults"
FIRST = 2_000_000
UNIT = (
    "tests/solidity/{logistics/*,offsets/UsePhaseEscrow,libraries/Calendar,certificates/Certificated*}.t.sol"
)
CAMPAIGNS = "tests/solidity/invariant/{Bookings,Escrows,Generation}.t.sol"
SECONDS = 300


def written(faults: list[dict[str, str]]) -> dict[str, str]:
    """The sources with every fault in them, by path."""
    texts: dict[str, str] = {}
    for number, fault in enumerate(faults, FIRST):
        path = fault["file"]
        text = texts.get(path) or (ROOT / path).read_text().replace(
            "pragma solidity 0.8.30;",
            f'pragma solidity 0.8.30; import {{mutated}} from "{"../" * (path.count("/") - 1) or "./"}mutated.sol";',
            1,
        )
        if text.count(fault["right"]) != 1:
            sys.exit(f"{path} does not have once: {fault['right']}")
        right = fault["right"]
        if "declares" in fault:
            right = right.removeprefix("bool ")
        both = f"{fault.get('declares', '')} if (mutated({number})) {{ {fault['wrong']} }} else {{ {right} }}"
        if "if (c.paired" in right:  # an `else` follows
            both = f"if (mutated({number}) && c.paired == 0) {{ }} else {right}"
        if right.startswith("(wholeMonth"):
            both = f"(mutated({number}) ? {fault['wrong']} : {right})"
        if right.startswith("_takeEvidence"):
            both = f"if (!mutated({number})) {{ _takeEvidence(evidence); }} _own["
        texts[path] = text.replace(fault["right"], both)
    return texts


def agrees(alive: int) -> bool:
    """Whether the register still agrees with the book."""
    for name in ("BookAndClaim", "BookingDesk"):
        artifact = json.loads((COPY / f".cache/forge/out/{name}.sol/{name}.json").read_text())
        (COPY / f"{name}.hex").write_text(artifact["bytecode"]["object"].removeprefix("0x"))
    done = subprocess.run(
        [ROOT / ".venv/bin/python", ROOT / "tools/faulty_register.py", str(COPY), f"0x{alive:040x}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stdout + done.stderr)
    return done.returncode == 0


def passes(tests: str, alive: int) -> bool:
    """Whether Forge's tests pass with a fault alive."""
    try:
        done = forge(COPY, "test", "--fail-fast", "--match-path", tests, coinbase=alive, seconds=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--no-agreement", action="store_true", help="ask Forge's suites alone")
    given = parser.parse_args()
    faults = tomllib.loads((ROOT / "tools" / "faults.toml").read_text())["fault"]
    project(COPY, written(faults), ("mutated", SWITCH))
    shutil.copytree(ROOT / "tests/solidity/invariant", COPY / "tests/solidity/invariant")
    done = forge(COPY, "build")
    if done.returncode:
        sys.exit(f"the copy does not compile\n{done.stdout}{done.stderr}")
    suites = [
        ("unit", lambda alive: passes(UNIT, alive)),
        ("campaigns", lambda alive: passes(CAMPAIGNS, alive)),
    ]
    if not given.no_agreement:
        suites.append(("agreement", agrees))
    for name, right in suites:
        if not right(0):
            sys.exit(f"{name}: fails before anything is changed")
    print(f"| law | {' | '.join(name for name, _ in suites)} |\n|---|{'---|' * len(suites)}", flush=True)
    unseen = 0
    for number, fault in enumerate(faults, FIRST):
        noticed = [not right(number) for _, right in suites]
        unseen += not any(noticed)
        print(f"| {fault['law']} | {' | '.join('yes' if one else '' for one in noticed)} |", flush=True)
    return min(unseen, 1)


if __name__ == "__main__":
    sys.exit(main())
