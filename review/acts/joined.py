"""Joins the locked conclusions of a case by rule, once everybody drawn has answered. No act of its own: sorting and concluding end in it."""

from datetime import datetime

from django.db.models import QuerySet

from cases import moves
from cases.audit import record
from cases.law.in_force import number_of, policy_in_force
from cases.models import Candidate, Case, GallerySubject, SearchRequest
from cases.states import State
from ledger.worded import worded_once
from people.models import Person
from review import facts
from review.models import CandidateEnd, Conclusion, Drawn, Evidence, Lead
from review.rules import joining
from review.rules.joining import CandidateRatings, Joined
from review.rules.wanted import named_records

ENDS = {Joined.EXCLUDED: "excluded", Joined.NOT_SUPPORTED: "not_supported", Joined.SET_ASIDE: "set_aside"}


def join_if_complete(case: Case, *, by: Person, at: datetime) -> None:
    """Join, open leads, end candidates and move the case; do nothing while a drawn reviewer still has to answer."""
    needed = max(2, number_of(policy_in_force(), "reviewers", 2))
    candidates = _candidates(case.pk)
    settled, kept = facts.sorting(case)
    if not settled:
        return
    ratings: dict[int, list[int]] = {candidate.pk: [] for candidate in candidates}
    for candidate_id, rating in _ratings(case.pk):
        ratings[candidate_id].append(rating)
    drawn = Drawn.objects.filter(facts.COUNTS_AS_DRAWN, case=case).count()
    expected = max(needed, drawn, 3 if case.state == State.DISPUTED else 0)
    if kept and any(len(ratings[pk]) < expected for pk in kept):
        return
    joined = joining.join_case([CandidateRatings(str(c.token), c.pk in kept, tuple(ratings[c.pk])) for c in candidates], reviewers=needed)
    supported = joined.tokens(Joined.LEAD)
    if joined.state == "LEAD" and facts.ends_as_known(case):
        joined = joining.of_a_known_case(joined)
    permit = joining.may_join(subject=case.ref, state=case.state, joined=joined)
    if joined.state == "DISPUTED":
        case.find_disputed(permit)
    elif joined.state == "LEAD":
        case.find_lead(permit)
    else:
        case.find_no_lead(permit)
    if joined.state != "DISPUTED":
        _settle(case, candidates, dict(joined.candidates), supported, by=by)
    said = {what.value: len(joined.tokens(what)) for what in Joined if joined.tokens(what)}
    moves.store(case, permit, by=by, at=at, said={"joined": said})


@worded_once
def _candidates(case: int) -> QuerySet[Candidate]:
    return Candidate.objects.filter(case=case).order_by("id")


@worded_once
def _ratings(case: int) -> QuerySet[Conclusion, tuple[int, int]]:
    return Conclusion.objects.filter(candidate__case=case).values_list("candidate_id", "rating")


def _settle(case: Case, candidates: list[Candidate], joined: dict[str, Joined], supported: tuple[str, ...], *, by: Person) -> None:
    """Open leads and end candidates. What was supported in a known case ends with as many statements as a lead takes to open."""
    number = 0
    for candidate in candidates:
        what = joined[str(candidate.token)]
        if what is Joined.LEAD:
            number += 1
            lead = Lead.objects.create(candidate=candidate, case=case, ref=f"{case.ref}-L{number}")
            record(act="open_lead", subject=lead.ref, by=by, said={"case": case.ref})
            _enter_named_and_not_returned(lead)
        else:
            CandidateEnd.objects.create(candidate=candidate, because=ENDS[what])
            if str(candidate.token) in supported:
                record(act="known_case_ended", subject=case.ref, by=by)
                SearchRequest.objects.filter(case=case).first()


def _enter_named_and_not_returned(lead: Lead) -> None:
    """Somebody named before the search, in the gallery that was searched and not returned, speaks for the candidate by itself.

    That a named person was returned is no evidence (``docs/independence.md``).
    """
    request = SearchRequest.objects.filter(case=lead.case).first()
    if request is None:
        return
    named = named_records(request.persons_named)
    enrolled = set(GallerySubject.objects.filter(gallery=request.gallery_id, subject_ref__in=named).values_list("subject_ref", flat=True))
    returned = set(Candidate.objects.filter(case=lead.case, subject_ref__in=named).values_list("subject_ref", flat=True))
    for missing in sorted(enrolled - returned):
        item = Evidence.objects.create(
            ref=facts.next_item(lead.case, lead),
            case=lead.case,
            lead=lead,
            kind_id="named_and_not_returned",
            direction="exculpatory",
            description=f"Somebody named before the search (gallery record {missing}) was searched and not returned",
            source_document=f"Request {lead.case.ref} and its candidate list",
        )
        record(act="add_evidence", subject=item.ref, by=None, said={"kind_of_item": item.kind_id, "direction": item.direction})
