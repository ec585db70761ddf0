"""Register the pictures of a folder for practice: people who agreed to it, or who do not exist. What stands before the first _ says whose it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from cases.images import keystore, seal_picture
from cases.management.registering import registering
from cases.models import StoredImage
from ledger.append import append
from people.administering import agency_of
from people.models import Agency
from review.management.folders import opened, pictures_in
from review.models import PracticePicture


class Command(BaseCommand):
    """Run with the owner's login."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--agency", required=True, help="its ORI")

    def handle(self, *, folder: Path, agency: str, **_: Any) -> None:
        with registering("A picture for practice is registered"):
            number = register(agency_of(agency), pictures_in(folder))
        self.stdout.write(f"{number} pictures are there for practice.")


@transaction.atomic
def register(agency: Agency, paths: Sequence[Path], *, demo: bool = False) -> int:
    """Seal each picture under the agency's practice key; return how many. Raises NotEntered for one that cannot be used."""
    pictures = [(path, opened(path)) for path in paths]
    key = keystore().create(f"practice:{agency.ori}")
    for path, clean in pictures:
        sealed = seal_picture(clean, shows="gallery", key_id=key, demo=demo)
        said = {name: value for name, value in sealed.said.items() if name != "id"}
        image = StoredImage.objects.create(id=sealed.id, sealed=sealed.sealed, **said)
        PracticePicture.objects.create(agency=agency, subject=path.stem.split("_")[0], image=image)
    append(
        kind="register_gallery",
        subject=f"agency:{agency.ori}",
        details={"agency": agency.ori, "basis": "practice", "pictures": len(paths), "by": "administrator"},
    )
    return len(paths)
