"""Every `cet oracle` command as its users run it: an operator, a participant, a verifier; server and worker as processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from eth_account import Account

from cet.cli import main
from package_folders import write_package
from world import ROOT

if TYPE_CHECKING:
    from cet.ledger import LocalSigner
    from world import World

PASSWORD = "correct horse"


class Shell:
    """Commands in a folder of their own; `keystore` makes the encrypted file that a party would have."""

    def __init__(self, world: World, url: str, folder: Path) -> None:
        self.world, self.folder = world, folder
        world.ledger.deployment.write(folder / "deployment.json")
        (folder / "password").write_text(PASSWORD + "\n")
        self.database = f"sqlite:///{folder / 'oracle.db'}"
        self.chain = ["--rpc", url, "--deployment", str(folder / "deployment.json")]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            "CET_ORACLE_DATABASE": self.database,
            "CET_ORACLE": f"http://127.0.0.1:{self.port}",
        }

    def keystore(self, name: str, signer: LocalSigner) -> list[str]:
        file = self.folder / f"{name}.json"
        # Few rounds: what is tried here is the file, not its strength.
        file.write_text(
            json.dumps(Account.encrypt(signer.account.key, PASSWORD, kdf="pbkdf2", iterations=1_000))
        )
        return ["--signer", f"keystore:{file}", "--password-file", str(self.folder / "password")]

    def run(self, *arguments: str, code: int = 0, token: str = "") -> str:
        environment = {**self.environment, **({"CET_ORACLE_TOKEN": token} if token else {})}
        found = CliRunner().invoke(main, ["oracle", *arguments], env=environment)
        assert found.exit_code == code, (arguments, found.output, found.exception)
        return found.stdout

    def json(self, *arguments: str, **more: Any) -> Any:
        return json.loads(self.run(*arguments, "--json", **more))

    def process(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("cet")), "oracle", *arguments]
        with (self.folder / f"{arguments[0]}.log").open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.environment}, stderr=log)

    def until(self, request: str, state: str, token: str) -> Any:
        for _ in range(600):
            about = self.json("show", request, token=token)["request"]
            if about["state"] == state:
                return about
            assert about["state"] not in ("refused", "differs"), about
            self.world.ledger.chain.w3.provider.make_request("anvil_mine", ["0x1"])  # type: ignore[arg-type]
            time.sleep(0.1)
        raise AssertionError((about, (self.folder / "serve.log").read_text()[-3_000:]))


@pytest.fixture
def shell(world: World, anvil_url: str, tmp_path: Path) -> Shell:
    registry = world.ledger.registry
    world.ledger.send(registry.assign_entity("works", world.supplier.address), world.operator)
    return Shell(world, anvil_url, tmp_path)


def ended(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=60)


def test_from_an_empty_folder_to_a_receipt_a_backup_and_a_clean_end(shell: Shell, tmp_path: Path) -> None:
    world = shell.world
    key = shell.keystore("oracle", shell.world.oracle)
    work = [*shell.chain, *key, "--depth", "1", "--poll", "0.2"]
    assert shell.json("migrate")["schema"]
    mine = shell.run("token", "new", "acme", "--scope", "submit", "--scope", "read").strip()
    theirs = shell.run(
        "token", "new", "auditor", "--scope", "verify", "--address", world.verifier.address
    ).strip()
    shell.run("token", "new", "auditor", "--scope", "verify", code=1)
    findings = shell.json("doctor", *work)["findings"]
    assert all(one["fine"] for one in findings), findings
    package = str(write_package(tmp_path / "package"))
    parties = ["--participant", world.supplier.address, "--verifier", world.verifier.address]
    dry = shell.json("submit", package, *parties, "--dry-run", token=mine)
    used = ["--instrument", f"{world.supplier.address}:7"]
    other = shell.json("submit", package, *parties, *used, "--dry-run", token=mine)
    assert other["statement"] != dry["statement"], "what it uses of other registries is in the statement"
    shell.run("submit", package, *parties, "--instrument", "7", "--dry-run", code=2, token=mine)
    server = shell.process("serve", *work, "--port", str(shell.port), "--workers", "1")
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", shell.port)) == 0:
                    break
            assert server.poll() is None, (tmp_path / "serve.log").read_text()
            time.sleep(0.1)
        request = shell.json("submit", package, *parties, token=mine)["id"]
        assert shell.json("submit", package, *parties, token=mine)["id"] == request
        assert shell.until(request, "recomputed", mine)["statement"] == dry["statement"]
        sign = ["sign", request, "--package", package, "--deployment", str(tmp_path / "deployment.json")]
        supplier, verifier = shell.keystore("s", world.supplier), shell.keystore("v", world.verifier)
        assert shell.json(*sign, "--as", "participant", *supplier, "--dry-run", token=mine)["agrees"]
        shell.run(*sign, "--as", "participant", *verifier, code=1, token=mine)
        other = ["sign", request, "--package", str(write_package(tmp_path / "other", [{"quantity": "9"}]))]
        shell.run(*other, *sign[4:], "--as", "participant", *supplier, code=1, token=mine)
        shell.run(*sign, "--as", "participant", *supplier, token=mine)
        shell.run(*sign, "--as", "verifier", *verifier, "--coverage", "9500", token=theirs)
        shell.until(request, "receipted", mine)
        shown = shell.run("show", request, "--lines", "--log", token=mine)
        assert "1024268000 mg" in shown
        assert "receipted" in shown
        receipt = shell.json("show", request, token=mine)["receipt"]
        stored = next(line for line in shown.splitlines() if "  stored  " in line)
        assert receipt["recorded_in"] in stored
        assert request in shell.run("show", token=theirs)
        shell.run("show", "0" * 32, code=1, token=mine)
        correct(shell, Path(package), receipt, parties, (supplier, verifier), (mine, theirs))
        about = shell.json("backup", str(tmp_path / "backup.zip"))
    finally:
        code = ended(server)
    assert code == 0, (tmp_path / "serve.log").read_text()[-3_000:]
    shell.run("show", code=3, token=mine)
    restored = ["--database", f"sqlite:///{tmp_path / 'restored.db'}"]
    assert shell.json("restore", str(tmp_path / "backup.zip"), *restored) == about
    shell.run("restore", str(tmp_path / "backup.zip"), *restored, code=1)
    worker = shell.process("work", *work, *restored, "--workers", "1")
    for _ in range(600):
        if '"working"' in (tmp_path / "work.log").read_text():
            break
        assert worker.poll() is None, (tmp_path / "work.log").read_text()
        time.sleep(0.1)
    assert ended(worker) == 0
    doctor = shell.json("doctor", *work, *restored, "--repair")
    assert all(one["fine"] for one in doctor["findings"]), doctor
    (live, _) = shell.json("token", "list")["tokens"]
    shell.run("token", "revoke", live["id"])
    shell.run("token", "revoke", live["id"], code=1)
    assert mine.split("_")[2] not in shell.run("token", "list")
    assert len(world.mirrored().lots) == 1


def correct(
    shell: Shell,
    stated: Path,
    receipt: dict[str, Any],
    parties: list[str],
    keys: tuple[list[str], list[str]],
    access: tuple[str, str],
) -> None:
    """The same entity and period again, with another quantity: both sign what they recomputed from ledger and packages."""
    (supplier, verifier), (mine, theirs) = keys, access
    before = shell.world.mirrored()
    documents = shell.folder / "statements"
    documents.mkdir()
    first = before.statements[receipt["number"]].id
    corrected = write_package(shell.folder / "corrected", [{"quantity": "7"}])
    submit = ["submit", str(corrected), *parties, "--corrects", "--inflation", "2000"]
    request = shell.json(*submit, token=mine)["id"]
    shell.until(request, "recomputed", mine)
    sign = ["sign", request, "--package", str(corrected), "--inflation", "2000"]
    sign += ["--deployment", str(shell.folder / "deployment.json"), "--documents", str(documents)]
    # Without the ledger, and without the package it corrects, nobody knows what the correction says.
    shell.run(*sign, "--as", "participant", *supplier, code=2, token=mine)
    sign += shell.chain[:2]
    shell.run(*sign, "--as", "participant", *supplier, code=1, token=mine)
    (documents / f"0x{first.hex()}.json").write_text(json.dumps({"package": str(stated)}))
    wrong = [*sign, "--inflation", "1"]
    shell.run(*wrong, "--as", "participant", *supplier, code=1, token=mine)
    shell.run(*sign, "--as", "participant", *supplier, token=mine)
    shell.run(*sign, "--as", "verifier", *verifier, token=theirs)
    shell.until(request, "receipted", mine)
    after = shell.world.mirrored()
    number = shell.json("show", request, token=mine)["receipt"]["number"]
    assert after.statements[number].statement.supersedes == first
    (lot,) = before.lots
    # Nothing was passed on, so the lot itself is stated anew: 7 where it was 100.
    assert [books.gross_of(books.lots[lot]) for books in (before, after)] == [1_024_268_000, 71_698_760]
