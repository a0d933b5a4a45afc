"""The import direction of docs/architecture.md, read off the sources with `ast`.

errors, quantities, gases, scopes, sheets, texts, files <- factors <- certificates <- logistics <- inventory <- statement <- ledger <- oracle, report <- cli, demo
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).resolve().parents[2] / "src"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"", "errors", "quantities", "gases", "scopes", "sheets", "texts", "files", "data"}),
    frozenset({"factors"}),
    frozenset({"certificates"}),
    frozenset({"logistics"}),
    frozenset({"inventory"}),
    frozenset({"statement"}),
    frozenset({"ledger"}),
    frozenset({"oracle", "report"}),
    frozenset({"cli", "demo", "__main__"}),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
LEDGER = RANK["ledger"]

# Neighbours in a layer do not import each other, with these exceptions.
NEIGHBOURS = {("cli", "demo"), ("__main__", "cli"), *((a, b) for a in LAYERS[0] for b in LAYERS[0])}

APE = frozenset({"ape", "ape_foundry", "ape_solidity", "ape_test", "solcx"})
NETWORK = frozenset(
    {"aiohttp", "http", "requests", "socket", "time", "urllib", "urllib3", "web3", "websockets"}
)
CLOCK = frozenset({"now", "today", "utcnow"})


def module_name(file: Path, root: Path) -> str:
    """Dotted name of a source file; a package's `__init__` is the package."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def component(module: str) -> str:
    """The part of `cet` that a module belongs to: `cet.inventory.rows` belongs to `inventory`."""
    return module.partition(".")[2].partition(".")[0]


def imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of all that is imported, also in functions and for typing only."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                parents = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*parents, *([module] if module else [])])
                if base == "cet":
                    yield from ((node.lineno, f"cet.{alias.name}") for alias in names)
                else:
                    yield node.lineno, base
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def internal_fault(here: str, imported: str) -> str | None:
    """Why a module of component `here` may not import a module of `cet`, or None."""
    there = component(imported)
    if there not in RANK:
        # `from cet import name` takes a name of the root package, which is in the lowest layer.
        return None if imported.count(".") == 1 else f"imports {imported}, which has no layer"
    if RANK[there] > RANK[here]:
        return f"imports {imported}, a layer above its own"
    if RANK[there] == RANK[here] and there != here and (here, there) not in NEIGHBOURS:
        return f"imports its neighbour {imported}"
    return None


def external_fault(module: str, imported: str) -> str | None:
    """Why `module` may not import something from outside `cet`, or None."""
    here, top = component(module), imported.partition(".")[0]
    may_import_ape = here == "demo" or module.startswith("cet.cli.demo")
    if top in APE and not may_import_ape:
        return f"imports {imported}; only cet.demo and scripts do, Ape takes seconds to start"
    if top == "web3" and here != "ledger":
        return f"imports {imported}; only cet.ledger talks to contracts"
    if top in NETWORK and RANK[here] < LEDGER:
        return f"imports {imported}; below the ledger there is no network and no clock"
    return None


def clock_readings(tree: ast.Module) -> Iterator[int]:
    """Lines that ask what time it is: `datetime.now()`, `date.today()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            yield node.lineno


def violations(root: Path) -> list[str]:
    """Every breach of the layers under `root`/cet, as `module:line: why`."""
    found = []
    for file in sorted((root / "cet").rglob("*.py")):
        module = module_name(file, root)
        here = component(module)
        if here not in RANK:
            found.append(f"{module}:1: belongs to no layer; name it in docs/architecture.md and here")
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for line, imported in imports(tree, package):
            inside = imported.partition(".")[0] == "cet"
            fault = internal_fault(here, imported) if inside else external_fault(module, imported)
            if fault:
                found.append(f"{module}:{line}: {fault}")
        if RANK[here] < LEDGER:
            found += [f"{module}:{line}: reads the clock" for line in clock_readings(tree)]
    return found


def test_imports_point_one_way() -> None:
    """No module of the package breaks the layers."""
    assert violations(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "source", "why"),
    [
        ("factors/pack.py", "from cet.inventory import rows\n", "a layer above"),
        ("factors/pack.py", "from cet import inventory\n", "a layer above"),
        ("factors/pack.py", "from ..inventory.rows import Row\n", "a layer above"),
        ("factors/__init__.py", "from .. import ledger\n", "a layer above"),
        ("errors.py", "def f():\n    import cet.cli\n", "a layer above"),
        ("certificates/matching.py", "from cet.inventory.rows import Row\n", "a layer above"),
        ("logistics/book_file.py", "from cet.inventory.rows import Row\n", "a layer above"),
        ("statement/merkle.py", "if TYPE_CHECKING:\n    from cet.ledger import Ledger\n", "a layer above"),
        ("report/table.py", "import cet.oracle.watch\n", "neighbour"),
        ("demo/story.py", "from cet.cli import main\n", "neighbour"),
        ("ledger/client.py", "from ape import project\n", "Ape takes seconds"),
        ("cli/show.py", "import importlib\nimportlib.import_module('ape')\n", "Ape takes seconds"),
        ("cli/show.py", "from web3 import Web3\n", "only cet.ledger"),
        ("statement/sign.py", "import web3.types\n", "only cet.ledger"),
        ("inventory/rows.py", "import requests\n", "no network"),
        ("inventory/rows.py", "import time\n", "no clock"),
        ("statement/model.py", "import datetime\nx = datetime.date.today()\n", "reads the clock"),
        ("helpers.py", "", "belongs to no layer"),
    ],
)
def test_planted_violation_is_found(tmp_path: Path, file: str, source: str, why: str) -> None:
    """The checker itself is checked: each kind of breach is reported once."""
    planted = tmp_path / "cet" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(source)
    (found,) = violations(tmp_path)
    assert why in found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("quantities/mass.py", "from cet.errors import CetError\nfrom fractions import Fraction\n"),
        ("inventory/rows.py", "from cet.factors import pack\nfrom . import fields\n"),
        ("ledger/client.py", "import web3\nimport time\nfrom cet.statement import Statement\n"),
        ("report/table.py", "from ..ledger import client\nfrom cet import __version__\n"),
        ("cli/demo.py", "import ape\nimport cet.demo\n"),
        ("demo/story.py", "import ape\nfrom cet.oracle import watch\n"),
    ],
)
def test_allowed_import_passes(tmp_path: Path, file: str, source: str) -> None:
    """What the architecture allows is not reported."""
    allowed = tmp_path / "cet" / file
    allowed.parent.mkdir(parents=True)
    allowed.write_text(source)
    assert violations(tmp_path) == []
