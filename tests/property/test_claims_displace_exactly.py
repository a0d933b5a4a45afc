"""Random packages with claims: DuckDB's bulk, the slow reference and an independent closed form agree to the last digit."""

from __future__ import annotations

import csv
import tempfile
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.inventory import compute, load, reference
from cet.inventory.line_ledger import write_line_ledger
from cet.scopes import Method, Scope
from transport_packages import claim, write

KG = 10**6
MODES = {"road": [("road", ""), ("van", "vans")], "rail": [("rail", "")]}
FACTORS = {
    "road": ("0.1", "t-km"),
    "van": ("0.337", "t-km"),
    "rail": ("0.0219", "t-km"),
    "paper": ("1.3", "kg"),
}

quantities = st.integers(1, 10**9).map(lambda whole: Fraction(whole, 1000))
lines = st.lists(st.tuples(st.sampled_from(["road", "van", "rail"]), quantities), min_size=1, max_size=12)
parts = st.lists(
    st.tuples(st.sampled_from(["road", "van", "rail"]), st.integers(1, 30), st.integers(0, 400)), max_size=5
)


@settings(max_examples=25, deadline=None)
@given(lines, parts)
def test_bulk_reference_and_closed_form_agree(
    drawn: list[tuple[str, Fraction]], shares: list[tuple[str, int, int]]
) -> None:
    """Claims are hundredths of what there is; `van` ones are bound to the category, `road` ones are of the whole mode."""
    amount = {
        name: sum((q for of, q in drawn if of == name), Fraction(0)) for name in ("road", "van", "rail")
    }
    rate = {name: Fraction(FACTORS[name][0]) for name in amount}
    claims, bound, free, emitted = [], Fraction(0), {"road": Fraction(0), "rail": Fraction(0)}, Fraction(0)
    for number, (name, hundredths, grams) in enumerate(shares):
        mode = "road" if name == "van" else name
        whole = amount["road"] + amount["van"] if name == "road" else amount[name]
        # Of five claims of at most 30 in 100, scaled by a fifth, no pool is exceeded.
        taken = Fraction(round(whole * hundredths * 2), 1000)
        if not taken:
            continue
        bound += taken if name == "van" else 0
        free[mode] += taken if name != "van" else 0
        emitted += taken * Fraction(grams, 1000)
        toc = {"toc": "vans"} if name == "van" else {}
        given_ = {"mode": mode, "quantity": _text(taken), "wtw": _text(Fraction(grams, 1000))}
        claims.append(claim(f"c{number}", **given_, **toc))
    physical = sum(amount[name] * rate[name] for name in amount)
    left_van = amount["van"] - bound
    left_road = amount["road"] + left_van
    average = (
        (amount["road"] * rate["road"] + left_van * rate["van"]) / left_road if left_road else Fraction(0)
    )
    expected = physical - bound * rate["van"] - free["road"] * average - free["rail"] * rate["rail"] + emitted
    rows = [("site", "3", "4", _text(quantity), "t-km", name) for name, quantity in drawn]
    rows.append(("site", "3", "1", "7", "kg", "paper"))
    modes = [
        {"factors": [f"own/{name}"], "mode": mode, **({"toc": toc} if toc else {})}
        for mode, kinds in MODES.items()
        for name, toc in kinds
    ]
    with tempfile.TemporaryDirectory() as folder:
        package = load(write(Path(folder) / "p", rows, FACTORS, modes, claims=claims))
        found, slow = compute(package), reference(package)
        assert found.lots == slow.lots
        assert found.lines == slow.lines
        paper = 7 * Fraction("1.3")
        assert found.total(Scope.SCOPE_3) == (physical + paper) * KG
        assert found.market_total(Scope.SCOPE_3) == (expected + paper) * KG
        market = [one for one in found.lots if one.key.method is Method.MARKET_BASED]
        assert len(market) <= 1
        for lot in market:
            assert lot.exact == expected * KG
            of_lines = [mg for line in found.lines for key, mg in line.emissions() if key == lot.key]
            assert sum(of_lines, Fraction(0)) == lot.exact
            ledger = Path(folder) / "lines.csv"
            write_line_ledger(found, ledger)
            with ledger.open(encoding="utf-8", newline="") as file:
                told = [
                    Fraction(row[f"mg_{at}"])
                    for row in csv.DictReader(file)
                    for at in (1, 2)
                    if row[f"lot_{at}"] == lot.name
                ]
            assert sum(told, Fraction(0)) == lot.exact


def _text(value: Fraction) -> str:
    """A multiple of a thousandth as decimal text."""
    thousandths = value * 1000
    assert thousandths.denominator == 1
    return f"{thousandths.numerator // 1000}.{thousandths.numerator % 1000:03d}"
