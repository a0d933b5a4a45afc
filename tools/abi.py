"""Compile the contracts once, outside any framework, and keep what Python needs of them.

Writes `src/cet/ledger/abi/<Contract>.json` (the ABI alone, committed) and
`build/bytecode/<Contract>.hex` (the creation code, not committed; where a library's address belongs
stands the library's mark, the first 20 bytes of the keccak of its name). With `--check` nothing is
written: the exit status is 1 if a committed ABI differs from the contracts, or if a contract
exceeds the size that chains accept.

The compiler settings are those of ape-config.yaml; foundry.toml has to say the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml
from eth_utils import keccak

from cet.ledger.interfaces import CONTRACTS

ROOT = Path(__file__).resolve().parent.parent
ABI = ROOT / "src" / "cet" / "ledger" / "abi"
BYTECODE = ROOT / "build" / "bytecode"
LIBRARY_SOURCES = ("node_modules/@openzeppelin/contracts/access/manager/AccessManager.sol",)
RUNTIME_LIMIT = 24_576  # bytes, EIP-170
CREATION_LIMIT = 49_152  # bytes, EIP-3860


def settings() -> dict[str, Any]:
    """The compiler settings of ape-config.yaml; exits if foundry.toml has others."""
    ape = yaml.safe_load((ROOT / "ape-config.yaml").read_text())["solidity"]
    forge = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]
    pairs = {
        "version": (ape["version"], Path(forge["solc"]).name.removeprefix("solc-v")),
        "via_ir": (ape["via_ir"], forge["via_ir"]),
        "optimizer": (ape["optimize"], forge["optimizer"]),
        "runs": (ape["optimization_runs"], forge["optimizer_runs"]),
        "evm_version": (ape["evm_version"], forge["evm_version"]),
    }
    for name, (of_ape, of_forge) in pairs.items():
        if of_ape != of_forge:
            sys.exit(f"{name}: ape-config.yaml says {of_ape}, foundry.toml says {of_forge}")
    return {
        "viaIR": ape["via_ir"],
        "optimizer": {"enabled": ape["optimize"], "runs": ape["optimization_runs"]},
        "evmVersion": ape["evm_version"],
        "remappings": ape["import_remapping"],
        "outputSelection": {"*": {"*": ["abi", "evm.bytecode", "evm.deployedBytecode.object"]}},
    }


def compile_contracts() -> dict[str, dict[str, Any]]:
    """Compiler output by contract name; exits with the compiler's own messages on an error."""
    paths = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "contracts").rglob("*.sol"))]
    sources = {path: {"content": (ROOT / path).read_text()} for path in (*paths, *LIBRARY_SOURCES)}
    standard_input = {"language": "Solidity", "sources": sources, "settings": settings()}
    run = subprocess.run(
        [ROOT / "tools" / "solc" / "solc-v0.8.30", "--standard-json", "--base-path", ROOT],
        input=json.dumps(standard_input),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stderr)
    output = json.loads(run.stdout)
    errors = [e["formattedMessage"] for e in output.get("errors", ()) if e["severity"] == "error"]
    if errors:
        sys.exit("\n".join(errors))
    return {name: contract for file in output["contracts"].values() for name, contract in file.items()}


def marked(bytecode: dict[str, Any]) -> str:
    """Creation code in hex with each library's mark where its address belongs."""
    code = bytecode["object"]
    for libraries in bytecode["linkReferences"].values():
        for library, places in libraries.items():
            for place in places:
                start, end = 2 * place["start"], 2 * (place["start"] + place["length"])
                code = code[:start] + keccak(text=library)[:20].hex() + code[end:]
    return code


def print_sizes(compiled: dict[str, dict[str, Any]]) -> bool:
    """Print each contract's code size; whether all of them can be deployed."""
    fits = True
    print(f"{'contract':<24}{'runtime':>9}{'creation':>10}   limits {RUNTIME_LIMIT}, {CREATION_LIMIT} bytes")
    for name in CONTRACTS:
        evm = compiled[name]["evm"]
        runtime, creation = (len(evm[part]["object"]) // 2 for part in ("deployedBytecode", "bytecode"))
        over = runtime > RUNTIME_LIMIT or creation > CREATION_LIMIT
        fits = fits and not over
        print(f"{name:<24}{runtime:>9}{creation:>10}{'   TOO LARGE' if over else ''}")
    return fits


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    check = parser.parse_args().check

    compiled = compile_contracts()
    if missing := [name for name in CONTRACTS if name not in compiled]:
        sys.exit(f"no such contract: {', '.join(missing)}")
    fits = print_sizes(compiled)

    stale = []
    for name in CONTRACTS:
        abi = json.dumps(compiled[name]["abi"], indent=1) + "\n"
        file = ABI / f"{name}.json"
        if not file.exists() or file.read_text() != abi:
            stale.append(name)
            if not check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(abi)
        if not check:
            BYTECODE.mkdir(parents=True, exist_ok=True)
            (BYTECODE / f"{name}.hex").write_text(f"0x{marked(compiled[name]['evm']['bytecode'])}\n")
    if stale:
        print(f"{'stale' if check else 'rewritten'}: {', '.join(stale)}{' (run make abi)' if check else ''}")
    return int(check and (bool(stale) or not fits))


if __name__ == "__main__":
    sys.exit(main())
