"""Enter agencies and their people: found an agency, appoint a file of persons, move one to another unit, give and end roles, record trainings
and tests, lend roles, give a first password, close an account. Needs the owner's login; each leaves its entry in the record.
"""

import re
import secrets
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from ledger.asking import ask_database
from ledger.clock import house_now
from people.administering import NotEntered, agency_of, as_administrator, day
from people.appoint import (
    Appointment,
    appoint,
    close_account,
    end_loan,
    end_role,
    found_agency,
    give_password,
    give_role,
    lend_roles,
    move,
    open_account,
    record_test,
    train,
    unfit,
)
from people.fitting import passed_faults, unknown_unit_faults
from people.models import Agency, Person
from people.roles import Role
from people.staff_file import COURSE_NAMES, StaffFile, line, read_answers, read_staff

ORI = r"[A-Z0-9]{9}"


class Command(BaseCommand):
    """``manage.py people appoint XX0010000 staff.toml``; ``manage.py people -h`` lists what else there is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)

        def add(name: str, does: Callable[..., None], *positional: str, said: str) -> ArgumentParser:
            sub: ArgumentParser = what.add_parser(name, help=said, description=said)
            for each in positional:
                sub.add_argument(each)
            sub.set_defaults(does=does)
            return sub

        add("found", self.found, "ori", "name", said="enter an agency by its ORI").add_argument("--time-zone", required=True)
        add("appoint", self.appoint, "ori", "file", said="appoint the persons of a TOML file; their first passwords are printed this once")
        moved = add("move", self.move, "username", "unit", said="let a person belong to another unit of his agency from now on")
        moved.add_argument("--new-unit", action="store_true", help="the unit is not there yet")
        give = add("give", self.give, "username", "role", said="give a person a role")
        give.add_argument("--from", dest="from_on", type=day, help="its first day; today where it is left out")
        give.add_argument("--until", dest="until_on", type=day, help="its last day")
        add("end", self.end, "username", "role", said="end a role with this day").add_argument("--on", type=day, help="its last day; today")
        trained = add("train", self.train, "username", "subject", said="record a training that a person passed")
        trained.add_argument("--passed", type=day, required=True)
        trained.add_argument("--until", type=day, required=True, help="the last day on which it counts")
        trained.add_argument("--certificate", required=True)
        tested = add(
            "test",
            self.test,
            "username",
            "file",
            said="record a supervised test on known cases: CSV with the columns case, in_list, answer",
        )
        tested.add_argument("--name", required=True, help="how the test is called")
        lent = add("lend", self.lend, "lender", "borrower", said="lend roles of one agency to another")
        lent.add_argument("--roles", required=True, help="as reviewer,supervisor")
        lent.add_argument("--from", dest="from_on", type=day)
        lent.add_argument("--until", dest="until_on", type=day, required=True)
        lent.add_argument("--terms", required=True, help="the document that says so")
        add("end-loan", self.end_loan, "lender", "borrower", said="end what one agency lends another").add_argument("--on", type=day)
        add(
            "password",
            self.password,
            "username",
            said="give a first password to who lost his own, or his second factors: these are removed",
        )
        add("close", self.close, "username", said="close an account at once")
        add("reopen", self.reopen, "username", said="open a closed account again, with a first password")
        add("list", self.list, "ori", said="list the people of an agency, what they hold and until when")

    def handle(self, *, does: Callable[..., None], **said: Any) -> None:
        with as_administrator(what="People are entered", so_far="Nothing was entered"):
            self.today = house_now().date()
            try:
                does(**said)
            except IntegrityError as trouble:
                raise CommandError("Somebody else is entering the same. Nothing was entered: look with manage.py people list") from trouble

    def found(self, *, ori: str, name: str, time_zone: str, **_: Any) -> None:
        known = (
            ask_database("select exists (select 1 from pg_timezone_names where name = %s)", time_zone) if time_zone.isprintable() else False
        )
        if time_zone not in available_timezones() or not known:  # pages ask the one, the lots of a day the other
            raise CommandError(f"there is no time zone “{time_zone}”; one is named as in America/Detroit")
        if not re.fullmatch(ORI, ori):
            raise CommandError(f"“{ori}” is no ORI: nine capitals and digits")
        found_agency(ori=ori, name=line(name, "the name"), time_zone=time_zone)
        self.stdout.write(f"{ori} is entered: {name}. Appoint its people: manage.py people appoint {ori} FILE")

    def appoint(self, *, ori: str, file: str, **_: Any) -> None:
        agency, read = agency_of(ori), read_staff(Path(file))
        people = [Appointment(each.username, each.name, each.unit, tuple(each.roles), mail=each.mail) for each in read.person]
        self._fits(agency, read, people)
        passwords = {each.username: secrets.token_urlsafe(12) for each in people}
        with transaction.atomic():
            made = appoint(agency=agency, appointments=people, passwords=passwords, on=self.today, first_password=True)
            for person, each in zip(made, read.person, strict=True):
                for one in each.training:
                    self._trained(person, one.subject, one.passed, one.until, one.certificate)
        self.stdout.write("First passwords, printed this once; each person sets his own, and a second factor, when he signs in:")
        for one_of in people:
            self.stdout.write(f"  {one_of.username:<20} {passwords[one_of.username]}  {one_of.display_name}, {', '.join(one_of.roles)}")

    def _fits(self, agency: Agency, read: StaffFile, people: Sequence[Appointment]) -> None:
        """Raise with everything that does not fit, of the file and beside what is on file."""
        there = set(agency.units.values_list("name", flat=True))
        wanted = {each.unit for each in read.person}
        wrong = unknown_unit_faults(wanted, new=read.new_units, there=there, named_by="name it in new_units")
        wrong += [
            f"the unit “{name}” is in new_units, and is there already or has nobody"
            for name in read.new_units
            if name in there or name not in wanted
        ]
        wrong += unfit(agency, people)
        for each in read.person:
            wrong += [f"{each.username}: {why}" for why in _mail_faults(each.mail)]
            for one in each.training:
                wrong += [f"{each.username}, {one.subject}: {why}" for why in passed_faults(one.passed, one.until, today=self.today)]
        if wrong:
            raise NotEntered("; ".join(wrong))

    def move(self, *, username: str, unit: str, new_unit: bool, **_: Any) -> None:
        person = _person(username)
        move(person=person, unit=line(unit, "the unit"), new_unit=new_unit)
        self.stdout.write(
            f"{username} belongs to {unit} from now on. Where either unit asked while {username} was in it, {username} neither examines nor signs; "
            f"what {username} was drawn for there goes back to the lot."
        )

    def give(self, *, username: str, role: str, from_on: date | None, until_on: date | None, **_: Any) -> None:
        begins = from_on or self.today
        give_role(person=_person(username), role=_role(role), from_on=begins, until_on=until_on, today=self.today)
        self.stdout.write(f"{username} is {role} from {begins}{f' until {until_on}' if until_on else ''}.")

    def end(self, *, username: str, role: str, on: date | None, **_: Any) -> None:
        last = on or self.today
        end_role(person=_person(username), role=_role(role), on=last, today=self.today)
        self.stdout.write(
            f"{username} is {role} until {last} at the latest, and no longer. To keep a person out at once: manage.py people close {username}"
        )

    def train(self, *, username: str, subject: str, passed: date, until: date, certificate: str, **_: Any) -> None:
        if subject not in COURSE_NAMES:
            raise CommandError(f"there is no training “{subject}”; known are {', '.join(COURSE_NAMES)}")
        self._trained(_person(username), subject, passed, until, line(certificate, "the certificate"))
        self.stdout.write(f"{username} passed {subject}; it counts until {until}.")

    def _trained(self, person: Person, subject: str, passed: date, until: date, certificate: str) -> None:
        train(person=person, subject=subject, passed_on=passed, valid_until=until, certificate=certificate, today=self.today)

    def test(self, *, username: str, file: str, name: str, **_: Any) -> None:
        person, answers = _person(username), read_answers(Path(file))
        record_test(person=person, test=line(name, "the name"), answers=answers)
        admitted = ask_database("select person_admitted(%s, %s)", person.pk, self.today)
        self.stdout.write(
            f"{len(answers)} answers of {username} are on file. By what is measured {username} {'may' if admitted else 'may not'} examine."
        )

    def lend(self, *, lender: str, borrower: str, roles: str, from_on: date | None, until_on: date, terms: str, **_: Any) -> None:
        begins = from_on or self.today
        named = [_role(role.strip()) for role in roles.split(",")]
        lend_roles(
            lender=agency_of(lender),
            borrower=agency_of(borrower),
            roles=named,
            from_on=begins,
            until_on=until_on,
            terms=line(terms, "the terms"),
            today=self.today,
        )
        self.stdout.write(f"{lender} lends {borrower} {', '.join(named)} from {begins} until {until_on}.")

    def end_loan(self, *, lender: str, borrower: str, on: date | None, **_: Any) -> None:
        last = on or self.today
        end_loan(lender=agency_of(lender), borrower=agency_of(borrower), on=last, today=self.today)
        self.stdout.write(f"{lender} lends {borrower} nothing after {last}.")

    def password(self, *, username: str, **_: Any) -> None:
        self._first(username, give_password(person=_person(username)))

    def close(self, *, username: str, **_: Any) -> None:
        close_account(person=_person(username))
        self.stdout.write(f"The account of {username} is closed.")

    def reopen(self, *, username: str, **_: Any) -> None:
        password = open_account(person=_person(username))
        self.stdout.write(f"The account of {username} is open again, with the roles that have not ended.")
        self._first(username, password)

    def _first(self, username: str, password: str) -> None:
        self.stdout.write(f"First password of {username}, printed this once: {password}")

    def list(self, *, ori: str, **_: Any) -> None:
        for person in (
            Person.objects.filter(agency=agency_of(ori)).prefetch_related("roles_held", "trainings").order_by("unit__name", "username")
        ):
            roles = [f"{each.role} {each.from_on} to {each.until_on or '…'}" for each in person.roles_held.all()]
            trained = [f"{each.subject} until {each.valid_until}" for each in person.trainings.all()]
            closed = "" if person.is_active else " (closed)"
            self.stdout.write(f"{person.username}{closed}: {person.display_name}, {person.unit.name}; {', '.join(roles + trained)}")


def _mail_faults(said: str) -> list[str]:
    try:
        if said:
            Person._meta.get_field("mail").run_validators(said)
    except ValidationError:
        return [f"“{said}” is no mail address, or too long for one"]
    return []


def _role(said: str) -> Role:
    if said not in list(Role):
        raise CommandError(f"there is no role “{said}”; known are {', '.join(Role)}")
    return Role(said)


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username).first() if username.isprintable() else None
    if found is None:
        raise CommandError(f"nobody signs in as “{username}”; manage.py people list ORI names those who do")
    return found
