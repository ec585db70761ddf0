"""The whole road, act by act, and where it may end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from cases.models import Candidate, Case, Job, Move, Refused
from cases.rules.finding import Refusal
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.check_probe import check_probe
from review.acts.close import close
from review.acts.countersign import countersign
from review.acts.sort_candidates import sort_candidates
from review.acts.start import start
from review.acts.take_next import take_next
from review.models import CandidateEnd, Countersignature, Decision, Lead
from review.replay.forms import looked
from review.rules.probe_fitness import Grade
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db


@contextmanager
def the_owner_says(sql: str, and_then: str) -> Iterator[None]:
    """Change what no act of a test may change, outside its transaction, and change it back."""
    with login("owner") as owner:
        owner.execute(sql)
        try:
            yield
        finally:
            owner.execute(and_then)


def test_a_true_lead_is_countersigned_and_started():
    lead, request = world.ready_to_sign()

    world.must(world.signed(request))
    world.must(start(by=world.person("dana"), at=house_now(), ref=request))

    assert Countersignature.objects.get(ref=request).state == "STARTED"
    assert Decision.objects.get(countersignature__ref=request).rests_on == [f"{lead.ref}-E1"]
    road = list(Move.objects.filter(case=lead.case).order_by("id").values_list("act", "target"))
    assert road == [("screen", "ELIGIBLE"), ("check_probe", "FIT"), ("join", "LEAD")]


def test_every_move_has_its_own_entry_in_the_record():
    lead = world.a_lead()

    for move in Move.objects.filter(case=lead.case):
        entry = Entry.objects.get(seq=move.entry)
        assert (entry.subject, entry.kind_id) == (lead.case.ref, move.act)


def test_the_face_and_a_line_up_built_on_it_carry_no_arrest():
    lead = world.a_lead()
    world.an_item(lead, "photo_lineup_identification")
    request = world.asked(lead)

    refused = world.signed(request)

    assert isinstance(refused, Refusal)
    assert set(refused.codes) == {"line_up_too_early", "exculpatory_untested", "nothing_stands_apart", "no_papers"}
    assert Countersignature.objects.get(ref=request).state == "REFUSED"
    assert set(Decision.objects.get(countersignature__ref=request).reasons) == set(refused.codes)


def test_shoplifting_ends_before_any_face_is_searched():
    case = world.screened(world.requested(), code="23C")

    assert case.state == "INELIGIBLE"
    assert not Candidate.objects.filter(case=case).exists()
    assert not Job.objects.filter(case=case, kind="search").exists()


def test_the_code_from_the_report_decides_and_not_the_one_requested():
    case = world.screened(world.requested(offence_code="23C"), code="120")

    assert case.state == "ELIGIBLE"


def test_an_unfit_probe_ends_the_case_and_nothing_is_searched():
    case = world.checked(world.screened(world.requested()), Grade.UNFIT)

    assert case.state == "UNFIT"
    assert not Job.objects.filter(case=case, kind="search").exists()


def test_an_empty_list_is_a_result_like_any_other():
    assert world.searched(face="p009").state == "NO_CANDIDATES"


def test_two_exclusions_end_without_a_lead():
    case = world.examined(world.searched(face="p026"), (-2, -3), face="p014")

    assert case.state == "NO_LEAD"
    assert CandidateEnd.objects.get(candidate__case=case, candidate__subject_ref="p014").because == "excluded"


def test_one_exclusion_is_never_outvoted():
    assert world.examined(world.searched(), (3, -2)).state == "NO_LEAD"


def test_a_wide_gap_calls_a_third_blind_reviewer():
    case = world.examined(world.searched(), (2, 0))
    assert case.state == "DISPUTED"

    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 1})

    assert world.again(case).state == "LEAD"


def test_a_third_who_does_not_support_ends_it():
    case = world.examined(world.searched(), (2, 0))
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 0})

    assert world.again(case).state == "NO_LEAD"


def test_a_third_sorts_nothing_and_adds_no_face():
    case = world.examined(world.searched(), (2, 0))
    world.drawn(case, "cleo")

    with pytest.raises(AssertionError, match="sorting_over"):
        world.sorted_by(case, "cleo", ("p013",))


@pytest.mark.django_db(transaction=True)
def test_a_policy_may_ask_for_three_reviewers(tmp_path):
    text = (Path(settings.ROOT) / "policies" / "nlc-2021.toml").read_text()
    pack = tmp_path / "three.toml"
    pack.write_text(text.replace('id = "nlc-2021"', 'id = "three"').replace("reviewers = 2", "reviewers = 3"))
    world.in_force(pack)
    case = world.searched()
    world.drawn(case, "ada", "ben", "cleo")
    for name in ("ada", "ben", "cleo"):
        world.sorted_by(case, name, ("p012",) if name == "cleo" else ())
    for name in ("ada", "ben"):
        world.concluded(case, name, {"p012": 1})
    assert world.again(case).state == "FIT"
    world.concluded(case, "cleo", {"p012": 2})
    assert world.again(case).state == "LEAD"


def test_set_aside_by_all_ends_without_exclusion():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ada", ())
    world.sorted_by(case, "ben", ())

    assert world.again(case).state == "NO_LEAD"
    assert set(CandidateEnd.objects.filter(candidate__case=case).values_list("because", flat=True)) == {"set_aside"}


def test_what_one_keeps_the_other_rates_too():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ada", ("p012",))
    world.sorted_by(case, "ben", ("p013",))
    world.concluded(case, "ada", {"p012": 2, "p013": -2})
    world.concluded(case, "ben", {"p012": 2, "p013": -2})

    assert world.again(case).state == "LEAD"
    assert Lead.objects.get(case=case).candidate.subject_ref == "p012"


def test_a_face_left_without_an_answer_is_refused():
    case = world.searched()
    world.drawn(case, "ada")
    answers = dict.fromkeys(list(world.tokens(case).values())[1:], (False, "chin"))

    looked(world.person("ada"), case)
    refused = sort_candidates(by=world.person("ada"), at=house_now(), case_ref=case.ref, answers=answers)

    assert isinstance(refused, Refusal)
    assert refused.codes == ("not_every_face",)
    assert Refused.objects.get(case=case, act="sort_candidates").reasons == ["not_every_face"]


def test_a_conclusion_cannot_be_given_twice():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": 2})

    with pytest.raises(AssertionError, match="already_concluded"):
        world.concluded(case, "ada", {"p012": -3})


def test_nobody_is_drawn_who_asked_or_has_another_part():
    world.searched()

    assert take_next(by=world.person("ada"), at=house_now()) is not None
    assert take_next(by=world.person("ada"), at=house_now()) is None


def test_a_limited_probe_caps_the_scale_and_doubles_what_must_stand_apart():
    case = world.searched(grade=Grade.LIMITED)
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    with pytest.raises(AssertionError, match="limited_cap"):
        world.concluded(case, "ada", {"p012": 2})
    for name in ("ada", "ben"):
        world.concluded(case, name, {"p012": 1})
    lead = Lead.objects.select_related("case", "candidate").get(case=case)
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead)

    refused = world.signed(world.asked(lead))

    assert isinstance(refused, Refusal)
    assert refused.codes == ("too_few_stand_apart",)
    world.an_item(lead, "dna_match", document="DNA-7")
    world.papers_filed(lead)
    world.must(world.signed(world.asked(lead)))


def test_who_checks_the_probe_has_not_asked_for_the_search():
    case = world.screened(world.requested())

    with pytest.raises(LookupError):
        check_probe(by=world.person("dana"), at=house_now(), case_ref=case.ref, grade=Grade.FIT, depicts="him")


@pytest.mark.parametrize(("who", "code"), [("rex", "signer_of_the_unit"), ("sol", None)])
def test_the_signer_comes_from_outside_the_unit(who, code):
    _, request = world.ready_to_sign()

    finding = world.signed(request, who)

    assert (finding.codes if isinstance(finding, Refusal) else None) == ((code,) if code else None)
    assert Countersignature.objects.get(ref=request).state == ("ASKED" if code else "SIGNED")


def test_a_supervisor_may_refuse_in_his_own_words():
    _, request = world.ready_to_sign()

    finding = world.signed(request, sign=False)

    assert isinstance(finding, Refusal)
    assert finding.codes == ("signer_declined",)
    assert Countersignature.objects.get(ref=request).state == "REFUSED"


def test_a_signature_without_a_sentence_is_refused():
    _, request = world.ready_to_sign()

    finding = countersign(by=world.person("sol"), at=house_now(), ref=request, sign=True, sentence="  ")

    assert isinstance(finding, Refusal)
    assert finding.codes == ("no_sentence",)


def test_a_new_open_item_shuts_what_was_signed():
    lead, request = world.ready_to_sign()
    world.must(world.signed(request))

    finding, _ = add_evidence(
        by=world.person("dana"),
        at=house_now(),
        lead_ref=lead.ref,
        item=ItemWanted("alibi_lead", "at work", "", exculpatory=True),
    )
    world.must(finding)

    refused = start(by=world.person("dana"), at=house_now(), ref=request)

    assert isinstance(refused, Refusal)
    assert refused.codes == ("does_not_hold",)


def test_a_test_that_clears_the_person_ends_the_lead():
    lead = world.a_lead()
    world.an_item(lead)
    world.cleared_tests(lead, codes=("prints_or_dna",), how="tested_excludes")

    with pytest.raises(AssertionError, match="not_a_lead"):
        world.asked(lead)


def test_an_action_is_asked_once_at_a_time():
    lead = world.a_lead()
    world.asked(lead)

    with pytest.raises(AssertionError, match="already_asked"):
        world.asked(lead)


def test_what_was_signed_and_lapsed_may_be_asked_for_again():
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    with pytest.raises(AssertionError, match="already_asked"):
        world.asked(lead)

    ahead = "update ledger_clock set ahead_by = interval '{} hours'"
    with the_owner_says(ahead.format(80), ahead.format(0)):
        again = world.asked(lead)
        refused = start(by=world.person("dana"), at=house_now(), ref=ref)

    assert isinstance(refused, Refusal), "what lapsed does not start, whatever was asked for since"
    assert refused.codes == ("does_not_hold",)
    assert Countersignature.objects.get(ref=again).state == "ASKED"


def test_a_reviewer_who_left_the_house_was_apart_all_the_same():
    lead, ref = world.ready_to_sign()
    left = "update people_person set is_active = {} where username = 'ben'"
    with the_owner_says(left.format("false"), left.format("true")):
        world.must(world.signed(ref))


def test_a_person_closes_a_case_with_a_disposition():
    case = world.requested()

    world.must(close(by=world.person("dana"), at=house_now(), case_ref=case.ref, disposition="withdrawn", note="found otherwise"))

    assert world.again(case).state == "CLOSED"


def test_unknown_and_forbidden_look_the_same():
    case = world.requested()
    for ref in (case.ref, "FR-2026-999999"):
        with pytest.raises(LookupError):
            close(by=world.person("ada"), at=house_now(), case_ref=ref, disposition="withdrawn", note="x")
    assert Case.objects.get(pk=case.pk).state == "RECEIVED"
