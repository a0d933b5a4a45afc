"""Decimal text read exactly, or refused with what would be right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cet.errors import NumberError

MAX_DIGITS = 38
"""Significant digits a number may have; more than any meter, ledger or factor table prints."""

MAX_EXPONENT = 30
_LONGEST_TEXT = 80
_FLOAT_DIGITS = 15
_ARTEFACT_DIGITS = (16, 17)

_NUMBER = re.compile(
    r"(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<part>\d+))?(?:[eE](?P<exponent>[+-]?\d{1,3}))?", re.ASCII
)
_BARE_POINT = re.compile(r"-?(\.\d+|\d+\.)", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}([, '_\u00a0\u202f]\d{3})+(\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"-?\d+(\.\d{3})*,\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number as it was meant: its exact value, its canonical text, and the text it was read from if that differs in
    value (`artefact`, a spreadsheet's binary noise; empty otherwise)."""

    value: Fraction
    text: str
    artefact: str = ""


def parse_number(text: str) -> ParsedNumber:
    """Reads plain decimal (`1234.5`) or exact scientific (`1.2345e3`) text, sign allowed, exactly.

    Binary noise of spreadsheets is removed by `canonical_from_float_text` and recorded in `artefact`.
    Raises NumberError for anything else: decimal commas, thousands separators, formulas, percent signs, NaN, infinity,
    digits of other scripts, more than 38 significant digits.
    """
    if len(text) > _LONGEST_TEXT:
        raise NumberError(
            f"number of {len(text)} characters", f"give at most {MAX_DIGITS} significant digits"
        )
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _explain(text)
    exponent = int(match["exponent"] or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise NumberError("exponent too large", f"keep it between -{MAX_EXPONENT} and {MAX_EXPONENT}")
    part = match["part"] or ""
    digits, scale = match["whole"] + part, len(part) - exponent
    if len(_significant(digits)) > MAX_DIGITS:
        raise NumberError("too many digits", f"give at most {MAX_DIGITS} significant digits")
    meant, meant_scale = canonical_from_float_text(digits, scale)
    plain = _plain(match["sign"], meant, meant_scale)
    artefact = text if (meant, meant_scale) != (digits, scale) else ""
    return ParsedNumber(_fraction(match["sign"], meant, meant_scale), plain, artefact)


def parse_part(text: str) -> Fraction:
    """A part of 1, written as a decimal or in percent: `0.05`, `5 %`. Raises NumberError."""
    plain = text.rstrip()
    number = parse_number(plain.removesuffix("%").rstrip()).value
    return number / 100 if plain.endswith("%") else number


def canonical_from_float_text(digits: str, scale: int) -> tuple[str, int]:
    """What was typed before a spreadsheet stored it as a binary float: `0.21233000000000002` is 0.21233.

    A spreadsheet writes 16 or 17 significant digits only for a float whose 15-digit form does not name it exactly, and
    holds no more than 15 typed digits. So a number with a fractional part and 16 or 17 significant digits is read again
    at 15, half to even. Integers and longer numbers were not written by a float and stay as they are.
    `digits` with the decimal point `scale` places from the right; returns the same.
    """
    significant = _significant(digits)
    trailing = len(digits) - len(digits.rstrip("0"))
    if scale - trailing <= 0 or len(significant) not in _ARTEFACT_DIGITS:
        return digits, scale
    dropped = len(significant) - _FLOAT_DIGITS
    kept, rest = divmod(int(significant), 10**dropped)
    half = 5 * 10 ** (dropped - 1)
    if rest > half or (rest == half and kept % 2 == 1):
        kept += 1
    return str(kept), scale - trailing - dropped


def exact_text(value: Fraction) -> str:
    """Plain decimal where the value is one (`1.25`), else `n/d` in lowest terms; no exponent, no trailing zeros."""
    twos = fives = 0
    denominator = value.denominator
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    scale = max(twos, fives)
    scaled = abs(value.numerator) * 10**scale // value.denominator
    return _plain("-" if value < 0 else "", str(scaled), scale)


def _significant(digits: str) -> str:
    return digits.strip("0") or "0"


def _fraction(sign: str, digits: str, scale: int) -> Fraction:
    number = int(sign + digits)
    return Fraction(number, 10**scale) if scale > 0 else Fraction(number * 10**-scale)


def _plain(sign: str, digits: str, scale: int) -> str:
    if scale <= 0:
        whole, part = digits + "0" * -scale, ""
    else:
        padded = digits.rjust(scale + 1, "0")
        whole, part = padded[:-scale], padded[-scale:].rstrip("0")
    whole = whole.lstrip("0") or "0"
    plain = f"{whole}.{part}" if part else whole
    return plain if plain == "0" else sign + plain


def _explain(text: str) -> NumberError:
    if not text:
        return NumberError("no number", "write a decimal number such as 1234.5")
    if text != text.strip():
        return NumberError("space around the number", f"write {text.strip()}")
    if text[0] in "=+@":
        return NumberError("a formula or a sign, not a number", "write the value itself, digits only")
    if text.lower().lstrip("-") in {"nan", "inf", "infinity", "n/a", "na", "null", "none", "-"}:
        return NumberError("not a number", "leave the row out, or estimate the value and label it")
    if text.endswith("%"):
        return NumberError("a percentage", "write the part as a decimal, 0.5 for 50%")
    if _THOUSANDS.fullmatch(text):
        plain = re.sub(r"[, '_\u00a0\u202f]", "", text)
        return NumberError(
            "thousands separator (or decimal comma)", f"write {plain} with a decimal point only"
        )
    if _DECIMAL_COMMA.fullmatch(text):
        plain = text.replace(".", "").replace(",", ".")
        return NumberError("decimal comma", f"write {plain}")
    if _BARE_POINT.fullmatch(text):
        return NumberError(
            "no digit beside the decimal point", "write 0.5 rather than .5, and 5 rather than 5."
        )
    return NumberError("not a number", "write a decimal number such as 1234.5, without units or separators")
