"""Several nodes as one: a provider that goes on to the next endpoint when one fails, limits its callers or talks nonsense.

Every request of ours may be repeated: reads change nothing, and a raw transaction has one nonce and one hash however often
it is sent.
"""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import requests
from web3.providers.base import JSONBaseProvider

from cet.ledger.errors import NotReachable, WrongChain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from web3.types import RPCEndpoint, RPCResponse

_LIMITED = -32005
"""JSON-RPC: limit exceeded (EIP-1474)."""

_TOO_MANY = 429
_FIRST_ERROR = 400
_MOST_PAUSE = 8.0


class EndpointsProvider(JSONBaseProvider):
    """Asks one endpoint until it fails, then the next; after a round without an answer it waits, each time twice as long.

    An endpoint of another chain than the first is left out for good. Raises NotReachable after `rounds` rounds. `failed` is
    told the place of an endpoint in `urls` and why it was left, never its URL, which may hold a key.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout_seconds: float = 20,
        rounds: int = 5,
        pause: Callable[[float], None] = time.sleep,
        failed: Callable[[int, str], None] = lambda _place, _why: None,
    ) -> None:
        super().__init__()
        self._urls = tuple(urls)
        self._timeout = timeout_seconds
        self._rounds = rounds
        self._pause = pause
        self._failed = failed
        self._sessions = tuple(_session(url) for url in self._urls)
        self._current = 0
        self._ids = itertools.count(1)
        self._chain: str | None = None
        self._known: set[int] = set()
        self._foreign: set[int] = set()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The first answer an endpoint gives, an error of the chain's included."""
        wait = 0.25
        why = "none was asked"
        for round_ in range(self._rounds):
            for _ in self._urls:
                place = self._current
                answer, why, advised = self._try(place, method, params)
                if answer is not None:
                    return answer
                self._failed(place, why)
                self._current = (place + 1) % len(self._urls)
                wait = max(wait, advised)
            if len(self._foreign) == len(self._urls):
                raise WrongChain("every endpoint is of another chain", "name nodes of the deployment's chain")
            if round_ + 1 < self._rounds:
                self._pause(min(wait, _MOST_PAUSE))
                wait *= 2
        count = len(self._urls)
        raise NotReachable(
            f"none of {count} endpoint{'s' * (count != 1)} answers ({why})",
            "see that a node runs, or name others",
        )

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: FBT001, ARG002 - web3's signature
        """Whether any endpoint answers."""
        try:
            self.make_request("web3_clientVersion", [])  # type: ignore[arg-type]
        except NotReachable:
            return False
        return True

    def _try(self, place: int, method: str, params: Any) -> tuple[RPCResponse | None, str, float]:
        if place in self._foreign:
            return None, "another chain", 0.0
        if place not in self._known:
            answer, why, advised = self._ask(place, "eth_chainId", [])
            if answer is None:
                return None, why, advised
            chain = str(answer.get("result"))
            self._chain = self._chain or chain
            if chain != self._chain:
                self._foreign.add(place)
                return None, "another chain", 0.0
            self._known.add(place)
        return self._ask(place, method, params)

    def _ask(self, place: int, method: str, params: Any) -> tuple[RPCResponse | None, str, float]:
        """An endpoint's answer; or None with why it counts as none, and how long it asks to be left alone."""
        number = next(self._ids)
        body = json.loads(self.encode_rpc_request(method, params))  # type: ignore[arg-type]
        body["id"] = number
        try:
            response = self._sessions[place].post(self._urls[place], json=body, timeout=self._timeout)
            if response.status_code >= _FIRST_ERROR:
                limited = response.status_code == _TOO_MANY
                return None, f"HTTP {response.status_code}", _retry_after(response) if limited else 0.0
            answer: RPCResponse = response.json()
            if answer.get("id") != number:
                return None, "an answer to another request", 0.0
        except (requests.RequestException, ValueError, AttributeError) as error:
            return None, type(error).__name__, 0.0
        problem = answer.get("error")
        if isinstance(problem, dict) and problem.get("code") == _LIMITED:
            return None, "limit exceeded", 0.0
        return answer, "", 0.0


def _session(url: str) -> requests.Session:
    """A session with what the environment says of this URL (proxies, certificates), read once instead of at each call."""
    session = requests.Session()
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False
    return session


def _retry_after(response: requests.Response) -> float:
    """Seconds, 0 where it gives none or a date."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 0.0
