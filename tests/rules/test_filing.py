"""What is missing or wrong is named, each by its own reason, all at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cases.rules.act import Act
from cases.rules.arrival import Listed, faults_of_box, faults_of_list, faults_of_times
from cases.rules.eligibility import ListedOffences, ScreeningFacts, may_screen, reasons_against
from cases.rules.finding import Permit, PermitMisused, Refusal, judge
from review.rules import filing, signing
from review.rules.boxes import named

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOUND = filing.RequestFacts(
    agency_case="25-1",
    said={"purpose": "find out who"},
    gallery_known=True,
    box=(10, 10, 50, 50),
    picture=(100, 100),
    faces=((60, 10, 20, 30), (10, 10, 20, 30)),
    captured_at=NOW - timedelta(hours=1),
    now=NOW,
    searched_before=False,
    repeats_because="",
)


def test_a_sound_request_is_permitted():
    assert isinstance(filing.may_request(SOUND), Permit)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"said": {"purpose": " "}}, "missing"),
        ({"gallery_known": False}, "unknown_gallery"),
        ({"box": None}, "several_faces"),
        ({"box": (60, 60, 50, 50)}, "box_outside"),
        ({"box": (-1, 0, 5, 5)}, "bad_box"),
        ({"box": (1, 1, 0, 5)}, "bad_box"),
        ({"captured_at": NOW + timedelta(seconds=1)}, "in_the_future"),
        ({"searched_before": True}, "repeat_unexplained"),
    ],
)
def test_a_request_is_refused_for_this(change, code):
    finding = filing.may_request(replace(SOUND, **change))
    assert isinstance(finding, Refusal)
    assert finding.codes == (code,)


def test_several_faces_are_named_by_their_place_and_box():
    finding = filing.may_request(replace(SOUND, box=None))
    assert isinstance(finding, Refusal)
    assert "2 were found. Face 1, left: 10,10,20,30; Face 2, right: 60,10,20,30." in str(finding.reasons[0])


@pytest.mark.parametrize(("faces", "last"), [(1, "Face 1"), (3, "Face 3, right"), (4, "Face 4 of 4, counted from the left")])
def test_a_face_is_named_by_its_place(faces, last):
    assert named((10 * n, 0, 5, 5) for n in range(faces))[-1][0] == last


def test_every_reason_comes_at_once():
    finding = filing.may_request(replace(SOUND, gallery_known=False, box=None, said={"purpose": "", "place": ""}))
    assert isinstance(finding, Refusal)
    assert finding.codes == ("missing", "missing", "unknown_gallery", "several_faces")


def test_a_list_is_told_all_its_faults():
    faults = faults_of_list([Listed("a", 1, 0.9, ""), Listed("b", 1, float("nan"), ""), Listed("b", 3, None, "not sent")])
    assert [(f.field, f.code) for f in faults] == [
        ("candidates[0].rank", "rank_twice"),
        ("candidates[1].rank", "rank_twice"),
        ("candidates[1].subject_ref", "face_twice"),
        ("candidates[1].score", "score_no_number"),
        ("candidates[2].subject_ref", "face_twice"),
    ]


def test_a_missing_score_needs_its_reason():
    assert [f.code for f in faults_of_list([Listed("a", 1, None, " ")])] == ["reason_missing"]


def test_times_have_a_zone_and_have_come():
    times = [("a", NOW + timedelta(seconds=1)), ("b", NOW.replace(tzinfo=None)), ("c", None), ("d", NOW)]
    assert [(f.field, f.code) for f in faults_of_times(times, now=NOW)] == [("a", "in_the_future"), ("b", "zone_missing")]


@pytest.mark.parametrize("time", ["0001-01-01T00:30:00+14:00", "1899-12-31T23:59:59+00:00", "1900-01-01T00:30:00+01:00"])
def test_a_time_of_no_year_that_the_house_can_hold_is_a_fault(time):
    assert [f.code for f in faults_of_times([("a", datetime.fromisoformat(time))], now=NOW)] == ["no_such_year"]


@pytest.mark.parametrize(
    ("box", "faces", "code"),
    [
        (None, 2, "several_faces"),
        ((0, 0, 101, 5), 1, "box_outside"),
        ((5, 5, 0, 5), 1, "box_empty"),
        ((0, 0, 100, 100), 2, None),
        (None, 1, None),
    ],
)
def test_boxes(box, faces, code):
    found = faults_of_box(box, picture=(100, 100), faces=[(0, 0, 5, 5)] * faces, field="box")
    assert [f.code for f in found] == ([code] if code else [])


SCREENED = ScreeningFacts(
    "FR-1", "suspect", "120", "", ListedOffences(frozenset({"120"}), frozenset({("MCL 750.110", "220")})), False, True, True
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"offence_code": "23C"}, ["offence_not_listed"]),
        ({"offence_code": "23C", "track": "missing"}, []),
        ({"offence_code": "220"}, ["offence_not_listed"]),
        ({"offence_code": "220", "statute": "MCL 750.110"}, []),
        ({"offence_code": "23C", "statute": "MCL 750.110"}, ["offence_not_listed"]),
        ({"gallery_has_basis": False}, ["gallery_unregistered"]),
        ({"gallery_has_basis": None, "requester_trained": None}, []),
        ({"requester_trained": False}, ["requester_untrained"]),
    ],
)
def test_screening(change, codes):
    assert [r.code for r in reasons_against(replace(SCREENED, **change))] == codes


def test_without_a_policy_nothing_is_screened_and_nothing_twice():
    refused = may_screen(replace(SCREENED, listed=None), state="ELIGIBLE")
    assert isinstance(refused, Refusal)
    assert refused.codes == ("no_policy", "not_its_turn")


def test_a_permit_is_for_one_act_on_one_subject():
    permit = judge(Act.SCREEN, "FR-1", [])
    assert isinstance(permit, Permit)
    permit.require(Act.SCREEN, "FR-1")
    for about, subject in ((Act.CLOSE, "FR-1"), (Act.SCREEN, "FR-2")):
        with pytest.raises(PermitMisused):
            permit.require(about, subject)


def test_a_refusal_says_why():
    with pytest.raises(ValueError, match="why"):
        Refusal(Act.SCREEN, "FR-1", ())


SIGNER = signing.SignerFacts(True, True, False, False, False, "I would still act")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"waiting": False}, "not_waiting"),
        ({"is_supervisor": False}, "signer_not_supervisor"),
        ({"asked_it": True}, "signer_asked"),
        ({"of_requesters_unit": True}, "signer_of_the_unit"),
        ({"took_other_part": True}, "signer_took_part"),
        ({"sentence": " "}, "no_sentence"),
    ],
)
def test_the_signer(change, code):
    assert [r.code for r in replace(SIGNER, **change).reasons()] == [code]
    assert SIGNER.reasons() == ()


@pytest.mark.parametrize(
    ("signed", "holds", "detective", "codes"),
    [
        (True, True, True, None),
        (False, False, True, ("not_signed",)),
        (True, False, True, ("does_not_hold",)),
        (True, True, False, ("starter_did_not_ask",)),
    ],
)
def test_starting(signed, holds, detective, codes):
    finding = signing.may_start(subject="CS-1", signed=signed, holds=holds, by_detective_of_it=detective)
    assert (finding.codes if isinstance(finding, Refusal) else None) == codes
