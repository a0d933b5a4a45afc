"""The canonical bytes of simple lines in SQL, byte for byte those of `lines.canonical_line`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.lots import lot_names
from cet.inventory.rows import SHAPE_COLUMNS
from cet.statement.lines import canonical_json, parameter_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.inventory import Inventory
    from cet.inventory.line_class import LineClass

_SURE = "category"
"""A key that every line has: keys before it are followed by a comma, keys after it preceded by one."""


def leaf_sql(inventory: Inventory) -> tuple[str, Mapping[str, Callable[[LineClass], str]]]:
    """The leaf of a line of `priced`, as 64 hexadecimal digits, and the columns that it needs of every class."""
    line, constants = line_sql(inventory)
    return f"sha256(concat(chr(0), {line}))", constants


def line_sql(inventory: Inventory) -> tuple[str, Mapping[str, Callable[[LineClass], str]]]:
    """The canonical line, and the columns that it needs of every class."""
    varying = _varying(inventory.package.settings.header.salt)
    pieces: list[str] = []
    runs: list[list[str]] = [[]]
    for key in sorted({*varying, *SHAPE_COLUMNS, "lot", "parameters"}):
        if key in varying:
            pieces += [_run(len(runs) - 1), _pair(key, *varying[key])]
            runs.append([])
        else:
            runs[-1].append(key)
    pieces.append(_run(len(runs) - 1))
    constants = {_run(number): _fragment(keys, inventory) for number, keys in enumerate(runs)}
    return f"concat('{{', {', '.join(pieces)}, '}}')", constants


def _varying(salt: bytes) -> dict[str, tuple[str, str]]:
    """Keys that differ from line to line: the column that is empty where the key is left out (none: it never is), and the
    SQL of the text inside the quotes."""
    return {
        "claimed_t": ("claimed_t", "claimed_t"),
        "end": ('"end"', '"end"'),
        "evidence": ("evidence", _escaped("evidence_text")),
        "id": ("", "id"),
        "mg": ("", "mg"),
        "note": ("note", _escaped("note")),
        "quantity": ("", "quantity_text"),
        "reason": ("reason", _escaped("reason")),
        "salt": ("", f"'0x' || sha256('{_blob(salt)}'::BLOB || encode(id))"),
        "share": ("", "part_text"),
        "source": ("", _escaped("source")),
        "start": ("start", "start"),
    }


def _escaped(column: str) -> str:
    """As JSON has it between quotes; a plain cell has no control characters."""
    return f"replace(replace({column}, '\\', '\\\\'), '\"', '\\\"')"


def _run(number: int) -> str:
    return f"constant_{number}"


def _fragment(keys: list[str], inventory: Inventory) -> Callable[[LineClass], str]:
    """The part of a line that is the same for all lines of a class: these keys, next to one another."""

    def text(one: LineClass) -> str:
        values = {**one.shape.text._asdict(), "lot": lot_names(one.shape, inventory.lot_of)}
        values["parameters"] = parameter_text(one.given)
        found = {key: canonical_json({key: values[key]}).decode()[1:-1] for key in keys if values[key]}
        return "".join(_separated(key, one) for key, one in found.items())

    return text


def _separated(key: str, text: str) -> str:
    return f"{text}," if key < _SURE else text if key == _SURE else f",{text}"


def _pair(key: str, column: str, text: str) -> str:
    """Key and value, nothing where the column is empty."""
    before, after = ("", ",") if key < _SURE else (",", "")
    pair = f"""concat('{before}"{key}":"', {text}, '"{after}')"""
    return f"if({column} = '', '', {pair})" if column else pair


def _blob(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)
