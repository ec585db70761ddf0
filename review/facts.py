"""Reads rows into the frozen facts that rules judge; asks over the whole investigation."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    Field,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    prefetch_related_objects,
)
from django.db.models.expressions import RawSQL

from cases.law.in_force import PolicyInForce, number_of, policy_ended, policy_in_force
from cases.models import Case, OffenceReport, Screening
from cases.states import State
from ledger.asking import ask_database, ask_rows
from ledger.worded import any_of, first, worded_once
from people import measuring
from people.measuring import Answer, Counted
from people.models import Person, Training, Trial
from people.roles import Role
from review import access
from review.models import (
    Conclusion,
    Countersignature,
    Dissemination,
    Drawn,
    Edge,
    Evidence,
    Fixing,
    ItemWaiting,
    Lead,
    LeadEnd,
    LegalView,
    LineUpForm,
    Papers,
    ProbeCheck,
    Recusal,
    Statement,
)
from review.reexamining import SUBJECT, Reexamining
from review.rules.disclosure import PapersFacts
from review.rules.examination import Looks, ReviewerFacts
from review.rules.gate import GateFacts
from review.rules.graph import EdgeKind, Item
from review.rules.kinds import Channel, Kind, Trait
from review.rules.line_up import LineUpFacts
from review.rules.signing import SignerFacts
from review.rules.stepping_back import TellingFacts
from review.rules.turns import TurnFacts
from review.states import CountersignatureState


def parts_of(person: Person, investigation_id: int) -> frozenset[str]:
    """Return the parts a person already holds in the whole investigation."""
    asked = "select coalesce(array_agg(part), '{}') from parts_in(investigation_set(%s)) where person_id = %s"
    return frozenset(ask_database(asked, investigation_id, person.pk))


def other_part(person: Person, investigation_id: int, *, than: str) -> bool:
    """Whether a person holds another part than this one."""
    return bool(parts_of(person, investigation_id) - {than})


def is_a_second(second: Person | None, *, beside: Person, investigation_id: int, on: date) -> bool:
    """Whether ``second`` is another corroboration officer with no other part in the investigation, nor an examination again of a case of it."""
    return (
        second is not None
        and second.pk != beside.pk
        and access.holds(second, Role.CORROBORATION_OFFICER, on=on)
        and not other_part(second, investigation_id, than="corroboration_officer")
        and not access.examined_again(second, investigation_id)
    )


def of_units_that_asked(person: Person, investigation_id: int) -> bool:
    """Whether a person counts as of a unit that asked for a search in the investigation: he is of it, or was since it asked."""
    return bool(ask_database("select of_a_unit_that_asked(%s, investigation_set(%s), 'infinity')", person.pk, investigation_id))


def linked(case: Case) -> list[int]:
    """Return the investigations that are linked with this case's, itself included."""
    return list(ask_database("select investigation_set(%s)", case.investigation_id))


def left_about(case: Case) -> QuerySet[Dissemination]:
    """Return what left the agency about the investigation."""
    return Dissemination.objects.filter(case__investigation__in=linked(case))


def saw_candidates(person: Person, case: Case) -> bool:
    """Whether a person has looked at a candidate of the investigation."""
    return bool(ask_database("select saw_candidates(%s, %s, 'infinity')", person.pk, case.pk))


def reviewer(person: Person, case: Case, *, at_day: date) -> ReviewerFacts:
    """Return what is asked of a reviewer before an answer is taken."""
    trained = bool(_trained(person.pk, at_day)) and access.holds(person, Role.REVIEWER, on=at_day)
    mine = turn_of(person, case)
    return ReviewerFacts(
        subject=case.ref,
        drawn=mine is not None,
        recused=hasattr(mine, "recusal"),
        went_back=hasattr(mine, "given_back"),
        took_other_part=other_part(person, case.investigation_id, than="reviewer"),
        of_requesters_unit=of_units_that_asked(person, case.investigation_id),
        trained=trained,
        admitted=measuring.may_review(trials_counted(person, on=at_day)),
    )


@worded_once
def _trained(person: int, on: date) -> QuerySet[Training, int]:
    rows = Training.objects.filter(person=person, subject="face_comparison", passed_on__lte=on, valid_until__gte=on)
    return rows.values_list("pk", flat=True)[:1]


