"""Nobody gains or loses his independence by a move: whoever was of a unit that asked, since it asked, counts as of it, and what was decided stays decided."""

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connections

from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from oversight.gatecheck import gatecheck, one_picture
from oversight.reading import People, _stays, files_of, rows_of
from oversight.rederiving import Picture, reasons
from people.models import Person
from people.roles import Role
from review import faces, facts
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.conclude import conclude
from review.acts.send_turn_back import send_turn_back
from review.acts.start import start
from review.models import Countersignature, Drawn
from review.replay.forms import scripted
from review.rules.gate import ask_gate
from tests import world
from tests.acts.test_stepping_back import appointed
from tests.acts.test_turns import lapsed, later
from tests.database import login
from tests.units import STAY, moved, while_moved

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
HOME, SIGNERS, EXAMINERS, ELSEWHERE = "Robbery", "Major crimes", "Image analysis", "Night desk"


def database_says(ref: str, name: str) -> list[str]:
    """What the database answers to a signature past the program."""
    with login("app") as app, app.transaction(force_rollback=True):
        said = app.execute("select countersign(%s, %s, true, 'I would', '{}', '{}')", [ref, world.person(name).pk]).fetchone()
    assert said
    return list(said[0]["reasons"])


def refused_as_of_the_unit(ref: str, name: str) -> None:
    finding = world.signed(ref, by=name)
    assert isinstance(finding, Refusal)
    assert finding.codes == ("signer_of_the_unit",)
    assert database_says(ref, name) == ["signer_of_the_unit"]
    assert Countersignature.objects.get(ref=ref).state == "ASKED"


def waits_for(name: str) -> list[int]:
    return [case for (case,) in connections["default"].cursor().execute("select waiting_for(%s, 50)", [world.person(name).pk])]


def three_gates(lead) -> list[set[str]]:
    """What the pages, the database and the re-check answer for an arrest."""
    pages = {reason.code for answer in ask_gate(facts.gate(lead), action="arrest") for reason in answer.reasons}
    database = set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))
    with one_picture("auditor") as cursor:
        file = files_of(cursor, {lead.case.investigation_id})[lead.case.investigation_id]
        case = next(each for each in file.cases if each.id == lead.case_id)
        again = reasons(Picture(file, case, house_now()), next(each for each in file.rows["leads"] if each.id == lead.pk), "arrest")
    return [pages, database, set(again)]


def nothing_is_wrong() -> None:
    found = gatecheck(using="auditor")
    assert not found.wrong, found.wrong
    assert found.checked


# ---- whoever signs


def test_a_signer_who_left_the_unit_that_asked_signs_nothing_that_it_had_asked():
    _, ref = world.ready_to_sign()
    moved("rex", SIGNERS)

    refused_as_of_the_unit(ref, "rex")
    world.must(world.signed(ref))
    nothing_is_wrong()


def test_a_signer_who_was_there_for_a_while_only_does_not_sign_either():
    _, ref = world.ready_to_sign()
    moved("sol", HOME)
    moved("sol", ELSEWHERE)

    refused_as_of_the_unit(ref, "sol")


def test_a_signer_who_left_before_they_asked_signs():
    moved("rex", SIGNERS)
    _, ref = world.ready_to_sign()

    world.must(world.signed(ref, by="rex"))
    nothing_is_wrong()


def test_a_detective_who_moves_into_the_signers_unit_bars_it_and_does_not_free_his_own():
    _, ref = world.ready_to_sign()
    moved("dana", SIGNERS)

    refused_as_of_the_unit(ref, "sol")
    refused_as_of_the_unit(ref, "rex")
    moved("dana", ELSEWHERE)
    refused_as_of_the_unit(ref, "sol")
    refused_as_of_the_unit(ref, "rex")
    appointed("cody", Role.SUPERVISOR)
    moved("cody", "Patrol")
    world.must(world.signed(ref, by="cody"))
    nothing_is_wrong()


def test_a_signer_who_comes_to_where_the_detective_was_is_barred_though_they_never_met():
    _, ref = world.ready_to_sign()
    moved("dana", ELSEWHERE)
    moved("sol", HOME)

    refused_as_of_the_unit(ref, "sol")


def test_a_detective_who_moved_before_he_asked_asks_from_where_he_is():
    moved("dana", SIGNERS)
    _, ref = world.ready_to_sign()

    refused_as_of_the_unit(ref, "sol")
    world.must(world.signed(ref, by="rex"))
    nothing_is_wrong()


def test_whoever_sends_a_turn_back_is_asked_the_same():
    case = world.searched()
    world.drawn(case, "ada")
    turn = Drawn.objects.get()
    moved("rex", SIGNERS)

    assert send_turn_back(by=world.person("rex"), at=house_now(), turn=turn.pk, because="ill").codes == ("of_requesters_unit",)
    assert ask_database("select send_turn_back(%s, %s, 'ill', '{}')", turn.pk, world.person("rex").pk) == ["of_requesters_unit"]
    world.must(send_turn_back(by=world.person("sol"), at=house_now(), turn=turn.pk, because="ill"))


