"""Examined again, attacked by a fresh eye: each attack here once got through."""

import threading

import psycopg
import pytest
from django.db import connections

from cases.models import InvestigationLink
from cases.rules.finding import Permit
from ledger.asking import ask_database
from ledger.clock import house_now
from oversight.record_search import Asked, search
from people.appoint import Appointment, appoint
from people.models import Agency
from people.roles import Role
from review import access
from review.access import NotVisible
from review.acts.save_draft import save_draft
from review.acts.sort_reexamination import sort_reexamination
from review.acts.start import start
from review.acts.take_next import take_next
from review.management.commands.demo_setup import BOTH, TESTED
from review.models import Evidence, Lead, ReexaminationResult
from tests import world
from tests.acts.test_examined_again import no_lead
from tests.acts.test_retention import closed, days_later
from tests.acts.test_retention_attacked import destroyed
from tests.acts.test_stepping_back import appointed
from tests.acts.test_turns import lapsed, later
from tests.database import as_owner, login
from tests.examined_again import POOL, a_pool_lends, again_of, examined_again, one_in, taken_again

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HOME = "XX0010000"


@pytest.fixture
def pool():
    """Every joined case is examined again, by Cleo or Remy of the pool."""
    a_pool_lends()
    one_in(1)


# -- who learns of it -------------------------------------------------------------------------------------------------


def test_that_a_turn_lapsed_is_read_by_the_lenders_auditors_alone(pool):
    lead = world.a_lead()
    taken_again(lead.case)
    later(9)
    assert lapsed() == 1
    otto = {"auditor": world.person("otto").pk, "before": None, "at_most": 500}

    assert "reexaminations" not in {entry.about for entry in search(Asked(), ori=HOME, **otto)}
    assert [entry.about for entry in search(Asked(kind="lapse_turn"), ori=POOL, **otto)] == ["reexaminations"]


# -- what an exclusion reaches ----------------------------------------------------------------------------------------


def two_more_reviewers() -> None:
    """Uma and Vic, at home."""
    with as_owner():
        agency = Agency.objects.get(ori=HOME)
        cast = [Appointment(name, name.capitalize(), "Image analysis", (Role.REVIEWER,), BOTH, tested=TESTED) for name in ("uma", "vic")]
        appoint(agency=agency, appointments=cast, passwords={}, on=house_now().date())


def lead_beside(agency_case: str = "25-1", **changes: object) -> Lead:
    """A lead on p012 from a better frame, examined by Uma and Vic."""
    case = world.searched(agency_case, **changes)
    world.drawn(case, "uma", "vic")
    for name in ("uma", "vic"):
        world.sorted_by(case, name, ("p012",))
    for name in ("uma", "vic"):
        world.concluded(case, name, {"p012": 2})
    return Lead.objects.select_related("case", "candidate").get(case=case)


def gate(lead: Lead) -> list[str]:
    return list(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))


def excluded_by_pool(case: object) -> None:
    """Drawn until it is this case that Cleo examines again; she excludes p012."""
    with login("owner") as owner:
        owner.execute("alter table review_reexaminationwaiting disable trigger goes_with_its_result")
        owner.execute("delete from review_reexaminationwaiting where reexamination_id <> %s", [case.pk])  # type: ignore[attr-defined]
    examined_again(case, -2)  # type: ignore[arg-type]


def test_an_exclusion_speaks_for_the_person_of_a_lead_that_stands_next_door(pool):
    """A face that was set aside here may be a lead in the case of a better frame: it is the same person, and the same gate."""
    two_more_reviewers()
    first = no_lead("25-1", "p012")
    lead = lead_beside(repeats_because="A better frame was found")
    assert lead.case.investigation_id == first.investigation_id
    assert "exculpatory_open" not in gate(lead)

    excluded_by_pool(first)

    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")
    assert ReexaminationResult.objects.get(case=first).items == [item.ref]
    assert "exculpatory_open" in gate(lead)


def test_an_exclusion_is_not_outrun_by_a_lead_that_opens_after_it(pool):
    two_more_reviewers()
    first = no_lead("25-1", "p012")
    examined_again(first, -2)
    assert ReexaminationResult.objects.get().items == []

    lead = lead_beside(repeats_because="A better frame was found")

    assert "exculpatory_open" in gate(lead)
    assert Evidence.objects.filter(lead=lead, kind="examined_again").count() == 1


def test_nor_by_an_investigation_that_is_linked_after_it(pool):
    two_more_reviewers()
    first = no_lead("25-1", "p012")
    examined_again(first, -2)
    lead = lead_beside("25-2", face="p014")
    assert not InvestigationLink.objects.exists()
    assert "exculpatory_open" not in gate(lead)

    with login("owner") as owner:
        owner.execute(
            "insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')",
            [first.investigation_id, lead.case.investigation_id],
        )

    assert "exculpatory_open" in gate(lead)


# -- who examined it again does nothing else there --------------------------------------------------------------------


