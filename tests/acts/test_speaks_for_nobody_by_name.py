"""What speaks for a person and was entered on the case, not on a lead: every gate waits until it is closed, and the papers name it."""

import pytest

from cases.rules.act import Act
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from oversight.gatecheck import gatecheck
from review import facts, papers
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.models import Lead
from review.rules import gate
from tests import world
from tests.acts.test_what_an_adviser_is_shown import to_lakeside
from tests.database import login
from tests.oversight import roads
from tests.pages.test_queries import at_home
from tests.world import must, person

pytestmark = pytest.mark.django_db
ALIBI = ItemWanted("location_alibi", "Was at work until midnight", "Time card", exculpatory=True, exculpatory_code="whereabouts")


def on_the_case(ref: str) -> str:
    finding, item = add_evidence(by=person("dana"), at=house_now(), case_ref=ref, item=ALIBI)
    must(finding)
    return str(item)


def closed(item: str, how: str) -> object:
    return close_exculpatory(by=person("cora"), at=house_now(), item_ref=item, how=how, because="The time card is of another man")


def codes(lead: Lead) -> tuple[list[str], set[str]]:
    """What the database's gate says of an arrest, and what Python's says."""
    said = gate.may_act(facts.gate(lead), action="arrest", about=Act.COUNTERSIGN, subject=lead.ref)
    return ask_database("select gate_reasons(%s, 'arrest')", lead.pk), set(getattr(said, "codes", ()))


def test_both_gates_are_shut_until_it_is_closed_and_the_papers_name_it():
    lead, request = roads.ready(1)
    assert codes(lead) == ([], set())
    item = on_the_case(lead.case.ref)
    world.papers_filed(lead)
    database, pages = codes(lead)
    assert set(database) == pages == {"exculpatory_open"}
    assert any("Was at work until midnight (open)" in each.sentence for each in papers.statements(lead))

    refused = closed(item, "tested_excludes")
    assert isinstance(refused, Refusal)
    assert refused.codes == ("on_no_lead",)
    assert codes(lead)[0] == ["exculpatory_open"]

    must(closed(item, "tested_does_not"))
    world.papers_filed(lead)
    assert codes(lead) == ([], set())
    assert any("Was at work until midnight (tested does not)" in each.sentence for each in papers.statements(lead))
    must(world.signed(request))


def test_so_is_one_that_came_before_the_lead_in_another_search_of_the_investigation():
    earlier = world.requested("25-1")
    on_the_case(earlier.ref)
    lead = world.a_lead("25-1", repeats_because="The first picture was too dark")
    database, pages = codes(lead)
    assert "exculpatory_open" in database
    assert "exculpatory_open" in pages


def test_it_makes_no_test_of_the_list():
    lead = world.a_lead()
    on_the_case(lead.case.ref)
    database, pages = codes(lead)
    assert {"exculpatory_open", "exculpatory_untested"} <= set(database) & pages


def test_without_the_face_it_is_asked_as_well():
    lead = world.a_lead()
    before = ask_database("select without_face_reasons(%s, %s)", lead.case_id, lead.pk)
    on_the_case(lead.case.ref)
    assert set(ask_database("select without_face_reasons(%s, %s)", lead.case_id, lead.pk)) == {*before, "exculpatory_open"}


def linked(one: int, other: int) -> None:
    with login("owner") as owner:
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", sorted([one, other]))


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
def test_papers_that_were_written_before_a_link_leave_out_what_it_brought():
    other = world.requested("25-9", "p014")
    must(closed(on_the_case(other.ref), "tested_does_not"))
    lead, request = roads.ready(1)
    linked(lead.case.investigation_id, other.investigation_id)
    refused = world.signed(request)
    assert refused.codes == ("papers_stale",)
    assert gatecheck(using="auditor").wrong == ()
    world.papers_filed(lead)
    must(world.signed(world.asked(lead)))
    assert gatecheck(using="auditor").wrong == ()


