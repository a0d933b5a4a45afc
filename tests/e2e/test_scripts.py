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
    assert len(planned["missing"]) == 11
    assert planned["sent"] == []
    assert len(shell.ok("enrol", "--account", OPERATOR)["sent"]) == 11
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


@pytest.mark.slow
def test_scripts_operate_correct_and_verify(creation_code: dict[str, bytes], tmp_path: Path) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        assert shell.ok("verify", "--code", "build/bytecode")["holds"]
        parties = ("--participant", UTILITY, "--verifier", VERIFIER, "--oracle", ORACLE)
        noted = ("--documents", str(tmp_path / "statements"))
        minted = shell.ok("mint", "examples/roxboro-2021", *parties, *noted)
        plant = minted["lots"][0].split()[0]

        shell.ok("operate", "close", "mint", "allocate", "--account", OPERATOR)
        assert shell.ok("operate", "status")["closed"] == ["mint", "allocate"]
        shell.ok("operate", "open", "mint", "--account", OPERATOR)
        assert shell.ok("operate", "open", "allocate", "--account", OPERATOR)["closed"] == []
        assert shell.ok("operate", "open", "allocate", "--account", OPERATOR)["sent"] == []
        shell.ok("operate", "freeze", plant, "600", "--account", OPERATOR)

        shell.ok("correct", "withdraw", minted["statement"], "--reason", "misread", "--account", VERIFIER)
        assert shell.ok("inspect_lot", plant)["lots"][0]["flags"] == ["opinion withdrawn"]
        corrected = shell.ok("correct", "statement", "examples/roxboro-2021", *parties, *noted)
        assert (corrected["number"], corrected["mints"], len(corrected["sent"])) == (2, 0, 1)
        (lot,) = shell.ok("inspect_lot", plant)["lots"]
        assert (lot["flags"], lot["restated_by"]) == ([], [2])

        verifier = dev_signers()[1].address
        named = ("--name", "Verifier", "--account", OPERATOR)
        shell.ok("accredit", "add", verifier, "--valid", "2020-01-01", "2049-12-31", "--scope", "2", *named)
        ledger = Ledger.open(anvil_chain(url), shell.record)
        assert ledger.registry.accreditation(verifier)[2] == 1 << 2
        shell.ok("accredit", "end", verifier, *named)
        assert ledger.registry.accreditation(verifier)[1] <= ledger.chain.now


