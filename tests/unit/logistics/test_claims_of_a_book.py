"""A book's claims and bookings as a package's entries: the committed packages' own, and every figure that of the register."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.inventory import load
from cet.inventory.energy.tables import read_tables
from cet.logistics.book import Book
from cet.logistics.package_parts import LetsBooking, LogisticsClaim
from cet.logistics.package_text import claims_csv, entries_toml
from cet.logistics.packaging import Packaged, Wanted, material_used, package_entries
from cet.logistics.services import material_of
from cet.logistics.terms import Bundling, Role
from logistics_book import DAY, claimed, derived, full_book, lets, profile_claim, rebooked, solution, world

EXAMPLES = Path(__file__).parents[3] / "examples"
BOOK = EXAMPLES / "logistics-carrier-a" / "book.toml"
J = 3600
"""A watt-hour in joules, the base unit of energy."""


def of_book(*words: str) -> Any:
    command = ["logistics", "claims", str(BOOK), "--year", "2023", *words]
    return CliRunner(mix_stderr=False).invoke(main, command)


def packaged(book: Book, who: str, **given: Any) -> Packaged:
    return package_entries(
        book, Wanted(who, 2023, "The book", "AR5", **{"facility": "site", "use": "3.4", **given}), "b.toml"
    )


@pytest.mark.parametrize("shipper", ["shipper-1", "shipper-2"])
def test_the_shippers_tables_are_written_as_they_stand_in_their_packages(
    shipper: str, tmp_path: Path
) -> None:
    table = tmp_path / "logistics_claims.csv"
    result = of_book("--organisation", shipper, "--use", "3.4", "--csv", str(table))
    assert result.exit_code == 0, result.stderr
    package = EXAMPLES / f"logistics-{shipper}-2023"
    assert table.read_bytes() == (package / "logistics_claims.csv").read_bytes()
    data: dict[str, Any] = {}
    _, findings = read_tables(tmp_path, data)
    assert findings == []
    read = tuple(LogisticsClaim.model_validate(one) for one in data["logistics_claim"])
    assert read == load(package).settings.logistics_claims


def test_the_carriers_booking_stands_in_its_package_word_for_word() -> None:
    result = of_book("--organisation", "carrier-a", "--facility", "fleet")
    package = EXAMPLES / "logistics-carrier-a-2023"
    assert result.stdout in (package / "inventory.toml").read_text(encoding="utf-8")
    (entry,) = tomllib.loads(result.stdout)["lets_booking"]
    assert (LetsBooking.model_validate(entry),) == load(package).settings.lets_bookings


def test_what_the_book_does_not_say_is_named_all_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as refused:
        packaged(full_book(), "lsp", facility="")
    assert [(one.column, one.problem) for one in refused.value.findings] == [
        ("again", "no facility"),
        ("made", "no facility"),
    ]
    table = tmp_path / "claims.csv"
    result = of_book("--organisation", "shipper-1", "--csv", str(table), "--json")
    (finding,) = json.loads(result.stdout)["error"]["findings"]
    assert (result.exit_code, finding["problem"]) == (1, "no word of what it is used for")
    assert "--use" in finding["remedy"]
    assert not table.exists()
    assert of_book("--organisation", "nobody").exit_code == 1
    assert of_book("--organisation", "shipper-1", "--use", "3.4", "--only", "no-claim").exit_code == 1


def test_a_tank_to_wheel_part_that_nobody_stated_is_left_out_and_a_carrier_needs_it() -> None:
    text = BOOK.read_text(encoding="utf-8").replace('ttw_kg = "4000"\n', "")
    with CliRunner(mix_stderr=False).isolated_filesystem():
        Path("book.toml").write_text(text, encoding="utf-8")
        words = ["logistics", "claims", "book.toml", "--year", "2023", "--organisation"]
        carrier = CliRunner(mix_stderr=False).invoke(main, [*words, "carrier-a", "--facility", "fleet"])
        shipper = CliRunner(mix_stderr=False).invoke(main, [*words, "shipper-1", "--use", "3.4"])
    assert carrier.exit_code == 1
    assert "without ttw" in " ".join(carrier.stderr.split())
    assert "ttw" not in tomllib.loads(shipper.stdout)["logistics_claim"][0]


def test_every_role_gets_entries_that_a_package_reads_with_the_registers_figures() -> None:
    book = full_book()
    found = {who: packaged(book, who) for who in ("shipper", "lsp", "a", "b")}
    names = {who: ([e["id"] for e in p.claims], [e["id"] for e in p.bookings]) for who, p in found.items()}
    assert names == {
        "shipper": (["mine", "supply"], []),
        "lsp": (["bundle", "again"], ["again", "made"]),
        "a": ([], ["lets"]),
        "b": (["beside", "alone"], []),
    }
    for who, one in found.items():
        read = tomllib.loads(entries_toml(one))
        for entry, written in zip(one.claims, read.get("logistics_claim", []), strict=True):
            claim = LogisticsClaim.model_validate(written)
            assert entry == written
            assert claim.claimant == who
        for written in read.get("lets_booking", []):
            booking, booked = LetsBooking.model_validate(written), book.lets[written["id"]]
            assert (booking.base, booking.wtw_mg, booking.ttw_mg) == (
                Fraction(booked.activity) * booking.base / booked.activity,
                booked.wtw,
                booked.ttw,
            )
        rows = list(csv.DictReader(io.StringIO(claims_csv(one.claims)))) if one.claims else []
        assert [{k: v for k, v in row.items() if v} for row in rows] == [
            {k: v if isinstance(v, str) else str(v).lower() for k, v in entry.items()} for entry in one.claims
        ]


def test_an_emitter_profile_is_counted_in_its_energy_and_dated_from_the_claim_beside_it() -> None:
    beside, alone = (LogisticsClaim.model_validate(e) for e in packaged(full_book(), "b").claims)
    # 20 of 100 g, which have 1,000 Wh, 400 mg, of them 100 tank-to-wheel.
    assert (beside.base, beside.wtw_mg * beside.base, beside.ttw_mg * beside.base) == (200 * J, 80, 20)
    assert (beside.bundled, beside.use, alone.base) == (False, "scope-1", 100 * J)
    assert (beside.booked, beside.claimed) == (DAY, alone.claimed)


def test_what_other_carriers_claimed_of_a_lets_is_told() -> None:
    book = Book(
        [
            *world(),
            lets(additionality=solution().additionality),
            rebooked("theirs", "b", Role.CARRIER, "lets", 250),
        ]
    )
    (notice,) = packaged(book, "a").notices
    assert "0.00025 t-km are other carriers'" in notice
    (whole,) = packaged(book, "a").bookings
    assert (whole["quantity"], whole["claimed_by_carriers"]) == ("0.0006", "0.00025")
    (entry,) = packaged(book, "b").bookings
    assert (entry["use"], entry["basis"], entry["quantity"]) == ("scope-1", "indirect", "0.00025")


def test_the_material_read_off_a_claim_is_the_one_its_row_was_found_by() -> None:
    stated = solution().additionality
    book = Book(
        [
            *world(),
            lets("inside", additionality=stated),
            lets("outside", by="x", additionality=stated),
            solution(),
            profile_claim("of-a", "a", Role.CARRIER, quantity=50, activity=250, side=Bundling.BUNDLED),
            derived("as-if", "a", Role.CARRIER, "of-a", 250),
            rebooked("direct", "lsp", Role.LSP, "inside"),
            rebooked("indirect", "lsp", Role.LSP, "outside"),
            *(claimed(f"claim-{of}", of, 10) for of in ("inside", "outside", "as-if", "direct", "indirect")),
        ]
    )
    shipper = book.organisations["shipper"]
    for claim in book.claims.values():
        source = book.lets[claim.lets]
        assert material_used(source, claim.basis) is material_of(source, shipper)
    assert {material_used(book.lets[one.lets], one.basis).text for one in book.claims.values()} == {
        "carrier-direct",
        "carrier-elsewhere",
        "carrier-indirect",
        "lsp-direct",
        "lsp-indirect",
    }
