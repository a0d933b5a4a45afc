"""`cet ledger` on a store: filled from anvil, asked without it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from cet.cli import main
from cet.ledger import key_text
from supply_chain import a_supply_chain, credits_used

if TYPE_CHECKING:
    from pathlib import Path

    from world import World


@dataclass
class Mirrored:
    """A small supply chain, its record, and a store that does not exist yet."""

    world: World
    url: str
    record: Path
    store: str
    lots: dict[str, int]

    def cet(self, *arguments: object, rpc: bool = True) -> Result:
        environment = {"COLUMNS": "140", "CET_DEPLOYMENT": str(self.record), "CET_STORE": self.store}
        if rpc:
            environment["CET_RPC"] = self.url
        return CliRunner(mix_stderr=False, env=environment).invoke(main, ["ledger", *map(str, arguments)])

    def cet_json(self, *arguments: object, rpc: bool = True) -> Any:
        result = self.cet(*arguments, "--json", rpc=rpc)
        assert result.exit_code == 0, result.stderr + result.stdout
        return json.loads(result.stdout)


@pytest.fixture
def mirrored(world: World, anvil_url: str, tmp_path: Path) -> Mirrored:
    record = tmp_path / "deployment.json"
    world.ledger.deployment.write(record)
    store = f"sqlite:///{tmp_path / 'mirror.db'}"
    return Mirrored(world, anvil_url, record, store, a_supply_chain(world))


def test_rebuild_then_follow(mirrored: Mirrored) -> None:
    told = mirrored.cet_json("rebuild")
    head = mirrored.world.ledger.chain.head
    assert (told["block"], told["rolled_back_to"]) == (head, None)
    assert told["lots_calculated"] == len(mirrored.lots)
    assert mirrored.cet_json("follow", "--once")["events"] == 0
    credits_used(mirrored.world, mirrored.lots)
    assert "lots calculated" in mirrored.cet("follow", "--once").stdout


def test_answers_need_no_chain(mirrored: Mirrored) -> None:
    mirrored.cet_json("rebuild")
    world, lots = mirrored.world, mirrored.lots
    supplier = world.mirrored().participants[world.supplier.address]
    found = mirrored.cet_json("inventory", supplier, rpc=False)["inventory"]
    assert [(line["scope"], line["lots"]) for line in found] == [("scope 1", 2)]
    assert mirrored.cet_json("inventory", supplier, "--from", "2022-01-01", rpc=False)["inventory"] == []
    partners = mirrored.cet_json("partners", world.dependent.address, rpc=False)
    assert [one["address"] for one in partners["suppliers"]] == [world.supplier.address]
    assert [one["address"] for one in partners["dependents"]] == [world.customer.address]
    up = mirrored.cet_json("trail", key_text(lots["bought"]), rpc=False)["trail"]
    assert {step["lot"] for step in up} == {
        key_text(lots[name]) for name in ("bought", "service", "received", "fuel", "mix", "coal", "gas")
    }
    down = mirrored.cet_json("trail", key_text(lots["gas"]), "--down", rpc=False)["trail"]
    assert len(down) == 5
    for command in (("inventory", supplier), ("partners", supplier), ("trail", lots["bought"])):
        assert mirrored.cet(*command, rpc=False).exit_code == 0


def test_changes_since_a_block_and_a_day(mirrored: Mirrored) -> None:
    block = mirrored.cet_json("rebuild")["block"]
    credits_used(mirrored.world, mirrored.lots)
    mirrored.cet_json("follow", "--once")
    found = mirrored.cet_json("changes", "--since", block, rpc=False)["changes"]
    assert found
    assert all(change["because"] for change in found)
    assert "CreditsApplied" in mirrored.cet("changes", "--since", block).stdout
    chain = mirrored.world.ledger.chain
    tomorrow = dt.datetime.fromtimestamp(chain.time_of(chain.head), dt.UTC).date() + dt.timedelta(days=1)
    assert mirrored.cet_json("changes", "--since", tomorrow)["changes"] == []
    assert mirrored.cet("changes", "--since", tomorrow, rpc=False).exit_code == 2
    assert mirrored.cet("changes", "--since", "the other day").exit_code == 2
    now = dt.datetime.now(dt.UTC).date()
    for word, day in (("today", now), ("yesterday", now - dt.timedelta(days=1))):
        named, dated = (mirrored.cet("changes", "--since", since, "--json") for since in (word, day))
        assert (named.exit_code, named.stdout) == (dated.exit_code, dated.stdout)


def test_stale_lots(mirrored: Mirrored) -> None:
    mirrored.cet_json("rebuild")
    credits_used(mirrored.world, mirrored.lots)
    mirrored.cet_json("follow", "--once")
    stale = mirrored.cet_json("stale", rpc=False)["stale"]
    assert mirrored.cet("stale", rpc=False).stdout.split() == stale != []


@pytest.mark.parametrize("arguments", [("show",), ("show", "mix"), ("show", "supplier")])
def test_show_is_the_same_with_a_store(mirrored: Mirrored, arguments: tuple[str, ...]) -> None:
    mirrored.cet_json("rebuild")
    credits_used(mirrored.world, mirrored.lots)
    known = {"mix": key_text(mirrored.lots["mix"]), "supplier": mirrored.world.supplier.address}
    named = [known.get(word, word) for word in arguments]
    with_store = mirrored.cet_json(*named)
    mirrored.store = ""
    assert mirrored.cet_json(*named) == with_store


def test_what_is_wrong_is_said(mirrored: Mirrored, tmp_path: Path) -> None:
    for command in (("stale",), ("inventory", "nobody"), ("trail", 5), ("changes", "--since", 0)):
        empty = mirrored.cet(*command, rpc=False)
        assert (empty.exit_code, "cet ledger rebuild" in empty.stderr) == (3, True)
    mirrored.cet_json("rebuild")
    assert mirrored.cet("inventory", "nobody", rpc=False).exit_code == 1
    assert mirrored.cet("trail", 5, rpc=False).exit_code == 1
    assert mirrored.cet("changes", "--since", 10**9).exit_code == 1
    mirrored.store = "nonsense"
    assert mirrored.cet("stale", rpc=False).exit_code == 3
    mirrored.store = f"sqlite:///{tmp_path / 'no' / 'folder' / 'mirror.db'}"
    refused = mirrored.cet("stale", rpc=False)
    assert refused.exit_code == 3
    assert "does not answer" in refused.stderr
    (tmp_path / "none.db").write_bytes(b"no database" * 1_000)
    mirrored.store = f"sqlite:///{tmp_path / 'none.db'}"
    assert mirrored.cet("stale", rpc=False).exit_code == 3
