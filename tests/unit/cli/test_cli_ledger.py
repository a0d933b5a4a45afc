"""`cet ledger` against a chain: a plant's real statement, shared out, offset, and traced back to its lines."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from click.testing import CliRunner, Result
from web3.exceptions import Web3RPCError

from cet.cli import main
from cet.cli.failures import SurroundingsError
from cet.cli.opening import node_errors
from cet.inventory import read_package
from cet.ledger import Composition, LotWord, key_text
from cet.ledger.store.rows import Rows
from cet.statement import StatementDraft, build
from world import CODE, ELECTRICITY, MARKET, PURCHASED, SERVICE, TONNE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from cet.ledger import LocalSigner
    from world import World

EXAMPLES = Path(__file__).parents[3] / "examples"
PLANT, UNIVERSITY = EXAMPLES / "belews-creek-2021", EXAMPLES / "duke-university-fy2021"
MWH = 10**6


@dataclass
class Chained:
    """A small supply chain, its deployment record and its documents folder."""

    world: World
    url: str
    record: Path
    documents: Path
    plant: StatementDraft
    lots: dict[str, int]
    batch: int

    def cet(self, *arguments: object, columns: int = 100) -> Result:
        environment = {"COLUMNS": str(columns), "CET_RPC": self.url, "CET_DEPLOYMENT": str(self.record)}
        runner = CliRunner(mix_stderr=False, env=environment)
        return runner.invoke(main, [str(argument) for argument in arguments])

    def cet_json(self, *arguments: object) -> Any:
        result = self.cet(*arguments, "--json")
        assert result.exit_code == 0, result.stderr + result.stdout
        return json.loads(result.stdout, parse_float=_no_float)


def _no_float(text: str) -> None:
    raise AssertionError(f"a float in the output: {text}")


def minted(world: World, package: Path, participant: LocalSigner) -> tuple[StatementDraft, list[int]]:
    """A real package's statement, signed by all three and minted."""
    ledger = world.ledger
    draft = build(read_package(package), participant.address, world.verifier.address)
    entity = draft.inventory.package.settings.header.entity
    ledger.send(ledger.registry.assign_entity(entity, participant.address), world.operator)
    (words,) = draft.chunks
    evidence = world.evidence(draft.statement, participant)
    ledger.send(ledger.emissions.mint(draft.statement, evidence, 0, words), world.oracle)
    record = ledger.registry.record(draft.statement.id)
    assert record is not None
    return draft, [LotWord.decode(word).key(record.number) for word in words]


def pointer(documents: Path, draft: StatementDraft, package: Path) -> None:
    file = documents / f"0x{draft.statement.id.hex()}.json"
    file.write_text(json.dumps({"package": str(package)}), encoding="utf-8")


@pytest.fixture(scope="module")
def chained(deployed: World, anvil_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chained]:
    """Plant → mix → university, which displaces its own estimate → services → purchaser; credits on the plant."""
    world, folder = deployed, tmp_path_factory.mktemp("cli")
    snapshot = world.snapshot()
    ledger = world.ledger
    record, documents = folder / "deployment.json", folder / "documents"
    documents.mkdir()
    ledger.deployment.write(record)
    plant_draft, (plant,) = minted(world, PLANT, world.supplier)
    university_draft, lots = minted(world, UNIVERSITY, world.dependent)
    by_code = {
        LotWord.decode(word).code: key for word, key in zip(university_draft.chunks[0], lots, strict=True)
    }
    mobile = next(key for code, key in by_code.items() if str(code) == "scope 1 mobile")
    gross = plant_draft.statement.reported[0]
    mix = ledger.send(
        ledger.emissions.compose(Composition(ELECTRICITY, 7_000_000 * MWH, ((plant, gross),))), world.supplier
    ).result
    received = world.allocate(
        mix,
        world.supplier,
        world.dependent,
        100_000 * MWH,
        MARKET,
        displaces=by_code[MARKET],
        consumed_from=university_draft.statement.period_start,
        consumed_to=university_draft.statement.period_end,
    )
    edges = (
        (received, 100_000 * MWH),
        (mobile, university_draft.inventory.lot_of[_mobile_key(university_draft)].basis),
    )
    services = ledger.send(
        ledger.emissions.compose(Composition(SERVICE, 1000, edges)), world.dependent
    ).result
    bought = world.allocate(services, world.dependent, world.customer, 333, PURCHASED)
    batch = world.issue(1_000_000, world.supplier)
    ledger.send(ledger.offsets.apply_to(batch, plant, 900_000 * TONNE), world.supplier)
    pointer(documents, plant_draft, PLANT)
    shutil.copytree(UNIVERSITY, documents / f"0x{university_draft.statement.id.hex()}")
    named = {"plant": plant, "mix": mix, "received": received, "mobile": mobile, "bought": bought}
    named["estimate"] = by_code[MARKET]
    yield Chained(world, anvil_url, record, documents, plant_draft, named, batch)
    world.revert(snapshot)


