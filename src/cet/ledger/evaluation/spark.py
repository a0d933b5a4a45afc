"""The evaluation on Spark, for ledgers beyond one machine: level by level, the same arithmetic, the same digits (extra `spark`).

A level's edges meet their parents' figures in a join; the kernel of `kernel.py` makes carries of them on the workers; carries are
summed by child as limbs of 32 bits, which no BIGINT overflows; and each lot is rounded up once. Frames hold words of 64 bits as
BIGINT, from 2^63 on negative, as the store does.

    lots:   lot, depth, basis, stated, own_offset
    edges:  child, parent, units
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cet.ledger.evaluation.columns import Column
from cet.ledger.evaluation.kernel import carries, is_plain, ratios

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from cet.ledger.evaluation.births import Births

    Words = NDArray[np.uint64]

LOTS = "lot BIGINT, depth INT, basis BIGINT, stated BIGINT, own_offset BIGINT"
EDGES = "child BIGINT, parent BIGINT, units BIGINT"

_FIGURES = ("gross", "inherited", "net", "surplus")
_HALVES = tuple(f"{name}_{half}" for name in _FIGURES for half in ("high", "low"))
_KNOWN = "lot BIGINT, basis BIGINT, " + ", ".join(f"{name} BIGINT" for name in _HALVES)
_LIMBS = 5
"""Of 32 bits: a carry has at most 64 below the milligram and 75 above."""

_SUMMED = tuple(f"{series}_{limb}" for series in ("gross", "net") for limb in range(_LIMBS))
_MASK = np.uint64(2**32 - 1)
_TWO_64 = "18446744073709551616"


def evaluate_on_spark(spark: Any, lots: Any, edges: Any) -> Any:
    """Figures of every lot as a frame `lot BIGINT, gross, inherited, net, surplus DECIMAL(38,0)`, mg CO2e.

    `spark` is a SparkSession, `lots` and `edges` are its frames. Each level is kept by the executors until the session ends or the
    frame is let go.
    """
    deepest = lots.agg({"depth": "max"}).collect()[0][0]
    known: Any = None
    for depth in range((deepest if deepest is not None else -1) + 1):
        level = lots.where(lots.depth == depth).drop("depth")
        if known is None:
            found = level.mapInPandas(_sources, _KNOWN)
        else:
            carried = _carried(level, edges, known)
            found = level.join(carried, level.lot == carried.child).mapInPandas(_derived, _KNOWN)
        # Without it every level would calculate all levels above it again.
        found = found.localCheckpoint()
        known = found if known is None else known.unionAll(found)
    if known is None:
        known = spark.createDataFrame([], _KNOWN)
    return known.selectExpr("lot", *(_decimal(name) for name in _FIGURES))


def frames_of(spark: Any, births: Births) -> tuple[Any, Any]:
    """Lots in this process's memory as the two frames: for tests, and to move a small store to a cluster."""
    import pandas as pd

    lots = {
        "lot": _signed(births.keys),
        "depth": births.depths.astype(np.int32),
        "basis": _signed(births.basis),
        "stated": _signed(births.stated),
        "own_offset": _signed(births.offsets),
    }
    columns = zip(("child", "parent", "units"), (births.children, births.parents, births.units), strict=True)
    edges = {name: _signed(column) for name, column in columns}
    return (
        spark.createDataFrame(pd.DataFrame(lots), LOTS),
        spark.createDataFrame(pd.DataFrame(edges), EDGES),
    )


def _carried(level: Any, edges: Any, known: Any) -> Any:
    """By child: the sums of its edges' carries, limb by limb."""
    parents = known.select("lot", "basis", "gross_high", "gross_low", "net_high", "net_low")
    mine = edges.join(level.select(level.lot.alias("child")), "child")
    met = mine.join(parents, mine.parent == parents.lot).drop("lot", "parent")
    schema = "child BIGINT, " + ", ".join(f"{name} BIGINT" for name in _SUMMED)
    limbs = met.mapInPandas(_limbs, schema)
    return limbs.groupBy("child").sum(*_SUMMED)


def _sources(frames: Iterable[Any]) -> Iterator[Any]:
    for frame in frames:
        stated = _words(frame, "stated")
        gross = Column(np.zeros_like(stated), stated)
        yield _figured(frame, gross, gross)


def _derived(frames: Iterable[Any]) -> Iterator[Any]:
    for frame in frames:
        yield _figured(frame, _settled(frame, "gross"), _settled(frame, "net"))


def _figured(frame: Any, gross: Column, inherited: Column) -> Any:
    import pandas as pd

    net, surplus = inherited.less(_words(frame, "own_offset"))
    found = {"lot": frame["lot"].to_numpy(), "basis": frame["basis"].to_numpy()}
    for name, column in zip(_FIGURES, (gross, inherited, net, surplus), strict=True):
        found |= {f"{name}_high": _signed(column.high), f"{name}_low": _signed(column.low)}
    return pd.DataFrame(found)


def _limbs(frames: Iterable[Any]) -> Iterator[Any]:
    import pandas as pd

    for frame in frames:
        units, basis = _words(frame, "units"), _words(frame, "basis")
        ratio, plain = ratios(units, basis), is_plain(units, basis)
        found = {"child": frame["child"].to_numpy()}
        for series in ("gross", "net"):
            figure = Column(_words(frame, f"{series}_high"), _words(frame, f"{series}_low"))
            wholes, parts = carries(figure.low, ratio, basis)
            halves = [parts & _MASK, parts >> np.uint64(32), wholes & _MASK, wholes >> np.uint64(32)]
            limbs = [*halves, np.zeros_like(parts)]
            for place in np.flatnonzero(~plain | (figure.high > 0)):
                carry = -(-(figure[place] * int(units[place]) << 64) // int(basis[place]))
                for number, limb in enumerate(limbs):
                    limb[place] = carry >> 32 * number & int(_MASK)
            found |= {f"{series}_{number}": _signed(limb) for number, limb in enumerate(limbs)}
        yield pd.DataFrame(found)


def _settled(frame: Any, series: str) -> Column:
    """ceil(Σ carries / 2^64), from the sums of their limbs."""
    half = np.uint64(32)
    sums = [_words(frame, f"sum({series}_{number})") for number in range(_LIMBS)]
    for number in range(1, _LIMBS):
        sums[number] = sums[number] + (sums[number - 1] >> half)
    low = (sums[2] & _MASK) + (((sums[0] | sums[1]) & _MASK) > 0)
    middle = (sums[3] & _MASK) + (low >> half)
    return Column(sums[4] + (middle >> half), (middle << half) | (low & _MASK))


def _words(frame: Any, name: str) -> Words:
    words: Words = frame[name].to_numpy(np.int64).view(np.uint64)
    return words


def _signed(words: Words) -> NDArray[np.int64]:
    return words.view(np.int64)


def _decimal(name: str) -> str:
    low = f"CAST({name}_low AS DECIMAL(20,0)) + IF({name}_low < 0, {_TWO_64}BD, 0BD)"
    return f"CAST(CAST({name}_high AS DECIMAL(11,0)) * {_TWO_64}BD + ({low}) AS DECIMAL(38,0)) AS {name}"
