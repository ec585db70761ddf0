"""What a source system may send, as types: unknown fields are refused, and an error names the exact field.

No text holds U+0000: PostgreSQL stores none.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LONGEST_SENT = 500  # candidates of one result
NO_NUL = "^[^\\x00]*$"
ShortText = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
FreeText = Annotated[str, Meta(max_length=10_000, pattern=NO_NUL)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Box = Annotated[list[Annotated[int, Meta(ge=0, le=100_000)]], Meta(min_length=4, max_length=4)]


class Image(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A picture: inline as base64, or the name of a part of the same multipart request."""

    base64: str | None = None
    part: ShortText | None = None


class Probe(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The probe that was searched elsewhere; the target face box is x, y, width, height in pixels."""

    image: Image
    kind: Literal["cctv_still", "photograph", "document_photo", "other_still"] = "other_still"
    source: FreeText = ""
    place: FreeText = ""
    captured_at: datetime | None = None
    clock_error_seconds: Annotated[int, Meta(ge=-(10**9), le=10**9)] | None = None
    frame: FreeText = ""
    actors: Annotated[int, Meta(ge=1, le=1000)] = 1
    first_description: FreeText = ""
    target_face_box: Box | None = None
    target_because: FreeText = ""


class Candidate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A face that was returned. A missing rank or score needs its reason."""

    subject_ref: ShortText
    rank: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    score: float | None = None
    not_provided_because: Annotated[str, Meta(max_length=500, pattern=NO_NUL)] = ""
    image: Image | None = None
    image_sha256: Sha256 | None = None


class Engine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The engine that searched; what is left out is stored as not reported."""

    name: ShortText | None = None
    version: ShortText | None = None
    template_version: ShortText | None = None
    score_scale: ShortText | None = None
    threshold: float | None = None


class Gallery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The gallery that was searched; what is left out is stored as not reported."""

    name: ShortText | None = None
    revision: ShortText | None = None
    compared: Annotated[int, Meta(ge=0, le=10**15)] | None = None


class SearchResult(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One result of one search. No candidates is a result like any other."""

    external_id: ShortText
    agency_case: ShortText
    track: Literal["suspect", "victim_or_witness", "unidentified", "missing"]
    candidates: Annotated[list[Candidate], Meta(max_length=LONGEST_SENT)]
    searched_at: datetime | None = None
    engine: Engine = msgspec.field(default_factory=Engine)
    gallery: Gallery = msgspec.field(default_factory=Gallery)
    probe: Probe | None = None

    def not_reported(self) -> list[str]:
        """Return the names of what the sender did not say."""
        told = {
            **{f"engine.{name}": getattr(self.engine, name) for name in self.engine.__struct_fields__},
            **{f"gallery.{name}": getattr(self.gallery, name) for name in self.gallery.__struct_fields__},
            "searched_at": self.searched_at,
            "probe": self.probe,
        }
        return [name for name, value in told.items() if value is None]
