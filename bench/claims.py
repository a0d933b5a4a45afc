"""Book and claim at scale: a carrier with 100,000 customers, an inventory with 100,000 claims, a book of 100,000 events.

`python -m bench.claims` writes bench/results/claims.json and prints it. Every figure is checked: the root against the file read again, a
sample of claims made on anvil with proofs from that file, what the LETS has left, the inventory's totals against the sum done by hand.
Each part runs in a process of its own, whose peak memory is told. Seconds are the clock's, `cpu` the processor's; `load` is the machine's
load average at the end.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import multiprocessing
import os
import random
import resource
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from bench.bookings import CARRIER, YEAR, BookBench
from bench.devnet import Bench, Devnet
from bench.mirror import Timer
from cet.inventory import compute, load
from cet.ledger.bookings import LetsBooking, Masses
from cet.ledger.claim_anchors import ClaimTree, ProvenClaims, claim_leaf, read_claims, write_claims
from cet.ledger.claims_csv import read_claims_csv
from cet.ledger.signing import Domain
from cet.logistics import events as e
from cet.logistics.book import Book
from cet.logistics.terms import Mode, Role
from cet.scopes import Scope
from cet.statement.merkle import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS = Path(__file__).parent / "results" / "claims.json"
EXAMPLE = Path(__file__).parent.parent / "examples" / "logistics-shipper-1-2023"
DAY = dt.date(2023, 3, 1)
PER_CLAIM = 1_000_000
"""1 t-km."""


def shipper(number: int) -> str:
    return to_checksum_address(keccak(text=f"customer {number}")[12:])


def write_csv(file: Path, claims: int) -> None:
    """One claim of 1 t-km for each customer."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(("shipper", "activity", "unit", "document"))
        rows.writerows((shipper(number), "1", "t-km", f"salt {number}") for number in range(claims))


def tree(claims: int, sample: int, folder: Path) -> dict[str, Any]:
    """From a CSV to a file with a root, one transaction, and a sample of claims made with proofs from the file."""
    write_csv(folder / "claims.csv", claims)
    with Devnet() as devnet:
        bench = Bench(devnet)
        book = BookBench(bench)
        masses = Masses(8 * 10**4 * claims, 10**4 * claims, 0)
        booking = LetsBooking(book.day, Mode.ROAD, "g-km", YEAR, claims * PER_CLAIM, masses, book.document())
        bench.send(book.functions.bookLets(*book.booked(CARRIER, booking)), CARRIER)
        lets = int.from_bytes(booking.content(bench.accounts[CARRIER])[-12:])
        domain = Domain("BookAndClaim", "1", bench.w3.eth.chain_id, book.contract.address)
        with Timer() as building:
            rows = read_claims_csv(folder / "claims.csv", lets, Mode.ROAD, YEAR)
            made = ClaimTree.of(domain, lets, rows)
            write_claims(folder / "claims.jsonl", domain, made)
        peak = peak_mib()
        anchor = book.functions.anchorClaims(lets, made.root, made.activity, 2**40 - 1)
        anchoring, _ = bench.send(anchor, CARRIER)
        with Timer() as reading:
            kept = read_claims(folder / "claims.jsonl", domain)
        assert kept.root == made.root, "the file gives another root"
        with Timer() as proving:
            gas = [
                make_one(bench, book, kept, domain, shipper(number), folder)
                for number in random.Random(1).sample(range(claims), sample)
            ]
        amounts = book.functions.letsAmounts(lets).call()
        used = book.functions.anchorOf(lets, made.root).call()[1]
        assert amounts[1] == claims * PER_CLAIM, "reserved whole, whatever was made"
        assert used == sample * PER_CLAIM, "the sample was made"
        return {
            "claims": claims,
            "build": building.row,
            "build_peak_mib": peak,
            "file_mib": round((folder / "claims.jsonl").stat().st_size / 2**20, 1),
            "anchor_gas": anchoring,
            "read_again": reading.row,
            "sample": sample,
            "sample_with_transactions": proving.row,
            "materialise_gas_mean": sum(gas) // len(gas),
        }


