"""What the witness of a line-up did is recorded; a filler or nobody speaks for the person, and is entered as such by itself."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import Edge, Evidence, LineUpForm, LineUpHeld
from review.rules import line_up
from review.rules.graph import FACE_RESULT, EdgeKind


@transaction.atomic
def record_line_up(*, by: Person, at: datetime, lead_ref: str, picked: str, words: str, document: str) -> Finding:
    """Record the outcome under the newest form of the lead, in the witness's own words."""
    lead = access.lead_for_act(by, lead_ref, Act.RECORD_LINE_UP, on=at.date())
    form = LineUpForm.objects.filter(lead=lead).order_by("-id").first()
    if form is None:
        raise access.NotVisible(lead_ref)
    finding = line_up.may_record(subject=lead.ref, picked=picked, already=LineUpHeld.objects.filter(form=form).exists())
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at)
    against = picked == "suspect"
    item = Evidence.objects.create(
        ref=facts.next_item(lead.case, lead),
        case=lead.case,
        lead=lead,
        kind_id="photo_lineup_identification" if against else "first_choice_fillers",
        direction="incriminating" if against else "exculpatory",
        description=f"Line-up: the witness picked {'the suspect' if against else picked}. “{words}”",
        source_document=document,
        entered_by=by,
    )
    Edge.objects.create(item=item, kind=EdgeKind.SELECTED_BY, root=FACE_RESULT)
    LineUpHeld.objects.create(form=form, picked=picked, words=words, item=item, by=by)
    record(act=Act.RECORD_LINE_UP, subject=item.ref, by=by, said={"picked": picked})
    return finding
