"""A package folder opened: settings and factors read, the CSV's bytes and header checked, its rows not yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cet.errors import FactorError, Finding, PackageError
from cet.factors import FactorPack, FactorStore
from cet.factors.reading import examine_pack
from cet.inventory.folder import ACTIVITIES, FACTORS, INVENTORY, CsvScan, locate, read_toml_text, scan_csv
from cet.inventory.rows import Bounds
from cet.inventory.settings_reading import PartialSettings
from cet.inventory.shapes import ShapeRules
from cet.inventory.slow import read_header
from cet.inventory.tally import capped

if TYPE_CHECKING:
    from cet.inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is sound but for its rows, which `check` and `compute` read from `activities`."""

    folder: Path
    settings: Settings
    own_factors: FactorPack | None
    activities: Path
    columns: tuple[str, ...]
    scan: CsvScan

    @property
    def bounds(self) -> Bounds:
        """The period as ISO text."""
        period = self.settings.header.period
        return Bounds(period.start.isoformat(), period.end.isoformat())

    def store(self, base: FactorStore | None = None) -> FactorStore:
        """The base store (by default the starter packs) and the package's own factors. Raises PackageError."""
        found, findings = _store(base, self.own_factors)
        if findings:
            raise PackageError(findings)
        return found

    def rules(self, store: FactorStore) -> ShapeRules:
        """What the rows are resolved against; `store` holds the package's own factors already."""
        facilities = frozenset(facility.id for facility in self.settings.facilities)
        return ShapeRules(facilities, self.settings.header.gwp, store)


@dataclass(slots=True)
class OpenedFolder:
    """As much of a package as could be read, and what is wrong with it so far."""

    folder: Path
    findings: list[Finding]
    settings: PartialSettings | None = None
    own_factors: FactorPack | None = None
    activities: Path | None = None
    columns: tuple[str, ...] = ()
    scan: CsvScan | None = None

    def package(self) -> Package:
        """The package, if nothing is wrong. Raises PackageError."""
        complete = self.settings.complete if self.settings else None
        if self.findings or complete is None or self.activities is None or self.scan is None:
            raise PackageError(capped(self.findings))
        return Package(self.folder, complete, self.own_factors, self.activities, self.columns, self.scan)

    def bounds(self) -> Bounds:
        """The period as ISO text, empty where unknown."""
        header = self.settings.header if self.settings else None
        return Bounds(header.period.start.isoformat(), header.period.end.isoformat()) if header else Bounds()

    def rules(self, base: FactorStore | None) -> ShapeRules:
        """What the rows can be checked against in spite of what is wrong."""
        store, findings = _store(base, self.own_factors)
        self.findings += findings
        header = self.settings.header if self.settings else None
        known = self.settings.facilities if self.settings and self.settings.every_facility_read else ()
        facilities = frozenset(facility.id for facility in known) or None
        return ShapeRules(facilities, header.gwp if header else None, store, self._unread())

    def _unread(self) -> str | None:
        """How the ids begin that a faulty factors.toml may define; None where nothing is wrong with it."""
        if not any(finding.file == FACTORS for finding in self.findings):
            return None
        return f"{self.own_factors.pack.id}/" if self.own_factors else ""


def open_folder(path: Path | str) -> OpenedFolder:
    """Reads all of a package but its rows; what is wrong stands in `findings`."""
    folder = Path(path)
    if not folder.is_dir():
        return OpenedFolder(
            folder, [Finding(str(folder), 0, "", "", "no such folder", "give the folder of a package")]
        )
    opened = OpenedFolder(folder, [])
    inventory, missing = locate(folder, INVENTORY)
    opened.findings += missing
    if inventory is not None:
        text, problems = read_toml_text(inventory)
        opened.findings += problems
        if not problems:
            opened.settings = PartialSettings(text)
            opened.findings += opened.settings.findings
    _open_factors(opened)
    activities, missing = locate(folder, ACTIVITIES)
    opened.findings += missing
    if activities is not None:
        opened.scan, problems = scan_csv(activities)
        opened.findings += problems
        if opened.scan is not None:
            opened.columns, problems = read_header(activities)
            opened.findings += problems
            opened.activities = None if problems else activities
    return opened


def _open_factors(opened: OpenedFolder) -> None:
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


def _store(base: FactorStore | None, own: FactorPack | None) -> tuple[FactorStore, list[Finding]]:
    store = base if base is not None else FactorStore.default()
    if own is None:
        return store, []
    try:
        return store.with_pack(own), []
    except FactorError as error:
        return store, [Finding(FACTORS, 0, "", own.pack.id, error.problem, error.remedy)]
