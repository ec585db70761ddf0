"""An administrator enters agencies and people by command: what he enters is what the acts ask for, it stands in the record, and no other login can."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from cases.rules.finding import Permit
from ledger.clock import house_now
from ledger.models import Entry
from oversight.gatecheck import gatecheck
from oversight.record_search import Asked, search
from people import appoint as entering
from people.management.commands import people as command
from people.models import Agency, Agreement, Person, RoleHeld, Training, Trial, Unit, UnitHeld
from people.roles import Role
from review import access
from review.acts.confirm_offence import confirm_offence
from review.acts.take_next import take_next
from tests import world
from tests.database import as_owner, login, waiting
from tests.pages.signing import code_of, enrolled, signed_in, try_code, try_password

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
HOME = "XX0010000"
STAFF = """
new_units = ["Second floor"]

[[person]]
username = "dee.marsh"
name = "Dee Marsh"
unit = "Second floor"
roles = ["reviewer", "analyst"]
mail = "dee@police.example"

[[person.training]]
subject = "face_comparison"
passed = {passed}
until = {until}
certificate = "No. 12"

[[person.training]]
subject = "bias"
passed = {passed}
until = {until}
certificate = "No. 13"

[[person]]
username = "kim"
name = "Det. Kim Soto"
unit = "Robbery"
roles = ["detective"]
"""
EVA = """
[[person]]
username = "eva"
name = "Eva Lind"
unit = "Second floor"
roles = ["reviewer"]

