"""POST /api/v1/search-results: access, parse, one call, answer. A plain view, described in ``openapi.py``."""

import base64
import binascii
import hashlib
import re
import uuid
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from cases.acts import receive_result as receiving
from cases.api.body import Image, SearchResult
from cases.api.problems import problem
from cases.images import SealedPicture, keystore, seal_picture
from cases.keystore import KeystoreAway
from cases.matching.reference import reference_engine
from cases.rules.arrival import Fault, Listed, faults_of_box, faults_of_list, faults_of_times
from cases.uploads import CleanImage, UploadRefused, as_array, clean_upload
from ledger.clock import house_now

CONFLICTS = {
    "key_reused": "This Idempotency-Key was used for another body. Use a new key for a new result.",
    "external_id_reused": "This external_id was received before with another body. Send a correction under a new external_id.",
    "key_and_external_id_differ": "The Idempotency-Key belongs to one result and the external_id to another.",
}
SMALL = 64 * 1024
KEY = re.compile(r"^[\x21-\x7e]{8,200}$")
decode = msgspec.json.Decoder(SearchResult).decode


@csrf_exempt
def search_results(request: HttpRequest) -> HttpResponse:
    """Take one result of a search made elsewhere."""
    if request.method != "POST":
        answer = problem(405, code="method", detail="Send the result with POST.")
        answer["Allow"] = "POST"
        return answer
    try:
        return _take(request)
    except RequestDataTooBig:
        return problem(413, code="too_large", detail="The request is larger than 25 MB. Send smaller pictures.")
    except KeystoreAway:
        return problem(
            503, code="keystore_away", detail="Pictures cannot be sealed now, so nothing was stored. Send the result again later."
        )


def _take(request: HttpRequest) -> HttpResponse:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    key_hash = receiving.hash_of_key(key) if scheme.lower() == "bearer" and key else ""
    if not key_hash or (_is_large(request) and not receiving.key_is_known(key_hash)):
        return _unknown_key()
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
        field, said = _where(str(trouble))
        return problem(422, code="invalid", detail="A field is not as described.", faults=[Fault(field, "invalid", said)])
    except msgspec.DecodeError as trouble:
        return problem(400, code="unreadable", detail=f"The body is not JSON: {trouble}")
    except _WrongType:
        return problem(415, code="content_type", detail="Send application/json, or multipart/form-data with a part called “result”.")

    shows_pictures = result.probe is not None or any(c.image is not None for c in result.candidates)
    if shows_pictures and not _is_large(request) and not receiving.key_is_known(key_hash):
        return _unknown_key()
    faults = faults_of_list([Listed(c.subject_ref, c.rank, c.score, c.not_provided_because) for c in result.candidates])
    told = [("searched_at", result.searched_at), ("probe.captured_at", result.probe.captured_at if result.probe else None)]
    if any(time for _, time in told):
        faults += faults_of_times(told, now=house_now(using=receiving.DOOR))
    pictures = _Pictures(parts, f"source:{key_hash[:16]}:{result.external_id}")
    fields = _fields(result, idempotency_key, pictures, faults)
    if faults:
        return problem(422, code="invalid", detail=f"{len(faults)} thing(s) in the result are not right.", faults=faults)
    body_sha256 = hashlib.sha256(raw + b"".join(hashlib.sha256(parts[name]).digest() for name in sorted(parts))).hexdigest()
    answer = receiving.receive_result(key_hash=key_hash, result=fields, body_sha256=body_sha256, pictures=pictures.seal())
    if answer.status == 401:
        return _unknown_key()
    if answer.status == 409:
        return problem(409, code=answer.body["conflict"], detail=CONFLICTS[answer.body["conflict"]])
    return HttpResponse(msgspec.json.encode(answer.body), status=answer.status, content_type="application/json")


def _unknown_key() -> HttpResponse:
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


def _where(said: str) -> tuple[str, str]:
    """Split the decoder's sentence into the field that it names and what it says of it."""
    what, _, path = said.partition(" - at `$")
    unknown = re.search(r"unknown field `([^`]+)`", what) or re.search(r"missing required field `([^`]+)`", what)
    field = path.rstrip("`").lstrip(".")
    if unknown:
        field = f"{field}.{unknown.group(1)}".lstrip(".")
    return field or "body", what


