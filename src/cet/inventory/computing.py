"""From a package to its inventory, by DuckDB over the bulk and by fractions over every factor and odd row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.boundary.consolidation import Consolidated, consolidate
from cet.inventory.bulk import Bulk, opened
from cet.inventory.claims import compare_claims
from cet.inventory.energy.applying import Applied, apply_instruments
from cet.inventory.energy.checking import factor_findings
from cet.inventory.energy.notices import energy_notices
from cet.inventory.folder import ACTIVITIES
from cet.inventory.lots import form_lots
from cet.inventory.notices import Notice, gather
from cet.inventory.package import Package, open_folder
from cet.inventory.profiles.sections import export_findings
from cet.inventory.result import Inventory, Line
from cet.inventory.rows import Bounds, ShapeText, parse_row
from cet.inventory.shapes import DATA_KINDS, Shape, ShapeRules, examine_shape
from cet.inventory.slow import records, tally_rows
from cet.inventory.sums import LotSum, add_up
from cet.inventory.tally import ShapeTally, Tally, capped
from cet.inventory.transport.applying import AppliedClaims, apply_transport
from cet.inventory.transport.notices import transport_notices
from cet.inventory.transport.splitting import market_lots
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cet.factors import FactorStore
    from cet.inventory.streams import LotKey


@dataclass(frozen=True, slots=True)
class Check:
    """Everything wrong with a package (`findings`), and everything to know about a sound one (`notices`)."""

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]

    @property
    def sound(self) -> bool:
        """Whether the package can be computed."""
        return not self.findings


def load(path: Path | str) -> Package:
    """Opens a package folder. Raises PackageError with everything wrong outside its rows."""
    return open_folder(path).package()


def check(path: Path | str, store: FactorStore | None = None) -> Check:
    """Everything wrong with a package, or all there is to know about a sound one. Raises nothing for a broken package.

    `store` is what the package's own factors are added to; by default the starter packs.
    """
    try:
        inventory = read_package(path, store, lines=False)
        return Check((), (*inventory.package.origin.notices, *inventory.notices))
    except PackageError as error:
        return Check(error.findings, ())


def read_package(path: Path | str, store: FactorStore | None = None, *, lines: bool = True) -> Inventory:
    """`load` and `compute` in one: raises PackageError with everything wrong, rows included, as far as it can be read."""
    folder = open_folder(path)
    rules, bounds = folder.rules(store), folder.bounds()
    if folder.activities is None or folder.scan is None:
        raise folder.broken()
    with opened(folder.activities, folder.columns, folder.scan, bounds) as bulk:
        tally = (
            bulk.tally(bounds, rules)
            if bulk
            else tally_rows(folder.activities, folder.columns, bounds, rules)
        )
        folder.findings += tally.findings
        return _inventory(folder.package(), rules, tally, bulk, lines=lines)


def compute(package: Package, store: FactorStore | None = None, *, lines: bool = True) -> Inventory:
    """The inventory of a package, exact to the last digit. Raises PackageError with everything wrong.

    `store` is what the package's own factors are added to; by default the starter packs. With `lines=False` no line is
    held in memory: totals, lots, notices and claims only.
    """
    rules, bounds = package.rules(package.store(store)), package.bounds
    with opened(package.activities, package.columns, package.scan, bounds) as bulk:
        tally = (
            bulk.tally(bounds, rules)
            if bulk
            else tally_rows(package.activities, package.columns, bounds, rules)
        )
        if tally.findings:
            raise PackageError(capped(package.origin.placed(tally.findings)))
        return _inventory(package, rules, tally, bulk, lines=lines)


def _inventory(
    package: Package, rules: ShapeRules, tally: Tally, bulk: Bulk | None, *, lines: bool
) -> Inventory:
    if not tally.rows:
        remedy = "write one row per activity line under the header"
        nothing = Finding(ACTIVITIES, 0, "", "", "no activity lines", remedy)
        raise PackageError(package.origin.placed([nothing]))
    settings = package.settings
    if findings := [*export_findings(settings.exports, rules.store), *factor_findings(settings, rules.store)]:
        raise PackageError(capped(package.origin.placed(findings)))
    applied = apply_instruments(settings, _resolve(tally.shapes, rules), tally.shapes, rules.store)
    claimed = apply_transport(settings, applied.shapes, tally.shapes, rules.store)
    shapes = claimed.shapes
    sums = add_up(_paired(tally, shapes))
    read: tuple[Line, ...] = ()
    if lines:
        rows = bulk.all_rows() if bulk else records(package.activities, package.columns)
        read = _lines((cells for _, cells in rows if isinstance(cells, dict)), shapes, package.bounds)
    inventory, findings = assemble(package, tally, applied, claimed, sums, read)
    if findings := [*applied.findings, *claimed.findings, *findings]:
        raise PackageError(capped(package.origin.placed(findings)))
    return inventory


def assemble(
    package: Package,
    tally: Tally,
    applied: Applied,
    claimed: AppliedClaims,
    sums: Mapping[LotKey, LotSum],
    lines: tuple[Line, ...],
) -> tuple[Inventory, list[Finding]]:
    """Lots, notices and claims around the sums; findings when a lot can't be minted."""
    shapes = claimed.shapes
    settings, pairs = package.settings, _paired(tally, shapes)
    boundary, approach = settings.boundary, settings.header.consolidation
    if boundary.whole(approach):
        consolidated = Consolidated(approach, sums, _by_data(pairs), {})
    else:
        consolidated = consolidate(pairs, boundary, approach, DATA_KINDS)
    received = any(shape.text.received for shape, _ in pairs)
    own = add_up(pairs, of=lambda shape: shape.minted) if received else sums
    sources = {key: found for key, found in own.items() if boundary.minted(key.facility)}
    lots, zero, findings = form_lots(sources, settings.outputs)
    transport = claimed.result
    if transport is not None:
        minted = {key: boundary.minted(key.facility) for key in transport.sums}
        made = market_lots(settings, transport, lots, minted)
        lots = tuple(sorted((*lots, *made.lots), key=lambda lot: (lot.code.encode(), lot.index)))
        findings += made.findings
        transport = replace(transport, splits=made.splits)
    notices = [
        *gather(settings, pairs, tally, consolidated),
        *energy_notices(applied.result),
        *transport_notices(transport),
    ]
    factors = {factor.id: factor for shape in shapes.values() for factor in shape.factors}
    factors |= {factor.id: factor for factor in applied.result.factors} if applied.result else {}
    factors |= {factor.id: factor for factor in transport.factors} if transport else {}
    inventory = Inventory(
        package=package,
        consolidated=consolidated,
        written=sums,
        lots=lots,
        factors=tuple(factors[name] for name in sorted(factors)),
        notices=tuple(sorted([*notices, *zero])),
        claims=compare_claims(tally.claimed, shapes),
        line_count=tally.rows,
        pairs=tuple(pairs),
        regular=tally.regular,
        all_plain=tally.all_plain,
        lines=lines,
        energy=applied.result,
        transport=transport,
    )
    return inventory, findings


