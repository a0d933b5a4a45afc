"""Numbers as the parts of a package write them: text in quotes, read exactly; whoever wrote another is told what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import NumberError
from cet.quantities import parse_number, parse_part

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.quantities import ParsedNumber


def written_number(value: object, remedy: str) -> ParsedNumber:
    """The number of a field. Raises ValueError that ends in the remedy."""
    try:
        return parse_number(value if isinstance(value, str) else "")
    except NumberError as error:
        raise ValueError(f"{error.problem}; {remedy}") from error


def written_part(value: object, remedy: str) -> Fraction:
    """A part of 1, as a decimal or in percent. Raises ValueError that ends in the remedy."""
    try:
        return parse_part(value if isinstance(value, str) else "")
    except NumberError as error:
        raise ValueError(f"{error.problem}; {remedy}") from error


def written_positive(value: object, example: str, remedy: str) -> str:
    """Canonical text of a number above zero. Raises ValueError: with the example where it is no text, the remedy where it is not above zero."""
    if not isinstance(value, str):
        raise ValueError(f'a number, not text; write it in quotes, "{example}"')  # noqa: TRY004 - Pydantic wants ValueError
    try:
        number = parse_number(value)
    except NumberError as error:
        raise ValueError(str(error)) from error
    if number.value <= 0:
        raise ValueError(f"not above zero; {remedy}")
    return number.text
