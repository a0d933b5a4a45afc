"""The application: routes, what its errors become, health, readiness and metrics."""

from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from cet.errors import CetError, ExplainedError
from cet.ledger.errors import LedgerError
from cet.oracle.errors import RecomputationDiffers
from cet.oracle.service import errors, requests
from cet.oracle.service.api import intake_routes, reading_routes, subscription_routes
from cet.oracle.service.api.guard import Bounds, Doorman, Guard
from cet.oracle.service.api.views import Refusal
from cet.oracle.service.keeping import deliveries
from cet.oracle.service.surroundings import Surroundings

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (errors.NoSuchRequest, 404),
    (errors.NoSuchSubscription, 404),
    (errors.IllegalMove, 409),
    (errors.Overtaken, 409),
    (errors.TooLarge, 413),
    (errors.BadUpload, 422),
    (errors.BadSignature, 422),
    (RecomputationDiffers, 409),
    (LedgerError, 503),
    (errors.NoSecretKey, 503),
    (errors.SecretUnreadable, 503),
    (CetError, 422),
)
_REFUSALS: dict[int | str, dict[str, object]] = {
    status: {"model": Refusal} for status in (400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 503)
}
_AGAIN = {"Retry-After": "10"}


def create_app(around: Surroundings, bounds: Bounds | None = None) -> FastAPI:
    """The API of these surroundings; `/openapi.json` and `/docs` describe it."""
    limits = bounds or Bounds()
    app = FastAPI(
        title="CET oracle",
        version=version("cet"),
        description="Hand in an inventory package, sign what the oracle recomputes, get the receipt of its tokens.",
        responses=_REFUSALS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.around = around
    app.state.doorman = Doorman(around, limits)
    app.add_middleware(Guard, around=around, bounds=limits)
    app.include_router(intake_routes.router)
    app.include_router(reading_routes.router)
    app.include_router(subscription_routes.router)
    _add_operations(app, around)
    _add_errors(app, around)
    return app


def _add_operations(app: FastAPI, around: Surroundings) -> None:
    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/ready")
    def ready(response: Response) -> dict[str, str]:
        """Whether database and chain answer; 503 and which does not. `secrets`: whether webhooks can be signed, no reason for 503."""
        found = {
            "database": _answers(around.database.require_schema),
            "chain": _answers(lambda: around.ledger.chain.head),
        }
        if set(found.values()) != {"ok"}:
            response.status_code = 503
        return {**found, "secrets": _answers(around.require_secrets)}

    @app.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """For Prometheus. Counts only: nothing of any organisation."""
        with around.database.read() as connection:
            for state, count in requests.counts(connection).items():
                around.metrics.requests.labels(state).set(count)
            for state, count in deliveries.counts(connection).items():
                around.metrics.deliveries.labels(state).set(count)
        return Response(around.metrics.text(), media_type="text/plain; version=0.0.4")


def _answers(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (CetError, SQLAlchemyError, OSError) as error:
        return type(error).__name__
    return "ok"


def _add_errors(app: FastAPI, around: Surroundings) -> None:
    @app.exception_handler(CetError)
    def refused(call: Request, error: CetError) -> JSONResponse:
        call.state.refused = type(error).__name__
        if isinstance(error, errors.NotAllowed):
            lacks_scope = "scope" in error.problem
            headers = {} if lacks_scope else {"WWW-Authenticate": "Bearer"}
            return _problem(403 if lacks_scope else 401, error, headers)
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        return _problem(status, error, _AGAIN if status == 503 else {})

    @app.exception_handler(SQLAlchemyError)
    def no_database(_: Request, error: SQLAlchemyError) -> JSONResponse:
        around.log.warning("database failed", error=type(error).__name__)
        said = errors.DatabaseError("the database does not answer or is full", "try again in a while")
        return _problem(503, said, _AGAIN)

    @app.exception_handler(OSError)
    def no_disk(_: Request, error: OSError) -> JSONResponse:
        around.log.warning("the disk failed", error=type(error).__name__, number=error.errno)
        said = errors.ServiceError(
            "the service has no room on its disk, or can't read it", "try again in a while"
        )
        return _problem(503, said, _AGAIN)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _problem(422, errors.BadUpload(f"{place}: {first['msg']}", "see /openapi.json"), {})

    @app.exception_handler(StarletteHTTPException)
    def http(_: Request, error: HTTPException) -> JSONResponse:
        said = errors.ServiceError(str(error.detail), "see /openapi.json")
        return _problem(error.status_code, said, dict(error.headers or {}))


def _problem(status: int, error: CetError, headers: dict[str, str]) -> JSONResponse:
    problem, remedy = (error.problem, error.remedy) if isinstance(error, ExplainedError) else (str(error), "")
    body = {"error": {"kind": type(error).__name__, "problem": problem, "remedy": remedy}}
    return JSONResponse(body, status, headers)
