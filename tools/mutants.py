"""Every small change ("mutant") of the contracts, written into one copy of the sources that is compiled once.

Each place that can be changed says both: `(mutated(17) ? a <= b : a < b)`. Which mutant is alive is read from the block's coinbase, so
that one build serves them all (mutant schemata) and the compiler's minutes are paid once. Places are taken from the compiler's syntax
tree: operators, numbers, named numbers, conditions, refusals, statements, events, modifiers; in assembly, operations and numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rewriting import PATHS, Node, Rewriter, is_statement, rational, trees, walk, without_comments

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 1_000_000
"""Coinbase of the first mutant: far from the precompiles, and not what Forge has by itself."""
SWAPS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "/",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "^": "|",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "&&": "||",
    "||": "&&",
}
MODIFIERS = ("outsideHooks", "open", "onlyOffsets", "restricted")
"""Those a mutant drops from one function; each gets a parameter that says which mutant that is."""
YUL = {
    "add": "sub(a, b)",
    "sub": "add(a, b)",
    "mul": "div(a, b)",
    "div": "mul(a, b)",
    "shl": "shr(a, b)",
    "shr": "shl(a, b)",
    "and": "or(a, b)",
    "or": "and(a, b)",
    "xor": "or(a, b)",
    "lt": "iszero(gt(a, b))",
    "gt": "iszero(lt(a, b))",
    "eq": "iszero(eq(a, b))",
}
SWITCH = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

function alive(uint256 mutant) view returns (bool yes) {
    assembly ("memory-safe") { yes := eq(coinbase(), mutant) }
}

/// Whether this mutant is the one under test. A pure function may ask, or no place in one could be changed.
function mutated(uint256 mutant) pure returns (bool) {
    function(uint256) view returns (bool) reads = alive;
    function(uint256) pure returns (bool) asks;
    assembly ("memory-safe") { asks := reads }
    return asks(mutant);
}
"""
UNLESS = """
    modifier restrictedUnless(uint256 unless) {
        if (!mutated(unless)) _checkCanCall(_msgSender(), _msgData());
        _;
    }
"""
YUL_SWITCHES = " ".join(
    (
        *(
            f"function m_{name}(m, a, b) -> r "
            f"{{ switch eq(coinbase(), m) case 0 {{ r := {name}(a, b) }} default {{ r := {other} }} }}"
            for name, other in YUL.items()
        ),
        "function m_mstore(m, a, b) { if iszero(eq(coinbase(), m)) { mstore(a, b) } }",
        "function m_number(m, n) -> r { r := add(n, eq(coinbase(), m)) }",
    )
)


@dataclass(frozen=True)
class Mutant:
    """One change of one place; `name` is the file of the contract or library."""

    number: int
    name: str
    line: int
    what: str
    source: str


