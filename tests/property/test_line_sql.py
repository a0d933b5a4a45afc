"""SQL writes the lines, texts and roots that Python defines, byte for byte, whatever the cells."""

# ruff: noqa: S608 - the SQL is our own

from __future__ import annotations

import hashlib
import tempfile
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exact_computation import KINDS, LEAP_YEAR, claims, days, lines, rows

from cet.inventory import Inventory, compute, load, reference
from cet.inventory.exact_sql import canonical, decimals, digits, rate_of, with_exact_texts
from cet.inventory.priced import priced_lines
from cet.quantities import exact_text, parse_number
from cet.statement import canonical_line, commit
from cet.statement.line_sql import line_sql
from package_folders import write_package

Drawn = list[tuple[tuple[str, ...], str, str, str, str, str, str]]

decimal_text = st.from_regex(r"0{0,3}[0-9]{1,9}(\.[0-9]{1,6})?", fullmatch=True)
rates = st.builds(
    Fraction,
    st.integers(0, 10**16),
    st.sampled_from([1, 8, 10**6, 3, 9, 36, 1_609_344, 7 * 5**4, 2**11 * 3**5]),
)
texts = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" \\\"'{},:\x7f\u2028"),
    min_size=1,
    max_size=30,
).map(lambda text: "x" + text.replace("\x7f", ""))


@given(st.lists(st.tuples(decimal_text, rates), min_size=1, max_size=20))
@example([("0", Fraction(1, 3)), ("000.500", Fraction(0)), ("3.6", Fraction(1, 36)), ("10", Fraction(1))])
def test_numbers_are_written_as_python_writes_them(drawn: list[tuple[str, Fraction]]) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (q VARCHAR, digits HUGEINT, mg_odd HUGEINT, scale INTEGER)")
    for text, rate in drawn:
        found = rate_of(rate)
        assert Fraction(found.digits, found.odd * 10**found.scale) == rate
        connection.execute(
            "INSERT INTO t VALUES (?, ?, ?, ?)", [text, str(found.digits), str(found.odd), found.scale]
        )
    product = f"""
        SELECT *, {digits("q")}::HUGEINT * digits AS mg_value, scale + {decimals("q")} AS mg_places FROM t
    """
    read = connection.execute(
        f"SELECT {canonical('q')}, mg FROM ({with_exact_texts(product, ['mg'])})"
    ).fetchall()
    connection.close()
    expected = [(parse_number(text).text, exact_text(Fraction(text) * rate)) for text, rate in drawn]
    assert sorted(read) == sorted(expected)


def _lines_in_sql(inventory: Inventory) -> dict[str, bytes]:
    sql, constants = line_sql(inventory)
    with priced_lines(inventory, constants) as priced:
        if priced.connection is None:
            assert not inventory.regular
            return {}
        found = priced.connection.execute(
            f"SELECT id, line FROM ({priced.simple(f'id, {sql} AS line')})"
        ).fetchall()
        odd = [line.id for line in priced.odd_lines()]
    assert sorted([*(name for name, _ in found), *odd]) == sorted(line.id for line in inventory.lines)
    return {name: text.encode() for name, text in found}


@settings(max_examples=25)
@given(lines, texts, texts)
def test_lines_and_root_are_those_of_the_definition(drawn: Drawn, source: str, note: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = [
            {**row, "source": source, "note": note * (number % 2)} for number, row in enumerate(rows(drawn))
        ]
        package = load(write_package(Path(folder), made, header=LEAP_YEAR))
        inventory = compute(package)
        salt = package.settings.header.salt
        defined = {line.id: canonical_line(line, inventory.lot_of, salt) for line in inventory.lines}
        in_sql = _lines_in_sql(inventory)
        assert in_sql == {name: defined[name] for name in in_sql}
        slow = reference(package)
        assert not slow.regular
        committed = commit(inventory)
        assert committed.root == commit(slow).root
        proof = committed.prove(drawn_line := min(defined))
        assert proof.holds()
        assert proof.line == defined[drawn_line]


plain_quantity = st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,2})?", fullmatch=True)
plain_lines = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.just("plant"),
        plain_quantity,
        st.sampled_from(["", "0.25"]),
        days,
        days,
        claims,
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=10)
@given(plain_lines)
def test_ordinary_lines_are_all_written_in_sql(drawn: Drawn) -> None:
    """Otherwise the speed would go and no other test would notice."""
    with tempfile.TemporaryDirectory() as folder:
        made = [{**row, "note": ""} for row in rows(drawn)]
        inventory = compute(load(write_package(Path(folder), made, header=LEAP_YEAR)))
        assert len(_lines_in_sql(inventory)) == len(drawn)


@pytest.mark.parametrize(
    "text", ['say"so"', "back\\slash", "comma, and 'quotes'", "Strøm 電 \u2028 é", "{}", 'a\\"b']
)
def test_texts_are_escaped_as_json(tmp_path: Path, text: str) -> None:
    inventory = compute(load(write_package(tmp_path, [{"source": text, "note": text}])))
    (line,) = inventory.lines
    expected = canonical_line(line, inventory.lot_of, inventory.package.settings.header.salt)
    assert _lines_in_sql(inventory) == {line.id: expected}


small = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2})?", fullmatch=True)


@settings(max_examples=15)
@given(st.lists(st.tuples(plain_quantity, small, st.sampled_from(["", "0.75"])), min_size=1, max_size=6))
def test_lines_with_parameters_evidence_and_reasons_are_written_alike(
    drawn: list[tuple[str, str, str]],
) -> None:
    made = [
        {
            "id": f"line-{number}",
            "quantity": quantity,
            "number": "" if number == 1 else count,
            "estimate": "extrapolated" if portion else "",
            "reason": 'a "sample"' if portion else "",
            "coverage": portion,
            "data": "estimated" if portion else "measured",
            "evidence": "bill.pdf" if number % 2 else "",
        }
        for number, (quantity, count, portion) in enumerate(drawn)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        bill = b"a bill"
        more = f'[[evidence]]\nfile = "bill.pdf"\nsha256 = "{hashlib.sha256(bill).hexdigest()}"\nwhat = "Fuel bill"\n'
        (path / "bill.pdf").write_bytes(bill)
        package = load(write_package(path, made, more=more))
        inventory = compute(package)
        defined = {
            line.id: canonical_line(line, inventory.lot_of, package.settings.header.salt)
            for line in inventory.lines
        }
        in_sql = _lines_in_sql(inventory)
        assert in_sql == {name: defined[name] for name in in_sql}
        assert len(in_sql) == len(made) or not inventory.regular
        assert commit(inventory).root == commit(reference(package)).root
