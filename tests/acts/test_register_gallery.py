"""An administrator registers a gallery and sets its thresholds: from then on faces are enrolled and a search of it returns them."""

import json
import shutil
import sqlite3
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cases.images import keystore
from cases.law.words import LEFT_OUT
from cases.management.commands import set_threshold as command
from cases.matching.reference import EngineUnfit, reference_engine
from cases.models import Candidate, Gallery, GalleryThreshold, Probe, ProbeRefused
from cases.models.gallery import GALLERY_KINDS
from cases.models.probe import PROBE_KINDS
from cases.registering import NotRegistered, register_gallery
from ledger.clock import house_now
from ledger.models import Entry
from people.models import Agency
from review.views.forms import RequestForm
from tests import world
from tests.database import as_owner, login

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ORI, NAME = "XX0010000", "Booking photos"
SOUND = {
    "--kind": "booking_photos",
    "--basis": "Police Act § 12",
    "--weighed": "Everybody in it was charged",
    "--leaves-out": "minors,found_innocent",
    "--scrubbed-on": "2026-01-02",
    "--performer": "state_police",
}


def told(*words: str) -> str:
    """What an administrator's command answers."""
    out = StringIO()
    with as_owner():
        call_command(*words, stdout=out)
    return out.getvalue()


def registered(name: str = NAME, ori: str = ORI, **changes: str) -> str:
    said = SOUND | {"--" + option.replace("_", "-"): value for option, value in changes.items()}
    return told("register_gallery", ori, name, *(word for option in said.items() for word in option))


def threshold_set(kind: str = "cctv_still", threshold: str = "0.6", *more: str, because: str = "Trial of 2 May") -> str:
    return told("set_threshold", ORI, NAME, kind, threshold, "--because", because, *more)


def said_of(kind: str) -> dict[str, Any]:
    """The newest entry of a kind, without its time."""
    found = json.loads(bytes(Entry.objects.filter(kind=kind).latest("seq").body))
    return {name: value for name, value in found.items() if name not in ("at", "kind")}


def test_what_is_registered_is_enrolled_and_searched(tmp_path: Path) -> None:
    for face in ("p012", "p013", "p014"):
        shutil.copy(settings.ROOT / "demo" / "people" / f"{face}_mugshot.jpg", tmp_path)
    registered()
    threshold_set()
    assert told("enrol_folder", ORI, NAME, str(tmp_path)).endswith("3 pictures wait for the worker\n")
    assert world.run_jobs() == ["done"]

    case = world.searched(gallery=NAME)
    elsewhere = world.searched("25-2", "p013", gallery=NAME, probe_kind="photograph")

    assert case.state == "FIT"
    assert "p012" in world.tokens(case)
    assert {found.gallery_subject.gallery.name for found in Candidate.objects.filter(case=case)} == {NAME}
    assert (case.candidate_list.gallery_name, case.candidate_list.threshold, case.candidate_list.compared) == (NAME, 0.6, 3)
    refused = ProbeRefused.objects.get(case=elsewhere)
    assert (refused.code, "“Booking photos”, this engine and probes of kind photograph" in refused.sentence) == ("no_threshold", True)


def test_everything_that_is_said_of_it_stands_in_its_row_and_in_the_record():
    assert registered().startswith("“Booking photos” is a gallery of XX0010000. Nothing in it is searched before a threshold is set")
    gallery = Gallery.objects.get(name=NAME)

    assert (gallery.agency.ori, gallery.kind, gallery.lawful_basis, gallery.demo) == (ORI, "booking_photos", "Police Act § 12", False)
    assert (gallery.weighed, gallery.leaves_out) == ("Everybody in it was charged", ["minors", "found_innocent"])
    assert (gallery.scrubbed_on, gallery.performer) == (date(2026, 1, 2), "state_police")
    assert keystore().exists(gallery.key_id)
    assert said_of("register_gallery") == {
        "subject": f"gallery:{gallery.pk}",
        "agency": ORI,
        "name": NAME,
        "of_kind": "booking_photos",
        "basis": "Police Act § 12",
        "weighed": "Everybody in it was charged",
        "leaves_out": ["minors", "found_innocent"],
        "scrubbed_on": "2026-01-02",
        "performer": "state_police",
        "by": "administrator",
    }


def test_what_nobody_knows_stays_unknown_and_nobody_is_a_word():
    told("register_gallery", ORI, NAME, "--kind", "other_lawful", "--basis", "Order 7")
    registered("Others", leaves_out="nobody")
    gallery = Gallery.objects.get(name=NAME)

    assert (gallery.weighed, gallery.leaves_out, gallery.scrubbed_on, gallery.performer) == ("", None, None, "own_agency")
    assert Gallery.objects.get(name="Others").leaves_out == []


