"""Reads rows into the frozen facts that rules judge; asks over the whole investigation."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Exists, Field, Func, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, TextField
from django.db.models.expressions import RawSQL

from cases.law.in_force import PolicyInForce, policy_in_force
from cases.models import Case, OffenceReport, Screening
from ledger.asking import ask_database
from people.models import Person, Training
from people.roles import Role
from review import access
from review.models import Conclusion, Countersignature, Drawn, Edge, Evidence, Lead, LeadEnd, OutsideGate, ProbeCheck
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


def evidence(lead: Lead) -> list[Evidence]:
    """Return what is on file for a lead, oldest first, with its fixing, its closing and its edges: two statements."""
    edges = Prefetch("edges", Edge.objects.select_related("parent").order_by("id"))
    return list(Evidence.objects.filter(lead=lead).select_related("fixing", "closing").prefetch_related(edges).order_by("id"))


def items(lead: Lead, rows: Sequence[Evidence] | None = None) -> tuple[Item, ...]:
    """Return every item of a lead as the graph rule takes it: what is not fixed has no shown source."""
    found = []
    for row in evidence(lead) if rows is None else rows:
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


def gate(lead: Lead, *, rows: Sequence[Evidence] | None = None, policy: PolicyInForce | None = None) -> GateFacts:
    """Return everything the gate looks at for a lead. A page that has read ``evidence(lead)`` or the policy already hands it over."""
    case: Case = lead.case
    policy = policy or policy_in_force()
    rows = evidence(lead) if rows is None else rows
    asked = _asked_of(lead)
    check = ProbeCheck.objects.filter(case=case).annotate(saw=_function("saw_candidates", BooleanField(), "by_id", "case_id", "at")).first()
    apart = _function("apart_when_concluding", BooleanField(), "pk")
    ratings = Conclusion.objects.filter(candidate=lead.candidate_id).annotate(apart=apart).order_by("id")
    exculpatory = [row for row in rows if row.direction == "exculpatory"]
    kinds = {row.kind_id for row in rows} | {row.fixing.kind_id for row in rows if hasattr(row, "fixing")}
    return GateFacts(
        lead=lead.ref,
        track=case.track,
        screened_eligible=bool(asked["eligible"]),
        offence_code=asked["offence"],
        listed=policy.offences if policy else None,
        probe_grade=check.grade if check else None,
        checker_saw_candidates=bool(check and check.saw),
        role_shown=bool(check and check.role_shown_by.strip()),
        reviewers_needed=policy.number("reviewers", 2) if policy else 2,
        ratings=tuple(ratings.values_list("by_id", "apart", "rating")),
        ratings_elsewhere=tuple(asked["elsewhere"]),
        lead_ended=asked["is_ended"],
        other_open_leads=asked["rivals"],
        line_up_on_file=asked["lined_up"] or bool(kinds & set(LINE_UPS)),
        exculpatory_listed=policy.exculpatory if policy else frozenset(),
        exculpatory=tuple((row.exculpatory_code, row.closing.how if hasattr(row, "closing") else None) for row in exculpatory),
        standing_apart_needed=policy.number("items_that_stand_apart", 1) if policy else 1,
        items=items(lead, rows),
    )


def _asked_of(lead: Lead) -> dict[str, Any]:
    """What the gate asks of a lead and its case beside evidence, conclusions and probe check: one statement."""
    here = Lead.objects.filter(pk=lead.pk).annotate(
        eligible=Subquery(Screening.objects.filter(case=OuterRef("case")).order_by("-id").values("eligible")[:1]),
        offence=Subquery(OffenceReport.objects.filter(case=OuterRef("case")).values("code")[:1]),
        elsewhere=RawSQL(  # noqa: S611 - no value in it
            "array(select rating from review_conclusion where candidate_id = any (same_person_candidates(review_lead.candidate_id)))", ()
        ),
        is_ended=Exists(LeadEnd.objects.filter(lead=OuterRef("pk"))),
        rivals=_function("rival_leads", IntegerField(), "pk"),
        lined_up=Exists(OutsideGate.objects.filter(lead=OuterRef("pk"), action="line_up")),
    )
    return dict(here.values("eligible", "offence", "elsewhere", "is_ended", "rivals", "lined_up").get())


def _function(name: str, answers: "Field[Any, Any]", *columns: str) -> Func:
    return Func(*columns, function=name, output_field=answers)


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


def with_holds(rows: QuerySet[Countersignature]) -> QuerySet[Any]:
    """Let each row say as ``holds`` whether it holds now, asked of the database in the same statement."""
    return rows.annotate(holds=_function("countersignature_holds", BooleanField(), "ref"))


def with_reasons(rows: QuerySet[Countersignature]) -> QuerySet[Any]:
    """Let each row say as ``shut_by`` how many reasons the gate has today, asked of the database in the same statement."""
    reasons = _function("gate_reasons", ArrayField(TextField()), "lead_id", "action_id")
    return rows.annotate(shut_by=Func(reasons, function="cardinality", output_field=IntegerField()))


def sorting(case: Case) -> tuple[bool, frozenset[int]]:
    """Return whether the sorting is settled, and the candidates that anybody kept."""
    settled = bool(ask_database("select sorting_settled(%s)", case.pk))
    return settled, frozenset(ask_database("select kept_candidates(%s)", case.pk)) if settled else frozenset()


def still_to_conclude(reviewer: Person) -> QuerySet[Drawn]:
    """Return what was drawn for a reviewer in open cases and has no locked conclusion of his."""
    locked = Conclusion.objects.filter(candidate__case=OuterRef("case"), by=reviewer)
    return Drawn.objects.filter(~Exists(locked), reviewer=reviewer, case__state__in=["FIT", "DISPUTED"])
