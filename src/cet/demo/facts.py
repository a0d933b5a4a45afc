"""What the demonstration takes from published sources, and what it makes up. Everything made up is labelled so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from cet.ledger import CreditBatch, program_id

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
PLANTS = ("belews-creek-2021", "roxboro-2021")
ZERO_EMISSION = "utility-zero-emission-2021"
FY2016, FY2021 = "duke-university-fy2016", "duke-university-fy2021"
PACKAGES = (*PLANTS, ZERO_EMISSION, FY2016, FY2021)

PROGRAM = program_id("CAR")
PROGRAM_CAP_MG = 10**18

BATCHES = (
    # Climate Action Reserve, public registry of retired credits: project CAR639, El Dorado Nitrogen, nitrous oxide
    # abatement. Both ranges were retired there in 2015; here they stand for credits not yet used.
    CreditBatch(PROGRAM, "CAR-1-US-639-30-449-TX-2013-1328", 28429, 568560, 2013, False, False, "CAR639"),
    CreditBatch(PROGRAM, "CAR-1-US-639-30-449-TX-2014-1762", 1, 537488, 2014, False, False, "CAR639"),
)

SERVICE_UNITS = 1_000_000
"""Illustrative: units of service in which the university's output is counted."""
PURCHASED_UNITS = 25_000
"""Illustrative: what one purchaser bought of them."""
UNIVERSITY_WH = 311_285_799_000
"""Duke University, fiscal 2021: 311,285.799 MWh of electricity."""


@dataclass(frozen=True, slots=True)
class SystemMix:
    """The utility's composition (examples/system-mix-2021.toml): its declared output in Wh, derived in examples/README.md."""

    output_wh: int
    published_factor: str


def system_mix() -> SystemMix:
    """The declared mix and the factor, t CO2e/MWh, that it must reproduce."""
    data = tomllib.loads((EXAMPLES / "system-mix-2021.toml").read_text(encoding="utf-8"))
    return SystemMix(int(data["output_wh"]), data["published_factor"]["t_per_mwh"])
