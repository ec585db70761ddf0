"""A detective asks for one named action on one lead. Asking is open; the gate answers when a supervisor takes it up."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from ledger.asking import ask_database
from people.models import Person
from review import access
from review.acts.disagreement import DatabaseDisagrees
from review.models import Countersignature, LeadEnd
from review.rules import signing


@transaction.atomic
def ask(*, by: Person, at: datetime, lead_ref: str, action: str, place: str, because: str) -> tuple[Finding, str | None]:
    """Ask for an action and return the finding with the request's reference."""
    lead = access.lead_for_act(by, lead_ref, Act.ASK, on=at.date())
    live = Countersignature.objects.filter(Q(state__in=["ASKED", "STARTED"]) | Q(state="SIGNED", act_by__gt=at), lead=lead, action=action)
    finding = signing.may_ask(
        signing.AskingFacts(
            lead=lead.ref,
            lead_open=lead.case.state == State.LEAD and not LeadEnd.objects.filter(lead=lead).exists(),
            action=action,
            already_live=live.exists(),
            place=place,
        )
    )
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at), None
    answer = ask_database("select ask(%s, %s, %s, %s, %s, %s)", lead.ref, by.pk, action, place, because, Jsonb(details(by=by)))
    if answer["reasons"]:
        raise DatabaseDisagrees(f"{lead.ref}: {', '.join(answer['reasons'])}")
    return finding, answer["ref"]
