"""Appoints persons: an administrator's work, done with the owner's login; each appointment is an entry in the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from ledger.append import append
from ledger.keyed import keyed
from people.models import Agency, Person, RoleHeld, Training, Unit
from people.roles import Role


@dataclass(frozen=True, slots=True)
class Appointment:
    """One person: sign-in name, name, unit, roles and trainings (valid a year from the day); a mail address if he wants notices there."""

    username: str
    display_name: str
    unit: str
    roles: tuple[Role, ...]
    trainings: tuple[str, ...] = ()
    certificate: str = "on file with the training unit"
    mail: str = ""


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
        made.append(person)
    return made
