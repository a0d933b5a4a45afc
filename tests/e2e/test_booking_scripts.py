"""The book-and-claim scripts of every role, run as commands against a real node."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from test_scripts import ISSUER, OPERATOR, UNIVERSITY, UTILITY, VERIFIER, Shell

from cet.cli import main
from cet.ledger import Ledger
from world import ROOT, anvil, anvil_chain, dev_signers

if TYPE_CHECKING:
    from pathlib import Path

FUELS, CARRIER, SHIPPER, LSP = ISSUER, UTILITY, UNIVERSITY, "TEST::6"
EXAMPLE = ROOT / "examples" / "logistics-carrier-a" / "book.toml"


def book_of(today: dt.date) -> str:
    """The bookings of the example, as if of today."""
    text = EXAMPLE.read_text(encoding="utf-8")
    head = text[: text.index("[[claim]]")]
    solution = text[text.index("[[solution]]") : text.index("[[profile_claim]]")]
    made = head + solution
    for day in ("2023-12-15", "2023-11-30", "2023-06-01", "2023-05-01"):
        made = made.replace(day, today.isoformat())
    return made.replace("year = 2023", f"year = {today.year}")


@pytest.mark.slow
def test_scripts_book_claim_rebook_retire_and_anchor_claims(
    creation_code: dict[str, bytes], tmp_path: Path
) -> None:
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        ledger = Ledger.open(anvil_chain(url), shell.record)
        register = ledger.bookings
        fuels, carrier, shipper, lsp = (dev_signers()[place].address for place in (3, 4, 5, 6))
        today = dt.datetime.fromtimestamp(ledger.chain.now, dt.UTC).date()
        road = ("--mode", "road", "--year", str(today.year))

        # Operator: roles and networks.
        naming = ("bookings", "organisation", carrier, "Carrier A", "--role", "carrier")
        assert "has no role that may do this" in shell.refused(*naming, "--account", CARRIER)
        assert shell.ok(*naming, "--account", OPERATOR, "--dry-run")["sent"] == []
        assert register.roles_of(carrier) == 0
        shell.ok(*naming, "--account", OPERATOR)
        for address, role in ((fuels, "solution-provider"), (shipper, "shipper"), (lsp, "lsp")):
            shell.ok("bookings", "organisation", address, role, "--role", role, "--account", OPERATOR)
        for who in (shipper, lsp):
            shell.ok("bookings", "network", who, carrier, "--account", OPERATOR)

        # Evidence of own activity, signed by the verifier.
        for who in (carrier, shipper, lsp):
            shell.ok(
                "bookings", "show-activity", who, *road, "--activity", "2500000 t-km", "--evidence", f"{who}, salt 1",
                "--verifier", VERIFIER, "--account", OPERATOR,
            )  # fmt: skip

        # Provider and carrier: a solution and a LETS from their book file.
        book = tmp_path / "book.toml"
        book.write_text(book_of(today), encoding="utf-8")
        booking = ("bookings", "book-lets", str(book), "biogas-2023", "--verifier", VERIFIER)
        assert "no booking" in shell.refused(*booking[:3], "biogas", *booking[4:], "--account", CARRIER)
        planned = shell.ok(*booking, "--account", CARRIER, "--dry-run")
        lets = shell.ok(*booking, "--account", CARRIER)["lets"]
        assert planned["lets"] == lets
        sold = ("bookings", "book-solution", str(book), "hvo-unbundled", "--verifier", VERIFIER)
        solution = shell.ok(*sold, "--account", FUELS)["solution"]

        # LSP and shipper: rebooked, claimed.
        using = (*road, "--document", "order 7, salt 2")
        again = shell.ok(
            "bookings", "rebook", lets, "--role", "lsp", "--activity", "700000 t-km", *using, "--account", LSP
        )["lets"]
        claiming = ("bookings", "claim", lets, "--activity", "300000 t-km", *using, "--account", SHIPPER)
        mine = shell.ok(*claiming)
        assert len(mine["instrument"]) == 66
        shell.refused(*claiming)
        told = shell.ok("bookings", "status", lets)
        assert (told["booked"], told["claimed"], told["left"]) == (
            "2000000 t-km",
            "1000000 t-km",
            "1000000 t-km",
        )
        assert shell.ok("bookings", "status", again)["lineage"] == [again, lets]
        assert "give quantity and unit" in shell.refused(*claiming[:4], "300000", *claiming[5:])

        # The supply-chain side to the shipper; the carrier takes some of the emitter side beside it, the rest is retired.
        profile = shell.ok(
            "bookings", "claim-profile", solution, "--role", "shipper", "--side", "supply-chain", "--quantity", "9800 kg",
            "--activity", "500000 t-km", *using, "--account", SHIPPER,
        )["claim"]  # fmt: skip
        shell.ok(
            "bookings", "claim-profile", solution, "--role", "carrier", "--side", "emitter", "--quantity", "800 kg",
            "--paired", profile, *using, "--account", CARRIER,
        )  # fmt: skip
        shell.ok("bookings", "retire", profile, "--reason", "no carrier was found", "--account", FUELS)
        assert register.profile_amounts(int(profile, 16)).attached == 0

        # In bulk: a CSV, one root, one transaction; the shipper makes its claim.
        rows = [
            f"{who},{number},t-km,delivery {number} salt" for who, number in ((shipper, 1000), (lsp, 2000))
        ]
        listed, tree, own = (tmp_path / name for name in ("claims.csv", "claims.jsonl", "own.json"))
        listed.write_text("\n".join(["shipper,activity,unit,document", *rows]) + "\n", encoding="utf-8")
        place = ("--chain-id", str(ledger.chain.chain_id), "--contract", register.address)
        words = [
            "logistics",
            "tree",
            str(listed),
            "--lets",
            lets,
            *road,
            *place,
            "--out",
            str(tree),
            "--json",
        ]
        made = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).output)
        shell.ok("bookings", "anchor", str(tree), "--days", "2", "--account", CARRIER)
        assert register.lets_amounts(int(lets, 16)).claimed == 1_003_000 * 10**6
        assert made["claims"] == 2
        shell.ok("bookings", "hand", str(tree), "--to", shipper, "--out", str(own))
        assert lsp not in own.read_text(encoding="utf-8")
        (bulk,) = shell.ok("bookings", "materialise", str(own), "--account", SHIPPER)["claims"]
        assert shell.ok("bookings", "status", bulk)["lineage"] == [bulk, lets]
        shell.refused("bookings", "release", str(tree), "--account", VERIFIER)
        provider = ledger.chain.w3.provider
        provider.make_request("evm_increaseTime", [3 * 24 * 60 * 60])
        provider.make_request("evm_mine", [])
        shell.ok("bookings", "release", str(tree), "--account", VERIFIER)
        assert register.lets_amounts(int(lets, 16)).claimed == 1_001_000 * 10**6
        shell.ok("bookings", "void", mine["claim"], "--reason", "issued in error", "--account", OPERATOR)
        assert shell.ok("bookings", "status", mine["claim"])["void"] == "yes"
