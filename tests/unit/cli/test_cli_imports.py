"""Help appears at once: importing the command imports no chain client, no Ape and no database."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("ape", "web3", "duckdb", "pydantic", "cet.ledger", "cet.inventory", "cet.demo")

_SCRIPT = """
import sys
from click.testing import CliRunner
from cet.cli import main
result = CliRunner().invoke(main, {arguments!r})
assert result.exit_code == 0, result.output
print(",".join(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["inventory", "--help"],
        ["inventory", "compute", "--help"],
        ["ledger", "--help"],
        ["ledger", "trace", "--help"],
        ["demo", "--help"],
    ],
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = _SCRIPT.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_an_inventory_command_needs_no_chain() -> None:
    script = _SCRIPT.format(
        arguments=["inventory", "check", "examples/belews-creek-2021"], heavy=("ape", "web3", "cet.ledger")
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
