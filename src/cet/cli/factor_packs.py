"""The factors that a command works with: the starter packs, and folders of packs beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.factors import FactorStore


def packs_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--packs`, folders of imported packs beside the starter packs."""
    return click.option(
        "--packs",
        multiple=True,
        metavar="DIR",
        type=click.Path(path_type=Path),
        envvar="CET_FACTORS",
        show_envvar=True,
        help="Folder of packs, beside the starter packs; may be given more than once.",
    )(function)


def opened_packs(packs: tuple[Path, ...]) -> FactorStore:
    """Every factor of the starter packs and of those folders."""
    from cet.factors.folder import store_with

    return store_with(packs)
