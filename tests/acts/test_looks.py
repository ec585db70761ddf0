"""A step is locked once each face was shown and had its time: by the rule, and by the database; a break is advised, never enforced."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

import pytest

from cases.models import Case, Refused
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.clock import house_now
from review import access, faces, facts
from review.acts.conclude import conclude
from review.acts.sort_candidates import sort_candidates
from review.models import Conclusion, Drawn, Sorting
from review.replay.forms import looked, scripted
from review.rules.examination import Looks
from tests import world
from tests.database import login
from tests.pages.signing import signed_in

committed = pytest.mark.django_db(transaction=True)
KEPT = "p012"


def later(**by: float) -> None:
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + %s", [timedelta(**by)])


@contextmanager
def real_faces() -> Iterator[None]:
    """Take the label of a demonstration from every picture on file: what a real agency holds."""
    with login("owner") as owner:
        owner.execute("alter table cases_storedimage disable trigger user")
        owner.execute("update cases_storedimage set demo = false")
        owner.execute("alter table cases_storedimage enable always trigger stays_as_it_is")
    yield


def sorting(case: Case, name: str = "ada") -> Finding:
    said = {token: (ref == KEPT, "closer_look" if ref == KEPT else "ears") for ref, token in world.tokens(case).items()}
    said |= dict.fromkeys(faces.non_mates(world.person(name), case), (False, "chin"))
    return sort_candidates(by=world.person(name), at=house_now(), case_ref=case.ref, answers=said)


def conclusion(case: Case, name: str = "ada") -> Finding:
    said = {world.tokens(case)[KEPT]: scripted(2, "ear")}
    said |= {token: scripted(-2, "ear") for token, again in faces.non_mates(world.person(name), case).items() if again}
    return conclude(by=world.person(name), at=house_now(), case_ref=case.ref, answers=said)


def in_sql(function: str, case: Case, body: object, name: str = "ada") -> list[str]:
    return list(ask_database(f"select {function}(%s, %s, %s::jsonb, '{{}}')", case.ref, world.person(name).pk, json.dumps(body)))


def test_what_is_lacking_is_said_with_its_number():
    assert not Looks().reasons()
    assert [str(reason).partition(" (")[2] for reason in Looks(3, 41).reasons()] == ["faces: 3)", "seconds left: 41)"]


@pytest.mark.django_db
def test_no_step_is_locked_before_each_of_its_faces_was_shown_since_it_opened():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    number = len(faces.among(world.person("ada"), case, kept=frozenset()))

    refused = sorting(case)
    assert refused.codes == ("not_looked",)
    assert dict(refused.reasons[0].numbers) == {"faces": number}
    assert Refused.objects.get(case=case).reasons == ["not_looked"]
    body = {token: {"kept": False, "reason": "ears"} for token in world.tokens(case).values()}
    body |= {token: {"kept": False, "reason": "ears"} for token in faces.non_mates(world.person("ada"), case)}
    assert in_sql("sort_candidates", case, body) == ["not_looked"]
    looked(world.person("ben"), case)
    assert sorting(case).codes == ("not_looked",)
    assert not Sorting.objects.exists()

    looked(world.person("ada"), case)
    assert isinstance(sorting(case), Permit)
    world.sorted_by(case, "ben", (KEPT,))
    assert conclusion(case).codes == ("not_looked",)
    shown = [face.token for face in faces.among(world.person("ada"), case, kept=facts.sorting(case)[1]) if face.one_to_one]
    forms = {token: {**asdict(scripted(-2, "ear")), "limits": []} for token in shown}
    assert in_sql("conclude", case, forms) == ["not_looked"]
    assert not Conclusion.objects.exists()
    looked(world.person("ada"), case)
    assert isinstance(conclusion(case), Permit)


@pytest.mark.django_db
def test_nothing_tells_a_reviewer_what_others_kept_before_it_is_settled():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ben", (KEPT,))

    assert facts.looks(world.person("ada"), case, one_to_one=True) == Looks()


@committed
def test_real_faces_take_five_seconds_each_from_the_first_look_in_both_steps():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    with real_faces():
        ada, number = world.person("ada"), len(faces.among(world.person("ada"), case, kept=frozenset()))
        looked(ada, case)
        refused = sorting(case)
        assert refused.codes == ("too_soon",)
        assert 5 * number - 2 <= dict(refused.reasons[0].numbers)["seconds_left"] <= 5 * number
        body = {token: {"kept": False, "reason": "ears"} for token in world.tokens(case).values()}
        body |= {token: {"kept": False, "reason": "ears"} for token in faces.non_mates(ada, case)}
        assert in_sql("sort_candidates", case, body) == ["too_soon"]
        later(seconds=5 * number)
        assert isinstance(sorting(case), Permit)
        looked(world.person("ben"), case)
        later(seconds=5 * number)
        assert isinstance(sorting(case, "ben"), Permit)

        later(hours=1)
        looked(ada, case)
        assert conclusion(case).codes == ("too_soon",)
        later(seconds=15)
        assert isinstance(conclusion(case), Permit)


@committed
def test_the_policy_lengthens_the_time_and_never_takes_it_away():
    def seconds(number: int) -> int:
        with login("owner") as owner:
            owner.execute("delete from cases_policynumber where name = 'look_seconds'")
            owner.execute(
                "insert into cases_policynumber(policy_id, name, value, citation) select policy_in_force(), 'look_seconds', %s, 'x'",
                [number],
            )
            return int((owner.execute("select look_seconds()").fetchone() or (0,))[0])

    with login("owner") as owner:
        owner.execute("alter table cases_policynumber disable trigger user")
        assert owner.execute("select look_seconds(), break_after_minutes()").fetchone() == (5, 50)
    assert [seconds(number) for number in (20, 0, -3)] == [20, 1, 1]


# -- the break --------------------------------------------------------------------------------------------------------


def works(minutes: int, *, pause_before_the_last: int = 0) -> None:
    """Let Ada look at a face every five minutes."""
    case = Case.objects.get()
    for minute in range(0, minutes + 1, 5):
        looked(world.person("ada"), case)
        later(minutes=5 if minute < minutes else pause_before_the_last)


@committed
@pytest.mark.parametrize(("minutes", "due"), [(45, None), (50, 50)])
def test_after_fifty_minutes_without_a_pause_a_break_is_due(minutes, due):
    world.drawn(world.searched(), "ada")
    works(minutes)

    assert facts.break_is_due(world.person("ada").pk) == due
    assert facts.break_is_due(world.person("ben").pk) is None


@committed
def test_a_pause_of_more_than_ten_minutes_is_a_break():
    world.drawn(world.searched(), "ada")
    works(50, pause_before_the_last=11)
    assert facts.break_is_due(world.person("ada").pk) is None
    works(30)
    assert facts.break_is_due(world.person("ada").pk) is None
    works(15)
    assert facts.break_is_due(world.person("ada").pk) is None
    works(5)
    assert facts.break_is_due(world.person("ada").pk) == 50


@committed
def test_the_page_says_so_in_one_quiet_line_and_nothing_is_shut():
    case = world.searched()
    world.drawn(case, "ada")
    client = signed_in("ada")
    address = f"/examinations/{access.examination_code(Drawn.objects.get(case=case))}"
    line = "You have examined for 50 minutes; a break is due."
    assert line not in client.get(address).content.decode()
    works(50)
    assert line in client.get(address).content.decode()
    assert isinstance(sorting(case), Permit)
