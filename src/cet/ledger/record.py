"""The record of a deployment: which contracts, on which chain, made of what, with which parameters."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cet.ledger.errors import DeploymentError, WrongChain

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger.chain import Chain


class Parameters(BaseModel):
    """What a deployment is told. Addresses by role; delays in seconds, 0 on devnets.

    The guardian closes operations without delay; the operator is it where none is named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    admin: str
    operator: str
    enforcer: str
    guardian: str = ""
    operator_delay: int = Field(default=0, ge=0, lt=2**32)
    enforcer_delay: int = Field(default=0, ge=0, lt=2**32)
    attestations_required: int = Field(default=1, ge=1, le=255)

    @classmethod
    def read(cls, file: Path) -> Parameters:
        """Parameters from a TOML file. Raises DeploymentError naming what is wrong."""
        try:
            return cls(**tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise DeploymentError(f"{file}: {error}", "see deployments/params for an example") from error


class DeployedContract(BaseModel):
    """An address, the hash of the creation code without arguments, and the hash of the code that stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    creation_hash: str
    runtime_hash: str


class Deployment(BaseModel):
    """Everything needed to find a deployment again and to see that it is the one meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chain_id: int
    first_block_hash: str
    block: int
    deployer: str
    parameters: Parameters
    contracts: dict[str, DeployedContract]

    def address(self, contract: str) -> str:
        """Raises DeploymentError if the record knows no such contract: it is of another version of the ledger."""
        if contract not in self.contracts:
            raise DeploymentError(
                f"the deployment has no {contract}: it is of another version of the ledger",
                "use the commit it was deployed from, or deploy anew with another record",
            )
        return self.contracts[contract].address

    def require_chain(self, chain: Chain) -> None:
        """Raises WrongChain unless this is the chain the contracts are on."""
        if chain.chain_id != self.chain_id:
            raise WrongChain(
                f"connected to chain {chain.chain_id}, deployed on chain {self.chain_id}",
                "connect to the deployment's chain, or name another record",
            )
        actual = "0x" + chain.first_block_hash.hex()
        if actual != self.first_block_hash:
            raise WrongChain(
                f"chain {self.chain_id} begins with block {actual}, the deployment's with {self.first_block_hash}",
                "the devnet was started anew: deploy again with another record, or replace this one",
            )

    def write(self, file: Path) -> None:
        """Writes the record whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(file.suffix + ".part")
        partial.write_text(json.dumps(self.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
        partial.replace(file)

    @classmethod
    def read(cls, file: Path) -> Deployment:
        """Raises DeploymentError if there is no readable record."""
        try:
            return cls.model_validate_json(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise DeploymentError(
                f"no deployment record {file}", "deploy first, or name another record"
            ) from error
        except ValidationError as error:
            raise DeploymentError(f"{file} is no deployment record: {error}", "deploy again") from error
