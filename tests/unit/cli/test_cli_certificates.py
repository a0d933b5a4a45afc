"""`cet certificates` on the example of real certificates and on small packages: verdicts, both methods, signed declarations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from eth_account import Account
from eth_account.messages import encode_typed_data

from cet.cli import main
from cet.inventory import read_package
from cet.inventory.energy.declaration import declarations
from cet.statement import build
from cet.statement.energy import DECLARATION_FIELDS
from package_folders import DEFAULT_FACTORS, FACTORS, write_package

EXAMPLE = Path(__file__).parents[3] / "examples/renewable-purchases-2021"
NUMBER = "0x" + "0" * 23
POWER = {"scope": "2", "category": "electricity", "quantity": "100", "unit": "MWh", "factor": "test/grid"}
CERTIFICATE = """
[[certificate]]
id = "{id}"
instrument = "REC"
carrier = "electricity"
technology = "wind"
device = "Wind farm"
country = "US"
produced_from = {year}-01-01
produced_to = {year}-03-31
system = "M-RETS"
serial_first = "{id}-1"
serial_last = "{id}-60"
quantity = "60"
unit = "MWh"
beneficiary = "works"
used_from = {year}-01-01
used_to = {year}-12-31
purpose = "disclosure"
cancelled = 2026-02-01
signatory = "Head of energy"
{more}
"""
USE = """
[[use_phase]]
product = "kettle"
year = {year}
country = "US"
quantity = "50"
unit = "MWh"
factor = "test/grid"
method = "A survey of 2023"
terms = "Terms, section 9"
{more}
"""


def cet(*arguments: object) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "120"})
    return runner.invoke(main, [str(argument) for argument in arguments])


def cet_json(*arguments: object) -> Any:
    return json.loads(cet(*arguments, "--json").stdout)


def package(folder: Path, more: str) -> Path:
    return write_package(folder, [POWER], more=more, factors=FACTORS + DEFAULT_FACTORS)


def test_the_example_shows_who_gets_what_and_refuses_what_was_bought_for_another_year() -> None:
    """Of 1,016 MWh on seven certificates 673 are applied: 335 were never needed, 8 are for 2020."""
    found = cet_json("certificates", "apply", EXAMPLE)["energy"]
    assert sum(int(use["wh"]) for use in found["uses"]) == 673_000_000
    left = {one["certificate"]: (one["state"], int(one["wh"]) // 10**6) for one in found["left"]}
    assert left == {"us-622": ("expired", 335), "no-98-2020": ("refused", 2), "no-6": ("refused", 6)}
    assert found["totals"]["grid_wh"] == "32000000"
    assert found["totals"]["residual_mix_wh"] == "30000000"
    assert found["totals"]["instruments_wh"] == "673000000"
    shown = cet("certificates", "apply", EXAMPLE).stdout
    assert "no-98-2021" in shown
    assert "335,000,000" in shown


def test_check_says_which_criterion_and_exits_with_one() -> None:
    result = cet("certificates", "check", EXAMPLE)
    assert result.exit_code == 1
    assert "is-cancelled-for-the-claimant" in result.stdout
    rules = cet_json("certificates", "check", EXAMPLE)["energy"]["criteria"]["no-6"]
    (broken,) = (one for one in rules if one["outcome"] == "broken")
    assert broken["clause"] == "Scope 2 Guidance, table 7.1, criterion 3"


def test_a_sound_package_passes_the_check(tmp_path: Path) -> None:
    folder = package(tmp_path / "p", CERTIFICATE.format(id="rec", year=2023, more=""))
    assert cet("certificates", "check", folder).exit_code == 0


@pytest.mark.parametrize("command", ["check", "apply", "disclose"])
def test_a_package_without_instruments_says_so(tmp_path: Path, command: str) -> None:
    result = cet("certificates", command, package(tmp_path / "p", ""))
    assert result.exit_code == 0
    assert "no certificates, contracts or residual mixes" in result.stdout
    assert cet_json("certificates", command, tmp_path / "p")["energy"] is None


def test_a_declaration_signed_as_printed_bears_its_signers_name_and_no_other_figure(tmp_path: Path) -> None:
    key = Account.from_key("0x" + "17" * 32)
    plain = CERTIFICATE.format(id="rec", year=2023, more="")
    folder = package(tmp_path / "p", plain)
    assert cet("certificates", "disclose", folder, "--signer", key.address).exit_code == 1
    (data,) = json.loads(cet("certificates", "disclose", folder, "--typed-data").stdout)
    assert data["message"]["appliedWh"] == "60000000"
    signature = "0x" + key.sign_message(encode_typed_data(full_message=data)).signature.hex().removeprefix(
        "0x"
    )
    signed = CERTIFICATE.format(id="rec", year=2023, more=f'signature = "{signature}"')
    result = cet("certificates", "disclose", package(tmp_path / "signed", signed), "--signer", key.address)
    assert result.exit_code == 0
    assert f"EIP-712, by {key.address}" in result.stdout
    altered = signed.replace('quantity = "60"', 'quantity = "61"')
    assert (
        cet(
            "certificates", "disclose", package(tmp_path / "altered", altered), "--signer", key.address
        ).exit_code
        == 1
    )
    nobody = CERTIFICATE.format(id="rec", year=2023, more=f'signature = "0x{"00" * 65}"')
    assert (
        "not a signature of anybody"
        in cet("certificates", "disclose", package(tmp_path / "nobody", nobody)).stdout
    )


def test_the_typed_data_has_every_field_of_a_declaration() -> None:
    found = read_package(EXAMPLE, lines=False)
    assert found.energy is not None
    (one, *_) = declarations(found.energy, found.package.settings)
    assert tuple(one.fields()) == DECLARATION_FIELDS


def test_a_statement_names_the_cancellations_it_uses_and_its_document_every_use(tmp_path: Path) -> None:
    contract = "0x" + "ab" * 20
    used = CERTIFICATE.format(
        id="rec", year=2023, more=f'contract = "{contract}"\ncancellation = "{NUMBER}7"'
    )
    late = CERTIFICATE.format(
        id="old", year=2021, more=f'contract = "{contract}"\ncancellation = "{NUMBER}8"'
    )
    found = read_package(package(tmp_path / "p", used + late))
    draft = build(found, "0x" + "11" * 20, "0x" + "22" * 20)
    assert draft.instruments == ((int(contract, 16) << 96 | 7,),)
    energy = json.loads(draft.document)["energy"]
    assert [(use["certificate"], use["wh"]) for use in energy["uses"]] == [("rec", "60000000")]
    assert [one["certificate"] for one in energy["left"]] == ["old"]
    assert energy["declarations"][0]["id"] == "old"


def test_a_cancellation_on_a_ledger_is_consumed_whole(tmp_path: Path) -> None:
    more = 'quantity = "160"\ncontract = "0x' + "ab" * 20 + f'"\ncancellation = "{NUMBER}7"'
    text = CERTIFICATE.format(id="rec", year=2023, more=more).replace('quantity = "60"\n', "", 1)
    text = text.replace("used_to = 2023-12-31", "used_to = 2024-12-31").replace(
        "2023-01-01\nprod", "2023-09-01\nprod"
    )
    text = text.replace("produced_to = 2023-03-31", "produced_to = 2023-10-31")
    (left,) = cet_json("certificates", "apply", package(tmp_path / "p", text))["energy"]["left"]
    assert (left["state"], left["wh"]) == ("expired", "60000000")
    assert "consumed whole" in left["why"]


def test_a_products_life_is_planned_with_the_certificates_named_for_it(tmp_path: Path) -> None:
    """The first year's 50 MWh are certified, the second's stand on credits; the certificate covers no electricity of the plant."""
    eac = CERTIFICATE.format(id="eac", year=2024, more='use = "3.11"')
    years = USE.format(year=2024, more='certificates = ["eac"]') + USE.format(year=2025, more='held_t = "{}"')
    short = package(tmp_path / "short", eac + years.format("10"))
    result = cet("certificates", "check", short)
    assert result.exit_code == 1
    (plan,) = cet_json("certificates", "apply", short)["energy"]["use_phases"]
    assert [(one["year"], one["certificates"]) for one in plan["years"]] == [
        ("2024", {"eac": "50000000"}),
        ("2025", {}),
    ]
    assert plan["criteria"]["whole-life-is-zero"] == "broken"
    assert plan["left_wh"] == {"eac": "10000000"}
    enough = package(tmp_path / "enough", eac + years.format("20"))
    assert cet("certificates", "check", enough).exit_code == 0
    shown = cet("certificates", "apply", enough).stdout
    assert "Use of kettle" in shown
    assert "eac" in cet("certificates", "disclose", enough).stdout


def test_a_claim_under_another_standard_is_judged_and_changes_nothing(tmp_path: Path) -> None:
    claim = """
