"""The supervisor's one screen: what speaks for the person first, what carries it without the face second. No face is on it."""

from dataclasses import dataclass
from datetime import date, datetime

from people.models import Person
from review import facts
from review.models import Countersignature
from review.rules.actions import ACTIONS
from review.rules.signing import NO_SENTENCE, NOT_WAITING, stopped
from review.sheets.case_file import EvidenceRow, LeadSheet, lead_sheet


@dataclass(frozen=True, slots=True)
class SuperviseSheet:
    """One request as its signer reads it. ``barred``: why this person may not answer it at all; ``stopped``: why nobody may sign now."""

    ref: str
    case: str
    agency_case: str
    action: str
    arrest_like: bool
    place: str
    because: str
    asked_by: str
    asked_at: datetime
    lead: LeadSheet
    speaks_for: tuple[EvidenceRow, ...]
    speaks_against: tuple[EvidenceRow, ...]
    waiting: bool
    barred: tuple[str, ...]
    stopped: tuple[str, ...]


def of(asked: Countersignature, *, reader: Person, on: date) -> SuperviseSheet:
    """Return the sheet of one request for one supervisor."""
    lead = lead_sheet(asked.lead, action=asked.action_id)
    reasons = facts.signer(reader, asked, sentence="", on=on).reasons()
    return SuperviseSheet(
        ref=asked.ref,
        case=asked.lead.case.ref,
        agency_case=asked.lead.case.investigation.agency_case,
        action=asked.action.name,
        arrest_like=ACTIONS[asked.action_id].arrest_like,
        place=asked.place,
        because=asked.because,
        asked_by=asked.asked_by.unit.name,
        asked_at=asked.asked_at,
        lead=lead,
        speaks_for=tuple(row for row in lead.evidence if row.exculpatory),
        speaks_against=tuple(row for row in lead.evidence if not row.exculpatory),
        waiting=NOT_WAITING not in reasons,
        barred=tuple(str(reason) for reason in reasons if reason not in (NO_SENTENCE, NOT_WAITING)),
        stopped=tuple(str(reason) for reason in stopped(witnesses_silent=facts.witnesses_silent())),
    )
