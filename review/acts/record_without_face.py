"""An action that stands without the face is recorded as such, whatever the face part says, and counted; a corroboration officer checked it."""

from datetime import datetime

from django.db import DatabaseError, transaction

from cases import moves
from cases.audit import record
from cases.locks import KEEP_THE_POLICY
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Refusal
from ledger.asking import ask_database, ask_rows
from people.models import Person
from review import access, facts
from review.acts.disagreement import DatabaseDisagrees
from review.models import OutsideGate
from review.rules import filing, gate
from review.rules.actions import ACTIONS


@transaction.atomic
def record_without_face(
    *,
    by: Person,
    at: datetime,
    action: str,
    happened_at: datetime,
    description: str,
    checked_by: Person | None,
    search_disclosed: bool,
    lead_ref: str = "",
    case_ref: str = "",
) -> Finding:
    """Record it on a lead, or on a case in any state. ``checked_by``: the corroboration officer who read the documents."""
    # before its own, and before any lock of a row, as a signature is: what is asked of the file stays so until this is through
    ask_rows(f"select {KEEP_THE_POLICY}, lock_all_on_the_person(%s, %s, '', %s, true)", case_ref, lead_ref, happened_at)
    lead = access.lead_for_act(by, lead_ref, Act.RECORD_WITHOUT_FACE, on=at.date()) if lead_ref else None
    case = lead.case if lead else access.case_for_act(by, case_ref, Act.RECORD_WITHOUT_FACE, on=at.date())
    subject = lead.ref if lead else case.ref
    checked = facts.is_a_second(checked_by, beside=by, investigation_id=case.investigation_id, on=at.date())
    finding = filing.may_record_without_face(
        subject=subject,
        said={"action": action, "description": description},
        happened_at=happened_at,
        now=at,
        action_known=action in ACTIONS,
        codes=ask_database("select without_face_reasons(%s, %s)", case.pk, lead.pk if lead else None),
        checked=checked,
        disclosed=search_disclosed,
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    row = OutsideGate(
        case=case,
        lead=lead,
        basis="stands_without_face",
        action=action,
        happened_at=happened_at,
        description=description,
        checked_by=checked_by,
        entered_by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError as trouble:
        came = ask_database("select without_face_reasons(%s, %s)", case.pk, lead.pk if lead else None)
        if came != [gate.SAME_PICTURE_NOT_LINKED.code]:
            raise DatabaseDisagrees(f"{subject}: {', '.join(came)}") from trouble
        # since it was asked above: another case of the very same picture waits for no lock
        return moves.store(case, Refusal(Act.RECORD_WITHOUT_FACE, subject, (gate.SAME_PICTURE_NOT_LINKED,)), by=by, at=at)
    record(act=Act.RECORD_WITHOUT_FACE, subject=subject, by=by, said={"action": action})
    return finding
