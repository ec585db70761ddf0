"""POST /api/v1/search-results: access, parse, one call, answer. A plain view, described in ``openapi.py``."""

import re
from collections.abc import Callable

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from cases.acts import receive_result as receiving
from cases.api.problems import problem
from cases.api.reading import decode, read, shows_pictures, where
from cases.rules.arrival import Fault
from ledger.keyed import KeysAway

CONFLICTS = {
    "key_reused": "This Idempotency-Key was used for another body. Use a new key for a new result.",
    "external_id_reused": "This external_id was received before with another body. Send a correction under a new external_id.",
    "key_and_external_id_differ": "The Idempotency-Key belongs to one result and the external_id to another.",
}
NOT_STORABLE = Fault("body", "not_storable", "The database cannot hold a value of this result.")
SMALL = 64 * 1024
KEY = re.compile(r"^[\x21-\x7e]{8,200}$")


@csrf_exempt
def search_results(request: HttpRequest) -> HttpResponse:
    """Take one result of a search made elsewhere."""
    return at_the_door(request, _take, what="the result", less="smaller pictures")


def at_the_door(request: HttpRequest, take: Callable[[HttpRequest], HttpResponse], *, what: str, less: str) -> HttpResponse:
    """Take what is sent with POST; say what to do where it is too large, or the keystore or the database is away."""
    if request.method != "POST":
        answer = problem(405, code="method", detail=f"Send {what} with POST.")
        answer["Allow"] = "POST"
        return answer
    try:
        return take(request)
    except RequestDataTooBig:
        return problem(413, code="too_large", detail=f"The request is larger than 25 MB. Send {less}.")
    except KeysAway:
        return problem(503, code="keystore_away", detail=f"Pictures cannot be sealed now, so nothing was stored. Send {what} again later.")
    except DataError:
        return problem(422, code="invalid", detail="A value cannot be stored, so nothing was.", faults=[NOT_STORABLE])
    except (OperationalError, InterfaceError, IntegrityError):  # the last: it met its twin again and again
        return _database_away()


def _take(request: HttpRequest) -> HttpResponse:
    key_hash = key_of(request)
    if not key_hash or (_is_large(request) and not receiving.key_is_known(key_hash)):
        return unknown_key()
    idempotency_key = request.headers.get("Idempotency-Key", "")
    if not KEY.match(idempotency_key):
        fault = Fault("Idempotency-Key", "key_missing", "Send a key of 8 to 200 visible characters, the same when you repeat.")
        return problem(422, code="idempotency_key", detail="The header Idempotency-Key is missing or malformed.", faults=[fault])
    try:
        raw, parts = _parts(request)
        result = decode(raw)
    except (MultiPartParserError, UnicodeDecodeError) as trouble:
        return problem(400, code="unreadable", detail=f"The multipart body cannot be read: {trouble}")
    except msgspec.ValidationError as trouble:
        field, said = where(str(trouble))
        return problem(422, code="invalid", detail="A field is not as described.", faults=[Fault(field, "invalid", said)])
    except msgspec.DecodeError as trouble:
        return problem(400, code="unreadable", detail=f"The body is not JSON: {trouble}")
    except _WrongType:
        return problem(415, code="content_type", detail="Send application/json, or multipart/form-data with a part called “result”.")

    if shows_pictures(result) and not _is_large(request) and not receiving.key_is_known(key_hash):
        return unknown_key()
    found = read(result, raw, parts, key_hash=key_hash, idempotency_key=idempotency_key)
    if found.faults:
        return problem(422, code="invalid", detail=f"{len(found.faults)} thing(s) in the result are not right.", faults=found.faults)
    answer = receiving.receive_result(key_hash=key_hash, result=found.fields, body_sha256=found.body_sha256, pictures=found.pictures.seal())
    if answer.status == 401:
        return unknown_key()
    if answer.status == 409:
        return problem(409, code=answer.body["conflict"], detail=CONFLICTS[answer.body["conflict"]])
    told = HttpResponse(msgspec.json.encode(answer.body), status=answer.status, content_type="application/json")
    told.of_case = answer.body["case"]  # type: ignore[attr-defined]  # for the line of the log
    return told


def _database_away() -> HttpResponse:
    """Answer while the database is away, full, or was stopped in the middle; drop the connection, so that the next one begins anew."""
    connections[receiving.DOOR].close()
    return problem(
        503, code="database_away", detail="The database does not answer now. Send it again later, with the same key: nothing is doubled."
    )


def key_of(request: HttpRequest) -> str:
    """Return the hash of the key that a request carries; empty where it carries none."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return receiving.hash_of_key(key) if scheme.lower() == "bearer" and key else ""


def unknown_key() -> HttpResponse:
    """Answer whoever has no key of a source system."""
    return problem(401, code="unknown_key", detail="Send “Authorization: Bearer KEY” with the key of your source system.")


def _is_large(request: HttpRequest) -> bool:
    """Whether a request may hold pictures; then its key is asked for before it is read. A small one is known and stored in one call."""
    return request.content_type != "application/json" or int(request.headers.get("Content-Length") or 0) > SMALL


class _WrongType(ValueError):
    """The content type is none that is taken."""


def _parts(request: HttpRequest) -> tuple[bytes, dict[str, bytes]]:
    """Return the JSON bytes of the result, and the pictures that came as parts."""
    if request.content_type == "application/json":
        return request.body, {}
    if request.content_type != "multipart/form-data":
        raise _WrongType
    files = {name: file.read() for name, file in request.FILES.items() if isinstance(file, UploadedFile)}
    if "result" in request.POST:
        return request.POST["result"].encode(), files
    return files.pop("result", b""), files
