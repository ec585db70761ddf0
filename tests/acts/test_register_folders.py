"""A folder of faces is registered whole, or it is said which file of it cannot be, and nothing is."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import CommandError

from ledger.models import Entry
from review.models import NonMate, PracticePicture
from tests.acts.test_register_gallery import ORI, told

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PEOPLE = settings.ROOT / "demo" / "people"
COMMANDS = {
    "non-mates": lambda folder, ori: ("register_non_mates", ori, str(folder), "--source", "synthetic", "--document", "CC0 1.0"),
    "practice": lambda folder, ori: ("register_practice", str(folder), "--agency", ori),
}
each = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


def count() -> tuple[int, int, int]:
    return NonMate.objects.count(), PracticePicture.objects.count(), Entry.objects.count()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("p029_hardlight.jpg", "p030_hardlight.jpg"):
        shutil.copy(PEOPLE / name, tmp_path)
    return tmp_path


@each
def test_no_agency_no_folder_and_no_picture_are_told(command, tmp_path):
    before = count()
    (tmp_path / "list.txt").write_text("p041")
    for folder, ori, said in (
        (tmp_path, "XX9", "there is no agency 'XX9'; known are"),
        (tmp_path / "nowhere", ORI, "nowhere is no folder. Nothing was registered."),
        (tmp_path, ORI, "there is no picture in"),
        (tmp_path, ORI, "files that end in .jpeg, .jpg, .png, .webp are read. Nothing was registered."),
    ):
        with pytest.raises(CommandError, match=re.escape(said)):
            told(*command(folder, ori))
    assert count() == before


@each
def test_a_file_that_is_no_picture_is_named_and_the_others_wait_with_it(command, folder):
    before = count()
    (folder / "q.jpg").write_bytes(b"no picture")
    with pytest.raises(CommandError, match=r"q\.jpg: .*[^.]\. Nothing was registered\.$"):
        told(*command(folder, ORI))
    assert count() == before


def test_a_face_that_is_searched_for_is_no_stranger(tmp_path):
    shutil.copy(PEOPLE / "p012_mugshot.jpg", tmp_path)
    before = count()
    with pytest.raises(CommandError, match=r"p012_mugshot\.jpg: .*in a gallery.*Nothing was registered\.$"):
        told(*COMMANDS["non-mates"](tmp_path, ORI))
    assert count() == before


def test_who_is_in_the_pool_already_is_counted_apart(folder):
    command = COMMANDS["non-mates"](folder, ORI)
    assert told(*command) == f"2 known non-mates registered for {ORI}\n"
    shutil.copy(PEOPLE / "p031_hardlight.jpg", folder)
    assert told(*command) == f"1 known non-mates registered for {ORI}; 2 were in the pool already\n"


def test_pictures_for_practice_are_registered(folder):
    before = PracticePicture.objects.count()
    assert told(*COMMANDS["practice"](folder, ORI)) == "2 pictures are there for practice.\n"
    assert PracticePicture.objects.count() == before + 2
