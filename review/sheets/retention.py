"""What keeps the pictures of a case, how long they are kept, and the receipt once they are gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.law.in_force import PolicyInForce
from cases.models import Case, Destruction, KeysDestroyed, LegalHold, Move
from cases.rules.act import Act
from cases.rules.retention import DAYS_TO_CLOSE, DAYS_TO_KEEP
from cases.states import State, sources_of
from review import facts

BECAUSE = {
    "custody": "Somebody was taken into custody",
    "outside_gate": "An action outside the gate is on record",
    "action_started": "A countersigned action started",
    "discovery": "A court asked for discovery",
    "order": "Ordered by a document",
}


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
    open_holds: int
    receipt: tuple[tuple[str, str], ...]


def of(case: Case, policy: PolicyInForce | None) -> RetentionSheet:
    """Return the sheet. Every hold of the linked set counts."""
    rows = LegalHold.objects.filter(case__investigation__in=facts.linked(case)).select_related("case", "lifted").order_by("id")
    holds = tuple(_hold(row) for row in rows)
    number = sum(not hold.lifted for hold in holds)
    return RetentionSheet(_said(case, policy, number), holds, number, _receipt(case))


def _hold(row: LegalHold) -> HoldRow:
    return HoldRow(row.pk, row.case.ref, BECAUSE[row.because], row.document, row.at, row.lifted.document if hasattr(row, "lifted") else "")


def _said(case: Case, policy: PolicyInForce | None, number: int) -> str:
    if case.state == State.DESTROYED:
        gone = KeysDestroyed.objects.filter(destruction__case=case).exists()
        keys = "their keys are gone, from every backup too" if gone else "nobody is shown one any more, and their keys go next"
        return f"The pictures of this case are destroyed: {keys}. What was decided stays on file."
    if number:
        return "Nothing is destroyed while a legal hold stands on the investigation."
    since = Move.objects.filter(case=case).order_by("-id").values_list("at", flat=True).first()
    if case.state == State.CLOSED and since:
        days = policy.number("days_to_keep", DAYS_TO_KEEP) if policy else DAYS_TO_KEEP
        return f"The pictures are destroyed on {_day(since, days)} at the latest; a rule of the law in force may bring that forward."
    if case.state in sources_of(Act.EXPIRE) and since:
        days = policy.number("days_to_close", DAYS_TO_CLOSE) if policy else DAYS_TO_CLOSE
        return f"The case closes by itself on {_day(since, days)}, if nobody closes it before."
    return "Nothing is destroyed while the case is open."


def _day(since: datetime, days: int) -> str:
    return (since + timedelta(days=days)).date().isoformat()


def _receipt(case: Case) -> tuple[tuple[str, str], ...]:
    if case.state != State.DESTROYED:
        return ()
    row = Destruction.objects.filter(case=case).select_related("keys_destroyed").first()
    if row is None:
        return ()
    gone = (
        row.keys_destroyed.at.date().isoformat()
        if hasattr(row, "keys_destroyed")
        else "not yet: the keystore is asked again, or another case still needs one"
    )
    rules = (("Demanded by", ", ".join(row.rules)),) if row.rules else ()
    return ("Pictures", str(row.pictures)), ("SHA-256 of theirs", row.digest), *rules, ("Keys gone from the keystore", gone)
