"""Proves, over all integers, what solvers of machine words can't: the arithmetic that tests/solidity/proofs stands on.

`Shares` computes ceil(a / b) as (a + b − 1) div b. Division is taken as what defines it, (a + b − 1) = q·b + r with 0 ≤ r < b, and
the product q·b stands as an unknown of its own: what is left is linear, and holds for any product. That no step leaves 256 bits, so
that the machine's arithmetic is the integers', is shown with the bounds that Shares states. Exit status 1 if anything is not proved.
"""

from __future__ import annotations

import sys

from z3 import And, ArithRef, BoolRef, If, Implies, Ints, Not, Solver, unsat

FIGURE, UNITS, CARRY = 2**80, 2**64, 2**64
"""Exclusive bounds: a figure in mg, units (and a basis), and the factor of a carry."""
EDGES = 1024


def ceiling_never_understates() -> tuple[BoolRef, BoolRef]:
    """a ≤ q·b < a + b, where q = (a + b − 1) div b."""
    a, b, product, rest = Ints("a b product rest")
    return And(a >= 0, b > 0, a + b - 1 == product + rest, rest >= 0, rest < b), And(
        product >= a, product < a + b
    )


def settling_never_understates() -> tuple[BoolRef, BoolRef]:
    """A lot of k ≤ 1,024 edges is above the exact sum of its shares by less than one milligram and k · 2^-64.

    `exact` is the exact sum in 2^-64 mg, rounded up to a whole number of them; each of k carries is above its own by less than one.
    """
    exact, carries, settled, rest, k = Ints("exact carries settled rest k")
    given = And(k >= 1, k <= EDGES, carries >= exact, carries < exact + k, rest >= 0, rest < CARRY)
    given = And(given, exact >= 0, carries + CARRY - 1 == settled * CARRY + rest)
    return given, And(settled * CARRY >= exact, settled * CARRY < exact + k + CARRY)


def nothing_overflows() -> tuple[BoolRef, BoolRef]:
    """The largest number on the way of a carry, and the sum of as many as a lot may have, fit 256 bits."""
    product, basis, total = Ints("product basis total")
    most = (FIGURE - 1) * (UNITS - 1) * CARRY
    given = And(
        product >= 0, product <= most, basis >= 1, basis < UNITS, total >= 0, total <= EDGES * (most + 1)
    )
    return given, And(product + basis - 1 < 2**256, total + CARRY - 1 < 2**256)


def moved_credits_fit() -> tuple[BoolRef, BoolRef]:
    """Whatever is held and is retired, applied or voided stays within its field, and the sum stays what was issued (law 3)."""
    issued, retired, applied, voided, amount = Ints("issued retired applied voided amount")
    consumed = retired + applied + voided
    given = And(
        issued < 2**56, retired >= 0, applied >= 0, voided >= 0, amount >= 0, amount <= issued - consumed
    )
    fit = And(retired + amount < 2**56, applied + amount < 2**56, voided + amount < 2**56)
    return given, And(
        fit, consumed + amount <= issued, (applied - amount) + (voided + amount) == applied + voided
    )


def voided_applications_fit() -> tuple[BoolRef, BoolRef]:
    """What was applied can always be voided: the field has room."""
    issued, retired, applied, voided, amount = Ints("issued retired applied voided amount")
    given = And(issued < 2**56, retired >= 0, voided >= 0, amount >= 0, amount <= applied)
    return And(given, retired + applied + voided <= issued), voided + amount < 2**56


def less(a: ArithRef, b: ArithRef) -> ArithRef:
    """max(0, a − b), as `Shares.less`."""
    return If(a > b, a - b, 0)


def applications_never_exceed() -> tuple[BoolRef, BoolRef]:
    """What `applyOffset` allows, on any lot: the offset stays within the inherited net, whatever that is (law 3).

    The net is what evaluation says it is; here it is any number, so this holds of source and derived lots alike.
    """
    inherited, offset, amount = Ints("inherited offset amount")
    net = less(inherited, offset)
    given = And(inherited >= 0, inherited < FIGURE * EDGES, offset >= 0, offset < UNITS, amount > 0)
    allowed = And(amount <= net, offset + amount < UNITS)
    later = less(inherited, offset + amount)
    return And(given, allowed), And(offset + amount <= inherited, later == net - amount)


def moved_surplus_changes_one_net() -> tuple[BoolRef, BoolRef]:
    """Surplus that moves leaves the net of the lot it leaves at zero, and lowers the other's by as much (law 4)."""
    inherited, offset, amount, other, others_offset = Ints("inherited offset amount other others_offset")
    given = And(inherited >= 0, offset >= 0, amount >= 0, other >= 0, others_offset >= 0)
    allowed = And(amount <= less(offset, inherited), amount <= less(other, others_offset))
    stays = And(
        Implies(amount > 0, less(inherited, offset) == 0),
        less(inherited, offset - amount) == less(inherited, offset),
    )
    falls = less(other, others_offset + amount) == less(other, others_offset) - amount
    return And(given, allowed), And(stays, falls, offset - amount >= 0)


def anchors_keep_to_their_fields() -> tuple[BoolRef, BoolRef]:
    """What is used of an anchor stays within what it reserved, and adding it to the word carries into no other field."""
    reserved, used, units, deadline = Ints("reserved used units deadline")
    given = And(used >= 0, used <= reserved, reserved < UNITS, units >= 0, units <= reserved - used)
    given = And(given, deadline >= 0, deadline < 2**40)
    later = reserved * 2**192 + used * 2**128 + deadline + units * 2**128
    kept = And(later >= reserved * 2**192, later < (reserved + 1) * 2**192)
    return given, And(used + units <= reserved, kept)


CLAIMS = (
    ceiling_never_understates,
    settling_never_understates,
    nothing_overflows,
    moved_credits_fit,
    voided_applications_fit,
    applications_never_exceed,
    moved_surplus_changes_one_net,
    anchors_keep_to_their_fields,
)


def main() -> int:
    failed = 0
    for claim in CLAIMS:
        given, follows = claim()
        solver = Solver()
        solver.add(given, Not(follows))
        proved = solver.check() == unsat
        failed += not proved
        print(f"{'proved' if proved else 'NOT PROVED'}  {claim.__name__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
