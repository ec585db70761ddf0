"""The pictures of a closed case are given up: the receipt is written, and their keys are destroyed next."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.jobs import enqueue
from cases.law import answers, case_facts, rows
from cases.law.evaluate import RuleAnswer, evaluate, refusals
from cases.law.in_force import law_under, number_of, policy_in_force
from cases.law.words import Gate
from cases.locks import case_for_machine
from cases.models import Case, Destruction, Move
from cases.rules import retention
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Reason
from cases.states import State, sources_of
from ledger.asking import ask_database, ask_rows


@transaction.atomic
def destroy(*, case_ref: str, at: datetime) -> Finding:
    """Move the case to DESTROYED with its receipt, or say everything that keeps it. The keys go in a job of their own, which may be tried again."""
    case = case_for_machine(case_ref, alone=True)
    facts, rules = facts_of(case, at=at)
    finding = retention.may_destroy(facts, from_states=sources_of(Act.DESTROY))
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=None, at=at)
    case.destroy(finding)
    ((pictures, digest, keys),) = ask_rows("select * from pictures_of_case(%s)", case.pk)
    Destruction.objects.create(case=case, pictures=pictures, digest=digest, keys=keys, rules=rules)
    enqueue(kind="destroy_keys", key=f"destroy_keys:{case.ref}", case=case)
    return moves.store(case, finding, by=None, at=at, said={"pictures": pictures, "digest": digest, "rules": rules})


def facts_of(case: Case, *, at: datetime) -> tuple[retention.RetentionFacts, list[str]]:
    """Return what the clock looks at, and the rules of the law that demand that the pictures are gone by now."""
    policy = policy_in_force()
    law = law_under(policy)
    moved = Move.objects.filter(case=case, target=State.CLOSED).order_by("-id").first()
    since = moved.at if moved else case.received_at
    on_hold = bool(ask_database("select legal_hold_on(%s)", case.investigation_id))
    overdue: tuple[RuleAnswer, ...] = ()
    against: tuple[Reason, ...] = ()
    if law is not None and moved is not None:
        row = rows.read([case.pk])[case.pk]
        irrelevant = retention.is_irrelevant(Move.objects.filter(case=case).values_list("source", "target"))
        held, gone = (
            case_facts.close(row, at=at, closed_at=since, irrelevant=irrelevant, on_hold=on_hold, destroying=destroying)
            for destroying in (False, True)
        )
        overdue = refusals(evaluate(law, gate=Gate.CLOSE, facts=held))
        against = answers.reasons_of(law, evaluate(law, gate=Gate.CLOSE, facts=gone))
    return retention.RetentionFacts(
        subject=case.ref,
        state=case.state,
        since=since,
        days=number_of(policy, "days_to_keep", retention.DAYS_TO_KEEP),
        at=at,
        on_hold=on_hold,
        brought_forward=bool(overdue),
        further=against,
    ), [answer.rule for answer in overdue]
