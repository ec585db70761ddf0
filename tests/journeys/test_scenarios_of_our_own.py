"""Ten stories that the documented cases do not tell, each walked through the real acts."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases.images import look
from cases.models import Candidate, Case
from cases.rules.finding import Refusal
from ledger.append import append
from ledger.asking import ask_database
from ledger.clock import house_now
from review import facts, papers
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.file_line_up_form import file_line_up_form
from review.acts.file_warrant import file_warrant
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument
from review.acts.record_line_up import record_line_up
from review.acts.record_outside_gate import record_outside_gate
from review.acts.record_recheck import record_recheck
from review.acts.record_release import record_release
from review.acts.record_statement import record_statement
from review.acts.record_without_face import record_without_face
from review.acts.start import start
from review.acts.weigh_rival import weigh_rival
from review.models import Custody, Edge, Evidence, Lead, LeadEnd, OutsideGate, Papers
from review.rules.filing import StatementSaid
from review.rules.gate import ask_gate
from review.rules.graph import EdgeKind, Taint, Weighed, weigh
from review.rules.line_up import LineUpFacts
from review.rules.probe_fitness import Grade
from review.sheets import case_file
from tests import world
from tests.world import must, person

pytestmark = pytest.mark.django_db
DOCUMENT = "Document 1"


def entered(lead: Lead | None, kind: str, case: Case | None = None, document: str = DOCUMENT, **further: object) -> str:
    finding, ref = add_evidence(
        by=person("dana"),
        at=house_now(),
        lead_ref=lead.ref if lead else "",
        case_ref=case.ref if case else "",
        item=ItemWanted(kind, f"a {kind}", document, **further),  # type: ignore[arg-type]
    )
    must(finding)
    return str(ref)


def shut(lead: Lead, action: str = "arrest") -> set[str]:
    """The reasons of both gates, which are the same."""
    pages = {reason.code for answer in ask_gate(facts.gate(lead), action=action) for reason in answer.reasons}
    assert pages == set(ask_database("select gate_reasons(%s, %s)", lead.pk, action))
    return pages


def weighed(lead: Lead, ref: str) -> Weighed:
    mine = frozenset(facts.evidence_of(lead.pk).values_list("pk", flat=True))
    return weigh(facts.items(lead.case, mine=mine))[ref]


def told(ref: str, **changes: object) -> None:
    said = {
        "taken_at": house_now(),
        "recorded": False,
        "name_unprompted": False,
        "named_first_by": "nobody",
        "shown": "nothing",
        "told_of_search": False,
        **{key: value for key, value in changes.items() if key not in ("taken_by", "author", "present")},
    }
    people = {key: value for key, value in changes.items() if key in ("taken_by", "author", "present")} or {"taken_by_name": "Officer"}
    must(record_statement(by=person("dana"), at=house_now(), item_ref=ref, said=StatementSaid(**said), **people))  # type: ignore[arg-type]


def two_leads() -> tuple[Lead, Lead]:
    case = world.searched()
    other = sorted(Candidate.objects.filter(case=case).exclude(subject_ref="p012").values_list("subject_ref", flat=True))[0]
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012", other))
    for name in ("ada", "ben"):
        world.concluded(case, name, {"p012": 2, other: 1})
    return tuple(Lead.objects.select_related("case", "candidate").filter(case=case).order_by("candidate__subject_ref"))  # type: ignore[return-value]


def test_of_two_supported_leads_at_most_one_is_weighed_away_and_the_other_has_to_end():
    one, other = two_leads()
    for lead in (one, other):
        world.an_item(lead)
        world.cleared_tests(lead)
        world.papers_filed(lead)
    assert shut(one) == {"other_lead_open", "papers_stale"}

    alone = weigh_rival(by=person("cora"), second=person("cora"), at=house_now(), lead_ref=one.ref, rival_ref=other.ref, because="print")
    assert isinstance(alone, Refusal)
    must(weigh_rival(by=person("cora"), second=person("cody"), at=house_now(), lead_ref=one.ref, rival_ref=other.ref, because="his print"))
    world.papers_filed(one)
    back = weigh_rival(by=person("cora"), second=person("cody"), at=house_now(), lead_ref=other.ref, rival_ref=one.ref, because="hers")

    assert shut(one) == set()
    assert isinstance(back, Refusal)
    assert back.codes == ("rival_weighed",)
    assert "other_lead_open" in shut(other)


def test_a_fugitives_double_is_not_taken_on_another_mans_warrant():
    case = world.requested()
    early = entered(None, "existing_warrant", case)
    world.screened(case)
    lead = Lead.objects.get(case=world.examined(world.checked(case)))
    warrant = entered(lead, "existing_warrant", earlier=early)
    world.fixed(warrant, "existing_warrant", earlier_agrees=True)
    must(file_warrant(by=person("dana"), at=house_now(), item_ref=warrant, court="County", number="W-7", issued_on=house_now().date(), search_used="no"))  # fmt: skip
    world.cleared_tests(lead)
    world.papers_filed(lead, "execute_warrant")

    assert shut(lead, "execute_warrant") == {"identity_not_shown"}
    looks_like = entered(lead, "officer_recognition")
    world.fixed(looks_like, "officer_recognition", links_to="identity")
    told(looks_like)
    world.papers_filed(lead, "execute_warrant")
    assert shut(lead, "execute_warrant") == {"identity_not_shown"}
    print_on_file = entered(lead, "custody_identity_check")
    world.fixed(print_on_file, "custody_identity_check", links_to="identity")
    world.papers_filed(lead, "execute_warrant")
    assert shut(lead, "execute_warrant") == set()


def test_a_warrant_whose_papers_used_the_search_is_none():
    case = world.requested()
    early = entered(None, "existing_warrant", case)
    world.screened(case)
    lead = Lead.objects.get(case=world.examined(world.checked(case)))
    warrant = entered(lead, "existing_warrant", earlier=early)
    world.fixed(warrant, "existing_warrant", earlier_agrees=True)
    must(file_warrant(by=person("dana"), at=house_now(), item_ref=warrant, court="County", number="W-7", issued_on=house_now().date(), search_used="unknown"))  # fmt: skip

    assert "no_warrant_before" in shut(lead, "execute_warrant")


def test_a_tip_after_the_poster_is_appearance_from_the_probe_and_never_counts():
    lead = world.a_lead()
    tip = entered(lead, "informant_tip", claimed_at=house_now() - timedelta(days=30))
    world.fixed(tip, "informant_tip")
    told(tip, shown="probe")

    assert weighed(lead, tip).taints == {Taint.T4}
    fact = entered(lead, "vehicle_evidence", looked_for=False)
    world.fixed(fact, "vehicle_evidence")
    assert weighed(lead, fact).counts


def test_an_exposed_interviewer_exposes_the_statement_unless_the_name_came_unprompted_on_tape():
    lead = world.a_lead()
    look(image_id=lead.candidate.image_id, by=person("rex"), purpose="lead")
    led = entered(lead, "eyewitness_names_known_person")
    free = entered(lead, "eyewitness_names_known_person", document="Tape 4")
    for ref in (led, free):
        world.fixed(ref, "eyewitness_names_known_person")
    told(led, taken_by=person("rex"))
    told(free, taken_by=person("rex"), recorded=True, name_unprompted=True, named_first_by="witness")

    assert weighed(lead, led).taints == {Taint.T2}
    assert weighed(lead, free).counts
    unwritten = entered(lead, "eyewitness_statement")
    world.fixed(unwritten, "eyewitness_statement")
    assert weighed(lead, unwritten).taints == {Taint.T2U}


def test_an_officer_who_looked_at_the_candidate_recognises_nobody():
    lead = world.a_lead()
    item = entered(lead, "jail_call")
    world.fixed(item, "jail_call")
    told(item, author=person("rex"), taken_at=house_now())
    assert weighed(lead, item).counts

    look(image_id=lead.candidate.image_id, by=person("rex"), purpose="lead")
    later = entered(lead, "jail_call", document="Call 2")
    world.fixed(later, "jail_call")
    told(later, author=person("rex"), taken_at=house_now())
    assert weighed(lead, later).taints == {Taint.T2}


@pytest.mark.parametrize("part", ["taken_by", "author", "present"])
def test_a_typed_time_cleans_no_statement_of_somebody_who_had_looked(part):
    lead = world.a_lead()
    look(image_id=lead.candidate.image_id, by=person("rex"), purpose="lead")
    typed = entered(lead, "eyewitness_names_known_person")
    world.fixed(typed, "eyewitness_names_known_person")
    who = {"present": (person("rex"),), "taken_by": person("dana")} if part == "present" else {part: person("rex")}
    told(typed, taken_at=house_now() - timedelta(days=400), **who)
    assert weighed(lead, typed).taints == {Taint.T2}

    fixed = entered(lead, "eyewitness_names_known_person", document="Call recorder")
    world.fixed(fixed, "eyewitness_names_known_person", outside_system="recorder", outside_at=house_now() - timedelta(days=400))
    told(fixed, taken_at=house_now() - timedelta(days=400), **who)
    assert weighed(lead, fixed).counts, "an outside record fixed it before the face result"


def test_a_stop_of_a_candidate_is_linked_to_the_lead_and_asked():
    lead = world.a_lead()
    other = world.requested("25-elsewhere", "p016")
    returned = lead.candidate.list.received_at
    stop = {"by": person("dana"), "action": "stop_or_detention", "description": "Stopped at the station", "case_ref": other.ref}
    subject, now = lead.candidate.subject_ref, house_now()

    for action in ("stop_or_detention", "arrest"):
        asked = record_outside_gate(**{**stop, "action": action}, at=now, happened_at=now, subject_ref=subject)
        assert isinstance(asked, Refusal), action
        assert asked.codes == ("lead_known_unsaid",)
    with pytest.raises(DatabaseError, match="not said whether the lead was known"), transaction.atomic():
        OutsideGate.objects.create(
            case=other, action="arrest", happened_at=now, description="x", subject_ref=subject, entered_by=person("dana")
        )

    for happened_at, linked in ((now, [lead.pk]), (returned - timedelta(minutes=1), [])):
        must(record_outside_gate(**stop, at=house_now(), happened_at=happened_at, subject_ref=subject, lead_known="unknown"))
        recorded = OutsideGate.objects.latest("id")
        assert list(recorded.linked_leads.values_list("lead_id", flat=True)) == linked
    (shown,) = case_file.lead_sheet(lead, action="arrest").outside
    assert (shown.what, shown.elsewhere) == ("Stop or detention on the lead", other.ref)
    assert shown.known == "Whether this lead was known is not known."
    late = ask_database("select leads_on_the_person(%s, null, %s, %s)", other.pk, subject, house_now() + timedelta(days=31))
    assert late == []


def test_an_edge_to_the_probe_written_by_a_person_lifts_no_hold():
    lead = world.a_lead()
    found = entered(lead, "firearm_from_search", looked_for=False)
    world.fixed(found, "firearm_from_search")
    assert weighed(lead, found).taints == {Taint.T6}

    for kind in EdgeKind:
        must(add_edge(by=person("dana"), at=house_now(), item_ref=found, kind=kind, parent="probe"))
        assert Taint.T6 in weighed(lead, found).taints, kind
        assert "nothing_stands_apart" in shut(lead)


def test_a_backdated_item_is_claimed_and_stays_class_b():
    case = world.requested()
    early = entered(None, "eyewitness_names_known_person", case)
    world.screened(case)
    lead = Lead.objects.get(case=world.examined(world.checked(case)))
    typed = entered(lead, "eyewitness_names_known_person", claimed_at=house_now() - timedelta(days=40))
    ours = entered(lead, "eyewitness_names_known_person", document="Note", earlier=early)
    reader = entered(lead, "full_plate_or_reader_record", document="Reader export")
    late = entered(lead, "full_plate_or_reader_record", document="Reader export 2")
    world.fixed(typed, "eyewitness_names_known_person")
    world.fixed(ours, "eyewitness_names_known_person", earlier_agrees=True)
    world.fixed(reader, "full_plate_or_reader_record", outside_system="Plate reader 14", outside_at=house_now() - timedelta(days=9))
    world.fixed(late, "full_plate_or_reader_record", outside_system="Plate reader 14", outside_at=house_now())
    for ref in (typed, ours):
        told(ref)

    assert [weighed(lead, ref).fixed_before for ref in (typed, ours, reader, late)] == [False, True, True, False]


def test_an_exclusion_in_a_sibling_case_counts_here():
    lead, request = world.ready_to_sign("25-7")
    must(world.signed(request))
    assert facts.holds(request)

    again = world.searched("25-7", repeats_because="another frame")
    world.drawn(again, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(again, name, ("p012",))
    for name in ("cleo", "remy"):
        world.concluded(again, name, {"p012": -2})

    assert world.again(again).state == "NO_LEAD"
    assert "exclusion_stands" in shut(lead)
    assert not facts.holds(request)
    assert isinstance(start(by=person("dana"), at=house_now(), ref=request), Refusal)


def test_dna_after_an_unfit_probe_stands_without_the_face():
    case = world.checked(world.screened(world.requested()), Grade.UNFIT)
    assert case.state == "UNFIT"
    dna = entered(None, "dna_match", case)
    said = {"action": "arrest", "happened_at": house_now(), "description": "DNA on the mask", "case_ref": case.ref}

    early = record_without_face(by=person("dana"), at=house_now(), checked_by=person("cody"), search_disclosed=True, **said)
    assert isinstance(early, Refusal)
    assert early.codes == ("rests_on_the_face",)
    world.fixed(dna, "dna_match")
    alone = record_without_face(by=person("dana"), at=house_now(), checked_by=None, search_disclosed=False, **said)
    assert isinstance(alone, Refusal)
    assert set(alone.codes) == {"not_checked", "use_not_disclosed"}
    must(record_without_face(by=person("dana"), at=house_now(), checked_by=person("cody"), search_disclosed=True, **said))

    held = Custody.objects.get(case=case)
    assert held.recheck_by == held.began_at + timedelta(hours=2)
    assert OutsideGate.objects.get(case=case).basis == "stands_without_face"


def test_what_was_got_at_a_pretext_stop_waits_for_a_legal_decision():
    lead = world.a_lead()
    happened = {"action": "stop_or_detention", "happened_at": house_now(), "description": "Broken tail light"}
    unsaid = record_outside_gate(by=person("dana"), at=house_now(), lead_ref=lead.ref, **happened)
    assert isinstance(unsaid, Refusal)
    assert unsaid.codes == ("lead_known_unsaid",)
    must(record_outside_gate(by=person("dana"), at=house_now(), lead_ref=lead.ref, lead_known="yes", **happened))
    goods = entered(lead, "stolen_goods_in_possession", got_at_stop=OutsideGate.objects.get(lead=lead).pk)
    world.fixed(goods, "stolen_goods_in_possession")

    assert weighed(lead, goods).taints == {Taint.T6}
    must(world.hold_decided(goods, True, "inevitable discovery"))
    assert weighed(lead, goods).counts
    must(world.hold_decided(goods, False, "suppressed", "County court"))
    must(world.hold_decided(goods, True, "still my view"))
    assert weighed(lead, goods).taints == {Taint.T6}


def test_a_person_who_was_named_and_not_returned_speaks_for_the_candidate_by_itself():
    missing = sorted(set(gallery()) - {"p012"})
    case = world.examined(world.searched(persons_named=tuple(f"Somebody [{record}]" for record in [*missing, "p012", "p999"])))
    returned = set(Candidate.objects.filter(case=case).values_list("subject_ref", flat=True))
    lead = Lead.objects.get(case=case, candidate__subject_ref="p012")

    items = Evidence.objects.filter(lead=lead, kind="named_and_not_returned")

    assert items.count() == len(set(missing) - returned) > 0
    assert {item.direction for item in items} == {"exculpatory"}
    assert {item.entered_by for item in items} == {None}
    assert "exculpatory_open" in shut(lead)


def test_a_contested_alibi_is_weighed_by_two_and_stands_first_in_the_papers():
    lead = world.a_lead()
    world.an_item(lead)
    world.cleared_tests(lead)
    alibi = entered(lead, "alibi_lead", exculpatory=True)
    closing = {"at": house_now(), "item_ref": alibi, "how": "weighed", "because": "the clock of the till was wrong"}
    for second in (None, person("cora"), person("dana")):
        refused = close_exculpatory(by=person("cora"), second=second, **closing)
        assert isinstance(refused, Refusal)
        assert refused.codes == ("needs_second",)
    must(close_exculpatory(by=person("cora"), second=person("cody"), **closing))
    world.papers_filed(lead)

    assert shut(lead) == set()
    (said,) = [each.sentence for each in papers.statements(lead) if each.code == "speaks_for"]
    assert said.startswith("What speaks for the person, each with its state: a alibi_lead (weighed);")


# what the actions ask for, walked


def test_papers_that_lack_a_statement_or_say_too_much_keep_the_gate_shut():
    lead = world.a_lead()
    world.an_item(lead)
    world.cleared_tests(lead)
    assert shut(lead) == {"no_papers"}
    world.papers_filed(lead, leaving_out=2)
    assert shut(lead) == {"papers_incomplete"}
    world.papers_filed(lead, adding="He was positively identified, a 97% match, says a credible source.")
    assert shut(lead) == {"papers_wording"}
    world.papers_filed(lead)
    assert shut(lead) == set()
    world.an_item(lead, "phone_location", document="Operator 2")
    assert shut(lead) == {"papers_stale"}


def test_a_line_up_waits_for_its_form_and_a_filler_pick_speaks_for_the_person():
    lead = world.a_lead()
    world.an_item(lead)
    assert shut(lead, "line_up") == {"no_line_up_form"}
    form = LineUpFacts("A limp", "Print LP-1", "Officer of the Fifth", 5, True, True, True, True, True)
    own = lead.candidate.image.original_sha256
    same = file_line_up_form(by=person("dana"), at=house_now(), lead_ref=lead.ref, form=form, array_sha256=("a" * 64, own))
    assert isinstance(same, Refusal)
    assert same.codes == ("same_picture",)
    must(file_line_up_form(by=person("dana"), at=house_now(), lead_ref=lead.ref, form=form, array_sha256=("a" * 64,)))
    assert shut(lead, "line_up") == set()

    must(
        record_line_up(by=person("dana"), at=house_now(), lead_ref=lead.ref, picked="filler", words="number two, I think", document="LU-1")
    )

    item = Evidence.objects.get(lead=lead, kind="first_choice_fillers")
    assert item.direction == "exculpatory"
    assert "exculpatory_open" in shut(lead)
    twice = record_line_up(by=person("dana"), at=house_now(), lead_ref=lead.ref, picked="suspect", words="now I am sure", document="LU-2")
    assert isinstance(twice, Refusal)


def test_what_was_got_under_a_countersignature_is_authorised_by_what_that_rested_on():
    lead = world.a_lead()
    rests_on = world.an_item(lead)
    request = world.asked(lead, "search_warrant")
    must(world.signed(request))
    must(start(by=person("dana"), at=house_now(), ref=request))
    found = entered(lead, "search_warrant_finds", got_under=request)
    world.fixed(found, "search_warrant_finds")
    assert list(Edge.objects.filter(item__ref=found, kind="authorised_by").values_list("parent__ref", "written_by")) == [(rests_on, None)]
    assert weighed(lead, found).counts

    must(add_edge(by=person("dana"), at=house_now(), item_ref=rests_on, kind=EdgeKind.CONTENT_FROM, parent="face_result"))

    assert weighed(lead, found).taints == {Taint.T6}


def test_what_was_got_on_the_lead_alone_is_held():
    lead = world.a_lead()
    request = world.asked(lead, "interview")
    must(world.signed(request))
    must(start(by=person("dana"), at=house_now(), ref=request))
    said = entered(lead, "device_evidence", got_under=request)
    world.fixed(said, "device_evidence")

    assert weighed(lead, said).taints == {Taint.T6}


def test_fixing_again_takes_two_officers_and_is_disclosed():
    lead = world.a_lead()
    item = world.an_item(lead, "vehicle_partial_plate", one_in=20)
    read = ReadInDocument("full_plate_or_reader_record", "offence", 1_000_000, source_document_seen=True)
    for second, because in ((None, "read"), (person("cora"), "read"), (person("dana"), "read"), (person("cody"), " ")):
        refused = fix_again(by=person("cora"), second=second, at=house_now(), item_ref=item, read=read, because=because)
        assert isinstance(refused, Refusal)
    must(
        fix_again(by=person("cora"), second=person("cody"), at=house_now(), item_ref=item, read=read, because="The full plate is on page 3")
    )

    assert weighed(lead, item).counts
    (said,) = [each.sentence for each in papers.statements(lead) if each.code == "stands_apart"]
    assert "fixed 2 times" in said


def test_custody_starts_a_clock_and_another_person_ends_the_lead_and_is_released():
    lead, request = world.ready_to_sign()
    must(world.signed(request))
    must(start(by=person("dana"), at=house_now(), ref=request))
    held = Custody.objects.get(lead=lead)
    world.papers_filed(lead, "custody_extension")
    assert shut(lead, "custody_extension") == {"recheck_not_made"}
    check = {"at": house_now(), "custody": held.pk, "test": "prints", "document": "Live scan 9"}
    must(record_recheck(by=person("dana"), outcome="same_person", **check))
    assert shut(lead, "custody_extension") == set()

    must(record_recheck(by=person("dana"), outcome="other_person", **check))

    assert "recheck_failed" in shut(lead, "custody_extension")
    assert LeadEnd.objects.filter(lead=lead).exists()
    released = {"released_at": house_now(), "custody": held.pk, "because": "another person"}
    must(record_release(by=person("dana"), at=house_now(), **released))
    assert isinstance(record_release(by=person("dana"), at=house_now(), **released), Refusal)


def test_a_confession_needs_a_tape_a_warning_and_a_detail_that_was_not_public():
    lead = world.a_lead()
    bare = entered(lead, "suspect_statement")
    sound = entered(lead, "suspect_statement", document="Tape 5")
    confronted = entered(lead, "suspect_statement", document="Tape 6")
    for ref in (bare, sound, confronted):
        world.fixed(ref, "suspect_statement")
    told(bare)
    told(sound, recorded=True, warned=True, detail_not_public=True)
    told(confronted, recorded=True, warned=True, detail_not_public=True, told_of_search=True)

    assert weighed(lead, bare).taints == {Taint.T5}
    assert weighed(lead, sound).counts
    assert weighed(lead, confronted).taints == {Taint.T2}


def test_a_trawl_over_many_weakens_a_test():
    lead = world.a_lead()
    item = entered(lead, "phone_location")
    world.fixed(item, "phone_location", one_in=200, tested_on=40)

    assert weighed(lead, item).taints == {Taint.T5}


def test_a_sentence_that_was_used_before_raises_an_alarm():
    lead = world.a_lead()
    for action in ("interview", "surveillance"):
        must(world.signed(world.asked(lead, action)))

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_entry where kind = 'sentence_repeated'")
        assert cursor.fetchone() == (1,)


def gallery() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select subject_ref from cases_gallerysubject")
        return [ref for (ref,) in cursor.fetchall()]


def test_nobody_backdates_an_entry_or_post_dates_papers():
    lead = world.a_lead()
    long_ago, next_year = house_now() - timedelta(days=900), house_now() + timedelta(days=365)

    item = Evidence.objects.create(
        ref="X1",
        case=lead.case,
        kind_id="fingerprint",
        direction="incriminating",
        description="x",
        entered_by=person("dana"),
        entered_at=long_ago,
    )
    filed = Papers.objects.create(lead=lead, action_id="arrest", text="x", by=person("dana"), at=next_year)
    for kind in ("add_evidence", "file_papers"):
        append(kind=kind, subject=lead.ref, details={})

    item, filed = Evidence.objects.get(pk=item.pk), Papers.objects.get(pk=filed.pk)
    assert abs((item.entered_at - house_now()).total_seconds()) < 60
    assert abs((filed.at - house_now()).total_seconds()) < 60
