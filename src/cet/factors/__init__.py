"""Emission factors: a model that refuses a factor without provenance, packs as TOML, and a store with its trail."""

from cet.factors.kinds import Boundary, FactorKind
from cet.factors.model import Factor, Pack
from cet.factors.reading import FactorPack, read_pack
from cet.factors.store import FactorStore

__all__ = ["Boundary", "Factor", "FactorKind", "FactorPack", "FactorStore", "Pack", "read_pack"]
