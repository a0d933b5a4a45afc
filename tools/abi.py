"""Compile the contracts once, outside any framework, and keep what Python needs of them.

Writes `src/cet/ledger/abi/<Contract>.json` (the ABI alone, committed) and, not committed,
`build/bytecode/<Contract>.hex` (the creation code; where a library's address belongs stands the
library's mark, the first 20 bytes of the keccak of its name) and `build/bytecode/<Contract>.runtime.json`
(the code that will stand on the chain, with the places of libraries and immutables in it: what a
verification fills in and compares). With `--check` nothing is written: the exit status is 1 if a
committed ABI differs from the contracts, or if a contract exceeds the size that chains accept. With
`--out FOLDER` the code goes there and nothing else is written.

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
        # The syntax tree names the immutables, which the compiler's references give by number.
        "outputSelection": {"*": {"*": ["abi", "evm.bytecode", "evm.deployedBytecode"], "": ["ast"]}},
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
    names = immutable_names(output["sources"])
    compiled = {name: contract for file in output["contracts"].values() for name, contract in file.items()}
    for contract in compiled.values():
        references = contract["evm"]["deployedBytecode"].get("immutableReferences", {})
        contract["immutables"] = {names.get(id_, id_): places for id_, places in references.items()}
    return compiled


def immutable_names(sources: dict[str, Any]) -> dict[str, str]:
    """Names of state variables that may be immutable, by the number the compiler gives them."""
    return {
        str(member["id"]): member["name"]
        for source in sources.values()
        for node in source["ast"]["nodes"]
        if node["nodeType"] == "ContractDefinition"
        for member in node["nodes"]
        if member["nodeType"] == "VariableDeclaration"
    }


def runtime(contract: dict[str, Any]) -> dict[str, Any]:
    """The deployed code, its unfilled places zero, and where they are: (start, length) in bytes by name."""
    code = contract["evm"]["deployedBytecode"]
    plain = code["object"]
    libraries: dict[str, list[list[int]]] = {}
    for file in code["linkReferences"].values():
        for library, places in file.items():
            libraries[library] = [[place["start"], place["length"]] for place in places]
            for place in places:
                start, end = 2 * place["start"], 2 * (place["start"] + place["length"])
                plain = plain[:start] + "0" * (end - start) + plain[end:]
    immutables = {
        name: [[place["start"], place["length"]] for place in places]
        for name, places in contract["immutables"].items()
    }
    return {"code": f"0x{plain}", "libraries": libraries, "immutables": immutables}


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
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write the code there, and nothing else")
    given = parser.parse_args()
    check: bool = given.check or given.out is not None
    folder: Path | None = given.out or (None if check else BYTECODE)

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
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.hex").write_text(f"0x{marked(compiled[name]['evm']['bytecode'])}\n")
            (folder / f"{name}.runtime.json").write_text(json.dumps(runtime(compiled[name])) + "\n")
    if stale:
        print(f"{'stale' if check else 'rewritten'}: {', '.join(stale)}{' (run make abi)' if check else ''}")
    return int(check and (bool(stale) or not fits))


if __name__ == "__main__":
    sys.exit(main())
