"""From the rows of the human floor to what the law asks at its gates: review, line-up, warrant or arrest, court, the end.

People stand in the facts by their part, never by name: a page shows what the law saw, and nobody is told who reviewed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Func, OuterRef, Subquery

from cases.law import case_facts, rows
from cases.law import facts as f
from cases.law.case_facts import Moment
from cases.law.evaluate import RuleAnswer, evaluate
from cases.law.merge import Merged
from cases.law.rows import CaseRow
from cases.law.words import Gate
from cases.models import Case
from review.models import Conclusion, Countersignature, DiscoveryRequest, DiscoveryService, Dissemination, Lead, LineUpForm, ProbeCheck
from review.rules.gate import GateFacts
from review.rules.graph import Taint, independent, weigh
from review.rules.joining import SUPPORTS_FROM

LEGAL_ACTS = {  # action -> the legal act that the law speaks of; the others are steps of an investigation
    "arrest": "arrest",
    "arrest_out_of_state": "arrest",
    "wanted_notice": "arrest",
    "probation_hold": "arrest",
    "extradition": "arrest",
    "execute_warrant": "arrest",
    "custodial_interrogation": "law_enforcement_action",
    "custody_extension": "arrest",
    "arrest_warrant": "arrest_warrant",
    "search_warrant": "search_warrant",
    "stop_or_detention": "stop",
}
SAID_BY = {  # what has to be told -> the statement of the papers that tells it
    "search_used": "search_used",
    "lead_only": "lead_only",
    "limits_of_face_search": "lead_only",
    "system": "engine",
    "maker": "engine",
    "version": "engine",
    "galleries": "gallery",
    "no_results": "other_searches",
    "other_candidates": "candidates",
    "edits": "edits",
    "operator": "performed_by",
    "error_rates": "error_rates",
    "how_used": "depends_on_it",
}
REPORT_IS_PRINTED_WITH = {"says_lead_only": True, "past_no_results_attached": True, "candidates": 1}  # see templates/report/page.html
THE_ANALYST = "the analyst"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """The review of one lead: who concluded, apart or not, what, and the last day."""

    reviewers: tuple[int, ...]
    apart: tuple[bool, ...]
    ratings: tuple[int, ...]
    done_at: datetime
    analyst: int | None
    all_viewed: bool
    grade: str | None


def reviews(leads: Iterable[int]) -> dict[int, ReviewRow]:
    """Return the reviews of these leads: two statements, however many there are."""
    keys = list(leads)
    analysts = ProbeCheck.objects.filter(case=OuterRef("case"))
    of = {
        row["candidate_id"]: row
        for row in Lead.objects.filter(pk__in=keys)
        .annotate(
            analyst=Subquery(analysts.values("by")[:1]),
            grade=Subquery(analysts.values("grade")[:1]),
            settled=Func("case_id", function="sorting_settled", output_field=BooleanField()),
        )
        .order_by("pk")
        .values("pk", "candidate_id", "analyst", "grade", "settled")
    }
    apart = Func("pk", function="apart_when_concluding", output_field=BooleanField())
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in (
        Conclusion.objects.filter(candidate__in=list(of))
        .annotate(apart=apart)
        .order_by("id")
        .values("candidate_id", "by_id", "apart", "rating", "at")
    ):
        found.setdefault(row["candidate_id"], []).append(row)
    return {of[candidate]["pk"]: _review(of[candidate], concluded) for candidate, concluded in found.items()}


def _review(lead: Mapping[str, Any], concluded: Sequence[Mapping[str, Any]]) -> ReviewRow:
    return ReviewRow(
        reviewers=tuple(row["by_id"] for row in concluded),
        apart=tuple(row["apart"] for row in concluded),
        ratings=tuple(row["rating"] for row in concluded),
        done_at=max(row["at"] for row in concluded),
        analyst=lead["analyst"],
        all_viewed=lead["settled"],
        grade=lead["grade"],
    )


def review(row: CaseRow, reviewed: ReviewRow, *, signing: bool = False) -> f.ReviewFacts:
    """Return what the law asks of a review, on the day on which it ended. A supervisor approves it by signing, not before."""
    on = reviewed.done_at.date()
    labels = _labels(row, reviewed)
    courses = tuple(
        each for person, label in labels.items() if person in reviewed.reviewers for each in row.taught(person, label=label, on=on)
    )
    requester = rows.who_requested(row.columns)
    return f.ReviewFacts(
        **{**case_facts.event(row, Moment(reviewed.done_at)), "on": on},
        people=tuple(labels[person] for person in reviewed.reviewers),
        courses=courses,
        requester=labels.get(requester or 0, case_facts.THE_REQUESTER),
        operator=None if reviewed.analyst is None else labels.get(reviewed.analyst, THE_ANALYST),
        investigator=labels.get(requester or 0, case_facts.THE_REQUESTER),
        blind=all(reviewed.apart),
        all_viewed=reviewed.all_viewed,
        candidates=row["candidate_list__number"],
        supervisor_approved=True if signing else None,
        disagreement=any(rating < SUPPORTS_FROM for rating in reviewed.ratings),
        may_change_decision=True,  # a lead that two do not support ends by rule
    )


def _labels(row: CaseRow, reviewed: ReviewRow) -> dict[int, str]:
    """Name each reviewer by the other part he holds, if he holds one, else by his turn."""
    parts = {reviewed.analyst: THE_ANALYST, rows.who_requested(row.columns): case_facts.THE_REQUESTER}
    turns = list(dict.fromkeys(reviewed.reviewers))
    return {person: parts.get(person) or f"reviewer {turns.index(person) + 1}" for person in turns}


def warrant_or_arrest(
    row: CaseRow,
    gate: GateFacts,
    moment: Moment,
    *,
    action: str,
    signers: Sequence[tuple[str, str]] = (),
    signed_at: datetime | None = None,
    custody: tuple[datetime, bool] | None = None,
) -> f.WarrantOrArrestFacts:
    """Return what the law asks of a legal act on a lead. ``custody``: since when, and whether the re-check was made."""
    weighed = weigh(gate.items)
    mine = [weighed[item.ref] for item in gate.items if item.mine and item.incriminating]
    apart = len(independent(weighed))
    papers = gate.papers.get(action)
    told = None if papers is None else {item for item, code in SAID_BY.items() if code not in papers.missing}
    place = "arrest_papers" if LEGAL_ACTS[action] == "arrest" else "warrant_papers"
    sufficient = False if not apart else True if gate.legal_views.get(action) else None
    return f.WarrantOrArrestFacts(
        **case_facts.event(row, moment),
        **case_facts.authority(row, moment),
        act=LEGAL_ACTS[action],
        sign_offs=tuple(signers) or None,
        other_items=sum(not each.taints & {Taint.ROOT, Taint.T1} for each in mine),
        line_ups_from_result=int(gate.line_up_on_file),
        independent_items=apart,
        independent_reliable_linking=apart > 0,
        independent_and_sufficient=sufficient,
        papers_cite_result=None if told is None else "search_used" in told,
        told=None if told is None else frozenset((place, item) for item in told),
        search_used=True,
        tests_closed=frozenset(code for code, how in gate.exculpatory if code and how not in (None, "tested_excludes")),
        hours_since_signed=_hours(signed_at, moment.at) if signed_at else 0,  # it is being signed now
        hours_in_custody=_hours(custody[0], moment.at) if custody else 0,  # nobody is held on it
        recheck_made=custody[1] if custody else False,
    )


def line_up(row: CaseRow, gate: GateFacts, moment: Moment, *, form: LineUpForm | None, returned: frozenset[str]) -> f.LineUpFacts:
    """Return what the law asks of a line-up. ``returned``: hashes of every picture that the search returned."""
    array = frozenset(form.array_sha256) if form else frozenset()
    used = bool(array & returned) if array else None
    return f.LineUpFacts(
        **case_facts.event(row, moment),
        independent_items=len(independent(weigh(gate.items))),
        search_picture=used,
        fillers_from_search=used,
        blind_administrator=bool(form.administrator.strip()) if form else None,
    )


def lead_release(row: CaseRow, moment: Moment) -> f.LeadReleaseFacts:
    """Return what the law asks of a lead that leaves the house: the report page prints these, for every lead."""
    return f.LeadReleaseFacts(**case_facts.event(row, moment), **REPORT_IS_PRINTED_WITH)  # type: ignore[arg-type]


def row_of(case: Case, *, law: Merged, people: Iterable[int] = ()) -> CaseRow:
    """Return the row of one case."""
    return rows.read([case.pk], count_galleries=rows.counts(law), people=people)[case.pk]


def asked_of_probe(case: Case, *, law: Merged, grade: str, at: datetime) -> tuple[RuleAnswer, ...]:
    """Return what the law answers to a probe that is graded now."""
    return evaluate(law, gate=Gate.PROBE_CHECK, facts=case_facts.probe_check(row_of(case, law=law), Moment(at), grade=grade))


def asked_of_action(
    lead: Lead, gate: GateFacts, *, law: Merged, action: str, at: datetime, asked: Countersignature | None = None, signing: bool = False
) -> tuple[RuleAnswer, ...]:
    """Return what the law answers to an action on a lead: of its review, of a line-up, of a legal act."""
    reviewed = reviews([lead.pk]).get(lead.pk)
    people = reviewed.reviewers if reviewed else ()
    return answers(
        lead, row_of(lead.case, law=law, people=people), reviewed, gate, law=law, action=action, at=at, asked=asked, signing=signing
    )


def answers(
    lead: Lead,
    row: CaseRow,
    reviewed: ReviewRow | None,
    gate: GateFacts,
    *,
    law: Merged,
    action: str,
    at: datetime,
    asked: Countersignature | None = None,
    signing: bool = False,
) -> tuple[RuleAnswer, ...]:
    """Return the same where the rows have been read."""
    moment = Moment(at)
    found: list[RuleAnswer] = []
    if reviewed is not None:
        found += evaluate(law, gate=Gate.REVIEW, facts=review(row, reviewed, signing=signing))
    if action == "line_up" and law.rules_at(Gate.LINE_UP):
        form = LineUpForm.objects.filter(lead=lead).order_by("-id").first()
        found += evaluate(law, gate=Gate.LINE_UP, facts=line_up(row, gate, moment, form=form, returned=_returned(lead)))
    if action in LEGAL_ACTS and law.rules_at(Gate.WARRANT_OR_ARREST):
        decision = getattr(asked, "decision", None)
        signed_at = decision.at if decision and decision.signed else None
        signers = (("the supervisor", "supervisor"),) if signing or signed_at else ()
        facts = warrant_or_arrest(row, gate, moment, action=action, signers=signers, signed_at=signed_at, custody=_custody(lead))
        found += evaluate(law, gate=Gate.WARRANT_OR_ARREST, facts=facts)
    return tuple(found)


IN_A_BUNDLE = frozenset({*SAID_BY, "candidate_list", "probe_all_versions", "results_acted_on"})  # see oversight/export.py


def asked_in_court(
    lead: Lead, *, law: Merged, stage: str, at: datetime, trial_on: date | None, showing: Collection[str] = ()
) -> tuple[RuleAnswer, ...]:
    """Return what the law answers to a use of this lead's result at a stage of court."""
    row = row_of(lead.case, law=law)
    zone = ZoneInfo(lead.case.agency.time_zone)
    told: set[str] = set()
    days = []
    for when in Dissemination.objects.filter(lead=lead, what="notice_of_use").order_by("id").values_list("at", flat=True):
        told |= set(SAID_BY)
        days.append(when.astimezone(zone).date())
    bundles = DiscoveryService.objects.filter(served__what="bundle", served__case=lead.case)  # a sibling's tells nothing of this list
    courts = DiscoveryRequest.objects.filter(case__investigation=lead.case.investigation_id).values("court")
    served = bundles.alias(sealed=Func("served_id", function="court_copy_left", output_field=BooleanField()))
    for day in served.filter(sealed=False).exclude(served_to__in=courts).order_by("id").values_list("served_on", flat=True):
        told |= IN_A_BUNDLE
        days.append(day)
    return evaluate(
        law, gate=Gate.COURT, facts=in_court(row, Moment(at), stage=stage, told=told, days=days, trial_on=trial_on, showing=showing)
    )


