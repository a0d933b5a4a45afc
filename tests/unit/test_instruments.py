"""Instruments as a statement names them: whole uses, ascending, each once."""

from __future__ import annotations

import pytest

from cet.errors import StatementError
from cet.statement import MAX_CHUNK, InstrumentUse, instrument_chunks

A = "0x00000000000000000000000000000000000000aA"
B = "0x00000000000000000000000000000000000000bb"


def test_a_word_is_the_registry_above_the_use_and_reads_back() -> None:
    use = InstrumentUse(A, 7)
    assert use.word == 0xAA << 96 | 7
    assert InstrumentUse.of(use.word).word == use.word
    assert InstrumentUse.of(use.word).use == 7


def test_uses_ascend_through_all_chunks() -> None:
    uses = [InstrumentUse(B, 0), *(InstrumentUse(A, number) for number in range(MAX_CHUNK, 0, -1))]
    first, second = instrument_chunks(uses)
    assert len(first) == MAX_CHUNK
    assert second == (0xBB << 96,)
    assert list(first) == sorted(first)
    assert instrument_chunks(()) == ()


def test_a_use_named_twice_is_refused_whatever_the_case_of_its_address() -> None:
    with pytest.raises(StatementError, match=r"use 7 of 0x0+AA is named twice"):
        instrument_chunks([InstrumentUse(A, 7), InstrumentUse(A.lower(), 7)])


@pytest.mark.parametrize(
    "use", [InstrumentUse("0x1", 1), InstrumentUse("0x" + "0" * 40, 1), InstrumentUse(A, 2**96)]
)
def test_what_is_no_use_is_refused(use: InstrumentUse) -> None:
    with pytest.raises(StatementError, match="give its"):
        instrument_chunks([use])
