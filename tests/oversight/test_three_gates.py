"""Three implementations, one rule: the re-check of the auditor weighs and refuses as the two gates do, on graphs that nobody thought of."""

import random

import pytest
from django.db import connection

from cases.images import look
from cases.law.shipped import POLICIES
from ledger.asking import ask_database
from ledger.clock import house_now
from oversight.reading import File, Row, files_of, rows_of
from oversight.rederiving import Asking, Picture, without_face
from oversight.tables import DEMANDS
from oversight.weighing import PROBE
from tests import world
from tests.database_walls.test_two_gates import grow

pytestmark = pytest.mark.django_db
GRAPHS = 50


def file_and_lead(of: world.Lead) -> tuple[File, Row, Row]:
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor")  # whose login alone reads what was set aside
        file = files_of(cursor, {of.case.investigation_id})[of.case.investigation_id]
        cursor.execute("set local role app")
    return file, next(c for c in file.cases if c.id == of.case_id), next(row for row in file.rows["leads"] if row.id == of.pk)


def test_on_random_graphs_the_third_weighs_and_refuses_as_the_database_does():
    rng = random.Random(20261125)
    lead = world.a_lead()
    look(image_id=lead.candidate.image_id, by=world.person("ada"), purpose="examination")
    differ: list[object] = []
    weighed = outdated = 0
    stood: set[str] = set()
    for number in range(GRAPHS):
        with connection.cursor() as cursor:
            cursor.execute(f"savepoint g{number}")
        grow(lead, rng)
        file, case, row = file_and_lead(lead)
        picture = Picture(file, case, house_now())
        here = {
            (picture.items[i].ref, frozenset(w.why), w.counts, w.identity, w.before, w.statement,
             frozenset(PROBE if end == PROBE else picture.items[end].ref for end in w.rests_on))
            for i, w in picture.weights(row).items()
        }  # fmt: skip
        with connection.cursor() as cursor:
            there = {
                (w.ref, frozenset(w.taints), w.counts, w.shows_identity, w.fixed_before, w.statement, frozenset(w.lines))
                for w in rows_of(
                    cursor,
                    "select e.ref, w.taints, w.counts, w.shows_identity, w.fixed_before, w.statement, "
                    "array(select coalesce((select x.ref from review_evidence x where x.id = a), 'probe') from unnest(w.ancestors) a) as lines "
                    "from items_weighed(%s) w join review_evidence e on e.id = w.item_id",
                    lead.pk,
                )
            }
        weighed += len(here)
        outdated += sum(row.may_be_used and not picture.may_be_used(row.item_id) for row in picture.rows("holds"))
        differ += [(number, one) for one in here ^ there]
        for action in DEMANDS:
            third, database = set(Asking(picture, row, action).all()), set(ask_database("select gate_reasons(%s, %s)", lead.pk, action))
            if third != database:
                differ.append((number, action, third ^ database))
        for on in (row, None):  # what stands without the face, on the lead and on the case as such
            third = set(without_face(picture, on))
            database = set(ask_database("select without_face_reasons(%s, %s)", case.id, on and on.id))
            stood.update(third)
            if third != database:
                differ.append((number, "without the face", on, third ^ database))
        with connection.cursor() as cursor:
            cursor.execute(f"rollback to savepoint g{number}")

    assert weighed > 3 * GRAPHS
    assert outdated > 0
    assert stood == {"rests_on_the_face", "exculpatory_open"}
    assert not differ, differ[:5]


@pytest.mark.parametrize(("statute", "listed"), [("MCL 750.110a(2)", True), ("", False)])
def test_a_statute_lists_its_code_for_all_three(statute, listed, tmp_path):
    wide = (POLICIES / "nlc-2021.toml").read_text(encoding="utf-8").replace('"nlc-2021"', '"wide"').replace('"120", ', '"120", "220", ')
    (tmp_path / "wide.toml").write_text(wide, encoding="utf-8")
    world.in_force(tmp_path / "wide.toml")
    case = world.examined(world.checked(world.screened(world.requested(), "220", statute)))
    world.in_force("us-mi-detroit-307-5")
    lead = world.Lead.objects.select_related("case__investigation", "candidate").get(case=case)
    file, row_of_case, row = file_and_lead(lead)

    third = set(Asking(Picture(file, row_of_case, house_now()), row, "arrest").all())

    assert third == set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))
    assert ("offence_not_listed" not in third) is listed
