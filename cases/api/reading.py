"""Reads one result as it arrived, for the single door, the batch and the import: the same types, the same faults, the same hash."""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from cases.acts.receive_result import DOOR
from cases.api.body import Image, SearchResult
from cases.images import SealedPicture, keystore, seal_picture
from cases.matching.reference import reference_engine
from cases.rules.arrival import Fault, Listed, faults_of_box, faults_of_list, faults_of_times
from cases.uploads import CleanImage, UploadRefused, as_array, clean_upload
from ledger.clock import house_now

decode = msgspec.json.Decoder(SearchResult).decode


@dataclass(frozen=True, slots=True)
class Read:
    """A result in the shape that ``receive_result`` takes, and every fault; only without a fault are its pictures sealed."""

    fields: Mapping[str, Any]
    body_sha256: str
    faults: tuple[Fault, ...]
    pictures: "Pictures"


def shows_pictures(result: SearchResult) -> bool:
    """Whether a result carries a probe or a candidate's picture."""
    return result.probe is not None or any(candidate.image is not None for candidate in result.candidates)


def read(
    result: SearchResult, raw: bytes, parts: dict[str, bytes], *, key_hash: str, idempotency_key: str, now: datetime | None = None
) -> Read:
    """Read a decoded result. ``raw`` is its JSON as it came, ``parts`` its pictures that came beside it; ``now`` is asked for where it is needed."""
    faults = faults_of_list([Listed(c.subject_ref, c.rank, c.score, c.not_provided_because) for c in result.candidates])
    told = [("searched_at", result.searched_at), ("probe.captured_at", result.probe.captured_at if result.probe else None)]
    if any(time for _, time in told):
        faults += faults_of_times(told, now=now or house_now(using=DOOR))
    pictures = Pictures(parts, f"source:{key_hash[:16]}:{result.external_id}")
    fields = _fields(result, idempotency_key, pictures, faults)
    body_sha256 = hashlib.sha256(raw + b"".join(hashlib.sha256(parts[name]).digest() for name in sorted(parts))).hexdigest()
    return Read(fields, body_sha256, tuple(faults), pictures)


def where(said: str) -> tuple[str, str]:
    """Split the decoder's sentence into the field that it names and what it says of it."""
    what, _, path = said.partition(" - at `$")
    unknown = re.search(r"unknown field `([^`]+)`", what) or re.search(r"missing required field `([^`]+)`", what)
    field = path.rstrip("`").lstrip(".")
    if unknown:
        field = f"{field}.{unknown.group(1)}".lstrip(".")
    return field or "body", what


class Pictures:
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


def _fields(result: SearchResult, idempotency_key: str, pictures: Pictures, faults: list[Fault]) -> dict[str, Any]:
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
