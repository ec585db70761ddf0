"""A detective starts a countersigned action, if the countersignature still holds at that moment."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.law import answers
from cases.law.in_force import law_under, policy_in_force
from cases.locks import investigation_under_the_policy
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Reason, Refusal
from ledger.asking import ask_database
from people.models import Person
from review import access, facts, law_facts
from review.acts.disagreement import DatabaseDisagrees
from review.models import Countersignature
from review.rules import signing
from review.states import CountersignatureState


@transaction.atomic
def start(*, by: Person, at: datetime, ref: str) -> Finding:
    """Record that the action starts. Whether it holds is computed now, from raw rows."""
    signed = access.countersignature_for_act(by, ref, Act.START, on=at.date())
    case = signed.lead.case
    investigation_under_the_policy(case.investigation_id)
    holds = ask_database("select countersignature_holds(%s)", signed.ref)
    finding = signing.may_start(
        subject=signed.ref,
        signed=signed.state == CountersignatureState.SIGNED,
        holds=holds,
        further=_law(signed, at=at) if holds else (),
        by_detective_of_it="detective" in facts.parts_of(by, case.investigation_id),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref, said={"countersignature": signed.ref})
    signed.begin(finding)
    answer = ask_database("select start(%s, %s, %s)", signed.ref, by.pk, Jsonb(details(by=by)))
    if answer["reasons"] == [signing.DOES_NOT_HOLD.code]:  # since it was asked: another case of the very same picture waits for no lock
        lapsed = Refusal(Act.START, signed.ref, (signing.DOES_NOT_HOLD,))
        return moves.refuse(lapsed, by=by, case_ref=case.ref, said={"countersignature": signed.ref})
    if answer["reasons"]:
        raise DatabaseDisagrees(f"{signed.ref}: {', '.join(answer['reasons'])}")
    return finding


def _law(signed: Countersignature, *, at: datetime) -> tuple[Reason, ...]:
    """What the law in force says against it now, though it was signed."""
    policy = policy_in_force()
    law = law_under(policy)
    if law is None:
        return ()
    gate_facts = facts.gate(signed.lead, policy=policy)
    answered = law_facts.asked_of_action(signed.lead, gate_facts, law=law, action=signed.action_id, at=at, asked=signed, signing=True)
    return answers.reasons_of(law, answered)
