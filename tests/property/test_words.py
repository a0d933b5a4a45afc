"""Words are read as eth_abi reads them; what eth_abi refuses is not read at all."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from cet.ledger.words import read_words

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "uint8": st.integers(0, 2**8 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "uint256": st.integers(0, 2**256 - 1),
    "address": st.binary(min_size=20, max_size=20).map(to_checksum_address),
    "bool": st.booleans(),
    "bytes2": st.binary(min_size=2, max_size=2),
    "bytes32": st.binary(min_size=32, max_size=32),
    "uint256[]": st.lists(st.integers(0, 2**256 - 1), max_size=5).map(tuple),
    "uint64[]": st.lists(st.integers(0, 2**64 - 1), max_size=5).map(tuple),
}
KINDS = st.lists(st.sampled_from(sorted(VALUES)), max_size=6)


@given(st.data(), KINDS)
def test_as_eth_abi(data: st.DataObject, kinds: list[str]) -> None:
    values = tuple(data.draw(VALUES[kind]) for kind in kinds)
    assert read_words(kinds, encode(kinds, values)) == values


@given(st.data(), KINDS)
def test_broken_data_is_read_as_eth_abi_or_not_at_all(data: st.DataObject, kinds: list[str]) -> None:
    encoded = bytearray(encode(kinds, [data.draw(VALUES[kind]) for kind in kinds]))
    if encoded:
        place = data.draw(st.integers(0, len(encoded) - 1))
        encoded[place] ^= data.draw(st.integers(1, 255))
        del encoded[data.draw(st.sampled_from([len(encoded), len(encoded) - 1, place])) :]
    found = read_words(kinds, bytes(encoded))
    if found is not None:
        expected = decode(kinds, bytes(encoded))
        assert tuple(v.lower() if isinstance(v, str) else v for v in found) == expected


@pytest.mark.parametrize("kind", ["string", "bytes", "(uint64,uint8)", "uint256[2]", "int64", "uint8[][]"])
def test_what_is_left_to_eth_abi(kind: str) -> None:
    assert read_words([kind], bytes(1024)) is None
