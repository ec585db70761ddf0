"""What the house writes to its log: one JSON object a line, with the request and the case it belongs to, and never a name, an image or a score.

It is an allow-list. Of an error its kind and where it came from are written, not what it says: a database quotes the row that it refuses.
Of a library's line the template is written, not what was put into it. Of an address the pattern is written, not what somebody typed there.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse

OURS = ("ledger", "people", "cases", "review", "oversight", "workers", "config")
SAID_BESIDE = ("method", "route", "status", "ms", "job", "job_kind")
METHODS = ("GET", "HEAD", "POST")
CASE = re.compile(r"FR-\d{4}-\d{6,15}")
GIVEN = re.compile(r"[0-9a-f-]{16,64}")  # a number that a proxy gave; anything else might be a name
REQUEST: ContextVar[str] = ContextVar("request", default="")
OF_CASE: ContextVar[str] = ContextVar("case", default="")
log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object."""

    def __init__(self, process: str = "") -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self.process,
            "log": record.name,
            "said": _sentence(record),
            "request": REQUEST.get(),
            "case": case_in(getattr(record, "case", "")) or OF_CASE.get(),
            **{name: getattr(record, name) for name in SAID_BESIDE if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[0]:
            said |= {"trouble": record.exc_info[0].__name__, "where": list(_frames(record.exc_info[2]))}
        return json.dumps({name: value for name, value in said.items() if value != ""})


def _sentence(record: logging.LogRecord) -> str:
    """Our own sentence whole; of a library's the template, and nothing where it has none."""
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    return str(record.msg) if record.args else ""


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in walk_tb(trace):
        yield f"{Path(frame.f_code.co_filename).name}:{line} {frame.f_code.co_name}"


def case_in(text: str) -> str:
    """Return the case's reference that a text begins with or leads to; of a lead, an item or a request, that of its case."""
    found = CASE.search(text)
    return found.group() if found else ""


class RequestLog:
    """Numbers each request, and writes one line of it. A proxy's number in X-Request-ID is kept, so that both logs can be read together."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = REQUEST.set(given if GIVEN.fullmatch(given) else uuid.uuid4().hex)
        of_case = OF_CASE.set("")
        began = time.perf_counter()
        try:
            answer = self.answer(request)
            log.info("a request was answered", extra=_told(request, answer, began))
            return answer
        finally:
            REQUEST.reset(number)
            OF_CASE.reset(of_case)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        """The address names the case, before the view begins."""
        OF_CASE.set(case_in(str(kwargs.get("ref", ""))))


def _told(request: HttpRequest, answer: HttpResponse, began: float) -> dict[str, Any]:
    found = request.resolver_match
    opened = answer.get("Location", "") if answer.status_code == 302 and not OF_CASE.get() else ""
    return {
        "method": request.method if request.method in METHODS else "other",
        "route": (found.route or "/") if found else "no such address",
        "status": answer.status_code,
        "ms": round((time.perf_counter() - began) * 1000),
        "case": getattr(answer, "of_case", "") or opened.partition("?")[0],
    }
