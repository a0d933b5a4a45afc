"""Gas of the use phase escrow: credits put in, reconciled, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_abi import encode
from eth_utils.crypto import keccak

from bench.devnet import GENESIS, LAST_DAY

if TYPE_CHECKING:
    from bench.devnet import Bench

TONNE = 10**9
FIRST_SERIAL = 900_001
KINDS = "(string,string,uint16,uint16,uint40,bytes32)"
USE = (
    "kettle, model of 2021",
    "its users in Germany",
    LAST_DAY - 364,
    LAST_DAY,
    GENESIS + 10**8,
    keccak(text="terms"),
)
FIELDS = {
    "escrow": "bytes32",
    "verifier": "address",
    "document": "bytes32",
    "batches": "uint64[]",
    "amounts": "uint64[]",
}


def measure_escrow(bench: Bench) -> dict[str, int]:
    """Account 1 holds credits for a use; account 4 verifies what of them is retired."""
    holder, verifier = bench.accounts[1], bench.accounts[4]
    escrow = bench.create("UsePhaseEscrow", bench.cot.address, bench.registry.address)
    series = "CAR-1-US-639-30-449-TX-2021-1"
    credits_ = (b"P".ljust(32, b"\0"), series, FIRST_SERIAL, FIRST_SERIAL + 99, 2021, False, False, "CAR639")
    issued = (*credits_, keccak(text="{}"), 0)
    bench.send(bench.cot.functions.issue(issued, "{}", 0, holder), 5)
    batch = bench.cot.functions.batchIdOf(issued).call()

    data, gas = encode([KINDS], [USE]), {}
    send = bench.cot.functions.safeTransferFrom(holder, escrow.address, batch, 10 * TONNE, data)
    gas["escrow_put_in"], _ = bench.send(send, 1)
    identity = keccak(encode(["address", KINDS], [holder, USE]))
    said = (identity, verifier, keccak(text="actual use"), [batch], [6 * TONNE])
    domain = {
        "name": "UsePhaseEscrow",
        "version": "1",
        "chainId": bench.w3.eth.chain_id,
        "verifyingContract": escrow.address,
    }
    types = {"Reconciliation": [{"name": name, "type": kind} for name, kind in FIELDS.items()]}
    message = dict(zip(FIELDS, said, strict=True))
    signatures = [
        bytes(bench.keys[signer].sign_typed_data(domain, types, message).signature) for signer in (1, 4)
    ]
    gas["escrow_reconcile"], _ = bench.send(escrow.functions.reconcile(holder, USE, said, *signatures))
    gas["escrow_give_back"], _ = bench.send(escrow.functions.giveBack(holder, USE, batch))
    return gas
