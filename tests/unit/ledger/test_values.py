"""Keys, words, ids and hashes that Python calculates are the contracts' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from cet.ledger import Composition, LedgerError, LotWord, is_derived, key_text, parse_key, source_key
from cet.ledger.errors import WrongChain
from cet.ledger.keys import SourceKey
from cet.ledger.lots import NO_OPT_IN
from cet.ledger.offer_file import SignedOffer
from cet.scopes import LotCode
from world import ELECTRICITY, MARKET, POWER, STATIONARY

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

codes = st.sampled_from([LotCode.decode(code) for code in (0x4400, 0x4410, 0x8510, 0xFE60, 0x0C00)])
words = st.builds(
    LotWord, codes, st.integers(0, 2**16 - 1), st.integers(1, 2**63 - 1), st.integers(0, 2**64 - 1)
)


@given(words)
def test_lot_words_round_trip(word: LotWord) -> None:
    assert LotWord.decode(word.encode()) == word
    assert word.encode() < 1 << 160


@given(st.integers(1, 2**31 - 1), codes, st.integers(0, 2**16 - 1))
def test_source_keys_round_trip(statement: int, code: LotCode, index: int) -> None:
    key = SourceKey(statement, code, index)
    assert source_key(key.encode()) == key
    assert not is_derived(key.encode())
    assert parse_key(key_text(key.encode())) == key.encode()


@pytest.mark.parametrize(
    ("basis", "gross", "index"), [(0, 1, 0), (2**63, 1, 0), (1, 2**64, 0), (1, -1, 0), (1, 1, 2**16)]
)
def test_lots_that_fit_no_word_are_refused(basis: int, gross: int, index: int) -> None:
    with pytest.raises(LedgerError, match="does not fit a lot word"):
        LotWord(STATIONARY, index, basis, gross)


@pytest.mark.parametrize("text", ["", "0x", "zz", "0", "0x1ffffffffffffffff", "-5"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="is no lot key"):
        parse_key(text)


def test_a_derived_key_says_nothing_of_a_statement() -> None:
    with pytest.raises(LedgerError, match="is derived"):
        source_key(1 << 63)


def test_ids_are_those_of_the_contracts(world: World) -> None:
    ledger = world.ledger
    word = LotWord(POWER, 0, 5, 7).encode()
    statement = world.state(world.supplier, [word])
    assert ledger.registry.id_of(statement) == statement.id
    offer = world.offer(2**33, world.dependent, 5, MARKET)
    assert ledger.emissions.key_of(offer) == offer.key
    (lot,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    composition = Composition(ELECTRICITY, 10, ((lot, 10),))
    made = ledger.send(ledger.emissions.compose(composition), world.supplier)
    assert made.result == composition.key(world.supplier.address)
    batch = world.batch(10)
    assert (
        world.ledger.send(ledger.offsets.issue(batch, 0, world.supplier.address), world.issuer).result
        == batch.id
    )


def test_neighbours_are_found_among_periods_and_serials_in_any_order(world: World) -> None:
    registry, offsets = world.ledger.registry, world.ledger.offsets
    for year in (0, -3, 2, -1):
        world.mint(world.supplier, (STATIONARY, 1, 1), first_day=17000 + 365 * year)
    hashed = keccak(text=world.entity(world.supplier))
    begins = [17000 + 365 * year for year in (-3, -1, 0, 2)]
    assert registry.periods(hashed) == tuple((begin, begin + 364) for begin in begins)
    assert registry.previous_period(hashed, begins[2] + 365) == begins[2]
    assert registry.previous_period(hashed, begins[0]) == 0
    for first in (500, 100, 900):
        batch = world.batch(50, first_serial=first, last_serial=first + 49)
        call = offsets.issue(batch, offsets.previous_serial_of(batch), world.supplier.address)
        world.ledger.send(call, world.issuer)
    sample = world.batch(1)
    assert offsets.serials(sample.program, sample.serial_prefix) == ((100, 149), (500, 549), (900, 949))


def test_an_ended_opt_in_is_forgotten(world: World) -> None:
    emissions = world.ledger.emissions
    world.ledger.send(emissions.opt_in(world.supplier.address, NO_OPT_IN), world.dependent)
    assert emissions.opt_in_of(world.dependent.address, world.supplier.address) == NO_OPT_IN


def test_a_signed_offer_travels_as_a_file(world: World, tmp_path: Path) -> None:
    emissions = world.ledger.emissions
    (lot,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    offer, domain = world.offer(lot, world.dependent, 250, MARKET), emissions.domain
    signature = world.supplier.sign_typed_data(emissions.offer(offer))
    file = tmp_path / "offers" / "offer.json"
    SignedOffer(offer, domain.chain_id, domain.contract, signature).write(file)
    read = SignedOffer.read(file)
    read.require_contract(emissions)
    assert read.offer == offer
    key = world.ledger.send(emissions.accept(read.offer, read.signature), world.dependent).result
    assert emissions.figures(key).gross == 250 * 10**6
    other = SignedOffer(offer, 1, domain.contract, signature)
    with pytest.raises(WrongChain, match="on chain 1"):
        other.require_contract(emissions)
    file.write_text("{}")
    with pytest.raises(LedgerError, match="holds no signed offer"):
        SignedOffer.read(file)
