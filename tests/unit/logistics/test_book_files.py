"""Book files: the examples end to end, everything wrong with a broken one at once, and the declarations made from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from eth_account import Account
from eth_account.messages import encode_typed_data

from cet.cli import main
from cet.errors import PackageError
from cet.logistics.book_file import read_book
from cet.logistics.declaring import declarations, split_of
from cet.logistics.terms import LogisticsError, Mode
from cet.report.logistics_tables import declaration_page

EXAMPLES = Path(__file__).parents[3] / "examples"
CARRIER_A = EXAMPLES / "logistics-carrier-a" / "book.toml"
ROAD = EXAMPLES / "logistics-road-lsp" / "book.toml"
WHOSE = ["--by", "carrier-a", "--mode", "road", "--year", "2023"]


def run(*words: str, code: int = 0) -> Any:
    found = CliRunner().invoke(main, ["logistics", *words, "--json"], catch_exceptions=False)
    assert found.exit_code == code, found.output
    return json.loads(found.output)


def broken(tmp_path: Path, old: str, new: str, file: Path = CARRIER_A) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "book.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_carrier_a_tells_three_intensities_that_reconcile_to_its_total() -> None:
    """120 g to shipper 1, 150 g to shipper 2, 126 g to the public; the LETS nobody claimed is the difference."""
    made = declarations(read_book(CARRIER_A), "carrier-a", Mode.ROAD, 2023)
    assert [(one.audience, one.form, one.document["intensity"]) for one in made] == [
        ("shipper-1", "b2b", "120.000 g CO2e per t-km"),
        ("shipper-2", "b2b", "150.000 g CO2e per t-km"),
        ("external stakeholders", "average", "126.000 g CO2e per t-km"),
        ("external stakeholders", "contact", "126.000 g CO2e per t-km"),
        ("external stakeholders", "alternative", "126.000 g CO2e per t-km"),
    ]
    split, _ = split_of(read_book(CARRIER_A), "carrier-a", Mode.ROAD, 2023)
    assert [share.mg / 10**6 for share in split.shares] == [720_000, 600_000]
    assert (split.held_mg / 10**6, split.total_mg / 10**6, split.difference_mg) == (-60_000, 1_260_000, 0)


def test_electric_trucks_through_an_lsp() -> None:
    """Section 10: 850,000 kg for the shipper, 10,000,000 t-km left on the LSP's book, and the way back to the carrier."""
    file = read_book(ROAD)
    split, _ = split_of(file, "lsp", Mode.ROAD, 2023)
    assert next(share for share in split.shares if share.customer == "shipper").mg == 850_000 * 10**6
    assert file.book.lets["electric-again"].available == 10_000_000 * 10**6
    assert file.book.lineage("shipper-electric") == ("shipper-electric", "electric-again", "electric")


def test_a_declaration_discloses_additionality_credits_retired_profiles_gwp_and_boundary() -> None:
    first, second, *public = declarations(read_book(CARRIER_A), "carrier-a", Mode.ROAD, 2023)
    (part,) = first.document["lets"]
    assert "not additional: 0 %" in part["additionality"]
    assert part["cross_mode_credits"] == ["25 % earns credits of an example of opt-in credits towards sea"]
    assert first.document["saving"]["kg"] == "180000"
    assert "non-LETS intensity" in first.document["saving"]["baseline"]
    assert (second.document["lets"], second.document["saving"]) == ([], None)
    assert "please assume 150.000 g CO2e per t-km" in public[2].document["statement"]
    for one in (first, second, *public):
        assert one.document["retired_emitter_profiles"][0]["reason"].startswith("no carrier was found")
        assert (one.document["gwp"], one.document["boundary"][:13]) == ("AR5", "well-to-wheel")


def test_a_declaration_is_signed_over_its_document() -> None:
    one, other, *_ = declarations(read_book(CARRIER_A), "carrier-a", Mode.ROAD, 2023)
    key = "0x" + "11" * 32
    signed = Account.sign_typed_data(key, full_message=one.typed_data(1))
    message = encode_typed_data(full_message=one.typed_data(1))
    assert Account.recover_message(message, signature=signed.signature) == Account.from_key(key).address
    assert one.typed_data(1)["message"]["document"] != other.typed_data(1)["message"]["document"]


