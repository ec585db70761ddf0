"""The folder of the keys read-only, full or away: pages say so and store nothing, and go on by themselves when it is back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from cases.images import keystore
from cases.models import Case, Job, Look, StoredImage
from ledger.keyed import derived_key
from ledger.models import Entry
from review.models import Drawn
from tests import world
from tests.api.test_batch import URL, lines, plain
from tests.api.test_search_results import KEY, source
from tests.database import login
from tests.pages.signing import PASSWORD, client_of, enrolled, with_password
from tests.proof.stopped import _away, _disk, _filled, _read_only

__all__ = ["source"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake"])
ASKED = {
    "agency_case": "25-1",
    "offence_code": "120",
    "track": "suspect",
    "purpose": "Find out who held up the shop",
    "gallery": world.GALLERY,
    "probe_kind": "cctv_still",
    "target_because": "The only person at the till",
    "source": "Camera 2",
    "place": "14 Quay Street",
    "actors": "1",
    "first_description": "Slim",
    "tried_before": "Canvass",
    "named": "no",
    "searched": "no",
}


@pytest.fixture(autouse=True)
def a_master_key_of_their_own(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tests beside these needs the one they all have."""
    own = Path(shutil.copy(settings.MASTER_KEY_FILE, tmp_path / "master.key"))
    settings.MASTER_KEY_FILE = str(own)
    monkeypatch.setattr(keystore(), "master_key_file", own)


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The keys on a small disk of their own."""
    with _disk(tmp_path / "keys", "1m"):
        own = Path(shutil.copy(settings.KEYSTORE_PATH, tmp_path / "keys" / "keystore"))
        monkeypatch.setattr(keystore(), "path", own)
        yield tmp_path / "keys"


def at_home(name: str) -> Client:
    client = client_of(name, Client(raise_request_exception=False))
    client.get("/")
    return client


def asked(dana: Client) -> HttpResponse:
    picture = SimpleUploadedFile("p.jpg", world.picture("p012_cctv.jpg"), content_type="image/jpeg")
    return dana.post("/requests/new", {**ASKED, "picture": picture})


def stored() -> tuple[int, ...]:
    return Case.objects.count(), StoredImage.objects.count(), Job.objects.count(), Entry.objects.count()


def master_away(*_: Path) -> AbstractContextManager[None]:
    return _away(Path(settings.MASTER_KEY_FILE))


def another_volume(keys: Path) -> AbstractContextManager[None]:
    """An empty one lies over it, as an empty folder lies under one that is not mounted."""
    return _disk(keys, "1m")


TROUBLES: dict[str, Callable[[Path], AbstractContextManager[None]]] = {
    "read-only": _read_only,
    "full": _filled,
    "away": master_away,
    "not mounted": another_volume,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_request_is_refused_and_taken_when_the_keys_are_back(keys, trouble):
    dana = at_home("dana")
    before = stored()
    with TROUBLES[trouble](keys):
        answer = asked(dana)
    assert (answer.status_code, stored()) == (503, before)
    assert "No picture can be sealed or opened now" in answer.content.decode()

    assert asked(dana).status_code == 302
    assert Case.objects.count() == before[0] + 1


@pytest.fixture
def fresh() -> Iterator[None]:
    """A process that has not derived anything yet; what it derived while the key was away is nothing."""
    derived_key.cache_clear()
    yield
    derived_key.cache_clear()


@pytest.mark.parametrize("path", ["/sign-in", "/certificate"])
def test_a_stranger_is_told_too_where_the_process_has_not_read_its_key_yet(fresh, path):
    """Who tries to sign in, and who asks what a certificate is worth, are written as keyed hashes: without the key there is no answer, and no crash."""
    said = {"login": "dana", "password": "wrong", "token": "0" * 32}
    client, before = Client(raise_request_exception=False), stored()
    with master_away():
        answer = client.post(path, said)
    assert (answer.status_code, stored()) == (503, before)
    assert "cannot be reached" in answer.content.decode()
    assert client.post(path, said).status_code in (200, 422)


def idle(client: Client) -> None:
    session = client.session
    session["seen_at"] -= settings.SESSION_IDLE_SECONDS + 1
    session.save()


def without_the_factor(client: Client) -> None:
    """It never gave the factor that was set up elsewhere."""
    enrolled("dana")
    client.force_login(world.person("dana"))


@pytest.mark.parametrize("asks", [lambda dana: dana.get("/"), lambda dana: dana.get("/cases"), asked], ids=["desk", "cases", "request"])
@pytest.mark.parametrize("ends", [idle, without_the_factor])
def test_a_session_that_has_to_end_ends_when_the_keys_are_back_and_lets_nobody_in_before(fresh, ends, asks):
    """Its end is an entry under a keyed hash: without the key the session neither goes on nor ends."""
    dana = at_home("dana")
    ends(dana)
    derived_key.cache_clear()
    before = stored(), list(Session.objects.values_list("session_key", "session_data"))
    with master_away():
        answer = asks(dana)
        assert answer.status_code == 503
        assert "No picture can be sealed or opened now" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    assert (stored(), list(Session.objects.values_list("session_key", "session_data"))) == before

    answer = asks(dana)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in")
    assert Entry.objects.filter(kind="sign_out").count() == 1
    assert Case.objects.count() == 0


def test_whoever_signs_out_meanwhile_leaves_no_session_in_which_somebody_goes_on(fresh):
    """That he left is an entry too; until it can be written the session neither goes on nor ends."""
    dana = at_home("dana")
    derived_key.cache_clear()
    with master_away():
        assert dana.post("/sign-out").status_code == 503
        assert dana.get("/cases").status_code == 503
    assert Entry.objects.filter(kind="sign_out").count() == 0

    answer = dana.get("/cases")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in")
    assert Entry.objects.filter(kind="sign_out").count() == 1


def test_no_password_is_set_where_its_entry_cannot_be_written(fresh):
    dana = at_home(with_password("dana"))
    said = {"oldpassword": PASSWORD, **dict.fromkeys(("password1", "password2"), "seven herons over the mill")}
    derived_key.cache_clear()
    before = stored(), world.person("dana").password, list(Session.objects.values_list("session_key", flat=True))
    with master_away():
        assert dana.post("/password/own", said).status_code == 503
    assert (stored(), world.person("dana").password, list(Session.objects.values_list("session_key", flat=True))) == before

    assert dana.post("/password/own", said)["Location"] == "/"
    assert world.person("dana").check_password("seven herons over the mill")


def test_a_request_and_a_result_are_refused_too_where_the_process_has_not_read_its_key_yet(fresh, source):
    dana = at_home("dana")
    derived_key.cache_clear()
    before = stored()
    with master_away():
        answer = asked(dana)
        assert (answer.status_code, stored()) == (503, before)
        sent = Client(raise_request_exception=False).post(
            URL,
            lines(plain(1)),
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {KEY}"},
        )
    assert sent.status_code == 503
    assert asked(dana).status_code == 302


def test_a_picture_is_not_shown_and_its_look_stays_on_record(keys):
    case = world.searched("25-1")
    world.drawn(case, "ada")
    ada, code = at_home("ada"), Drawn.objects.get(case=case).code
    looks = Look.objects.count()
    with master_away():
        answer = ada.get(f"/examinations/{code}/target")
    assert answer.status_code == 503
    assert b"No picture" in answer.content

    with _read_only(keys):
        answer = ada.get(f"/examinations/{code}/target")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png"), "a key that is there is read from a folder that is read-only"
    assert Look.objects.count() >= looks + 1


def test_a_job_waits_for_the_keys_and_is_done_when_they_are_back(keys):
    case = world.screened(world.requested("25-1"))
    with master_away():
        world.checked(case)
        assert Job.objects.get(kind="search").last_error.startswith("KeystoreAway")
    with login("owner") as owner:
        owner.execute("update cases_job set not_before = house_now() where done_at is null")
    world.run_jobs()

    assert Job.objects.get(kind="search").done_at is not None


def test_a_file_beside_which_nothing_can_be_written_is_not_imported(source, tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_SOURCE_KEY", KEY)
    with _disk(tmp_path / "files", "1m"):
        file = tmp_path / "files" / "results.ndjson"
        file.write_bytes(lines(plain(1), plain(2)))
        with _read_only(file.parent), pytest.raises(CommandError, match="Read-only file system. What was imported so far stays"):
            call_command("import_results", str(file), stdout=StringIO())
        assert Case.objects.count() == 0

        call_command("import_results", str(file), stdout=StringIO())
        assert Case.objects.count() == 2
