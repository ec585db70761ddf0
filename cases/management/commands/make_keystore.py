"""Make the keystore of a new house, once; of a house that has one, say whether it is there and the right one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.images import keystore
from cases.keystore import WHAT_TO_DO, KeystoreAway
from cases.models import Destruction, Gallery, StoredImage
from ledger.models import LogKey


class Command(BaseCommand):
    """``manage.py make_keystore`` after ``migrate``, as the user that the house runs as. Where the database names a key, none is ever made."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--restored", action="store_true", help="a copy was restored: destroy again what the receipts say is gone")

    def handle(self, *, restored: bool, **_: Any) -> None:
        log_keys = list(LogKey.objects.values_list("what", "key_id"))
        in_use = bool(log_keys) or Gallery.objects.exists() or StoredImage.objects.exists()
        try:
            made = not in_use and keystore().make()
            marked = in_use and keystore().mark()
            lost = [what for what, key_id in log_keys if not keystore().exists(key_id)]
        except KeystoreAway as trouble:
            raise CommandError(str(trouble)) from None
        if lost:
            raise CommandError(
                f"the keystore has the mark of this house and not the key with which it signs its {' and its '.join(lost)}: "
                f"it is older than this database, or another one. {WHAT_TO_DO}"
            )
        if restored:
            self.stdout.write(f"destroyed again: {_destroyed_again()}")
        self.stdout.write(
            f"the keystore is {'made' if made else 'there, and marked now' if marked else 'there, and the one of this house'}"
        )


def _destroyed_again() -> int:
    """Destroy the keys of which it is on record that they are gone, and return how many were there."""
    gone = Destruction.objects.filter(keys_destroyed__isnull=False).values_list("keys", flat=True)
    back = [key_id for keys in gone.iterator() for key_id in keys if keystore().exists(key_id)]
    for key_id in back:
        keystore().destroy(key_id)
    return len(set(back))
