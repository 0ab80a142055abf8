"""The log: one line an event, as text or JSON, with the request it belongs to, and nothing personal or secret in it.

What a person typed, the values in an address, and what stands after its question mark are never written: of a request the log
has its page (the address with names in the place of values), its status, its time and the number of the account.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
NO_PAGE = "(no such page)"
#: What a proxy may send as the number of a request.
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
#: A part of an address that is written as a pattern.
_PART = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_UNSAID = (
    (re.compile(r"(\w+://)[^\s/:@]+:[^\s/@]+@"), r"\1…@"),
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*"), "(an address)"),
    (re.compile(r"\?[^\s\"'>)\]]+"), "?…"),
    # What PostgreSQL says about a row: values of every column, or those of a key.
    (re.compile(r"(Key \([^)]*\)=)\(.*\)"), r"\1(…)"),
    (re.compile(r"(Failing row contains )\(.*\)"), r"\1(…)"),
    (
        re.compile(
            r"(?i)\b(authorization|cookie|set-cookie|password|passwd|pwd|secret|token|sessionid|csrftoken|api[_-]?key)\b"
            r"(['\"]?\s*[:=]\s*)(?:bearer\s+|basic\s+)?(?:'[^']*'|\"[^\"]*\"|[^\s,;&]+)"
        ),
        r"\1\2…",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 …"),
)  # fmt: skip


def cleaned(text: str) -> str:
    """Return a text without e-mail addresses, query strings, row values, passwords and tokens."""
    for pattern, instead in _UNSAID:
        text = pattern.sub(instead, text)
    return text


class WithoutValues(logging.Filter):
    """Puts the page in the place of the path wherever Django names a request's path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record and let it pass."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            paths = {request.path, request.get_full_path()}
            record.args = tuple(page(request) if one in paths else one for one in record.args)
        return True


class Lines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, request, source and message, and below them what went wrong."""
        at = datetime.fromtimestamp(record.created, UTC)
        number = f" [{self._request(record)}]" if self._request(record) else ""
        words = f"{at:%Y-%m-%dT%H:%M:%SZ} {record.levelname}{number} {record.name}: {record.getMessage()}"
        facts = getattr(record, "facts", {})
        words += "".join(f" {name}={value}" for name, value in facts.items())
        return cleaned("\n".join([words, *self._trace(record)]))

    def _request(self, record: logging.LogRecord) -> str:
        # Django tells of an answer when the request is over for us.
        return request_id.get() or getattr(getattr(record, "request", None), "number", "")

    def _trace(self, record: logging.LogRecord) -> list[str]:
        return [self.formatException(record.exc_info)] if record.exc_info else []


class JsonLines(Lines):
    """A JSON object for programs: `at`, `level`, `logger`, `message`, `request`, the event's own facts, `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "message": cleaned(record.getMessage()),
        }  # fmt: skip
        if self._request(record):
            said["request"] = self._request(record)
        said |= {
            name: cleaned(value) if isinstance(value, str) else value
            for name, value in getattr(record, "facts", {}).items()
        }
        for trace in self._trace(record):
            said["trace"] = cleaned(trace)
        return json.dumps(said, ensure_ascii=False, default=str)


def configuration(shape: str) -> dict[str, Any]:
    """Return Django's logging settings for `text` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without values": {"()": "stateworks.config.logs.WithoutValues"}},
        "formatters": {
            "text": {"()": "stateworks.config.logs.Lines"},
            "json": {"()": "stateworks.config.logs.JsonLines"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": shape, "filters": ["without values"]}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "stateworks.requests": {"level": "INFO"},
            # It tells each oddity of an uploaded PDF; what matters of them the importer tells the person who uploads.
            "pypdf": {"level": "CRITICAL"},
        },
    }


def page(request: HttpRequest) -> str:
    """Return a request's address with names in the place of values, as the site's list of addresses has it."""
    match = request.resolver_match
    if match is None:
        return NO_PAGE
    return "/" + _PART.sub(r"<\1>", match.route).replace("^", "").rstrip("$")


class RequestLog:
    """Gives each request a number, which the answer carries, and writes a line about it; health checks are left out."""

    log = logging.getLogger("stateworks.requests")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and note how."""
        given = request.headers.get("X-Request-ID", "")
        number = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.number = number  # type: ignore[attr-defined]
        began, before = time.perf_counter(), request_id.set(number)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = number
            took = time.perf_counter() - began
            self._write(request, response.status_code, took)
        finally:
            request_id.reset(before)
        return response

    def _write(self, request: HttpRequest, status: int, took: float) -> None:
        from stateworks.config import metrics

        if request.path.startswith(("/health/", "/metrics", "/static/")):
            return
        view = request.resolver_match.view_name if request.resolver_match else ""
        metrics.observe(view or "none", request.method or "", status, took)
        scope = getattr(request, "scope", None)
        facts = {
            "method": request.method, "path": page(request), "status": status, "ms": round(took * 1000),
            "actor": getattr(scope, "account_id", None),
        }  # fmt: skip
        self.log.info("answered", extra={"facts": facts})
