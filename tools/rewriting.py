"""Contracts rewritten along their syntax tree, in a copy of the project: what `make mutate` and `make coverage` stand on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PATHS = [
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "contracts").rglob("*.sol"))
    if "interfaces" not in path.parts
]
"""The contracts and libraries; interfaces have nothing to change."""
Node = dict[str, Any]


def trees() -> dict[str, Node]:
    """The compiler's syntax tree of each contract and what it imports, by path."""
    sources = {path: {"content": (ROOT / path).read_text()} for path in PATHS}
    settings = {
        "remappings": tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]["remappings"],
        "outputSelection": {"*": {"": ["ast"]}},
    }
    done = subprocess.run(
        [ROOT / "tools/solc/solc-v0.8.30", "--standard-json", "--base-path", ROOT],
        input=json.dumps({"language": "Solidity", "sources": sources, "settings": settings}),
        capture_output=True,
        text=True,
        check=True,
    )
    return {path: source["ast"] for path, source in json.loads(done.stdout)["sources"].items()}


class Rewriter:
    """Writes one source file anew. Subclasses say what becomes of a node, in `changed`, and of assembly."""

    imported = ""
    """Name of the function the new text calls, and of the file beside the contracts that it stands in."""
    whole: tuple[str, ...] = ()
    """Kinds of nodes in which nothing is rewritten."""

    def __init__(self, path: str, tree: Node) -> None:
        self.path, self.tree = path, tree
        self.source = (ROOT / path).read_bytes()
        self.name = Path(path).stem

    def changed(self, node: Node, parent: Node, text: str) -> str:
        """What stands for a node; `text` is its source with everything in it rewritten."""
        raise NotImplementedError

    def assembly(self, node: Node) -> str:
        """What stands for a block of assembly."""
        raise NotImplementedError

    def write(self) -> str:
        """The whole file."""
        start, end = span(self.tree)
        whole = self.source[:start].decode() + self._render(self.tree, {})[2] + self.source[end:].decode()
        up = os.path.relpath("contracts", Path(self.path).parent)
        where = f'import {{{self.imported}}} from "{up}/{self.imported}.sol";'
        return whole.replace("pragma solidity 0.8.30;", f"pragma solidity 0.8.30; {where}", 1)

    def original(self, node: Node) -> str:
        start, end = span(node)
        return self.source[start:end].decode()

    def line_of(self, node: Node) -> int:
        return self.source[: span(node)[0]].count(b"\n") + 1

    def _render(self, node: Node, parent: Node) -> tuple[int, int, str]:
        start, end = span(node)
        if node["nodeType"] == "InlineAssembly":
            return start, end, self.assembly(node)
        if node["nodeType"] == "VariableDeclaration" and node.get("constant"):
            return start, end, self.original(node)
        if rational(node) or node["nodeType"] in self.whole:
            return start, end, self.changed(node, parent, self.original(node))
        pieces, at = [], start
        for child in children(node):
            low, high, text = self._render(child, node)
            pieces += [self.source[at:low].decode(), text]
            at = high
        pieces.append(self.source[at:end].decode())
        end = max(end, at)
        if is_statement(node, parent) and self.source[end : end + 1] == b";":
            # A statement's semicolon is behind its node, and behind that of an `if` it ends.
            end += 1
            pieces.append(";")
        text = self.changed(node, parent, "".join(pieces))
        if node["nodeType"] == "FunctionDefinition" and "assembly (" in text:
            text = text.replace(" pure ", " view ", 1)  # what is written into assembly reads the block
        return start, end, text


def without_comments(text: str) -> str:
    """Assembly of the same length without its comments."""
    return re.sub(r"//[^\n]*", lambda match: " " * len(match[0]), text)


def is_statement(node: Node, parent: Node) -> bool:
    """Whether a node is a statement that may be put into a block."""
    in_head = parent.get("nodeType") == "ForStatement" and node is not parent["body"]
    return node["nodeType"] in ("ExpressionStatement", "EmitStatement") and not in_head


ROOMIER = "code_size_limit = 1000000\ngas_limit = 20_000_000_000"
"""What is written into the contracts makes them larger and dearer."""


def project(folder: Path, written: dict[str, str], switch: tuple[str, str]) -> None:
    """A copy of the project with the rewritten contracts, the function they call, no invariants, and fuzz tests of few cases."""
    for part in ("contracts", "tests/solidity", "tests/vectors"):
        shutil.rmtree(folder / part, ignore_errors=True)
        shutil.copytree(ROOT / part, folder / part)
    shutil.rmtree(folder / "tests/solidity/invariant")
    for path, text in written.items():
        (folder / path).write_text(text)
    (folder / "contracts" / f"{switch[0]}.sol").write_text(switch[1])
    config = (ROOT / "foundry.toml").read_text()
    config = config.replace("[profile.default]", f"[profile.default]\n{ROOMIER}", 1)
    (folder / "foundry.toml").write_text(config.replace("runs = 64", "runs = 16\nshow_logs = true", 1))
    for link in ("node_modules", "tools", ".venv"):
        if not (folder / link).is_symlink():
            (folder / link).symlink_to(ROOT / link)


def forge(
    folder: Path, *arguments: str, coinbase: int = 0, seconds: int | None = None
) -> subprocess.CompletedProcess[str]:
    """What Forge says in the copy."""
    environment = {**os.environ, "FOUNDRY_PROFILE": "default", "FOUNDRY_BLOCK_COINBASE": f"0x{coinbase:040x}"}
    return subprocess.run(
        [ROOT / "tools/bin/forge", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


def span(node: Node) -> tuple[int, int]:
    """First byte of a node's source, and the one after its last."""
    start, length, _ = map(int, node["src"].split(":"))
    return start, start + length


def rational(node: Node) -> bool:
    """Whether a node is a number known to the compiler."""
    return str((node.get("typeDescriptions") or {}).get("typeIdentifier", "")).startswith("t_rational")


PASSED_OVER = {
    "StructuredDocumentation",
    "ImportDirective",
    "UsingForDirective",
    "InheritanceSpecifier",
    "OverrideSpecifier",
    "ElementaryTypeName",
    "ArrayTypeName",
    "Mapping",
    "UserDefinedTypeName",
    "IdentifierPath",
    "ErrorDefinition",
    "EventDefinition",
    "StructDefinition",
    "EnumDefinition",
    "UserDefinedValueTypeDefinition",
    "PragmaDirective",
    "ElementaryTypeNameExpression",
    "ParameterList",
}


def children(node: Node) -> list[Node]:
    """The nodes in which something can be changed, in the order of the source."""
    found = [
        item
        for value in node.values()
        for item in (value if isinstance(value, list) else [value])
        if isinstance(item, dict) and "nodeType" in item and item["nodeType"] not in PASSED_OVER
    ]
    return sorted(found, key=lambda child: span(child)[0])


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for value in node.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "nodeType" in item:
                yield from walk(item)
