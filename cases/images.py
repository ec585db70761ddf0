"""The only place that yields an image in clear. For a person it commits the look first, then decrypts."""

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.keystore import FileKeystore, KeyDestroyed, Keystore, open_sealed, seal
from cases.models import Case, StoredImage
from cases.states import State
from cases.uploads import CleanImage, label_demo
from ledger.asking import ask_database
from ledger.worded import first, worded_once
from people.models import Person

DEMO_LABEL = "DEMONSTRATION - a rendered person who does not exist"


@cache
def keystore() -> Keystore:
    """Return the keystore of this house: a file of its own, or what the settings name instead."""
    return FileKeystore(settings.KEYSTORE_PATH, settings.MASTER_KEY_FILE)


@dataclass(frozen=True, slots=True)
class SealedPicture:
    """A picture ready to be stored: what is said of it, and its sealed bytes."""

    id: uuid.UUID
    said: dict[str, Any]
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in clear, for one answer."""

    media_type: str
    content: bytes


def seal_picture(clean: CleanImage, *, shows: str, key_id: str, demo: bool = False, image_id: uuid.UUID | None = None) -> SealedPicture:
    """Seal a re-encoded picture under a key of the keystore; its own id is bound in as associated data."""
    return _seal(
        clean.png,
        image_id=image_id or uuid.uuid4(),
        shows=shows,
        key_id=key_id,
        said={
            "original_sha256": clean.original_sha256,
            "stored_sha256": clean.stored_sha256,
            "media_type": clean.media_type,
            "width": clean.width,
            "height": clean.height,
            "demo": demo,
        },
    )


def seal_attachment(content: bytes, *, sha256: str, key_id: str) -> SealedPicture:
    """Seal a paper from elsewhere as it came: kept, never rendered."""
    said = {"original_sha256": sha256, "stored_sha256": sha256, "media_type": "application/octet-stream", "width": 0, "height": 0}
    return _seal(content, image_id=uuid.uuid4(), shows="attachment", key_id=key_id, said=said)


def _seal(content: bytes, *, image_id: uuid.UUID, shows: str, key_id: str, said: dict[str, Any]) -> SealedPicture:
    sealed = seal(keystore().key(key_id), content, aad=image_id.bytes)
    return SealedPicture(image_id, {"id": str(image_id), "shows": shows, "key_id": key_id, **said}, sealed)


def look(*, image_id: uuid.UUID, by: Person, purpose: str) -> Picture:
    """Commit that ``by`` looks at the picture, then return it in clear; a demonstration picture carries its label.

    Raises StoredImage.DoesNotExist, KeyDestroyed or KeystoreAway. The look stays on record also when what follows fails.
    """
    image = first(_stored(image_id))
    if image is None:
        raise StoredImage.DoesNotExist("there is no such picture")
    if image.shows == "attachment":
        raise StoredImage.DoesNotExist("an attachment is sealed and never rendered")
    told = details(by=by, said={"image": str(image_id), "shows": image.shows, "purpose": purpose})
    with transaction.atomic(durable=True):
        ask_database("select record_look(%s, %s, %s, %s)", image_id, by.pk, purpose, Jsonb(told))
    content = _open(image)
    return Picture(image.media_type, label_demo(content, DEMO_LABEL) if image.demo else content)


@worded_once
def _stored(image_id: uuid.UUID) -> QuerySet[StoredImage]:
    return StoredImage.objects.select_related("case").filter(pk=image_id)


def for_the_engine(image: StoredImage) -> bytes:
    """Return the stored picture for the machine that searches; no person sees it, so it is no look."""
    return _open(image)


def for_a_bundle(image: StoredImage) -> bytes:
    """Return the stored picture for a bundle: no person sees it here, and the record says that the bundle leaves before it does."""
    content = _open(image)
    return label_demo(content, DEMO_LABEL) if image.demo else content


def key_of_case(case: Case, *, using: str = "default") -> bytes | None:
    """Return the key under which the pictures of a case lie, for what is made of them: it goes when they go. None: there is none, or none any more."""
    if case.state == State.DESTROYED:
        return None
    key_ids = StoredImage.objects.using(using).filter(case=case).order_by("stored_at", "id").values_list("key_id", flat=True)
    oldest = key_ids.first()
    return None if oldest is None else keystore().key(oldest)


def _open(image: StoredImage) -> bytes:
    """Return the bytes. Of a destroyed case nothing is opened, whether its key has left the keystore yet or not."""
    if image.case is not None and image.case.state == State.DESTROYED:
        raise KeyDestroyed(f"the pictures of {image.case.ref} are destroyed")
    return open_sealed(keystore().key(image.key_id), bytes(image.sealed), aad=image.pk.bytes)
