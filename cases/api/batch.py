"""POST /api/v1/search-results/batch: up to 500 results, one JSON object a line (NDJSON), and an answer for each line."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from cases.acts import receive_result as receiving
from cases.acts.receive_result import MANY, Answer, Received
from cases.api.problems import problem
from cases.api.reading import decode, read, where
from cases.api.views import CONFLICTS, NOT_STORABLE, at_the_door, key_of, unknown_key
from cases.rules.arrival import Fault
from ledger.clock import house_now

NDJSON = "application/x-ndjson"
OUTCOMES = {201: "new", 200: "same", 409: "conflict", 422: "bad"}


@dataclass(slots=True)
class Line:
    """One line on its way: where it stands, what was read of it, and what is answered."""

    number: int
    external_id: str | None = None
    received: Received | None = None
    faults: tuple[Fault, ...] = ()
    answer: Answer | None = field(default=None)

    def told(self) -> dict[str, Any]:
        """Return the answer to this line: ``new``, ``same``, ``conflict`` or ``bad``, with its reason."""
        status = self.answer.status if self.answer else 422
        said: dict[str, Any] = {"line": self.number, "outcome": OUTCOMES[status], "external_id": self.external_id}
        if self.answer and status < 400:
            return {**said, "case": self.answer.body["case"]}
        if self.answer and status == 409:
            code = self.answer.body["conflict"]
            return {**said, "errors": [{"field": "external_id", "code": code, "detail": CONFLICTS[code]}]}
        faults = self.faults or (NOT_STORABLE,)
        return {**said, "errors": [{"field": each.field, "code": each.code, "detail": each.sentence} for each in faults]}


def read_line(raw: bytes, number: int, *, key_hash: str, now: datetime) -> Line:
    """Read one line. Its key against doubling is its ``external_id``: the same line again is the same result."""
    try:
        result = decode(raw)
    except msgspec.ValidationError as trouble:
        name, said = where(str(trouble))
        return Line(number, faults=(Fault(name, "invalid", said),))
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        return Line(number, faults=(Fault("body", "unreadable", f"This line is not JSON: {trouble}"),))
    key = f"line:{hashlib.sha256(result.external_id.encode()).hexdigest()}"
    found = read(result, raw, {}, key_hash=key_hash, idempotency_key=key, now=now)
    if found.faults:
        return Line(number, result.external_id, faults=found.faults)
    return Line(number, result.external_id, Received(found.fields, found.body_sha256, found.pictures.seal()))


def take(lines: Iterable[tuple[int, bytes]], *, key_hash: str) -> list[Line] | None:
    """Read and receive lines (number, bytes), at most ``MANY``; None where the key is not known."""
    now = house_now(using=receiving.DOOR)
    found = [read_line(raw, number, key_hash=key_hash, now=now) for number, raw in lines]
    sound = [(line, line.received) for line in found if line.received]
    if sound:
        answers = receiving.receive_results(key_hash=key_hash, results=[received for _, received in sound])
        if answers is None:
            return None
        for (line, _), answer in zip(sound, answers, strict=True):
            line.answer = answer
    return found


@csrf_exempt
def search_results_batch(request: HttpRequest) -> HttpResponse:
    """Take up to 500 results; what is wrong with one keeps no other back."""
    return at_the_door(request, _take, what="the results", less="fewer results at once")


def _take(request: HttpRequest) -> HttpResponse:
    key_hash = key_of(request)
    if not key_hash or not receiving.key_is_known(key_hash):
        return unknown_key()
    if request.content_type != NDJSON:
        return problem(415, code="content_type", detail=f"Send {NDJSON}: one result a line.")
    lines = [(number, raw) for number, raw in enumerate(request.body.splitlines(), start=1) if raw.strip()]
    if not lines:
        return problem(400, code="unreadable", detail="The batch is empty; send one result a line.")
    if len(lines) > MANY:
        return problem(413, code="too_many", detail=f"The batch has {len(lines)} results; send at most {MANY} at once. Nothing was stored.")
    found = take(lines, key_hash=key_hash)
    if found is None:
        return unknown_key()
    return HttpResponse(b"".join(encoded(line.told() for line in found)), content_type=NDJSON)


def encoded(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Write one JSON object a line."""
    for row in rows:
        yield msgspec.json.encode(row) + b"\n"
