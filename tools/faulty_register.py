"""Runs the agreement of register and book with contracts from a copy, and a coinbase: for tools/faults.py. Exits 1 if they disagree."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import conftest  # noqa: F401 - where the compiler is
import stateful.test_register_agrees as agreement


def main(copy: Path, coinbase: str) -> int:
    code, node = agreement.creation_code(), agreement.anvil
    for name in ("BookAndClaim", "BookingDesk"):
        code[name] = bytes.fromhex((copy / f"{name}.hex").read_text())
    agreement.creation_code = lambda: code
    agreement.anvil = lambda *options: node(*options, "--disable-code-size-limit")
    take_part = agreement._take_part  # noqa: SLF001

    def alive(world: agreement.World) -> None:
        take_part(world)
        world.ledger.chain.w3.provider.make_request("anvil_setCoinbase", [coinbase])  # type: ignore[arg-type]

    agreement._take_part = alive  # noqa: SLF001
    machine = agreement.RegisterMachine
    quick = settings(machine.TestCase.settings, phases=[Phase.generate], max_examples=6)
    try:
        run_state_machine_as_test(machine, settings=quick)
    except AssertionError as error:
        print(str(error)[:500])
        return 1
    finally:
        agreement.Devnet.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
