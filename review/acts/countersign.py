"""A supervisor from outside the unit signs an action, or refuses it. Two gates are asked: this one and the database's, which decides."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.law import answers
from cases.law.in_force import law_under, policy_in_force
from cases.law.merge import Merged
from cases.locks import investigation_under_the_policy
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Reason, Refusal
from ledger.asking import ask_database
from people.models import Person
from review import access, facts, law_facts
from review.acts.disagreement import DatabaseDisagrees
from review.models import Countersignature
from review.rules import gate, signing
from review.rules.gate import GateFacts
from review.states import CountersignatureState


@transaction.atomic
def countersign(*, by: Person, at: datetime, ref: str, sign: bool, sentence: str) -> Finding:
    """Sign or refuse. ``sentence``: why the signer would act if the face result vanished, or why he refuses.

    A signer who may not sign moves nothing, nor does anybody sign while witnesses are silent, and neither does a law in force that says no where the gate is open. A shut gate moves the request to REFUSED with all its reasons. Where the two
    gates answer differently nothing is signed, ``gates_disagree`` is the reason, and the record carries the alarm.
    """
    asked = access.countersignature_for_act(by, ref, Act.COUNTERSIGN, on=at.date())
    case = asked.lead.case
    investigation_under_the_policy(case.investigation_id)
    barred = facts.signer(by, asked, sentence=sentence, on=at.date()).reasons()
    barred += signing.stopped(witnesses_silent=sign and facts.witnesses_silent())
    if barred:
        refusal = Refusal(Act.COUNTERSIGN, asked.ref, barred)
        return moves.refuse(refusal, by=by, case_ref=case.ref, said={"countersignature": asked.ref})
    policy = policy_in_force()
    gate_facts = facts.gate(asked.lead, policy=policy)
    finding = gate.may_act(gate_facts, action=asked.action_id, about=Act.COUNTERSIGN, subject=asked.ref)
    law_says = _law(asked, gate_facts, finding, law=law_under(policy), at=at) if sign else ()
    if law_says and isinstance(finding, Permit):
        return moves.refuse(Refusal(Act.COUNTERSIGN, asked.ref, law_says), by=by, case_ref=case.ref, said={"countersignature": asked.ref})
    pages_say = list(finding.codes) if isinstance(finding, Refusal) else []
    answer = ask_database(
        "select countersign(%s, %s, %s, %s, %s::text[], %s)", asked.ref, by.pk, sign, sentence, pages_say, Jsonb(details(by=by))
    )
    if answer["state"] == CountersignatureState.ASKED and answer["reasons"] == [gate.SAME_PICTURE_NOT_LINKED.code]:
        came = Refusal(Act.COUNTERSIGN, asked.ref, (gate.SAME_PICTURE_NOT_LINKED,))  # between the two gates: it moves nothing
        return moves.refuse(came, by=by, case_ref=case.ref, said={"countersignature": asked.ref})
    return _read(answer, finding, asked=asked, sign=sign, law_says=law_says)


def _law(asked: Countersignature, gate_facts: GateFacts, finding: Finding, *, law: Merged | None, at: datetime) -> tuple[Reason, ...]:
    """What the law in force says against it, beside the gate. It can only shut."""
    if law is None:
        return ()
    answered = law_facts.asked_of_action(asked.lead, gate_facts, law=law, action=asked.action_id, at=at, asked=asked, signing=True)
    return answers.reasons_of(law, answered, beside=finding.codes if isinstance(finding, Refusal) else ())


def _read(answer: dict[str, Any], finding: Finding, *, asked: Countersignature, sign: bool, law_says: tuple[Reason, ...]) -> Finding:
    """Read what the database decided and recorded. It has the last word, and a yes of its own is the only yes."""
    if answer["state"] == CountersignatureState.SIGNED:
        if not isinstance(finding, Permit):
            raise DatabaseDisagrees(f"{asked.ref}: signed against this gate")
        asked.sign(finding)
        return finding
    if "gates_disagree" in answer["reasons"]:
        return Refusal(Act.COUNTERSIGN, asked.ref, (signing.GATES_DISAGREE,))
    if "witnesses_silent" in answer["reasons"]:
        return Refusal(Act.COUNTERSIGN, asked.ref, (signing.WITNESSES_SILENT,))
    if isinstance(finding, Refusal) and sign:
        return replace(finding, reasons=(*finding.reasons, *law_says))
    return Refusal(Act.COUNTERSIGN, asked.ref, (signing.SIGNER_DECLINED,))
