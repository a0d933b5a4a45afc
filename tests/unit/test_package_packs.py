"""A package brings imported packs in its `factors/` folder, so that it reads the same anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.errors import PackageError
from cet.factors.importing import import_file
from cet.inventory import check, read_package
from cet.scopes import Scope
from factor_files import write_desnz
from package_folders import LINE, write_package

if TYPE_CHECKING:
    from pathlib import Path


def package(folder: Path) -> Path:
    found = import_file(write_desnz(folder / "flat.xlsx"), "desnz")
    line = LINE | {"unit": "L", "factor": "desnz-2024-v1.0/fuels/diesel/litres"}
    made = write_package(folder / "package", [line])
    (made / "factors").mkdir()
    (made / "factors" / "desnz.toml").write_text(found.text(), encoding="utf-8")
    return made


def test_a_line_may_use_an_imported_pack_of_the_package(tmp_path: Path) -> None:
    found = read_package(package(tmp_path))
    assert [factor.id for factor in found.factors] == ["desnz-2024-v1.0/fuels/diesel/litres"]
    inside = sum(one.mg for key, one in found.sums.items() if key.scope is Scope.SCOPE_1)
    assert inside == 251_279_000


def test_a_pack_that_redefines_another_is_refused(tmp_path: Path) -> None:
    made = package(tmp_path)
    (made / "factors" / "copy.toml").write_text((made / "factors" / "desnz.toml").read_text())
    with pytest.raises(PackageError, match="loaded already"):
        read_package(made)


def test_a_broken_pack_is_named_and_its_factors_are_not_called_unknown(tmp_path: Path) -> None:
    made = package(tmp_path)
    (made / "factors" / "desnz.toml").write_text("[pack]\nid = 1\n")
    findings = check(made).findings
    assert {finding.file for finding in findings} == {"factors/desnz.toml"}
