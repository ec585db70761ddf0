"""Enrol a folder in a gallery, batch by batch: what is done stays done, a bad file is skipped and named."""

import os
from bisect import bisect_right
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from cases.audit import record
from cases.images import keystore, seal_picture
from cases.jobs import enqueue
from cases.keystore import seal
from cases.matching.interface import Engine, ProbeRefused, select_target
from cases.models import EnrolmentFile, EnrolmentRun, GallerySubject, StoredImage
from cases.rules.act import Act
from cases.uploads import UploadRefused, as_array, clean_upload

BATCH = 20
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def files_of(folder: Path) -> list[str]:
    """Return the names of the pictures in a folder, in order. A name that is no text (UTF-8) is left out: no row can say it."""
    return [name for name in _pictures_in(folder) if _is_text(name)]


def no_text_in(folder: Path) -> list[bytes]:
    """Return the names of pictures that are no text, as they lie there."""
    return [os.fsencode(name) for name in _pictures_in(folder) if not _is_text(name)]


def _pictures_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


@lru_cache(maxsize=4)
def _listed(run_id: int, folder: str) -> tuple[str, ...]:
    """The names of a run, read from its folder once a process: a run is of what was there, and each batch goes on behind the one before it."""
    names = tuple(files_of(Path(folder)))
    if not names:
        raise FileNotFoundError(f"{folder} holds no picture any more: its volume may not be mounted")
    return names


@transaction.atomic
def enrol(*, run_id: int, at: datetime, engine: Engine, after: str = "", done: int = 0) -> int:
    """Enrol the next batch of a run and enqueue the one after it; return how many files are still to do.

    ``after``: the last name of the batch before, ``done``: how many files came before; its job keeps both, so that no batch reads what all
    others did. Without a name it is the first batch, or goes on where the run stands.
    """
    run = EnrolmentRun.objects.select_related("gallery").get(pk=run_id)
    names = _listed(run.pk, run.folder)
    if after:
        begins = bisect_right(names, after)
    else:
        stands = set(run.done.values_list("name", flat=True))
        begins, done = next((place for place, name in enumerate(names) if name not in stands), len(names)), len(stands)
    batch = names[begins : begins + BATCH]
    already = set(run.done.filter(name__in=batch).values_list("name", flat=True))
    left = [name for name in batch if name not in already]
    enrolled = 0
    for name in left:
        outcome, because = _enrol_file(run, name, engine)
        EnrolmentFile.objects.create(run=run, name=name, outcome=outcome, because=because)
        enrolled += outcome == "enrolled"
    if left:
        said = {"run": run.pk, "files": len(left), "enrolled": enrolled, "engine": engine.build.version}
        record(act=Act.ENROL, subject=f"gallery:{run.gallery_id}", by=None, said=said)
    rest = len(names) - begins - len(batch)
    if rest:
        done += len(batch)
        enqueue(kind="enrol", key=f"enrol:{run.pk}:{done}", details={"run": run.pk, "after": batch[-1], "done": done})
    return rest


def _is_away(folder: Path) -> bool:
    """Whether there is no folder, or an empty one, as where a volume is not mounted: then no file of it is a bad one."""
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return True


def _enrol_file(run: EnrolmentRun, name: str, engine: Engine) -> tuple[str, str]:
    try:
        clean = clean_upload((Path(run.folder) / name).read_bytes())
        picture = as_array(clean.png)
        faces = engine.find_faces(picture)
        face = select_target(faces, None, (clean.width, clean.height))
    except UploadRefused as refused:
        return "skipped", str(refused)
    except ProbeRefused as refused:
        return "skipped", str(refused)
    except OSError as trouble:
        if _is_away(Path(run.folder)):
            raise
        return "skipped", f"the file cannot be read: {trouble.strerror}"
    gallery = run.gallery
    version = engine.build.template_version
    if GallerySubject.objects.filter(gallery=gallery, original_sha256=clean.original_sha256, template_version=version).exists():
        return "already", ""
    sealed = seal_picture(clean, shows="gallery", key_id=gallery.key_id, demo=gallery.demo)
    said = {name_: value for name_, value in sealed.said.items() if name_ != "id"}
    image = StoredImage.objects.create(id=sealed.id, gallery=gallery, sealed=sealed.sealed, **said)
    template = engine.template(picture, face)
    GallerySubject.objects.create(
        gallery=gallery,
        subject_ref=Path(name).stem.split("_")[0],
        image=image,
        sealed_template=seal(keystore().key(gallery.key_id), template.vector.tobytes(), aad=bytes.fromhex(clean.original_sha256)),
        template_version=version,
        original_sha256=clean.original_sha256,
    )
    return "enrolled", ""
