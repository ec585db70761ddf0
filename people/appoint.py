"""Appoints persons: an administrator's work, done with the owner's login; each appointment is an entry in the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from ledger.append import append
from ledger.keyed import keyed
from people.measuring import Answer, Source
from people.models import Agency, Person, RoleHeld, Training, Trial, Unit
from people.roles import Role


@dataclass(frozen=True, slots=True)
class Appointment:
    """One person: sign-in name, name, unit, roles and trainings (valid a year from the day); a mail address if he wants notices there.

    ``tested`` are his answers in a supervised test on known cases, each with whether the person was in the list.
    """

    username: str
    display_name: str
    unit: str
    roles: tuple[Role, ...]
    trainings: tuple[str, ...] = ()
    certificate: str = "on file with the training unit"
    mail: str = ""
    tested: tuple[tuple[bool, Answer], ...] = ()


@transaction.atomic
def appoint(*, agency: Agency, appointments: Sequence[Appointment], passwords: dict[str, str], on: date) -> list[Person]:
    """Create each person with his unit, roles and trainings, from ``on``; return them in order."""
    made = []
    for each in appointments:
        unit, _ = Unit.objects.get_or_create(agency=agency, name=each.unit)
        person = Person.objects.create_user(
            each.username, passwords.get(each.username), display_name=each.display_name, agency=agency, unit=unit, mail=each.mail
        )
        for role in each.roles:
            RoleHeld.objects.create(person=person, role=role, from_on=on)
        for subject in each.trainings:
            Training.objects.create(
                person=person, subject=subject, passed_on=on, valid_until=on + timedelta(days=365), certificate=each.certificate
            )
        said = {"person": keyed("person", person.pk), "roles": [role.value for role in each.roles], "trainings": list(each.trainings)}
        append(kind="appoint", subject=f"agency:{agency.ori}", details={**said, "by": "administrator"})
        if each.tested:
            record_test(person=person, test=f"on appointment {on}", answers=each.tested)
        made.append(person)
    return made


@transaction.atomic
def record_test(*, person: Person, test: str, answers: Sequence[tuple[bool, Answer]]) -> None:
    """Record what a person answered in a supervised test on known cases: (was the person in the list, answer), one a case."""
    rows = [
        Trial(person=person, source=Source.TEST, case_key=keyed(f"test {test}", str(number)), mated=mated, answer=answer)
        for number, (mated, answer) in enumerate(answers)
    ]
    Trial.objects.bulk_create(rows)
    said = {"person": keyed("person", person.pk), "test": test, "mated": sum(row.mated for row in rows), "of": len(rows)}
    append(kind="record_test", subject=f"agency:{person.agency.ori}", details={**said, "by": "administrator"})