def test_the_page_escapes_what_organisations_call_themselves(tmp_path: Path) -> None:
    file = broken(tmp_path, 'name = "Carrier A"', 'name = "<b>A</b>"')
    page = declaration_page(declarations(read_book(file), "carrier-a", Mode.ROAD, 2023))
    assert "<b>A" not in page
    assert "&lt;b&gt;A" in page


PROVISION = """
[[provision]]
id = "biomethane-2023"
by = "fuels"
on = 2023-01-10
to = "carrier-a"
mode = "road"
amount = { quantity = "54500", unit = "kg" }
delivery = "weigh notes 1 to 40"

[[lets]]
id = "biogas-2023"
provision = "biomethane-2023"
"""


def provided(tmp_path: Path, old: str = "", new: str = "") -> Path:
    return broken(
        tmp_path, '[[lets]]\nid = "biogas-2023"\n', PROVISION.replace(old, new) if old else PROVISION
    )


def test_a_provision_is_the_origin_of_what_was_booked_of_it(tmp_path: Path) -> None:
    checked = run("check", str(provided(tmp_path)))
    (given,) = checked["provisions"]
    assert (given["to"], given["amount"], given["lets"]) == ("carrier-a", "54500000", ["biogas-2023"])
    assert checked["lets"][0]["lineage"] == ["biogas-2023", "biomethane-2023"]
    told = CliRunner().invoke(main, ["logistics", "check", str(tmp_path / "book.toml")]).output
    assert "Solutions provided to carriers" in told
    assert "54,500" in told


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        ('to = "carrier-a"', 'to = "shipper-1"', "provision.1", "no carrier"),
        ('by = "fuels"', 'by = "carrier-a"', "provision.1", "no solution-provider"),
        ("weigh notes 1 to 40", "bill of lading 17", "solution.1", "provided delivery"),
        ('quantity = "54500", unit = "kg"', 'quantity = "1", unit = "t-km"', "provision.1", "t-km"),
        ('quantity = "54500"', 'quantity = "0"', "provision.1", "above 0"),
        ('provision = "biomethane-2023"', 'provision = "biomethane"', "lets.1", "not in the book"),
        ("on = 2023-01-10", "on = 2024-01-10", "lets.1", "not in the book"),
        ('delivery = "weigh notes 1 to 40"', "", "provision.1.delivery", "."),
    ],
)
def test_a_wrong_provision_is_refused(tmp_path: Path, old: str, new: str, place: str, why: str) -> None:
    with pytest.raises(PackageError, match=why) as refused:
        read_book(provided(tmp_path, old, new))
    assert place in [one.column for one in refused.value.findings]


BROKEN = [
    ('produced = 2023-05-01', 'produced = 2022-05-01', "solution.1", "12 months from production"),
    ('mode = "road"\nyear = 2023\nactivity = { quantity = "2000000"', 'mode = "boat"\nyear = 2023\nactivity = { quantity = "2000000"', "lets.1.mode", "no such mode"),
    ('on = 2024-02-01', 'on = 2026-01-01', "claim.1", "24 months from booking-year"),
    ('quantity = "1500000"', 'quantity = "2500000"', "claim.1", "2000000000000 left"),
    ('wtw_kg = "60000"', 'wtw_kg = 60000.5', "lets.1.wtw_kg", "write the number in quotes|no text"),
    ('side = "supply-chain"', 'side = "emitter"', "profile_claim.1", "it is for carriers|emitter profile"),
    ('quantity = "9800"', 'quantity = "9801"', "profile_claim.1", "9800000 left"),
    ('roles = ["solution-provider"]', 'roles = ["shipper"]', "solution.1", "no solution-provider"),
    ('ttw_kg = "4000"', 'ttw_kg = "400000"', "lets.1", "above well-to-wheel"),
    ('additionality = { regulations = ["blend mandate of 2 %"], share_not_additional = "0.02" }\n', "", "solution.1", "without additionality"),
    ('[[carried]]', '[[transported]]', "transported", "unknown part"),
    ('gwp = "AR5"', 'gwp = "AR3"', "book.gwp", "unknown GWP set"),
    ('evidence = "fuel records 2023"', 'evidence = "fuel records 2023"\nweight = "1"', "lets.1.weight", "."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "why"), BROKEN)
