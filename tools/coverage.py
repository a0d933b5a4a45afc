"""Branch coverage of the contracts by the Solidity tests: `make coverage`.

A branch is each way out of an `if`, a conditional expression and a `require`; in assembly, of an `if` and a `switch` of two cases. Each
condition is written as `seen(17, condition)`, which says on the console what it was; the tests run once, without invariants and with few
cases of each fuzz test, and what was said is counted. Prints a table by file and every branch not taken; exit status 1 if fewer than
95 % were.

Not Forge's own coverage: it instruments what is compiled through IR without the optimizer, which takes the compiler more than its memory
here, and marks neither way out of `require(condition, Error())`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable  # noqa: TC003 (mypy only)
from dataclasses import dataclass

from rewriting import PATHS, ROOT, Node, Rewriter, forge, project, trees, without_comments

COPY = ROOT / ".cache" / "coverage"
LEAST_PERCENT = 95
FIRST = 7_000_000_000
"""Number of the first branch: none that a test says on the console by itself."""
SWITCH = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

function told(uint256 number) view {
    bytes memory data = abi.encodeWithSignature("log(uint256)", number);
    assembly ("memory-safe") {
        pop(staticcall(gas(), 0x636F6e736F6c652e6c6f67, add(data, 0x20), mload(data), 0, 0))
    }
}

/// The condition, which is said on the console; a pure function may ask, or none could be counted.
function seen(uint256 number, bool condition) pure returns (bool) {
    function(uint256) view tells = told;
    function(uint256) pure says;
    assembly ("memory-safe") { says := tells }
    says(condition ? number + 1 : number);
    return condition;
}
"""
YUL = (
    "function m_seen(n, condition) -> same { "
    "mstore(0x00, 0xf82c50f1) mstore(0x20, add(n, iszero(iszero(condition)))) "
    "pop(staticcall(gas(), 0x636F6e736F6c652e6c6f67, 0x1c, 0x24, 0, 0)) same := condition }"
)


@dataclass(frozen=True)
class Condition:
    """One condition: the branch it takes if false has its number, the other the next."""

    number: int
    path: str
    line: int
    source: str


class Prober(Rewriter):
    """Writes one source file with its conditions told, numbered from `first`."""

    imported = "seen"

    def __init__(self, path: str, tree: Node, first: int) -> None:
        super().__init__(path, tree)
        self.next = first
        self.conditions: list[Condition] = []

    def changed(self, node: Node, parent: Node, text: str) -> str:
        of_choice = parent.get("nodeType") in ("IfStatement", "Conditional") and node is parent["condition"]
        refusal = parent.get("nodeType") == "FunctionCall" and parent["expression"].get("name") == "require"
        if not of_choice and not (refusal and node is parent["arguments"][0]):
            return text
        return f"seen({self._new(self.line_of(node), self.original(node))}, {text})"

    def _new(self, line: int, source: str) -> int:
        self.conditions.append(Condition(self.next, self.path, line, " ".join(source.split())))
        self.next += 2
        return self.next - 2

    def assembly(self, node: Node) -> str:
        body = without_comments(self.original(node))
        if "returndatasize" in body:
            return body  # what is told leaves no data of the call before
        opening = body.index("{") + 1

        def changed(match: re.Match[str]) -> str:
            line = self.line_of(node) + body.count("\n", 0, match.start())
            return f"{match[1]} m_seen({self._new(line, match[0])}, {match[2]}){match[3]}"

        text = re.sub(r"\b(if|switch) ([^{}\n]+?)( \{|\s*\n)", changed, body)
        return text if text == body else text[:opening] + YUL + text[opening:]


def table(conditions: list[Condition], taken: set[int]) -> tuple[str, bool]:
    """What was taken, by file, what was not, and whether that is enough."""
    found: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    missed = []
    for condition in conditions:
        for number, way in ((condition.number, "false"), (condition.number + 1, "true")):
            found[condition.path] += 1
            hit[condition.path] += number in taken
            if number not in taken:
                missed.append(f"never {way}: {condition.path}:{condition.line}: {condition.source}")
    rows = [f"{path:48}{hit[path]:>5} of {count:>4}" for path, count in sorted(found.items())]
    percent = 100 * hit.total() / found.total()
    rows.append(
        f"{'all':48}{hit.total():>5} of {found.total():>4}, {percent:.1f} %; at least {LEAST_PERCENT} % wanted"
    )
    return "\n".join([*missed, *rows]), percent >= LEAST_PERCENT


def numbers(lines: Iterable[str]) -> set[int]:
    """The branches that Forge's output says were taken."""
    return {int(line) for line in lines if re.fullmatch(r"\s+7\d{9}\s*", line)}


def main() -> int:
    asts = trees()
    conditions: list[Condition] = []
    written = {}
    for path in PATHS:
        prober = Prober(path, asts[path], FIRST + 2 * len(conditions))
        written[path] = prober.write()
        conditions += prober.conditions
    project(COPY, written, ("seen", SWITCH))
    built = forge(COPY, "build")
    if built.returncode:
        sys.exit(built.stdout + built.stderr)
    with subprocess.Popen(
        [ROOT / "tools/bin/forge", "test", "-vv"], cwd=COPY, stdout=subprocess.PIPE, text=True
    ) as tests:
        taken = numbers(tests.stdout or ())
    report, enough = table(conditions, taken)
    print(report)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
