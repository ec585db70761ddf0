"""Locks in one order: the units of people, the policy in force, the investigation, its case. What two people and a machine take in two orders, one of them loses.

A case is locked ``for no key update``, here and in every function of the database: rows that point to it can still be written, as a stop
puts a hold on the cases of other leads. That is enough, because no case is ever deleted and its key never changes.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from cases.models import Case
from ledger.asking import ask_database, ask_rows
from ledger.worded import first, worded_once

KEEP_THE_POLICY = "pg_advisory_xact_lock_shared(hashtextextended('policy in force', 0))"  # until the transaction ends


def case_for_machine(ref: str, *, alone: bool = False) -> Case:
    """Return a case for a machine's act, locked with its whole investigation, which writers share and ``alone`` keeps.

    Raises Case.DoesNotExist. A refused act of a person holds the investigation and then wants the case, for the row that says so.
    """
    ask_rows("select lock_investigation(investigation_id, %s) from cases_case where ref = %s", alone, ref)
    case = first(_locked(ref))
    if case is None:
        raise Case.DoesNotExist(f"There is no case {ref}.")
    return case


@worded_once
def _locked(ref: str) -> QuerySet[Case]:
    return Case.objects.select_for_update(of=("self",), no_key=True).select_related("agency").filter(ref=ref)


def investigation_under_the_policy(investigation_id: int) -> None:
    """Keep the units of all people and the policy in force, and then lock an investigation alone.

    Whoever moves somebody or adopts waits, and nobody who waits for him is waited for here.
    """
    ask_rows(f"select units_stand_still(), {KEEP_THE_POLICY}, lock_investigation(%s, true)", investigation_id)


def investigations_for_links(ids: Iterable[int]) -> None:
    """Lock, alone, all investigations that will be one, with whatever they are linked with already."""
    ask_database("select lock_investigations(%s)", sorted(ids))