def test_a_threshold_stands_in_its_row_and_in_the_record():
    registered()
    version = reference_engine().build.template_version
    assert threshold_set() == f"A search of “Booking photos” with a cctv_still returns faces from 0.6 ({version}).\n"
    threshold_set("photograph", "-0.25", "--template-version", "another-2027")
    mine = GalleryThreshold.objects.filter(gallery__name=NAME).order_by("id")

    assert [(row.template_version, row.probe_kind, row.threshold, row.because) for row in mine] == [
        (version, "cctv_still", 0.6, "Trial of 2 May"),
        ("another-2027", "photograph", -0.25, "Trial of 2 May"),
    ]
    assert said_of("set_threshold") == {
        "subject": f"gallery:{Gallery.objects.get(name=NAME).pk}",
        "agency": ORI,
        "template_version": "another-2027",
        "probe_kind": "photograph",
        "threshold": -0.25,
        "because": "Trial of 2 May",
        "by": "administrator",
    }


def test_twice_says_that_it_is_there_and_changes_nothing():
    registered()
    threshold_set()
    with pytest.raises(CommandError, match=r"XX0010000 has a gallery called “Booking photos” already: what was registered stays"):
        registered(basis="Another law")
    with pytest.raises(
        CommandError, match=r"“Booking photos” has a threshold for cctv_still and sface\S+ already: 0\.6, since 20\d\d-\d\d-\d\d\."
    ):
        threshold_set(threshold="0.7")

    assert Gallery.objects.get(name=NAME).lawful_basis == "Police Act § 12"
    assert GalleryThreshold.objects.get(gallery__name=NAME).threshold == 0.6
    assert Entry.objects.filter(kind="set_threshold", subject=f"gallery:{Gallery.objects.get(name=NAME).pk}").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ori": "XX9999999"}, "there is no agency 'XX9999999'; known are XX0010000"),
        ({"ori": "\udcff"}, r"there is no agency '\udcff'; known are XX0010000"),
        ({"name": " "}, "name is blank: say it in words"),
        ({"name": "Booking\nphotos"}, "name holds U+000A at place 8"),
        ({"name": "B" * 201}, "name has 201 characters: write at most 200"),
        ({"basis": ""}, "basis is blank: say it in words"),
        ({"basis": "Act \udcff"}, "basis holds U+DCFF at place 5"),
        ({"weighed": "x" * 2001}, "weighed has 2001 characters: write at most 2000"),
        ({"kind": "demo"}, "kind is 'demo': known are booking_photos, licence_photos, other_lawful. Nothing was registered."),
        ({"leaves_out": "minors,juveniles"}, f"leaves-out is 'juveniles': known are {', '.join(LEFT_OUT)}"),
        ({"leaves_out": ""}, "leaves-out is '': known are minors"),
        ({"scrubbed_on": "2199-12-31"}, "scrubbed-on is 2199-12-31, which is to come"),
        ({"scrubbed_on": "1899-12-31"}, "scrubbed-on is 1899-12-31: a day is of the years from 1900 to 2199"),
        ({"scrubbed_on": "2 May"}, "--scrubbed-on: '2 May' is no day: write it as 2026-01-02"),
        ({"performer": "police"}, "performer is 'police': known are own_agency, state_police, motor_vehicle_office"),
        ({"kind": "photos", "performer": "police"}, "known are booking_photos, licence_photos, other_lawful\nperformer is 'police'"),
    ],
)
def test_what_cannot_be_registered_is_named_and_nothing_is_written(changes: dict[str, str], said: str) -> None:
    before, keys = Entry.objects.count(), _keys()
    with pytest.raises(CommandError) as refused:
        registered(**changes)

    assert said in str(refused.value)
    assert (Gallery.objects.count(), Entry.objects.count(), _keys()) == (1, before, keys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (ORI, "Mugshots", "cctv_still", "0.6"),
            "XX0010000 has no gallery 'Mugshots'; it has “Booking photos”, “Demonstration booking photos”",
        ),
        ((ORI, "\x00", "cctv_still", "0.6"), r"XX0010000 has no gallery '\x00'"),
        (("XX9999999", NAME, "cctv_still", "0.6"), "there is no agency 'XX9999999'; known are XX0010000"),
        ((ORI, NAME, "still", "0.6"), f"probe kind is 'still': known are {', '.join(PROBE_KINDS)}. Nothing was set."),
        ((ORI, NAME, "cctv_still", "60"), "threshold is 60.0: it lies from -1 to 1"),
        ((ORI, NAME, "cctv_still", "nan"), "threshold is nan: it lies from -1 to 1"),
        ((ORI, NAME, "cctv_still", "0,6"), "threshold: '0,6' is no number: write it as 0.6"),
        ((ORI, NAME, "cctv_still", "0.6", "--because", " "), "because is blank: say it in words"),
        ((ORI, NAME, "cctv_still", "0.6", "--template-version", ""), "template-version is blank: say it in words"),
    ],
)
def test_a_threshold_that_cannot_be_set_is_named_and_nothing_is_written(words: tuple[str, ...], said: str) -> None:
    registered()
    before = Entry.objects.count(), GalleryThreshold.objects.count()
    with pytest.raises(CommandError) as refused:
        told("set_threshold", *words[:4], "--because", "Trial of 2 May", *words[4:])

    assert said in str(refused.value)
    assert (Entry.objects.count(), GalleryThreshold.objects.count()) == before


