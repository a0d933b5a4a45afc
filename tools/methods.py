"""Writes the tables of docs/methods.md from src/cet/data/methods.toml; `--check` says whether they are in step.

What stands outside the marks is written by hand and kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cet.inventory.methods import ANY_UNIT, PARAMETERS, methods

PAGE = Path(__file__).parents[1] / "docs" / "methods.md"
ROLES = {
    "multiply": "× p",
    "divide": "÷ p",
    "add": "+ p",
    "subtract": "− p",
    "increase": "× (1 + p)",
    "reduce": "× (1 − p)",
    "exclude": "÷ (1 + p)",
}


def method_table() -> str:
    """Every method with its formula, parameters, clause and one example row."""
    rows = ["| method | where | formula | needs; usual | clause |", "|---|---|---|---|---|"]
    for method in methods().values():
        needs = ", ".join(f"**{need.replace('|', '** or **')}**" for need in method.needs)
        usual = "any" if method.name == "activity" else ", ".join(method.usual)
        both = "; ".join(part for part in (needs, usual) if part)
        estimate = " *An estimate.*" if method.estimate else ""
        rows.append(
            f"| `{method.name}` | {', '.join(method.places)} | {method.formula}. {method.text}{estimate} | {both} "
            f"| {method.clause} |"
        )
    return "\n".join(rows)


def example_table() -> str:
    """One row of activities.csv for each method, and what it comes to in the factor's unit."""
    rows = ["| method | scope, category | quantity | parameters | factor per |", "|---|---|---|---|---|"]
    for method in methods().values():
        given = method.example
        parameters = [f"{name} = {value}" for name, value in given.items() if name in {*PARAMETERS, "chp"}]
        factor = f"{given['per']}" + (f", `measured/{given['gas']}`" if "gas" in given else "")
        rows.append(
            f"| `{method.name}` | {given['scope']}, {given['category']} | {given['quantity']} {given['unit']} "
            f"| {'; '.join(parameters)} | {factor} |"
        )
    return "\n".join(rows)


def parameter_table() -> str:
    """Every parameter: how it enters, its unit, its bound."""
    rows = ["| column | enters as | unit | at most | what it is |", "|---|---|---|---|---|"]
    for one in PARAMETERS.values():
        unit = {ANY_UNIT: f"`{one.unit_column}` needed", "": "none needed"}.get(
            one.unit, f"{one.unit}, if none is given"
        )
        most = "" if one.most is None else str(one.most)
        rows.append(f"| `{one.name}` | {ROLES[one.role.value]} | {unit} | {most} | {one.text} |")
    return "\n".join(rows)


TABLES = {"methods": method_table, "examples": example_table, "parameters": parameter_table}


def page(text: str) -> str:
    """The page with its tables written anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: written by tools/methods.py -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = before + begin + table() + end + after
    return text


def main() -> int:
    """Write the page, or say that it is behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if asked.check:
        if new != old:
            sys.stderr.write(
                "docs/methods.md is behind src/cet/data/methods.toml: run python tools/methods.py\n"
            )
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
