"""`cet oracle submit|show|sign`: what participants and verifiers do with an oracle's service, from their own machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cet.cli.failures import SurroundingsError
from cet.cli.options import Address, json_option, needed, package_argument
from cet.cli.oracle_options import deployment_option, open_named_signer, signer_options
from cet.cli.screen import print_json, print_text, show, working

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.oracle.service.client import Client
    from cet.statement import InstrumentUse, Statement

REFUSED = 1


def _read_uses(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[InstrumentUse, ...]:
    from cet.errors import StatementError
    from cet.oracle.service.recomputing import read_uses

    try:
        return read_uses(" ".join(given))
    except StatementError as error:
        raise click.BadParameter(str(error)) from error


_instruments = click.option(
    "--instrument",
    "instruments",
    multiple=True,
    callback=_read_uses,
    metavar="USE",
    help="A use the statement consumes beside those its package names: 0x…:number; once for each.",
)


def _client_options(function: Callable[..., Any]) -> Callable[..., Any]:
    url = click.option(
        "--oracle",
        envvar="CET_ORACLE",
        show_envvar=True,
        default="http://127.0.0.1:8600",
        show_default=True,
        metavar="URL",
        help="The oracle's service.",
    )
    token = click.option(
        "--token",
        envvar="CET_ORACLE_TOKEN",
        show_envvar=True,
        callback=needed,
        metavar="TOKEN",
        help="As the operator gave it; best in the environment.",
    )
    return url(token(function))


@click.command(short_help="Hand a package in.")
@package_argument
@click.option("--participant", type=Address(), required=True, help="Who asserts the statement.")
@click.option("--verifier", type=Address(), required=True, help="Who gives an opinion on it.")
@click.option("--corrects", is_flag=True, help="It corrects what stands for its entity and period.")
@click.option(
    "--inflation",
    type=click.IntRange(0, 10_000),
    default=0,
    show_default=True,
    help="Of a correction: basis points by which lots that were passed on may rise.",
)
@_instruments
@_client_options
@click.option("--dry-run", is_flag=True, help="Compute and pack only; say what would be sent.")
@json_option
def submit(
    package: Path,
    participant: str,
    verifier: str,
    inflation: int,
    instruments: tuple[InstrumentUse, ...],
    oracle: str,
    token: str,
    *,
    corrects: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compute PACKAGE here, hand it in with the statement it gives, and print the request.

    If the oracle's recomputation gives another statement the request ends as `differs`. Handing the same package in again gives
    the same request.

    \b
    Examples:
      export CET_ORACLE_TOKEN=cet_…
      cet oracle submit examples/roxboro-2021 --participant 0x… --verifier 0x…
    """
    from cet.inventory import read_package
    from cet.oracle.service.packing import pack
    from cet.statement import build

    asserted = None
    if not corrects:
        with working("computing the package"):
            draft = build(read_package(package, lines=False), participant, verifier, instruments)
        asserted = "0x" + draft.statement.id.hex()
    content = pack(package)
    if dry_run:
        _tell({"statement": asserted, "bytes": len(content)}, as_json=as_json)
        return
    parameters: dict[str, Any] = {"participant": participant, "verifier": verifier, "statement": asserted}
    if instruments:
        parameters["instrument"] = [f"{use.instrument}:{use.use}" for use in instruments]
    if corrects:
        parameters |= {"corrects": "true", "inflation": str(inflation)}
    _tell(_client(oracle, token).hand_in(content, parameters), as_json=as_json)