def test_where_the_keystore_is_away_nothing_is_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        away.setattr(keystore(), "path", tmp_path / "not mounted")
        with pytest.raises(CommandError, match=r"make_keystore.*Nothing was registered\."):
            registered()
    assert not Gallery.objects.filter(name=NAME).exists()
    registered()


def test_where_the_engine_does_not_start_no_threshold_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def unfit() -> None:
        raise EngineUnfit("the model file x.onnx is not there; run “make setup”")

    registered()
    monkeypatch.setattr(command, "reference_engine", unfit)
    with pytest.raises(CommandError, match=r"x\.onnx is not there; run “make setup”\. Nothing was set\."):
        threshold_set()


def test_a_day_is_not_to_come_where_the_agency_is():
    agency = Agency.objects.get()
    agency.time_zone = "Pacific/Auckland"  # not stored
    late = house_now().replace(hour=20)
    said = {"kind": "booking_photos", "basis": "Act", "weighed": "", "leaves_out": None, "performer": "own_agency", "at": late}
    tomorrow = late.date() + timedelta(days=1)
    with as_owner():
        assert register_gallery(agency=agency, name=NAME, scrubbed_on=tomorrow, **said).scrubbed_on == tomorrow
        with pytest.raises(NotRegistered, match="which is to come"):
            register_gallery(agency=agency, name="Another", scrubbed_on=tomorrow + timedelta(days=1), **said)


@pytest.mark.parametrize("role", ["app", "worker", "intake", "auditor"])
def test_no_running_process_registers_a_gallery_or_sets_a_threshold(role: str) -> None:
    registered()
    gallery = Gallery.objects.get(name=NAME).pk
    with login(role) as process:
        for sql in (
            "insert into cases_gallery(agency_id, name, kind, lawful_basis, key_id, demo) values (1, 'x', 'booking_photos', 'x', 'x', false)",
            "insert into cases_gallerythreshold(gallery_id, template_version, probe_kind, threshold, because) "
            f"values ({gallery}, 'x', 'cctv_still', 0, 'x')",
            "update cases_gallerythreshold set threshold = 0",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                process.execute(sql)


def test_with_the_login_of_the_pages_the_commands_say_which_one_they_need():
    registered()
    with pytest.raises(CommandError, match=r"registered with the owner's login .* Nothing was registered\."):
        call_command("register_gallery", ORI, "Others", "--kind", "booking_photos", "--basis", "Act")
    with pytest.raises(CommandError, match=r"set with the owner's login .* Nothing was set\."):
        call_command("set_threshold", ORI, NAME, "cctv_still", "0.6", "--because", "Trial")
    assert Gallery.objects.filter(name="Others").count() == GalleryThreshold.objects.filter(gallery__name=NAME).count() == 0


@pytest.mark.parametrize("threshold", ["1.01", "-1.01", "'nan'", "'infinity'"])
def test_the_database_takes_no_threshold_that_is_no_score_and_none_a_second_time(threshold: str) -> None:
    insert = "insert into cases_gallerythreshold(gallery_id, template_version, probe_kind, threshold, because) select id, 'x', 'x', {}, 'x' from cases_gallery"
    with login("owner") as owner:
        with pytest.raises(psycopg.errors.CheckViolation, match="a_threshold_is_a_score_that_can_be"):
            owner.execute(insert.format(threshold))
        owner.execute(insert.format("1"))
        with pytest.raises(psycopg.errors.UniqueViolation, match="a_threshold_is_set_once_for_a_kind"):
            owner.execute(insert.format("0.5"))
        with pytest.raises(psycopg.Error, match="stay as they are"):
            owner.execute("update cases_gallerythreshold set threshold = 0.5")


def test_the_kinds_are_those_that_a_request_names():
    assert {kind for kind, _ in RequestForm.base_fields["probe_kind"].choices} == set(PROBE_KINDS)
    assert [kind for kind, _ in Probe._meta.get_field("kind").choices or ()] == list(PROBE_KINDS)
    assert [kind for kind, _ in Gallery._meta.get_field("kind").choices or ()] == list(GALLERY_KINDS)


def _keys() -> int:
    """Of galleries: whoever tests beside this one makes others."""
    with sqlite3.connect(settings.KEYSTORE_PATH) as store:
        return int(store.execute("select count(*) from wrapped_key where owner like 'gallery:XX%'").fetchone()[0])