def turn_of(person: Person, case: Case) -> Drawn | None:
    """Return what was drawn for a person in a case, if anything was."""
    return first(_drawn(case.pk, person.pk))


@worded_once
def _drawn(case: int, reviewer: int) -> QuerySet[Drawn]:
    return Drawn.objects.filter(case=case, reviewer=reviewer).select_related("recusal", "given_back").order_by("pk")[:1]


def reexaminer(again: Reexamining, *, at_day: date) -> ReviewerFacts:
    """Return what is asked of whoever examines a case again before an answer is taken. He holds no part in the investigation at all."""
    person, investigation = again.reviewer, again.case.investigation_id
    return ReviewerFacts(
        subject=SUBJECT,
        drawn=True,
        recused=again.stepped_back,
        went_back=again.went_back,
        took_other_part=bool(parts_of(person, investigation)),
        of_requesters_unit=of_units_that_asked(person, investigation),
        left_the_lender=person.agency_id != again.lender_id,
        trained=bool(_trained(person.pk, at_day)) and access.holds(person, Role.REVIEWER, on=at_day),
        admitted=measuring.may_review(trials_counted(person, on=at_day)),
    )


def trials_counted(person: Person, *, on: date) -> Counted:
    """Return the trials of a person that count on a day."""
    since = on - timedelta(days=measuring.COUNTED_DAYS)
    return measuring.counted((mated, Answer(answer)) for mated, answer in _trials(person.pk, since, on))


@worded_once
def _trials(person: int, since: date, on: date) -> QuerySet[Trial, tuple[bool, str]]:
    rows = Trial.objects.filter(person=person, answered_at__date__gte=since, answered_at__date__lte=on)
    return rows.values_list("mated", "answer")


def evidence(lead: Lead) -> list[Evidence]:
    """Return what is on file on the person of a lead, oldest first, with fixings, closings, statements and edges."""
    rows = _evidence(lead.pk)
    prefetch_related_objects(rows, "fixings__kind", Prefetch("edges", Edge.objects.select_related("parent").order_by("id")))
    return rows


@worded_once
def _evidence(lead: int) -> QuerySet[Evidence]:
    return evidence_of(lead).select_related("closing", "kind", "statement", "lead", "warrant").order_by("id")


def next_item(case: Case, lead: Lead | None) -> str:
    """Return the number under which the next item is entered, on a lead or on a case as such; whoever asks beside it waits."""
    return str(ask_database("select next_item(%s, %s)", case.pk, lead.pk if lead else None))


def speaking_on_no_lead(case: Case) -> list[Evidence]:
    """Return what speaks for a person and is on no lead, in the whole investigation: whom it clears nobody has said yet."""
    return _speaking_on_no_lead(case.investigation_id)


@worded_once
def _speaking_on_no_lead(investigation: int) -> QuerySet[Evidence]:
    whole = RawSQL("select unnest(investigation_set(%s))", (investigation,))  # noqa: S611 - the number is a parameter
    rows = Evidence.objects.filter(case__investigation__in=whole, lead=None, direction="exculpatory")
    return rows.select_related("closing", "case").order_by("id")


def items(case: Case, *, mine: frozenset[int]) -> tuple[Item, ...]:
    """Return every item of the whole investigation as the graph rule takes it; ``mine`` are those of the lead that is asked about.

    What is not fixed has no shown source. Whether an item was fixed before the face result, whether its author was exposed,
    whether it discriminates and whether a hold was lifted are read from looks, times and decisions by the database.
    """
    whole = linked(case)
    rows = _entered(whole)
    refs = {row[1] for row in rows}
    fixings = {row[0]: row[1:] for row in _fixed(whole)}
    told = set(_told(whole))
    edges: dict[int, list[tuple[EdgeKind, str]]] = defaultdict(list)
    for item_id, kind, root, parent in _edges(whole):
        if root or parent in refs:  # a page takes no lock: what was entered while it read is not on it
            edges[item_id].append((_EDGE_KINDS[kind], root or parent))
    read = {row[0]: row[1:] for row in ask_rows("select * from items_as_read(%s)", whole)}
    found = []
    for pk, ref, document, direction, *kind in rows:
        name, channel, traits, links_to, seen = fixings.get(pk, (*kind, "", False))
        before, exposed, sharp, usable = read[pk]
        found.append(
            Item(
                ref=ref,
                kind=Kind(name, Channel(channel), frozenset(Trait(trait) for trait in traits)),
                source_shown=seen and bool(document.strip()),
                discriminates=sharp,
                links_to=links_to,
                incriminating=direction == "incriminating",
                edges=tuple(edges[pk]),
                fixed_before=before,
                exposed=exposed,
                exposure_written_down=pk in told,
                may_be_used=usable,
                mine=pk in mine,
            )
        )
    return tuple(found)


