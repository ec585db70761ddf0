"""The bytes of a picture are read where it is looked at, and nowhere else: each face of a set is asked for by itself, and would else bring the whole set."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import prints
from cases.models import Candidate, StoredImage
from cases.uploads import clean_upload
from review.models import Drawn
from tests import world
from tests.acts.test_near_probe import changed
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db
OF_A_PICTURE = re.compile(rf'"{StoredImage._meta.db_table}"\."sealed"|T\d+\."sealed"')


def asked_for_pictures(asked: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in asked.captured_queries if OF_A_PICTURE.search(query["sql"])]


def test_a_page_of_faces_reads_no_picture_and_a_face_reads_its_own():
    case = world.searched()
    world.drawn(case, "ada")
    ada, at = client_of("ada"), f"/examinations/{Drawn.objects.get(case=case, reviewer__username='ada').code}"
    with CaptureQueriesContext(connection) as asked:
        page = ada.get(at).content.decode()
    codes = sorted(set(re.findall(rf"{at}/faces/(\w+)", page)))
    assert len(codes) > Candidate.objects.filter(case=case).count() > 1
    assert asked_for_pictures(asked) == []

    for code in codes[:3]:
        with CaptureQueriesContext(connection) as asked:
            answer = ada.get(f"{at}/faces/{code}")
        assert answer.headers["Content-Type"].startswith("image/")
        (sql,) = asked_for_pictures(asked)
        assert '"cases_storedimage"."id" = ' in sql


def test_a_probe_that_may_be_the_same_is_told_by_its_print():
    first = world.searched("25-1")
    again = world.requested("25-2", clean=clean_upload(changed("brighter")))
    with world.the_machine(), CaptureQueriesContext(connection) as asked:
        near = prints.near_to(again, engine=world.reference_engine())
    assert near == {first.investigation_id}
    (sql,) = asked_for_pictures(asked)
    assert f'"cases_probe"."case_id" = {again.pk}' in sql
