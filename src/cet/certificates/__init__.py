"""Energy certificates: what they are, whether they may be claimed, and which consumption they stand for. No chain, no clock."""

from cet.certificates.application import Application, Covered, Left, Part, Use, explain
from cet.certificates.applying import apply
from cet.certificates.certificate import Certificate
from cet.certificates.criteria import Facts, Outcome, Verdict, overlapping
from cet.certificates.matching import Demand, match, match_many
from cet.certificates.pools import Pool, PoolKey
from cet.certificates.sections import Consumption, EnergyRules, Market, Network, ResidualMix
from cet.certificates.supply import Supply
from cet.certificates.terms import Markets, Window, default_window
from cet.certificates.times import Time, surplus_of, times_of
from cet.certificates.use_phase import UsePhase
from cet.certificates.zero_claims import ZeroClaim

__all__ = [
    "Application",
    "Certificate",
    "Consumption",
    "Covered",
    "Demand",
    "EnergyRules",
    "Facts",
    "Left",
    "Market",
    "Markets",
    "Network",
    "Outcome",
    "Part",
    "Pool",
    "PoolKey",
    "ResidualMix",
    "Supply",
    "Time",
    "Use",
    "UsePhase",
    "Verdict",
    "Window",
    "ZeroClaim",
    "apply",
    "default_window",
    "explain",
    "match",
    "match_many",
    "overlapping",
    "surplus_of",
    "times_of",
]
