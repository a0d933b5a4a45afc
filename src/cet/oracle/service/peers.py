"""Other oracles: each recomputes the package by itself and gives its attestation, or says why not."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests as http

from cet.oracle.service.errors import BadUpload
from cet.oracle.service.recomputing import Kept, read_statement, statement_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.statement import Statement

_TIMEOUT_SECONDS = 120
_OK = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What a peer is asked to attest: a statement, the raw package it is to be recomputed from, earlier ones for a correction."""

    statement: Statement
    package: Kept
    corrected: Mapping[bytes, Kept]
    instruments: str = ""

    def encode(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "statement": json.loads(statement_text(self.statement)),
            "package": _encoded(self.package),
            "instruments": self.instruments,
            "corrected": {"0x" + key.hex(): _encoded(kept) for key, kept in self.corrected.items()},
        }

    @classmethod
    def decode(cls, values: Any) -> Question:
        """Raises BadUpload."""
        try:
            return cls(
                read_statement(json.dumps(values["statement"])),
                _decoded(values["package"]),
                {
                    bytes.fromhex(key.removeprefix("0x")): _decoded(kept)
                    for key, kept in values.get("corrected", {}).items()
                },
                str(values.get("instruments", "")),
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadUpload(
                "no question an oracle can answer",
                "send statement, package and corrected as another oracle does",
            ) from error


@dataclass(frozen=True, slots=True)
class Peer:
    """Another oracle's service."""

    url: str
    token: str = field(repr=False)

    def attestation(self, question: Question) -> bytes | None:
        """Its signature; None if it gives none, is not there, or talks nonsense. Whose it is must be looked at."""
        try:
            answer = http.post(
                f"{self.url.rstrip('/')}/v1/attestations",
                json=question.encode(),
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=_TIMEOUT_SECONDS,
            )
            if answer.status_code != _OK:
                return None
            return bytes.fromhex(answer.json()["signature"].removeprefix("0x"))
        except (http.RequestException, ValueError, KeyError, TypeError, AttributeError):
            return None


def _encoded(package: Kept) -> dict[str, str]:
    return {"kind": package.kind, "content": base64.b64encode(package.content).decode()}


def _decoded(values: Mapping[str, str]) -> Kept:
    content = base64.b64decode(values["content"], validate=True)
    return Kept(hashlib.sha256(content).hexdigest(), values["kind"], content)
