"""What a request says of its ground: missing, unknown and out of its time, each with its own sentence."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.law import words
from review.acts.request_search import LISTS
from review.rules.ground import GroundFacts, faults
from review.rules.wanted import GroundSaid

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def codes(said: GroundSaid, *, asked: dict[str, str] | None = None, track: str = "suspect") -> list[str]:
    found = faults(GroundFacts(said=said, track=track, asked=asked or {}, lists=LISTS, tracks=words.PURPOSES, now=NOW))
    return [reason.code for reason in found]


def test_nothing_asked_nothing_missing():
    assert codes(GroundSaid()) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("suspicion", GroundSaid(suspicion="probable_cause")),
        ("grounds", GroundSaid(grounds=("necessity",), in_writing="why")),
        ("bases", GroundSaid(bases=("consent",))),
        ("uses", GroundSaid(uses=())),
        ("protected_activity", GroundSaid(protected_activity=False)),
        ("records", GroundSaid(records_protected_activity=False)),
        ("authority", GroundSaid(authority="warrant", authority_document="W-1", authority_granted_at=NOW)),
        ("exigency", GroundSaid(exigent=False)),
        ("minor", GroundSaid(minor=False)),
        ("sealed", GroundSaid(sealed=False)),
    ],
)
def test_each_question_is_missed_and_answered(question, answer):
    asked = {question: "Act 1"}

    assert codes(GroundSaid(), asked=asked) == ["missing"]
    assert codes(answer, asked=asked) == []


def test_a_refused_authority_is_an_answer_and_so_is_an_emergency():
    asked = {"authority": "Act 1"}

    assert codes(GroundSaid(authority_refused=True), asked=asked) == []
    assert codes(GroundSaid(exigent=True, exigent_since=NOW, exigent_reasons="a child was taken"), asked=asked) == []


def test_off_the_suspect_track_no_suspicion_is_asked_but_the_purpose_is():
    asked = {"suspicion": "Act 1", "grounds": "Act 1", "bases": "Act 1", "purpose": "Act 2"}

    assert codes(GroundSaid(), asked=asked, track="missing") == ["missing"]
    assert codes(GroundSaid(purpose="endangered"), asked=asked, track="missing") == []
    assert codes(GroundSaid(purpose="endangered"), asked={}, track="unidentified") == ["other_track"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (GroundSaid(suspicion="a hunch"), "unknown_word"),
        (GroundSaid(channel="live"), "unknown_word"),
        (GroundSaid(uses=("marketing",)), "unknown_word"),
        (GroundSaid(authority="warrant"), "authority_undated"),
        (GroundSaid(authority="warrant", authority_document="W-1", authority_granted_at=NOW + timedelta(hours=1)), "authority_ahead"),
        (
            GroundSaid(authority="warrant", authority_document="W-1", authority_granted_at=NOW, authority_ends_at=NOW - timedelta(hours=1)),
            "authority_ends_first",
        ),
        (
            GroundSaid(authority="warrant", authority_document="W-1", authority_granted_at=NOW, authority_refused=True),
            "authority_both_ways",
        ),
        (GroundSaid(exigent=True, exigent_since=NOW), "emergency_unwritten"),
        (GroundSaid(exigent=True, exigent_reasons="x", exigent_since=NOW + timedelta(hours=1)), "emergency_ahead"),
        (GroundSaid(grounds=("necessity",)), "ground_unwritten"),
    ],
)
def test_each_fault_has_its_own_code(said, code):
    assert codes(said) == [code]


def test_an_unknown_word_is_said_with_what_is_allowed():
    said = GroundFacts(said=GroundSaid(channel="live"), track="suspect", asked={}, lists=LISTS, tracks=words.PURPOSES, now=NOW)

    assert faults(said)[0].sentence == "“live” is no answer to the way of searching; allowed are desktop, mobile, stored_video."
