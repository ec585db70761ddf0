"""Measured accuracy lets a reviewer work, and a certificate alone does not: the rule, the draw, and the database's own count."""

from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest

from cases.models import Refused
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from people.appoint import Appointment, appoint, record_test
from people.measuring import Answer, may_review, shown_below
from people.models import Agency
from people.roles import Role
from review import faces, facts
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.replay.forms import looked
from review.rules.feature_form import CLOSER_LOOK
from tests import world
from tests.database import as_owner, login

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

TRAINED = ("face_comparison", "bias")


def answers(*, strangers: int, supported: int, mates: int = 40) -> list[tuple[bool, Answer]]:
    said = [(False, Answer.SUPPORTS)] * supported + [(False, Answer.EXCLUDES)] * (strangers - supported)
    return said + [(True, Answer.SUPPORTS)] * mates


def newcomer(tested: Sequence[tuple[bool, Answer]] = ()) -> None:
    with as_owner():
        who = Appointment("nia", "Nia Holm", "Regional pool", (Role.REVIEWER,), TRAINED, tested=tuple(tested))
        appoint(agency=Agency.objects.get(), appointments=[who], passwords={}, on=house_now().date())


def took_test(name: str, test: str, said: list[tuple[bool, Answer]]) -> None:
    with as_owner():
        record_test(person=world.person(name), test=test, answers=[(f"{test} {number}", *each) for number, each in enumerate(said)])


def admitted(name: str) -> bool:
    """Ask the database and the rule: they always say the same."""
    today, who = house_now().date(), world.person(name)
    said = ask_database("select person_admitted(%s, %s)", who.pk, today)
    assert said == may_review(facts.trials_counted(who, on=today))
    return bool(said)


def test_a_certificate_alone_unlocks_nothing():
    newcomer()
    case = world.searched()

    assert not admitted("nia")
    assert take_next(by=world.person("nia"), at=house_now()) is None
    took_test("nia", "first", answers(strangers=60, supported=1))
    assert admitted("nia")
    assert take_next(by=world.person("nia"), at=house_now()) == case.ref


@pytest.mark.parametrize(
    ("strangers", "supported", "mates", "enough"),
    [
        (60, 1, 40, True),
        (59, 0, 40, False),
        (60, 0, 39, False),
        (60, 2, 40, False),
        (61, 2, 40, True),
        (76, 3, 40, True),
        (75, 3, 40, False),
    ],
)
def test_the_stated_sizes(strangers, supported, mates, enough):
    newcomer(answers(strangers=strangers, supported=supported, mates=mates))
    assert admitted("nia") is enough


def test_who_falls_behind_is_suspended_in_the_middle_of_his_work():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ben", ("p012",))
    took_test("ada", "later", [(False, Answer.SUPPORTS)] * 8)
    said = dict.fromkeys([*world.tokens(case).values(), *faces.non_mates(world.person("ada"), case)], (True, CLOSER_LOOK))

    looked(world.person("ada"), case)
    finding = sort_candidates(by=world.person("ada"), at=house_now(), case_ref=case.ref, answers=said)
    assert isinstance(finding, Refusal)
    assert finding.codes == ("not_admitted",)
    assert Refused.objects.filter(case=case, reasons=["not_admitted"]).count() == 1
    assert ask_database("select sort_candidates(%s, %s, '{}', '{}')", case.ref, world.person("ada").pk)[0] == "not_admitted"
    world.searched("25-2", "p013")
    assert take_next(by=world.person("ada"), at=house_now()) is None


def test_old_trials_count_no_longer():
    newcomer(answers(strangers=100, supported=0))
    who, today = world.person("nia"), house_now().date()
    for days, still in ((0, True), (365, True), (366, False)):
        day = today + timedelta(days=days)
        assert ask_database("select person_admitted(%s, %s)", who.pk, day) is still
        assert may_review(facts.trials_counted(who, on=day)) is still


@pytest.mark.parametrize("name", ["app", "intake", "worker", "auditor"])
def test_no_running_process_writes_a_trial(name):
    newcomer()
    for attempt in (
        "insert into people_trial(person_id, source, case_key, mated, answer) select id, 'test', 'x', true, 'supports' from people_person limit 1",
        "update people_trial set answer = 'excludes'",
        "delete from people_trial",
    ):
        with login(name) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
            process.execute(attempt)
    with login("owner") as owner, pytest.raises(psycopg.Error, match="stay as they are"):
        owner.execute("update people_trial set answer = 'excludes'")


def test_rule_and_database_sum_the_same():
    """Over every size at which somebody may stand, and far beyond, where powers would vanish."""
    with as_owner():
        for trials in (*range(1, 200, 7), 300, 1000, 20_000):
            for errors in {0, 1, 2, 3, trials // 20, trials // 10, trials // 2, trials}:
                for limit in (0.05, 0.10):
                    said = ask_database("select shown_below(%s, %s, %s::float8)", errors, trials, limit)
                    assert said == shown_below(errors, trials, limit), (errors, trials, limit)
