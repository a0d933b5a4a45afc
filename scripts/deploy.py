"""Deploy the contracts once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from scripts._session import LedgerCommand, connected_chain, sends, show
from scripts._signers import ApeSigner

from cet.ledger import Parameters, deploy_once, read_creation_code
from cet.ledger.errors import LedgerError

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.command(cls=LedgerCommand)
@sends
@click.option(
    "--params",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("deployments/params/devnet.toml"),
    show_default=True,
    help="TOML with the roles and their delays.",
)
@click.option("--replace", is_flag=True, help="Deploy anew and overwrite the record.")
def cli(
    account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool, params: Path, replace: bool
) -> None:
    """Deploy access manager, statement registry, renderers and both tokens, and hand out the roles.

    \b
    Run again it does nothing: the record names the deployment, and chain, code and parameters are compared.
    Compile first: `make contracts`.
      ape run deploy --network http://127.0.0.1:8545 --account TEST::0
    """
    parameters, code, chain = Parameters.read(params), read_creation_code(), connected_chain()
    signer = ApeSigner(account)
    if dry_run:
        made = not record.exists() or replace
        show(
            {
                "chain": chain.chain_id,
                "would_deploy": [f"{name}, {len(data)} bytes" for name, data in code.items()] if made else [],
                "deployer": signer.address,
                **parameters.model_dump(),
            },
            as_json=as_json,
        )
        return
    if chain.w3.eth.get_balance(signer.address) == 0:
        raise LedgerError(f"{signer.address} has no money for gas", "fund it, or name another account")
    deployment, made = deploy_once(chain, signer, parameters, code, record, replace=replace)
    show(
        {
            "record": str(record),
            "chain": deployment.chain_id,
            "deployed_now": made,
            "block": deployment.block,
            **{name: contract.address for name, contract in deployment.contracts.items()},
        },
        as_json=as_json,
    )
