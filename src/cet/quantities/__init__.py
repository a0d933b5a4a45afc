"""Exact values: decimal text, the closed unit table and the named roundings. No binary fraction anywhere."""

from cet.quantities.measures import NUMBER, Measure, measure, measure_of
from cet.quantities.numbers import (
    MAX_DIGITS,
    ParsedNumber,
    canonical_from_float_text,
    exact_text,
    parse_number,
    parse_part,
)
from cet.quantities.rounding import (
    MG_PER_TONNE,
    half_even_text,
    round_down,
    round_down_mg,
    round_up,
    round_up_mg,
    tonnes_text,
)
from cet.quantities.units import Unit, convertible, ratio_between, unit, unit_names

__all__ = [
    "MAX_DIGITS",
    "MG_PER_TONNE",
    "NUMBER",
    "Measure",
    "ParsedNumber",
    "Unit",
    "canonical_from_float_text",
    "convertible",
    "exact_text",
    "half_even_text",
    "measure",
    "measure_of",
    "parse_number",
    "parse_part",
    "ratio_between",
    "round_down",
    "round_down_mg",
    "round_up",
    "round_up_mg",
    "tonnes_text",
    "unit",
    "unit_names",
]
