"""A comparison read from disk: both packages, the events beside them, and the packages that events name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.base_year.comparison import Comparison, compare
from cet.inventory.base_year.events import read_events
from cet.inventory.computing import read_package

if TYPE_CHECKING:
    from pathlib import Path


def read_comparison(
    base: Path, current: Path, events: Path | None = None, *, by_id: bool = False
) -> Comparison:
    """`compare` of what lies there; the packages of events are found from the folder of the events' file.

    Raises PackageError with what is wrong with any of them, OSError where the events can't be read.
    """
    read = read_events(events) if events else ()
    packages = {}
    for event in read:
        if event.package is None or events is None:
            continue
        path = events.parent / event.package
        try:
            packages[event.id] = read_package(path)
        except PackageError as error:
            remedy = f"run cet inventory check {event.package}"
            problem = f"its package has {len(error.findings)} finding(s): {error.findings[0].problem}"
            raise PackageError(
                [Finding(events.name, 0, f"event {event.id}", event.package, problem, remedy)]
            ) from error
    return compare(read_package(base), read_package(current), read, packages, by_id=by_id)
