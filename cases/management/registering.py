"""How the commands end that register something under a key of the keystore."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from cases.keystore import KeystoreAway
from people.administering import as_administrator

SO_FAR = "Nothing was registered"


@contextmanager
def registering(what: str) -> Iterator[None]:
    """Let a command end in a sentence. ``what`` needs the owner's login, as “A gallery is registered”."""
    with as_administrator(what=what, so_far=SO_FAR):
        try:
            yield
        except KeystoreAway as trouble:
            raise CommandError(f"{trouble}. {SO_FAR}.") from None
