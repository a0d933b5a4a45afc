"""The API called as its own description allows, and as it does not: every answer is one the description names."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cet.oracle.service import audit, tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.tokens import Scope
from oracle_service import Service, package_of, served

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 250


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_answer_is_one_the_description_names(
    world: World, tmp_path: Path, mode: GenerationMode, database: str, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'oracle.db'}" if database == "sqlite" else request.getfixturevalue("postgres")
    )
    service = Service.on(world, url, io.StringIO())
    service.enrol("works")
    brought = service.bring(package_of(tmp_path / "package"))
    with service.around.database.write() as connection:
        token = tokens.new(connection, "acme", list(Scope), world.verifier.address, 0)
    with served(service.around, Bounds(body_bytes=100_000, body_seconds=5, per_minute=10**6)) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
        calls = st.tuples(schema.as_strategy(generation_mode=mode), st.booleans(), st.booleans())

        @given(calls)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def call(drawn: tuple[schemathesis.Case, bool, bool]) -> None:
            case, known, admitted = drawn
            if known and "identity" in case.path_parameters:
                case.path_parameters["identity"] = brought.id
            headers = {"Authorization": f"Bearer {token}"} if admitted else {}
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=30)

        call()
    with service.around.database.read() as connection:
        audit.verify(connection)
    assert service.request(brought) == brought
    service.around.database.close()