def _resolve(texts: Iterable[ShapeText], rules: ShapeRules) -> dict[ShapeText, Shape]:
    resolved = {}
    for text in sorted(texts):
        shape, _ = examine_shape(text, rules)
        if shape is not None:
            resolved[text] = shape
    return resolved


def _by_data(shapes: Iterable[tuple[Shape, ShapeTally]]) -> dict[str, Fraction]:
    totals = dict.fromkeys(DATA_KINDS, Fraction(0))
    for shape, tally in shapes:
        for stream in shape.own:
            if stream.key.scope is not Scope.OUTSIDE and stream.key.method is not Method.LOCATION_BASED:
                totals[shape.text.data] += tally.amount * stream.mg
    return totals


def _paired(tally: Tally, shapes: Mapping[ShapeText, Shape]) -> list[tuple[Shape, ShapeTally]]:
    return [(shapes[text], tally.shapes[text]) for text in sorted(shapes)]


def _lines(
    cells: Iterable[dict[str, str]], shapes: Mapping[ShapeText, Shape], bounds: Bounds
) -> tuple[Line, ...]:
    rows = (parse_row(one, bounds)[0] for one in cells)
    return tuple(
        sorted((Line(row, shapes[row.shape]) for row in rows if row is not None), key=lambda line: line.id)
    )
