"""Taking a package in: the same package of the same organisation and parties is one request, however often it is sent."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_utils.address import is_hex_address, to_checksum_address

from cet.oracle.service import comparing, recomputing, requests
from cet.oracle.service.errors import BadUpload
from cet.oracle.service.recomputing import Kept
from cet.oracle.service.states import Request, State
from cet.oracle.service.unpacking import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cet.oracle.service.surroundings import Surroundings

MAX_INFLATION = 10_000


@dataclass(frozen=True, slots=True)
class Handed:
    """What an organisation hands in. `asserted` is the id of the statement it means to make, if it says so; `figures` its
    own per line; `instruments` the uses it consumes."""

    content: bytes
    participant: str
    verifier: str
    asserted: bytes | None = None
    corrects: bool = False
    inflation: int = 0
    figures: Mapping[str, Sequence[str]] | None = None
    instruments: str = ""


def take(around: Surroundings, organisation: str, handed: Handed, actor: str) -> tuple[Request, bool]:
    """The request, and whether it is new. Raises BadUpload; nothing is stored then."""
    parties = (_address("participant", handed.participant), _address("verifier", handed.verifier))
    if parties[0] == parties[1]:
        raise BadUpload("participant and verifier are the same", "a participant can't verify itself")
    if not 0 <= handed.inflation <= MAX_INFLATION:
        raise BadUpload(f"inflation of {handed.inflation} basis points", f"give 0 to {MAX_INFLATION}")
    digest = hashlib.sha256(handed.content).hexdigest()
    package = Kept(digest, kind_of(handed.content), handed.content)
    now = around.now()
    request = Request(
        id=secrets.token_hex(16),
        organisation=organisation,
        package=digest,
        participant=parties[0],
        verifier=parties[1],
        corrects=handed.corrects,
        inflation=handed.inflation,
        state=State.RECEIVED,
        version=1,
        created=now,
        changed=now,
        due=now,
        asserted=handed.asserted.hex() if handed.asserted else None,
        instruments=handed.instruments,
    )
    around.mark("before taking in")
    with around.database.write() as connection:
        known = requests.open_request_of(connection, organisation, digest, parties)
        said = (handed.corrects, handed.inflation, handed.instruments)
        if known is not None and (known.corrects, known.inflation, known.instruments) == said:
            return known, False
        recomputing.keep_package(connection, package, now)
        requests.create(connection, request, actor)
        if handed.figures is not None:
            comparing.keep_figures(connection, request.id, handed.figures)
    around.mark("taken in")
    around.log.info("received", request=request.id, organisation=organisation, package=digest)
    around.metrics.moves.labels("received").inc()
    return request, True


def _address(what: str, text: str) -> str:
    if not is_hex_address(text) or int(text, 16) == 0:
        raise BadUpload(f"{what} {text[:60]!r} is no address", "write 0x and 40 hexadecimal digits")
    return str(to_checksum_address(text))