@pytest.mark.slow
def test_scripts_anchor_correct_units_refer_and_relay(
    creation_code: dict[str, bytes], tmp_path: Path
) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        parties = ("--participant", UTILITY, "--verifier", VERIFIER, "--oracle", ORACLE)
        minted = shell.ok(
            "mint", "examples/roxboro-2021", *parties, "--documents", str(tmp_path / "statements")
        )
        plant = minted["lots"][0].split()[0]
        university, stranger = dev_signers()[5].address, dev_signers()[6].address
        ledger = Ledger.open(anvil_chain(url), shell.record)
        key = parse_key(plant)

        # Three offers under one root: two of the university's, one that nobody takes.
        offers = tmp_path / "offers.csv"
        header = "dependent,units,scope,category,method,first,last,document"
        rows = [
            f"{to},{units},3,1,physical,2021-01-01,2021-12-31,invoice {number} salt 91f3"
            for number, (to, units) in enumerate([(university, 1000), (university, 2000), (stranger, 500)])
        ]
        broken = tmp_path / "broken.csv"
        broken.write_text("\n".join([header, rows[0], rows[1].replace("2000", "many")]) + "\n")
        holder, own = tmp_path / "anchor.jsonl", tmp_path / "own.json"
        anchoring = ("anchor", "make", plant, "--out", str(holder), "--days", "2", "--account", UTILITY)
        assert "broken.csv:3" in shell.refused(*anchoring, str(broken))
        offers.write_text("\n".join([header, *rows]) + "\n")
        made = shell.ok(*anchoring, str(offers))
        assert (made["offers"], made["units"]) == (3, "3500")
        assert ledger.emissions.lot_of(key).allocated == 3500
        handed = shell.run("anchor", "hand", str(holder), "--to", university, "--out", str(own))
        assert handed.returncode == 0, handed.stderr
        assert stranger not in own.read_text()
        lots = shell.ok("anchor", "materialise", str(own), "--account", UNIVERSITY)["lots"]
        assert sorted(ledger.emissions.lot_of(parse_key(lot)).basis for lot in lots) == [1000, 2000]
        assert "after its last second" in shell.refused(
            "anchor", "release", str(holder), "--account", VERIFIER
        )
        provider = ledger.chain.w3.provider
        provider.make_request("evm_increaseTime", [3 * 24 * 60 * 60])
        provider.make_request("evm_mine", [])
        shell.ok("anchor", "release", str(holder), "--account", VERIFIER)
        assert ledger.emissions.lot_of(key).allocated == 3000

        # A wrong meter: the supplier signs, the holder agrees.
        wrong, meter = lots[0], tmp_path / "meter.json"
        document = ("--document", "meter 7, salt 5e1d")
        signed = shell.run(
            "correct", "units", wrong, "900", *document, "--out", str(meter), "--account", UTILITY
        )
        assert signed.returncode == 0, signed.stderr
        shell.refused("correct", "agree", str(meter), "--account", VERIFIER)
        shell.ok("correct", "agree", str(meter), "--account", UNIVERSITY)
        assert ledger.emissions.lot_of(parse_key(wrong)).basis == 900
        shell.refused("correct", "agree", str(meter), "--account", UNIVERSITY)

        # An investor refers to half of the plant; its acceptance is relayed, so it pays nothing.
        reference, request = tmp_path / "reference.json", tmp_path / "request.json"
        half = str(ledger.emissions.lot_of(key).basis // 2)
        about = ("--consumed", *PERIOD, "--document", "share register, salt 07aa", "--out", str(reference))
        offered = shell.run(
            "refer",
            plant,
            "--to",
            university,
            "--units",
            half,
            "--category",
            "15",
            *about,
            "--account",
            UTILITY,
        )
        assert offered.returncode == 0, offered.stderr
        before = ledger.chain.w3.eth.get_balance(university)
        accepting = ("allocate", "accept", str(reference), "--relay", str(request), "--account", UNIVERSITY)
        assert shell.ok(*accepting)["sent"] == []
        relayed = shell.ok("relay", "submit", str(request), "--account", VERIFIER)
        assert (relayed["for"], len(relayed["sent"])) == (university, 1)
        assert ledger.chain.w3.eth.get_balance(university) == before
        assert ledger.emissions.lot_of(key).allocated < 3000
        shell.refused("relay", "submit", str(request), "--account", VERIFIER)


@pytest.mark.slow
def test_scripts_issue_cancel_use_and_void_certificates(
    creation_code: dict[str, bytes], tmp_path: Path
) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        utility, university = (dev_signers()[place].address for place in (4, 5))
        issuing = (
            "certificates", "issue", "UK-GO", "GB-01-WIND-7", "1", "5000", "--country", "GB", "--market", "GB grid",
            "--technology", "wind, onshore", "--device", "D7", "--production", *PERIOD, "--to", university,
        )  # fmt: skip
        assert "is not the operator" in shell.refused(*issuing, "--account", UTILITY)
        batch = shell.ok(*issuing, "--account", ISSUER)["batch"]
        assert "each serial is issued once" in shell.refused(*issuing, "--account", ISSUER)
        held = ("certificates", "transfer", batch, "100", "--to", utility, "--account", UNIVERSITY)
        shell.ok(*held)
        assert "whole watt-hours" in shell.refused(*held[:3], "0.0000001", *held[4:])

        cancelling = (
            "certificates", "cancel", batch, "2.5", "--for", utility, "--purpose", "scope-2", "--consumed", *PERIOD,
            "--document", "cancellation 9, salt 77d1", "--account", UTILITY,
        )  # fmt: skip
        planned = shell.ok(*cancelling, "--dry-run")
        cancelled = shell.ok(*cancelling)
        assert cancelled["cancellation"] == planned["cancellation"]
        assert "exists already" in shell.refused(*cancelling)
        number = cancelled["cancellation"]
        assert shell.ok("certificates", "status", number)["used_by"] == "no statement"

        parties = ("--participant", UTILITY, "--verifier", VERIFIER, "--oracle", ORACLE)
        noted = ("--documents", str(tmp_path / "statements"))
        using = ("mint", "examples/roxboro-2021", *parties, *noted, "--use", cancelled["instrument"])
        minted = shell.ok(*using)
        # The certificates first, then the lots; and nothing a second time.
        assert (len(minted["sent_now"]), shell.ok(*using)["sent_now"]) == (2, [])
        assert shell.ok("certificates", "status", number)["used_by"] == "statement 1, of the chain of 1"

        shell.ok("certificates", "void", number, "--reason", "issued elsewhere too", "--account", ISSUER)
        assert shell.ok("certificates", "status", number)["void"] == "yes"
        plant = minted["lots"][0].split()[0]
        assert shell.ok("inspect_lot", plant)["lots"][0]["flags"] == ["instrument found void"]
        place = ("--rpc", url, "--deployment", str(shell.record))
        shown = CliRunner().invoke(main, ["ledger", "show", plant, *place, "--json"])
        (used,) = json.loads(shown.stdout)["statements"][0]["instruments"]
        assert (used["use"], used["void"]) == (number, True)

        taking = (
            "certificates",
            "withdraw",
            batch,
            "4900",
            "--holder",
            university,
            "--reason",
            "wrong meter",
        )
        shell.ok(*taking, "--account", ISSUER)
        shell.ok("certificates", "set-status", batch, "suspended", "--reason", "inquiry", "--account", ISSUER)
        assert "is suspended" in shell.refused(*cancelling[:-2], "--users", "site 4", "--account", UTILITY)
        contract = Ledger.open(anvil_chain(url), shell.record).certificates
        view = contract.batch_of(parse_key(batch))
        assert view is not None
        assert (view.held, view.cancelled, view.withdrawn) == (97_500_000, 2_500_000, 4_900_000_000)


@pytest.mark.slow
def test_scripts_hold_credits_for_a_products_use(creation_code: dict[str, bytes], tmp_path: Path) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        verifier, utility = (dev_signers()[place].address for place in (1, 4))
        batch = shell.ok(
            "credits", "issue", "CAR", "CAR-1-US-1", "1", "20", "--vintage", "2019", "--project", "CAR639",
            "--to", utility, "--account", ISSUER,
        )["batch"]  # fmt: skip
        use, signed = tmp_path / "kettle.toml", tmp_path / "signed.json"
        use.write_text('product = "kettle"\n')
        assert "beneficiary, first_day, last_day" in shell.refused(
            "escrow", "put", str(use), batch, "12.5", "--account", UTILITY
        )
        use.write_text(
            'product = "kettle"\nbeneficiary = "its users in Germany"\nterms = "terms of sale, 4.2"\n'
            "first_day = 2021-01-01\nlast_day = 2021-12-31\nreconcile_by = 2099-12-31\n"
        )
        held = shell.ok("escrow", "put", str(use), batch, "12.5", "--account", UTILITY)
        made = shell.run(
            "escrow", "sign", str(use), "--verifier", verifier, "--retire", batch, "9.75", "--document", "use of 2021",
            "--out", str(signed), "--account", UTILITY,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        reconciling = ("escrow", "reconcile", str(use), str(signed), "--account")
        assert "the signature is not of" in shell.refused(*reconciling, ORACLE)
        assert shell.ok(*reconciling, VERIFIER)["escrow"] == held["escrow"]
        shell.ok("escrow", "give-back", str(use), batch, "--holder", utility, "--account", ORACLE)
        told = shell.ok("escrow", "status", str(use), batch, "--holder", utility)
        assert (told["reconciled"], told["held"]) == ("yes", [f"0.000000000 t of {batch}"])
        offsets = Ledger.open(anvil_chain(url), shell.record).offsets
        view = offsets.batch_of(parse_key(batch))
        assert view is not None
        assert view.retired == 9_750_000_000
        assert offsets.balance_of(utility, parse_key(batch)) == 10_250_000_000
