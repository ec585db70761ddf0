"""Register a folder of faces as an agency's known non-mates: rendered, or of people who consented. Needs the owner's login."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cases.images import keystore, seal_picture
from cases.management.registering import registering
from cases.models import StoredImage
from ledger.append import append
from people.administering import NotEntered, agency_of
from people.models import Agency
from review.management.folders import opened, pictures_in
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
        with registering("A known non-mate is registered"):
            agency, paths = agency_of(ori), pictures_in(folder)
            number = register(agency=agency, paths=paths, source=source, document=document)
        known = f"; {len(paths) - number} were in the pool already" if number < len(paths) else ""
        self.stdout.write(f"{number} known non-mates registered for {ori}{known}")


@transaction.atomic
def register(*, agency: Agency, paths: list[Path], source: str, document: str, demo: bool = False) -> int:
    """Register each picture that is not in the pool yet; return how many. Raises NotEntered for one that cannot be used."""
    if not document.strip() or not document.isprintable():
        raise NotEntered("say in one line where the licence or the consent is on file: --document")
    pictures = [(path, opened(path, one_face=True)) for path in paths]
    key_id = keystore().create(f"non-mates:{agency.ori}:{NonMate.objects.filter(agency=agency).count()}")
    number = 0
    for path, clean in pictures:
        if NonMate.objects.filter(agency=agency, original_sha256=clean.original_sha256).exists():
            continue
        if StoredImage.objects.filter(original_sha256=clean.original_sha256, gallery__isnull=False).exists():
            raise NotEntered(f"{path.name}: a face that is in a gallery is no known non-mate")
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
