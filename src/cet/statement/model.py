"""A statement as the registry takes it: the EIP-712 fields, its id, its lots in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from eth_utils.address import is_hex_address, to_checksum_address
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cet.statement.hashing import WORD, keccak256, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.inventory import Lot

MAX_CHUNK = 400
"""Lots minted, or instruments consumed, in one transaction at most (EIP-7825's transaction limit)."""

NO_STATEMENT = bytes(WORD)
"""What a first statement supersedes."""

STATEMENT_TYPE = (
    "Statement(address participant,address verifier,bytes32 entity,uint16 periodStart,uint16 periodEnd,"
    "uint8 gwpSet,uint8 consolidation,bytes32 linesRoot,bytes32 document,"
    "uint64[5] reported,uint64[8] gasMasses,bytes32[] lotChunks,"
    "bytes32 supersedes,uint16 inflation,bytes32[] restatedChunks,bytes32[] instrumentChunks)"
)


def _address(value: str) -> str:
    if not is_hex_address(value) or int(value, 16) == 0:
        raise ValueError("not an address; write 0x and 40 hexadecimal digits, not all zero")
    return str(to_checksum_address(value))


Address = Annotated[str, AfterValidator(_address)]
Bytes32 = Annotated[bytes, Field(min_length=WORD, max_length=WORD)]
Uint64 = Annotated[int, Field(ge=0, lt=2**64)]


class Statement(BaseModel):
    """What a participant asserts of one entity and period; field by field `IStatementRegistry.Statement`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    participant: Address
    verifier: Address
    entity: Bytes32
    period_start: Annotated[int, Field(ge=0, lt=2**16)]
    period_end: Annotated[int, Field(ge=0, lt=2**16)]
    gwp_set: Annotated[int, Field(ge=4, le=6)]
    consolidation: Annotated[int, Field(ge=1, le=3)]
    lines_root: Bytes32
    document: Bytes32
    reported: Annotated[tuple[Uint64, ...], Field(min_length=5, max_length=5)]
    gas_masses: Annotated[tuple[Uint64, ...], Field(min_length=8, max_length=8)]
    lot_chunks: tuple[Bytes32, ...]
    supersedes: Bytes32 = NO_STATEMENT
    inflation: Annotated[int, Field(ge=0, lt=2**16)] = 0
    restated_chunks: tuple[Bytes32, ...] = ()
    instrument_chunks: tuple[Bytes32, ...] = ()

    @model_validator(mode="after")
    def _three_different_parties(self) -> Statement:
        if self.participant == self.verifier:
            raise ValueError("the participant can't verify itself; name another verifier")
        return self

    @model_validator(mode="after")
    def _lots_to_state(self) -> Statement:
        if not self.lot_chunks and not self.restated_chunks:
            raise ValueError("no lot is minted or restated; give the hash of at least one chunk")
        if self.supersedes == NO_STATEMENT and (self.inflation or self.restated_chunks):
            raise ValueError("restates lots and supersedes no statement; name the one it corrects")
        return self

    @property
    def id(self) -> bytes:
        """EIP-712 struct hash (`hashStruct`): the statement's identity, the same on every chain."""
        fields = (
            keccak256(STATEMENT_TYPE.encode()),
            word(int(self.participant, 16)),
            word(int(self.verifier, 16)),
            self.entity,
            word(self.period_start),
            word(self.period_end),
            word(self.gwp_set),
            word(self.consolidation),
            self.lines_root,
            self.document,
            keccak256(b"".join(word(mass) for mass in self.reported)),
            keccak256(b"".join(word(mass) for mass in self.gas_masses)),
            keccak256(b"".join(self.lot_chunks)),
            self.supersedes,
            word(self.inflation),
            keccak256(b"".join(self.restated_chunks)),
            keccak256(b"".join(self.instrument_chunks)),
        )
        return keccak256(b"".join(fields))

    def message(self) -> dict[str, Any]:
        """The fields under their names in the contract, in its order: what web3 and wallets take."""
        return {
            "participant": self.participant,
            "verifier": self.verifier,
            "entity": self.entity,
            "periodStart": self.period_start,
            "periodEnd": self.period_end,
            "gwpSet": self.gwp_set,
            "consolidation": self.consolidation,
            "linesRoot": self.lines_root,
            "document": self.document,
            "reported": list(self.reported),
            "gasMasses": list(self.gas_masses),
            "lotChunks": list(self.lot_chunks),
            "supersedes": self.supersedes,
            "inflation": self.inflation,
            "restatedChunks": list(self.restated_chunks),
            "instrumentChunks": list(self.instrument_chunks),
        }


def lot_chunks(lots: Sequence[Lot]) -> tuple[tuple[int, ...], ...]:
    """Lot words in the order of the lots, at most MAX_CHUNK a chunk: what is minted, transaction by transaction."""
    return chunked([lot.word for lot in lots])


def chunked(words: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Words in their order, at most MAX_CHUNK a chunk."""
    return tuple(tuple(words[at : at + MAX_CHUNK]) for at in range(0, len(words), MAX_CHUNK))


def chunk_hash(words: Sequence[int]) -> bytes:
    """keccak256(abi.encodePacked(uint256[]))."""
    return keccak256(b"".join(word(one) for one in words))
