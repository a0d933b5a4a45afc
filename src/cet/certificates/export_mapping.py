"""How a registry's export says what a certificate is: which column holds what, in whose words, dates and serials.

A mapping is a TOML file. Those that are shipped stand in `data/certificate_exports`; `confirmed` says whether the columns were
seen in the registry's own documentation or in programs that read its exports, or are only an example to be adapted.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from cet.certificates.certificate import Certificate
from cet.certificates.fields import EnergyUnit, listed
from cet.errors import ExplainedError

DERIVED = frozenset({"produced", "certificates", "energy_each", "serials", "serial_base"})
"""What a column may hold besides the fields of a certificate: both days in one cell, a count, the energy of one, both serials, what
stands before their number."""

FOLDER = "data/certificate_exports"

Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]


class ExportMapping(BaseModel):
    """A mapping. `columns` names the column of each field, `fixed` what the export does not say and is the same for every row."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    source: str
    confirmed: bool
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    unit: EnergyUnit = "MWh"
    date_formats: Annotated[Texts, Field(min_length=1)] = ("%Y-%m-%d",)
    period_separator: str = " - "
    serial_separator: str = " - "
    serial_pattern: str | None = None
    columns: dict[str, str]
    fixed: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    status_column: str | None = None
    cancelled: Texts = ()
    only: dict[str, Texts] = {}

    @model_validator(mode="before")
    @classmethod
    def _only_is_listed(cls, data: dict[str, object]) -> dict[str, object]:
        only = data.get("only")
        if isinstance(only, dict):
            return {**data, "only": {name: listed(values) for name, values in only.items()}}
        return data

    @model_validator(mode="after")
    def _names_fields(self) -> ExportMapping:
        known = Certificate.model_fields.keys() | DERIVED
        for part in (self.columns, self.fixed, self.values):
            if unknown := sorted(part.keys() - known):
                raise ValueError(f"no field {', '.join(unknown)}; the fields are {', '.join(sorted(known))}")
        if (self.status_column is None) != (not self.cancelled):
            raise ValueError("status_column and cancelled belong together; give both or neither")
        if self.serial_pattern is not None:
            groups = re.compile(self.serial_pattern).groupindex
            if "number" not in groups:
                raise ValueError("serial_pattern without a group named number; write (?P<number>[0-9]+)")
        return self

    @property
    def needed(self) -> frozenset[str]:
        """The columns that the file must have."""
        status = [] if self.status_column is None else [self.status_column]
        return frozenset([*self.columns.values(), *status, *self.only])


def shipped() -> tuple[str, ...]:
    """Names of the shipped mappings."""
    folder = resources.files("cet").joinpath(FOLDER)
    return tuple(
        sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))
    )


def read_mapping(given: str) -> ExportMapping:
    """A shipped mapping by its name, or a file's. Raises ExplainedError naming what is wrong with it."""
    if given in shipped():
        text = resources.files("cet").joinpath(f"{FOLDER}/{given}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ExplainedError(
                f"no mapping {given}", f"name a file, or one of {', '.join(shipped())}"
            ) from error
    try:
        return ExportMapping.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, re.error) as error:
        raise ExplainedError(f"{given}: {error}", "correct the mapping") from error
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'mapping'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise ExplainedError(f"{given}: {told}", "correct the mapping") from error
