"""The papers of an action are filed and checked: which mandatory statements they lack, and which words say too much."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, papers
from review.models import Papers
from review.rules import disclosure
from review.rules.actions import ACTIONS


@transaction.atomic
def file_papers(*, by: Person, at: datetime, lead_ref: str, action: str, text: str) -> tuple[Finding, Papers | None]:
    """File a text for an action on a lead and return what its check found. The gate reads the newest."""
    lead = access.lead_for_act(by, lead_ref, Act.FILE_PAPERS, on=at.date())
    finding = disclosure.may_file(subject=lead.ref, text=text, action_known=action in ACTIONS)
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at), None
    missing, wording = disclosure.check(text, papers.statements(lead))
    filed = Papers.objects.create(lead=lead, action_id=action, text=text, missing=list(missing), wording=list(wording), by=by)
    record(act=Act.FILE_PAPERS, subject=lead.ref, by=by, said={"action": action, "missing": list(missing), "wording": len(wording)})
    return finding, filed
