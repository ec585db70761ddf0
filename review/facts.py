"""Reads rows into the frozen facts that rules judge; asks over the whole investigation."""

from datetime import date

from django.db.models import QuerySet

from cases.law.in_force import PolicyInForce, policy_in_force
from cases.models import Case, OffenceReport, Screening
from ledger.asking import ask_database, ask_rows
from people.models import Person, Training
from people.roles import Role
from review import access
from review.models import (
    Conclusion,
    Countersignature,
    Drawn,
    Evidence,
    ExistingWarrant,
    Fixing,
    Lead,
    LeadEnd,
    LegalView,
    LineUpForm,
    Papers,
    ProbeCheck,
    Recheck,
)
from review.rules.disclosure import PapersFacts
from review.rules.examination import ReviewerFacts
from review.rules.gate import GateFacts
from review.rules.graph import EdgeKind, Item
from review.rules.kinds import Channel, Kind, Trait
from review.rules.line_up import LineUpFacts
from review.rules.signing import SignerFacts
from review.states import CountersignatureState


def parts_of(person: Person, investigation_id: int) -> frozenset[str]:
    """Return the parts a person already holds in the whole investigation."""
    asked = "select coalesce(array_agg(part), '{}') from parts_in(investigation_set(%s)) where person_id = %s"
    return frozenset(ask_database(asked, investigation_id, person.pk))


def other_part(person: Person, investigation_id: int, *, than: str) -> bool:
    """Whether a person holds another part than this one."""
    return bool(parts_of(person, investigation_id) - {than})


def is_a_second(second: Person | None, *, beside: Person, investigation_id: int, on: date) -> bool:
    """Whether ``second`` is another corroboration officer with no other part in the investigation."""
    return (
        second is not None
        and second.pk != beside.pk
        and access.holds(second, Role.CORROBORATION_OFFICER, on=on)
        and not other_part(second, investigation_id, than="corroboration_officer")
    )


def of_units_that_asked(person: Person, investigation_id: int) -> bool:
    """Whether a person belongs to a unit that asked for a search in the investigation."""
    return bool(ask_database("select %s = any (units_that_asked(investigation_set(%s)))", person.unit_id, investigation_id))


def linked(case: Case) -> list[int]:
    """Return the investigations that are linked with this case's, itself included."""
    return list(ask_database("select investigation_set(%s)", case.investigation_id))


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


def items(case: Case, *, mine: frozenset[int]) -> tuple[Item, ...]:
    """Return every item of the whole investigation as the graph rule takes it; ``mine`` are those of the lead that is asked about.

    What is not fixed has no shown source. Whether an item was fixed before the face result, whether its author was exposed,
    whether it discriminates and whether a hold was lifted are read from looks, times and decisions by the database.
    """
    known = """
        select e.id, item_fixed_before(e.id), item_exposed(e.id), item_discriminates(e.id), item_may_be_used(e.id)
          from review_evidence e join cases_case c on c.id = e.case_id where c.investigation_id = any (investigation_set(%s))
    """
    computed = {row[0]: row[1:] for row in ask_rows(known, case.investigation_id)}
    rows = Evidence.objects.filter(pk__in=computed).select_related("kind", "statement").prefetch_related("fixings__kind", "edges__parent")
    found = []
    for row in rows.order_by("id"):
        fixing = newest_fixing(row)
        before, exposed, discriminates, may_be_used = computed[row.pk]
        kind = fixing.kind if fixing else row.kind
        found.append(
            Item(
                ref=row.ref,
                kind=Kind(kind.kind, Channel(kind.channel), frozenset(Trait(trait) for trait in kind.traits)),
                source_shown=bool(fixing and fixing.source_document_seen and row.source_document.strip()),
                discriminates=discriminates,
                links_to=fixing.links_to if fixing else "",
                incriminating=row.direction == "incriminating",
                edges=tuple((EdgeKind(edge.kind), edge.root or (edge.parent.ref if edge.parent else "")) for edge in row.edges.all()),
                fixed_before=before,
                exposed=exposed,
                exposure_written_down=hasattr(row, "statement"),
                may_be_used=may_be_used,
                mine=row.pk in mine,
            )
        )
    return tuple(found)


def newest_fixing(item: Evidence) -> Fixing | None:
    """Return the fixing that counts: the newest."""
    return max(item.fixings.all(), key=lambda fixing: fixing.number, default=None)


def evidence_of(lead: Lead) -> QuerySet[Evidence]:
    """Return the evidence on this person, over all his leads in the investigation."""
    return Evidence.objects.filter(lead__in=family(lead))


def family(lead: Lead) -> frozenset[int]:
    """Return the leads on the same person in the whole investigation, this one included."""
    return frozenset(ask_database("select lead_family(%s)", lead.pk))


def gate(lead: Lead, *, action: str) -> GateFacts:
    """Return everything the gate looks at for an action on a lead."""
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
    of_person = evidence_of(lead)
    exculpatory = of_person.filter(direction="exculpatory").select_related("closing")
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
        line_up_on_file=line_up_on_file(lead),
        exculpatory_listed=policy.exculpatory if policy else frozenset(),
        exculpatory=tuple((row.exculpatory_code, row.closing.how if hasattr(row, "closing") else None) for row in exculpatory),
        standing_apart_needed=policy.number("items_that_stand_apart", 1) if policy else 1,
        items=items(case, mine=frozenset(of_person.values_list("pk", flat=True))),
        limited_accepted=policy.number("limited_probe_accepted", 1) != 0 if policy else True,
        warrants=frozenset(ExistingWarrant.objects.filter(item__in=of_person, search_used="no").values_list("item__ref", flat=True)),
        papers=_papers(lead, action),
        line_up_form=_line_up_form(lead),
        legal_view=LegalView.objects.filter(lead=lead, action=action).order_by("-id").values_list("agrees", flat=True).first(),
        recheck=Recheck.objects.filter(custody__lead__in=family(lead))
        .exclude(outcome="not_possible")
        .order_by("-id")
        .values_list("outcome", flat=True)
        .first(),
    )


def line_up_on_file(lead: Lead) -> bool:
    """Whether any line-up is on file for this person, also one that spoke for him."""
    return bool(ask_database("select line_up_on_file(%s)", lead.pk))


def _papers(lead: Lead, action: str) -> PapersFacts | None:
    newest = Papers.objects.filter(lead=lead, action=action).order_by("-id").first()
    if newest is None:
        return None
    return PapersFacts(tuple(newest.missing), tuple(newest.wording), stale=ask_database("select %s < last_fact_at(%s)", newest.at, lead.pk))


def _line_up_form(lead: Lead) -> LineUpFacts | None:
    form = LineUpForm.objects.filter(lead=lead).order_by("-id").first()
    if form is None:
        return None
    return LineUpFacts(**{name: getattr(form, name) for name in LineUpFacts.__dataclass_fields__})


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
