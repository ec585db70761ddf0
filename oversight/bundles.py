"""Makes the bundles that legal advisers asked for on the pages, one after another, with the auditor's login."""

import logging
from collections.abc import Callable
from hashlib import sha256

from django.db import DatabaseError

from cases.images import key_of_case
from cases.keystore import KeyDestroyed, KeystoreAway, seal
from cases.log_keys import NoLogKey
from cases.models import Case
from ledger.asking import ask_database, ask_rows
from ledger.keyed import derived_key
from oversight.export import NotMade, export
from review.rules.leaving import Leaving

log = logging.getLogger(__name__)
NEXT = """
select w.id, c.ref, w.recipient, w.purpose, w.authority, w.ori, w.court_copy, bundle_that_left(w.id) is not null
  from review_bundlewanted w join cases_case c on c.id = w.case_id
 where not exists (select 1 from review_bundlemade m where m.wanted_id = w.id) order by w.id limit 1
"""
NOT_KEPT = "The database did not take it; the log of the process says where. Ask again."  # it quotes the row that it refuses
UNEXPECTED = "It broke where nobody expected it ({}); the log of the process says where. Tell whoever runs the house, then ask again."
INTERRUPTED = "The making was interrupted after the record had said that it leaves. Ask again."


def make_next(*, wait: Callable[[], bool], using: str = "default") -> int | None:
    """Make the bundle that waits longest and return the number of the wish; None where none waits, or another process is at it."""
    if not ask_database("select pg_try_advisory_lock(hashtextextended('bundles', 0))", using=using):
        return None
    try:
        for wanted, case_ref, recipient, purpose, authority, ori, court_copy, left in ask_rows(NEXT, using=using):
            leaving = Leaving(recipient, purpose, authority, ori)
            _make(wanted, case_ref, leaving, wait, left=left, court_copy=court_copy, using=using)
            return int(wanted)
        return None
    finally:
        ask_database("select pg_advisory_unlock(hashtextextended('bundles', 0))", using=using)


def _make(wanted: int, case_ref: str, leaving: Leaving, wait: Callable[[], bool], *, left: bool, court_copy: bool, using: str) -> None:
    try:
        if left:
            raise NotMade(INTERRUPTED)
        key = key_of_case(Case.objects.using(using).get(ref=case_ref), using=using)  # before its pictures are read: they may go meanwhile
        raw = export(case_ref=case_ref, leaving=leaving, wait=wait, wanted=wanted, court_copy=court_copy, using=using)
        sealed = seal(key or derived_key("bundles"), raw, aad=str(wanted).encode())
        ask_database("select bundle_made(%s, %s, %s)", wanted, sha256(raw).hexdigest(), sealed, using=using)
    except (NotMade, NoLogKey, KeyDestroyed, KeystoreAway) as trouble:
        ask_database("select bundle_not_made(%s, %s)", wanted, str(trouble).strip(), using=using)
    except DatabaseError:
        log.exception("a bundle was not kept")
        ask_database("select bundle_not_made(%s, %s)", wanted, NOT_KEPT, using=using)
    except Exception as trouble:  # one case whose bundle breaks holds up no other
        log.exception("a bundle could not be made")
        ask_database("select bundle_not_made(%s, %s)", wanted, UNEXPECTED.format(type(trouble).__name__), using=using)


def forget(*, using: str = "default") -> int:
    """Let the files go that were kept for seven days."""
    return int(ask_database("select forget_bundles()", using=using))
