"""Who is drawn for what: nothing that a reviewer may not have hides what he may, and an agreement that ended lends nobody."""

import pytest

from cases.models import Case
from ledger.clock import house_now
from people.models import Agency
from review import access
from review.acts import take_next as act
from review.models import Drawn
from tests import world
from tests.database import login
from tests.units import employed, moved

pytestmark = pytest.mark.django_db(transaction=True)


def of_another_unit(case: Case) -> None:
    """Have the owner rewrite who asked for a case: a detective of Major crimes."""
    with login("owner") as owner:
        owner.execute(
            "insert into people_person(username, password, mail, display_name, agency_id, unit_id, is_active) "
            "select 'dee', 'x', '', 'Det. Dee', agency_id, unit_id, true from people_person where username = 'sol'"
        )
        for table, column in (("cases_case", "requested_by_id"), ("cases_searchrequest", "by_id")):
            key = "id" if table == "cases_case" else "case_id"
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(
                f"update {table} set {column} = (select id from people_person where username = 'dee') where {key} = %s", [case.pk]
            )
            owner.execute(f"alter table {table} enable trigger user")
        owner.execute("select note_waiting(%s)", [case.investigation_id])


def test_cases_of_his_own_unit_do_not_hide_a_later_one(monkeypatch):
    world.searched("25-1", "p012")
    later = world.searched("25-2", "p014")
    of_another_unit(later)
    moved("ada", "Robbery")
    monkeypatch.setattr(act, "LOOK_AT", 1)

    assert world.take_next(by=world.person("ada"), at=house_now()) == later.ref


def test_an_agreement_that_ended_lends_no_reviewer():
    world.searched("25-1")
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('XX0020000', 'Regional pool', 'UTC')")
        employed(owner, "XX0020000", "Examiners", "cleo")
        owner.execute(
            "insert into people_agreement(lender_id, borrower_id, roles, from_on, until_on, terms) "
            "select l.id, b.id, '{reviewer}', current_date - 9, current_date - 2, 'pool' from people_agency l, people_agency b "
            "where l.ori = 'XX0020000' and b.ori = 'XX0010000'"
        )
    assert Agency.objects.count() == 2

    assert world.take_next(by=world.person("cleo"), at=house_now()) is None


def test_a_code_opens_the_examination_of_its_reviewer_alone():
    case = world.searched("25-1")
    world.drawn(case, "ada", "ben")
    hers = Drawn.objects.get(case=case, reviewer__username="ada")
    today = house_now().date()

    assert access.drawn_for(world.person("ada"), access.examination_code(hers), on=today) == hers
    with pytest.raises(access.NotVisible):
        access.drawn_for(world.person("ben"), access.examination_code(hers), on=today)
