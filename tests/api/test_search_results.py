"""The machine's door: what it takes, what it answers, and what it leaves behind (nothing) when it refuses."""

import base64
import io
import json
import struct
import threading
import zlib

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from PIL import Image

from cases.api.openapi import description
from cases.models import Candidate, CandidateList, Case, Job, Probe, SearchResult, StoredImage
from ledger.models import Entry
from tests import world
from tests.database import login

KEY = "key-of-the-test-source"
URL = "/api/v1/search-results"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake"])


@pytest.fixture
def source(transactional_db):
    with login("owner") as owner:
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) "
            "select id, 'State system', encode(sha256(%s::bytea), 'hex'), 'infinity' from people_agency",
            [KEY.encode()],
        )


def b64(name: str) -> dict[str, str]:
    return {"base64": base64.b64encode(world.picture(name)).decode()}


def sound(**changes) -> dict:
    body = {
        "external_id": "SNAP-1",
        "agency_case": "25-900",
        "track": "suspect",
        "searched_at": "2026-01-05T10:00:00Z",
        "engine": {"name": "Vendor", "version": "7.1", "template_version": "7", "score_scale": "0-1000", "threshold": 600.0},
        "gallery": {"name": "State", "revision": "2026-01", "compared": 1000000},
        "probe": {"image": b64("p001_cctv.jpg"), "source": "camera", "target_because": "at the till"},
        "candidates": [
            {"subject_ref": "S1", "rank": 1, "score": 912.0, "image": b64("p001_mugshot.jpg")},
            {"subject_ref": "S2", "not_provided_because": "the sender gives no ranks"},
        ],
    }
    return {**body, **changes}


def send(body, key=KEY, idem="idem-0001", raw=None, **headers):
    content = raw if raw is not None else json.dumps(body)
    all_headers = {"Idempotency-Key": idem, **({"Authorization": f"Bearer {key}"} if key else {}), **headers}
    return Client().post(URL, content, content_type="application/json", headers={k: v for k, v in all_headers.items() if v})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, SearchResult, CandidateList, Candidate, Probe, StoredImage, Job, Entry))


def fields(answer) -> list[str]:
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return [f"{e['field']}: {e['code']}" for e in body.get("errors", [])]


def test_a_result_becomes_a_case_with_list_job_and_entry_and_is_sealed(source):
    answer = send(sound())

    assert answer.status_code == 201
    ref = answer.json()["case"]
    case = Case.objects.get(ref=ref)
    assert (case.state, case.searched_before_screening, case.door) == ("RECEIVED", True, "machine")
    assert Candidate.objects.filter(case=case).count() == 2
    assert Job.objects.filter(case=case, kind="link").count() == 1
    entry = Entry.objects.get(subject=ref, kind="receive_result")
    assert b"912" not in bytes(entry.body)
    assert b"S1" not in bytes(entry.body)
    with login("auditor") as auditor:
        assert auditor.execute("select rank, score from cases_sealedscore order by rank nulls last").fetchall() == [
            (1, 912.0),
            (None, None),
        ]


def test_the_same_again_gets_the_stored_answer(source):
    first, before = send(sound()), counts()

    for idem in ("idem-0001", "idem-0002"):
        again = send(sound(), idem=idem)
        assert (again.status_code, again.json()) == (200, first.json())
    assert counts() == before


def test_a_reused_key_a_reused_number_and_both_crossed_are_conflicts(source):
    send(sound())
    send(sound(external_id="SNAP-2"), idem="idem-0002")
    before = counts()

    for body, idem, code in (
        (sound(external_id="SNAP-9"), "idem-0001", "key_reused"),
        (sound(agency_case="25-901"), "idem-0009", "external_id_reused"),
        (sound(external_id="SNAP-2"), "idem-0001", "key_and_external_id_differ"),
    ):
        answer = send(body, idem=idem)
        assert (answer.status_code, answer.json()["type"]) == (409, f"urn:countersign:problem:{code}")
    assert counts() == before


