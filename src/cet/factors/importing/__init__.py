"""Official factor files read as people download them, each checked against itself before a pack is made of it."""

from cet.factors.importing.layouts import LAYOUTS, import_file
from cet.factors.importing.outcome import ColumnSum, Import, LeftOut

__all__ = ["LAYOUTS", "ColumnSum", "Import", "LeftOut", "import_file"]
