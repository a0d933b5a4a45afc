"""Structured logs: one JSON object a line, with the request's id from the upload to its transaction. Never a key or token."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger

_TOKEN = re.compile(r"cet_[0-9a-f]{16}_[A-Za-z0-9_-]+")
_WEBHOOK = re.compile(r"whsec_[A-Za-z0-9+/=]+")
_USERINFO = re.compile(r"://[^/\s@]+@")


def logger(stream: TextIO | None = None) -> FilteringBoundLogger:
    """A logger that writes to the stream, by default the error stream."""
    made: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            _without_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return made


def without_secrets(text: str) -> str:
    """The text without API tokens, webhook secrets and what stands before the host of a URL."""
    return _USERINFO.sub("://…@", _WEBHOOK.sub("whsec_…", _TOKEN.sub("cet_…", text)))


def _without_secrets(_: Any, __: str, entry: EventDict) -> EventDict:
    return {name: _masked(value) for name, value in entry.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value