[[zero_claim]]
id = "green"
facility = "plant"
quantity = "100"
unit = "MWh"
factor = "test/grid"
offset_t = "{}"
credits = "CAR 1 to 38"
credits_accepted = true
"""
    plain = read_package(package(tmp_path / "plain", ""), lines=False)
    folder = package(tmp_path / "p", claim.format("38"))
    assert read_package(folder, lines=False).reported == plain.reported
    assert cet("certificates", "check", folder).exit_code == 0
    assert "is-fully-offset" in cet("certificates", "check", folder).stdout
    assert cet("certificates", "check", package(tmp_path / "less", claim.format("37"))).exit_code == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (USE.format(year=2024, more="") * 2, "keep one entry for a product and year"),
        (USE.format(year=2024, more='certificates = ["x"]'), "no such certificate"),
        (USE.format(year=2024, more="").replace("test/grid", "test/nothing"), "unknown factor"),
        (USE.format(year=2024, more="").replace('"MWh"', '"t"'), "no unit of energy"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path: Path, more: str, told: str) -> None:
    result = cet("certificates", "check", package(tmp_path / "p", more))
    assert result.exit_code == 1
    assert told in result.stderr


def test_an_export_that_is_not_utf8_is_refused_with_its_row(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_bytes(b"a,b\ncaf\xe9,1\n")
    result = CliRunner(mix_stderr=False).invoke(
        main, ["certificates", "import", str(export), "--mapping", "ofgem-rego", "--json"]
    )
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["error"]["findings"]
    assert (finding["file"], finding["row"], finding["problem"]) == ("export.csv", 2, "not UTF-8")
