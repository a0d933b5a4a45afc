"""Who sees what: an organisation its own, a verifier what names it, an operator states without lines. All else is not there."""

from cet.oracle.service import requests
from cet.oracle.service.errors import NoSuchRequest
from cet.oracle.service.states import Request
from cet.oracle.service.surroundings import Surroundings
from cet.oracle.service.tokens import Scope, Token


def visible(around: Surroundings, token: Token, identity: str) -> Request:
    """A request whose lines the token's holder may see. Raises NoSuchRequest: another's looks like none."""
    request = _find(around, identity)
    if _is_mine(token, request) or _verifies(token, request):
        return request
    raise _none(identity)


def mine(around: Surroundings, token: Token, identity: str) -> Request:
    """A request of the token's organisation. Raises NoSuchRequest."""
    request = _find(around, identity)
    if _is_mine(token, request):
        return request
    raise _none(identity)


def known(around: Surroundings, token: Token, identity: str) -> tuple[Request, bool]:
    """A request whose state the token's holder may see, and whether also its lines. Raises NoSuchRequest."""
    request = _find(around, identity)
    lines = _is_mine(token, request) or _verifies(token, request)
    if not lines and Scope.OPERATE not in token.scopes:
        raise _none(identity)
    return request, lines


def _is_mine(token: Token, request: Request) -> bool:
    return request.organisation == token.organisation and bool(token.scopes & {Scope.READ, Scope.SUBMIT})


def _verifies(token: Token, request: Request) -> bool:
    return Scope.VERIFY in token.scopes and token.address == request.verifier


def _find(around: Surroundings, identity: str) -> Request:
    if "\0" in identity:
        # PostgreSQL refuses to compare with it.
        raise _none(identity)
    with around.database.read() as connection:
        return requests.find(connection, identity[:64])


def _none(identity: str) -> NoSuchRequest:
    # In the very words of `requests.find`: whether another organisation has it can't be told.
    return NoSuchRequest(f"no request {identity[:64]}", "see the list of requests")