def in_court(
    row: CaseRow,
    moment: Moment,
    *,
    stage: str,
    told: Collection[str],
    days: Sequence[date],
    trial_on: date | None,
    showing: Collection[str],
) -> f.CourtFacts:
    """Return what the law asks of a use in court. ``told``: what the defence was told; ``days``: on which days."""
    return f.CourtFacts(
        **case_facts.event(row, moment),
        act=stage,
        obtained_lawfully=bool(row.screenings[-1]["eligible"]) if row.screenings else None,
        search_used=True,
        offered_at_trial=stage == "trial",
        told_prosecutor=frozenset(SAID_BY),
        told_defence=frozenset(told),
        showing_made=frozenset(showing),
        told_on=max(days) if days else None,
        trial_on=trial_on,
    )


def _custody(lead: Lead) -> tuple[datetime, bool] | None:
    held = lead.custodies.filter(release__isnull=True).order_by("-id")
    row = held.annotate(made=ArrayAgg("rechecks__outcome", default=[])).values_list("began_at", "made").first()
    return None if row is None else (row[0], any(outcome not in (None, "not_possible") for outcome in row[1]))


def _returned(lead: Lead) -> frozenset[str]:
    pictures = lead.case.candidates.values_list("image_sha256", "image__original_sha256", "image__stored_sha256")
    return frozenset(digest for each in pictures for digest in each if digest)


def _hours(since: datetime, at: datetime) -> int:
    """Whole hours, a begun one counted."""
    return -int(-(at - since).total_seconds() // 3600)