# ---- whoever examines


@pytest.mark.parametrize(
    "moves",
    [[("ada", HOME)], [("ada", HOME), ("ada", EXAMINERS)], [("dana", EXAMINERS)], [("dana", EXAMINERS), ("dana", HOME)]],
    ids=["into the unit", "there and back", "a detective comes", "a detective comes and goes"],
)
def test_a_reviewer_who_was_drawn_concludes_no_more_and_his_turn_goes_back_to_the_lot(moves):
    case = world.searched()
    world.drawn(case, "ada", "cleo")
    world.sorted_by(case, "ada", ("p012",))
    world.sorted_by(case, "cleo", ("p012",))
    for name, unit in moves:
        moved(name, unit)

    with pytest.raises(AssertionError, match="of_requesters_unit"):
        world.concluded(case, "ada", {"p012": 2})
    with login("app") as app:
        said = app.execute("select conclude(%s, %s, '{}', '{}')", [case.ref, world.person("ada").pk]).fetchone()
        assert said
        assert "of_requesters_unit" in said[0]
    world.must(world.concluded(case, "cleo", {"p012": 2}))
    later(8.1)
    assert lapsed() == 1
    assert case.pk in waits_for("remy")
    assert case.pk not in waits_for("ada")
    assert case.pk not in waits_for("ben") or moves[0][0] == "ada"


def test_what_waits_shows_him_nothing_that_his_unit_asked_since_he_came_or_before_he_left():
    before = world.searched("25-1")
    moved("ada", HOME)
    moved("remy", HOME)
    moved("remy", "Regional pool")
    after = world.searched("25-2", "p014")

    assert waits_for("ben") == [before.pk, after.pk]
    assert waits_for("ada") == []
    assert waits_for("remy") == [after.pk]
    assert world.take_next(by=world.person("ada"), at=house_now()) is None
    assert world.take_next(by=world.person("remy"), at=house_now()) == after.ref


def test_cases_of_a_detective_who_came_into_his_unit_wait_for_others():
    case = world.searched()
    moved("dana", EXAMINERS)

    assert waits_for("ben") == []
    assert waits_for("cleo") == [case.pk]
    moved("dana", HOME)
    assert waits_for("ben") == []
    later = world.searched("25-2", "p014")
    assert waits_for("ben") == [later.pk]


# ---- what was decided


@pytest.mark.parametrize(
    "moves",
    [
        [("sol", HOME)],
        [("dana", SIGNERS)],
        [("ada", HOME), ("ben", HOME)],
        [("dana", EXAMINERS)],
        [("dana", EXAMINERS), ("dana", SIGNERS), ("sol", HOME), ("sol", SIGNERS), ("ada", HOME), ("rex", SIGNERS)],
    ],
    ids=["the signer", "the detective to the signer", "the reviewers", "the detective to the reviewers", "everybody"],
)
def test_a_signature_of_the_past_stays_what_it_was(moves):
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    for name, unit in moves:
        moved(name, unit)

    assert three_gates(lead) == [set(), set(), set()]
    assert ask_database("select countersignature_holds(%s)", ref)
    nothing_is_wrong()
    world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    nothing_is_wrong()


def test_a_refusal_of_the_past_stays_what_it_was():
    lead = world.a_lead()
    ref = world.asked(lead)
    finding = world.signed(ref)
    assert isinstance(finding, Refusal)
    for name, unit in (("dana", EXAMINERS), ("ada", HOME), ("sol", HOME)):
        moved(name, unit)

    nothing_is_wrong()


def asks_too(name: str, lead) -> None:
    """A second detective takes part in the investigation of a lead."""
    appointed(name, Role.DETECTIVE)
    item = ItemWanted("other", "A note", "Note 4", exculpatory=False)
    world.must(add_evidence(by=world.person(name), at=house_now(), lead_ref=lead.ref, item=item)[0])


@pytest.mark.parametrize(
    ("before", "after", "apart"),
    [
        ([("mia", EXAMINERS)], [], False),
        ([("mia", EXAMINERS)], [("mia", ELSEWHERE), ("ada", ELSEWHERE), ("ben", ELSEWHERE)], False),
        ([("mia", EXAMINERS), ("ada", ELSEWHERE), ("ben", ELSEWHERE)], [], False),
        ([("mia", EXAMINERS), ("mia", ELSEWHERE)], [], True),
        ([("ada", "Records"), ("ben", "Records")], [], True),
    ],
    ids=["of their unit", "and all go", "after they had gone", "who had gone before", "they come to him"],
)
def test_a_detective_who_asks_after_they_concluded_counts_with_his_unit_of_then(before, after, apart):
    lead = world.a_lead()
    for name, unit in before:
        moved(name, unit)
    asks_too("mia", lead)
    for name, unit in after:
        moved(name, unit)

    found = three_gates(lead)
    assert found[0] == found[1] == found[2]
    assert ("reviewer_not_apart" not in found[0]) == apart


