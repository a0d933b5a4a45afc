"""A node that answers badly: a proxy on loopback before anvil that loses, delays, doubles and swaps, by a seeded plan.

Every fault is one that networks and balanced nodes have. What reaches anvil is what a client sent; nothing is invented: a
stale answer is one that the node gave a moment ago.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from collections import Counter
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_STALE_SECONDS = 2.0
_SWAP_SECONDS = 0.3
_MOST_DELAY = 0.8


class Fault(StrEnum):
    """What goes wrong with a call."""

    LOST_REQUEST = "request lost"
    LOST_ANSWER = "answer lost"
    DELAYED = "delayed"
    DUPLICATED = "sent twice"
    SWAPPED = "overtaken by the next"
    MISMATCHED = "answer to another request"
    STALE = "answer of a node that lags"
    UNAVAILABLE = "limited or out of order"


class FaultyRpc:
    """A context: `url` while it lasts. Of its calls `share` go wrong; `counts` says how. A plan is its seed's."""

    def __init__(self, upstream: str, seed: int, share: float) -> None:
        self.share = share
        self.counts: Counter[Fault] = Counter()
        self.calls = 0
        self._upstream = upstream
        self._plan = random.Random(seed)
        self._lock = threading.Lock()
        self._passed = threading.Condition()
        self._number = 0
        self._last = b"{}"
        self._answers: dict[str, tuple[float, bytes]] = {}
        self._sessions = threading.local()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: bytes) -> tuple[int, bytes] | None:
        """Status and answer; None to hang up."""
        with self._lock:
            self.calls += 1
            fault = self._plan.choice(list(Fault)) if self._plan.random() < self.share else None
            delay = self._plan.uniform(0.02, _MOST_DELAY)
            if fault:
                self.counts[fault] += 1
        if fault is None:
            return 200, self._forward(body)
        return self._wrong(fault, body, delay)

    def _wrong(self, fault: Fault, body: bytes, delay: float) -> tuple[int, bytes] | None:
        if fault is Fault.LOST_REQUEST:
            return None
        if fault is Fault.UNAVAILABLE:
            return (429 if delay > _MOST_DELAY / 2 else 503), b"{}"
        if fault is Fault.DELAYED:
            time.sleep(delay)
        elif fault is Fault.SWAPPED:
            self._let_another_pass()
        elif fault is Fault.MISMATCHED:
            before = self._last
            self._forward(body)
            return 200, before
        elif fault is Fault.STALE and (stale := self._stale(body)) is not None:
            return 200, stale
        elif fault is Fault.DUPLICATED:
            self._forward(body)
        answer = self._forward(body)
        return None if fault is Fault.LOST_ANSWER else (200, answer)

    def _forward(self, body: bytes) -> bytes:
        if not hasattr(self._sessions, "one"):
            self._sessions.one = requests.Session()
        answer = self._sessions.one.post(
            self._upstream, data=body, headers={"Content-Type": "application/json"}, timeout=60
        ).content
        with self._passed:
            self._number += 1
            self._last = answer
            self._answers[_question(body)] = (time.monotonic(), answer)
            self._passed.notify_all()
        return answer

    def _let_another_pass(self) -> None:
        with self._passed:
            number = self._number
            self._passed.wait_for(lambda: self._number > number, _SWAP_SECONDS)

    def _stale(self, body: bytes) -> bytes | None:
        question = json.loads(body)
        if question["method"] == "eth_sendRawTransaction":
            return None
        with self._passed:
            at, answer = self._answers.get(_question(body), (0.0, b""))
        if time.monotonic() - at > _STALE_SECONDS:
            return None
        return json.dumps({**json.loads(answer), "id": question["id"]}).encode()


def _question(body: bytes) -> str:
    asked: dict[str, Any] = json.loads(body)
    return json.dumps([asked["method"], asked.get("params")])


def _handler(proxy: FaultyRpc) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body are two small writes.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            try:
                # Less than that: the client was killed in the middle of it.
                answered = proxy.answer(body) if len(body) == length else None
            except requests.RequestException:
                answered = None
            if answered is None:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, answer = answered
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                # A worker was killed in the middle of a call.
                self.close_connection = True

    return Handler
