"""Book and claim on the ledger: organisations and networks, solutions, transport services, claims, one by one or in bulk."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import account_option
from eth_utils import to_checksum_address
from scripts._book import (
    ACTIVITY,
    MODE,
    QUANTITY,
    ROLE,
    Record,
    amount_text,
    booked,
    hashed,
    mode_of,
    record_text,
    role_of,
    short,
    use_options,
)
from scripts._session import (
    LedgerCommand,
    connected_ledger,
    reads,
    send_each,
    send_operator,
    sends,
    sent,
    show,
)
from scripts._signers import ApeSigner

from cet.ledger.bookings import Kind, Provision, ServiceUse, SolutionClaim, derived_id, record_id
from cet.ledger.claim_anchors import ProvenClaims, read_claims
from cet.ledger.from_book import lets_of, solution_of
from cet.logistics.events import LetsBooked, SolutionBooked
from cet.logistics.terms import Bundling

if TYPE_CHECKING:
    from ape.api import AccountAPI

    from cet.ledger import Call, Ledger

DAY = 24 * 60 * 60
RECORD = Record()


def carry_out(ledger: Ledger, call: Call[Any], said: dict[str, Any], **facts: Any) -> None:
    """Sends one call and shows it with the facts."""
    outcomes = send_each(ledger, [call], ApeSigner(said["account"]), dry_run=said["dry_run"])
    show({**facts, "sent": sent(outcomes)}, as_json=said["as_json"])


@click.group()
def cli() -> None:
    """Book and claim low-emission transport on the ledger, each role its own (docs/book-and-claim.md).

    \b
    Records are named by the ids that these commands print. Amounts are written "5000000 t-km", "9800 kg".
      ape run bookings organisation 0x… "Carrier A" --role carrier --account TEST::0            operator
      ape run bookings show-activity 0x… --mode road --year 2026 --activity "10000000 t-km" --evidence "…" \\
          --verifier TEST::1 --account TEST::4
      ape run bookings book-solution book.toml hvo --verifier TEST::1 --account TEST::3         solution provider
      ape run bookings book-lets book.toml biogas --verifier TEST::1 --account TEST::4          carrier
      ape run bookings claim LETS --activity "1500000 t-km" --mode road --year 2026 --document "…" --account TEST::5
      ape run bookings anchor claims.jsonl --account TEST::4                                    after `cet logistics tree`
      ape run bookings status RECORD
    """


# Operators


@cli.command(cls=LedgerCommand)
@click.argument("address")
@click.argument("name")
@click.option("--role", "roles", type=ROLE, multiple=True, help="Once for each role; none ends them.")
@sends
def organisation(address: str, name: str, roles: tuple[str, ...], record: Path, **said: Any) -> None:
    """Give the organisation at ADDRESS its roles."""
    ledger = connected_ledger(record)
    given = [role_of(role) for role in roles]
    call = ledger.bookings.set_organisation(to_checksum_address(address), given, name)
    _operate(ledger, call, said)


@cli.command(cls=LedgerCommand)
@click.argument("address")
@click.argument("partner")
@click.option("--end", is_flag=True, help="Take the partner out of the network.")
@sends
def network(address: str, partner: str, record: Path, *, end: bool, **said: Any) -> None:
    """Take PARTNER into the contracted network of the organisation at ADDRESS, for what it books from today on."""
    ledger = connected_ledger(record)
    both = (to_checksum_address(address), to_checksum_address(partner))
    _operate(ledger, ledger.bookings.set_partner(*both, contracted=not end), said)


@cli.command(cls=LedgerCommand)
@click.argument("of", type=RECORD, metavar="RECORD")
@click.option("--reason", required=True)
@sends
def void(of: int, reason: str, record: Path, **said: Any) -> None:
    """Find RECORD void, for error or fraud: nothing more is made from it."""
    ledger = connected_ledger(record)
    _operate(ledger, ledger.bookings.find_void(of, reason), said)


def _operate(ledger: Ledger, call: Call[Any], said: dict[str, Any]) -> None:
    done = send_operator(ledger, [call], ApeSigner(said["account"]), dry_run=said["dry_run"])
    show(dict(done), as_json=said["as_json"])


# With a verifier's signature


@cli.command("show-activity", cls=LedgerCommand)
@click.argument("address")
@click.option("--mode", type=MODE, required=True)
@click.option("--year", type=int, required=True)
@click.option("--activity", type=ACTIVITY, required=True, help='As "10000000 t-km"; more of it adds up.')
@click.option("--evidence", required=True, help="What shows it; only its hash is recorded, once.")
@account_option("--verifier", prompt="Account of the verifier")
@sends
def show_activity(
    address: str,
    mode: str,
    year: int,
    activity: tuple[int, str],
    evidence: str,
    verifier: AccountAPI,
    record: Path,
    **said: Any,
) -> None:
    """Record own activity of the organisation at ADDRESS, which caps its claims. The verifier signs; anyone sends."""
    ledger, signer = connected_ledger(record), ApeSigner(verifier)
    terms = (to_checksum_address(address), mode_of(mode), activity[1], year, activity[0], hashed(evidence))
    signature = signer.sign_typed_data(ledger.bookings.activity(*terms))
    carry_out(ledger, ledger.bookings.show_activity(*terms, signer.address, signature), said)


@cli.command("book-solution", cls=LedgerCommand)
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("solution")
@account_option("--verifier", prompt="Account of the verifier")
@sends
def book_solution(book: Path, solution: str, verifier: AccountAPI, record: Path, **said: Any) -> None:
    """Book the [[solution]] SOLUTION of the file BOOK, as its provider. It is booked as of today."""
    ledger, signer = connected_ledger(record), ApeSigner(verifier)
    made, by = solution_of(booked(book, solution, SolutionBooked)), ApeSigner(said["account"]).address
    signature = signer.sign_typed_data(ledger.bookings.booking(by, made))
    call = ledger.bookings.book_solution(made, signer.address, signature)
    carry_out(ledger, call, said, solution=record_text(record_id(made.content(by))))


@cli.command("book-lets", cls=LedgerCommand)
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("lets")
@click.option("--provision", type=RECORD, help="The record of the solution it was generated with.")
@account_option("--verifier", prompt="Account of the verifier")
@sends
def book_lets(
    book: Path, lets: str, provision: int | None, verifier: AccountAPI, record: Path, **said: Any
) -> None:
    """Book the [[lets]] LETS of the file BOOK, as the carrier that generated it. It is booked as of today."""
    ledger, signer = connected_ledger(record), ApeSigner(verifier)
    event, by = booked(book, lets, LetsBooked), ApeSigner(said["account"]).address
    if event.provision and provision is None:
        raise click.UsageError(
            f"the book says that {lets} was generated with {event.provision}; give its record by --provision"
        )
    made = lets_of(event, provision or 0)
    signature = signer.sign_typed_data(ledger.bookings.booking(by, made))
    call = ledger.bookings.book_lets(made, signer.address, signature)
    carry_out(ledger, call, said, lets=record_text(record_id(made.content(by))))


# Solution providers


@cli.command(cls=LedgerCommand)
@click.option("--to", "carrier", required=True, help="Address of the carrier that gets it.")
@click.option("--mode", type=MODE, required=True)
@click.option("--quantity", type=QUANTITY, required=True, help='As "9800 kg".')
@click.option("--delivery", required=True, help="Evidence of the delivery; only its hash is recorded, once.")
@sends
def provide(
    carrier: str, mode: str, quantity: tuple[int, str], delivery: str, record: Path, **said: Any
) -> None:
    """Record that a solution went physically to a carrier, so that its delivery can't be booked as a profile too."""
    ledger = connected_ledger(record)
    given = Provision(to_checksum_address(carrier), mode_of(mode), quantity[1], quantity[0], hashed(delivery))
    made = given.id(ApeSigner(said["account"]).address)
    carry_out(ledger, ledger.bookings.provide(given), said, provision=record_text(made))


