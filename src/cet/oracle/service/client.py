"""The other end of the API: hand in, look, sign. Knows no key; what is signed is made here, not taken from the service."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import requests as http

from cet.oracle.service.errors import ServiceError
from cet.statement import opinion_typed_data, statement_typed_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.ledger import Deployment, Opinion
    from cet.ledger.signing import TypedData
    from cet.statement import Statement

_TIMEOUT_SECONDS = 300
_FIRST_ERROR = 400


class NoService(ServiceError):  # noqa: N818 - says what happened
    """Nothing answers there, or nothing that is an oracle."""


class Client:
    """Calls of one token. Raises ServiceError with the service's own words, NoService if there is none."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._session = http.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def hand_in(self, content: bytes, parameters: Mapping[str, str | None]) -> Any:
        """A package; the request."""
        return self._call(
            "POST",
            "/v1/requests",
            data=content,
            params={k: v for k, v in parameters.items() if v is not None},
        )

    def sign(self, request: str, signature: bytes, opinion: Opinion | None) -> Any:
        """A signature; the request."""
        body: dict[str, Any] = {"signature": "0x" + signature.hex()}
        if opinion is not None:
            body["opinion"] = asdict(opinion)
        return self._call("POST", f"/v1/requests/{request}/signatures", json=body)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = self._session.request(method, self._url + path, timeout=_TIMEOUT_SECONDS, **more)
            body = answer.json()
        except http.RequestException as error:
            raise NoService(
                f"no oracle answers ({type(error).__name__})", "see that it runs: `cet oracle serve`"
            ) from None
        if answer.status_code >= _FIRST_ERROR:
            said = body.get("error", {}) if isinstance(body, dict) else {}
            raise ServiceError(said.get("problem", f"HTTP {answer.status_code}"), said.get("remedy", ""))
        return body


def typed_data(deployment: Deployment, statement: Statement, opinion: Opinion | None) -> TypedData:
    """What participant or verifier signs, for the deployment's chain and registry."""
    place = (deployment.chain_id, deployment.address("StatementRegistry"))
    if opinion is None:
        return statement_typed_data(statement, *place)
    return opinion_typed_data(statement.id, opinion.standard, opinion.level, opinion.coverage, *place)
