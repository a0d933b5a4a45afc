"""Compiled runtime code, the empty places in it, and what belongs there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from cet.ledger.errors import DeploymentError
from cet.ledger.interfaces import CONTRACTS
from cet.logistics.rules import table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cet.ledger.record import Deployment

_WORD = 32
_DOMAIN_TYPE = keccak(
    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_DOMAIN_VERSION = "1"

LINKS: Mapping[str, Mapping[str, str]] = {
    "StatementRegistry": {"_trustedForwarder": "Relay"},
    "CarbonEmissionsToken": {
        "_trustedForwarder": "Relay",
        "registry": "StatementRegistry",
        "generation": "CertificatedGeneration",
        "offsets": "CarbonOffsetToken",
        "_renderer": "LotRenderer",
    },
    "CarbonOffsetToken": {
        "_trustedForwarder": "Relay",
        "emissions": "CarbonEmissionsToken",
        "_renderer": "CreditRenderer",
    },
    "EnergyCertificates": {
        "_trustedForwarder": "Relay",
        "statements": "StatementRegistry",
        "_renderer": "CertificateRenderer",
    },
    "BookingDesk": {"_trustedForwarder": "Relay", "statements": "StatementRegistry"},
    "BookAndClaim": {"_trustedForwarder": "Relay", "statements": "StatementRegistry", "_desk": "BookingDesk"},
    "CertificatedGeneration": {
        "_trustedForwarder": "Relay",
        "emissions": "CarbonEmissionsToken",
        "certificates": "EnergyCertificates",
        "statements": "StatementRegistry",
    },
    "UsePhaseEscrow": {"credits": "CarbonOffsetToken", "statements": "StatementRegistry"},
    "LedgerLens": {"_emissions": "CarbonEmissionsToken", "_registry": "StatementRegistry"},
}
"""Which contract each immutable address of a contract names."""


@dataclass(frozen=True, slots=True)
class Place:
    """`length` bytes at `start` that the compiler left empty, for an immutable or a library's address."""

    start: int
    length: int
    name: str


@dataclass(frozen=True, slots=True)
class RuntimeCode:
    """A contract's code as compiled. Bytes of empty places are zero."""

    contract: str
    code: bytes = field(repr=False)
    places: tuple[Place, ...]

    @property
    def metadata_start(self) -> int:
        """Where the compiler's metadata begins: its last two bytes say how long it is."""
        return len(self.code) - 2 - int.from_bytes(self.code[-2:], "big")

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        """The code with every place filled. Raises DeploymentError for a place nobody knows the value of."""
        code = bytearray(self.code)
        for place in self.places:
            if place.name not in values:
                raise DeploymentError(
                    f"{self.contract} has an immutable {place.name} whose value is not known",
                    "verify with the version of this software that deployed it",
                )
            code[place.start : place.start + place.length] = values[place.name].rjust(place.length, b"\0")
        return bytes(code)


def read_runtime(folder: Path) -> Mapping[str, RuntimeCode]:
    """What `make contracts` compiled, by contract. Raises DeploymentError if something is missing or unreadable."""
    found = {}
    for name in CONTRACTS:
        file = folder / f"{name}.runtime.json"
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            places = [
                Place(start, length, place)
                for kind in ("libraries", "immutables")
                for place, spots in values[kind].items()
                for start, length in spots
            ]
            code = bytes.fromhex(values["code"].removeprefix("0x"))
        except FileNotFoundError as error:
            raise DeploymentError(f"no compiled code at {file}", "run `make contracts`") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeploymentError(
                f"{file} is no compiled code ({error})", "run `make clean contracts`"
            ) from error
        found[name] = RuntimeCode(name, code, tuple(sorted(places, key=lambda place: place.start)))
    return found


def place_values(contract: str, deployment: Deployment) -> Mapping[str, bytes]:
    """What belongs in a contract's empty places: libraries, links to other contracts, and its EIP-712 domain."""
    own = _address(deployment, contract)
    values = {name: _address(deployment, name) for name in deployment.contracts}
    values |= {name: _address(deployment, linked) for name, linked in LINKS.get(contract, {}).items()}
    # The desk signs nothing for itself: its code runs in the register's name.
    name = "BookAndClaim" if contract == "BookingDesk" else contract
    version, chain = _DOMAIN_VERSION, deployment.chain_id
    hashes = (keccak(text=name), keccak(text=version))
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "bytes32"],
        [_DOMAIN_TYPE, *hashes, chain, own.rjust(_WORD, b"\0")],
    )
    return (
        values
        | _table_words()
        | {
            "library_deploy_address": own,
            "_cachedThis": own,
            "_cachedChainId": chain.to_bytes(_WORD, "big"),
            "_cachedDomainSeparator": keccak(domain),
            "_hashedName": hashes[0],
            "_hashedVersion": hashes[1],
            "_name": _short_string(name),
            "_version": _short_string(version),
        }
    )


def _table_words() -> dict[str, bytes]:
    """Section 9's rows as the register packs them: eight a word, the first in the lowest bits."""
    rows = b"".join(row.encode().to_bytes(4, "little") for row in table()).ljust(2 * _WORD, b"\0")
    return {"_lowRows": rows[:_WORD][::-1], "_highRows": rows[_WORD:][::-1]}


def _address(deployment: Deployment, contract: str) -> bytes:
    return bytes.fromhex(deployment.address(contract).removeprefix("0x"))


def _short_string(text: str) -> bytes:
    """OpenZeppelin's ShortString: the text from the left, its length in the last byte."""
    return text.encode().ljust(_WORD - 1, b"\0") + bytes([len(text)])