@cli.command(cls=LedgerCommand)
@click.argument("claim", type=RECORD)
@click.option("--reason", required=True)
@sends
def retire(claim: int, reason: str, record: Path, **said: Any) -> None:
    """Retire what no carrier took of the emitter profile beside CLAIM. Its provider any time, anyone after a year."""
    ledger = connected_ledger(record)
    carry_out(ledger, ledger.bookings.retire_emitter(claim, reason), said)


# Carriers, LSPs, shippers


@cli.command("claim-profile", cls=LedgerCommand)
@click.argument("solution", type=RECORD)
@click.option("--role", type=ROLE, required=True)
@click.option("--side", type=click.Choice([side.text for side in Bundling]), required=True)
@click.option("--quantity", type=QUANTITY, required=True, help='Of the solution, as "9800 kg".')
@click.option("--activity", type=ACTIVITY, help='What it moves, as "500000 t-km"; carriers may leave it out.')
@click.option("--mode", type=MODE, required=True)
@click.option("--year", type=int, required=True)
@click.option("--toc", default="")
@click.option(
    "--paired", type=RECORD, default=None, help="The supply-chain claim whose emitter profile it takes."
)
@click.option("--entity", default="", help="The one entity whose statements may use it.")
@click.option("--document", required=True, help="Text that tells it from another; only its hash is shown.")
@sends
def claim_profile(solution: int, record: Path, **said: Any) -> None:
    """Claim the profile of SOLUTION, or a side of it: bundled; the emitter side for carriers; the supply chain's for others."""
    ledger = connected_ledger(record)
    activity, unit = said["activity"] or (0, "g-km")
    takes = Fraction(said["quantity"][0], activity) if activity else Fraction(0)
    claim = SolutionClaim(
        solution=solution,
        role=role_of(said["role"]),
        side=Bundling(Bundling.of(said["side"])),
        mode=mode_of(said["mode"]),
        unit=unit,
        year=said["year"],
        quantity=said["quantity"][0],
        activity=activity,
        consumption=(takes.numerator, takes.denominator) if activity else (0, 0),
        toc=short(said["toc"]),
        paired=said["paired"] or 0,
        entity=hashed(said["entity"]),
        document=hashed(said["document"]),
    )
    made = claim.id(ApeSigner(said["account"]).address)
    facts = {"claim": record_text(made), "instrument": f"{ledger.bookings.use(made).word:#066x}"}
    carry_out(ledger, ledger.bookings.claim_solution(claim), said, **facts)