[[person.training]]
subject = "face_comparison"
passed = {passed}
until = {until}
certificate = "No. 14"
"""


def people(*words: object) -> str:
    out = StringIO()
    with as_owner():
        call_command("people", *map(str, words), stdout=out)
    return out.getvalue()


def day(ahead: int = 0) -> date:
    return house_now().date() + timedelta(days=ahead)


def file(folder: Path, text: str = STAFF, **said: object) -> Path:
    path = folder / "staff.toml"
    path.write_text(text.format(**{"passed": day(-30), "until": day(300), **said}) if "{passed}" in text else text)
    return path


def answers(folder: Path, false_supports: int = 1, cases: str = "spring-{}") -> Path:
    lines = ["no,supports"] * false_supports + ["no,excludes"] * (62 - false_supports) + ["yes,supports"] * 42
    path = folder / "answers.csv"
    path.write_text("\n".join(["case,in_list,answer", *(f"{cases.format(number)},{each}" for number, each in enumerate(lines))]))
    return path


def on_file() -> list[int]:
    with as_owner():
        return [model.objects.count() for model in (Agency, Agreement, Person, RoleHeld, Training, Trial, Unit, UnitHeld, Entry)]


def entries(kind: str) -> list[dict[str, object]]:
    return [json.loads(bytes(each.body)) for each in Entry.objects.filter(kind=kind).order_by("seq")]


def refused(*words: object, says: str) -> None:
    before = on_file()
    with pytest.raises(CommandError, match=says):
        people(*words)
    assert on_file() == before


# ---- what he enters counts


def test_a_person_of_the_file_holds_what_it_says_and_nobody_reads_the_password_again(tmp_path):
    said = people("appoint", HOME, file(tmp_path))
    dee = world.person("dee.marsh")
    assert (dee.unit.name, dee.mail, dee.first_password, dee.is_active) == ("Second floor", "dee@police.example", True, True)
    assert access.roles_on(dee, day()) == {Role.REVIEWER, Role.ANALYST}
    found = re.search(r"dee\.marsh +(\S{16})  Dee Marsh, reviewer, analyst", said)
    assert found
    assert dee.check_password(found[1])
    assert not any(found[1] in bytes(each.body).decode() for each in Entry.objects.all())
    assert [each["trainings"] for each in entries("appoint")[-4:]] == [[], [], ["face_comparison"], ["bias"]]
    assert not any("marsh" in str(each).lower() for each in entries("appoint")), "persons stand in the record by keyed hashes"
    assert "dee.marsh: Dee Marsh, Second floor; reviewer" in people("list", HOME)


def test_a_reviewer_examines_from_the_moment_that_his_test_is_on_file(tmp_path):
    people("appoint", HOME, file(tmp_path))
    case = world.searched()
    dee = world.person("dee.marsh")
    assert take_next(by=dee, at=house_now()) != case.ref
    assert "may not examine" in people("test", "dee.marsh", answers(tmp_path, false_supports=9), "--name", "Spring")
    assert take_next(by=dee, at=house_now()) != case.ref
    people(
        "appoint",
        HOME,
        file(tmp_path, EVA),
    )
    assert "By what is measured eva may examine" in people("test", "eva", answers(tmp_path), "--name", "Spring")
    assert take_next(by=world.person("eva"), at=house_now()) == case.ref


def test_a_person_who_is_moved_belongs_there_from_now_on_and_his_stays_are_on_file(tmp_path):
    people("appoint", HOME, file(tmp_path))
    said = people("move", "kim", "Second floor")
    assert "kim belongs to Second floor from now on" in said
    people("move", "kim", "Third floor", "--new-unit")
    kim = world.person("kim")
    assert kim.unit.name == "Third floor"
    with as_owner():
        assert list(kim.units_held.order_by("from_at").values_list("unit__name", flat=True)) == ["Robbery", "Second floor", "Third floor"]
    told = entries("move")
    assert [(each["from_unit"], each["to_unit"]) for each in told] == [("Robbery", "Second floor"), ("Second floor", "Third floor")]
    assert told[0]["subject"] == f"agency:{HOME}"
    assert "kim" not in str(told).lower()
    assert "kim: Det. Kim Soto, Third floor" in people("list", HOME)


def test_a_move_that_does_not_fit_is_refused_with_everything_that_does_not(tmp_path):
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    people("appoint", "YY0020000", file(tmp_path, STAFF.replace('["Second floor"]', '["Second floor", "Robbery"]')))
    refused("move", "nobody", "Robbery", says="nobody signs in as")
    refused("move", "sol", "Second floor", says="there is no unit “Second floor”: known are .*Robbery.* add --new-unit if it is meant")
    refused("move", "sol", "robbery ", "--new-unit", says="the unit “robbery ” reads as “Robbery”")
    refused("move", "sol", "Robbery", "--new-unit", says="the unit “Robbery” is there already: leave --new-unit out")
    refused("move", "sol", "Major crimes", says="sol belongs to “Major crimes” already")
    refused("move", "sol", " ", says="the unit is one line")
    people("close", "sol")
    refused("move", "sol", "robery", says="the account of sol is closed: manage.py people reopen sol opens it.*there is no unit “robery”")


def test_an_agency_from_nothing_has_its_own_people(tmp_path):
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    people("appoint", "YY0020000", file(tmp_path, STAFF.replace('["Second floor"]', '["Second floor", "Robbery"]')))
    kim = world.person("kim")
    assert (kim.agency.ori, kim.agency.time_zone) == ("YY0020000", "America/Detroit")
    assert kim.unit != world.person("dana").unit, "a unit is of its agency"
    assert entries("found_agency")[-1]["subject"] == "agency:YY0020000"


def test_a_role_ends_with_its_day_and_what_was_done_stays(tmp_path):
    case = world.requested("25-1")
    world.run_jobs()
    people("end", "aris", "analyst")
    said = {"code": "120", "statute": "", "report_reference": "Report p. 1"}
    assert isinstance(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said), Permit)
    assert not access.roles_on(world.person("aris"), day(1))
    with login("app") as app:
        assert app.execute("select until_on from people_roleheld where person_id = %s", [world.person("aris").pk]).fetchall() == [(day(),)]
    people("give", "aris", "analyst", "--from", day(1), "--until", day(9))
    assert access.roles_on(world.person("aris"), day(9)) == {Role.ANALYST}
    assert not access.roles_on(world.person("aris"), day(10))
    refused("give", "aris", "analyst", "--from", day(5), says=f"aris is analyst from {day(1)} until {day(9)} already")


def test_a_role_that_was_to_begin_is_taken_back(tmp_path):
    people("give", "dana", "supervisor", "--from", day(7))
    assert access.roles_on(world.person("dana"), day(7)) == {Role.DETECTIVE, Role.SUPERVISOR}
    people("end", "dana", "supervisor")
    assert access.roles_on(world.person("dana"), day(7)) == {Role.DETECTIVE}
    refused("end", "dana", "supervisor", says=f"dana is not supervisor on {day()}, nor later")
    people("give", "dana", "supervisor", "--from", day(7), "--until", day(8))
    people("end", "dana", "detective")
    people("give", "dana", "detective", "--from", day(3))
    people("end", "dana", "detective", "--on", day(2))
    assert [access.roles_on(world.person("dana"), day(n)) for n in (0, 1, 3, 7)] == [{Role.DETECTIVE}, set(), set(), {Role.SUPERVISOR}]
    assert [(each["ended"], each["taken_back"]) for each in entries("end_role")] == [(0, 1), (1, 0), (0, 1)]


def test_a_loan_that_was_to_begin_is_taken_back():
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    for begins, ends in ((0, 30), (31, 90)):
        people("lend", HOME, "YY0020000", "--roles", "reviewer, supervisor", "--from", day(begins), "--until", day(ends), "--terms", "A 4")
    assert people("end-loan", HOME, "YY0020000", "--on", day(10)) == f"{HOME} lends YY0020000 nothing after {day(10)}.\n"
    assert [(each.from_on, each.until_on) for each in Agreement.objects.all()] == [(day(), day(10))]


@pytest.mark.parametrize(("begins", "ends"), [(0, 30), (30, 60), (5, 9)])
def test_a_role_is_lent_once_at_a_time_and_has_one_lot(begins, ends):
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    said = ("--until", day(30), "--terms", "Agreement 4")
    people("lend", "YY0020000", HOME, "--roles", "reviewer,supervisor", *said)
    says = rf"YY0020000 lends {HOME} reviewer from {day()} until {day(30)} already \(Agreement 4\)"
    refused(
        "lend", "YY0020000", HOME, "--roles", "analyst,reviewer", "--from", day(begins), "--until", day(ends), "--terms", "A 5", says=says
    )
    people("lend", "YY0020000", HOME, "--roles", "analyst", "--from", day(begins), "--until", day(ends), "--terms", "A 5")
    people("lend", HOME, "YY0020000", "--roles", "reviewer", *said)


def test_a_closed_account_is_out_at_once_and_in_again_when_it_is_opened():
    browser = signed_in("dana")
    assert browser.get("/").status_code == 200
    people("close", "dana")
    assert browser.get("/").status_code == 302
    assert Client().get("/").status_code == 302
    refused("close", "dana", says="the account of dana is closed already")
    refused("password", "dana", says="the account of dana is closed: manage.py people reopen dana opens it")
    assert re.search(r"First password of dana, printed this once: \S{16}\n", people("reopen", "dana"))
    assert world.person("dana").is_active
    assert browser.get("/").status_code == 302, "no session from before wakes up"
    assert [each["what"] for each in entries("close_account")] == ["closed", "opened again"]


def test_who_lost_everything_is_given_a_first_password_and_no_session_goes_on():
    secret = enrolled("dana")
    browser = Client()
    try_password(browser, "dana")
    try_code(browser, code_of(secret))
    assert browser.get("/").status_code == 200
    found = re.fullmatch(r"First password of dana, printed this once: (\S{16})\n", people("password", "dana"))
    assert found
    assert browser.get("/").status_code == 302
    dana = world.person("dana")
    assert (dana.check_password(found[1]), dana.first_password) == (True, True)
    assert not Authenticator.objects.filter(user=dana).exists()
    assert entries("give_password")[-1]["second_factors_removed"] == 2, "codes and recovery codes"


def test_a_loan_of_roles_begins_and_ends(tmp_path):
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    people("lend", HOME, "YY0020000", "--roles", "reviewer,supervisor", "--until", day(90), "--terms", "Agreement 4")
    lent = Agreement.objects.get()
    assert (lent.roles, lent.from_on, lent.until_on) == (["reviewer", "supervisor"], day(), day(90))
    people("end-loan", HOME, "YY0020000")
    assert Agreement.objects.get().until_on == day()
    refused("end-loan", "YY0020000", HOME, says=f"YY0020000 lends {HOME} nothing on {day()}")


def test_an_auditor_reads_what_was_entered_of_his_own_agency_alone(tmp_path):
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    people("found", "ZZ0030000", "Hill Police", "--time-zone", "America/Denver")
    people("appoint", "YY0020000", file(tmp_path, STAFF.replace('["Second floor"]', '["Second floor", "Robbery"]')))
    people("test", "dee.marsh", answers(tmp_path), "--name", "Spring")
    people("give", "kim", "manager")
    people("end", "kim", "manager")
    people("move", "kim", "Second floor")
    people("password", "kim")
    people("close", "kim")
    people("lend", "YY0020000", HOME, "--roles", "reviewer", "--until", day(90), "--terms", "Agreement 4")
    people("end-loan", "YY0020000", HOME)

    def seen(ori: str) -> set[str]:
        found = search(Asked(), ori=ori, auditor=world.person("otto").pk, before=None, at_most=500)
        return {each.kind for each in found if "YY0020000" in each.about + each.says}

    assert seen("YY0020000") == {
        "found_agency",
        "appoint",
        "record_test",
        "move",
        "end_role",
        "give_password",
        "close_account",
        "lend_roles",
    }
    assert seen(HOME) == {"lend_roles"}
    assert seen("ZZ0030000") == set()
    hill = search(Asked(), ori="ZZ0030000", auditor=world.person("otto").pk, before=None, at_most=500)
    assert {each.about for each in hill if each.about.startswith("agency:")} == {"agency:ZZ0030000"}, "nor of pictures for practice"


def test_what_was_signed_is_derived_again_whatever_is_entered_later(tmp_path):
    _, asked = world.ready_to_sign("25-1")
    world.must(world.signed(asked))
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    later: tuple[tuple[object, ...], ...] = (
        ("end", "dana", "detective"),
        ("end", "ada", "reviewer"),
        ("end", "cora", "corroboration_officer"),
        ("end", "sol", "supervisor"),
        ("give", "ada", "detective"),
        ("move", "sol", "Robbery"),
        ("move", "dana", "Major crimes"),
        ("move", "ada", "Robbery"),
        ("move", "dana", "Image analysis"),
        ("test", "ada", answers(tmp_path, false_supports=30), "--name", "Spring"),
        ("train", "ada", "bias", "--passed", day(), "--until", day(10), "--certificate", "x"),
        ("lend", HOME, "YY0020000", "--roles", "reviewer", "--until", day(90), "--terms", "Agreement 4"),
        ("end-loan", HOME, "YY0020000"),
        ("password", "ben"),
        ("close", "sol"),
        ("close", "ben"),
        ("reopen", "ben"),
    )
    for words in later:
        people(*words)
        found = gatecheck(using="auditor")
        assert (found.checked, found.wrong) == (1, ()), words


# ---- what does not fit is said, all of it, and nothing is half-entered


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('new_units = ["Second floor"]', ""), "there is no unit “Second floor”: known are .*Robbery.*name it in new_units"),
        (('["Second floor"]', '["Second floor", "Robbery"]'), "the unit “Robbery” is in new_units, and is there already"),
        (('"kim"', '"dana"'), "dana is a sign-in name that somebody has"),
        (('"kim"', '"dee.marsh"'), "dee.marsh is a sign-in name that somebody has"),
        (('"kim"', '"Kim"'), r"“Kim” is no sign-in name.*\$.person\[1\]"),
        (('["detective"]', '["chief"]'), r"chief.*\$.person\[1\].roles\[0\]"),
        (('["detective"]', '["detective", "detective"]'), "kim: a role is named twice"),
        (('"bias"', '"biology"'), r"there is no training “biology”; known are face_comparison"),
        (("dee@police.example", f"dee@{'p.' * 124}example"), "dee.marsh: “dee@p.* is no mail address, or too long for one"),
        (("[[person]]", f"x = {'[' * 9999}\n[[person]]"), "recursion"),
        (("dee@police.example", "dee"), "dee.marsh: “dee” is no mail address"),
        (('roles = ["detective"]', 'roles = ["detective"]\nrank = 3'), r"unknown field `rank` - at `\$.person\[1\]`"),
        (('unit = "Robbery"', 'unit = " "'), r"the unit is one line .* not blank - at `\$.person\[1\]`"),
        (("[[person]]", "[[person]"), "line"),
    ],
)
def test_a_file_that_does_not_fit_enters_nobody(tmp_path, change, says):
    refused("appoint", HOME, file(tmp_path, STAFF.replace(*change)), says=says)


@pytest.mark.parametrize(
    "name",
    [
        "robbery",
        "Robbery ",
        " Robbery",
        "Robb\u00e9ry",
        "R\u043ebbery",
        "R0bbery",
        "Robbery.",
        "Robbery\u2800",
        "\uff32obbery",
        "ROBBERY",
        "Second  floor",
    ],
)
def test_no_signer_is_of_another_unit_because_its_name_was_typed_otherwise(tmp_path, name):
    text = STAFF.replace('["Second floor"]', f'["Second floor", "{name}"]').replace('unit = "Robbery"', f'unit = "{name}"')
    like = "Second floor" if "floor" in name else "Robbery"
    refused("appoint", HOME, file(tmp_path, text), says=f"the unit “{re.escape(name)}” reads as “{like}”")


@pytest.mark.parametrize("name", ["Det. Dana Ortiz", "DET dana  ortiz", "Det. Dan\u0430 Ort\u00edz"])
def test_nobody_is_entered_twice_and_agrees_with_himself(tmp_path, name):
    says = f"eva: “{name}” is the name of dana too: a person has one account .*people reopen.* For somebody else write what tells the two apart"
    world.person("dana")
    text = EVA.replace("Second floor", "Robbery").replace("Eva Lind", name)
    refused("appoint", HOME, file(tmp_path, text), says=says)
    people("close", "dana")
    refused("appoint", HOME, file(tmp_path, text), says=says)
    both = text.replace(name, "Eva Lind") + text.replace("eva", "e.lind").replace(name, "EVA LIND")
    refused("appoint", HOME, file(tmp_path, both), says="e.lind: “EVA LIND” is the name of eva too")
    people("appoint", HOME, file(tmp_path, text.replace(name, f"{name} (4711)")))


@pytest.mark.parametrize("word", ["\udcff", "dana\n", "\u200b"])
def test_what_is_typed_in_another_encoding_names_nobody(tmp_path, word):
    refused("close", word, says="nobody signs in as")
    refused("list", word, says="there is no agency")
    refused("appoint", word, file(tmp_path), says="there is no agency")
    refused("found", "ZZ0000000", word, "--time-zone", "America/Denver", says="the name is one line")
    refused("appoint", HOME, tmp_path, says="Is a directory")
    refused("appoint", HOME, tmp_path / word, says="No such file|surrogates")


def test_a_file_of_another_system_is_read(tmp_path):
    path = file(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert "dee.marsh" in people("appoint", HOME, path)


def test_whoever_is_entered_meanwhile_by_somebody_else_is_not_entered_twice(tmp_path, monkeypatch):
    people("appoint", HOME, file(tmp_path))
    monkeypatch.setattr(command.Command, "_fits", lambda *_: None)
    monkeypatch.setattr(entering, "unfit", lambda *_: [])
    refused("appoint", HOME, file(tmp_path), says="Somebody else is entering the same. Nothing was entered")


def meanwhile(does: Callable[[], object], then: Callable[[], object]) -> str:
    """Let one administrator enter something, and another something else before the first is done; return why the other was refused."""
    why: list[str] = []

    def other() -> None:
        try:
            with as_owner():
                then()
        except entering.NotEntered as refusal:
            why.append(str(refusal))
        finally:
            connections.close_all()

    beside = Thread(target=other)
    with login("owner") as watching, as_owner(), transaction.atomic():
        does()
        beside.start()
        while not waiting(watching):
            assert beside.is_alive(), why
    beside.join(30)
    return why[0] if why else ""


def appointed(username: str, name: str, unit: str) -> None:
    agency = Agency.objects.get(ori=HOME)
    one = entering.Appointment(username, name, unit, (Role.DETECTIVE,))
    entering.appoint(agency=agency, appointments=[one], passwords={}, on=day())


def moved_to(unit: str) -> None:
    entering.move(person=Person.objects.get(username="sol"), unit=unit, new_unit=True)


@pytest.mark.parametrize("name", ["Vice", "ViCe ", "V\u0456ce"])
def test_two_administrators_at_once_make_no_two_units_that_read_alike(name):
    reads = "reads as “Vice”" if name != "Vice" else "is there already"
    assert reads in meanwhile(lambda: appointed("kim", "Kim Soto", "Vice"), lambda: moved_to(name))
    assert "reads as" in meanwhile(lambda: moved_to("Fraud"), lambda: appointed("eve", "Eve Lund", "fraud."))
    assert Unit.objects.filter(agency__ori=HOME, name__in=[name, "Vice"]).count() == 1


def test_who_requests_meanwhile_waits_for_no_administrator():
    def request() -> str:
        try:
            return world.requested("25-1").ref
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside, as_owner(), transaction.atomic():
        appointed("kim", "Kim Soto", "Vice")
        assert beside.submit(request).result(20)


def test_two_administrators_at_once_give_and_lend_a_role_once():
    people("found", "ZZ0000000", "Lakeside Police", "--time-zone", "America/Detroit")
    dana, today = Person.objects.get(username="dana"), day()
    home, other = Agency.objects.get(ori=HOME), Agency.objects.get(ori="ZZ0000000")

    def given(ahead: int) -> None:
        entering.give_role(person=dana, role=Role.AUDITOR, from_on=day(ahead), until_on=None, today=today)

    def lent(ahead: int) -> None:
        said = {"roles": [Role.LEGAL_ADVISER], "from_on": day(ahead), "until_on": day(30), "terms": "Letter 1", "today": today}
        entering.lend_roles(lender=home, borrower=other, **said)

    assert "already" in meanwhile(lambda: given(0), lambda: given(1))
    assert "already" in meanwhile(lambda: lent(0), lambda: lent(1))


def test_two_administrators_at_once_enter_nobody_twice():
    why = meanwhile(lambda: appointed("kim", "Kim Soto", "Vice"), lambda: appointed("kim2", "kim  soto", "Vice"))
    assert "is the name of kim too" in why


@pytest.mark.parametrize(
    ("username", "name", "unit", "roles", "says"),
    [
        ("dana", "Somebody Else", "Robbery", (Role.DETECTIVE,), "dana is a sign-in name that somebody has"),
        ("new", "det. dana  ORTIZ", "Robbery", (Role.DETECTIVE,), "is the name of dana too"),
        ("new", "Somebody Else", "robbery ", (Role.SUPERVISOR,), "reads as “Robbery”"),
        ("new", "Somebody Else", "Robbery", (Role.DETECTIVE, Role.DETECTIVE), "new: a role is named twice"),
    ],
)
def test_whoever_calls_the_act_without_the_command_is_asked_the_same(username, name, unit, roles, says):
    before = on_file()
    with as_owner(), pytest.raises(entering.NotEntered, match=says):
        wanted = [entering.Appointment(username, name, unit, roles)]
        entering.appoint(agency=Agency.objects.get(ori=HOME), appointments=wanted, passwords={}, on=day())
    assert on_file() == before


def test_no_act_enters_anything_of_yesterday():
    before = on_file()
    aris, home = world.person("aris"), Agency.objects.get(ori=HOME)
    said = {"person": aris, "role": Role.ANALYST, "today": day()}
    lent = {"lender": home, "borrower": home, "today": day()}
    acts = (
        lambda: entering.end_role(**said, on=day(-1)),
        lambda: entering.give_role(**said, from_on=day(-1), until_on=None),
        lambda: entering.lend_roles(**lent, roles=[Role.REVIEWER], from_on=day(-1), until_on=day(9), terms="x"),
        lambda: entering.end_loan(**lent, on=day(-1)),
    )
    with as_owner():
        for act in acts:
            with pytest.raises(entering.NotEntered, match="is past: what was done until today keeps its ground"):
                act()
    assert on_file() == before


def test_a_database_that_is_away_is_named(monkeypatch):
    def away() -> None:
        raise OperationalError("connection failed: no such socket\n")

    monkeypatch.setattr(command, "house_now", away)
    refused("close", "dana", says=r"The database does not answer: connection failed: no such socket\. Nothing was entered\.")


def test_a_training_that_is_over_or_lasts_for_ever_is_a_typing_error(tmp_path):
    refused("appoint", HOME, file(tmp_path, until=day(-1)), says="dee.marsh, face_comparison: .* is over before it counts")
    refused("appoint", HOME, file(tmp_path, until="2999-01-01"), says="longer than 10 years")
    refused("appoint", HOME, file(tmp_path, passed=day(2)), says=f"dee.marsh, bias: {day(2)} is to come: nobody has passed yet")
    refused("train", "ada", "bias", "--passed", day(5), "--until", day(9), "--certificate", "x", says="is to come")
    refused("train", "ada", "bias", "--passed", day(), "--until", day(-1), "--certificate", "x", says="is over before it counts")
    refused("train", "ada", "chess", "--passed", day(), "--until", day(1), "--certificate", "x", says="there is no training “chess”")
    refused("train", "ada", "bias", "--passed", day(), "--until", day(1), "--certificate", " ", says="the certificate is one line")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line is case,in_list,answer, with commas; here it is “”"),
        ("case,in_list,answer\n", "no answer in it"),
        ("case,in_list,answer\n1,yes,perhaps\n", "line 2: in_list is yes or no, answer is one of supports, no_conclusion"),
        ("1,yes,supports\n", "the first line is case,in_list,answer"),
        ("case;in_list;answer\n1;yes;supports\n", "with commas; here it is “case;in_list;answer”"),
        ("case,in_list,answer,answer\n1,yes,supports,excludes\n", "the first line is case,in_list,answer"),
        ("case,in_list,answer\r\n\r\n1,yes\r\n", "line 3: 3 cells are case, in_list, answer; here are 2"),
        ("case,in_list,answer\n1,yes,supports,excludes\n", "line 2: 3 cells are case, in_list, answer; here are 4"),
        ("case,in_list,answer\n ,yes,supports\n", "line 2: case is what the known case is called"),
        ("case,in_list,answer\nA 1,no,excludes\n a  1,yes,supports\n", "line 3: the case a 1 is there already"),
        ('case,in_list,answer\n"1\n",yes,supports\n2,no,maybe\n', "line 4: in_list is yes or no"),
    ],
)
def test_answers_that_cannot_be_read_are_named_by_line(tmp_path, text, says):
    path = tmp_path / "answers.csv"
    path.write_bytes(text.encode())
    refused("test", "ada", path, "--name", "Spring", says=says)


@pytest.mark.parametrize("cases", ["spring-{}", " Spring-{}"])
@pytest.mark.parametrize("name", ["Spring", "Spring again"])
def test_answers_that_are_entered_twice_admit_nobody(tmp_path, name, cases):
    people("appoint", HOME, file(tmp_path))
    half = answers(tmp_path)
    half.write_text("\n".join(half.read_text().splitlines()[:41] + half.read_text().splitlines()[-21:]))
    assert "may not examine" in people("test", "dee.marsh", half, "--name", "Spring")
    half.write_text(half.read_text().replace("spring-", cases.removesuffix("{}")))
    says = "answers of dee.marsh on 61 of these cases are on file already: [Ss]pring-0, "
    refused("test", "dee.marsh", half, "--name", name, says=says)
    people("test", "aris", half, "--name", "Spring")


def test_a_file_of_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes('\ufeffcase,in_list,answer\r\n"spring, 1",yes,supports\r\n\r\n2, no,"excludes"\r\n'.encode())
    assert "2 answers of ada are on file" in people("test", "ada", path, "--name", "Spring")


def test_nothing_is_entered_of_yesterday_or_of_nobody():
    refused("end", "aris", "analyst", "--on", day(-1), says="is past: what was done until today keeps its ground")
    refused("give", "aris", "reviewer", "--from", day(-1), says="is past")
    refused("give", "aris", "reviewer", "--from", day(3), "--until", day(2), says="before it begins")
    refused("end", "aris", "supervisor", says="aris is not supervisor on")
    refused("end", "aris", "captain", says="there is no role “captain”")
    refused("close", "nobody", says="nobody signs in as “nobody”")
    refused("found", HOME, "Twice", "--time-zone", "America/Detroit", says="there is an agency XX0010000 already")
    refused("found", "ZZ", "Short", "--time-zone", "America/Detroit", says="“ZZ” is no ORI")
    refused("found", "ZZ0000000", "Where", "--time-zone", "Atlantis", says="there is no time zone “Atlantis”")
    for zone in (
        "localtime",
        "posix/America/Detroit",
        "EST5EDT4",
        "<-03>3",
        "america/detroit",
        "\udcff",
    ):  # one of the two knows some of them
        refused("found", "ZZ0000000", "Where", "--time-zone", zone, says="there is no time zone")
    refused("lend", HOME, HOME, "--roles", "reviewer", "--until", day(1), "--terms", "x", says="lends nothing to itself")
    refused("list", "ZZ0000000", says="there is no agency 'ZZ0000000'; known are XX0010000")


def test_a_day_of_no_such_century_is_refused_below_too():
    with login("owner") as owner, pytest.raises(Exception, match="of_these_centuries"):
        owner.execute("update people_roleheld set until_on = '9999-12-31'")


def test_the_file_in_the_docs_is_one_that_fits(tmp_path):
    shown = re.search(r"```toml\n(.*?)```", (Path(settings.ROOT) / "docs" / "operations.md").read_text(), re.DOTALL)
    assert shown
    years = re.sub(r"= 20\d\d-\d\d-\d\d", "= {}", shown[1]).format(day(-30), day(300))
    people("found", "YY0020000", "Lakeside Police", "--time-zone", "America/Detroit")
    assert "d.marsh " in people("appoint", "YY0020000", file(tmp_path, years))


# ---- nobody else


@pytest.mark.parametrize("role", ["app", "worker", "intake", "auditor"])
def test_no_login_of_a_running_process_enters_anybody(role, tmp_path):
    words: tuple[tuple[object, ...], ...] = (
        ("found", "YY0020000", "Lakeside", "--time-zone", "America/Detroit"),
        ("appoint", HOME, file(tmp_path)),
        ("give", "dana", "supervisor"),
        ("end", "sol", "supervisor"),
        ("train", "dana", "bias", "--passed", day(), "--until", day(1), "--certificate", "x"),
        ("test", "dana", answers(tmp_path), "--name", "x"),
        ("close", "sol"),
    )
    before = on_file()
    with connection.cursor() as cursor:
        cursor.execute(f"set role {role}")
        try:
            for each in words:
                with pytest.raises(CommandError, match="People are entered with the owner's login") as refusal:
                    call_command("people", *map(str, each), stdout=StringIO())
                assert "permission denied" in str(refusal.value.__cause__)
        finally:
            cursor.execute("set role app")
    assert on_file() == before
