"""What certificates are judged by, as data: markets, the vintage window, technologies without direct emissions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CARRIERS = ("electricity", "steam", "heating", "cooling", "gas")
"""What certificates are of. Gas is burned where it is used (scope 1); the others are scope 2, in the order of its categories."""


@dataclass(frozen=True, slots=True)
class Window:
    """Months before and after the consumption in which energy may have been produced, and who says so."""

    before: int
    after: int
    source: str


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files("cet").joinpath("data/certificates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def default_window() -> Window:
    """The window of the data."""
    return Window(**_data()["window"])


@cache
def technologies() -> tuple[str, ...]:
    """Every technology a certificate may name."""
    return (*_data()["technology"]["without_emissions"], *_data()["technology"]["with_factor"])


def emits_nothing(technology: str) -> bool:
    """Whether energy of that technology has a direct emission rate of zero without a factor (Scope 2 Guidance, 6.12)."""
    return technology in _data()["technology"]["without_emissions"]


@dataclass(frozen=True, slots=True)
class Markets:
    """Which countries certificates may be used across. A country of none is a market of its own."""

    of_country: Mapping[str, str]

    @classmethod
    def known(cls, more: Iterable[tuple[str, Iterable[str]]] = ()) -> Markets:
        """Those of the data, and the package's own, which come first."""
        found = {country: one["name"] for one in _data()["market"] for country in one["countries"]}
        for name, countries in more:
            found.update(dict.fromkeys(countries, name))
        return cls(found)

    def market(self, country: str, carrier: str, network: str) -> str:
        """Where energy can be claimed: gas, steam, heat and cold on their network, electricity in the country's market."""
        if carrier == "gas" or network:
            return f"network {network or '?'}"
        if carrier != "electricity":
            return f"{carrier} of {country}"
        return self.of_country.get(country, country)