_KIND = ("kind_id", "kind__channel", "kind__traits")
_EDGE_KINDS = {kind.value: kind for kind in EdgeKind}


@worded_once
def _entered(whole: list[int]) -> QuerySet[Evidence, Any]:
    rows = Evidence.objects.filter(case__investigation=any_of(whole)).order_by("id")
    return rows.values_list("pk", "ref", "source_document", "direction", *_KIND)


@worded_once
def _fixed(whole: list[int]) -> QuerySet[Fixing, Any]:
    rows = Fixing.objects.filter(item__case__investigation=any_of(whole)).order_by("number")
    return rows.values_list("item_id", *_KIND, "links_to", "source_document_seen")


@worded_once
def _told(whole: list[int]) -> QuerySet[Statement, int]:
    return Statement.objects.filter(item__case__investigation=any_of(whole)).values_list("item_id", flat=True)


@worded_once
def _edges(whole: list[int]) -> QuerySet[Edge, Any]:
    rows = Edge.objects.filter(item__case__investigation=any_of(whole)).order_by("id")
    return rows.values_list("item_id", "kind", "root", "parent__ref")


def items_on_desk(agency_id: int, desk: str, *, most: int) -> QuerySet[Evidence]:
    """Return the items that have waited longest on a desk of an agency, the oldest first: ``to_fix``, ``to_close``, ``held`` or ``decided``."""
    waiting = RawSQL("select items_waiting(%s, %s, %s)", (agency_id, desk, most))  # noqa: S611 - the values are parameters
    return Evidence.objects.filter(pk__in=waiting).select_related("case__investigation").order_by("entered_at", "id")


def counted_on_desk(agency_id: int, desk: str) -> QuerySet[ItemWaiting]:
    """Return what waits on a desk of an agency, to be counted."""
    return ItemWaiting.objects.filter(agency=agency_id, desk=desk)


def newest_fixing(item: Evidence) -> Fixing | None:
    """Return the fixing that counts: the newest."""
    return max(item.fixings.all(), key=lambda fixing: fixing.number, default=None)


def evidence_of(lead: int) -> QuerySet[Evidence]:
    """Return the evidence on the person of a lead, over all his leads in the investigation."""
    return Evidence.objects.filter(lead__in=RawSQL("select unnest(lead_family(%s))", (lead,)))  # noqa: S611 - the number is a parameter


def family(lead: Lead) -> frozenset[int]:
    """Return the leads on the same person in the whole investigation, this one included."""
    return frozenset(ask_database("select lead_family(%s)", lead.pk))


def gate(lead: Lead, *, rows: Sequence[Evidence] | None = None, policy: PolicyInForce | None = None) -> GateFacts:
    """Return everything the gate looks at for a lead. A page that has read ``evidence(lead)`` already hands it over."""
    case: Case = lead.case
    policy = policy or policy_in_force()
    on_file = _on_file(lead) if rows is None else [_OnFile(*_said_of(row)) for row in rows]
    (asked,) = _asked_of(lead.pk)
    check = first(_check(case.pk))
    return GateFacts(
        lead=lead.ref,
        track=case.track,
        screened_eligible=bool(asked["eligible"]),
        screening_in_force=policy is not None and asked["screened_under"] == policy.pk,
        offence_code=asked["offence"],
        statute=asked["statute"] or "",
        listed=policy.listed if policy else None,
        policy_ended=policy is None and policy_ended(),
        probe_grade=check.grade if check else None,
        checker_saw_candidates=bool(check and check.saw),
        role_shown=bool(check and check.role_shown_by.strip()),
        reviewers_needed=number_of(policy, "reviewers", 2),
        ratings=tuple(_ratings(lead.candidate_id)),
        ratings_elsewhere=tuple(asked["elsewhere"]),
        lead_ended=asked["is_ended"],
        other_open_leads=asked["rivals"],
        line_up_on_file=asked["lined_up"],
        exculpatory_listed=policy.exculpatory if policy else frozenset(),
        exculpatory=(
            *((row.code, row.closed_how) for row in on_file if row.direction == "exculpatory"),
            *(("", how or None) for how in asked["on_no_lead"]),
        ),
        standing_apart_needed=number_of(policy, "items_that_stand_apart", 1),
        items=items(case, mine=frozenset(row.pk for row in on_file)),
        limited_accepted=number_of(policy, "limited_probe_accepted", 1) != 0,
        case_over=asked["case__state"] in (State.CLOSED, State.DESTROYED),
        warrants=frozenset(asked["warrants"]),
        papers=_papers(lead),
        line_up_form=_line_up_form(lead),
        legal_views=dict(_legal_views(lead.pk)),
        recheck=asked["recheck"],
        same_picture_elsewhere=asked["same_picture"],
    )