def make_one(bench: Bench, book: BookBench, kept: ClaimTree, domain: Domain, who: str, folder: Path) -> int:
    """Gas of a customer's own claim, made from the file it was handed. It takes part from here on."""
    request = bench.w3.provider.make_request
    request("anvil_setBalance", [who, hex(10**18)])  # type: ignore[arg-type]
    request("anvil_impersonateAccount", [who])  # type: ignore[arg-type]
    bench.send(book.functions.setOrganisation(who, 1 << Role.SHIPPER, "a customer"))
    bench.send(book.functions.setPartner(who, bench.accounts[CARRIER], True))
    bench.accounts.append(who)
    book.show(len(bench.accounts) - 1)
    ProvenClaims.of(domain, kept, who).write(folder / "own.json")
    handed = ProvenClaims.read(folder / "own.json")
    ((claim, proof),) = handed.claims
    assert verify(claim_leaf(domain, claim), proof, handed.root), "its proof leads elsewhere"
    call = book.functions.materialiseClaim(handed.root, claim.use.encode(), list(proof))
    gas, _ = bench.send(call, len(bench.accounts) - 1)
    assert book.functions.headOf(claim.use.claim_id(who)).call()[0] == who, "the claim is its"
    return gas


def consumption(uses: int) -> dict[str, Any]:
    """A statement that uses so many claims in one transaction."""
    with Devnet() as devnet:
        book = BookBench(Bench(devnet))
        _, lets = book.lets()
        gas = book.consume(lets, uses)
        return {"uses": uses, "gas": gas, "gas_per_use": gas // uses}


def replay(events: int) -> dict[str, Any]:
    """A book rebuilt from its events: carriers' LETS, each claimed by a hundred shippers."""
    told = list(book_events(events))
    with Timer() as recording:
        book = Book(told)
    claimed = sum(lets.claimed for lets in book.lets.values())
    assert claimed == sum(one.activity for one in book.claims.values()), "claimed once"
    return {
        "events": len(told),
        "claims": len(book.claims),
        **recording.row,
        "events_per_second": int(len(told) / recording.seconds),
        "peak_mib": peak_mib(),
    }


def book_events(events: int) -> Iterator[e.Event]:
    shippers, carriers = 100, 10
    names = tuple(f"carrier {number}" for number in range(carriers))
    for name in names:
        yield e.Enrolled(name, name, frozenset({Role.CARRIER}))
        yield e.ActivityShown(name, Mode.ROAD, "g-km", 2023, 10**12)
    for number in range(shippers):
        yield e.Enrolled(f"shipper {number}", "", frozenset({Role.SHIPPER}), frozenset(names))
        yield e.ActivityShown(f"shipper {number}", Mode.ROAD, "g-km", 2023, 10**12)
    rest = events - 2 * (shippers + carriers)
    for number in range(rest):
        block, within = divmod(number, shippers + 1)
        if within == 0:
            by, masses = names[block % carriers], e.Masses(8_000, 1_000)
            yield e.LetsBooked(
                f"lets {block}", by, DAY, DAY, Mode.ROAD, 2023, 10**6, "g-km", masses, f"evidence {block}"
            )
        else:
            who = f"shipper {within - 1}"
            yield e.LetsClaimed(f"claim {number}", who, DAY, f"lets {block}", 10_000, Mode.ROAD, 2023)


def package(claims: int, folder: Path) -> dict[str, Any]:
    """The example of a shipper, its one claim replaced by many that together are 1,000,000 t-km at 30 g."""
    there = folder / "package"
    shutil.copytree(EXAMPLE, there)
    with (there / "logistics_claims.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    with (there / "logistics_claims.csv").open("w", encoding="utf-8", newline="") as lines:
        rows = csv.DictWriter(lines, list(row))
        rows.writeheader()
        for number in range(claims):
            changed = {"id": f"claim-{number}", "booking": f"lets {number}", "quantity": str(10**6 // claims)}
            rows.writerow({**row, **changed})
    with Timer() as reading:
        read = load(there)
    with Timer() as calculating:
        inventory = compute(read)
    # 5,000,000 t-km at the non-LETS intensity of 150 g, 1,000,000 claimed at 30 g.
    expected = Fraction(5_000_000 * 150 + 1_000_000 * 30, 1_000) * 10**6
    found = inventory.market_total(Scope.SCOPE_3)
    assert found == expected, f"{found} mg, not {expected}"
    return {
        "claims": claims,
        "read": reading.row,
        "compute": calculating.row,
        "peak_mib": peak_mib(),
    }


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def apart(part: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """A part in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(part, arguments)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--claims", type=int, default=100_000, help="customers, claims and events (default 100,000)"
    )
    parser.add_argument("--sample", type=int, default=50, help="claims made on the chain (default 50)")
    parser.add_argument("--uses", type=int, default=100, help="claims one statement uses (default 100)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the figures go")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = {
            "tree": apart(tree, given.claims, given.sample, folder),
            "consumption": apart(consumption, given.uses),
            "replay": apart(replay, given.claims),
            "package": apart(package, given.claims, folder),
            "load": round(os.getloadavg()[0], 1),
        }
    given.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