@click.command("show", short_help="Requests, or one with its comparison.")
@click.argument("request", required=False)
@click.option("--lines", is_flag=True, help="Every line's figures on both sides.")
@click.option("--log", "with_log", is_flag=True, help="Everything that happened to it.")
@_client_options
@json_option
def show_command(
    request: str | None, oracle: str, token: str, *, lines: bool, with_log: bool, as_json: bool
) -> None:
    """List the requests you may see, or show REQUEST: its state, what its package gives, its receipt.

    Exit code 1: the request is refused, or differs.
    """
    client = _client(oracle, token)
    if request is None:
        found = client.get("/v1/requests")
        if as_json:
            print_json({"requests": found})
            return
        for one in found:
            reason = one["reason"].partition("\n")[0][:60]
            print_text(f"{one['id']}  {one['state']:<11}  {one['organisation']}  {reason}".rstrip())
        return
    about = client.get(f"/v1/requests/{request}")
    parts: dict[str, Any] = {"request": about}
    if lines:
        parts["comparison"] = client.get(f"/v1/requests/{request}/comparison?limit=5000")
    if with_log:
        parts["log"] = client.get(f"/v1/requests/{request}/log")
    if about["state"] == "receipted":
        parts["receipt"] = client.get(f"/v1/requests/{request}/receipt")
    if as_json:
        print_json(parts)
    else:
        _show_parts(parts)
    if about["state"] in ("refused", "differs"):
        raise click.exceptions.Exit(REFUSED)