def _mobile_key(draft: StatementDraft) -> Any:
    return next(lot.key for lot in draft.inventory.lots if str(lot.code) == "scope 1 mobile")


def test_every_lot_and_batch_is_listed(chained: Chained) -> None:
    result = chained.cet("ledger", "show")
    assert result.exit_code == 0
    for key in chained.lots.values():
        assert key_text(key) in result.stdout
    found = chained.cet_json("ledger", "show")
    assert [batch["applied_mg"] for batch in found["batches"]] == [str(900_000 * TONNE)]


def test_a_lots_figures_are_the_contracts(chained: Chained) -> None:
    for key in chained.lots.values():
        found = chained.cet_json("ledger", "show", key_text(key))
        figures = chained.world.ledger.emissions.figures(key)
        assert found["contract_agrees"] is True
        assert found["lot"]["gross_mg"] == str(figures.gross)
        assert found["lot"]["net_mg"] == str(figures.net)


def test_a_key_may_be_decimal_or_hexadecimal(chained: Chained) -> None:
    key = chained.lots["bought"]
    assert chained.cet("ledger", "show", key).stdout == chained.cet("ledger", "show", key_text(key)).stdout


def test_a_lot_shows_its_statement_and_ancestry(chained: Chained) -> None:
    result = chained.cet("ledger", "show", key_text(chained.lots["bought"]), columns=140)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    for part in (
        "scope 3.1 purchased goods",
        "ISO 14064-3, limited, 100 % of gross",
        "belews-creek",
        "duke-university",
    ):
        assert part in words
    assert result.stdout.index(key_text(chained.lots["mix"])) < result.stdout.index(
        key_text(chained.lots["plant"])
    )
    assert "the contract answers the same" in words


def test_an_estimate_names_what_displaced_it_and_the_other_way_round(chained: Chained) -> None:
    estimate, received = chained.lots["estimate"], chained.lots["received"]
    assert (
        f"100,000.000 MWh by {key_text(received)}"
        in chained.cet("ledger", "show", estimate, columns=140).stdout
    )
    assert f"of the estimate {key_text(estimate)}" in chained.cet("ledger", "show", received).stdout


def test_a_holder_is_found_by_address_and_by_name(chained: Chained) -> None:
    address = chained.world.dependent.address
    name = f"participant {address[:6]}".upper()
    by_name = chained.cet("ledger", "show", name)
    assert by_name.exit_code == 0
    assert by_name.stdout == chained.cet("ledger", "show", address.lower()).stdout


def test_reported_stands_beside_live_and_is_flagged_above_the_threshold(chained: Chained) -> None:
    address = chained.world.dependent.address
    wide = chained.cet_json("ledger", "show", address, "--threshold", "500")
    narrow = chained.cet_json("ledger", "show", address, "--threshold", "0.1")
    (first, second) = (one["periods"] for one in (wide, narrow))
    university = next(period for period in first if period["statements"])
    assert university["period"] == {"start": "2020-07-01", "end": "2021-06-30"}
    assert university["reported_beside_live"][0]["reported_mg"] == "73909912750128"
    assert not any(one["flagged"] for one in university["reported_beside_live"])
    flagged = next(period for period in second if period["statements"])["reported_beside_live"]
    assert [one["method"] for one in flagged if one["flagged"]] == ["market-based"]


def test_net_stands_in_its_own_table(chained: Chained) -> None:
    result = chained.cet("ledger", "show", chained.world.supplier.address)
    assert "Net, 2021-01-01 to 2021-12-31, t CO2e" in result.stdout
    assert "Derived: inherited and own offsets are inside." in result.stdout
    (period,) = chained.cet_json("ledger", "show", chained.world.supplier.address)["periods"]
    assert period["live_gross"][0]["gross_mg"] == str(chained.plant.statement.reported[0])
    assert period["net"][0]["net_mg"] == str(chained.plant.statement.reported[0] - 900_000 * TONNE)


def test_a_batch_names_the_lots_it_is_applied_to(chained: Chained) -> None:
    result = chained.cet("ledger", "show", key_text(chained.batch))
    assert result.exit_code == 0
    assert key_text(chained.lots["plant"]) in result.stdout
    assert "900,000.000" in result.stdout