@cli.command(cls=LedgerCommand)
@click.argument("profile", type=RECORD)
@click.option("--activity", type=ACTIVITY, required=True)
@click.option("--document", required=True)
@sends
def derive(profile: int, activity: tuple[int, str], document: str, record: Path, **said: Any) -> None:
    """Book a LETS from the own profile claim PROFILE, as a carrier or an LSP (indirect generation)."""
    ledger = connected_ledger(record)
    made = derived_id(ApeSigner(said["account"]).address, profile, activity[0], hashed(document))
    call = ledger.bookings.derive_lets(profile, activity[0], hashed(document))
    carry_out(ledger, call, said, lets=record_text(made))


@cli.command(cls=LedgerCommand)
@click.argument("lets", type=RECORD)
@click.option("--role", type=click.Choice(["carrier", "lsp"]), required=True)
@use_options
@sends
def rebook(lets: int, role: str, record: Path, **said: Any) -> None:
    """Claim LETS and book it again for your customers, as a carrier or an LSP."""
    ledger, use = connected_ledger(record), _use(lets, said)
    made = use.rebooking_id(ApeSigner(said["account"]).address, role_of(role))
    facts = {"lets": record_text(made), "instrument": f"{ledger.bookings.use(made).word:#066x}"}
    carry_out(ledger, ledger.bookings.rebook(role_of(role), use), said, **facts)


@cli.command(cls=LedgerCommand)
@click.argument("lets", type=RECORD)
@use_options
@sends
def claim(lets: int, record: Path, **said: Any) -> None:
    """Claim LETS for your inventory, as a shipper, up to your own activity of the mode in the year."""
    ledger, use = connected_ledger(record), _use(lets, said)
    made = use.claim_id(ApeSigner(said["account"]).address)
    facts = {"claim": record_text(made), "instrument": f"{ledger.bookings.use(made).word:#066x}"}
    carry_out(ledger, ledger.bookings.claim(use), said, **facts)