class _Pictures:
    """The pictures of one request: cleaned first, sealed only when nothing is wrong."""

    def __init__(self, parts: dict[str, bytes], owner: str) -> None:
        self.parts, self.owner = parts, owner
        self.clean: list[tuple[uuid.UUID, CleanImage, str]] = []

    def add(self, image: Image, *, field: str, shows: str, faults: list[Fault]) -> tuple[int, CleanImage] | None:
        content = self._content(image, field, faults)
        if content is None:
            return None
        try:
            clean = clean_upload(content)
        except UploadRefused as refused:
            faults.append(Fault(field, refused.code, str(refused)))
            return None
        self.clean.append((uuid.uuid4(), clean, shows))
        return len(self.clean) - 1, clean

    def _content(self, image: Image, field: str, faults: list[Fault]) -> bytes | None:
        if (image.base64 is None) == (image.part is None):
            faults.append(Fault(field, "image_source", "Give either base64 or the name of a part."))
        elif image.part is not None:
            if image.part in self.parts:
                return self.parts[image.part]
            faults.append(Fault(f"{field}.part", "part_missing", f"There is no part called “{image.part}” in the request."))
        else:
            try:
                return base64.b64decode(image.base64 or "", validate=True)
            except (binascii.Error, ValueError):
                faults.append(Fault(f"{field}.base64", "not_base64", "This is not base64."))
        return None

    def seal(self) -> tuple[SealedPicture, ...]:
        if not self.clean:
            return ()
        key_id = keystore().create(self.owner)
        return tuple(seal_picture(clean, shows=shows, key_id=key_id, image_id=image_id) for image_id, clean, shows in self.clean)


def _fields(result: SearchResult, idempotency_key: str, pictures: _Pictures, faults: list[Fault]) -> dict[str, Any]:
    """Return the result as ``receive_result`` takes it; what is wrong is added to ``faults``."""
    fields: dict[str, Any] = {
        "external_id": result.external_id,
        "idempotency_key": idempotency_key,
        "agency_case": result.agency_case,
        "track": result.track,
        "list": {
            "engine_name": result.engine.name,
            "engine_version": result.engine.version,
            "template_version": result.engine.template_version,
            "score_scale": result.engine.score_scale,
            "threshold": result.engine.threshold,
            "gallery_name": result.gallery.name,
            "gallery_revision": result.gallery.revision,
            "compared": result.gallery.compared,
            "not_reported": result.not_reported(),
        },
        "candidates": [],
    }
    if result.probe is not None:
        added = pictures.add(result.probe.image, field="probe.image", shows="probe", faults=faults)
        if added is not None:
            place, clean = added
            faces = [face.box for face in reference_engine().find_faces(as_array(clean.png))]
            if not faces:
                faults.append(Fault("probe.image", "no_face", "No face was found in the probe; send the frame that was searched."))
            faults += faults_of_box(
                result.probe.target_face_box, picture=(clean.width, clean.height), faces=faces, field="probe.target_face_box"
            )
            fields["probe"] = {
                **{
                    name: getattr(result.probe, name)
                    for name in ("kind", "source", "place", "clock_error_seconds", "frame", "actors", "first_description", "target_because")
                },
                "captured_at": result.probe.captured_at.isoformat() if result.probe.captured_at else None,
                "target_box": result.probe.target_face_box,
                "image": str(pictures.clean[place][0]),
            }
    for number, candidate in enumerate(result.candidates):
        image_id = None
        image_sha256 = candidate.image_sha256 or ""
        if candidate.image is not None:
            added = pictures.add(candidate.image, field=f"candidates[{number}].image", shows="candidate", faults=faults)
            if added is not None:
                image_id = str(pictures.clean[added[0]][0])
                if image_sha256 and image_sha256 != added[1].original_sha256:
                    faults.append(Fault(f"candidates[{number}].image_sha256", "hash_differs", "The picture has another SHA-256."))
                image_sha256 = added[1].original_sha256
        fields["candidates"].append(
            {
                "token": str(uuid.uuid4()),
                "subject_ref": candidate.subject_ref,
                "image": image_id,
                "image_sha256": image_sha256,
                "rank": candidate.rank,
                "score": candidate.score,
                "not_provided_because": candidate.not_provided_because,
            }
        )
    return fields
