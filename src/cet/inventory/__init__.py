"""The inventory package: a folder of activity lines checked, computed exactly and gathered into lots.

package = load("examples/duke-university-fy2021")
inventory = compute(package)
"""

from cet.inventory.activity import SHOWN_UNITS
from cet.inventory.boundary.approach import Consolidation
from cet.inventory.boundary.facilities import Facility
from cet.inventory.chp import allocation_trail
from cet.inventory.claims import ClaimFinding, explain_claim
from cet.inventory.computing import Check, check, compute, load, read_package
from cet.inventory.header import Period
from cet.inventory.line_trail import TrailStep, allocation_share
from cet.inventory.lots import Lot
from cet.inventory.money import Deflator, Exchange
from cet.inventory.notices import Notice
from cet.inventory.output import Output
from cet.inventory.package import Package
from cet.inventory.reference import reference
from cet.inventory.result import SERIES, Inventory, Line
from cet.inventory.settings import Settings
from cet.inventory.streams import LotKey
from cet.inventory.sums import LotSum

__all__ = [
    "SERIES",
    "SHOWN_UNITS",
    "Check",
    "ClaimFinding",
    "Consolidation",
    "Deflator",
    "Exchange",
    "Facility",
    "Inventory",
    "Line",
    "Lot",
    "LotKey",
    "LotSum",
    "Notice",
    "Output",
    "Package",
    "Period",
    "Settings",
    "TrailStep",
    "allocation_share",
    "allocation_trail",
    "check",
    "compute",
    "explain_claim",
    "load",
    "read_package",
    "reference",
]
