"""A package opened: settings, factors and evidence read, the activities' bytes and header checked, their rows not yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cet.errors import Finding, PackageError
from cet.factors import FactorPack, FactorStore
from cet.factors.reading import examine_pack, examine_pack_data
from cet.inventory.chp import parts_of
from cet.inventory.composing import Conversions
from cet.inventory.energy.tables import TABLES, read_tables
from cet.inventory.evidence import examine_evidence
from cet.inventory.factor_packs import PACKS, read_packs, store_of
from cet.inventory.folder import (
    FACTORS,
    INVENTORY,
    PARQUET,
    CsvScan,
    locate,
    locate_activities,
    read_toml_text,
    scan_csv,
)
from cet.inventory.origin import FOLDER, Origin
from cet.inventory.parquet import ParquetScan, scan_parquet
from cet.inventory.rows import Bounds
from cet.inventory.settings_reading import PartialSettings, parse_toml
from cet.inventory.shapes import ShapeRules
from cet.inventory.slow import examine_columns, read_header
from cet.inventory.tally import capped

if TYPE_CHECKING:
    from cet.inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is sound but for its rows, which `check` and `compute` read from `activities`.

    `folder` is what was opened, a folder or a workbook; `origin` says where in it a finding stands.
    """

    folder: Path
    settings: Settings
    own_factors: FactorPack | None
    activities: Path
    columns: tuple[str, ...]
    scan: CsvScan | ParquetScan
    origin: Origin = FOLDER
    packs: tuple[FactorPack, ...] = ()

    @property
    def bounds(self) -> Bounds:
        """What rows are checked against: the period as ISO text, the evidence there is."""
        period = self.settings.header.period
        evidence = {one.file: one.sha256 for one in self.settings.evidence}
        return Bounds(period.start.isoformat(), period.end.isoformat(), evidence)

    def store(self, base: FactorStore | None = None) -> FactorStore:
        """The base store (by default the starter packs) and the factors the package brings. Raises PackageError."""
        found, findings = store_of(base, self.own_factors, self.packs)
        if findings:
            raise PackageError(findings)
        return found

    def rules(self, store: FactorStore) -> ShapeRules:
        """What the rows are resolved against; `store` holds the package's own factors already."""
        facilities = frozenset(facility.id for facility in self.settings.facilities)
        settings = self.settings
        conversions = Conversions(settings.exchanges, settings.deflators, parts_of(settings.chp))
        period = settings.header.period
        return ShapeRules(
            facilities,
            settings.header.gwp,
            store,
            conversions=conversions,
            projects={one.id: one for one in settings.projects},
            period=(period.start, period.end),
        )


@dataclass(slots=True)
class OpenedFolder:
    """As much of a package as could be read, and what is wrong with it so far."""

    folder: Path
    findings: list[Finding]
    settings: PartialSettings | None = None
    own_factors: FactorPack | None = None
    activities: Path | None = None
    columns: tuple[str, ...] = ()
    scan: CsvScan | ParquetScan | None = None
    origin: Origin = FOLDER
    packs: tuple[FactorPack, ...] = ()

    def package(self) -> Package:
        """The package, if nothing is wrong. Raises PackageError, its findings placed as in `broken`."""
        complete = self.settings.complete if self.settings else None
        if self.findings or complete is None or self.activities is None or self.scan is None:
            raise self.broken()
        return Package(
            self.folder,
            complete,
            self.own_factors,
            self.activities,
            self.columns,
            self.scan,
            self.origin,
            self.packs,
        )

    def broken(self) -> PackageError:
        """Everything wrong, each finding where a person finds it."""
        return PackageError(capped(self.origin.placed(self.findings)))

    def bounds(self) -> Bounds:
        """What rows can be checked against: the period, empty where unknown, the evidence, None where unknown."""
        header = self.settings.header if self.settings else None
        declared = self.settings.evidence if self.settings else None
        evidence = None if declared is None else {one.file: one.sha256 for one in declared}
        if header is None:
            return Bounds(evidence=evidence)
        return Bounds(header.period.start.isoformat(), header.period.end.isoformat(), evidence)

    def rules(self, base: FactorStore | None) -> ShapeRules:
        """What the rows can be checked against in spite of what is wrong."""
        store, findings = store_of(base, self.own_factors, self.packs)
        self.findings += findings
        header = self.settings.header if self.settings else None
        known = self.settings.facilities if self.settings and self.settings.every_facility_read else ()
        facilities = frozenset(facility.id for facility in known) or None
        conversions = self.settings.conversions if self.settings else Conversions(unread=True)
        return ShapeRules(
            facilities,
            header.gwp if header else None,
            store,
            self._unread(),
            conversions,
            self.settings.projects if self.settings else None,
            (header.period.start, header.period.end) if header else None,
        )

    def _unread(self) -> str | None:
        """How the ids begin that a faulty pack may define; None where nothing is wrong with any."""
        if any(finding.file.startswith(f"{PACKS}/") for finding in self.findings):
            return ""
        if not any(finding.file == FACTORS for finding in self.findings):
            return None
        return f"{self.own_factors.pack.id}/" if self.own_factors else ""


