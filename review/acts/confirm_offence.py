"""A person confirms the offence code from the report of crime; then the machine screens."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.jobs import announce_asked
from cases.models import OffenceReport
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.rules import filing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInReport:
    """What else the report of crime says. None: it does not say."""

    attempt: bool = False
    out_of_state: bool = False
    equivalent: str = ""
    classes: tuple[str, ...] | None = None
    penalty_years: int | None = None
    open_reasons: str = ""
    open_approver: str = ""


NOTHING_ELSE = ReadInReport()


@transaction.atomic
def confirm_offence(
    *, by: Person, at: datetime, case_ref: str, code: str, report_reference: str, statute: str = "", read: ReadInReport = NOTHING_ELSE
) -> Finding:
    """Record the code, the statute and what else the law asks, as read in the report; the report asks for the screening."""
    case = access.case_for_act(by, case_ref, Act.CONFIRM_OFFENCE, on=at.date())
    finding = filing.may_confirm_offence(
        subject=case.ref,
        state="confirmed" if hasattr(case, "offence_report") else case.state,
        said={"offence_code": code, "report_reference": report_reference},
        confirmer_requested=facts.other_part(by, case.investigation_id, than="analyst"),
        open_clause=(read.open_reasons, read.open_approver),
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    OffenceReport.objects.create(case=case, by=by, code=code, statute=statute.strip(), report_reference=report_reference, **_columns(read))
    record(act=Act.CONFIRM_OFFENCE, subject=case.ref, by=by, said={"offence": code, "statute": statute.strip()})
    announce_asked(kind="screen", about=case.ref)
    return finding


def _columns(read: ReadInReport) -> dict[str, Any]:
    said = asdict(read)
    return {**said, "classes": None if read.classes is None else list(read.classes)}
