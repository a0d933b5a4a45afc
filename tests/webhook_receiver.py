"""A receiver of webhooks on loopback, which verifies as a subscriber would, and answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Received:
    """One call: its headers by lower-case name, and its body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> bool:
        """By the text of Standard Webhooks 1.0, not by the sender's code."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join(
            [self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [part.split(",", 1) for part in self.headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(text, expected) for version, text in given)


@dataclass
class Receiver:
    """What came, in order. `answer` gives the status for each call; None cuts the connection."""

    url: str = ""
    calls: list[Received] = field(default_factory=list)
    answer: Callable[[Received], int | None] = lambda _call: 200

    def taken(self) -> list[Received]:
        """Without what came a second time: what a subscriber that keeps ids acts upon."""
        return list({call.id: call for call in self.calls}.values())


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver on a free port of the loopback interface, or on the one named."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            call = Received({name.lower(): value for name, value in self.headers.items()}, body)
            receiver.calls.append(call)
            status = receiver.answer(call)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
