"""Energy certificates from issue to inventory: the client, the mirror and the oracle say what the contracts say."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.crypto import keccak

from cet.ledger import BatchStatus, Cancellation, LotWord, Purpose, Refused
from cet.ledger.mirror import flags_of
from cet.ledger.mirror.flags import Doubt
from cet.statement.model import chunk_hash
from world import DAY_2021, MARKET, MWH, SYSTEM, TONNE

if TYPE_CHECKING:
    from cet.ledger import LocalSigner
    from cet.statement import Statement
    from world import World

WORDS = [LotWord(MARKET, 0, 1_000 * MWH, TONNE).encode()]


def cancel(world: World, batch: int, amount: int, holder: LocalSigner, **changes: Any) -> int:
    """A cancellation for the holder's own scope 2 of 2021; its number."""
    terms: dict[str, Any] = {
        "beneficiary": holder.address,
        "period_start": DAY_2021,
        "period_end": DAY_2021 + 364,
        "purpose": Purpose.SCOPE_2,
    }
    details = Cancellation(**{**terms, **changes})
    number = world.ledger.send(world.ledger.certificates.cancel(batch, amount, details), holder).result
    assert number == details.number(batch, holder.address, amount)
    return number


def using(world: World, number: int) -> tuple[Statement, list[int]]:
    """The supplier's statement that uses a cancellation, and the words of the use."""
    words = [world.ledger.certificates.use(number).word]
    return world.state(world.supplier, WORDS, instrument_chunks=(chunk_hash(words),)), words


def test_the_client_reads_a_batch_as_it_was_issued(world: World) -> None:
    contract = world.ledger.certificates
    told = world.certificates(50, rates=(1, 2, 3, 4, 5), label=b"REGO".ljust(32, b"\0"))
    batch = world.ledger.send(contract.issue(told, 0, world.supplier.address), world.issuer).result
    assert batch == told.id
    view = contract.batch_of(batch)
    assert view is not None
    assert view.batch == told
    assert (view.issued, view.held, view.expires, view.status) == (50 * MWH, 50 * MWH, 0, BatchStatus.ACTIVE)
    assert contract.batch_of(7) is None
    assert contract.serials(SYSTEM, told.serial_prefix) == ((told.first_serial, told.last_serial),)
    system = contract.system_of(SYSTEM)
    assert system is not None
    assert (system.operator, system.issued, system.size) == (world.issuer.address, 50 * MWH, MWH)
    assert contract.system_of(b"\1" * 32) is None


def test_the_mirror_knows_where_certificates_are(world: World) -> None:
    contract, supplier, dependent = world.ledger.certificates, world.supplier, world.dependent
    batch = world.issue_certificates(100, supplier)
    world.ledger.send(contract.transfer(supplier.address, dependent.address, batch, 30 * MWH + 1), supplier)
    number = cancel(world, batch, 20 * MWH, dependent, entity=keccak(text="site"))
    world.ledger.send(contract.withdraw(batch, supplier.address, 5 * MWH, "a wrong meter"), world.issuer)
    world.ledger.send(contract.set_frozen(supplier.address, batch, 3 * MWH), world.operator)
    world.ledger.send(contract.set_status(batch, BatchStatus.SUSPENDED, "an inquiry"), world.issuer)
    state = world.mirrored()
    told = state.certificate_batches[batch]
    view = contract.batch_of(batch)
    assert view is not None
    assert (told.issued, told.held, told.cancelled, told.withdrawn) == (
        view.issued,
        view.held,
        view.cancelled,
        view.withdrawn,
    )
    assert (told.status, told.batch) == (view.status, view.batch)
    for holder in (supplier, dependent):
        assert state.certificates[batch, holder.address] == contract.balance_of(holder.address, batch)
    assert state.frozen_certificates[batch, supplier.address] == contract.frozen(supplier.address, batch)
    kept, cancelled = contract.cancellation_of(number), state.cancellations[number]
    assert (cancelled.batch, cancelled.first, cancelled.amount) == (kept.batch, kept.first, kept.amount)
    assert cancelled.details.entity == kept.entity == keccak(text="site")
    assert state.systems[SYSTEM].size == MWH


def test_a_cancellation_backs_one_statement_and_flags_it_when_it_is_void(world: World) -> None:
    ledger, supplier = world.ledger, world.supplier
    batch = world.issue_certificates(10, supplier)
    number = cancel(world, batch, MWH, supplier)
    statement, words = using(world, number)
    evidence = world.evidence(statement, supplier)
    mint = ledger.emissions.mint(statement, evidence, 0, WORDS)
    with pytest.raises(Refused, match="0 of 1 chunks"):
        ledger.simulate(mint, world.stranger)
    ledger.send(ledger.registry.consume(statement, evidence, 0, words), world.stranger)
    ledger.send(mint, world.stranger)
    assert ledger.certificates.consumed_by(number) == (1, 1)
    lot = LotWord.decode(WORDS[0]).key(1)
    state = world.mirrored()
    assert [use.use for use in state.consumed[1]] == [number]
    assert flags_of(state, lot) == ()

    again, _ = using(world, number)
    again = again.model_copy(update={"period_start": DAY_2021 - 365, "period_end": DAY_2021 - 1})
    refused = ledger.registry.consume(again, world.evidence(again, supplier), 0, words)
    with pytest.raises(Refused, match="is used by the statements that begin with number 1"):
        ledger.simulate(refused, world.stranger)

    ledger.send(ledger.certificates.void_cancellation(number, "sold twice"), world.issuer)
    state = world.mirrored()
    assert [(flag.doubt, flag.statement) for flag in flags_of(state, lot)] == [(Doubt.VOID_INSTRUMENT, 1)]
    assert state.cancellations[number].void_for == "sold twice"
    assert ledger.certificates.cancellation_of(number).is_void


def test_metadata_stand_for_themselves(world: World) -> None:
    contract = world.ledger.certificates
    batch = world.issue_certificates(10, world.supplier, rates=(0, 199_008_000, 0, 0, 377_028))
    number = cancel(world, batch, 2_500_000, world.supplier)
    for uri, shown in (
        (contract.uri(batch), {"technology": "wind, onshore", "cancelled Wh": "2500000", "country": "GB"}),
        (contract.cancellation_uri(number), {"cancelled Wh": "2500000", "purpose": "scope 2, market-based"}),
    ):
        head, data = uri.split(",", 1)
        assert head == "data:application/json;base64"
        metadata = json.loads(base64.b64decode(data))
        assert metadata["decimals"] == 6
        traits = {one["trait_type"]: one["value"] for one in metadata["attributes"]}
        assert shown.items() <= traits.items()
        image = base64.b64decode(metadata["image"].partition(",")[2]).decode()
        assert "2.500000 MWh" in image
        assert "<script" not in image
