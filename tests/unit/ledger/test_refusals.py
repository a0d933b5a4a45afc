"""Every error of every contract is worded, and every refusal arrives decoded."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

import pytest
from eth_abi.abi import encode

from cet.ledger import Refused, key_text
from cet.ledger.interfaces import error_entries
from cet.ledger.refusals import _KINDS, decode_error, refusal, sentence, sentences
from world import MARKET, POWER

if TYPE_CHECKING:
    from cet.ledger.interfaces import Entry
    from world import World

_OWN = {"Error", "Panic", "Unknown"}


@pytest.mark.parametrize("entry", error_entries().values(), ids=lambda entry: entry.name)
def test_every_contract_error_has_a_sentence_that_uses_only_its_arguments(entry: Entry) -> None:
    words = sentences()[entry.name]
    arguments = {parameter.name for parameter in entry.inputs}
    for text in words.values():
        for _, name, kind, _ in Formatter().parse(text):
            assert name is None or name in arguments, f"{entry.name} has no argument {name}"
            assert not kind or kind in _KINDS


def test_no_sentence_is_left_over_for_an_error_no_contract_has() -> None:
    names = {entry.name for entry in error_entries().values()} | _OWN
    assert set(sentences()) <= names


def test_sentence_shows_masses_keys_codes_and_times_as_people_write_them() -> None:
    assert sentence("OffsetExceedsNet", {"amount": 2 * 10**9, "net": 1}) == (
        "2.000000000 t CO2e of offset for a lot whose live net is 0.000000001 t CO2e",
        "apply at most the net",
    )
    problem, _ = sentence("RescopingForbidden", {"parentCode": 0x8510, "childCode": 0xFFFF})
    assert problem == "a share of scope 2 electricity location-based cannot become 0xffff"
    problem, _ = sentence("OfferExpired", {"deadline": 0, "at": 2**40 - 1})
    assert problem == "the offer ended at 1970-01-01 00:00:00 UTC; it is second 1099511627775"


def test_reverts_that_are_no_custom_errors_are_worded_too() -> None:
    text = bytes.fromhex("08c379a0") + encode(["string"], ["no"])
    assert str(refusal(text)) == "no"
    panic = bytes.fromhex("4e487b71") + encode(["uint256"], [0x11])
    assert "a sum or difference is out of range" in str(refusal(panic))
    assert decode_error(b"\1\2\3\4")[0] == "Unknown"


def test_an_error_of_a_called_contract_comes_back_decoded_through_its_caller(world: World) -> None:
    # The emissions token refuses; the offset token, which called it, passes the error on.
    (lot,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    batch = world.issue(2, world.supplier)
    with pytest.raises(Refused) as refused:
        world.ledger.send(world.ledger.offsets.apply_to(batch, lot, 2 * 10**9), world.supplier)
    assert refused.value.name == "OffsetExceedsNet"
    assert dict(refused.value.arguments) == {"amount": 2 * 10**9, "net": 10**9}
    assert refused.value.function == "CarbonOffsetToken.applyTo"


def test_a_refusal_sends_nothing(world: World) -> None:
    nonce, head = world.ledger.chain.nonce(world.stranger.address), world.ledger.chain.head
    (lot,) = [2**33]
    offer = world.offer(lot, world.dependent, 1, MARKET)
    with pytest.raises(Refused, match=f"there is no lot {key_text(lot)}") as refused:
        world.ledger.send(world.ledger.emissions.allocate(offer), world.stranger)
    assert refused.value.transaction is None
    assert world.ledger.chain.nonce(world.stranger.address) == nonce
    assert world.ledger.chain.head == head