def _use(lets: int, said: dict[str, Any]) -> ServiceUse:
    words = (short(said["toc"]), hashed(said["entity"]), hashed(said["document"]))
    return ServiceUse(lets, mode_of(said["mode"]), said["year"], said["activity"][0], *words)


# In bulk


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--days", default=365, show_default=True, help="How long shippers can make their claims.")
@sends
def anchor(file: Path, days: int, record: Path, **said: Any) -> None:
    """Reserve the activity of all claims in FILE, which `cet logistics tree` made, with one transaction, as the booker."""
    ledger = connected_ledger(record)
    tree = read_claims(file, ledger.bookings.domain)
    call = ledger.bookings.anchor_claims(tree.lets, tree.root, tree.activity, ledger.chain.now + days * DAY)
    carry_out(
        ledger, call, said, root="0x" + tree.root.hex(), claims=len(tree.claims), activity=str(tree.activity)
    )


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "shipper", required=True, help="Address of the shipper.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@reads
def hand(file: Path, shipper: str, out: Path, record: Path, *, as_json: bool) -> None:
    """Write the part of the booker's FILE that is one shipper's: its claims with their proofs. Sends nothing."""
    domain = connected_ledger(record).bookings.domain
    own = ProvenClaims.of(domain, read_claims(file, domain), to_checksum_address(shipper))
    own.write(out)
    show({"file": str(out), "claims": len(own.claims)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def materialise(file: Path, record: Path, **said: Any) -> None:
    """Make the anchored claims in FILE, as their shipper, each in a transaction."""
    ledger, own = connected_ledger(record), ProvenClaims.read(file)
    own.require_contract(ledger.bookings.domain)
    calls = [ledger.bookings.materialise_claim(own.root, one.use, proof) for one, proof in own.claims]
    outcomes = send_each(ledger, calls, ApeSigner(said["account"]), dry_run=said["dry_run"])
    made = [record_text(one.use.claim_id(one.shipper)) for one, _ in own.claims]
    show({"claims": made, "sent": sent(outcomes)}, as_json=said["as_json"])


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def release(file: Path, record: Path, **said: Any) -> None:
    """Give the LETS back what the claims in FILE did not use, after their deadline. Anyone may."""
    ledger = connected_ledger(record)
    tree = read_claims(file, ledger.bookings.domain)
    carry_out(ledger, ledger.bookings.release_claims(tree.lets, tree.root), said, lets=record_text(tree.lets))


@cli.command(cls=LedgerCommand)
@click.argument("of", type=RECORD, metavar="RECORD")
@reads
def status(of: int, record: Path, *, as_json: bool) -> None:
    """Show RECORD: whose it is, what is left of it, what it was made from, and which statement used it."""
    register = connected_ledger(record).bookings
    head = register.head_of(of)
    if head is None:
        raise click.ClickException(f"no record {record_text(of)}")
    facts: dict[str, Any] = {
        "record": record_text(of),
        "kind": head.kind.name.lower().replace("_", "-"),
        "by": head.by,
        "role": head.role.text,
        "modes": [mode.text for mode in sorted(head.modes)],
        "year": head.year,
        "basis": head.basis.text,
        "void": "yes" if register.is_void(of) else "no",
        "lineage": [record_text(each) for each in register.lineage(of)],
    }
    if head.kind is Kind.LETS:
        amounts = register.lets_amounts(of)
        facts["booked"] = amount_text(amounts.activity, head.unit)
        facts["claimed"] = amount_text(amounts.claimed, head.unit)
        facts["left"] = amount_text(amounts.activity - amounts.claimed, head.unit)
        facts["disclosable"] = amount_text(register.disclosable(of), head.unit)
    elif head.kind is Kind.SOLUTION:
        solution = register.solution_amounts(of)
        facts |= {
            "additional": str(solution.additional),
            "claimed": str(solution.claimed),
            "free": str(solution.free),
        }
    elif head.kind is Kind.PROFILE_CLAIM:
        profile = register.profile_amounts(of)
        facts |= {"left": amount_text(profile.left, head.unit), "attached": str(profile.attached)}
    root, statement = register.consumed_by(of)
    facts["used_by"] = f"statement {statement}, of the chain of {root}" if root else "no statement"
    show(facts, as_json=as_json)
