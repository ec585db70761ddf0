"""A prosecutor says that a lead's face result is to be used in court; the law in force is asked before, and what it refuses is on record."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.law import answers
from cases.law.in_force import law_under, policy_in_force
from cases.law.words import COURT_USES
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.models import Person
from review import access, law_facts
from review.rules import in_court


@dataclass(frozen=True, slots=True)
class CourtUseSaid:
    """Where and when it is to be used. ``showing``: what the court ordered told upon a showing (source code, tests)."""

    stage: str
    court: str
    cause_number: str
    on: date
    showing: tuple[str, ...] = ()


@transaction.atomic
def use_in_court(*, by: Person, at: datetime, lead_ref: str, use: CourtUseSaid) -> Finding:
    """Put the use on file if the law in force lets it stand. The entry holds no name of a court, only a keyed hash."""
    lead = access.lead_of_prosecutor(by, lead_ref, on=at.date())
    policy = policy_in_force()
    law = law_under(policy)
    answered = law_facts.asked_in_court(lead, law=law, stage=use.stage, at=at, trial_on=use.on, showing=use.showing) if law else ()
    finding = in_court.may_use(
        subject=lead.ref,
        stage=use.stage,
        stages=COURT_USES,
        said={"court": use.court, "cause_number": use.cause_number},
        law_in_force=law is not None,
        ended=hasattr(lead, "ended"),
        further=answers.reasons_of(law, answered) if law else (),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=lead.case.ref, said={"lead": lead.ref, "stage": use.stage})
    said = {
        "stage": use.stage, "court": use.court, "cause_number": use.cause_number, "on": use.on.isoformat(), "showing": list(use.showing),
        "policy_digest": policy.digest if policy else "",
    }  # fmt: skip
    told = details(by=by, said={"court": keyed("court", use.court.strip().casefold()), "policy": said["policy_digest"]})
    ask_database("select use_in_court(%s, %s, %s, %s)", lead.ref, by.pk, Jsonb(said), Jsonb(told))
    return finding