class _OnFile(NamedTuple):
    """As much of an item on the person of a lead as the gate asks for."""

    pk: int
    direction: str
    code: str
    closed_how: str | None


def _on_file(lead: Lead) -> list[_OnFile]:
    return [_OnFile(*row) for row in _said_of_all(lead.pk)]


@worded_once
def _said_of_all(lead: int) -> QuerySet[Evidence, tuple[int, str, str, str | None]]:
    return evidence_of(lead).order_by("id").values_list("pk", "direction", "exculpatory_code", "closing__how")


def _said_of(row: Evidence) -> tuple[int, str, str, str | None]:
    return row.pk, row.direction, row.exculpatory_code, row.closing.how if hasattr(row, "closing") else None


@worded_once
def _check(case: int) -> QuerySet[Any]:
    saw = _function("saw_candidates", BooleanField(), "by_id", "case_id", "at")
    return ProbeCheck.objects.filter(case=case).annotate(saw=saw).order_by("pk")[:1]


@worded_once
def _ratings(candidate: int) -> QuerySet[Any, Any]:
    apart = _function("apart_when_concluding", BooleanField(), "pk")
    return Conclusion.objects.filter(candidate=candidate).annotate(apart=apart).order_by("id").values_list("by_id", "apart", "rating")


@worded_once
def _asked_of(lead: int) -> QuerySet[Any, Any]:
    """What the gate asks of a lead and its case beside evidence, conclusions and probe check: one statement."""
    screened = Screening.objects.filter(case=OuterRef("case")).order_by("-id")
    here = Lead.objects.filter(pk=lead).annotate(
        eligible=Subquery(screened.values("eligible")[:1]),
        screened_under=Subquery(screened.values("policy")[:1]),
        offence=Subquery(OffenceReport.objects.filter(case=OuterRef("case")).values("code")[:1]),
        statute=Subquery(OffenceReport.objects.filter(case=OuterRef("case")).values("statute")[:1]),
        elsewhere=RawSQL("ratings_of_same_person(review_lead.candidate_id)", ()),  # noqa: S611 - no value in it
        is_ended=Exists(LeadEnd.objects.filter(lead=OuterRef("pk"))),
        rivals=_function("rival_leads", IntegerField(), "pk"),
        lined_up=_function("line_up_on_file", BooleanField(), "pk"),
        warrants=RawSQL(  # noqa: S611 - no value in it
            "array(select e.ref from review_existingwarrant w join review_evidence e on e.id = w.item_id "
            "where w.search_used = 'no' and e.lead_id in (select unnest(lead_family(review_lead.id))))",
            (),
        ),
        on_no_lead=RawSQL(  # noqa: S611 - no value in it
            "array(select coalesce(k.how, '') from cases_case c join review_evidence e on e.case_id = c.id left join review_closing k on k.item_id = e.id "
            "where c.investigation_id = any (investigation_set((select investigation_id from cases_case where id = review_lead.case_id))) "
            "and e.lead_id is null and e.direction = 'exculpatory' order by e.id)",
            (),
        ),
        same_picture=RawSQL(  # noqa: S611 - no value in it
            "same_picture_elsewhere(investigation_set((select investigation_id from cases_case where id = review_lead.case_id)))", ()
        ),
        recheck=RawSQL(  # noqa: S611 - no value in it
            "(select r.outcome from review_recheck r join review_custody c on c.id = r.custody_id "
            "where c.lead_id in (select unnest(lead_family(review_lead.id))) and r.outcome <> 'not_possible' order by r.id desc limit 1)",
            (),
        ),
    )
    return here.values(
        "case__state",
        "eligible",
        "screened_under",
        "offence",
        "statute",
        "elsewhere",
        "is_ended",
        "rivals",
        "lined_up",
        "warrants",
        "on_no_lead",
        "same_picture",
        "recheck",
    )


