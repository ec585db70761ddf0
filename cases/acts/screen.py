"""Screen a case: the policy in force, applied to what a person confirmed from the report of crime."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.law.in_force import policy_ended, policy_in_force
from cases.models import Case, Screening
from cases.rules import eligibility
from cases.rules.finding import Finding, Permit
from cases.states import State
from people.models import Training


@transaction.atomic
def screen(*, case_ref: str, at: datetime) -> Finding:
    """Move a received case to ELIGIBLE or INELIGIBLE. Without a policy, or out of turn, nothing moves and it is recorded.

    Under a changed policy a pending case is screened again: what is no longer eligible ends, or, where there is a lead,
    its gate is shut by the new row alone.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("agency").get(ref=case_ref)
    policy = policy_in_force()
    facts = _facts(case, listed=policy.listed if policy else None, at=at)
    again = Screening.objects.filter(case=case).order_by("-id").first()
    finding = eligibility.may_screen(facts, state=case.state, again=again is not None and again.policy_id != (policy and policy.pk))
    if not isinstance(finding, Permit) or policy is None:
        return moves.store(case, finding, by=None, at=at)
    against = eligibility.reasons_against(facts)
    codes = [reason.code for reason in against]
    Screening.objects.create(case=case, policy_id=policy.pk, eligible=not against, reasons=codes)
    said = {"policy": policy.digest, "reasons": codes, "offence": facts.offence_code}
    if against and case.state in eligibility.ENDS_IF_NOT_ELIGIBLE:
        case.find_ineligible(finding)
    elif case.state == State.RECEIVED:
        case.find_eligible(finding)
    else:
        record(act="screen_again", subject=case.ref, by=None, said={**said, "eligible": not against})
        return finding
    return moves.store(case, finding, by=None, at=at, said=said)


def _facts(case: Case, *, listed: eligibility.ListedOffences | None, at: datetime) -> eligibility.ScreeningFacts:
    request = getattr(case, "request", None)
    today = at.date() if case.state == State.RECEIVED else case.received_at.date()  # whoever was trained when he asked stays so
    trained = None
    if request is not None:
        trained = Training.objects.filter(person=request.by, subject="bias", passed_on__lte=today, valid_until__gte=today).exists()
    return eligibility.ScreeningFacts(
        subject=case.ref,
        track=case.track,
        offence_code=case.offence_report.code,
        statute=case.offence_report.statute,
        listed=listed,
        policy_ended=listed is None and policy_ended(),
        gallery_has_basis=bool(request.gallery.lawful_basis.strip()) if request else None,
        requester_trained=trained,
    )
