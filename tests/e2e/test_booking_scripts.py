"""The book-and-claim scripts of every role, run as commands against a real node."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
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


@pytest.mark.slow
def test_scripts_provide_derive_and_are_relayed(creation_code: dict[str, bytes], tmp_path: Path) -> None:
    """A solution goes to a carrier, once; a bundled profile becomes a LETS; a shipper without ether claims by relay."""
    with anvil() as url:
        shell = Shell(url, tmp_path / "anvil.json")
        shell.ok("deploy", "--account", OPERATOR)
        shell.ok("enrol", "--account", OPERATOR)
        ledger = Ledger.open(anvil_chain(url), shell.record)
        register = ledger.bookings
        fuels, carrier, shipper = (dev_signers()[place].address for place in (3, 4, 5))
        year = dt.datetime.fromtimestamp(ledger.chain.now, dt.UTC).year
        today = dt.datetime.fromtimestamp(ledger.chain.now, dt.UTC).date()
        road = ("--mode", "road", "--year", str(year))
        for address, role in ((fuels, "solution-provider"), (carrier, "carrier"), (shipper, "shipper")):
            shell.ok("bookings", "organisation", address, role, "--role", role, "--account", OPERATOR)
        shell.ok("bookings", "network", shipper, carrier, "--account", OPERATOR)
        for who in (carrier, shipper):
            shell.ok(
                "bookings", "show-activity", who, *road, "--activity", "2500000 t-km", "--evidence", f"{who}, salt 1",
                "--verifier", VERIFIER, "--account", OPERATOR,
            )  # fmt: skip

        # Provided: by its provider alone, to a carrier, one delivery once; planned first, then relayed.
        giving = ("bookings", "provide", "--to", carrier, "--mode", "road", "--quantity", "50000 kg")
        delivery = ("--delivery", "bill of lading 4, salt 77")
        assert "is no solution-provider" in shell.refused(*giving, *delivery, "--account", CARRIER)
        planned = shell.ok(*giving, *delivery, "--account", FUELS, "--dry-run")
        assert (planned["sent"], register.head_of(int(planned["provision"], 16))) == ([], None)
        request = tmp_path / "provide.json"
        signed = shell.ok(*giving, *delivery, "--account", FUELS, "--relay", str(request))
        assert (signed["sent"], signed["provision"]) == ([], planned["provision"])
        assert register.head_of(int(planned["provision"], 16)) is None
        assert shell.ok("relay", "submit", str(request), "--account", VERIFIER)["for"] == fuels
        provision = planned["provision"]
        given = register.head_of(int(provision, 16))
        assert given is not None
        assert given.by == carrier
        shell.refused("relay", "submit", str(request), "--account", VERIFIER)
        again = (*giving[:-1], "1 kg", *delivery, "--account", FUELS)
        assert "one delivery, one booking" in shell.refused(*again)

        # What the carrier generated with it, and a LETS from a bundled profile.
        book = tmp_path / "book.toml"
        book.write_text(book_of(today).replace("bundled = false", "bundled = true"), encoding="utf-8")
        verified = ("--verifier", VERIFIER)
        direct = shell.ok(
            "bookings", "book-lets", str(book), "biogas-2023", "--provision", provision, *verified, "--account", CARRIER
        )["lets"]  # fmt: skip
        assert shell.ok("bookings", "status", direct)["lineage"] == [direct, provision]
        solution = shell.ok(
            "bookings", "book-solution", str(book), "hvo-unbundled", *verified, "--account", FUELS
        )["solution"]
        profile = shell.ok(
            "bookings", "claim-profile", solution, "--role", "carrier", "--side", "bundled", "--quantity", "4900 kg",
            "--activity", "250000 t-km", *road, "--document", "order 8, salt 3", "--account", CARRIER,
        )["claim"]  # fmt: skip
        deriving = ("bookings", "derive", profile, "--document", "order 8, salt 4")
        shell.refused(*deriving, "--activity", "250001 t-km", "--account", CARRIER)
        shell.refused(*deriving, "--activity", "250000 t-km", "--account", FUELS)
        made = shell.ok(*deriving, "--activity", "200000 t-km", "--account", CARRIER)["lets"]
        told = shell.ok("bookings", "status", made)
        assert (told["lineage"], told["basis"]) == ([made, profile, solution], "indirect")
        assert told["booked"] == "200000 t-km"
        assert shell.ok("bookings", "status", profile)["left"] == "50000 t-km"

        # The shipper claims of both, one by relay: it pays nothing, and its claim is the one it planned.
        using = (*road, "--document", "order 9, salt 5")
        claiming = ("bookings", "claim", made, "--activity", "120000 t-km", *using, "--account", SHIPPER)
        before = ledger.chain.w3.eth.get_balance(shipper)
        request = tmp_path / "claim.json"
        asked = shell.ok(*claiming, "--relay", str(request))
        assert shell.ok("relay", "submit", str(request), "--account", VERIFIER)["for"] == shipper
        assert ledger.chain.w3.eth.get_balance(shipper) == before
        assert shell.ok("bookings", "status", asked["claim"])["by"] == shipper
        shell.ok("bookings", "claim", direct, "--activity", "30000 t-km", *using, "--account", SHIPPER)

        # Both claims as its package's, with what the ledger knows of their origin.
        ledger.send(ledger.registry.assign_entity("works", shipper), dev_signers()[0])
        place = ("--rpc", url, "--deployment", str(shell.record), "--claimant", "works", "--json")
        words = (
            "logistics",
            "claims",
            str(book),
            "--organisation",
            "shipper",
            "--year",
            str(year),
            "--use",
            "3.4",
        )
        entries = json.loads(CliRunner().invoke(main, [*words, *place], catch_exceptions=False).output)[
            "claims"
        ]
        by_booking = {one["booking"]: one for one in entries}
        assert by_booking[made]["material"] == "carrier-indirect"
        assert by_booking[made]["certificate"] == "ISCC, PoS-2023-17"
        # 6,000 kg of 10,000 kg HVO: half of the additional 9,800 kg moved 250,000 t-km.
        assert Fraction(by_booking[made]["wtw"]) == Fraction("2940") / 250_000
        assert (by_booking[direct]["quantity"], by_booking[direct]["material"]) == ("30000", "carrier-direct")
