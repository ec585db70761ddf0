"""Enrol a folder in a gallery, batch by batch: what is done stays done, a bad file is skipped and named."""

from datetime import datetime
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
    """Return the names of the pictures in a folder, in order."""
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


@transaction.atomic
def enrol(*, run_id: int, at: datetime, engine: Engine) -> int:
    """Enrol the next batch of a run and enqueue the one after it; return how many files are still to do."""
    run = EnrolmentRun.objects.select_related("gallery").get(pk=run_id)
    done = set(run.done.values_list("name", flat=True))
    left = [name for name in files_of(Path(run.folder)) if name not in done]
    enrolled = 0
    for name in left[:BATCH]:
        outcome, because = _enrol_file(run, name, engine)
        EnrolmentFile.objects.create(run=run, name=name, outcome=outcome, because=because)
        enrolled += outcome == "enrolled"
    if left:
        said = {"run": run.pk, "files": len(left[:BATCH]), "enrolled": enrolled, "engine": engine.build.version}
        record(act=Act.ENROL, subject=f"gallery:{run.gallery_id}", by=None, said=said)
    rest = len(left) - len(left[:BATCH])
    if rest:
        enqueue(kind="enrol", key=f"enrol:{run.pk}:{len(done) + BATCH}", details={"run": run.pk})
    return rest


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
