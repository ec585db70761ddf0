"""Errors of the API as RFC 9457 problem details: what, where and what to do."""

from collections.abc import Sequence

import msgspec
from django.http import HttpResponse

from cases.rules.arrival import Fault

TITLES = {
    400: "The request cannot be read",
    401: "The API key is missing or not known",
    405: "This address takes POST",
    409: "This result conflicts with one received before",
    413: "The request is too large",
    415: "The content type is not taken",
    422: "The result cannot be taken as it is",
    503: "The record cannot be written now",
}


def problem(status: int, *, code: str, detail: str, faults: Sequence[Fault] = ()) -> HttpResponse:
    """Return a problem+json answer; ``errors`` names each field."""
    body = {"type": f"urn:countersign:problem:{code}", "title": TITLES[status], "status": status, "detail": detail}
    if faults:
        body["errors"] = [{"field": f.field, "code": f.code, "detail": f.sentence} for f in faults]
    answer = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