def test_two_at_the_same_moment_are_one_case(source):
    answers = []
    body = sound(probe=None, candidates=[])

    def go() -> None:
        from django.db import connections

        answers.append(send(body).status_code)
        connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * 5 + [201]
    assert Case.objects.count() == 1


def test_an_empty_list_is_taken(source):
    answer = send(sound(candidates=[]))
    assert (answer.status_code, answer.json()["candidates"]) == (201, 0)


def test_what_is_not_reported_is_said(source):
    send(sound(engine={}, gallery={}, searched_at=None))
    said = CandidateList.objects.get().not_reported
    assert {"engine.name", "engine.version", "engine.threshold", "gallery.name", "gallery.compared", "searched_at"} <= set(said)


def test_pictures_may_come_as_parts(source):
    body = sound(probe={"image": {"part": "probe"}}, candidates=[{"subject_ref": "S1", "rank": 1, "score": 1.0, "image": {"part": "c1"}}])
    parts = {
        "result": json.dumps(body),
        "probe": io.BytesIO(world.picture("p001_cctv.jpg")),
        "c1": io.BytesIO(world.picture("p001_mugshot.jpg")),
    }
    parts["probe"].name, parts["c1"].name = "a.jpg", "b.jpg"

    answer = Client().post(URL, parts, headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": "idem-0001"})

    assert answer.status_code == 201, answer.content
    assert StoredImage.objects.exclude(case=None).count() == 2


def two_faces() -> dict[str, str]:
    left, right = (Image.open(io.BytesIO(world.picture(n))) for n in ("p001_mugshot.jpg", "p002_mugshot.jpg"))
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    out = io.BytesIO()
    both.save(out, "PNG")
    return {"base64": base64.b64encode(out.getvalue()).decode()}


def flood() -> dict[str, str]:
    """A PNG of a few kilobytes that says it is 8,000 by 8,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 8000, 8000, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 8000 * 1001, 9)) + chunk(b"IEND", b"")
    assert len(png) < 20_000
    return {"base64": base64.b64encode(png).decode()}


def grey() -> dict[str, str]:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), (120, 120, 120)).save(out, "PNG")
    return {"base64": base64.b64encode(out.getvalue()).decode()}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"colour": "red"}, ["colour: invalid"]),
        ({"track": "revenge"}, ["track: invalid"]),
        ({"external_id": ""}, ["external_id: invalid"]),
        ({"candidates": [{"subject_ref": "S1", "rank": 1, "score": 1.0, "extra": 1}]}, ["candidates[0].extra: invalid"]),
        ({"candidates": [{"rank": 1}]}, ["candidates[0].subject_ref: invalid"]),
        (
            {"candidates": [{"subject_ref": "A", "rank": 1, "score": 1.0}, {"subject_ref": "B", "rank": 1, "score": 0.5}]},
            ["candidates[0].rank: rank_twice", "candidates[1].rank: rank_twice"],
        ),
        ({"candidates": [{"subject_ref": "A", "rank": 0, "score": 1.0}]}, ["candidates[0].rank: invalid"]),
        ({"candidates": [{"subject_ref": "A", "score": 1.0}]}, ["candidates[0].not_provided_because: reason_missing"]),
        ({"searched_at": "2999-01-01T00:00:00Z"}, ["searched_at: in_the_future"]),
        ({"searched_at": "2026-01-01T00:00:00"}, ["searched_at: zone_missing"]),
        ({"probe": {"image": b"no face"}}, ["probe.image: no_face"]),
        ({"probe": {"image": b"flood"}}, ["probe.image: too_many_pixels"]),
        ({"probe": {"image": b"two"}}, ["probe.target_face_box: several_faces"]),
        ({"probe": {"image": b"two", "target_face_box": [700, 10, 100, 100]}}, ["probe.target_face_box: box_outside"]),
        ({"probe": {"image": b"two", "target_face_box": [1, 2, 3]}}, ["probe.target_face_box: invalid"]),
        ({"probe": {"image": {"base64": base64.b64encode(b"I am text called .jpg").decode()}}}, ["probe.image: no_picture"]),
        ({"probe": {"image": {"base64": "***"}}}, ["probe.image.base64: not_base64"]),
        ({"probe": {"image": {"base64": ""}}}, ["probe.image: empty"]),
        ({"probe": {"image": {"part": "nowhere"}}}, ["probe.image.part: part_missing"]),
        ({"probe": {"image": {}}}, ["probe.image: image_source"]),
        ({"probe": {"image": b"fine", "captured_at": "2999-01-01T00:00:00Z"}}, ["probe.captured_at: in_the_future"]),
        (
            {"candidates": [{"subject_ref": "A", "rank": 1, "score": 1.0, "image": b"fine", "image_sha256": "0" * 64}]},
            ["candidates[0].image_sha256: hash_differs"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_field_and_leaves_nothing(source, change, expected):
    made = {b"no face": grey, b"flood": flood, b"two": two_faces, b"fine": lambda: b64("p001_cctv.jpg")}
    change = json.loads(json.dumps(change, default=lambda key: made[key]()))
    before = counts()

    answer = send(sound(**change))

    assert answer.status_code == 422, answer.content
    assert fields(answer) == expected
    assert counts() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_score_that_is_no_number_is_refused(source, number):
    raw = json.dumps(sound()).replace("912.0", number)
    before = counts()

    answer = send(None, raw=raw)

    assert answer.status_code in (400, 422)
    assert counts() == before


def test_a_box_chooses_the_face_that_is_meant(source):
    answer = send(sound(probe={"image": two_faces(), "target_face_box": [20, 20, 320, 320]}))
    assert answer.status_code == 201
    assert Probe.objects.get().target_box == [20, 20, 320, 320]


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("wrong", 401)])
def test_without_a_known_key_nothing_is_said(source, key, status):
    answer = send(sound(), key=key)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (status, "Bearer")


def test_an_ended_source_is_unknown(source):
    with login("owner") as owner:
        owner.execute("update cases_sourcesystem set active_until = house_now()")
    assert send(sound()).status_code == 401


@pytest.mark.parametrize("idem", ["", "short", "with space", "x" * 201])
def test_a_bad_idempotency_key_is_named(source, idem):
    assert fields(send(sound(), idem=idem)) == ["Idempotency-Key: key_missing"]


def test_broken_bodies_and_types(source):
    assert send(None, raw="{").status_code == 400
    assert send(None, raw='"\\ud800"').status_code in (400, 422)
    for content_type, status in (("text/plain", 415), ("application/x-www-form-urlencoded", 415)):
        answer = Client().post(
            URL, "x", content_type=content_type, headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": "idem-0001"}
        )
        assert answer.status_code == status
    assert Client().get(URL).status_code == 405


def test_too_large_is_refused(source):
    answer = send(None, raw=" " * (25 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_the_description_is_openapi_and_its_schema_takes_what_the_door_takes():
    document = description()
    validate(document)
    schema = {**document["components"]["schemas"]["SearchResult"], "components": document["components"]}
    Draft202012Validator(schema).validate(sound())
    assert Draft202012Validator(schema).is_valid(sound(colour="red")) is False


def test_keystore_away_stores_nothing_and_says_so(source, settings, monkeypatch):
    from cases import images
    from cases.keystore import FileKeystore

    monkeypatch.setattr(images, "keystore", lambda: FileKeystore("/nonexistent/keys", settings.MASTER_KEY_FILE))
    monkeypatch.setattr("cases.api.reading.keystore", images.keystore)
    before = counts()

    assert send(sound()).status_code == 503
    assert counts() == before
