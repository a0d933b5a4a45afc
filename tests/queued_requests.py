"""Requests for tests of the queue, without a package behind them."""

from __future__ import annotations

from cet.oracle.service.states import Request, State


def fresh_request(identity: str, now: int) -> Request:
    """Just received, and due."""
    return Request(
        id=identity,
        organisation="acme",
        package="0" * 64,
        participant="0x" + "1" * 40,
        verifier="0x" + "2" * 40,
        corrects=False,
        inflation=0,
        state=State.RECEIVED,
        version=1,
        created=now,
        changed=now,
        due=now,
    )
