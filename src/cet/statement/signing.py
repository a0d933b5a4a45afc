"""EIP-712 typed data for the three who sign: the participant, the verifier, an oracle.

The chain id and the registry's address are parameters: nothing here knows a chain. The dictionaries are what
`eth_account.messages.encode_typed_data(full_message=…)` and wallets take; bytes are given as 0x text.
"""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address

from cet.errors import StatementError
from cet.statement.hashing import WORD
from cet.statement.model import STATEMENT_TYPE, Statement

DOMAIN_NAME = "StatementRegistry"
DOMAIN_VERSION = "1"
ASSURANCE_LEVELS = {"limited": 1, "reasonable": 2}
FULL_COVERAGE = 10_000

OPINION_TYPE = "Opinion(bytes32 statement,bytes32 standard,uint8 level,uint16 coverage)"
ATTESTATION_TYPE = "Attestation(bytes32 statement)"
_DOMAIN_FIELDS = "string name,string version,uint256 chainId,address verifyingContract"


def statement_typed_data(statement: Statement, chain_id: int, registry: str) -> dict[str, Any]:
    """What the participant signs: its assertion."""
    return _typed(STATEMENT_TYPE, statement.message(), chain_id, registry)


def opinion_typed_data(
    statement_id: bytes, standard: str, level: str, coverage: int, chain_id: int, registry: str
) -> dict[str, Any]:
    """What the verifier signs. `level` is limited or reasonable; `coverage` basis points of gross emissions.

    Raises StatementError for an unknown level, a coverage outside 1 to 10,000, or a standard longer than 32 bytes.
    """
    if level not in ASSURANCE_LEVELS:
        raise StatementError(f"no assurance level {level!r}", f"write {' or '.join(ASSURANCE_LEVELS)}")
    if not 0 < coverage <= FULL_COVERAGE:
        raise StatementError(f"coverage of {coverage} basis points", f"give 1 to {FULL_COVERAGE}")
    message = {
        "statement": statement_id,
        "standard": standard_word(standard),
        "level": ASSURANCE_LEVELS[level],
        "coverage": coverage,
    }
    return _typed(OPINION_TYPE, message, chain_id, registry)


def attestation_typed_data(statement_id: bytes, chain_id: int, registry: str) -> dict[str, Any]:
    """What each oracle signs that recomputed the statement."""
    return _typed(ATTESTATION_TYPE, {"statement": statement_id}, chain_id, registry)


def standard_word(standard: str) -> bytes:
    """An assurance standard's name as a bytes32, padded with zeros at its end. Raises StatementError."""
    data = standard.encode()
    if not 0 < len(data) <= WORD:
        raise StatementError(
            f"assurance standard of {len(data)} bytes", 'give 1 to 32, such as "ISO 14064-3"'
        )
    return data.ljust(WORD, b"\0")


def _typed(type_text: str, message: dict[str, Any], chain_id: int, registry: str) -> dict[str, Any]:
    name, fields = type_text.rstrip(")").split("(")
    return {
        "types": {"EIP712Domain": _fields(_DOMAIN_FIELDS), name: _fields(fields)},
        "primaryType": name,
        "domain": {
            "name": DOMAIN_NAME,
            "version": DOMAIN_VERSION,
            "chainId": chain_id,
            "verifyingContract": str(to_checksum_address(registry)),
        },
        "message": {field: _shown(value) for field, value in message.items()},
    }


def _fields(text: str) -> list[dict[str, str]]:
    pairs = (field.split(" ") for field in text.split(","))
    return [{"name": name, "type": kind} for kind, name in pairs]


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [_shown(one) for one in value] if isinstance(value, list) else value