def test_a_broken_book_is_refused_with_the_place_and_the_remedy(
    tmp_path: Path, old: str, new: str, place: str, why: str
) -> None:
    with pytest.raises(PackageError, match=why) as refused:
        read_book(broken(tmp_path, old, new))
    finding = next(one for one in refused.value.findings if one.column == place)
    assert finding.remedy
    answer = run("check", str(tmp_path / "book.toml"), code=1)
    assert place in [one["column"] for one in answer["error"]["findings"]]


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    first = broken(tmp_path, 'gwp = "AR5"', 'gwp = "AR3"')
    second = broken(tmp_path, 'quantity = "1500000"', 'quantity = "1,5"', first)
    with pytest.raises(PackageError) as refused:
        read_book(broken(tmp_path, "year = 2023", 'year = "2023"', second))
    assert {one.column for one in refused.value.findings} >= {"book.gwp", "claim.1", "activity.1.year"}


@pytest.mark.parametrize("text", ["book = 1", "x = [", "lets = 3\n[book]\nname='a'\ngwp='AR5'", "\x00"])
def test_what_is_no_book_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackageError):
        read_book(path)


def test_what_was_not_given_is_asked_for() -> None:
    with pytest.raises(LogisticsError, match="no emissions of"):
        split_of(read_book(CARRIER_A), "carrier-a", Mode.SEA, 2023)
    assert "add an" in run("split", str(CARRIER_A), *WHOSE[:-1], "2024", code=1)["error"]["remedy"]


def test_commands_answer_machines_and_people() -> None:
    checked = run("check", str(CARRIER_A), "--on", "2025-03-02")
    assert checked["lets"][0]["available"] == str(500_000 * 10**6)
    assert checked["emitters"][0]["retired"] == "9800000"
    divided = run("split", str(CARRIER_A), *WHOSE)
    assert [one["mg_per_unit"] for one in divided["customers"]] == ["0.12", "0.15"]
    declared = run("declare", str(CARRIER_A), *WHOSE)
    assert [one["form"] for one in declared["declarations"]].count("b2b") == 2
    for words in (
        ["check", str(ROAD)],
        ["split", str(CARRIER_A), *WHOSE],
        ["declare", str(CARRIER_A), *WHOSE],
    ):
        assert CliRunner().invoke(main, ["logistics", *words]).exit_code == 0


def test_footprints_by_command() -> None:
    sea = run(
        "footprint", "sea", "--activity", "5000000", "--intensity", "0.0664", "--fuel-factor", "3.92",
        "--solution-factor", "0.400", "--mass-ratio", "1.05",
    )  # fmt: skip
    assert [one["printed"] for one in sea["steps"]] == ["84694", "88929", "35571", "0", "35571"]
    road = run(
        "footprint", "road", "--activity", "8000000", "--intensity", "0.150", "--claimed", "5000000", "--lets-intensity", "0.080"
    )  # fmt: skip
    assert road["steps"][-1]["exact"] == "850000"
    assert (
        "neither method"
        in run("footprint", "road", "--activity", "1", "--intensity", "1", code=1)["error"]["problem"]
    )


def test_a_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("declare", str(CARRIER_A), *WHOSE, "--html", str(page))
    assert page.read_text(encoding="utf-8").count("<article>") == 5


def test_what_another_carrier_claimed_is_shown_at_the_non_lets_intensity(tmp_path: Path) -> None:
    """Carrier B took 500,000 t-km at 30 g: Carrier A's average rises from 126 to 132 g, and its rest stays 150 g."""
    more = """
[[organisation]]
id = "carrier-b"
name = "Carrier B"
roles = ["carrier"]

[[rebooking]]
id = "taken"
by = "carrier-b"
role = "carrier"
on = 2024-02-02
lets = "biogas-2023"
activity = { quantity = "500000", unit = "t-km" }
mode = "road"
year = 2023

[[carried]]"""
    split, _ = split_of(read_book(broken(tmp_path, "[[carried]]", more)), "carrier-a", Mode.ROAD, 2023)
    assert (split.rest_intensity * 1000, split.average * 1000) == (150, 132)
    assert (split.held, split.difference_mg) == ((), 0)
    assert split.shares[0].intensity * 1000 == 120
