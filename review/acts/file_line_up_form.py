"""A detective files the nine fields of a line-up before it is held; an array with the candidate's own picture is refused."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.models import Candidate
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import LeadEnd, LineUpForm
from review.rules import line_up
from review.rules.line_up import LineUpFacts


@transaction.atomic
def file_line_up_form(*, by: Person, at: datetime, lead_ref: str, form: LineUpFacts, array_sha256: tuple[str, ...]) -> Finding:
    """File the form. ``array_sha256``: SHA-256 of each picture of the array, in hexadecimal."""
    lead = access.lead_for_act(by, lead_ref, Act.FILE_LINE_UP_FORM, on=at.date())
    pictures = Candidate.objects.filter(lead__in=facts.family(lead)).select_related("image").defer("image__sealed")
    candidate = {p.image_sha256 for p in pictures} | {
        h for p in pictures if p.image for h in (p.image.original_sha256, p.image.stored_sha256)
    }
    finding = line_up.may_file_form(
        subject=lead.ref,
        array=frozenset(array_sha256),
        candidate=frozenset(candidate - {""}),
        lead_open=not LeadEnd.objects.filter(lead=lead).exists(),
    )
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at)
    LineUpForm.objects.create(lead=lead, by=by, array_sha256=list(array_sha256), **asdict(form))
    record(act=Act.FILE_LINE_UP_FORM, subject=lead.ref, by=by, said={"lacking": list(line_up.lacking(form))})
    return finding
