"""What stands before every route: bodies of bounded size and duration, rate limits, tokens, and a line in the log."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cet.oracle.service import tokens
from cet.oracle.service.errors import NotAllowed
from cet.oracle.service.rates import Rates
from cet.oracle.service.surroundings import Surroundings
from cet.oracle.service.tokens import Token

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_TOO_LARGE, _TOO_SLOW, _TOO_MANY = 413, 408, 429
_BEARER = HTTPBearer(auto_error=False, description="`cet oracle token new` makes one.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a client may ask of the service."""

    body_bytes: int = 64 << 20
    body_seconds: float = 120
    per_minute: int = 600
    """Requests of a token, of all processes together; of each process, of a host that shows none, or a wrong one."""


class Guard:
    """ASGI middleware: bounds each body, logs each answer (of a refusal its kind), names the request in `X-Request-ID`."""

    def __init__(self, app: ASGIApp, around: Surroundings, bounds: Bounds) -> None:
        self._app = app
        self._around = around
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(16)
        began = time.monotonic_ns()
        status = 500

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", _request_id(scope, number))]
            await send(message)

        try:
            await self._app(scope, _bounded(receive, self._bounds), answered)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            refused = scope.get("state", {}).get("refused")
            self._around.metrics.http.labels(route, str(status)).inc()
            self._around.log.info(
                "answered",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=(time.monotonic_ns() - began) // 1_000_000,
                request=_request_id(scope, number).decode(),
                # The kind alone: the words may quote a package.
                **({"refused": refused} if refused else {}),
            )


def _request_id(scope: Scope, number: str) -> bytes:
    """The id of the request the route is about, else of this call. What is no id never comes into a header."""
    found = scope.get("path_params", {}).get("identity") or scope.get("state", {}).get("request_id")
    return (found if isinstance(found, str) and _ID.fullmatch(found) else number).encode()


def _bounded(receive: Receive, bounds: Bounds) -> Receive:
    """Ends a body that is too long, or takes too long: the upload that never ends."""
    taken = 0
    until = time.monotonic() + bounds.body_seconds
    whole = False

    async def bounded() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
        except TimeoutError as error:
            raise HTTPException(_TOO_SLOW, f"no whole body after {bounds.body_seconds:.0f} s") from error
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > bounds.body_bytes:
                raise HTTPException(_TOO_LARGE, f"at most {bounds.body_bytes} bytes are taken")
        return message

    return bounded


class Doorman:
    """Checks tokens and counts their requests."""

    def __init__(self, around: Surroundings, bounds: Bounds) -> None:
        self._around = around
        self._rates = Rates(around.database, around.now, bounds.per_minute)
        # Strangers are counted in memory: they cost the database no write.
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerMinute(bounds.per_minute)

    def admit(self, request: Request, credentials: HTTPAuthorizationCredentials | None) -> Token:
        """The caller's token. Raises NotAllowed, or HTTPException 429."""
        host = request.client.host if request.client else "unknown"
        if credentials is None:
            if not self._limiter.hit(self._rate, "host", host):
                raise _too_many("too many requests", 60)
            raise NotAllowed("no token", "send `Authorization: Bearer cet_…`")
        # Guesses are counted by host before the database is asked; right tokens by token.
        if not self._limiter.test(self._rate, "wrong", host):
            raise _too_many("too many wrong tokens", 60)
        try:
            with self._around.database.read() as connection:
                token = tokens.check(connection, credentials.credentials)
        except NotAllowed:
            self._limiter.hit(self._rate, "wrong", host)
            raise
        if not self._rates.take(token.id):
            raise _too_many("too many requests", self._rates.pause_seconds)
        return token


def _too_many(what: str, pause_seconds: int) -> HTTPException:
    return HTTPException(_TOO_MANY, what, {"Retry-After": str(pause_seconds)})


class AdmittedRoute(APIRoute):
    """A route for those who have a token, and asks for it before it takes a byte of the body: FastAPI would read that first."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler behind the doorman."""
        handle = super().get_route_handler()

        async def behind_the_door(request: Request) -> Response:
            doorman: Doorman = request.app.state.doorman
            request.state.token = await run_in_threadpool(doorman.admit, request, await _BEARER(request))
            return await handle(request)

        return behind_the_door


def admitted(request: Request, _: Annotated[object, Depends(_BEARER)]) -> Token:
    """The token of the call; `_BEARER` says in the OpenAPI that one is needed."""
    token: Token = request.state.token
    return token


def surroundings(request: Request) -> Surroundings:
    """What the service works with."""
    found: Surroundings = request.app.state.around
    return found


Admitted = Annotated[Token, Depends(admitted)]
Around = Annotated[Surroundings, Depends(surroundings)]
