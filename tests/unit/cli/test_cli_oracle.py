"""`cet oracle` where the surroundings are wrong: what is said, and which exit code; no chain is needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from eth_account import Account

from cet.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def cet(*arguments: object) -> Result:
    return CliRunner(mix_stderr=False, env={"COLUMNS": "200"}).invoke(main, ["oracle", *map(str, arguments)])


@pytest.mark.parametrize("kind", ["no folder", "no database", "no server"])
@pytest.mark.parametrize("command", [("token", "list"), ("migrate",), ("backup", "backup.zip")])
def test_a_database_that_does_not_answer_exits_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.db").write_bytes(b"no database" * 1_000)
    url = {
        "no folder": f"sqlite:///{tmp_path / 'no' / 'oracle.db'}",
        "no database": f"sqlite:///{tmp_path / 'text.db'}",
        "no server": "postgresql://cet:secret@127.0.0.1:1/oracle",
    }[kind]
    found = cet(*command, "--database", url)
    assert found.exit_code == 3, (found.stderr, found.exception)
    assert "the database does not answer" in found.stderr
    assert "secret" not in found.stderr + found.stdout


def test_a_node_that_does_not_answer_exits_3(tmp_path: Path) -> None:
    key, record = tmp_path / "key.json", tmp_path / "deployment.json"
    key.write_text(json.dumps(Account.encrypt("0x" + "11" * 32, "word", kdf="pbkdf2", iterations=1_000)))
    (tmp_path / "password").write_text("word")
    record.write_text("{}")
    place = ["--deployment", record, "--signer", f"keystore:{key}", "--password-file", tmp_path / "password"]
    database = ["--database", f"sqlite:///{tmp_path / 'oracle.db'}"]
    for command in (["doctor"], ["serve"], ["work"], ["keep", "--dry-run"]):
        found = cet(*command, *place, *database, "--rpc", "http://user:secret@127.0.0.1:1/secret")
        assert found.exit_code == 3, (command, found.stderr, found.exception)
        assert "secret" not in found.stderr, found.stderr


@pytest.mark.parametrize(
    "wrong", [("--workers", 0), ("--depth", -1), ("--port", 70_000), ("--lease", 0), ("--max-upload", 0)]
)
def test_a_number_that_makes_no_sense_exits_2(wrong: tuple[str, object]) -> None:
    assert cet("serve", *wrong).exit_code == 2


def test_an_account_that_ape_does_not_keep_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path))
    found = cet("doctor", "--rpc", "http://127.0.0.1:1", "--deployment", "x", "--signer", "ape:oracle")
    assert (found.exit_code, "ape accounts import" in found.stderr) == (1, True)
    assert "oracle doctor" in found.stderr
