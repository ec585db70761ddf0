"""The board's pages: packs are chosen and settled, compared in plain words, adopted by another with the vote; a manager marks what was met."""

import re
from datetime import timedelta

import pytest

from cases.law import shipped
from cases.law.in_force import law_in_force
from cases.models import ObligationMet, PolicyProposal
from ledger.clock import house_now
from tests import world
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db


def a_vote() -> dict[str, str]:
    day = house_now().date()
    return {
        "governing_body": "City council",
        "voted_on": str(day),
        "votes_for": "5",
        "votes_against": "2",
        "votes_abstained": "1",
        "published_at": "https://council.example/policy",
        "review_on": str(day + timedelta(days=300)),
        "pilot_ends_on": str(day + timedelta(days=200)),
        "noticed_on": str(day - timedelta(days=40)),
        "comments_from": str(day - timedelta(days=30)),
        "comments_until": str(day - timedelta(days=10)),
        "meetings_on": f"{day - timedelta(days=20)}\n{day - timedelta(days=21)}\n",
        "written_policy": "Ordinance 4",
    }


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_road_of_a_policy_from_packs_to_force():
    petra, paul = client_of("petra"), client_of("paul")
    chosen = {"packs": ["us-ut", "us-mi-detroit-307-5"]}

    asked = petra.post("/policy-board/propose", chosen)
    assert asked.status_code == 422
    assert "1 to settle before they can be proposed" in text_of(asked)
    names = {kind: re.search(rf'name="({kind}_[0-9a-f]{{8}})"', asked.content.decode()).group(1) for kind in ("first", "by", "writing")}
    unsigned = {**chosen, names["first"]: "us-ut/fillers", names["by"]: " ", names["writing"]: "Letter 3"}
    assert petra.post("/policy-board/propose", unsigned).status_code == 422
    assert not PolicyProposal.objects.filter(pack__contains="us-ut").exists()
    answer = petra.post("/policy-board/propose", {**unsigned, names["by"]: "Counsel of the city"})
    proposal = PolicyProposal.objects.latest("id")
    assert answer["Location"] == f"/policy-board/proposals/{proposal.pk}"

    page = text_of(petra.get(answer["Location"]))
    assert "us-ut/fillers goes first, settled by Counsel of the city, written in Letter 3" in page
    assert "offence 200 Arson listed none" in page
    assert "Removed" in page
    assert "Added" in page
    assert "to verify: written from memory" in page
    assert "Write down the vote and adopt" not in page, "whoever proposed it does not adopt it"
    own = petra.post(f"/policy-board/proposals/{proposal.pk}/adopt", a_vote())
    assert (own.status_code, "another member of the board does" in text_of(own)) == (422, True)
    short = paul.post(f"/policy-board/proposals/{proposal.pk}/adopt", {**a_vote(), "comments_from": "", "comments_until": ""})
    assert (short.status_code, "At least 15 days for comments are needed." in text_of(short)) == (422, True)

    done = paul.post(f"/policy-board/proposals/{proposal.pk}/adopt", a_vote())

    assert done["Location"] == "/policy-board"
    assert law_in_force().pack == "us-ut + us-mi-detroit-307-5"
    board = text_of(paul.get("/policy-board"))
    assert "5 for, 2 against, 1 abstained" in board
    assert "National League of Cities" in board, "the former adoption stays in the record of votes"
    again = text_of(paul.get(f"/policy-board/proposals/{proposal.pk}?beside=1"))
    assert "Beside adoption" in again


def test_packs_that_protect_nobody_and_unknown_ones_come_back_with_every_reason():
    petra = client_of("petra")

    florida = petra.post("/policy-board/propose", {"packs": ["us-fl"]})
    assert florida.status_code == 422
    assert "no pack lists the serious crimes" in text_of(florida)
    assert "no pack asks people to look" in text_of(florida)
    assert petra.post("/policy-board/propose", {"packs": ["no-such-pack"]}).status_code == 422
    assert petra.post("/policy-board/propose", {"performer": ["us-me"]}).status_code == 422


def test_a_case_that_a_changed_policy_shut_stands_on_the_boards_page_by_number(tmp_path):
    case = world.screened(world.requested("25-1"))
    text = (shipped.POLICIES / "nlc-2021.toml").read_text(encoding="utf-8").replace('"nlc-2021"', '"shorter"').replace('"120", ', "")
    (tmp_path / "shorter.toml").write_text(text, encoding="utf-8")
    world.in_force(tmp_path / "shorter.toml")
    while world.run_jobs():
        pass

    page = text_of(client_of("petra").get("/policy-board"))

    assert case.ref in page
    assert "offence not listed" in page
    assert "There is no such file in policies/ today" in page
    assert "No longer eligible under shorter" in text_of(client_of("petra").get("/notices"))


def test_a_file_edited_since_is_said(tmp_path, monkeypatch):
    edited = tmp_path / "nlc-2021.toml"
    edited.write_text((shipped.POLICIES / "nlc-2021.toml").read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    assert "was edited since" not in text_of(client_of("paul").get("/policy-board"))
    monkeypatch.setattr("review.sheets.policy_board.pack_files", lambda: (edited,))

    assert "was edited since; the text on file stays what counts" in text_of(client_of("paul").get("/policy-board"))


def test_a_manager_marks_what_was_met_and_the_board_sees_it():
    mia, paul = client_of("mia"), client_of("paul")
    assert 'value="nlc-2021/publish"' in mia.get("/policy-board/obligations").content.decode()
    assert 'name="document"' not in paul.get("/policy-board/obligations").content.decode()
    assert "Alarm: The policy is published online." in text_of(mia.get("/notices"))

    mia.post("/policy-board/obligations/met", {"key": "nlc-2021/publish", "due_on": "", "document": " "})
    assert not ObligationMet.objects.exists()
    mia.post("/policy-board/obligations/met", {"key": "nlc-2021/publish", "due_on": "", "document": "Page of the city"})

    assert ObligationMet.objects.get().document == "Page of the city"
    assert "Page of the city" in text_of(paul.get("/policy-board/obligations"))
    assert "Alarm: The policy is published online." not in text_of(mia.get("/notices"))
