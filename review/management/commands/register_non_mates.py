"""Register a folder of faces as an agency's known non-mates: rendered, or of people who consented. Needs the owner's login."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.acts.enrol import files_of
from cases.images import keystore, seal_picture
from cases.matching.interface import ProbeRefused, select_target
from cases.matching.reference import reference_engine
from cases.models import StoredImage
from cases.uploads import UploadRefused, as_array, clean_upload
from ledger.append import append
from people.models import Agency
from review.models import NonMate


class Command(BaseCommand):
    """``manage.py register_non_mates XX0010000 /path --source consented --document "Consent forms 2025/14"``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", choices=("synthetic", "consented"), required=True)
        parser.add_argument("--document", required=True, help="where the licence or the consent is on file")

    def handle(self, *, ori: str, folder: Path, source: str, document: str, **_: Any) -> None:
        agency = Agency.objects.filter(ori=ori).first()
        if agency is None:
            raise CommandError(f"there is no agency {ori}")
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        paths = [folder / name for name in files_of(folder)]
        number = register(agency=agency, paths=paths, source=source, document=document)
        self.stdout.write(f"{number} known non-mates registered for {ori}")


@transaction.atomic
def register(*, agency: Agency, paths: list[Path], source: str, document: str, demo: bool = False) -> int:
    """Register each picture that is not in the pool yet; return how many. Raises CommandError for one that cannot be used."""
    key_id = keystore().create(f"non-mates:{agency.ori}:{NonMate.objects.filter(agency=agency).count()}")
    engine = reference_engine()
    number = 0
    for path in paths:
        try:
            clean = clean_upload(path.read_bytes())
            select_target(engine.find_faces(as_array(clean.png)), None, (clean.width, clean.height))
        except (UploadRefused, ProbeRefused) as refused:
            raise CommandError(f"{path.name}: {refused}") from None
        if NonMate.objects.filter(agency=agency, original_sha256=clean.original_sha256).exists():
            continue
        sealed = seal_picture(clean, shows="non_mate", key_id=key_id, demo=demo)
        said = {name: value for name, value in sealed.said.items() if name != "id"}
        NonMate.objects.create(
            agency=agency,
            image=StoredImage.objects.create(id=sealed.id, sealed=sealed.sealed, **said),
            subject_ref=path.stem.split("_")[0],
            source=source,
            source_document=document,
            original_sha256=clean.original_sha256,
        )
        number += 1
    said = {"agency": agency.ori, "faces": number, "source": source, "document": document, "by": "administrator"}
    append(kind="register_non_mates", subject=f"agency:{agency.ori}", details=said)
    return number
