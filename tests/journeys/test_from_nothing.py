"""What docs/operations.md says of the way from nothing to the first case: an agency that only commands entered walks a case to a signed arrest."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from cases.law.words import LEFT_OUT
from ledger.clock import house_now
from review.models import Countersignature
from tests import world
from tests.database import as_owner, login

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker"])
ORI, GALLERY = "MI0000000", "Booking photos"
CAST = {  # who of the road -> unit, roles
    "dana": ("Robbery", "detective"),
    "aris": ("Images", "analyst"),
    "ada": ("Images", "reviewer"),
    "ben": ("Pool", "reviewer"),
    "cora": ("Evidence", "corroboration_officer"),
    "sol": ("Major crimes", "supervisor"),
}
PEOPLE = Path(settings.ROOT) / "demo" / "people"


def said(*words: object) -> str:
    out = StringIO()
    with as_owner():
        call_command(*map(str, words), stdout=out)
    return out.getvalue()


def staff(folder: Path) -> Path:
    today = house_now().date()
    lines = [f"new_units = {sorted({unit for unit, _ in CAST.values()})}"]
    for name, (unit, role) in CAST.items():
        lines += ["[[person]]", f'username = "l.{name}"', f'name = "L. {name.title()}"', f'unit = "{unit}"', f'roles = ["{role}"]']
        for course in ("face_comparison", "bias"):
            until = today + timedelta(days=365)
            lines += ["[[person.training]]", f'subject = "{course}"', f"passed = {today}", f"until = {until}", 'certificate = "No. 1"']
    path = folder / "staff.toml"
    path.write_text("\n".join(lines))
    return path


def answers(folder: Path) -> Path:
    path = folder / "answers.csv"
    said = ["no,supports", *["no,excludes"] * 61, *["yes,supports"] * 42]
    path.write_text("\n".join(["case,in_list,answer", *(f"spring-{number},{each}" for number, each in enumerate(said))]))
    return path


def pictures(folder: Path, numbers: range) -> Path:
    folder.mkdir()
    for number in numbers:
        shutil.copy(PEOPLE / f"p{number:03}_mugshot.jpg", folder)
    return folder


def minutes_after(look: Callable[..., None]) -> Callable[..., None]:
    """No picture here is of the demonstration: each face is given its time before a step is locked, by the clock of the house."""

    def looked(*args: object) -> None:
        look(*args)
        with login("owner") as owner:
            owner.execute("update ledger_clock set ahead_by = ahead_by + interval '10 minutes'")

    return looked


def test_an_agency_that_commands_entered_walks_a_case_to_a_signed_arrest(tmp_path, monkeypatch):
    said("people", "found", ORI, "Lakeside Police", "--time-zone", "America/Detroit")
    shown = said("people", "appoint", ORI, staff(tmp_path))
    assert len(re.findall(r"^  l\.\w+ +\S{16}  ", shown, re.MULTILINE)) == len(CAST)
    for name in ("ada", "ben"):
        assert "may examine" in said("people", "test", f"l.{name}", answers(tmp_path), "--name", "Spring test")
    said(
        "register_gallery", ORI, GALLERY, "--kind", "booking_photos", "--basis", "State code 28.243", "--weighed", "Booked persons alone",
        "--leaves-out", ",".join(LEFT_OUT), "--scrubbed-on", house_now().date(),
    )  # fmt: skip
    said("set_threshold", ORI, GALLERY, "cctv_still", "0.6", "--because", "Rendered faces resemble each other")
    said("enrol_folder", ORI, GALLERY, pictures(tmp_path / "gallery", range(1, 25)))
    said("register_non_mates", ORI, pictures(tmp_path / "non-mates", range(29, 41)), "--source", "synthetic", "--document", "CC0 1.0")
    world.run_jobs()
    monkeypatch.setattr(world, "person", lambda name, of=world.person: of(f"l.{name}"))
    monkeypatch.setattr(world, "looked", minutes_after(world.looked))

    _, asked = world.ready_to_sign("25-1", gallery=GALLERY)
    world.must(world.signed(asked))

    signed = Countersignature.objects.get(ref=asked)
    assert signed.state == "SIGNED"
    assert signed.lead.case.agency.ori == ORI
