"""Anchors: any offers of one lot under a root, proven one by one or together, kept and handed on as files."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger import LedgerError, Offer, WrongChain
from cet.ledger.anchor_file import ProvenOffers, read_anchor, write_anchor
from cet.ledger.anchors import Anchor, offer_leaf
from cet.ledger.signing import Domain
from cet.scopes import LotCode
from cet.statement import verify

if TYPE_CHECKING:
    from pathlib import Path

PARENT = 0x144000000
DOMAIN = Domain("Carbon Emissions Token", "1", 31337, to_checksum_address("0x" + "ab" * 20))
DEPENDENTS = [to_checksum_address("0x" + f"{number:040x}") for number in (1, 2, 3)]


def offers(count: int = 7) -> list[Offer]:
    return [
        Offer(
            parent=PARENT,
            dependent=DEPENDENTS[number % 3],
            units=10 + number,
            code=LotCode.decode(0xC400),
            consumed_from=18628,
            consumed_to=18992,
            deadline=2**40 - 1,
            activity=keccak(text=f"invoice {number}, salted"),
        )
        for number in range(count)
    ]


def test_a_leaf_is_bound_to_chain_token_and_offer_and_hashed_twice() -> None:
    offer = offers()[0]
    inner = keccak(encode(["uint256", "address", "bytes32"], [31337, DOMAIN.contract, offer.id]))
    leaf = offer_leaf(DOMAIN, offer)
    assert leaf == keccak(inner)
    others = [
        offer_leaf(replace(DOMAIN, chain_id=1), offer),
        offer_leaf(replace(DOMAIN, contract=DEPENDENTS[0]), offer),
        offer_leaf(DOMAIN, replace(offer, parent=PARENT + 1)),
        offer_leaf(DOMAIN, replace(offer, units=offer.units + 1)),
    ]
    assert len({leaf, *others}) == 5


def test_each_offer_proves_and_the_units_add_up() -> None:
    made = offers()
    anchor = Anchor.of(DOMAIN, PARENT, made)
    assert anchor.units == sum(offer.units for offer in made)
    assert all(verify(offer_leaf(DOMAIN, offer), anchor.proof(offer), anchor.root) for offer in made)
    with pytest.raises(LedgerError, match="not under this anchor"):
        anchor.proof(replace(made[0], units=1))


def test_a_batch_comes_in_the_order_of_its_leaves() -> None:
    made = offers()
    anchor = Anchor.of(DOMAIN, PARENT, made)
    batch = anchor.batch(made[:4])
    leaves = [offer_leaf(DOMAIN, offer) for offer in batch.offers]
    assert leaves == sorted(leaves)
    assert set(batch.offers) == set(made[:4])
    assert len(leaves) + len(batch.proof) == len(batch.flags) + 1


def test_what_cannot_stand_under_one_root_is_refused() -> None:
    made = offers()
    with pytest.raises(LedgerError, match="without offers"):
        Anchor.of(DOMAIN, PARENT, [])
    with pytest.raises(LedgerError, match="offer 2 is of lot"):
        Anchor.of(DOMAIN, PARENT, [made[0], replace(made[1], parent=1 << 33)])
    with pytest.raises(LedgerError, match="twice"):
        Anchor.of(DOMAIN, PARENT, [made[0], made[0]])
    with pytest.raises(LedgerError, match="units in all"):
        Anchor.of(DOMAIN, PARENT, [replace(made[0], units=2**63 - 1), made[1]])


def test_the_holders_file_gives_the_anchor_back_and_shows_a_change(tmp_path: Path) -> None:
    file, anchor = tmp_path / "anchor.jsonl", Anchor.of(DOMAIN, PARENT, offers())
    write_anchor(file, DOMAIN, anchor)
    assert read_anchor(file, DOMAIN).offers == anchor.offers
    with pytest.raises(WrongChain):
        read_anchor(file, replace(DOMAIN, chain_id=1))
    lines = file.read_text().splitlines()
    changed = json.loads(lines[1])
    changed["units"] = "999"
    file.write_text("\n".join([lines[0], json.dumps(changed), *lines[2:]]) + "\n")
    with pytest.raises(LedgerError, match="changed, added or lost"):
        read_anchor(file, DOMAIN)
    file.write_text("")
    with pytest.raises(LedgerError, match="holds no anchor"):
        read_anchor(file, DOMAIN)


def test_a_dependents_file_has_its_own_offers_alone(tmp_path: Path) -> None:
    file, anchor = tmp_path / "own.json", Anchor.of(DOMAIN, PARENT, offers())
    own = ProvenOffers.of(DOMAIN, anchor, DEPENDENTS[1])
    own.write(file)
    assert ProvenOffers.read(file) == own
    assert {offer.dependent for offer in own.batch.offers} == {DEPENDENTS[1]}
    assert DEPENDENTS[0] not in file.read_text()
    own.require_contract(DOMAIN)
    with pytest.raises(WrongChain):
        own.require_contract(replace(DOMAIN, contract=DEPENDENTS[0]))
    with pytest.raises(LedgerError, match="no offer to"):
        ProvenOffers.of(DOMAIN, anchor, DOMAIN.contract)
    file.write_text("{}")
    with pytest.raises(LedgerError, match="no proven offers"):
        ProvenOffers.read(file)
