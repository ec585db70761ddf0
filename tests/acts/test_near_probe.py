"""Asking again with the picture changed a little: found, linked, counted and shown; another person's face is not."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from PIL import Image

from cases.models import InvestigationLink, ProbePrint
from cases.uploads import clean_upload
from ledger.clock import house_now
from ledger.models import Entry
from tests import world
from tests.matching.test_likeness import AGAIN, encoded
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db
FIRST = "p012_cctv.jpg"


def changed(how: str) -> bytes:
    with Image.open(settings.ROOT / "demo" / "people" / FIRST) as picture:
        return encoded(AGAIN[how](picture.convert("RGB")))


def test_the_probe_changed_a_little_is_linked_counted_and_shown():
    first = world.requested("25-1")
    for number, how in enumerate(AGAIN, 2):
        world.requested(f"25-{number}", clean=clean_upload(changed(how)))
    world.run_jobs()

    links = InvestigationLink.objects.filter(because="near_probe")
    assert {first.investigation_id} <= {end for link in links for end in (link.one_id, link.other_id)}
    page = " ".join(signed_in("dana").get(f"/cases/{first.ref}").content.decode().split())
    assert f"{len(AGAIN)} other investigations, linked" in page
    assert "25-2: nearly the same picture" in page
    assert Entry.objects.filter(kind="link").count() == links.count()


def test_who_reviewed_it_is_not_drawn_where_it_is_asked_again():
    world.examined(world.searched("25-1"), (-2, -2))
    again = world.searched("25-2", clean=clean_upload(changed("brighter")))

    assert world.take_next(by=world.person("ada"), at=house_now()) is None
    assert world.take_next(by=world.person("cleo"), at=house_now()) == again.ref


def test_another_persons_face_is_not_linked():
    world.requested("25-1")
    world.requested("25-2", face="p013")
    world.run_jobs()
    with world.the_machine():
        assert ProbePrint.objects.count() == 2
    assert not InvestigationLink.objects.exists()


def test_no_page_reads_a_print():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select hash from cases_probeprint")
