"""The keys of a destroyed case leave the keystore; a key that another case still needs goes with the last of them."""

from django.db import transaction
from django.db.models import Q
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.images import keystore
from cases.models import Destruction, StoredImage
from cases.states import State
from ledger.asking import ask_database


class KeyStillThere(RuntimeError):
    """A broken promise of the keystore: a key that was destroyed is there."""


@transaction.atomic
def destroy_keys(*, case_ref: str) -> None:
    """Destroy each key and look that it is gone. Whatever fails leaves the job to be tried again; doing it again changes nothing.

    Of this receipt, and of those that shared a key with it, it is recorded once that the keys are gone: when all of them are.
    """
    receipt = Destruction.objects.select_related("case").get(case__ref=case_ref)
    shared = StoredImage.objects.filter(key_id__in=receipt.keys).exclude(case=receipt.case).exclude(case__state=State.DESTROYED)
    kept = set(shared.values_list("key_id", flat=True))
    for key_id in receipt.keys:
        if key_id in kept:
            continue
        keystore().destroy(key_id)
        if keystore().exists(key_id):
            raise KeyStillThere(f"the keystore still holds a key of {case_ref}")
    theirs = Destruction.objects.filter(Q(pk=receipt.pk) | Q(keys__overlap=receipt.keys), keys_destroyed__isnull=True)
    for each in theirs.select_related("case").order_by("pk"):
        if not any(keystore().exists(key_id) for key_id in each.keys):
            ask_database("select note_keys_destroyed(%s, %s)", each.case.ref, Jsonb(details(by=None)))
