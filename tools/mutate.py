"""Changes the core libraries in one place at a time, and counts the changes that their tests notice: `make mutate`.

The libraries and the tests that use them directly are copied to a project of their own, where a build takes seconds. A change
("mutant") swaps an operator, moves a number by one, or drops a refusal. All are generated, in the order of the files; with `--sample N`
every k-th is run. A mutant that does not compile does not count. Prints the table that docs/mutation.md keeps.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("CreditStore", "DisjointRanges", "LotCode", "LotKey", "LotStore", "PlainText", "Shares")
TESTS = ("CreditStore", "DisjointRanges", "LotCode", "LotCodeTwin", "LotStore", "PlainText", "Shares")
SWAPS = {
    " + ": " - ",
    " - ": " + ",
    " << ": " >> ",
    " >> ": " << ",
    " & ": " | ",
    " | ": " & ",
    " < ": " <= ",
    " <= ": " < ",
    " > ": " >= ",
    " >= ": " > ",
    " == ": " != ",
    " != ": " == ",
    " && ": " || ",
    " || ": " && ",
}
CONFIG = """[profile.default]
src = "contracts"
test = "tests"
libs = ["node_modules"]
remappings = ["@openzeppelin/contracts/=node_modules/@openzeppelin/contracts/"]
auto_detect_remappings = false
solc = "tools/solc/solc-v0.8.30"
offline = true
optimizer = true
optimizer_runs = 1
evm_version = "cancun"
fs_permissions = [{ access = "read", path = "./tests/vectors" }]
[profile.default.fuzz]
runs = 256
seed = "0x01"
[profile.ci.fuzz]
runs = 256
"""


@dataclass(frozen=True)
class Mutant:
    """One change to one line of one library."""

    library: str
    line: int
    before: str
    after: str


def mutants_of(library: str, source: str) -> list[Mutant]:
    """Every change of a library's code; comments, imports and declarations of names stay."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        code = line.split("//")[0]
        if not code.strip() or code.lstrip().startswith(
            ("import", "pragma", "*", "error", "library", "using")
        ):
            continue
        for old, new in SWAPS.items():
            for match in re.finditer(re.escape(old), code):
                after = line[: match.start()] + new + line[match.end() :]
                found.append(Mutant(library, number, line, after))
        for match in re.finditer(r"(?<![\w.\"])\d+(?![\w\"])", code):
            after = line[: match.start()] + str(int(match[0]) + 1) + line[match.end() :]
            found.append(Mutant(library, number, line, after))
        if re.match(r"\s*if .* revert .*;$", code) or re.match(r"\s*require\(.*\);$", code):
            found.append(Mutant(library, number, line, ""))
    return found


def project(folder: Path) -> None:
    """The libraries, what they import, and their tests."""
    for part in ("contracts/libraries", "contracts/interfaces", "tests/solidity/support", "tests/vectors"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.rmtree(folder / "tests/solidity/support/code", ignore_errors=True)
    (folder / "tests/solidity/libraries").mkdir()
    for name in TESTS:
        test = ROOT / "tests/solidity/libraries" / f"{name}.t.sol"
        if test.exists():
            shutil.copy(test, folder / "tests/solidity/libraries")
    for support in (folder / "tests/solidity/support").glob("*.sol"):
        if support.name not in ("Vm.sol", "Codes.sol"):
            support.unlink()
    for library in (folder / "contracts/libraries").glob("*.sol"):
        if library.stem not in LIBRARIES:
            library.unlink()
    (folder / "foundry.toml").write_text(CONFIG)
    for link in ("node_modules", "tools", ".venv"):
        (folder / link).symlink_to(ROOT / link)


def forge(folder: Path, command: str) -> bool:
    arguments = [ROOT / "tools/bin/forge", command, *(["--fail-fast"] if command == "test" else [])]
    return (
        subprocess.run(arguments, cwd=folder, capture_output=True, env=os.environ, check=False).returncode
        == 0
    )


def outcome(folder: Path, mutant: Mutant) -> str:
    """`killed`, `survived`, or `invalid` if it does not compile."""
    path = folder / "contracts/libraries" / f"{mutant.library}.sol"
    source = path.read_text()
    lines = source.splitlines()
    lines[mutant.line - 1] = mutant.after
    path.write_text("\n".join(lines) + "\n")
    try:
        if forge(folder, "test"):
            return "survived"
        return "killed" if forge(folder, "build") else "invalid"
    finally:
        path.write_text(source)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, help="run this many, evenly spread")
    arguments = parser.parse_args()
    generated = [
        mutant
        for library in LIBRARIES
        for mutant in mutants_of(library, (ROOT / f"contracts/libraries/{library}.sol").read_text())
    ]
    step = max(1, len(generated) // arguments.sample) if arguments.sample else 1
    counts: dict[str, Counter[str]] = {library: Counter() for library in LIBRARIES}
    for mutant in generated:
        counts[mutant.library]["generated"] += 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        if not forge(folder, "test"):
            sys.exit("the tests fail before anything is changed")
        for mutant in generated[::step]:
            result = outcome(folder, mutant)
            counts[mutant.library][result] += 1
            if result == "survived":
                print(
                    f"survived: {mutant.library}.sol:{mutant.line}\n  - {mutant.before.strip()}\n  + {mutant.after.strip()}",
                    flush=True,
                )
    print("| library | generated | run | invalid | killed | survived |\n|---|---|---|---|---|---|")
    kinds = ("killed", "survived", "invalid")
    for library, count in counts.items():
        print(
            f"| {library} | {count['generated']} | {sum(count[kind] for kind in kinds)} | {count['invalid']} | {count['killed']} | {count['survived']} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
