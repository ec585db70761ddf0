"""Screen a case: the law in force, applied to what a person confirmed from the report of crime."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.jobs import enqueue
from cases.law import answers, case_facts, rows
from cases.law.evaluate import refusals
from cases.law.in_force import PolicyInForce, law_proposed, policy_ended, policy_kept
from cases.locks import case_for_machine
from cases.models import Case, Job, Screening
from cases.rules import eligibility
from cases.rules.finding import Finding, Permit
from cases.states import State
from people.models import Training


@transaction.atomic
def screen(*, case_ref: str, at: datetime) -> Finding:
    """Move a received case to ELIGIBLE or INELIGIBLE. Without a policy, or out of turn, nothing moves and it is recorded.

    Two ask: the list and the safeguards that no policy lowers, and each rule of the law in force. Every reason is kept.
    Under a changed policy a pending case is screened again: what is no longer eligible ends, or, where there is a lead,
    its gate is shut by the new row alone. What was to be searched meanwhile, and was not, is searched now.
    """
    policy = policy_kept()  # an adoption comes before all of this, or after it: its own job then finds what was decided here
    case = case_for_machine(case_ref)
    facts = _screening_facts(case, policy=policy, at=at)
    again = rows.newest_screening(case)
    finding = eligibility.may_screen(facts, state=case.state, again=again is not None and again.policy_id != (policy and policy.pk))
    if not isinstance(finding, Permit) or policy is None:
        return moves.store(case, finding, by=None, at=at)
    law, against = law_proposed(policy.proposal, policy.digest), eligibility.reasons_against(facts)
    answered = case_facts.asked_at_screening(law, rows.read([case.pk], count_galleries=rows.counts(law))[case.pk], at=at)
    codes = list(dict.fromkeys(reason.code for reason in (*against, *answers.reasons_of(law, answered, old=answers.SCREENED))))
    rules = [answer.rule for answer in refusals(answered)]
    Screening.objects.create(case=case, policy_id=policy.pk, eligible=not codes, reasons=codes, refused_by=rules)
    said = {"policy": policy.digest, "reasons": codes, "rules": rules, "offence": facts.offence_code}
    if codes and case.state in eligibility.ENDS_IF_NOT_ELIGIBLE:
        case.find_ineligible(finding)
    elif case.state == State.RECEIVED:
        case.find_eligible(finding)
    else:
        record(act="screen_again", subject=case.ref, by=None, said={**said, "eligible": not codes})
        if case.state == State.FIT and _was_to_be_searched(case):
            enqueue(kind="search", key=f"search:{case.ref}:{policy.pk}", case=case)
        return finding
    return moves.store(case, finding, by=None, at=at, said=said)


def _was_to_be_searched(case: Case) -> bool:
    """Whether its search came up before it was screened under this policy, and brought nothing."""
    answered = hasattr(case, "candidate_list") or case.probe_refusals.exists()
    return not answered and not Job.objects.filter(case=case, kind="search", done_at__isnull=True).exists()


def _screening_facts(case: Case, *, policy: PolicyInForce | None, at: datetime) -> eligibility.ScreeningFacts:
    """Return what this policy is asked of a case."""
    request = getattr(case, "request", None)
    today = at.date() if case.state == State.RECEIVED else case.received_at.date()  # whoever was trained when he asked stays so
    trained = None
    if request is not None:
        trained = Training.objects.filter(person=request.by, subject="bias", passed_on__lte=today, valid_until__gte=today).exists()
    report = case.offence_report
    listed = policy.listed if policy else None
    if listed is not None and report.open_reasons and report.open_approver:
        listed = replace(listed, codes=listed.codes | {report.code})  # an open clause: the law in force judges it, rule by rule
    return eligibility.ScreeningFacts(
        subject=case.ref,
        track=case.track,
        offence_code=report.code,
        statute=report.statute,
        listed=listed,
        policy_ended=listed is None and policy_ended(),
        gallery_has_basis=bool(request.gallery.lawful_basis.strip()) if request else None,
        requester_trained=trained,
    )