class Writer(Rewriter):
    """Writes one source file with its mutants, numbered from `first`."""

    imported = "mutated"
    whole = ("ModifierDefinition",)

    def __init__(self, path: str, tree: Node, constants: set[int], first: int) -> None:
        super().__init__(path, tree)
        self.constants, self.next = constants, first
        self.mutants: list[Mutant] = []

    def write(self) -> str:
        text = super().write()
        return text[: text.rindex("}")] + UNLESS + "}\n" if self.name == "Relayed" else text

    def changed(self, node: Node, parent: Node, text: str) -> str:
        if rational(node):
            return self._number(node, parent, text)
        kind = node["nodeType"]
        if kind in ("ExpressionStatement", "EmitStatement") and not is_statement(node, parent):
            return text
        change = self._CHANGES.get(kind)
        return text if change is None else change(self, node, text)

    def _new(self, node: Node, what: str) -> int:
        """The number of a new mutant."""
        source = " ".join(self.original(node).split())
        self.mutants.append(Mutant(self.next, self.name, self.line_of(node), what, source))
        self.next += 1
        return self.next - 1

    def _number(self, node: Node, parent: Node, text: str) -> str:
        conversion = parent.get("kind") == "typeConversion"
        target = parent.get("typeDescriptions", {}).get("typeString", "")
        of_bytes = parent.get("commonType", {}).get("typeString", "").startswith("bytes")
        if of_bytes or (conversion and not target.startswith("uint")):
            return text
        both = f"(mutated({self._new(node, 'one more')}) ? ({text}) + 1 : {text})"
        shifts = parent["nodeType"] == "BinaryOperation" and parent["operator"] in ("<<", ">>", "**")
        return f"uint256{both}" if shifts and parent["leftExpression"] is node else both

    def _operator(self, node: Node, text: str) -> str:
        operator = node["operator"]
        other = SWAPS.get(operator)
        if other is None:
            return text
        left, right = self.original(node["leftExpression"]), self.original(node["rightExpression"])
        if rational(node["leftExpression"]) and operator in ("<<", ">>"):
            left = f"uint256({left})"
        return f"(mutated({self._new(node, f'`{operator}` to `{other}`')}) ? {left} {other} {right} : {text})"

    def _sign(self, node: Node, text: str) -> str:
        if node["operator"] not in ("!", "~"):
            return text
        number = self._new(node, f"without `{node['operator']}`")
        return f"(mutated({number}) ? {self.original(node['subExpression'])} : {text})"

    def _truth(self, node: Node, text: str) -> str:
        return f"(mutated({self._new(node, 'the opposite')}) != {text})" if node["kind"] == "bool" else text

    def _named_number(self, node: Node, text: str) -> str:
        is_uint = (node.get("typeDescriptions", {}).get("typeString") or "").startswith("uint")
        if node.get("referencedDeclaration") not in self.constants or not is_uint:
            return text
        return f"(mutated({self._new(node, 'one more')}) ? {text} + 1 : {text})"

    def _choice(self, node: Node, text: str) -> str:
        opening = text.index("(") + 1
        at, depth = opening, 1
        while depth:
            depth += (text[at] == "(") - (text[at] == ")")
            at += 1
        number = self._new(node["condition"], "never")
        return f"{text[:opening]}!mutated({number}) && ({text[opening : at - 1]}){text[at - 1 :]}"

    def _conditional(self, node: Node, text: str) -> str:
        number = self._new(node["condition"], "always")
        return f"(mutated({number}) ? {self.original(node['trueExpression'])} : {text})"

    def _call(self, node: Node, text: str) -> str:
        if not is_refusal(node):
            return text
        opening = text.index("(") + 1
        number = self._new(node["arguments"][0], "not required")
        return f"{text[:opening]}mutated({number}) || {text[opening:]}"

    def _statement(self, node: Node, text: str) -> str:
        expression = node["expression"]
        if expression["nodeType"] == "Assignment":
            target = expression["leftHandSide"]
            kept = any(
                word in target["typeDescriptions"]["typeString"] for word in (" pointer", " ref", " calldata")
            )
            if kept and target["nodeType"] == "Identifier":
                return text  # a name of something stored must name something
            operator = expression["operator"].removesuffix("=")
            if other := SWAPS.get(operator):
                number = self._new(node, f"`{operator}=` to `{other}=`")
                changed = f"{self.original(target)} {other}= {self.original(expression['rightHandSide'])}"
                text = f"if (mutated({number})) {changed}; else {{ {text} }}"
        return text if is_refusal(expression) else self._left_out(node, text)

    def _event(self, node: Node, text: str) -> str:
        return self._left_out(node, text)

    def _left_out(self, node: Node, text: str) -> str:
        return f"{{ if (!mutated({self._new(node, 'left out')})) {{ {text} }} }}"

    def _modifier(self, node: Node, text: str) -> str:
        name = node["modifierName"]["name"]
        if name not in MODIFIERS:
            return text
        number = self._new(node, "left out")
        if text.endswith(")"):
            return f"{text[:-1]}, {number})"
        return f"{'restrictedUnless' if name == 'restricted' else name}({number})"

    def _modifier_itself(self, _: Node, text: str) -> str:
        """With a parameter: the mutant with which it does not refuse."""
        parameter = "uint256 unless"
        text = re.sub(
            r"\((.*?)\)", lambda m: f"({m[1]}, {parameter})" if m[1] else f"({parameter})", text, count=1
        )
        return text.replace("if (", "if (!mutated(unless) && ").replace(
            "require(", "require(mutated(unless) || "
        )

    _CHANGES: ClassVar[dict[str, Callable[[Writer, Node, str], str]]] = {
        "BinaryOperation": _operator,
        "UnaryOperation": _sign,
        "Literal": _truth,
        "Identifier": _named_number,
        "IfStatement": _choice,
        "Conditional": _conditional,
        "FunctionCall": _call,
        "ExpressionStatement": _statement,
        "EmitStatement": _event,
        "ModifierInvocation": _modifier,
        "ModifierDefinition": _modifier_itself,
        "MemberAccess": _named_number,
    }

    def assembly(self, node: Node) -> str:
        body = without_comments(self.original(node))
        opening = body.index("{") + 1

        def changed(match: re.Match[str]) -> str:
            word, at = match[0], match.start()
            if at < opening or body[:at].endswith(("case ", "for {} ")):
                return word
            name = word.removesuffix("(")
            what = (
                "left out"
                if name == "mstore"
                else f"`{name}` to `{YUL[name]}`"
                if name in YUL
                else "one more"
            )
            line = self.line_of(node) + body.count("\n", 0, at)
            source = body[body.rfind("\n", 0, at) + 1 : body.find("\n", at)].strip()
            self.mutants.append(Mutant(self.next, self.name, line, what, source))
            self.next += 1
            return f"m_{name}({self.next - 1}, " if word != name else f"m_number({self.next - 1}, {word})"

        names = "|".join((*YUL, "mstore"))
        text = re.sub(rf"\b(?:{names})\(|(?<![\w.\"])(?:0x[0-9A-Fa-f]+|\d+)(?!\w)", changed, body)
        return text if text == body else text[:opening] + YUL_SWITCHES + text[opening:]


def is_refusal(node: Node) -> bool:
    """Whether a node is a `require`."""
    return bool(node["nodeType"] == "FunctionCall" and node["expression"].get("name") == "require")


def mutants_of_all() -> tuple[list[Mutant], dict[str, str]]:
    """All mutants, and the sources that hold them, by path."""
    asts = trees()
    constants = {
        node["id"]
        for ast in asts.values()
        for node in walk(ast)
        if node["nodeType"] == "VariableDeclaration" and node.get("constant")
    }
    mutants: list[Mutant] = []
    written = {}
    for path in PATHS:
        writer = Writer(path, asts[path], constants, FIRST + len(mutants))
        written[path] = writer.write()
        mutants += writer.mutants
    return mutants, written
