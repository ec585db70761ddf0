"""No number that decides, and none of another case, is taken in advance: attacked from below, as the login of the pages."""

import json

import psycopg
import pytest

from ledger.clock import house_now
from review import faces, facts
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument
from review.models import Evidence
from review.replay.forms import looked, scripted
from review.rules.graph import OUTSIDE_THE_ITEMS
from tests import world
from tests.database import login
from tests.database_walls.test_feature_form import sent

pytestmark = pytest.mark.django_db(transaction=True)

FIXING = (
    "insert into review_fixing(item_id, number, by_id, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, "
    "outside_system, earlier_agrees, second_id) select id, %s, %s, 'read again', kind, 'offence', true, 1000000, 1, true, '', false, %s from review_evidence where ref = %s"
)


def fixed_by_sql(ref: str, number: int) -> str:
    """Fix an item as the pages may, by SQL; return the code of the refusal, or nothing."""
    with login("app") as app:
        try:
            with app.transaction():
                app.execute("select ledger_append('fix_evidence', %s, '{}')", [ref])
                app.execute(FIXING, [number, world.person("cora").pk, world.person("cody").pk, ref])
        except psycopg.Error as refused:
            return refused.sqlstate
    return ""


@pytest.mark.parametrize("number", [2, 2_000_000_000, 0, -1])
def test_no_fixing_counts_for_ever(number):
    lead, dana, cora, cody = world.a_lead(), *(world.person(name) for name in ("dana", "cora", "cody"))
    _, ref = add_evidence(by=dana, at=house_now(), lead_ref=lead.ref, item=ItemWanted("fingerprint", "a fingerprint", "Report LP-1"))

    assert fixed_by_sql(ref, number) == "CS011"

    assert fixed_by_sql(ref, 1) == ""
    assert fixed_by_sql(ref, 1) == "CS011"
    read = ReadInDocument("fingerprint", "identity", 1, source_document_seen=True)
    world.must(fix_again(by=cora, second=cody, at=house_now(), item_ref=ref, read=read, because="read again"))
    assert facts.newest_fixing(Evidence.objects.get(ref=ref)).links_to == "identity"


@pytest.mark.parametrize("root", sorted(OUTSIDE_THE_ITEMS))
def test_no_item_is_called_like_a_root(root):
    lead = world.a_lead()
    with login("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute(
            "insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id) "
            "values (%s, %s, %s, 'fingerprint', 'incriminating', 'x', 'x', '', %s)",
            [root, lead.case_id, lead.pk, world.person("dana").pk],
        )


def test_no_case_takes_the_number_of_the_lead_of_another():
    case = world.searched("25-1")
    world.drawn(case, "ada", "ben")
    other = world.searched("25-2", "p013")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": 2})
    ben = world.person("ben")
    looked(ben, case)
    again = [token for token, again in faces.non_mates(ben, case).items() if again]
    answers = {world.tokens(case)["p012"]: sent(scripted(2, "ear"))} | dict.fromkeys(again, sent(scripted(-2, "ear")))
    with login("app") as app, pytest.raises(psycopg.Error) as refused, app.transaction():
        assert app.execute("select conclude(%s, %s, %s, '{}')", [case.ref, ben.pk, json.dumps(answers)]).fetchone() == ([],)
        app.execute("select ledger_append('open_lead', %s, '{}')", [case.ref])
        app.execute(
            "insert into review_lead(candidate_id, case_id, ref) select id, case_id, %s from cases_candidate where case_id = %s and subject_ref = 'p012'",
            [f"{other.ref}-L1", case.pk],
        )
    assert refused.value.sqlstate == "CS011"
    assert world.examined(other, face="p013").state == "LEAD"
