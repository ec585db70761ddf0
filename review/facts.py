"""Reads rows into the frozen facts that rules judge; asks over the whole investigation."""

from datetime import date

from django.db.models import Q

from cases.law.in_force import PolicyInForce, policy_in_force
from cases.models import Case, OffenceReport, Screening
from ledger.asking import ask_database
from people.models import Person, Training
from people.roles import Role
from review import access
from review.models import Conclusion, Countersignature, Drawn, Evidence, Lead, LeadEnd, OutsideGate, ProbeCheck
from review.rules.examination import ReviewerFacts
from review.rules.gate import GateFacts
from review.rules.graph import EdgeKind, Item
from review.rules.kinds import LINE_UPS
from review.rules.signing import SignerFacts
from review.states import CountersignatureState


def parts_of(person: Person, investigation_id: int) -> frozenset[str]:
    """Return the parts a person already holds in the whole investigation."""
    asked = "select coalesce(array_agg(part), '{}') from parts_in(investigation_set(%s)) where person_id = %s"
    return frozenset(ask_database(asked, investigation_id, person.pk))


def other_part(person: Person, investigation_id: int, *, than: str) -> bool:
    """Whether a person holds another part than this one."""
    return bool(parts_of(person, investigation_id) - {than})


def of_units_that_asked(person: Person, investigation_id: int) -> bool:
    """Whether a person belongs to a unit that asked for a search in the investigation."""
    return bool(ask_database("select %s = any (units_that_asked(investigation_set(%s)))", person.unit_id, investigation_id))


def saw_candidates(person: Person, case: Case) -> bool:
    """Whether a person has looked at a candidate of the investigation."""
    return bool(ask_database("select saw_candidates(%s, %s, 'infinity')", person.pk, case.pk))


def reviewer(person: Person, case: Case, *, at_day: object) -> ReviewerFacts:
    """Return what is asked of a reviewer before an answer is taken."""
    trained = Training.objects.filter(
        person=person, subject="face_comparison", passed_on__lte=at_day, valid_until__gte=at_day
    ).exists() and access.holds(person, Role.REVIEWER, on=at_day)  # type: ignore[arg-type]
    return ReviewerFacts(
        subject=case.ref,
        drawn=Drawn.objects.filter(case=case, reviewer=person).exists(),
        took_other_part=other_part(person, case.investigation_id, than="reviewer"),
        of_requesters_unit=of_units_that_asked(person, case.investigation_id),
        trained=trained,
    )


def items(lead: Lead) -> tuple[Item, ...]:
    """Return every item of a lead as the graph rule takes it: what is not fixed has no shown source."""
    rows = Evidence.objects.filter(lead=lead).select_related("fixing").prefetch_related("edges__parent").order_by("id")
    found = []
    for row in rows:
        fixing = getattr(row, "fixing", None)
        found.append(
            Item(
                ref=row.ref,
                kind=fixing.kind_id if fixing else row.kind_id,
                fixed=fixing is not None,
                source_shown=bool(fixing and fixing.source_document_seen and row.source_document.strip()),
                discriminates=bool(fixing and fixing.discriminates),
                links_to=fixing.links_to if fixing else "",
                incriminating=row.direction == "incriminating",
                edges=tuple((EdgeKind(edge.kind), edge.root or (edge.parent.ref if edge.parent else "")) for edge in row.edges.all()),
            )
        )
    return tuple(found)


def gate(lead: Lead) -> GateFacts:
    """Return everything the gate looks at for a lead."""
    case: Case = lead.case
    policy: PolicyInForce | None = policy_in_force()
    screening = Screening.objects.filter(case=case).order_by("-id").first()
    offence = OffenceReport.objects.filter(case=case).first()
    check = ProbeCheck.objects.filter(case=case).first()
    saw_before = bool(check and ask_database("select saw_candidates(%s, %s, %s)", check.by_id, case.pk, check.at))
    same = ask_database("select same_person_candidates(%s)", lead.candidate_id)
    ratings = [
        (row.by_id, bool(ask_database("select apart_when_concluding(%s)", row.pk)), row.rating)
        for row in Conclusion.objects.filter(candidate=lead.candidate_id).order_by("id")
    ]
    exculpatory = Evidence.objects.filter(lead=lead, direction="exculpatory").select_related("closing")
    return GateFacts(
        lead=lead.ref,
        track=case.track,
        screened_eligible=bool(screening and screening.eligible),
        offence_code=offence.code if offence else None,
        listed=policy.offences if policy else None,
        probe_grade=check.grade if check else None,
        checker_saw_candidates=saw_before,
        role_shown=bool(check and check.role_shown_by.strip()),
        reviewers_needed=policy.number("reviewers", 2) if policy else 2,
        ratings=tuple(ratings),
        ratings_elsewhere=tuple(Conclusion.objects.filter(candidate__in=same).values_list("rating", flat=True)),
        lead_ended=LeadEnd.objects.filter(lead=lead).exists(),
        other_open_leads=ask_database("select rival_leads(%s)", lead.pk),
        line_up_on_file=OutsideGate.objects.filter(lead=lead, action="line_up").exists()
        or Evidence.objects.filter(lead=lead).filter(Q(kind__in=LINE_UPS) | Q(fixing__kind__in=LINE_UPS)).exists(),
        exculpatory_listed=policy.exculpatory if policy else frozenset(),
        exculpatory=tuple((row.exculpatory_code, row.closing.how if hasattr(row, "closing") else None) for row in exculpatory),
        standing_apart_needed=policy.number("items_that_stand_apart", 1) if policy else 1,
        items=items(lead),
    )


def signer(by: Person, asked: Countersignature, *, sentence: str, on: date) -> SignerFacts:
    """Return what is asked of whoever would sign a request, beside the gate."""
    investigation = asked.lead.case.investigation_id
    return SignerFacts(
        waiting=Countersignature.objects.filter(pk=asked.pk, state=CountersignatureState.ASKED).exists(),
        is_supervisor=access.holds(by, Role.SUPERVISOR, on=on),
        asked_it=asked.asked_by_id == by.pk,
        of_requesters_unit=of_units_that_asked(by, investigation),
        took_other_part=other_part(by, investigation, than="supervisor"),
        sentence=sentence,
    )


def holds(ref: str) -> bool:
    """Whether a countersignature holds now, computed by the database from raw rows."""
    return bool(ask_database("select countersignature_holds(%s)", ref))


def sorting(case: Case) -> tuple[bool, frozenset[int]]:
    """Return whether the sorting is settled, and the candidates that anybody kept."""
    settled = bool(ask_database("select sorting_settled(%s)", case.pk))
    return settled, frozenset(ask_database("select kept_candidates(%s)", case.pk)) if settled else frozenset()


def has_concluded(drawn: Drawn) -> bool:
    """Whether a reviewer has locked his conclusions in a drawn examination."""
    return Conclusion.objects.filter(candidate__case=drawn.case_id, by=drawn.reviewer_id).exists()
