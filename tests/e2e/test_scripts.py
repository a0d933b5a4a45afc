"""The Ape scripts, run as commands against a real node: what a registry operator and its participants type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.ledger import Ledger, parse_key
from world import ROOT, anvil, anvil_chain, dev_signers

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATOR, VERIFIER, ORACLE, ISSUER, UTILITY, UNIVERSITY = (f"TEST::{number}" for number in range(6))
PERIOD = ("2021-01-01", "2021-12-31")


@dataclass
class Shell:
    """Runs scripts on one node with one deployment record."""

    url: str
    record: Path

    def run(self, *words: str, network: bool = True) -> subprocess.CompletedProcess[str]:
        place = ["--network", self.url, "--record", str(self.record)] if network else []
        ape = Path(sys.executable).with_name("ape")
        return subprocess.run(
            [ape, "run", *words, *place],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def ok(self, *words: str) -> dict[str, Any]:
        """Runs with --json; its document."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout[done.stdout.index("{") :])

    def refused(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr + done.stdout
        return done.stderr + done.stdout


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, creation_code: dict[str, bytes]) -> Iterator[Shell]:
    assert creation_code, "the scripts deploy what is compiled"
    with anvil() as url:
        yield Shell(url, tmp_path_factory.mktemp("deployments") / "anvil.json")


@pytest.mark.slow
def test_scripts_carry_the_main_job_from_deployment_to_reversal(shell: Shell, tmp_path: Path) -> None:
    assert shell.ok("deploy", "--account", OPERATOR)["deployed_now"]
    assert not shell.ok("deploy", "--account", OPERATOR)["deployed_now"]

    assert "has no role that may do this" in shell.refused("enrol", "--account", UTILITY, "--dry-run")
    planned = shell.ok("enrol", "--account", OPERATOR, "--dry-run")
    assert len(planned["missing"]) == 10
    assert planned["sent"] == []
    assert len(shell.ok("enrol", "--account", OPERATOR)["sent"]) == 10
    assert shell.ok("enrol", "--account", OPERATOR)["missing"] == []

    parties = ("--participant", UTILITY, "--verifier", VERIFIER, "--oracle", ORACLE)
    assert shell.ok("mint", "examples/roxboro-2021", *parties, "--dry-run")["would_mint_lots"] == 1
    documents = tmp_path / "statements"
    noted = ("--documents", str(documents))
    minted = shell.ok("mint", "examples/roxboro-2021", *parties, *noted)
    again = shell.ok("mint", "examples/roxboro-2021", *parties, *noted)
    assert (len(minted["sent_now"]), again["sent_now"], again["lots"]) == (1, [], minted["lots"])
    plant = minted["lots"][0].split()[0]

    university = dev_signers()[5].address
    mix = shell.ok(
        "compose", "electricity", "--output", "20000000000000", "--unit", "watt_hour",
        "--part", plant, "5000000000000000", "--account", UTILITY,
    )["lot"]  # fmt: skip
    offer = tmp_path / "offer.json"
    made = shell.run(
        "allocate", "offer", mix, "--to", university, "--units", "1000000000000", "--scope", "2",
        "--category", "electricity", "--method", "market-based", "--consumed", *PERIOD,
        "--document", "invoice 77, salt 91f3", "--out", str(offer), "--account", UTILITY,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    received = shell.ok("allocate", "accept", str(offer), "--account", UNIVERSITY)["lot"]
    assert "exists already" in shell.refused("allocate", "accept", str(offer), "--account", UNIVERSITY)

    serials = ("CAR", "CAR-1-US-639-30-449-TX-2019-5869", "1", "5000")
    about = (
        "--vintage",
        "2019",
        "--project",
        "CAR639",
        "--to",
        dev_signers()[4].address,
        "--account",
        ISSUER,
    )
    batch = shell.ok("credits", "issue", *serials, *about)["batch"]
    assert "each serial is issued once" in shell.refused("credits", "issue", *serials, *about)
    shell.ok("credits", "apply", batch, plant, "1200.5", "--account", UTILITY)

    ledger = Ledger.open(anvil_chain(shell.url), shell.record)
    figures = ledger.emissions.figures(parse_key(received))
    assert figures.net < figures.gross
    assert shell.ok("cascade", "--account", VERIFIER)["moved"] == [mix, received]
    assert shell.ok("cascade", "--account", VERIFIER)["moved"] == []
    tree = shell.ok("inspect_lot", received)["lots"]
    assert [(node["depth"], node["lot"]) for node in tree] == [(0, received), (1, mix), (2, plant)]
    assert (tree[0]["gross"], tree[0]["net"]) == (str(figures.gross), str(figures.net))

    place = ("--rpc", shell.url, "--deployment", str(shell.record), "--documents", str(documents))
    traced = CliRunner().invoke(main, ["ledger", "trace", received, *place, "--line", "co2", "--json"])
    assert traced.exit_code == 0, traced.output

    for status in ("suspended", "revoked"):
        shell.ok("credits", "set-status", batch, status, "--reason", "reversal", "--account", ISSUER)
    assert len(shell.ok("credits", "void", batch, "--account", VERIFIER)["sent"]) == 2
    restored = ledger.emissions.figures(parse_key(received))
    assert restored.net == restored.gross == figures.gross


@pytest.mark.slow
def test_every_script_is_listed_with_what_it_does(shell: Shell) -> None:
    # A script that does not load is not listed.
    listed = shell.run("--help", network=False).stdout
    for script in ("deploy", "enrol", "mint", "allocate", "compose", "credits", "cascade", "inspect_lot"):
        assert f"  {script} " in listed
    assert "Accept the offer in FILE" in shell.run("allocate", "accept", "--help", network=False).stdout


@pytest.mark.slow
def test_scripts_name_a_missing_deployment(shell: Shell, tmp_path: Path) -> None:
    elsewhere = Shell(shell.url, tmp_path / "none.json")
    assert "deploy first" in elsewhere.refused("inspect_lot", "0x0000000144000000")
