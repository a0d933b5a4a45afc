"""What a factor covers: its kind, and how much of a life cycle."""

from __future__ import annotations

from enum import Enum


class FactorKind(Enum):
    """What a factor covers."""

    COMBUSTION = "combustion"
    PROCESS = "process"
    FUGITIVE = "fugitive"
    GRID = "grid"
    RESIDUAL_MIX = "residual-mix"
    SUPPLIER = "supplier"
    LIFE_CYCLE = "life-cycle"
    SPEND = "spend"
    MEASURED = "measured"


class Boundary(Enum):
    """How much of a life cycle a factor covers (Scope 3 guidance; Corporate Standard FAQ 12).

    `direct` is what is emitted where the activity takes place: combustion, leaks, a power station for its grid. `upstream`
    is what came before it (well-to-tank), `losses` what transmission and distribution lose. `life-cycle` is all of it.
    """

    DIRECT = "direct"
    UPSTREAM = "upstream"
    LOSSES = "losses"
    LIFE_CYCLE = "life-cycle"


BOUNDARY_OF = {
    FactorKind.COMBUSTION: Boundary.DIRECT,
    FactorKind.PROCESS: Boundary.DIRECT,
    FactorKind.FUGITIVE: Boundary.DIRECT,
    FactorKind.GRID: Boundary.DIRECT,
    FactorKind.RESIDUAL_MIX: Boundary.DIRECT,
    FactorKind.LIFE_CYCLE: Boundary.LIFE_CYCLE,
    FactorKind.SPEND: Boundary.LIFE_CYCLE,
}


def kind_of(value: object) -> FactorKind:
    """The kind of that name. Raises ValueError listing them."""
    for kind in FactorKind:
        if value in (kind, kind.value):
            return kind
    raise ValueError(f"no such kind; one of {', '.join(kind.value for kind in FactorKind)}")


def boundary_of(value: object) -> Boundary:
    """The boundary of that name. Raises ValueError listing them."""
    for boundary in Boundary:
        if value in (boundary, boundary.value):
            return boundary
    raise ValueError(f"no such boundary; one of {', '.join(boundary.value for boundary in Boundary)}")
