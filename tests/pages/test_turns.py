"""The pages of a turn: opened after it is drawn, held, given back; too late is said; who keeps the queue sees neither answer nor step."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from ledger.clock import house_now
from review.models import Drawn, GivenBack, Sorting, TurnHold
from tests import world
from tests.acts.test_turns import a_day_of, lapsed, later
from tests.pages.signing import signed_in

committed = pytest.mark.django_db(transaction=True)


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def taken(name: str = "ada") -> tuple[Client, str]:
    client = signed_in(name)
    answer = client.post("/examinations/next")
    assert answer.status_code == 302
    return client, str(answer["Location"]).removesuffix("/drawn")


@committed
def test_it_is_given_back_from_the_page_on_which_no_face_is():
    case = world.searched()
    ada, at = taken()
    page = ada.get(f"{at}/drawn")
    assert "<img" not in page.content.decode()
    assert "no face of it is open yet" in text(page)
    assert ada.post(f"{at}/release", {"unopened": "on"}).status_code == 302

    assert GivenBack.objects.get(drawn__case=case).how == "released"
    assert ada.get(f"{at}/drawn").status_code == 302
    assert "You gave it back unopened" in text(ada.get(at))
    assert at not in ada.get("/").content.decode()


@committed
def test_once_a_face_was_opened_it_is_not_given_back_without_a_reason():
    world.searched()
    ada, at = taken()
    page = ada.get(at).content.decode()
    code = re.findall(r'name="answer-([0-9a-f]+)"', page)[0]
    assert ada.get(f"{at}/faces/{code}").status_code == 200

    refused = ada.post(f"{at}/release", {"unopened": "on"})
    assert refused.status_code == 422
    assert "step back instead" in text(refused)
    assert "Give it back unopened" not in text(ada.get(f"{at}/drawn"))
    assert not GivenBack.objects.exists()


@committed
def test_a_hold_is_asked_for_in_hours_and_once():
    world.searched()
    ada, at = taken()
    assert ada.post(f"{at}/hold", {"hours": "99"}).status_code == 422
    assert ada.post(f"{at}/hold", {"hours": "10"}).status_code == 302
    assert ada.post(f"{at}/hold", {"hours": "1"}).status_code == 422

    assert TurnHold.objects.get().hours == 10
    assert Drawn.objects.get().at + timedelta(hours=17) < house_now() + timedelta(hours=18)


@committed
def test_whoever_still_had_the_page_open_is_told_when_it_went_and_that_nothing_was_taken():
    world.searched()
    ada, at = taken()
    codes = set(re.findall(r'name="answer-([0-9a-f]+)"', ada.get(at).content.decode()))
    said = {f"answer-{code}": "aside" for code in codes} | {f"why-{code}": "ears" for code in codes}
    sent = re.search(r'name="sent" value="([^"]+)"', ada.post(at, said).content.decode())
    assert sent
    later(9)
    lapsed()

    for answer in (ada.post(at, said), ada.post(f"{at}/lock", {"sent": sent[1]})):
        assert answer.status_code == 409
        assert "Nothing that you have just sent was taken" in text(answer)
        assert "Nothing was done on it" in text(answer)
    assert "Nothing that you" not in text(ada.get(at))
    assert ada.get(f"{at}/target").status_code == 404
    assert not Sorting.objects.exists()


@committed
def test_a_full_day_is_said_with_its_numbers():
    world.searched("25-1")
    world.searched("25-2", "p014")
    with a_day_of(1):
        ada, _ = taken()
        answer = ada.post("/examinations/next")
    assert answer.status_code == 200
    assert "No more examinations are drawn for this person today" in text(answer)
    assert "drawn today: 1, most: 1" in text(answer)


@committed
def test_who_keeps_the_queue_sees_who_and_until_when_and_sends_back_with_a_reason():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    sol, mia = signed_in("sol"), signed_in("mia")
    page = text(sol.get("/turns"))
    assert page.count(case.ref) >= 2
    assert "In time" in page
    assert "At risk" not in page
    before = text(mia.get("/turns"))
    world.sorted_by(case, "ada", ("p012",))
    kept_one = text(mia.get("/turns"))
    assert "Send back" not in kept_one
    assert kept_one != before  # her timer stands still; what she kept is nowhere
    later(7)
    assert "At risk" in text(sol.get("/turns"))

    turn = Drawn.objects.get(reviewer__username="ben")
    assert sol.post(f"/turns/{turn.pk}/back", {"because": " "}).status_code == 422
    assert sol.post(f"/turns/{turn.pk}/back", {"because": "Ill since noon"}).status_code == 302
    assert GivenBack.objects.get(drawn=turn).because == "Ill since noon"
    assert signed_in("rex").post(f"/turns/{Drawn.objects.get(reviewer__username='ada').pk}/back", {"because": "x"}).status_code == 422
