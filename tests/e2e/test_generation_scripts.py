"""Certificated generation by the scripts, and a registry's export held against the ledger, on a real node."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from test_scripts import ISSUER, OPERATOR, ORACLE, PERIOD, UNIVERSITY, UTILITY, VERIFIER, Shell

from cet.cli import main
from cet.ledger import Ledger, parse_key
from world import anvil, anvil_chain, dev_signers

if TYPE_CHECKING:
    from pathlib import Path

MWH = 1_000_000


def export(path: Path, *serials: tuple[int, int]) -> Path:
    """A cancellation statement with a row for each run of serials."""
    rows = [
        {
            "From certificate": f"GB-01-WIND-7-{first:06}",
            "To certificate": f"GB-01-WIND-7-{last:06}",
            "Volume": str(last - first + 1),
            "Production start": PERIOD[0],
            "Production end": PERIOD[1],
            "Production device": "D7",
            "Energy source": "Wind",
            "Country of issue": "GB",
            "Beneficiary": "works",
            "Consumption start": PERIOD[0],
            "Consumption end": PERIOD[1],
            "Cancellation purpose": "disclosure",
            "Cancellation date": "2022-02-01",
        }
        for first, last in serials
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.slow
def test_certificated_generation_is_allocated_with_its_certificates_and_no_export_is_imported_twice(
    creation_code: dict[str, bytes], tmp_path: Path
) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        utility, university = (dev_signers()[place].address for place in (4, 5))
        ledger = Ledger.open(anvil_chain(url), shell.record)
        batch = shell.ok(
            "certificates", "issue", "UK-GO", "GB-01-WIND-7", "1", "5000", "--country", "GB", "--market", "GB grid",
            "--technology", "wind, onshore", "--device", "D7", "--production", *PERIOD, "--to", utility,
            "--account", ISSUER,
        )["batch"]  # fmt: skip
        parties = ("--participant", UTILITY, "--verifier", VERIFIER, "--oracle", ORACLE)
        minted = shell.ok(
            "mint", "examples/utility-zero-emission-2021", *parties, "--documents", str(tmp_path / "kept")
        )
        plant = next(
            lot for lot in (line.split()[0] for line in minted["lots"])
            if ledger.emissions.lot_of(parse_key(lot)).code.unit.name == "WATT_HOUR"
        )  # fmt: skip

        certifying = ("generation", "certify", plant, batch, "--account")
        assert "neither" in shell.refused(*certifying, UNIVERSITY).lower()
        shell.ok(*certifying, UTILITY)
        offer = tmp_path / "offer.json"
        offered = shell.run(
            "allocate", "offer", plant, "--to", university, "--units", str(10 * MWH), "--scope", "2", "--category",
            "electricity", "--method", "market-based", "--consumed", *PERIOD, "--document", "invoice 7, salt 11e0",
            "--out", str(offer), "--account", UTILITY,
        )  # fmt: skip
        assert offered.returncode == 0, offered.stderr
        accepting = ("allocate", "accept", str(offer), "--account", UNIVERSITY)
        assert "certificated generation" in shell.refused(*accepting)
        number = shell.ok(
            "certificates", "cancel", batch, "10", "--for", university, "--purpose", "scope-2", "--consumed", *PERIOD,
            "--document", "cancellation 3, salt 40aa", "--account", UTILITY,
        )["cancellation"]  # fmt: skip
        shell.ok("generation", "cover", str(offer), number, "--account", UTILITY)
        lot = shell.ok(*accepting)["lot"]
        told = shell.ok("generation", "status", lot)
        assert (told["cancelled_wh"], told["missing"]) == (str(10 * MWH), [])

        # What the lot needs stays where it is.
        assert "must call" in shell.refused("generation", "uncover", number, "--account", UTILITY)
        assert "is not freed" in shell.refused("generation", "uncover", number, "--account", UNIVERSITY)
        assert "certificates missing" not in shell.ok("inspect_lot", lot)["lots"][0]["flags"]
        # Marked it is already; looking at it again changes nothing.
        shell.ok("generation", "mark", plant, "--account", UNIVERSITY)
        assert shell.ok("generation", "status", plant)["marked"] == "yes"

        # Four of ten MWh came from elsewhere: said by the holder, carried out by both.
        back = tmp_path / "back.json"
        giving = (
            "generation",
            "give-back",
            lot,
            "4",
            "--document",
            "contract 5, salt 92cd",
            "--out",
            str(back),
        )
        assert shell.ok(*giving, "--account", UNIVERSITY, "--dry-run")["to"] == str(6 * MWH)
        assert not back.exists()
        shell.ok(*giving, "--account", UNIVERSITY)
        assert shell.ok("generation", "status", lot)["to_give_back_wh"] == str(4 * MWH)
        shell.ok("correct", "agree", str(back), "--account", UTILITY)
        assert shell.ok("generation", "status", lot)["to_give_back_wh"] == "0"
        assert ledger.emissions.lot_of(parse_key(lot)).basis == 6 * MWH
        assert ledger.emissions.lot_of(parse_key(plant)).allocated == 6 * MWH

        # What stands on the ledger is not imported from a file too, in whole or in part.
        there = export(tmp_path / "there.csv", (4990, 5009))
        new = export(tmp_path / "new.csv", (5001, 5010))
        importing = (
            "certificates", "import", "--mapping", "go-statement", "--set", "system=UK-GO",
            "--rpc", url, "--deployment", str(shell.record), "--dry-run",
        )  # fmt: skip
        wide = CliRunner(env={"COLUMNS": "400"})
        refused = wide.invoke(main, [*importing, str(there)])
        assert refused.exit_code == 1, refused.output
        assert "1 finding in there.csv" in refused.output
        assert "serials 1 to 5000 of GB-01-WIND-7 stand on the ledger" in refused.output
        fine = wide.invoke(main, [*importing, str(new)])
        assert fine.exit_code == 0, fine.output
