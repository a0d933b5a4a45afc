"""What codes, units, days and shares are called where people read them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.quantities import MG_PER_TONNE, half_even_text
from cet.scopes import BasisUnit, Method, Scope, category_text, scope_text

if TYPE_CHECKING:
    from cet.scopes import LotCode

SCOPE_3_NAMES = (
    "purchased goods and services",
    "capital goods",
    "fuel- and energy-related activities",
    "upstream transportation and distribution",
    "waste generated in operations",
    "business travel",
    "employee commuting",
    "upstream leased assets",
    "downstream transportation and distribution",
    "processing of sold products",
    "use of sold products",
    "end-of-life treatment of sold products",
    "downstream leased assets",
    "franchises",
    "investments",
)
"""The categories of the Scope 3 Standard, chapter 5, in their order."""

_OUTSIDE_NAMES = {1: "biogenic CO2", 2: "gases outside the Kyoto seven", 3: "removals"}
_BASIS: dict[BasisUnit, tuple[str, int]] = {
    BasisUnit.MASS: ("t CO2e", MG_PER_TONNE),
    BasisUnit.WATT_HOUR: ("MWh", 10**6),
    BasisUnit.GRAM: ("t of goods", 10**6),
    BasisUnit.GRAM_KM: ("t-km", 10**6),
    BasisUnit.TEU_M: ("TEU-km", 1000),
    BasisUnit.ITEM: ("items", 1),
    BasisUnit.PASSENGER_M: ("passenger-km", 1000),
}
_EPOCH = dt.date(1970, 1, 1)
_KILOGRAM = Fraction(1, 1000)


def category_words(scope: Scope, category: int) -> str:
    """The category's name: `stationary`, `3.7 employee commuting`, `biogenic CO2`."""
    if scope is Scope.SCOPE_3:
        return f"3.{category} {SCOPE_3_NAMES[category - 1]}"
    if scope is Scope.OUTSIDE and category in _OUTSIDE_NAMES:
        return _OUTSIDE_NAMES[category]
    return category_text(scope, category)


def method_words(method: Method) -> str:
    """`physical`, `location-based`, `market-based`."""
    return method.name.lower().replace("_", "-")


def series_words(scope: Scope, method: Method) -> str:
    """`scope 1`, `scope 2 market-based`, `outside the scopes`."""
    if scope is Scope.OUTSIDE:
        return "outside the scopes"
    return scope_text(scope) if method is Method.PHYSICAL else f"{scope_text(scope)} {method_words(method)}"


def code_words(code: LotCode) -> str:
    """What a lot is: `scope 2 electricity, market-based`, `scope 3.7 employee commuting`, `product electricity`."""
    if code.scope is Scope.OUTSIDE:
        prefix = "" if code.is_product else "outside: "
    else:
        prefix = "scope " if code.scope is Scope.SCOPE_3 else f"{scope_text(code.scope)} "
    method = "" if code.method is Method.PHYSICAL else f", {method_words(code.method)}"
    return f"{prefix}{category_words(code.scope, code.category)}{method}"


def basis_words(code: LotCode, units: int) -> str:
    """Units of a lot's basis in the unit people use: watt-hours as MWh, grams as tonnes."""
    name, ratio = _BASIS[code.unit]
    places = 3 if ratio > 1 else 0
    return f"{grouped(Fraction(units, ratio), places)} {name}"


def intensity_words(code: LotCode, mg: Fraction, units: int) -> str:
    """Grams of CO2e per unit people use of a lot's basis: `60.000 g/t-km`."""
    name, ratio = _BASIS[code.unit]
    return f"{grouped(mg * ratio / units / 1000, 3)} g/{name.removesuffix('s')}"


def tonnes(mass_mg: Fraction | int) -> str:
    """Milligrams as tonnes to the kilogram, thousands apart; what is less than half a kilogram and not zero says so."""
    mass = Fraction(mass_mg) / MG_PER_TONNE
    if mass and abs(mass) < _KILOGRAM / 2:
        return "-<0.001" if mass < 0 else "<0.001"
    return grouped(mass, 3)


def megawatt_hours(watt_hours: Fraction | int) -> str:
    """Wh as MWh, every digit of a Wh."""
    return grouped(Fraction(watt_hours) / 10**6, 6).rstrip("0").rstrip(".")


def grouped(value: Fraction, places: int) -> str:
    """The value with so many decimals, half to even, thousands apart."""
    whole, point, part = half_even_text(abs(value), places).partition(".")
    text = f"{int(whole):,}{point}{part}"
    return f"-{text}" if value < 0 and text.strip("0.,") else text


def digits_grouped(text: str) -> str:
    """Plain decimal text with its thousands apart, no digit changed."""
    whole, point, part = text.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.isdecimal() else text


def percent(part: Fraction) -> str:
    """A part of 1 in percent with four decimals, fewer where that is exact; what is less and not zero says so."""
    if part and abs(part) < Fraction(1, 2 * 10**6):
        return "<0.0001 %"
    text = grouped(part * 100, 4)
    exact = (part * 10**6).denominator == 1
    return f"{text.rstrip('0').rstrip('.') if exact else text} %"


def day(number: int) -> str:
    """A day counted from 1970-01-01, as the contracts count them."""
    return (_EPOCH + dt.timedelta(days=number)).isoformat()


def moment(seconds: int) -> str:
    """A second counted from 1970, UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat().removesuffix("+00:00") + "Z"


def period(first: int, last: int) -> str:
    """First and last day."""
    return f"{day(first)} to {day(last)}"


def plural(count: int, noun: str) -> str:
    """`1 line`, `18 lines`, `1 batch`, `2 batches`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}{'es' if noun.endswith('ch') else 's'}"


def clean(text: str) -> str:
    """Text from a file or a chain with what steers a terminal or hides in it replaced: control and direction marks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("�" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") else char for char in text)
