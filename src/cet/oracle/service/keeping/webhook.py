"""One webhook: signed as Standard Webhooks 1.0 says, sent within limits of time and size, its answer judged.

    webhook-id         the event's id: the same each time it is sent
    webhook-timestamp  when this was sent, s since 1970
    webhook-signature  "v1," base64 of HMAC-SHA256(secret, id "." timestamp "." body); two, after a space, while a secret is replaced

A receiver refuses old timestamps, compares in constant time, and keeps the ids it has seen.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import socket
import threading
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPException
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from cet.oracle.service.errors import BadTarget
from cet.oracle.service.keeping.targets import addresses_of, read_target

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX = "whsec_"
_SECRET_BYTES = 32
CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
_GONE, _TIMEOUT, _EARLY, _TOO_MANY = 410, 408, 425, 429


class Outcome(Enum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The receiver answers, and does not take this event."""
    DOWN = "down"
    """Nobody answers, or says that it can't at the moment: nothing else gets through either."""
    GONE = "gone"
    """The receiver wants no more of them (410)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome, the HTTP status if there was one, and why in a few words of our own: never the receiver's."""

    outcome: Outcome
    status: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect and in all, and whether private addresses (and http) are allowed."""

    connect_seconds: float = 5
    seconds: float = 15
    private: bool = False


def new_secret() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(_SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as its receiver is given it, once."""
    return _PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, identity: str, timestamp: int, body: bytes) -> str:
    """`v1,…` over the id, the time (s since 1970) and the body."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers(keys: Sequence[bytes], identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, with a signature by each of the secrets."""
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, identity, timestamp, body) for key in keys),
    }


def post(url: str, body: bytes, signed: dict[str, str], limits: Limits) -> Answer:
    """Sends it once. Redirects are not followed. Raises nothing: what fails is an answer."""
    try:
        target = read_target(url, private=limits.private)
        address = addresses_of(target, private=limits.private)[0]
    except BadTarget as error:
        return Answer(Outcome.DOWN, None, error.problem)
    timeout = Timeout(connect=limits.connect_seconds, read=limits.seconds).connect_timeout
    if target.tls:
        connection: HTTPConnection = HTTPSConnection(
            address,
            target.port,
            timeout=timeout,
            server_hostname=target.host,
            assert_hostname=target.host,
            cert_reqs="CERT_REQUIRED",
        )
    else:
        connection = HTTPConnection(address, target.port, timeout=timeout)
    more = {"Host": target.authority, "Content-Type": CONTENT_TYPE, "User-Agent": "cet-keeper", **signed}
    late = threading.Event()
    # A receiver that answers a byte at a time meets no timeout of the socket's: the connection is cut when time is up.
    watchdog = threading.Timer(limits.seconds, _cut, (connection, late))
    watchdog.daemon = True
    try:
        watchdog.start()
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(limits.seconds)
        connection.request("POST", target.path, body, more, preload_content=False)
        # The status is the answer; not a byte of the body is asked for.
        status = connection.getresponse().status
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        return Answer(Outcome.DOWN, None, "no answer in time" if late.is_set() else type(error).__name__)
    finally:
        watchdog.cancel()
        connection.close()
    return Answer(Outcome.DOWN, None, "no answer in time") if late.is_set() else judged(status)


def judged(status: int) -> Answer:
    """What an HTTP status means for the delivery and for those after it."""
    if 200 <= status < 300:
        return Answer(Outcome.DELIVERED, status)
    if status == _GONE:
        return Answer(Outcome.GONE, status, "the receiver wants no more")
    if 400 <= status < 500 and status not in (_TIMEOUT, _EARLY, _TOO_MANY):
        return Answer(Outcome.REFUSED, status, f"answered {status}")
    return Answer(Outcome.DOWN, status, f"answered {status}")


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
