"""Known non-mates: every set is mixed with them, whoever supports one counts for nothing, and without a pool nothing opens."""

import pytest
from django.db import connection, transaction

from cases.models import Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from people.administering import NotEntered
from review import faces, papers
from review.acts.take_next import take_next
from review.management.commands.demo_setup import NON_MATES
from review.management.commands.register_non_mates import register
from review.models import Conclusion, ConclusionSetAside, Drawn, Lead, NonMate, NonMateShown, SetAside
from review.replay.forms import looked
from review.sheets import case_file
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db


def sorted_by_both(ref="25-1"):
    case = world.searched(ref)
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    return case


def shown_to(case, name):
    return set(
        NonMateShown.objects.filter(drawn__case=case, drawn__reviewer__username=name).values_list("non_mate__subject_ref", flat=True)
    )


def test_every_set_is_mixed_with_faces_of_the_pool():
    case = world.searched()
    world.drawn(case, "ada", "ben")

    for name in ("ada", "ben"):
        assert len(shown_to(case, name)) == 4
        assert shown_to(case, name) <= set(NON_MATES)
        assert not shown_to(case, name) & set(world.tokens(case))


def test_the_recorded_seed_gives_the_same_non_mates_again():
    case, ada = world.searched(), world.person("ada")

    def drawn_with(seed):
        here = transaction.savepoint()
        ask_database("select draw(%s, %s, %s, 'x', '{}')", case.pk, ada.pk, seed)
        found = shown_to(case, "ada")
        transaction.savepoint_rollback(here)
        return frozenset(found)

    assert drawn_with(7) == drawn_with(7)
    assert len({drawn_with(seed) for seed in range(12)}) > 6


def test_whom_a_reviewer_has_met_least_comes_first():
    met = []
    for number, face in enumerate(("p012", "p014", "p013")):
        case = world.searched(f"25-{number}", face)
        world.drawn(case, "ada")
        met.append(shown_to(case, "ada"))

    assert set.union(*met) == set(NON_MATES)


def test_whoever_supports_one_has_his_whole_set_set_aside_and_a_fresh_reviewer_is_drawn(as_role):
    case = sorted_by_both()
    world.concluded(case, "ada", {"p012": 2}, non_mate=1)
    world.concluded(case, "ben", {"p012": 2})

    assert world.again(case).state == "FIT"
    assert not Conclusion.objects.filter(candidate__case=case, by__username="ada").exists()
    as_role("auditor")
    assert ConclusionSetAside.objects.get(candidate__case=case).rating == 2
    as_role("app")
    assert SetAside.objects.get().drawn.reviewer.username == "ada"
    assert Entry.objects.filter(kind="set_aside", subject=case.ref).count() == 1
    assert take_next(by=world.person("ada"), at=house_now()) is None

    world.drawn(case, "cleo")
    assert list(Drawn.objects.filter(case=case).order_by("id").values_list("turn", "attempt")) == [(1, 1), (2, 1), (1, 2)]
    world.concluded(case, "cleo", {"p012": 1})
    assert world.again(case).state == "LEAD"


def test_it_is_disclosed_in_the_papers_and_on_the_lead():
    case = sorted_by_both()
    world.concluded(case, "ada", {"p012": 2}, non_mate=3)
    world.concluded(case, "ben", {"p012": 2})
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 2})
    lead = Lead.objects.select_related("case", "candidate").get(case=case)

    assert "set_aside" in [each.code for each in papers.statements(lead)]
    assert "set aside" in case_file.lead_sheet(lead, action="arrest").sets_set_aside


def test_a_lead_without_it_says_nothing_of_it():
    lead = world.a_lead()

    assert "set_aside" not in [each.code for each in papers.statements(lead)]
    assert not case_file.lead_sheet(lead, action="arrest").sets_set_aside


def test_an_exclusion_in_a_set_that_was_set_aside_excludes_nobody():
    case = sorted_by_both()
    world.concluded(case, "ada", {"p012": -3}, non_mate=1)
    world.concluded(case, "ben", {"p012": 2})
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 1})

    assert world.again(case).state == "LEAD"


def test_a_third_whose_set_is_set_aside_leaves_the_case_disputed_for_another():
    case = sorted_by_both()
    world.concluded(case, "ada", {"p012": 2})
    world.concluded(case, "ben", {"p012": 0})
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 2}, non_mate=1)
    assert world.again(case).state == "DISPUTED"

    world.drawn(case, "remy")
    world.concluded(case, "remy", {"p012": 1})
    assert world.again(case).state == "LEAD"


def test_no_conclusion_or_exclusion_on_one_sets_nothing_aside():
    case = sorted_by_both()
    world.concluded(case, "ada", {"p012": 2}, non_mate=0)
    world.concluded(case, "ben", {"p012": 1}, non_mate=-3)

    assert world.again(case).state == "LEAD"
    assert not SetAside.objects.exists()


def test_an_answer_is_owed_for_each():
    case = world.searched()
    world.drawn(case, "ada")
    answers = dict.fromkeys(world.tokens(case).values(), (False, "chin"))

    looked(world.person("ada"), case)
    refused = world.sort_candidates(by=world.person("ada"), at=house_now(), case_ref=case.ref, answers=answers)

    assert refused.codes == ("not_every_face",)


def test_some_come_back_one_to_one_though_they_were_set_aside():
    case = sorted_by_both()
    back = faces.non_mates(world.person("ada"), case)

    assert sum(back.values()) == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_pool_the_examination_refuses_to_open():
    case = world.searched()
    with login("owner") as owner:
        owner.execute("alter table review_nonmate disable trigger user")
        owner.execute("delete from review_nonmate where subject_ref > 'p031'")

    assert take_next(by=world.person("ada"), at=house_now()) is None
    assert Refused.objects.get(case=case, act="take_next").reasons == ["no_non_mates"]
    assert ask_database("select draw(%s, %s, 1, 'x', '{}')", case.pk, world.person("ada").pk) is None


def test_an_enrolled_face_is_no_non_mate():
    picture = world.Path(world.settings.ROOT) / "demo" / "people" / "p012_mugshot.jpg"
    before = NonMate.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("reset role")

    with pytest.raises(Exception, match="in a gallery|permission denied"), transaction.atomic():
        register(agency=world.person("ada").agency, paths=[picture], source="synthetic", document="x")
    assert NonMate.objects.count() == before


def test_a_picture_without_a_face_is_refused(tmp_path):
    (tmp_path / "x.jpg").write_bytes(b"no picture")

    with pytest.raises(NotEntered, match=r"x\.jpg"):
        register(agency=world.person("ada").agency, paths=[tmp_path / "x.jpg"], source="synthetic", document="x")
