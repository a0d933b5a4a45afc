"""Gas of energy certificates: issued, transferred, cancelled, and consumed by a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from bench.devnet import LAST_DAY

if TYPE_CHECKING:
    from bench.devnet import Bench

MWH = 10**6
SYSTEM = b"UK-GO".ljust(32, b"\0")
SERIES = "GB-01-WIND-7"


class CertificateBench:
    """A tracking system that account 5 runs; account 1 holds what it issues."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._documents = 0
        self.contract = bench.certificates
        self.functions = self.contract.functions
        bench.send(self.functions.setSystem(SYSTEM, bench.accounts[5], 2**64 - 1, MWH, 1_000, "Guarantees"))
        bench.send(bench.registry.functions.setInstrument(self.contract.address, True))

    def issue(self, first: int, number: int, previous: int) -> tuple[int, int]:
        """A batch of so many certificates from serial `first` on, to account 1; gas and its id."""
        batch = (
            SYSTEM,
            1,
            b"GB",
            b"GB grid".ljust(32, b"\0"),
            b"wind, onshore".ljust(32, b"\0"),
            keccak(text="device 7"),
            LAST_DAY - 364,
            LAST_DAY,
            SERIES,
            first,
            first + number - 1,
            (0, 0, 0, 0, 0),
            b"REGO".ljust(32, b"\0"),
            b"\0" * 32,
            b"\0" * 32,
            0,
        )
        gas, _ = self._bench.send(self.functions.issue(batch, previous, self._bench.accounts[1]), 5)
        return gas, self.functions.batchIdOf(batch).call()

    def transfer(self, batch: int, wh: int) -> int:
        """From account 1 to account 2."""
        sender, receiver = self._bench.accounts[1:3]
        return self._bench.send(self.functions.safeTransferFrom(sender, receiver, batch, wh, b""), 1)[0]

    def cancel(self, batch: int, wh: int, to: int = 1) -> tuple[int, int]:
        """By account 1 for an account's scope 2, any of its entities; gas and the cancellation's number."""
        self._documents += 1
        holder, beneficiary = self._bench.accounts[1], self._bench.accounts[to]
        document = self._documents.to_bytes(32)
        details: tuple[Any, ...] = (
            beneficiary,
            b"\0" * 32,
            b"\0" * 32,
            LAST_DAY - 364,
            LAST_DAY,
            1,
            document,
        )
        gas, _ = self._bench.send(self.functions.cancel(batch, wh, details), 1)
        return gas, self.functions.numberOf(batch, holder, wh, details).call()

    def consume(self, batch: int, uses: int) -> int:
        """A statement of account 1, recorded with so many cancellations in one transaction."""
        address = int(self.contract.address, 16)
        return self._bench.consume(sorted(address << 96 | self.cancel(batch, MWH)[1] for _ in range(uses)))


def measure_certificates(bench: Bench) -> dict[str, int]:
    """Every row of energy certificates."""
    certificates, gas = CertificateBench(bench), {}
    certificates.issue(1, 1_000, 0)
    gas["eac_issue"], batch = certificates.issue(1_001, 1_000, 1)
    gas["eac_transfer_new"] = certificates.transfer(batch, MWH)
    gas["eac_transfer_existing"] = certificates.transfer(batch, MWH)
    certificates.cancel(batch, MWH)
    gas["eac_cancel"], _ = certificates.cancel(batch, MWH)
    one, more = certificates.consume(batch, 1), certificates.consume(batch, 21)
    gas["eac_consume"] = one
    # What a use adds: 21 uses less 1.
    gas["eac_consume_per_use"] = (more - one) // 20
    return gas | _measure_generation(bench, certificates, batch)


def _measure_generation(bench: Bench, certificates: CertificateBench, batch: int) -> dict[str, int]:
    """A lot of account 1 is certified, and certificates stand for what account 2 took of it, before and after."""
    functions = bench.generation.functions
    _, (plant,) = bench.mint(1, gross=10**12, basis=10**12)
    _, lot = bench.accept(plant, MWH, 1, to=2)
    gas = {}
    gas["generation_certify"], _ = bench.send(functions.certify(plant, batch), 1)
    for _ in range(2):
        _, number = certificates.cancel(batch, MWH, to=2)
        gas["generation_cover"], _ = bench.send(functions.cover(lot, number), 1)
    _, number = certificates.cancel(batch, MWH, to=2)
    gas["allocate_certificated"] = bench.accept_covered(plant, MWH - 1, number)
    return gas