@pytest.mark.django_db(transaction=True)
def test_of_another_agencys_item_the_papers_say_how_it_stands_and_none_of_its_words():
    other = world.requested("25-9", "p014")
    on_the_case(other.ref)
    lead, _ = roads.ready(1)
    to_lakeside(other, lead)
    said = "".join(each.sentence for each in papers.statements(lead))
    assert "an item of another agency (open)" in said
    assert "Was at work until midnight" not in said
    assert "exculpatory_open" in codes(lead)[0]


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
def test_the_re_check_derives_the_same():
    lead, request = roads.ready(1)
    on_the_case(lead.case.ref)
    world.papers_filed(lead)
    refused = world.signed(request)
    assert "exculpatory_open" in getattr(refused, "codes", ())
    assert gatecheck(using="auditor").wrong == ()
    with login("owner") as owner:
        for trigger in ("user", "stays_as_it_is"):
            owner.execute(f"alter table review_evidence disable trigger {trigger}")
        owner.execute("update review_evidence set lead_id = null, direction = 'incriminating' where description like 'Was at work%'")
    assert [wrong.ref for wrong in gatecheck(using="auditor").wrong] == [request]


# who decides on a lead, or acts on it, and where
PAGES = {
    "a detective": ("dana", "/cases/{case}"),
    "an auditor": ("otto", "/cases/{case}"),
    "a signer": ("sol", "/countersignatures/{request}"),
    "a prosecutor": ("pia", "/prosecution/leads/{lead}"),
    "a legal adviser": ("lea", "/leads/{lead}/legal-view"),
}


def shown(to: str, lead: Lead, request: str) -> str:
    who, path = PAGES[to]
    page = at_home(who).get(path.format(case=lead.case.ref, request=request, lead=lead.ref))
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("to", PAGES)
def test_whoever_decides_on_a_lead_is_shown_it_and_how_it_stands(to):
    lead, request = roads.ready(1)
    item = on_the_case(lead.case.ref)
    page = shown(to, lead, request)
    assert "is on no lead" in page
    for said in ("Was at work until midnight", item, "Waits on the corroboration desk of the agency of this case"):
        assert said in page

    must(closed(item, "impossible"))
    page = shown(to, lead, request)
    for said in ("Was at work until midnight", item, "Cannot be tested, because: The time card is of another man"):
        assert said in page
    assert "Waits on the corroboration desk" not in page


DESK = "Waits on the corroboration desk of that agency, which alone can close it."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["", "impossible"])
@pytest.mark.parametrize("to", PAGES)
def test_of_another_agencys_item_they_are_shown_how_it_stands_and_on_whose_desk_it_waits(to, how):
    other = world.requested("25-9", "p014")
    item = on_the_case(other.ref)
    if how:
        must(closed(item, how))
    lead, request = roads.ready(1)
    to_lakeside(other, lead)
    page = shown(to, lead, request)
    assert "An item of another agency" in page
    assert (DESK in page, "Cannot be tested." in page) == (not how, bool(how))
    for untold in ("Was at work until midnight", "Time card", item, "The time card is of another man", "Lakeside"):
        assert untold not in page


@pytest.mark.django_db(transaction=True)
def test_where_nothing_else_speaks_for_the_person_a_signer_is_not_told_that_nothing_is_on_file():
    lead = world.a_lead()
    request = world.asked(lead)
    assert "Nothing is on file. That nobody looked" in shown("a signer", lead, request)

    on_the_case(lead.case.ref)
    page = shown("a signer", lead, request)
    assert "Nothing is on file on this lead. That nobody looked" in page
    assert "Was at work until midnight" in page


@pytest.mark.django_db(transaction=True)
def test_a_signer_is_shown_it_once_more_before_he_records_his_answer():
    lead, request = roads.ready(1)
    item = on_the_case(lead.case.ref)
    said = {"answer": "sign", "sentence": "The print on the till is his, and the till was opened at night"}
    page = at_home("sol").post(f"/countersignatures/{request}", said).content.decode()
    assert "Check your answer" in page
    assert item in page
    assert "Was at work until midnight" in page


@pytest.mark.django_db(transaction=True)
def test_a_case_counts_it_among_what_is_open_for_the_person():
    lead, request = roads.ready(1)
    assert "0 open" in shown("a detective", lead, request)
    on_the_case(lead.case.ref)
    assert "1 open" in shown("a detective", lead, request)