def test_a_trace_leads_to_every_line_and_adds_up_exactly(chained: Chained) -> None:
    found = chained.cet_json(
        "ledger", "trace", key_text(chained.lots["bought"]), "--documents", chained.documents
    )
    lines = [line for source in found["sources"] for line in source["lines"]]
    assert {line["id"] for line in lines} == {"co2", "ch4", "n2o", "fleet-gasoline", "fleet-diesel"}
    assert sum(Fraction(line["in_this_lot_mg"]) for line in lines) == Fraction(found["from_lines_mg"])
    rounding = Fraction(found["lot"]["gross_mg"]) - Fraction(found["from_sources_mg"])
    assert Fraction(found["rounding_mg"]) == rounding
    assert 0 <= rounding < 4, "one milligram at most for each of the four derived lots"
    assert [one["package"]["verdict"] for one in found["statements"]] == ["agrees", "agrees"]
    diesel = next(line for line in lines if line["id"] == "fleet-diesel")
    assert Fraction(diesel["in_this_lot_mg"]) == Fraction(1_436_342_800_000 * 333, 1000)
    assert diesel["factor"]["publisher"] == "Duke University"
    assert diesel["factor"]["table"] == "Scope 1, Fleet diesel"


@pytest.mark.parametrize("name", ["plant", "bought"])
def test_a_trace_is_the_same_out_of_a_store(
    chained: Chained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """And reads of the store only what it needs."""
    asked = ("ledger", "trace", chained.lots[name], "--documents", chained.documents)
    expected = chained.cet_json(*asked)
    store = f"sqlite:///{tmp_path / 'mirror.db'}"
    assert chained.cet_json(*asked, "--store", store) == expected
    monkeypatch.setattr(Rows, "all", _reading_all)
    assert chained.cet_json(*asked, "--store", store) == expected


def _reading_all(_: Rows, table: Table, __: str) -> list[Any]:
    assert table.name in ("ledger_stirred", "ledger_recheck"), f"all of {table.name} is read"
    return []


def test_a_part_of_a_source_is_the_product_of_the_shares_on_the_way(chained: Chained) -> None:
    found = chained.cet_json("ledger", "trace", chained.lots["bought"], "--documents", chained.documents)
    plant = next(source for source in found["sources"] if source["lot"] == key_text(chained.lots["plant"]))
    assert Fraction(plant["part"]) == Fraction(100_000, 7_000_000) * Fraction(333, 1000)


def test_one_line_is_verified_by_the_registry(chained: Chained) -> None:
    arguments = (
        "ledger",
        "trace",
        key_text(chained.lots["bought"]),
        "--documents",
        chained.documents,
        "--line",
        "co2",
    )
    result = chained.cet(*arguments)
    assert result.exit_code == 0
    assert "yes, it is a line of the statement" in result.stdout
    assert "6,915,081.8 t" in result.stdout
    assert "US EPA" in result.stdout
    assert "fleet-diesel" not in result.stdout
    (proof,) = chained.cet_json(*arguments)["proofs"]
    assert proof["verified"] is True
    assert proof["verified_on_chain"] is True
    assert proof["root"] == "0x" + chained.plant.statement.lines_root.hex()


def test_a_source_lot_traces_to_its_own_lines(chained: Chained) -> None:
    found = chained.cet_json("ledger", "trace", chained.lots["plant"], "--documents", chained.documents)
    (source,) = found["sources"]
    assert source["part"] == "1"
    assert [line["id"] for line in source["lines"]] == ["co2", "n2o", "ch4"]
    assert found["from_lines_mg"] == found["lot"]["gross_mg"]


def test_statements_without_a_package_are_said_to_have_none(chained: Chained, tmp_path: Path) -> None:
    result = chained.cet("ledger", "trace", chained.lots["bought"], "--documents", tmp_path)
    assert result.exit_code == 0
    assert "no package at hand" in result.stdout
    assert "Not every source's lines are at hand" in " ".join(result.stdout.split())


def test_a_package_that_gives_other_lines_is_refuted(chained: Chained, tmp_path: Path) -> None:
    tampered = tmp_path / "package"
    shutil.copytree(PLANT, tampered)
    activities = tampered / "activities.csv"
    activities.write_text(activities.read_text().replace("6915081.8", "5915081.8"), encoding="utf-8")
    pointer(tmp_path, chained.plant, Path("package"))
    result = chained.cet("ledger", "trace", chained.lots["plant"], "--documents", tmp_path)
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    assert "it does not give the recorded lines" in words
    assert "linesRoot" in words
    assert "ghgrp" not in words, "lines that are not the statement's are not shown"


def test_a_package_with_other_words_still_gives_its_lines(chained: Chained, tmp_path: Path) -> None:
    reworded = tmp_path / "package"
    shutil.copytree(PLANT, reworded)
    settings = reworded / "inventory.toml"
    settings.write_text(settings.read_text().replace("Belews Creek", "Belews"), encoding="utf-8")
    pointer(tmp_path, chained.plant, reworded)
    result = chained.cet("ledger", "trace", chained.lots["plant"], "--documents", tmp_path)
    assert result.exit_code == 0
    assert "it gives the recorded lines, the statement differs (other document)" in " ".join(
        result.stdout.split()
    )


def test_a_broken_package_is_named(chained: Chained, tmp_path: Path) -> None:
    pointer(tmp_path, chained.plant, Path("nowhere"))
    result = chained.cet("ledger", "trace", chained.lots["plant"], "--documents", tmp_path)
    assert result.exit_code == 1
    assert "the package can't be computed (1 problem in the package)" in " ".join(result.stdout.split())


def test_a_pointer_without_a_path_is_refused(chained: Chained, tmp_path: Path) -> None:
    (tmp_path / f"0x{chained.plant.statement.id.hex()}.json").write_text("[1]", encoding="utf-8")
    result = chained.cet("ledger", "trace", chained.lots["plant"], "--documents", tmp_path)
    assert result.exit_code == 1
    assert "names no package" in result.stderr


def test_an_unknown_line_names_close_ones(chained: Chained) -> None:
    result = chained.cet(
        "ledger", "trace", chained.lots["plant"], "--documents", chained.documents, "--line", "co"
    )
    assert result.exit_code == 1
    assert "did you mean co2?" in result.stderr


@pytest.mark.parametrize("arguments", [("show", 77), ("show", "nobody"), ("show", "0x" + "99" * 20)])
def test_what_is_not_on_the_ledger_exits_1(chained: Chained, arguments: tuple[object, ...]) -> None:
    result = chained.cet("ledger", *arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert "remedy" in result.stderr


@pytest.mark.parametrize("target", [0, 2**64, "0x0"])
def test_a_key_that_can_be_none_exits_2(chained: Chained, target: object) -> None:
    assert chained.cet("ledger", "show", target).exit_code == 2


def test_no_chain_exits_3_and_keeps_the_endpoints_secret(chained: Chained) -> None:
    result = chained.cet("ledger", "show", "--rpc", "http://user:hidden@127.0.0.1:1/hidden")
    assert result.exit_code == 3
    assert "no chain answers at http://127.0.0.1:1" in result.stderr
    assert "hidden" not in result.stderr


def test_another_chains_deployment_exits_3(chained: Chained, tmp_path: Path) -> None:
    record = json.loads(chained.record.read_text())
    record["first_block_hash"] = "0x" + "00" * 32
    other = tmp_path / "other.json"
    other.write_text(json.dumps(record), encoding="utf-8")
    result = chained.cet("ledger", "show", "--deployment", other, "--json")
    assert result.exit_code == 3
    assert "begins with block" in json.loads(result.stdout)["error"]["problem"]


def test_missing_options_exit_2_and_name_the_environment(chained: Chained) -> None:
    result = CliRunner(mix_stderr=False, env={"CET_RPC": None, "CET_DEPLOYMENT": None}).invoke(
        main, ["ledger", "show"]
    )
    assert result.exit_code == 2
    assert "CET_" in result.stderr


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_no_figure_is_cut_at_any_width(chained: Chained, columns: int) -> None:
    for arguments in (
        ("show",),
        ("show", chained.lots["bought"]),
        ("show", chained.world.dependent.address),
        ("show", chained.batch),
        ("trace", chained.lots["bought"], "--documents", chained.documents),
    ):
        result = chained.cet("ledger", *arguments, columns=columns)
        assert result.exit_code == 0
        assert "…" not in result.stdout
        assert all(len(line) <= columns for line in result.stdout.splitlines())


@pytest.mark.parametrize("error", [requests.ConnectionError("/hidden"), Web3RPCError("too many blocks")])
def test_a_node_that_fails_midway_is_a_fault_of_the_surroundings(error: Exception) -> None:
    with pytest.raises(SurroundingsError) as raised, node_errors():
        raise error
    assert "hidden" not in str(raised.value)


def test_verify_compares_the_deployment_with_the_compiled_sources(chained: Chained) -> None:
    code = ("--code", CODE)
    said = chained.cet_json("ledger", "verify", *code)
    assert said["holds"]
    assert said["access_differences"] == []
    assert {role["role"] for role in said["roles"]} >= {"admin", "operator", "enforcer"}
    token = chained.world.ledger.emissions.address
    original = chained.world.ledger.chain.code_at(token)
    chained.world.ledger.chain.w3.provider.make_request(
        "anvil_setCode", [token, "0x" + original.hex() + "00"]
    )
    try:
        result = chained.cet("ledger", "verify", *code)
        assert result.exit_code == 1
        assert "NOT THE SOURCES' DEPLOYMENT" in result.stdout
        assert "beyond the end" in result.stdout
    finally:
        chained.world.ledger.chain.w3.provider.make_request("anvil_setCode", [token, "0x" + original.hex()])
    assert chained.cet("ledger", "verify", "--code", chained.documents).exit_code == 3
