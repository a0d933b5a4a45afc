"""The packs a package brings in its `factors/` folder: imported editions, copied in so that the package stays whole.

They travel with the package because whoever recomputes it must read the same factors, on any machine, years later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import FactorError, Finding
from cet.factors import FactorPack, FactorStore
from cet.factors.reading import examine_pack
from cet.inventory.folder import FACTORS, locate, read_toml_text

if TYPE_CHECKING:
    from pathlib import Path

PACKS = "factors"
MAX_PACKS = 100


def read_packs(folder: Path) -> tuple[tuple[FactorPack, ...], list[Finding]]:
    """Every `factors/*.toml` of a package, by name, and everything wrong with them. Other files there are not read."""
    place = folder / PACKS
    if place.is_symlink():
        return (), [
            Finding(PACKS, 0, "", "", "a link, not a folder", "put the folder itself into the package")
        ]
    if not place.is_dir():
        return (), []
    packs: list[FactorPack] = []
    findings: list[Finding] = []
    files = sorted(file.name for file in place.iterdir() if file.name.endswith(".toml"))
    if len(files) > MAX_PACKS:
        return (), [Finding(PACKS, 0, "", "", f"more than {MAX_PACKS} packs", "keep those the lines use")]
    for name in files:
        pack, problems = _read(place, name)
        findings += [Finding(f"{PACKS}/{name}", *_rest(problem)) for problem in problems]
        if pack is not None:
            packs.append(pack)
    return tuple(packs), findings


def store_of(
    base: FactorStore | None, own: FactorPack | None, packs: tuple[FactorPack, ...]
) -> tuple[FactorStore, list[Finding]]:
    """The base store, by default the starter packs, and the package's; findings where a pack redefines something."""
    store = base if base is not None else FactorStore.default()
    findings = []
    for pack in [*packs, *([own] if own else [])]:
        file = FACTORS if pack is own else f"{PACKS}/"
        try:
            store = store.with_pack(pack)
        except FactorError as error:
            findings.append(Finding(file, 0, "", pack.pack.id, error.problem, error.remedy))
    return store, findings


def _read(place: Path, name: str) -> tuple[FactorPack | None, list[Finding]]:
    path, problems = locate(place, name)
    if path is None:
        return None, problems
    text, problems = read_toml_text(path)
    if problems:
        return None, problems
    pack, factors, problems = examine_pack(text, name)
    return (FactorPack(pack, factors) if pack is not None else None), problems


def _rest(finding: Finding) -> tuple[int, str, str, str, str]:
    return finding.row, finding.column, finding.value, finding.problem, finding.remedy