@click.command(short_help="Recompute yourself, then sign.")
@click.argument("request")
@click.option(
    "--as", "role", type=click.Choice(["participant", "verifier"]), required=True, help="Who you are."
)
@click.option(
    "--package",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="The package as you have it: only what it gives is signed.",
)
@deployment_option
@signer_options
@click.option("--standard", default="ISO 14064-3", show_default=True, help="Of an opinion: its standard.")
@click.option("--level", type=click.Choice(["limited", "reasonable"]), default="limited", show_default=True)
@click.option(
    "--coverage",
    type=click.IntRange(0, 10_000),
    default=10_000,
    show_default=True,
    help="Basis points of gross emissions covered.",
)
@_instruments
@click.option(
    "--inflation",
    type=click.IntRange(0, 10_000),
    default=0,
    show_default=True,
    help="Of a correction: as handed in.",
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Of a correction: folder with the packages it corrects, as for `cet ledger trace`.",
)
@click.option(
    "--rpc",
    envvar="CET_RPC",
    show_envvar=True,
    metavar="URL",
    help="Of a correction: your node; what stands on the ledger decides what is signed.",
)
@_client_options
@click.option("--dry-run", is_flag=True, help="Recompute and compare; sign nothing.")
@json_option
def sign(
    request: str,
    role: str,
    package: Path,
    deployment: Path,
    signer: str,
    password_file: Path | None,
    standard: str,
    level: str,
    coverage: int,
    instruments: tuple[InstrumentUse, ...],
    inflation: int,
    documents: Path | None,
    rpc: str | None,
    oracle: str,
    token: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Recompute the package here, and sign REQUEST's statement if it is the same; your key stays here.

    The service is not trusted with what is signed: the statement is your package's, chain and registry are the deployment
    record's. A correction depends on the ledger too: it is recomputed from the package, the packages that it corrects, and your node.

    \b
    Examples:
      cet oracle sign REQUEST --as participant --package my-package --signer ape:me --deployment deployments/local.json
      cet oracle sign REQUEST --as verifier --package theirs --signer keystore:me.json --level reasonable --coverage 9500
      cet oracle sign REQUEST --as participant --package corrected --documents out/statements --rpc http://127.0.0.1:8545 --signer ape:me …
    """
    from cet.inventory import read_package
    from cet.ledger import Deployment, Opinion
    from cet.oracle.service.client import typed_data
    from cet.oracle.service.errors import BadSignature
    from cet.statement import build

    client = _client(oracle, token)
    about = client.get(f"/v1/requests/{request}")
    parties = (about["participant"], about["verifier"])
    if about["corrects"]:
        if documents is None or rpc is None:
            raise click.UsageError("a correction needs --documents and --rpc")
        statement = _recompute_correction(
            package, documents, rpc, deployment, parties, inflation, instruments
        )
    else:
        with working("recomputing the package"):
            statement = build(read_package(package, lines=False), *parties, instruments).statement
    own = "0x" + statement.id.hex()
    if about["statement"] != own:
        raise BadSignature(
            f"the request's statement is {about['statement']}, this package gives {own}",
            "sign nothing; find out which package the oracle has",
        )
    if dry_run:
        _tell({"statement": own, "agrees": True}, as_json=as_json)
        return
    opinion = Opinion(standard, level, coverage) if role == "verifier" else None
    key = open_named_signer(signer, password_file)
    named = about[role]
    if key.address != named:
        raise BadSignature(
            f"the request names {named} as {role}, this key is {key.address}", "use the right key"
        )
    signature = key.sign_typed_data(typed_data(Deployment.read(deployment), statement, opinion))
    _tell(client.sign(request, signature, opinion), as_json=as_json)


def _recompute_correction(
    package: Path,
    documents: Path,
    rpc: str,
    deployment: Path,
    parties: tuple[str, str],
    inflation: int,
    uses: tuple[InstrumentUse, ...],
) -> Statement:
    from cet.cli.opening import connect_ledger
    from cet.oracle.correction import recompute_correction
    from cet.report.documents import packages_in

    ledger = connect_ledger(rpc, deployment)
    with working("recomputing the correction"):
        packages = packages_in(documents)
        return recompute_correction(ledger, package, packages, parties, inflation, instruments=uses).statement


def _client(url: str, token: str) -> Client:
    from cet.oracle.service.client import Client, NoService

    class Reached(Client):
        """Where nothing answers it is the surroundings that are wrong, not the request."""

        def _call(self, method: str, path: str, **more: Any) -> Any:
            try:
                return super()._call(method, path, **more)
            except NoService as error:
                raise SurroundingsError(error.problem, error.remedy) from error

    return Reached(url, token)


def _tell(about: Mapping[str, Any], *, as_json: bool) -> None:
    from cet.report.tables import facts

    if as_json:
        print_json(about)
    else:
        said = {
            name: _time(value) if name in ("created", "changed") else value for name, value in about.items()
        }
        show([facts([(name, str(value)) for name, value in said.items() if value not in (None, "")])])


def _time(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _show_parts(parts: Mapping[str, Any]) -> None:
    from cet.report.tables import facts

    about = parts["request"]
    summary = about.get("summary") or {}
    rows = [
        (name, str(about[name]))
        for name in ("id", "state", "statement", "participant", "verifier")
        if about[name]
    ]
    # Of a broken package every finding has a line.
    rows += [
        ("" if place else "reason", line.strip()) for place, line in enumerate(about["reason"].splitlines())
    ]
    rows.append(("signed", ", ".join(about["signed"]) or "nobody yet"))
    if summary:
        rows += [
            ("entity", f"{summary['entity']}, {' to '.join(summary['period'])}"),
            ("lines", f"{summary['line_count']}, {summary['claims_that_differ']} claims differ"),
        ]
        rows += [
            ("lot", f"{lot['kind']}, {lot['facility']}: {lot['gross_mg']} mg") for lot in summary["lots"]
        ]
    blocks = [facts(rows)]
    if "receipt" in parts:
        receipt = parts["receipt"]
        said = [("minted as", str(receipt["number"])), ("block", str(receipt["block"]))]
        said += [("transaction", one) for one in receipt["transactions"]]
        said += [("lot", key) for key in receipt["lots"]]
        blocks.append(facts(said))
    show(blocks)
    for line in parts.get("comparison", {}).get("lines", []):
        mark = "differs" if line["differs"] or line["claim_differs"] else "agrees"
        claim = (
            f"  claimed {line['claimed_t']} t, recomputed {line['recomputed_t']} t"
            if line["claimed_t"]
            else ""
        )
        click.echo(f"{line['line']}  {mark}  {' '.join(line['recomputed_mg'])} mg{claim}")
    for entry in parts.get("log", []):
        detail = entry["detail"]
        said_of = [str(detail[name]) for name in ("step", "transaction", "block", "reason") if name in detail]
        words = " ".join(" ".join(said_of).split())
        print_text(
            f"{entry['seq']}  {_time(entry['at'])}  {entry['event']}  {words}".rstrip()
            + f"  {entry['hash'][:16]}…"
        )
