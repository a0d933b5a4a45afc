"""An inventory, and a claim made from it, held to a named profile: a verdict for every rule, with its reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from cet.errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction


class ProfileError(ExplainedError):
    """A profile that there is not."""


class Outcome(Enum):
    """What came of a rule; the value is as shown. `open`: what the rule asks for was not said."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"
    MEMO = "memo"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says: its outcome, why, and where it gives a figure of its own that figure, exact mg CO2e.

    A profile's figure is the profile's alone: it stands beside the inventory's, in no total of it.
    """

    outcome: Outcome
    reason: str
    figure: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """A rule of a profile: the function that judges it, its parameters, its clause, and what overrides it elsewhere."""

    rule: str
    clause: str
    parameters: Mapping[str, Any]
    overridden: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of rules."""

    name: str
    words: str
    source: str
    rules: tuple[ProfileRule, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule and its verdict."""

    rule: ProfileRule
    verdict: Verdict


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile of `data/profiles.toml`, by name, in the order of precedence."""
    text = resources.files("cet").joinpath("data/profiles.toml").read_text(encoding="utf-8")
    found = {}
    for entry in tomllib.loads(text)["profile"]:
        rules = tuple(_rule(one) for one in entry["rule"])
        found[entry["name"]] = Profile(entry["name"], entry["words"], entry["source"], rules)
    return found


def profile(name: str) -> Profile:
    """The profile of that name. Raises ProfileError."""
    if name not in profiles():
        raise ProfileError(f"no profile {name!r}", f"the profiles are {', '.join(profiles())}")
    return profiles()[name]


def _rule(entry: Mapping[str, Any]) -> ProfileRule:
    own = {"rule", "clause", "overridden"}
    parameters = {name: value for name, value in entry.items() if name not in own}
    return ProfileRule(entry["rule"], entry["clause"], parameters, entry.get("overridden", ""))
