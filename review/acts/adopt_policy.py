"""A second member of the policy board puts in force what a first one proposed, with the record of the vote."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.jobs import announce_asked
from cases.law import in_force
from cases.law.adoption import AdoptionRecord, what_is_missing
from cases.law.load import PackWrong
from cases.law.merge import MergeWrong
from cases.models import PolicyProposal
from cases.rules import policy
from cases.rules.act import Act
from cases.rules.finding import Finding, Refusal
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def adopt_policy(*, by: Person, at: datetime, proposal_id: int, record: AdoptionRecord) -> tuple[Finding, int | None]:
    """Adopt a proposal and return the finding with the policy's id, or None where it was refused.

    The law is rebuilt from the stored texts: what they come to today has to be what was proposed. Pending cases are then
    screened again by the machine.
    """
    access.must_hold(by, Act.ADOPT_POLICY, on=at.date())
    proposal = access.proposal_for_act(proposal_id)
    finding = policy.may_adopt(_facts(proposal, record, by=by, at=at))
    if isinstance(finding, Refusal):
        said = {"policy": proposal.digest, "sentences": [reason.sentence for reason in finding.reasons]}
        return moves.refuse(finding, by=by, case_ref=None, said=said), None
    told = details(by=by)
    adopted = int(ask_database("select adopt_policy(%s, %s, %s, %s)", proposal.pk, by.pk, Jsonb(record.plain()), Jsonb(told)))
    announce_asked(kind="rescreen", about=f"{adopted}:0")
    return finding, adopted


def _facts(proposal: PolicyProposal, record: AdoptionRecord, *, by: Person, at: datetime) -> policy.AdoptFacts:
    subject, on = f"policy:{proposal.pack}", at.date()
    own, adopted = proposal.by_id == by.pk, hasattr(proposal, "adopted_as")
    try:
        law = in_force.rebuilt(proposal.pk, proposal.digest)
        same = law.compiled(on=on) == proposal.compiled and law.stands_until(on=on) == proposal.stands_until
    except (in_force.LawAltered, PackWrong, MergeWrong):
        return policy.AdoptFacts(subject, own, adopted, as_proposed=False, against=(), missing=())
    return policy.AdoptFacts(subject, own, adopted, same, law.why_not_adoptable(on=on), what_is_missing(record, law, on=on))
