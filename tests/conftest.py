"""What every suite needs: Ape finds the repository's own compiler and anvil."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Ape reads both when it first compiles or starts a node, also when pytest was not started by make.
os.environ["SOLCX_BINARY_PATH"] = str(ROOT / "tools" / "solc")
os.environ["PATH"] = os.pathsep.join([str(ROOT / "tools" / "bin"), os.environ.get("PATH", os.defpath)])

# Fast suites repeat the same examples; the deep ones (`make fuzz`) search.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
