"""The pack `measured`: every gas and blend as a factor of itself, and CO2e that somebody else has calculated.

For direct measurement (Corporate Standard FAQ 6: mass of a gas × its GWP), refrigerants, and emissions that a supplier, a
lessor or an investee gives. They are no estimates of anything, so they have no year and no place to match.
"""

from __future__ import annotations

from functools import cache

from cet.factors.kinds import FactorKind
from cet.factors.model import CO2E, Factor, Pack
from cet.factors.reading import FactorPack
from cet.gases import own_names

_PACK = Pack(
    id="measured",
    publisher="Carbon Emissions Token",
    document="Masses measured or given",
    edition="1",
    licence="public domain",
)
_YEAR = 2024


@cache
def measured_pack() -> FactorPack:
    """`measured/CO2`, `measured/R-410A` … per kg, and `measured/CO2e` with the GWP set unstated, `measured/CO2e-AR5` stated."""
    gases = [_factor(name, f"{name}, measured", {name: "1"}, None) for name in own_names()]
    given = [_factor(CO2E, "CO2e, as given", {CO2E: "1"}, "unstated")]
    given += [
        _factor(f"{CO2E}-{gwp}", f"CO2e, as given under {gwp}", {CO2E: "1"}, gwp)
        for gwp in ("AR4", "AR5", "AR6")
    ]
    return FactorPack(_PACK, (*gases, *given))


def _factor(name: str, words: str, gases: dict[str, str], gwp: str | None) -> Factor:
    return Factor.model_validate(
        {
            "pack": _PACK,
            "id": f"{_PACK.id}/{name}",
            "name": words,
            "table": "identity",
            "year": _YEAR,
            "geography": "world",
            "kind": FactorKind.MEASURED.value,
            "per": "kg",
            "mass": "kg",
            "gases": gases,
            "gwp": gwp,
        }
    )