def lent_later(name: str, role: Role) -> None:
    """After the draw: the pool lends this role too, and this person holds it."""
    appointed(name, role)
    with login("owner") as owner:
        owner.execute("update people_agreement set roles = roles || %s::text", [str(role)])


def test_whoever_examines_again_reads_nothing_of_it_by_a_role_lent_later(pool):
    lead = world.a_lead()
    taken_again(lead.case)
    lent_later("cleo", Role.ANALYST)
    cleo, on = world.person("cleo"), house_now().date()

    assert not access.cases_for_reading(cleo, on=on).exists()
    with pytest.raises(NotVisible):
        access.case_for_reading(cleo, lead.case.ref, on=on)
    with login("owner") as owner:
        assert owner.execute("select review_reads(%s, %s)", [cleo.pk, lead.case_id]).fetchone() == (False,)


def test_whoever_examined_again_signs_nothing_of_it(pool):
    lead, ref = world.ready_to_sign()
    examined_again(lead.case, 2)
    lent_later("cleo", Role.SUPERVISOR)

    with pytest.raises(NotVisible):
        world.signed(ref, "cleo")
    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute("select countersign(%s, %s, true, 'I would still act.', '{}', '{}')", [ref, world.person("cleo").pk])
    assert told.value.sqlstate == "CS008", told.value
    world.must(world.signed(ref))


def test_nor_closes_what_he_himself_put_on_file(pool):
    lead, _ = world.ready_to_sign()
    examined_again(lead.case, -2)
    lent_later("cleo", Role.CORROBORATION_OFFICER)
    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")
    said = {"at": house_now(), "item_ref": item.ref, "how": "tested_does_not", "because": "It was another light"}

    with pytest.raises(NotVisible):
        world.close_exculpatory(by=world.person("cleo"), **said)
    with login("owner") as owner, pytest.raises(psycopg.Error) as told:
        owner.execute(
            "insert into review_closing(item_id, by_id, how, because) values (%s, %s, 'tested_does_not', 'another light')",
            [item.pk, world.person("cleo").pk],
        )
    assert told.value.sqlstate == "CS008", told.value
    assert "exculpatory_open" in gate(lead)


# -- that it is never done --------------------------------------------------------------------------------------------


def test_what_was_drawn_is_not_taken_back_from_below_either(pool):
    world.a_lead()
    for change in ("delete from review_reexaminationwaiting", "update review_reexaminationwaiting set lender_id = lender_id"):
        with login("owner") as owner, pytest.raises(psycopg.Error) as told:
            owner.execute(change)
        assert told.value.sqlstate == "CS003", told.value


# -- two at once, and an action that begins ---------------------------------------------------------------------------


def test_two_who_take_the_next_at_once_get_it_once(pool):
    world.a_lead()
    gate_, found = threading.Barrier(2), []

    def takes(name: str) -> None:
        try:
            gate_.wait()
            found.append(take_next(by=world.person(name), at=house_now()))
        finally:
            connections.close_all()

    both = [threading.Thread(target=takes, args=(name,)) for name in ("cleo", "remy")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(found, key=str) == [Lead.objects.get().case.ref, None]


def test_what_was_signed_does_not_start_after_an_exclusion(pool):
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    examined_again(lead.case, -2)

    assert not isinstance(start(by=world.person("dana"), at=house_now(), ref=ref), Permit)
    with login("app") as app:
        (said,) = app.execute("select start(%s, %s, '{}')", [ref, world.person("dana").pk]).fetchone() or ({},)
    assert said["reasons"]


def test_nobody_at_home_closes_it_with_nothing(pool):
    lead, _ = world.ready_to_sign()
    examined_again(lead.case, -2)
    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")
    for name in ("sol", "dana", "ada"):
        with pytest.raises(NotVisible):
            world.close_exculpatory(by=world.person(name), at=house_now(), item_ref=item.ref, how="tested_does_not", because="no")
    for how, because in (("tested_does_not", " "), ("weighed", "we think otherwise"), ("nothing", "so")):
        finding = world.close_exculpatory(by=world.person("cora"), at=house_now(), item_ref=item.ref, how=how, because=because)
        assert not isinstance(finding, Permit), how
    assert "exculpatory_open" in gate(lead)


def test_a_draft_goes_with_the_pictures_and_a_look_is_none_any_more(pool):
    """No word about a face outlives it: an examination again that is under way ends with the case, as any does."""
    case = no_lead()
    again = taken_again(case)
    cleo = world.person("cleo")
    save_draft(by=cleo, at=house_now(), code=again.code, step="sort", based_on=0, given={"a": {"why": "the scar on the brow"}})
    closed(case)
    with days_later(400):
        destroyed(world.again(case))
        assert world.again(case).state == "DESTROYED"
        with login("owner") as owner:
            assert owner.execute("select count(*) from review_reexaminationdraft").fetchone() == (0,)
        assert again_of("cleo").over
        assert "sorting_over" in sort_reexamination(by=cleo, at=house_now(), code=again.code, answers={}).codes
