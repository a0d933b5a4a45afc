"""Gas of whole transactions on anvil, a row for each operation, beside what peers spend on the same work.

`python -m bench.gas` writes bench/results/gas.json and the README's table, and prints it. Gas is exact: the same contracts give the same
figures on every machine, so CI compares the file (`--check`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.bookings import measure_bookings
from bench.certificates import measure_certificates
from bench.devnet import REFERENCE, Bench, Devnet
from bench.escrow import measure_escrow

RESULTS = Path(__file__).parent / "results" / "gas.json"
README = Path(__file__).parent.parent / "README.md"


@dataclass(frozen=True)
class Row:
    """Target and peers of a row; the prototype and the peers are those measured before this project began."""

    what: str
    target: int | None = None
    prototype: int | None = None
    peers: str = ""


ROWS = {
    "mint_20_per_lot": Row(
        "mint a statement of 20 lots, per lot", 38_000, 32_011, "Hyperledger 566,213; EWF 765,397"
    ),
    "mint_100_per_lot": Row(
        "mint a statement of 100 lots, per lot", 30_000, 25_448, "Nori 186,795, batch 118,613"
    ),
    "register": Row("record a statement and mint nothing yet"),
    "allocate": Row("take up a signed offer", 95_000, 92_364, "CarbonTracker hop 2,120,255"),
    "allocate_depth_10": Row("the same, ten lots deep", 95_000, 92_364),
    "allocate_relayed": Row("the same by the relay, so that the dependent needs no ether"),
    "allocate_opted_in": Row("supplier allocates to an opted-in dependent"),
    "anchor": Row("reserve units for any number of allocations under one root", 62_000, 55_594),
    "materialise": Row("make one of 1,024 anchored allocations a lot", 110_000, 102_444),
    "materialise_1m_leaves": Row("the same, one of 1,000,000 (20 levels)", 110_000),
    "materialise_100_per_lot": Row("make 100 of 1,024 lots in one call, per lot", 75_000, 68_805),
    "reference": Row("take up an offered value-chain reference"),
    "correct": Row("correct the units of an allocation"),
    "compose_per_edge": Row("compose lots, what one more edge adds", 20_000, 17_900),
    "apply_offset": Row(
        "apply credits to a lot, first", 75_000, 72_659, "Toucan retire with certificate 556,618"
    ),
    "apply_offset_repeated": Row("apply credits to the same lot again", 58_000, 55_559),
    "apply_offset_1_dependent": Row("the same, with 1 dependent below", 58_000),
    "apply_offset_10_dependents": Row("the same, with 10 dependents below", 58_000),
    "apply_offset_1000_dependents": Row("the same, with 1,000 dependents below", 58_000),
    "apply_offset_1m_dependents": Row("the same, with 1,000,000 anchored below", 58_000),
    "suspend": Row("suspend a batch of credits"),
    "revoke": Row("revoke a suspended batch", 45_000, 40_651),
    "restate_20_per_lot": Row("supersede a statement and restate 20 of its lots, per lot", 20_000, 17_874),
    "restate_100_per_lot": Row("the same with 100 lots, per lot", 20_000),
    "void": Row("void one application of a revoked batch", 40_000, 36_685),
    "cascade_per_lot": Row("announce 50 lots below an offset, per lot", 15_000, 13_009),
    "hook_call": Row("what a hook that stores one word adds to a cascade"),
    "net_chain_1": Row("read the net of a lot one deep"),
    "net_chain_10": Row("the same, ten deep", 65_000, 62_799, "259,000"),
    "net_diamond_2x10": Row("two wide, ten deep, all crossed", 180_000, 169_420, "7,726,000"),
    "net_diamond_4x10": Row("four wide, ten deep, all crossed", 480_000, 462_594),
    "net_1000_ancestors": Row("a lot with 1,000 edges above it"),
    "cot_transfer_new": Row(
        "transfer credits to a new holder", 60_000, 58_415, "Toucan 85,478; bare OpenZeppelin 57,508"
    ),
    "cot_transfer_existing": Row(
        "transfer credits to a holder", 42_000, 41_315, "Toucan 68,378; bare OpenZeppelin 40,408"
    ),
    "cot_retire": Row("retire credits with a certificate", 65_000, 61_427, "Toucan 249,622"),
    "eac_issue": Row("issue a batch of energy certificates"),
    "eac_transfer_new": Row("transfer energy certificates to a new holder"),
    "eac_transfer_existing": Row("transfer energy certificates to a holder"),
    "eac_cancel": Row("cancel energy certificates for an inventory"),
    "eac_consume": Row("record a statement that uses one cancellation"),
    "eac_consume_per_use": Row("what each further cancellation adds"),
    "generation_certify": Row("say that certificates were issued for a plant's lot"),
    "generation_cover": Row("let a second cancellation stand for an allocation"),
    "allocate_certificated": Row(
        "take up a signed offer of certificated generation, one cancellation covering it"
    ),
    "escrow_put_in": Row("hold credits for a product's use"),
    "escrow_reconcile": Row("retire of them what the use came to, signed by holder and verifier"),
    "escrow_give_back": Row("give the rest back"),
    "bac_book_solution": Row("book a solution, verified"),
    "bac_provide": Row("say that a solution went to a carrier"),
    "bac_book_lets": Row("book a low-emission transport service, verified"),
    "bac_claim_solution": Row("claim a solution's profile"),
    "bac_derive": Row("book a service from a profile claim"),
    "bac_claim": Row("claim a service"),
    "bac_rebook": Row("claim a service and book it again"),
    "bac_retire": Row("retire an unclaimed emitter profile"),
    "bac_anchor": Row("anchor any number of claims of a service under one root"),
    "bac_materialise": Row("make one of 1,024 anchored claims"),
    "bac_consume": Row("record a statement that uses one claim"),
    "bac_consume_per_use": Row("what each further claim adds"),
}


DEPTHS = range(1, 11)
"""Of the series that the plot draws: `allocate_depth_N` and `net_chain_N`."""


def series() -> list[str]:
    """Rows of the snapshot that the plot shows and the table leaves out."""
    return [
        name
        for kind in ("allocate_depth", "net_chain")
        for depth in DEPTHS
        if (name := f"{kind}_{depth}") not in ROWS
    ]


def measure(bench: Bench) -> dict[str, int]:
    """Every row, on one fresh chain."""
    gas: dict[str, int] = {}
    for lots in (20, 100):
        whole, keys = bench.mint(lots, gross=10**12, basis=10**12)
        gas[f"mint_{lots}_per_lot"] = whole // lots
        gas[f"restate_{lots}_per_lot"] = bench.restate(keys, before=10**12, after=9 * 10**11) // lots

    _, (source, second) = bench.mint(2, gross=10**12, basis=10**12)
    gas["allocate"], _ = bench.accept(source, 10**9, 1, to=2)
    for depth, (accepted, deep) in zip(DEPTHS, bench.chain(source, max(DEPTHS)), strict=True):
        gas[f"allocate_depth_{depth}"], gas[f"net_chain_{depth}"] = accepted, bench.read(deep)
    gas["allocate_relayed"] = bench.accept_relayed(source, 10**9 + 7, 1, to=2)
    gas["register"] = bench.register()
    gas["allocate_opted_in"] = bench.allocate(second, 10**9)

    _, (anchored,) = bench.mint(1, gross=10**12, basis=10**12)
    _, gas["materialise"] = bench.materialise(anchored, 10)
    gas["anchor"], gas["materialise_1m_leaves"] = bench.materialise(anchored, 20)
    gas["materialise_100_per_lot"] = bench.materialise_batch(anchored, 100, 1_024) // 100
    gas["reference"], _ = bench.accept(source, 10**9, 1, to=2, code=REFERENCE)
    _, wrong = bench.accept(source, 10**9 + 1, 1, to=2)
    gas["correct"] = bench.correct(wrong, 10**9, 10**9 + 1, 1, 2)

    _, sources = bench.mint(24, gross=10**12, basis=10**12)
    two, more = ([(key, 10**12) for key in part] for part in (sources[:2], sources[2:]))
    # What an edge adds: 22 edges less 2.
    gas["compose_per_edge"] = -(bench.compose(two)[0] - bench.compose(more)[0]) // 20
    for width in (2, 4):
        gas[f"net_diamond_{width}x10"] = bench.read(bench.diamond(width, 10))
    gas["net_1000_ancestors"] = bench.read(bench.wide_ancestry())

    batch = bench.issue(1, 100_000)
    gas["cot_transfer_new"] = bench.transfer(batch, 1, 2, 10**9)
    gas["cot_transfer_existing"] = bench.transfer(batch, 1, 2, 10**9)
    bench.retire(batch, 10**9)
    gas["cot_retire"] = bench.retire(batch, 10**9)

    _, (plant, other) = bench.mint(2, gross=10**14, basis=10**14)
    bench.apply(batch, other, 10**9)
    gas["apply_offset"] = bench.apply(batch, plant, 10**9)
    gas["apply_offset_repeated"] = bench.apply(batch, plant, 10**9)
    dependents: list[int] = []
    for below, name in ((1, "1_dependent"), (10, "10_dependents"), (1_000, "1000_dependents")):
        dependents += bench.fan_out(plant, below - len(dependents), 10**10 + len(dependents))
        gas[f"apply_offset_{name}"] = bench.apply(batch, plant, 10**10)
    bench.anchor_many(plant, 1_000_000, 10**7)
    gas["apply_offset_1m_dependents"] = bench.apply(batch, plant, 10**10)
    bench.cascade(dependents[:51])
    bench.apply(batch, plant, 10**10)
    gas["cascade_per_lot"] = bench.cascade(dependents[:50]) // 50
    alone = bench.cascade(dependents[50:51])
    bench.set_hook(3)
    for _ in range(2):
        bench.apply(batch, plant, 10**10)
        hooked = bench.cascade(dependents[50:51])
    gas["hook_call"] = hooked - alone
    gas["suspend"], gas["revoke"] = bench.set_status(batch, 2), bench.set_status(batch, 3)
    gas["void"] = bench.void(batch, plant)
    gas |= measure_certificates(bench)
    gas |= measure_escrow(bench)
    gas |= measure_bookings(bench)
    return {name: gas[name] for name in [*ROWS, *series()]}


def show(gas: dict[str, int], before: dict[str, int]) -> None:
    """The table, with targets, the prototype, peers, and what changed since the committed snapshot."""
    table = Table(
        title="Gas of a whole transaction (anvil, cancun)", caption="target and prototype: docs/gas.md"
    )
    for heading in ("row", "what", "gas", "target", "prototype", "since snapshot", "peers, same work"):
        table.add_column(heading, justify="right" if heading in ("gas", "target", "prototype") else "left")
    for name, row in ROWS.items():
        over = row.target is not None and gas[name] > row.target
        change = gas[name] - before[name] if name in before else None
        table.add_row(
            name,
            row.what,
            f"[red]{gas[name]:,}[/]" if over else f"{gas[name]:,}",
            f"{row.target:,}" if row.target else "",
            f"{row.prototype:,}" if row.prototype else "",
            "new" if change is None else f"{change:+,}" if change else "",
            row.peers,
        )
    Console(width=170).print(table)


def write_into_readme(gas: dict[str, int]) -> None:
    """The README's table shows the snapshot: only figures of rows that stand there are replaced."""
    text = README.read_text(encoding="utf-8")
    for name, figure in gas.items():
        text = re.sub(rf"(\| `{name}` \| [^|]+ \| )[\d,]+", rf"\g<1>{figure:,}", text)
    README.write_text(text, encoding="utf-8")


def main() -> int:
    """Measure; write the snapshot, or with --check compare with it. Exit 1 if they differ."""
    parser = argparse.ArgumentParser(description="Measure the gas of every operation on anvil.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a row differs from the snapshot"
    )
    check = parser.parse_args().check
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with Devnet() as devnet:
        gas = measure(Bench(devnet))
    show(gas, before)
    if check:
        return int(gas != before)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(gas, indent=1) + "\n")
    write_into_readme(gas)
    return 0


if __name__ == "__main__":
    sys.exit(main())
