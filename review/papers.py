"""Reads a lead's file into the statements that its papers must carry. Candidates' names, other faces and reviewers' names are not in them."""

from collections.abc import Iterable

from cases.models import CandidateList, Case, Probe, Search
from review import facts
from review.models import Closing, Conclusion, Evidence, Lead, LineUpHeld, ProbeCheck
from review.rules.disclosure import DisclosureFacts, Statement, block
from review.rules.feature_form import LIMITS, Compared, differences
from review.rules.graph import Weighed, weigh
from review.rules.joining import SUPPORTS_FROM

NOT_REPORTED = "not reported"


def statements(lead: Lead) -> tuple[Statement, ...]:
    """Return the mandatory statements of a lead as the file stands now."""
    case: Case = lead.case
    found = CandidateList.objects.filter(case=case).first()
    search = Search.objects.filter(case=case).first()
    probe = Probe.objects.filter(case=case).order_by("-version").first()
    check = ProbeCheck.objects.filter(case=case).first()
    mine = facts.evidence(lead)
    weighed = weigh(facts.items(case, mine=frozenset(item.pk for item in mine)))
    on_no_lead = facts.speaking_on_no_lead(case)
    others = {item.pk for item in on_no_lead if item.case.agency_id != case.agency_id}
    forms = [each.compared() for each in Conclusion.objects.filter(candidate=lead.candidate_id).order_by("id")]
    siblings = Case.objects.filter(investigation__in=facts.linked(case)).exclude(pk=case.pk).order_by("id")
    against = [item for item in mine if item.direction == "incriminating"]
    too_early = facts.line_up_on_file(lead) and not any(w.counts for w in weighed.values())
    return block(
        DisclosureFacts(
            engine=f"{found.engine_name} {found.engine_version}".strip() or NOT_REPORTED if found else NOT_REPORTED,
            performed_by="this agency" if search else "another agency or a source system",
            probe=f"{probe.get_kind_display()}, {probe.source or 'source not said'}" if probe else "none on file",
            probe_grade=check.grade if check else "not graded",
            edits=f"{probe.version - 1}" if probe else "none on file",
            gallery=(found.gallery_name or NOT_REPORTED) if found else NOT_REPORTED,
            candidates=found.number if found else 0,
            place_and_score="sealed; in the court copy of the bundle",
            other_searches=[f"{each.ref} ({each.state.replace('_', ' ').lower()})" for each in siblings],
            ratings=[_rated(form) for form in forms if form.rating >= SUPPORTS_FROM],
            dissent=[_rated(form) for form in forms if form.rating < SUPPORTS_FROM],
            image_age=NOT_REPORTED,
            differences=[item.description for item in mine if item.kind_id in ("physical_difference", "visible_mark", "examined_again") and item.direction == "exculpatory"]
            + [f"a reviewer on {said}" for form in forms for said in differences(form)],
            witnesses=[_witness(item) for item in mine if hasattr(item, "statement")]
            + [f"line-up: picked {held.picked}" for held in LineUpHeld.objects.filter(form__lead__in=facts.family(lead)).order_by("id")],
            line_up_too_early=too_early,
            speaks_for=[_state(item, told=item.pk not in others) for item in _weighed_first([*mine, *on_no_lead])],
            stands_apart=[_class(item, weighed[item.ref]) for item in against if not weighed[item.ref].taints],
            depends_on_it=[item.ref.rsplit("-", 1)[1] for item in against if weighed[item.ref].tainted],
            error_rates="not measured yet",
            sets_set_aside=facts.sets_set_aside(case),
            stepped_back=facts.stepped_back(case),
        )
    )  # fmt: skip


def _rated(form: Compared) -> str:
    limits = ", ".join(words.lower() for code, (words, _) in LIMITS.items() if code in form.limits)
    return f"{form.rating:+d} (limits: {limits})" if limits else f"{form.rating:+d}"


def _weighed_first(items: Iterable[Evidence]) -> list[Evidence]:
    """Contested items that were weighed away stand first in the papers."""
    exculpatory = [item for item in items if item.direction == "exculpatory"]
    return sorted(exculpatory, key=lambda item: _how(item) != "weighed")


def _how(item: Evidence) -> str:
    closing: Closing | None = getattr(item, "closing", None)
    return closing.how if closing else "open"


def _state(item: Evidence, *, told: bool) -> str:
    """Say what speaks for a person, and how it was closed; where it is another agency's and on no lead, its words are not ours to tell."""
    return f"{item.description if told else 'an item of another agency'} ({_how(item).replace('_', ' ')})"


def _class(item: Evidence, weighed: Weighed) -> str:
    again = f", fixed {item.fixings.count()} times" if item.fixings.count() > 1 else ""
    return f"{item.description} (class {'A' if weighed.fixed_before else 'B'}{again})"


def _witness(item: Evidence) -> str:
    said = item.statement
    return f"{item.ref.rsplit('-', 1)[1]}: shown {said.shown}, name said first by {said.named_first_by}"
