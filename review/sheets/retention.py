"""What keeps the pictures of a case, how long they are kept, and the receipt once they are gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from cases.law.in_force import PolicyInForce, number_of
from cases.models import Case, Destruction, LegalHold, Move
from cases.rules.act import Act
from cases.rules.retention import DAYS_TO_CLOSE, DAYS_TO_KEEP
from cases.states import State, sources_of
from ledger.fields import HouseNow
from review import facts
from review.models import Countersignature
from review.states import CountersignatureState

BECAUSE = {
    "custody": "Somebody was taken into custody",
    "outside_gate": "An action outside the gate is on record",
    "action_started": "A countersigned action started",
    "discovery": "A court asked for discovery",
    "order": "Ordered by a document",
}

WAITS = {CountersignatureState.ASKED: "is asked for", CountersignatureState.SIGNED: "is signed and may still start"}


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One legal hold of the investigation, and how it was lifted."""

    number: int
    case: str
    because: str
    document: str
    at: datetime
    lifted: str


@dataclass(frozen=True, slots=True)
class RetentionSheet:
    """What the page says of keeping and destroying."""

    said: str
    holds: tuple[HoldRow, ...]
    receipt: tuple[tuple[str, str], ...]


def of(case: Case, policy: PolicyInForce | None) -> RetentionSheet:
    """Return the sheet. Every hold of the linked set counts."""
    linked = facts.linked(case)
    rows = LegalHold.objects.filter(case__investigation__in=linked).select_related("case", "lifted").order_by("id")
    holds = tuple(_hold(row) for row in rows)
    if case.state == State.DESTROYED:
        return _destroyed(Destruction.objects.select_related("keys_destroyed").get(case=case), holds)
    return RetentionSheet(_said(case, policy, kept_by=_kept_by(linked, holds)), holds, ())


def _hold(row: LegalHold) -> HoldRow:
    return HoldRow(row.pk, row.case.ref, BECAUSE[row.because], row.document, row.at, row.lifted.document if hasattr(row, "lifted") else "")


def _kept_by(linked: list[int], holds: tuple[HoldRow, ...]) -> tuple[str, ...]:
    """What keeps the pictures whatever the policy says: holds that stand, and actions that wait for an answer or may still start."""
    asked = Q(state=CountersignatureState.ASKED, lead__case__state=State.LEAD)
    signed = Q(state=CountersignatureState.SIGNED, act_by__gt=HouseNow())
    rows = Countersignature.objects.filter(asked | signed, lead__case__investigation__in=linked).select_related("action").order_by("id")
    stands = () if all(hold.lifted for hold in holds) else ("a legal hold stands on the investigation",)
    return (*stands, *(f"{row.action.name} {row.ref} {WAITS[row.state]}" for row in rows))


def _said(case: Case, policy: PolicyInForce | None, *, kept_by: tuple[str, ...]) -> str:
    if kept_by:
        return f"Nothing is destroyed while {'; '.join(kept_by)}."
    since = Move.objects.filter(case=case).order_by("-id").values_list("at", flat=True).first()
    if case.state == State.CLOSED and since:
        day = _day(since, number_of(policy, "days_to_keep", DAYS_TO_KEEP))
        return f"The pictures are destroyed on {day} at the latest; a rule of the law in force may bring that forward."
    if case.state in sources_of(Act.EXPIRE) and since:
        day = _day(since, number_of(policy, "days_to_close", DAYS_TO_CLOSE))
        return f"The case closes by itself on {day}, if nobody closes it before."
    return "Nothing is destroyed while the case is open."


def _day(since: datetime, days: int) -> str:
    return (since + timedelta(days=days)).date().isoformat()


def _destroyed(row: Destruction, holds: tuple[HoldRow, ...]) -> RetentionSheet:
    if hasattr(row, "keys_destroyed"):
        keys, gone = "their keys are gone, from every backup too", row.keys_destroyed.at.date().isoformat()
    else:
        keys = "nobody is shown one any more, and their keys go next"
        gone = "not yet: the keystore is asked again, or another case still needs one"
    rules = (("Demanded by", ", ".join(row.rules)),) if row.rules else ()
    return RetentionSheet(
        f"The pictures of this case are destroyed: {keys}. What was decided stays on file.",
        holds,
        (("Pictures", str(row.pictures)), ("SHA-256 of theirs", row.digest), *rules, ("Keys gone from the keystore", gone)),
    )
