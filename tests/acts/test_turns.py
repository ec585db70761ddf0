"""A turn goes back to the lot when it lapses, is released unopened or is sent back; a fresh reviewer is drawn, and nothing is half taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import close_old_connections, connection

from cases.images import look
from cases.models import Candidate, Case, Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review import facts
from review.access import NotVisible
from review.acts.conclude import conclude
from review.acts.hold_turn import hold_turn
from review.acts.release_turn import release_turn
from review.acts.send_turn_back import send_turn_back
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.models import Conclusion, Drawn, GivenBack, Sorting
from review.rules import turns
from review.rules.turns import TurnFacts
from tests import world
from tests.database import login
from workers.lapses import lapse_turns

committed = pytest.mark.django_db(transaction=True)
SOUND = TurnFacts("FR-1", drawn=True)


# -- the rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "codes"),
    [
        (SOUND, ()),
        (TurnFacts("FR-1", drawn=False), ("not_drawn",)),
        (TurnFacts("FR-1", drawn=True, recused=True), ("recused",)),
        (TurnFacts("FR-1", drawn=True, went_back=True), ("went_back",)),
        (TurnFacts("FR-1", drawn=True, over=True), ("turn_over",)),
        (TurnFacts("FR-1", drawn=True, recused=True, went_back=True, over=True), ("recused", "went_back", "turn_over")),
    ],
)
def test_a_turn_that_has_ended_is_neither_released_nor_held_nor_sent_back(turn, codes):
    for finding in (
        turns.may_release(turn, opened=False),
        turns.may_hold(turn, held=False, hours=1, most=16),
        turns.may_send_back(turn, took_other_part=False, of_requesters_unit=False, because="ill"),
    ):
        assert getattr(finding, "codes", ()) == codes


def test_each_reason_is_given_at_once():
    assert turns.may_release(SOUND, opened=True).codes == ("turn_opened",)
    assert turns.may_hold(SOUND, held=True, hours=17, most=16).codes == ("held_before", "hold_too_long")
    assert turns.may_hold(SOUND, held=False, hours=0, most=16).codes == ("hold_too_long",)
    said = turns.may_send_back(SOUND, took_other_part=True, of_requesters_unit=True, because=" ")
    assert said.codes == ("took_other_part", "of_requesters_unit", "not_said_why")
    assert turns.may_take("examinations", today=40, most=40).codes == ("day_is_full",)
    assert not hasattr(turns.may_take("examinations", today=39, most=40), "codes")


# -- time -------------------------------------------------------------------------------------------------------------


def later(hours: float) -> None:
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + %s", [timedelta(hours=hours)])


def lapsed() -> int:
    with world.the_machine():
        return lapse_turns()


def how(case: Case) -> list[tuple[str, str]]:
    return list(GivenBack.objects.filter(drawn__case=case).order_by("id").values_list("drawn__reviewer__username", "how"))


def asks(sql: str, *params: object) -> object:
    return ask_database(f"select {sql}", *params)


@committed
def test_a_turn_on_which_nothing_was_done_goes_back_and_a_fresh_reviewer_takes_it():
    case = world.searched()
    world.drawn(case, "ada")
    later(7.9)
    assert lapsed() == 0
    later(0.2)
    assert lapsed() == 1
    assert lapsed() == 0

    assert how(case) == [("ada", "lapsed")]
    assert Entry.objects.filter(kind="lapse_turn", subject=case.ref).count() == 1
    assert take_next(by=world.person("ada"), at=house_now()) is None
    world.drawn(case, "ben")
    assert Drawn.objects.get(case=case, reviewer__username="ben").turn == 1


@committed
def test_whoever_was_too_late_is_told_and_nothing_of_what_he_sent_is_taken():
    case = world.searched()
    world.drawn(case, "ada")
    later(9)
    lapsed()
    ada, answers = world.person("ada"), dict.fromkeys(world.tokens(case).values(), (False, "ears"))

    assert "went_back" in sort_candidates(by=ada, at=house_now(), case_ref=case.ref, answers=answers).codes
    assert "went_back" in conclude(by=ada, at=house_now(), case_ref=case.ref, answers={}).codes
    assert "went_back" in asks("sort_candidates(%s, %s, '{}', '{}')", case.ref, ada.pk)
    assert "went_back" in asks("conclude(%s, %s, '{}', '{}')", case.ref, ada.pk)
    assert not Sorting.objects.exists()


@committed
def test_while_others_sort_the_timer_stands_still_and_starts_anew():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ada", ("p012",))
    assert facts.turn_lapses_at(Drawn.objects.get(reviewer__username="ada")) is None
    later(7)
    world.sorted_by(case, "ben", ())
    later(7)
    assert lapsed() == 0
    later(1.1)
    assert lapsed() == 2

    kept = facts.sorting(case)
    assert kept[0]
    assert len(kept[1]) == 1  # what was locked stays
    world.drawn(case, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.concluded(case, name, {"p012": 2})
    assert world.again(case).state == "LEAD"


@committed
def test_who_has_concluded_keeps_his_turn_and_his_conclusion():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": -3})
    later(9)
    assert lapsed() == 1

    assert how(case) == [("ben", "lapsed")]
    assert Conclusion.objects.get().rating == -3


@committed
def test_a_hold_adds_its_hours_once():
    case = world.searched()
    world.drawn(case, "ada")
    ada = world.person("ada")
    assert hold_turn(by=ada, at=house_now(), case_ref=case.ref, hours=17).codes == ("hold_too_long",)
    assert asks("hold_turn(%s, %s, 17, '{}')", case.ref, ada.pk) == ["hold_too_long"]
    world.must(hold_turn(by=ada, at=house_now(), case_ref=case.ref, hours=16))
    later(23)
    assert lapsed() == 0

    assert hold_turn(by=ada, at=house_now(), case_ref=case.ref, hours=1).codes == ("held_before",)
    assert asks("hold_turn(%s, %s, 1, '{}')", case.ref, ada.pk) == ["held_before"]
    later(1.1)
    assert lapsed() == 1


@committed
def test_of_an_answer_and_the_end_of_the_turn_the_first_counts_and_never_half_of_each():
    for number in range(12):
        case = world.searched(f"25-{number}", f"p{number + 12:03}")
        world.drawn(case, "ada")
        with login("owner") as owner:  # so that only this turn is over
            owner.execute("alter table review_drawn disable trigger user")
            owner.execute("update review_drawn set at = at - interval '9 hours' where case_id = %s", [case.pk])
            owner.execute("alter table review_drawn enable trigger user")
        sends = Thread(target=_apart, args=(lambda case=case: world.sorted_by(case, "ada", ()),))
        gives = Thread(target=_as_worker)
        for each in (gives, sends) if number % 2 else (sends, gives):
            each.start()
        for each in (sends, gives):
            each.join()

        back, said = GivenBack.objects.filter(drawn__case=case).count(), Sorting.objects.filter(candidate__case=case).count()
        assert (back, said) in ((1, 0), (0, Candidate.objects.filter(case=case).count()))


def _apart(do) -> None:
    try:
        do()
    except AssertionError:  # refused: the turn went first
        pass
    finally:
        connection.close()


def _as_worker() -> None:
    with login("worker") as worker:
        while worker.execute("select lapse_turn('{}')").fetchone() == (True,):
            pass
    close_old_connections()


# -- given back by people ------------------------------------------------------------------------------------------------


def opened(case: Case, name: str) -> None:
    image = Candidate.objects.filter(case=case, image__isnull=False).first().image_id
    look(image_id=image, by=world.person(name), purpose="examination")


@committed
def test_a_turn_is_released_before_a_face_of_it_was_opened_and_not_after():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.must(release_turn(by=world.person("ada"), at=house_now(), case_ref=case.ref))
    assert how(case) == [("ada", "released")]
    assert Entry.objects.filter(kind="release_turn", subject=case.ref).count() == 1

    opened(case, "ben")
    assert release_turn(by=world.person("ben"), at=house_now(), case_ref=case.ref).codes == ("turn_opened",)
    assert asks("release_turn(%s, %s, '{}')", case.ref, world.person("ben").pk) == ["turn_opened"]
    assert asks("release_turn(%s, %s, '{}')", case.ref, world.person("cleo").pk) == ["not_drawn"]
    assert asks("release_turn(%s, %s, '{}')", case.ref, world.person("ada").pk) == ["went_back"]
    world.drawn(case, "cleo")
    assert Drawn.objects.get(reviewer__username="cleo").turn == 1


@committed
def test_a_supervisor_outside_the_case_sends_it_back_with_a_reason():
    case = world.searched()
    world.drawn(case, "ada")
    turn, sol = Drawn.objects.get(), world.person("sol")
    send = {"by": sol, "at": house_now(), "turn": turn.pk}
    assert send_turn_back(**send, because=" ").codes == ("not_said_why",)
    for name in ("ada", "dana", "mia", "otto"):
        with pytest.raises(NotVisible):
            send_turn_back(**send | {"by": world.person(name)}, because="ill")
        assert "not_a_supervisor" in asks("send_turn_back(%s, %s, 'x', '{}')", turn.pk, world.person(name).pk)
    rex = send_turn_back(**send | {"by": world.person("rex")}, because="ill")
    assert rex.codes == ("of_requesters_unit",)
    world.must(send_turn_back(**send, because="On sick leave since noon"))

    assert how(case) == [("ada", "sent_back")]
    entry = Entry.objects.get(kind="send_turn_back", subject=case.ref)
    assert b"sick" not in bytes(entry.body)
    assert send_turn_back(**send, because="again").codes == ("went_back",)
    assert asks("send_turn_back(%s, %s, 'x', '{}')", turn.pk, sol.pk) == ["went_back"]


@committed
def test_who_keeps_the_queue_sees_who_and_until_when_and_nothing_of_the_work():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ada", ("p012",))
    seen = {name: asks("count(*) from open_turns(%s)", world.person(name).pk) for name in ("sol", "mia", "ada")}
    assert seen == {"sol": 2, "mia": 2, "ada": 0}
    assert _whole() == (["of_turn", "of_case", "who", "drawn_at", "lapses_at", "held"], 2)


def _whole() -> tuple[list[str], int]:
    with connection.cursor() as cursor:
        cursor.execute("select * from open_turns(%s)", [world.person("sol").pk])
        return [column.name for column in cursor.description], len(cursor.fetchall())


# -- the day --------------------------------------------------------------------------------------------------------------


@contextmanager
def a_day_of(number: int) -> Iterator[None]:
    with login("owner") as owner:
        owner.execute(f"create or replace function turns_a_day() returns integer language sql stable as 'select {number}'")  # type: ignore[call-overload]
    yield


@committed
def test_no_more_is_drawn_than_a_day_allows_and_the_day_is_the_agencys():
    with a_day_of(1):
        first, second = world.searched("25-1"), world.searched("25-2", "p014")
        ada = world.person("ada")
        taken = take_next(by=ada, at=house_now())
        assert taken in (first.ref, second.ref)
        assert take_next(by=ada, at=house_now()) is None
        assert Refused.objects.get(act="take_next").reasons == ["day_is_full"]
        left = second if taken == first.ref else first
        assert asks("draw(%s, %s, 1, 'CODE', '{}')", left.pk, ada.pk) is None

        at_night = house_now().astimezone(ZoneInfo(ada.agency.time_zone))
        later(24 - at_night.hour - at_night.minute / 60 + 0.1)
        assert take_next(by=ada, at=house_now()) == left.ref


# -- from below -------------------------------------------------------------------------------------------------------------


@committed
def test_attacked_from_below_a_turn_ends_only_by_its_functions():
    case = world.searched()
    world.drawn(case, "ada")
    later(9)
    lapsed()
    candidate, ada = f"(select min(id) from cases_candidate where case_id = {case.pk})", world.person("ada").pk
    for who, sql, code in [
        ("app", "select lapse_turn('{}')", "42501"),
        ("worker", f"select release_turn('{case.ref}', {ada}, '{{}}')", "42501"),
        ("worker", "insert into review_givenback(drawn_id, how, because) select id, 'lapsed', '' from review_drawn", "42501"),
        ("app", "insert into review_givenback(drawn_id, how, because) select id, 'lapsed', '' from review_drawn", "42501"),
        ("app", "insert into review_turnhold(drawn_id, hours) select id, 1000 from review_drawn", "42501"),
        ("owner", "delete from review_givenback", "CS003"),
        ("owner", "update review_givenback set how = 'released'", "CS003"),
        (
            "owner",
            f"insert into review_sorting(candidate_id, by_id, kept, reason) values ({candidate}, {ada}, true, 'closer_look')",
            "CS014",
        ),
        ("owner", f"insert into review_conclusion(candidate_id, by_id, rating, grounds) values ({candidate}, {ada}, 3, 'x')", "CS014"),
    ]:
        with login(who) as below, pytest.raises(psycopg.Error) as told:
            below.execute(sql)  # type: ignore[call-overload]
        assert told.value.sqlstate == code, sql