def _function(name: str, answers: "Field[Any, Any]", *columns: str) -> Func:
    return Func(*columns, function=name, output_field=answers)


def line_up_on_file(lead: Lead) -> bool:
    """Whether any line-up is on file for this person, also one that spoke for him."""
    return bool(ask_database("select line_up_on_file(%s)", lead.pk))


def _papers(lead: Lead) -> dict[str, PapersFacts]:
    """The newest papers of each action, and whether anything was entered after them: one statement."""
    return {
        row.action_id: PapersFacts(tuple(row.missing), tuple(row.wording), stale=row.late is not None and row.at < row.late)
        for row in _papers_on_file(lead.pk)
    }


@worded_once
def _papers_on_file(lead: int) -> QuerySet[Any]:
    late = Func("lead_id", function="last_fact_at", output_field=DateTimeField())
    return Papers.objects.filter(lead=lead).annotate(late=late).order_by("id")


@worded_once
def _legal_views(lead: int) -> QuerySet[LegalView, tuple[str, bool]]:
    return LegalView.objects.filter(lead=lead).order_by("id").values_list("action", "agrees")


def _line_up_form(lead: Lead) -> LineUpFacts | None:
    form = first(_line_up_forms(lead.pk))
    if form is None:
        return None
    return LineUpFacts(**{name: getattr(form, name) for name in LineUpFacts.__dataclass_fields__})


@worded_once
def _line_up_forms(lead: int) -> QuerySet[LineUpForm]:
    return LineUpForm.objects.filter(lead=lead).order_by("-id")[:1]


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


def witnesses_silent() -> bool:
    """Whether the witnesses have not seen the log for longer than their policy says, computed by the database."""
    return ask_database("select witnesses_silent_since()") is not None


def holds(ref: str) -> bool:
    """Whether a countersignature holds now, computed by the database from raw rows."""
    return bool(ask_database("select countersignature_holds(%s)", ref))


def with_holds(rows: QuerySet[Countersignature]) -> QuerySet[Any]:
    """Let each row say as ``holds`` whether it holds now, asked of the database in the same statement."""
    return rows.annotate(holds=_function("countersignature_holds", BooleanField(), "ref"))


def with_gate(rows: QuerySet[Countersignature]) -> QuerySet[Any]:
    """Let each row say as ``gate`` the reasons for which its gate is shut today, asked of the database in the same statement."""
    return rows.annotate(gate=_function("gate_reasons", ArrayField(TextField()), "lead_id", "action_id"))


def resting_on_less(signed: Sequence[int]) -> frozenset[int]:
    """Return those countersignatures that an item stopped counting for, or that too few count for under the very policy of their signature."""
    if not signed:
        return frozenset()
    asked = (
        "select s.id from review_countersignature s join review_decision d on d.countersignature_id = s.id where s.id = any (%s) and ("
        "d.policy_digest = (select digest from cases_policy where id = policy_in_force()) or not d.rests_on <@ array("
        "select e.ref from items_weighed(s.lead_id) w join review_evidence e on e.id = w.item_id where w.counts))"
    )
    return frozenset(pk for (pk,) in ask_rows(asked, list(signed)))


def sorting(case: Case) -> tuple[bool, frozenset[int]]:
    """Return whether the sorting is settled, and the candidates that anybody kept."""
    settled = bool(ask_database("select sorting_settled(%s)", case.pk))
    return settled, frozenset(ask_database("select kept_candidates(%s)", case.pk)) if settled else frozenset()


def looks(person: Person, case: Case, *, one_to_one: bool) -> Looks:
    """Return what a reviewer's looks on file still lack for a step."""
    ((unseen, seconds),) = ask_rows("select unseen, seconds from looks_wanting(%s, %s, %s)", case.pk, person.pk, one_to_one)
    return Looks(unseen, seconds)


def looks_again(again: Reexamining, *, one_to_one: bool) -> Looks:
    """Return what the looks on file still lack for a step of an examination again."""
    asked = "select unseen, seconds from looks_wanting_again(%s, %s, %s)"
    ((unseen, seconds),) = ask_rows(asked, again.reviewer_id, again.code, one_to_one)
    return Looks(unseen, seconds)


