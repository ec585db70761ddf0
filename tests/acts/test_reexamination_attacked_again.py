"""Examined again, attacked once more by a fresh eye: each attack here once got through."""

from contextlib import suppress

import psycopg
import pytest

from ledger.clock import house_now
from review.models import Evidence, ReexaminationResult
from tests import world
from tests.acts.test_reexamination_attacked import gate
from tests.database import login
from tests.examined_again import a_pool_lends, examined_again, one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def pool(tmp_path):
    """Every joined case is examined again, by Cleo or Remy of the pool."""
    a_pool_lends()
    one_in(tmp_path, 1)


# -- the exclusion is put on file, whatever the pages' login wrote before -----------------------------------------------

BEFOREHAND = {
    "the item itself": ("E99", "examined_again", "Examination again of {case}"),
    "its source on another": ("E99", "alibi_lead", "Examination again of {case}"),
    "its number": ("E{next}", "alibi_lead", "A letter"),
}


@pytest.mark.parametrize("how", BEFOREHAND)
def test_an_exclusion_is_not_closed_before_it_was_found(pool, how):
    lead, _ = world.ready_to_sign()
    number, kind, source = BEFOREHAND[how]
    ref = f"{lead.ref}-{number.format(next=2 + Evidence.objects.filter(lead=lead).count())}"
    with login("app") as app, suppress(psycopg.Error), app.transaction():
        app.execute("select ledger_append('add_evidence', %s, '{}')", [ref])
        app.execute(
            "insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code) "
            "values (%s, %s, %s, %s, 'exculpatory', 'They exclude him', %s, '')",
            [ref, lead.case_id, lead.pk, kind, source.format(case=lead.case.ref)],
        )
    for item in Evidence.objects.filter(lead=lead, direction="exculpatory", closing__isnull=True):
        said = {"at": house_now(), "item_ref": item.ref, "how": "tested_does_not", "because": "It was another light"}
        world.must(world.close_exculpatory(by=world.person("cora"), **said))

    examined_again(lead.case, -2)

    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")
    assert ReexaminationResult.objects.get().items == [item.ref]
    assert "exculpatory_open" in gate(lead)
