"""The lead report's sheet: one printed page for whoever carries the lead into the street."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from people.models import Person, RoleHeld
from people.roles import Role
from review.models import Dissemination, Lead
from review.sheets import case_file
from review.sheets.case_file import CaseSheet, LeadSheet, LeftRow, left_row
from review.sheets.words import Chip


@dataclass(frozen=True, slots=True)
class ActionSaid:
    """One action and what holds for it at the time of printing."""

    name: str
    state: Chip
    said: str


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """The whole page."""

    case: CaseSheet
    lead: LeadSheet
    actions: tuple[ActionSaid, ...]
    why_shut: tuple[str, ...]
    desks: tuple[str, ...]
    agency: str
    at: datetime
    given: LeftRow


def of(lead: Lead, *, reader: Person, at: datetime, given: Dissemination) -> ReportSheet:
    """Return the report of one lead as it stands now, for whom it is given to."""
    case = case_file.of(lead.case, reader=reader, at=at)
    sheet = next(each for each in case.leads if each.ref == lead.ref)
    return ReportSheet(
        case=case,
        lead=sheet,
        actions=_actions(sheet),
        why_shut=tuple(reason for row in sheet.gate.rows if row.state.shape == "shut" for reason, _ in row.reasons),
        desks=_desks(lead.case, at=at),
        agency=lead.case.agency.name,
        at=at,
        given=left_row(given),
    )


def _actions(lead: LeadSheet) -> tuple[ActionSaid, ...]:
    answered = {row.action: row for row in reversed(lead.asked)}
    rows = []
    for action in lead.actions:
        asked = answered.get(action.name)
        if action.shut:
            rows.append(ActionSaid(action.name, Chip("Not open", "shut"), f"Shut: {', '.join(action.shut)}."))
        elif asked and asked.state.word == "Asked":
            rows.append(ActionSaid(action.name, asked.state, "Waits for a supervisor of another unit. Nothing starts before."))
        elif asked and asked.holds:
            rows.append(
                ActionSaid(action.name, Chip(asked.state.word, "open"), "It holds at the time of printing; check again before acting.")
            )
        else:
            rows.append(
                ActionSaid(
                    action.name, Chip("May be asked for", "wait"), "Starts only when a supervisor of another unit has countersigned."
                )
            )
    return tuple(rows)


def _desks(case: Case, *, at: datetime) -> tuple[str, ...]:
    """The units in which this agency's corroboration officers sit today."""
    held = RoleHeld.objects.filter(role=Role.CORROBORATION_OFFICER, person__agency=case.agency_id, person__is_active=True)
    today = held.filter(from_on__lte=at.date()).exclude(until_on__lt=at.date())
    return tuple(today.order_by("person__unit__name").values_list("person__unit__name", flat=True).distinct())