def break_is_due(person_id: int) -> int | None:
    """Return after how many minutes of looking a break is due, if it is."""
    ((due, minutes),) = ask_rows("select break_is_due(%s), break_after_minutes()", person_id)
    return int(minutes) if due else None


def sets_set_aside(case: Case) -> int:
    """Return how many reviewers' sets were set aside in a case, because a known non-mate was supported."""
    return Drawn.objects.filter(case=case, set_aside__isnull=False).count()


def stepped_back(case: Case) -> int:
    """Return how many reviewers stepped back in a case."""
    return Recusal.objects.filter(drawn__case=case).count()


def telling(person: Person, case: Case, *, ground: str, words: str) -> TellingFacts:
    """Return what is asked before a reviewer's words are sealed for an auditor."""
    drawn = turn_of(person, case)
    return TellingFacts(case.ref, drawn is not None, drawn is not None and hasattr(drawn, "recusal"), ground, words)


def turn(drawn: Drawn | None, case: Case) -> TurnFacts:
    """Return what is asked before a turn is released, held or sent back."""
    if drawn is None:
        return TurnFacts(case.ref, drawn=False)
    return TurnFacts(
        subject=case.ref,
        drawn=True,
        recused=hasattr(drawn, "recusal"),
        went_back=hasattr(drawn, "given_back"),
        over=hasattr(drawn, "set_aside")
        or Conclusion.objects.filter(candidate__case=case, by=drawn.reviewer_id).exists()
        or case.state not in (State.FIT, State.DISPUTED),
    )


def turn_again(again: Reexamining) -> TurnFacts:
    """Return the same of an examination again."""
    return TurnFacts(SUBJECT, drawn=True, recused=again.stepped_back, went_back=again.went_back, over=again.over)


def telling_again(again: Reexamining, *, ground: str, words: str) -> TellingFacts:
    """Return what is asked before the words of whoever examines a case again are sealed for an auditor of his agency."""
    return TellingFacts(SUBJECT, drawn=True, recused=again.stepped_back, ground=ground, words=words)


def court_copy(left: Dissemination) -> bool:
    """Return whether what left is a bundle in which nothing is covered."""
    return bool(ask_database("select court_copy_left(%s)", left.pk))


def turn_opened(drawn: Drawn) -> bool:
    """Whether the reviewer has looked at a face of his set."""
    return bool(ask_database("select turn_opened(d) from review_drawn d where d.id = %s", drawn.pk))


def turn_lapses_at(drawn: Drawn) -> datetime | None:
    """Return when the turn goes back to the lot by itself; None while others still sort."""
    at: datetime | None = ask_database("select turn_lapses_at(d) from review_drawn d where d.id = %s", drawn.pk)
    return at


def turn_hours() -> int:
    """Return for how many hours a turn is kept on which nothing is done."""
    return int(ask_database("select turn_hours()"))


def open_turns(person: Person) -> list[tuple[Any, ...]]:
    """Return what is being examined in a person's agency: turn, case, who, since when, until when, hours on hold."""
    return ask_rows("select * from open_turns(%s)", person.pk)


def hold_hours() -> int:
    """Return for how many hours the timer of a turn may be put on hold."""
    return int(ask_database("select hold_hours()"))


def turns_today(person: Person) -> tuple[int, int]:
    """Return how many examinations were drawn for a person on this day of his agency, and how many may be."""
    ((today, most),) = ask_rows("select turns_today(%s), turns_a_day()", person.pk)
    return today, most


def ends_as_known(case: Case) -> bool:
    """Whether a case that is ready to be joined was a known one. Before everybody has concluded the database says no."""
    return bool(ask_database("select ends_as_known(%s)", case.pk))


def still_to_conclude(reviewer: Person) -> QuerySet[Drawn]:
    """Return what was drawn for a reviewer in open cases and has no locked conclusion of his."""
    locked = Conclusion.objects.filter(candidate__case=OuterRef("case"), by=reviewer)
    return Drawn.objects.filter(COUNTS_AS_DRAWN, ~Exists(locked), reviewer=reviewer, case__state__in=["FIT", "DISPUTED"])


COUNTS_AS_DRAWN = Q(set_aside__isnull=True, recusal__isnull=True, given_back__isnull=True)  # the database: counts_as_drawn
