"""Which countersignatures were signed while witnesses had been silent for too long, derived from rows by other code than the gate's."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.backends.utils import CursorWrapper

from oversight.reading import Row, rows_of

SIGNED = """
select s.ref, s.state, d.at from review_countersignature s join review_decision d on d.countersignature_id = s.id
 where d.signed and (%s::timestamptz is null or d.at >= %s) order by s.id
"""
# The oldest entry from an index on, in the order of the log; what has no place yet stands behind it.
OLDEST = """
select min(e.at) as at from ledger_entry e left join ledger_leaf l on l.entry_id = e.seq where coalesce(l.index, %s) >= %s and e.at <= %s
"""


def signed_unseen(cursor: CursorWrapper, since: datetime | None, of_one_moment: timedelta) -> Iterator[tuple[str, str, str]]:
    """Yield reference, state and a sentence. ``of_one_moment``: what an entry that was being written may be late."""
    policies = rows_of(cursor, "select id, quorum, silence, at from ledger_witnesspolicy where quorum > 0 order by id")
    if not policies:
        return
    every = rows_of(cursor, "select id, quorum, at from ledger_witnesspolicy order by id")
    kept = rows_of(
        cursor,
        "select w.policy_id, c.vkey, c.checkpoint_id as size, c.at from ledger_cosignature c join ledger_witness w on w.vkey = c.vkey",
    )
    for signed in rows_of(cursor, SIGNED, since, since):
        newest = max((each for each in every if each.at <= signed.at), key=lambda each: each.id, default=None)
        policy = next((each for each in policies if newest is not None and each.id == newest.id), None)
        if policy is None:
            continue
        seen = _seen(kept, policy, signed.at)
        ((oldest,),) = rows_of(cursor, OLDEST, seen, seen, signed.at)
        if oldest is not None and max(oldest, policy.at) < signed.at - policy.silence - of_one_moment:
            yield (
                signed.ref,
                signed.state,
                f"When it was signed, the witnesses had seen nothing of the log after its first {seen} entries for too long.",
            )


def _seen(kept: list[Row], policy: Row, at: datetime) -> int:
    """Return how long the log was that as many witnesses as the policy demands had seen by then."""
    largest: dict[str, int] = {}
    for row in kept:
        if row.policy_id == policy.id and row.at <= at:
            largest[row.vkey] = max(row.size, largest.get(row.vkey, 0))
    sizes = sorted(largest.values(), reverse=True)
    return sizes[policy.quorum - 1] if len(sizes) >= policy.quorum else 0
