"""The templates of a gallery as one matrix, opened once a revision and kept in the worker's memory."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Max

from cases.images import keystore
from cases.keystore import open_sealed
from cases.models import Gallery, GallerySubject

TEMPLATE_BYTES = 128 * 4


@dataclass(frozen=True, slots=True)
class OpenGallery:
    """Row ids and float32 templates (n x 128) of one revision, in the same order."""

    revision: str
    subjects: tuple[int, ...]
    matrix: npt.NDArray[np.float32]


def revision_of(gallery: Gallery, *, template_version: str) -> str:
    """Return the revision: it changes whenever a face is enrolled."""
    row = GallerySubject.objects.filter(gallery=gallery, template_version=template_version).aggregate(n=Count("id"), last=Max("id"))
    return f"{row['n']}-{row['last'] or 0}"


def open_gallery(gallery: Gallery, *, template_version: str) -> OpenGallery:
    """Return the gallery as it stands now. Raises KeyDestroyed or KeystoreAway."""
    revision = revision_of(gallery, template_version=template_version)
    return _opened(gallery.pk, gallery.key_id, template_version, revision)


@lru_cache(maxsize=4)
def _opened(gallery_id: int, key_id: str, template_version: str, revision: str) -> OpenGallery:
    key = keystore().key(key_id)
    rows = GallerySubject.objects.filter(gallery_id=gallery_id, template_version=template_version).order_by("id")
    number = int(revision.split("-")[0])
    matrix = np.empty((number, TEMPLATE_BYTES // 4), dtype=np.float32)
    subjects = []
    for place, (pk, sealed, original) in enumerate(rows.values_list("id", "sealed_template", "original_sha256").iterator(5000)):
        matrix[place] = np.frombuffer(open_sealed(key, bytes(sealed), aad=bytes.fromhex(original)), dtype=np.float32)
        subjects.append(pk)
    return OpenGallery(revision, tuple(subjects), matrix)
