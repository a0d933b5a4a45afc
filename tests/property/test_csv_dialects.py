"""What DuckDB reads of a CSV is what Python's csv reader reads of it; where they could differ, DuckDB is not used."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cet.errors import Finding
from cet.inventory.bulk import opened
from cet.inventory.folder import scan_csv
from cet.inventory.rows import COLUMNS, Bounds
from cet.inventory.slow import read_header, records

BOUNDS = Bounds("2023-01-01", "2023-12-31")

ragged = st.text(alphabet='",a \n', max_size=60)
cells = st.one_of(
    st.text(alphabet="ab1.é ", max_size=4),
    st.text(alphabet='"a, ', max_size=3),
    st.text(alphabet='ab, "', max_size=4).map(lambda text: '"' + text.replace('"', '""') + '"'),
    st.sampled_from(['""', '" "', "NULL", "\\N", "#", "''", '"a""b"', "\\", '\\"', "a\tb", "0" * 300]),
)
row = st.lists(cells, min_size=len(COLUMNS), max_size=len(COLUMNS)).map(",".join)
uneven = st.lists(cells, min_size=0, max_size=len(COLUMNS) + 2).map(",".join)
tidy = st.lists(row, min_size=1, max_size=4)
untidy = st.lists(st.one_of(row, uneven), min_size=1, max_size=4)
bodies = st.tuples(
    st.one_of(tidy, untidy), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "end", "end end"])
).map(lambda drawn: drawn[1].join(drawn[0]) + drawn[1] * len(drawn[2].split()))


def compare(body: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "activities.csv"
        path.write_bytes((",".join(COLUMNS) + "\n" + body).encode())
        scan, findings = scan_csv(path)
        if scan is None:
            assert findings
            return
        columns, findings = read_header(path)
        assert not findings
        with opened(path, columns, scan, BOUNDS) as bulk:
            if bulk is None:
                return
            by_duckdb = list(bulk.all_rows())
        by_python = list(records(path, columns))
        assert not any(isinstance(cells, Finding) for _, cells in by_python)
        assert by_duckdb == by_python


@settings(max_examples=60)
@given(bodies)
@example('"a" ' + "," * 14 + "\n")
@example(' "a"' + "," * 14 + "\n")
@example('a"b' + "," * 14 + "\n")
@example('"a"b' + "," * 14 + "\n")
@example('"a\nb"' + "," * 14 + "\n\n")
@example("," * 13 + "\n")
@example("," * 15 + "\n")
@example("," * 15 + "x\n")
def test_rows_are_read_alike_or_left_to_python(body: str) -> None:
    compare(body)


@settings(max_examples=40)
@given(ragged)
def test_no_text_at_all_is_read_two_ways(body: str) -> None:
    compare(body)
