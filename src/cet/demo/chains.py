"""Where the demonstration runs: the embedded chain that Ape brings (py-evm, no process), or a node by its URL."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from cet.ledger import Chain

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def embedded() -> Iterator[Chain]:
    """Ape's `ethereum:local:test`, with the public mnemonic's accounts; gone when the context ends."""
    import ape

    logging.getLogger("eth.vm").setLevel(logging.WARNING)
    with ape.networks.parse_network_choice("ethereum:local:test") as provider:
        yield Chain(provider.web3)


@contextlib.contextmanager
def chain_at(url: str | None) -> Iterator[Chain]:
    """The node at `url`, or the embedded chain. Raises LedgerError if nobody answers."""
    if url is None:
        with embedded() as chain:
            yield chain
    else:
        yield Chain.connect(url)
