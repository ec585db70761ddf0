"""The reviewer's desk in a browser: drafts, marks, and every way that an examination can go."""

from collections.abc import Callable

import pytest

from cases.models import Case
from review import faces
from review.access import face_code
from review.models import Conclusion, Drawn, Marks, Recusal
from tests import world
from tests.browser.conftest import Walker
from tests.browser.test_the_road import answer_all, face_of, faces_on, rate_all, sorted_by_both

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]


def waits_to_sort() -> Case:
    case = world.searched()
    world.drawn(case, "ada", "ben")
    return case


def test_a_draft_is_kept_by_itself_and_an_older_one_is_told_so(walker: People) -> None:
    waits_to_sort()
    here, there = walker("ada").follow("Examination"), walker("ada").follow("Examination")
    one, other, *_ = faces_on(here)
    here.choose(f"answer-{one}", "keep")
    here.page.locator("[data-draft-said]", has_text="is kept").wait_for()
    there.choose(f"answer-{other}", "keep")
    there.page.locator("[data-draft-said]", has_text="A newer draft").wait_for()

    there.press("Save draft").says("yours was not").says("Two drafts that differ").picture("stale")
    assert there.page.locator(f"[name=answer-{other}][value=keep]").is_checked()
    there.press("Save draft").says("Your draft of")
    here.go(here.page.url)
    assert here.page.locator(f"[name=answer-{other}][value=keep]").is_checked()
    assert not here.page.locator(f"[name=answer-{one}][value=keep]").is_checked()


def test_a_draft_without_script(walker: People) -> None:
    waits_to_sort()
    ada = walker("ada", scripts=False).follow("Examination")
    old = walker("ada", scripts=False).follow("Examination")
    one = faces_on(ada)[0]
    ada.choose(f"answer-{one}", "keep")
    ada.press("Save draft").says("Your draft of")
    assert ada.page.locator(f"[name=answer-{one}][value=keep]").is_checked()
    old.press("Save draft").says("yours was not").follow("Take the kept draft")
    assert old.page.locator(f"[name=answer-{one}][value=keep]").is_checked()


def test_a_feature_is_marked_by_hand_and_locked_with_the_rating(walker: People) -> None:
    case = sorted_by_both()
    ben = walker("ben").follow("Examination")
    face = face_of(ben, "p012")
    card = ben.page.locator("[data-face]", has=ben.page.locator(f"[name=marks-{face}]"))
    card.get_by_role("button", name="Turn right").click()
    card.get_by_role("button", name="Closer").click()
    card.get_by_role("button", name="Mark a feature").click()
    window = card.locator("[data-on=target]")
    window.scroll_into_view_if_needed()
    box = window.bounding_box()
    assert box
    ben.page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 - 30)
    ben.page.keyboard.type("Scar above the brow")
    line = ben.page.locator(f"[name=marks-{face}]").input_value()
    assert line.startswith("target ")
    box, mark = window.bounding_box(), card.locator(".cs-mark").bounding_box()  # the page has moved to the field
    assert box
    assert mark
    assert abs(mark["x"] + mark["width"] / 2 - (box["x"] + box["width"] / 2 + 40)) < 4  # drawn where the hand pointed
    assert abs(mark["y"] + mark["height"] / 2 - (box["y"] + box["height"] / 2 - 30)) < 4
    ben.picture("marks")
    rate_all(ben, "2")
    (kept,) = Marks.objects.get().annotations
    assert kept["body"][0]["value"] == "Scar above the brow"
    assert Case.objects.get(pk=case.pk).state == "LEAD"


def test_marks_that_cannot_be_read_are_told(walker: People) -> None:
    sorted_by_both()
    ben = walker("ben", scripts=False).follow("Examination")
    face = face_of(ben, "p012")
    answer_all(ben, lambda _: "-2", "The ear lobes differ")
    ben.page.locator(f"[name=marks-{face}]").fill("a scar\ntarget 99999,1: far out")
    ben.press("check page").says("mark 1 cannot be read").says("mark 2 lies outside its picture")


def test_two_agree_and_it_becomes_a_lead(walker: People) -> None:
    case = waits_to_sort()
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    for name in ("ada", "ben"):
        rate_all(walker(name).follow("Examination"), "2")
    walker("dana").go(f"/cases/{case.ref}").says("A lead is permission to investigate")


def test_no_conclusion_is_a_proper_outcome(walker: People) -> None:
    case = waits_to_sort()
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    for name in ("ada", "ben"):
        rate_all(walker(name).follow("Examination"), "0")
    assert set(Conclusion.objects.filter(candidate__case=case).values_list("rating", flat=True)) == {0}
    walker("dana").go(f"/cases/{case.ref}").says("No lead")


def test_a_non_mate_that_is_picked_sets_the_set_aside_and_tells_nobody(walker: People) -> None:
    case = waits_to_sort()
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    ben = walker("ben").follow("Examination")
    drawn = Drawn.objects.get(case=case, reviewer__username="ben")
    known = {face_code(drawn, token) for token in faces.non_mates(drawn.reviewer, case)}
    answer_all(ben, lambda face: "1" if face in known else "2", "The ear lobes agree")
    ben.press("check page").press("Lock").says("Thank you. Nothing more is asked of you")
    assert not Conclusion.objects.filter(candidate__case=case, by=drawn.reviewer).exists()
    assert hasattr(Drawn.objects.get(pk=drawn.pk), "set_aside")
    rate_all(walker("ada").follow("Examination"), "2")
    rate_all(walker("cleo").press("Take the next").follow("Open it"), "2")
    walker("dana").go(f"/cases/{case.ref}").says("A lead is permission to investigate").picture("non-mate-picked")


def test_who_knows_the_person_steps_back_after_the_images_opened(walker: People) -> None:
    case = waits_to_sort()
    ada = walker("ada").follow("Examination")
    ada.choose(f"answer-{faces_on(ada)[0]}", "keep")
    ada.page.locator("[data-draft-said]", has_text="is kept").wait_for()
    ada.follow("I know this person").picture("recuse").fill(ground="knows_person", words="She lives in my street")
    ada.press("Step back").says("You have stepped back")
    assert Recusal.objects.get().drawn.case == case
    walker("cleo").press("Take the next").follow("Open it").says("Set aside or keep")


def test_keys_are_listed_and_switched_off(walker: People) -> None:
    sorted_by_both()
    ben = walker("ben").follow("Examination")
    ben.page.keyboard.press("?")
    ben.page.get_by_role("button", name="Switch keys off").click()
    ben.page.locator("h1").click()
    ben.page.keyboard.press("b")
    assert "blur(0px)" in str(ben.page.locator("[data-turn]").first.get_attribute("style"))
    ben.page.get_by_role("button", name="Switch keys off").click()
    ben.page.locator("h1").click()
    ben.page.keyboard.press("b")
    assert "blur(2px)" in str(ben.page.locator("[data-turn]").first.get_attribute("style"))
    assert not ben.page.locator("input:checked").count()  # no key decides