def test_the_recheck_finds_a_signature_of_somebody_who_had_left_the_unit_meanwhile():
    _, ref = world.ready_to_sign()
    moved("rex", SIGNERS)
    world.must(world.signed(ref))
    with login("owner") as owner:
        owner.execute("alter table review_decision disable trigger user")
        owner.execute("update review_decision set by_id = (select id from people_person where username = 'rex')")
        owner.execute("alter table review_decision enable trigger user")

    found = {finding.code for each in gatecheck(using="auditor").wrong for finding in each.findings}
    assert "signer_of_the_unit" in found


# ---- both derivations


def test_database_and_recheck_answer_alike_of_any_two_histories():
    ids = {name: world.person(name).pk for name in ("rex", "dana")}
    rng, began = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    differ, of_one = [], 0
    with login("owner") as owner:
        units = [unit for (unit,) in owner.execute("select id from people_unit order by id limit 4").fetchall()]
        for trigger in ("a_stay_follows", "a_stay_is_where_he_is", "stays_as_it_is"):
            owner.execute(f"alter table people_unitheld disable trigger {trigger}")
        try:
            for _ in range(60):
                owner.execute("delete from people_unitheld where person_id = any (%s)", [list(ids.values())])
                for person in ids.values():
                    for hour in sorted(rng.sample(range(24), rng.randint(1, 4))):
                        owner.execute(
                            "insert into people_unitheld(person_id, unit_id, from_at) values (%s, %s, %s)",
                            [person, rng.choice(units), began + timedelta(hours=hour)],
                        )
                with one_picture("auditor") as cursor:
                    rows = rows_of(cursor, "select person_id, unit_id, from_at from people_unitheld order by person_id, from_at")
                people = People({who: _stays([row for row in rows if row.person_id == who]) for who in ids.values()}, {}, {})
                for _ in range(20):
                    asked, acted = (began + timedelta(hours=rng.randint(-1, 24)) for _ in range(2))
                    found = bool(people.units(ids["rex"], min(asked, acted), acted) & people.units(ids["dana"], asked, max(asked, acted)))
                    said = owner.execute("select were_of_one_unit(%s, %s, %s, %s)", [ids["rex"], ids["dana"], asked, acted]).fetchone()
                    of_one += found
                    differ += [(asked, acted)] if said != (found,) else []
        finally:
            for trigger in ("a_stay_follows", "a_stay_is_where_he_is", "stays_as_it_is"):
                owner.execute(f"alter table people_unitheld enable always trigger {trigger}")
    assert not differ
    assert 200 < of_one < 1000


# ---- at the same time


ACTS = {
    "signing": "select countersign(%(ref)s, %(sol)s, true, 'I would', '{}', '{}')",
    "starting": "select start(%(ref)s, %(dana)s, '{}')",
    "concluding": "select conclude(%(case)s, %(ada)s, '{}', '{}')",
    "sorting": "select sort_candidates(%(case)s, %(ada)s, '{}', '{}')",
    "sending a turn back": "select send_turn_back(1, %(sol)s, 'ill', '{}')",
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_move_waits_for_the_act_that_is_under_way_and_an_act_for_the_move(act):
    lead, ref = world.ready_to_sign()
    said = {"ref": ref, "case": lead.case.ref, **{name: world.person(name).pk for name in ("sol", "dana", "ada")}}
    for first, second in (("app", "owner"), ("owner", "app")):
        does = {"app": (act, said), "owner": (STAY, ["sol", HOME])}
        with login(first) as one, login(second) as other, one.transaction(force_rollback=True):
            one.execute(*does[first])
            other.execute("set lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(*does[second])
    assert Person.objects.get(username="sol").unit.name == SIGNERS


def test_who_requests_meanwhile_waits_for_nobody():
    """Intake and requests are not held up by an administrator."""
    with login("owner") as owner, owner.transaction(force_rollback=True):
        owner.execute(STAY, ["sol", HOME])
        assert world.requested("25-1").ref


def test_who_is_moved_while_he_concludes_is_told_the_rule():
    """Python asks after the move, as the database does: he is refused with the reason, and nobody has to try twice."""
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    ada = world.person("ada")
    world.looked(ada, case)
    answers = {world.tokens(case)["p012"]: scripted(2, "ear and brow")}
    answers |= {token: scripted(-2, "ear and jaw") for token, again in faces.non_mates(ada, case).items() if again}

    finding = while_moved("ada", HOME, lambda: conclude(by=ada, at=house_now(), case_ref=case.ref, answers=answers))

    assert isinstance(finding, Refusal), finding
    assert finding.codes == ("of_requesters_unit",)