def open_folder(path: Path | str) -> OpenedFolder:
    """Reads all of a package but its rows; what is wrong stands in `findings`."""
    folder = Path(path)
    if folder.is_file():
        return _open_workbook(folder)
    if not folder.is_dir():
        return OpenedFolder(
            folder,
            [
                Finding(
                    str(folder), 0, "", "", "no such folder", "give a package: a folder or an .xlsx workbook"
                )
            ],
        )
    opened = OpenedFolder(folder, [])
    inventory, missing = locate(folder, INVENTORY)
    opened.findings += missing
    if inventory is not None:
        text, problems = read_toml_text(inventory)
        opened.findings += problems
        data, problems = parse_toml(text) if not problems else (None, [])
        opened.findings += problems
        if data is not None:
            places, problems = read_tables(folder, data)
            opened.findings += problems
            opened.origin = Origin(tables={part: (TABLES[part], places[part]) for part in places})
            _take_settings(opened, data, folder)
    _open_factors(opened)
    activities, missing = locate_activities(folder)
    opened.findings += missing
    if activities is not None and activities.name == PARQUET:
        opened.origin = replace(opened.origin, activities=PARQUET)
        opened.scan, opened.columns, problems = scan_parquet(activities)
        problems += examine_columns(opened.columns) if opened.columns else []
        opened.findings += problems
        opened.activities = None if problems else activities
    elif activities is not None:
        _take_csv(opened, activities)
    return opened


def _open_workbook(path: Path) -> OpenedFolder:
    from cet.inventory.workbook.reading import read_workbook

    book, findings = read_workbook(path)
    opened = OpenedFolder(path, findings)
    if book is None:
        return opened
    opened.origin = book.origin
    opened.packs, problems = read_packs(path.parent)
    opened.findings += problems
    _take_settings(opened, book.settings, path.parent)
    if book.factors is not None:
        pack, factors, problems = examine_pack_data(book.factors, FACTORS)
        opened.findings += problems
        opened.own_factors = FactorPack(pack, factors) if pack is not None else None
    if book.activities is not None:
        _take_csv(opened, book.activities)
    return opened


def _take_settings(opened: OpenedFolder, data: dict[str, Any], folder: Path) -> None:
    opened.settings = PartialSettings(data)
    opened.findings += opened.settings.findings
    opened.findings += examine_evidence(folder, opened.settings.evidence or (), INVENTORY)


def _take_csv(opened: OpenedFolder, path: Path) -> None:
    opened.scan, problems = scan_csv(path)
    opened.findings += problems
    if opened.scan is not None:
        opened.columns, problems = read_header(path)
        opened.findings += problems
        opened.activities = None if problems else path


def _open_factors(opened: OpenedFolder) -> None:
    opened.packs, problems = read_packs(opened.folder)
    opened.findings += problems
    if not (opened.folder / FACTORS).exists() and not (opened.folder / FACTORS).is_symlink():
        return
    path, problems = locate(opened.folder, FACTORS)
    opened.findings += problems
    if path is None:
        return
    text, problems = read_toml_text(path)
    opened.findings += problems
    if not problems:
        pack, factors, problems = examine_pack(text, FACTORS)
        opened.findings += problems
        opened.own_factors = FactorPack(pack, factors) if pack is not None else None
