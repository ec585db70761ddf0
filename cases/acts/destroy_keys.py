"""The keys of a destroyed case leave the keystore; a key that another case still needs goes with the last of them."""

from django.db import transaction
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
    """Destroy each key, look that it is gone, and record it once. Whatever fails leaves the job to be tried again; doing it again changes nothing."""
    receipt = Destruction.objects.select_related("case").get(case__ref=case_ref)
    shared = StoredImage.objects.filter(key_id__in=receipt.keys).exclude(case=receipt.case).exclude(case__state=State.DESTROYED)
    kept = set(shared.values_list("key_id", flat=True))
    for key_id in receipt.keys:
        if key_id in kept:
            continue
        keystore().destroy(key_id)
        if keystore().exists(key_id):
            raise KeyStillThere(f"the keystore still holds a key of {case_ref}")
    told = details(by=None, said={"keys": len(receipt.keys), "kept_for_others": len(kept)})
    ask_database("select note_keys_destroyed(%s, %s)", case_ref, Jsonb(told))
