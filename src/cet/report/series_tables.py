"""Gross by scope, category and method: the methods of scope 2 side by side, what is outside the scopes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.report.tables import HEAD, add, figures, table, unbroken, words
from cet.report.words import category_words, method_words, tonnes
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

Series = tuple[Scope, int, Method]

_INSIDE = (Scope.SCOPE_1, Scope.SCOPE_2, Scope.SCOPE_3)


def series_table(title: str, gross: Mapping[Series, int], caption: str = "") -> Table:
    """Gross mg inside the scopes, a row a category, a total a scope; no total over scopes or methods."""
    inside = {series: mg for series, mg in gross.items() if series[0] in _INSIDE}
    used = {method for _, _, method in inside}
    methods = tuple(method for method in Method if method in used)
    if Method.LOCATION_BASED in used:
        caption = f"Scope 2 stands here by both methods, of which neither is added to the other. {caption}"
    columns = (unbroken("scope"), words("category"), *(figures(method_words(method)) for method in methods))
    rows = table(title, columns, caption.strip())
    for scope in _INSIDE:
        categories = sorted({category for one, category, _ in inside if one is scope})
        for category in categories:
            cells = [_cell(inside, (scope, category, method)) for method in methods]
            label = scope_text(scope) if category == categories[0] else ""
            add(rows, label, category_words(scope, category), *cells)
        if categories:
            totals = [Text(_total(inside, scope, method), HEAD) for method in methods]
            add(rows, "", Text("total", HEAD), *totals, end_section=True)
    return rows


def outside_table(gross: Mapping[Series, int]) -> Table | None:
    """Gross mg reported outside the scopes; None where there is none."""
    outside = {series: mg for series, mg in sorted(gross.items()) if series[0] is Scope.OUTSIDE}
    if not outside:
        return None
    rows = table("Outside the scopes, t CO2e", (words("what"), figures("gross")), "In no scope total.")
    for (scope, category, _), mg in outside.items():
        add(rows, category_words(scope, category), tonnes(mg))
    return rows


def _cell(gross: Mapping[Series, int], series: Series) -> str:
    return tonnes(gross[series]) if series in gross else ""


def _total(gross: Mapping[Series, int], scope: Scope, method: Method) -> str:
    masses = [mg for (one, _, other), mg in gross.items() if (one, other) == (scope, method)]
    return tonnes(sum(masses)) if masses else ""
