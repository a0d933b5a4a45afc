"""What the scripts share: the network, the deployment, dry runs, and how results are printed."""

from __future__ import annotations

import functools
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape import networks
from ape.cli import ConnectedProviderCommand, account_option, network_option
from ape.exceptions import ApeException

from cet.errors import CetError
from cet.ledger import Call, Chain, Ledger, Outcome, Signer
from cet.ledger.signed_file import SignedRequest
from cet.statement import InstrumentUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEFAULT_RECORD = Path("deployments") / "local.json"
# py-evm reports every block it makes.
logging.getLogger("eth.vm").setLevel(logging.WARNING)


class LedgerCommand(ConnectedProviderCommand):
    """A connected command whose errors are sentences, not traces."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CetError, ApeException) as error:
            raise click.ClickException(str(error)) from error


record_option = click.option(
    "--record",
    type=click.Path(path_type=Path),
    default=Path(os.environ.get("CET_DEPLOYMENT", DEFAULT_RECORD)),
    show_default=True,
    help="Record of the deployment; CET_DEPLOYMENT names another default.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document; masses in mg, as text."
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show and simulate what would be sent; sign and send nothing."
)


def _read_uses(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> tuple[InstrumentUse, ...]:
    try:
        return tuple(InstrumentUse.of(int(word, 16)) for word in words)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("give 0x and 64 digits, as `certificates cancel` prints them") from error


uses_option = click.option(
    "--use",
    "uses",
    multiple=True,
    callback=_read_uses,
    metavar="INSTRUMENT",
    help="A cancelled certificate that the statement uses, as `certificates cancel` prints it; once for each.",
)
RELAY_SECONDS = 24 * 60 * 60
"""How long a signed request stands."""


def _remember_relay(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    context.meta["relay"] = file


relay_option = click.option(
    "--relay",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_remember_relay,
    help="Send nothing: sign a request for `ape run relay submit`, and write it there.",
)


def sends(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of a command that sends: network, account, record, dry run, JSON."""
    options = (
        network_option(),
        account_option(),
        record_option,
        dry_run_option,
        json_option,
        relay_option,
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), function)


def reads(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of a command that only reads: network, record, JSON."""
    options = (network_option(), record_option, json_option)
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), function)


def connected_chain() -> Chain:
    """The chain Ape is connected to."""
    return Chain(networks.active_provider.web3)


def connected_ledger(record: Path) -> Ledger:
    """The recorded deployment on that chain."""
    return Ledger.open(connected_chain(), record)


def send_each(
    ledger: Ledger, calls: Iterable[Call[Any]], signer: Signer, *, dry_run: bool
) -> list[Outcome[Any]]:
    """Shows and sends the calls one after the other. A dry run simulates only the first: the others build on it."""
    outcomes: list[Outcome[Any]] = []
    if (file := click.get_current_context().meta.get("relay")) and not dry_run:
        sign_request(ledger, list(calls), signer, file)
        return outcomes
    for position, call in enumerate(calls):
        click.echo(("would send " if dry_run else "sending ") + ledger.describe(call), err=True)
        if not dry_run:
            outcomes.append(ledger.send(call, signer))
        elif position == 0:
            ledger.simulate(call, signer)
    return outcomes


def sign_request(ledger: Ledger, calls: list[Call[Any]], signer: Signer, file: Path) -> None:
    """Signs one call for a relayer to submit and pay, and writes it."""
    if len(calls) != 1:
        raise click.ClickException(f"{len(calls)} calls: a request is one call; send them without --relay")
    deadline, gas = ledger.chain.now + RELAY_SECONDS, ledger.chain.gas_of(calls[0], signer.address)
    request = ledger.relay.request(calls[0], signer.address, deadline, gas)
    signature = signer.sign_typed_data(ledger.relay.to_sign(request))
    domain = ledger.relay.domain
    SignedRequest(request, domain.chain_id, domain.contract, signature).write(file)
    click.echo(f"signed {ledger.describe(calls[0])} in {file}: ape run relay submit {file}", err=True)


def send_operator(
    ledger: Ledger, calls: Iterable[Call[Any]], signer: Signer, *, dry_run: bool
) -> dict[str, list[str]]:
    """Sends operators' calls; what a role's delay stands before is announced first, and made when run again after it."""
    done: dict[str, list[str]] = {"sent": [], "announced": [], "waiting": []}
    ready: list[Call[Any]] = []
    for call in calls:
        wait = ledger.access.waiting(call, signer.address)
        what = ledger.describe(call)
        if wait.is_over:
            ready.append(call)
        elif wait.announced:
            done["waiting"].append(f"{what}: from {_moment(wait.due)} on; run this again then")
        else:
            send_each(ledger, [ledger.access.schedule(call)], signer, dry_run=dry_run)
            done["announced"].append(f"{what}: run this again in {wait.delay} s")
    done["sent"] = sent(send_each(ledger, ready, signer, dry_run=dry_run))
    return done


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def show(result: dict[str, Any], *, as_json: bool) -> None:
    """The result: a line a fact, or JSON."""
    if as_json:
        click.echo(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        lines = value if isinstance(value, list) else [value]
        click.echo(f"{name.replace('_', ' ')}: {lines[0] if lines else 'none'}")
        for line in lines[1:]:
            click.echo(" " * (len(name) + 2) + str(line))


def sent(outcomes: list[Outcome[Any]]) -> list[str]:
    """Transactions, as shown."""
    return [f"{outcome.transaction} (block {outcome.block}, {outcome.gas_used} gas)" for outcome in outcomes]
