"""What an administrator enters of agencies and persons, with the owner's login: each entry of his stands in the record.

A role, an agreement or a training ends on a day to come, today at the earliest: what was done while it was held keeps its ground.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Q

from ledger.append import append
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.administering import NotEntered
from people.fitting import lasting_faults, move_faults, name_faults, passed_faults, past_faults, role_faults, unit_faults
from people.measuring import Answer, Source
from people.models import Agency, Agreement, Person, RoleHeld, Training, Trial, Unit, UnitHeld
from people.roles import Role
from people.signing_in import held_alone


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
def found_agency(*, ori: str, name: str, time_zone: str) -> Agency:
    """Enter an agency. Raises NotEntered where its ORI is on file."""
    if Agency.objects.filter(ori=ori).exists():
        raise NotEntered(f"there is an agency {ori} already")
    agency = Agency.objects.create(ori=ori, name=name, time_zone=time_zone)
    append(kind="found_agency", subject=_of(agency), details={"agency": ori, "time_zone": time_zone, "by": "administrator"})
    return agency


@transaction.atomic
def appoint(
    *, agency: Agency, appointments: Sequence[Appointment], passwords: dict[str, str], on: date, first_password: bool = False
) -> list[Person]:
    """Create each person with his unit, roles and trainings, from ``on``; return them in order. A first password is one that he has to change.

    Raises NotEntered, with everything that does not fit.
    """
    _alone_at(agency)
    _must_fit(*unfit(agency, appointments))
    made = []
    for each in appointments:
        unit, _ = Unit.objects.get_or_create(agency=agency, name=each.unit)
        person = Person.objects.create_user(
            each.username,
            passwords.get(each.username),
            display_name=each.display_name,
            agency=agency,
            unit=unit,
            mail=each.mail,
            first_password=first_password,
        )
        for role in each.roles:
            RoleHeld.objects.create(person=person, role=role, from_on=on)
        for subject in each.trainings:
            Training.objects.create(
                person=person, subject=subject, passed_on=on, valid_until=on + timedelta(days=365), certificate=each.certificate
            )
        _enter("appoint", person, unit=unit.name, roles=[role.value for role in each.roles], trainings=list(each.trainings))
        if each.tested:
            test = f"on appointment {on}"
            record_test(person=person, test=test, answers=[(f"{test}, {number}", *answer) for number, answer in enumerate(each.tested, 1)])
        made.append(person)
    return made


def unfit(agency: Agency, appointments: Sequence[Appointment]) -> list[str]:
    """Return what does not fit of persons who would be appointed, beside those who are there."""
    names = [each.username for each in appointments]
    taken = set(Person.objects.filter(username__in=names).values_list("username", flat=True)) | {n for n in names if names.count(n) > 1}
    persons = dict(Person.objects.filter(agency=agency).order_by("username").values_list("username", "display_name"))
    return [
        *(f"{name} is a sign-in name that somebody has" for name in sorted(taken)),
        *unit_faults({each.unit for each in appointments}, there=agency.units.values_list("name", flat=True)),
        *name_faults(((each.username, each.display_name) for each in appointments), there=persons),
        *(f"{each.username}: {why}" for each in appointments for why in role_faults(each.roles)),
    ]


@transaction.atomic
def move(*, person: Person, unit: str, new_unit: bool = False) -> None:
    """Let a person belong to another unit of his agency from now on; where he belonged until now stays on file. ``new_unit``: it is not there yet.

    Raises NotEntered, with everything that does not fit. Acts that are under way end first, and those that come wait.
    """
    _alone_at(person.agency)
    ask_database("select one_is_moved()")
    held = Person.objects.get(pk=person.pk)
    there = set(held.agency.units.values_list("name", flat=True))
    _must_fit(*move_faults(held.username, unit, new=new_unit, now_in=held.unit.name, there=there, is_open=held.is_active))
    to, _ = Unit.objects.get_or_create(agency=held.agency, name=unit)
    UnitHeld.objects.create(person=held, unit=to)
    _enter("move", held, from_unit=held.unit.name, to_unit=to.name)


@transaction.atomic
def give_role(*, person: Person, role: Role, from_on: date, until_on: date | None, today: date) -> None:
    """Give a person a role from one day to another. Raises NotEntered where that is past, or he holds it then already."""
    _must_fit(*past_faults(from_on, today=today))
    _alone_at(person.agency)
    if until_on and until_on < from_on:
        raise NotEntered(f"the role would end on {until_on}, before it begins on {from_on}")
    if held := _held(person, role, from_on).first():
        until = f"until {held.until_on}" if held.until_on else "without an end"
        raise NotEntered(f"{person.username} is {role.value} from {held.from_on} {until} already")
    RoleHeld.objects.create(person=person, role=role, from_on=from_on, until_on=until_on)
    _enter("appoint", person, roles=[role.value], from_on=from_on.isoformat(), until_on=until_on and until_on.isoformat())


@transaction.atomic
def end_role(*, person: Person, role: Role, on: date, today: date) -> None:
    """Let ``on`` be the last day on which a person holds a role; what was to begin later is taken back.

    Raises NotEntered where that is past, or there is nothing to end.
    """
    _must_fit(*past_faults(on, today=today))
    _alone_at(person.agency)
    held = _held(person, role, on)
    ended, (taken_back, _) = held.filter(from_on__lte=on).update(until_on=on), held.filter(from_on__gt=on).delete()
    if not ended and not taken_back:
        raise NotEntered(f"{person.username} is not {role.value} on {on}, nor later")
    _enter("end_role", person, role=role.value, until_on=on.isoformat(), ended=ended, taken_back=taken_back)


@transaction.atomic
def train(*, person: Person, subject: str, passed_on: date, valid_until: date, certificate: str, today: date) -> None:
    """Record a training that a person passed. Raises NotEntered where nobody has passed it yet, or it is over before it counts."""
    _must_fit(*passed_faults(passed_on, valid_until, today=today))
    Training.objects.create(person=person, subject=subject, passed_on=passed_on, valid_until=valid_until, certificate=certificate)
    _enter("appoint", person, trainings=[subject], passed_on=passed_on.isoformat(), valid_until=valid_until.isoformat())


@transaction.atomic
def record_test(*, person: Person, test: str, answers: Sequence[tuple[str, bool, Answer]]) -> None:
    """Record what a person answered in a supervised test: (known case, was the person in its list, answer), one a case.

    Raises NotEntered where an answer of his on one of the cases is on file: entered twice it would count as two.
    """
    keys = {_key_of(case): case for case, _, _ in answers}
    there = set(person.trials.filter(case_key__in=keys).values_list("case_key", flat=True))
    if again := [case for key, case in keys.items() if key in there]:
        raise NotEntered(f"answers of {person.username} on {len(again)} of these cases are on file already: {', '.join(again[:20])}")
    rows = [Trial(person=person, source=Source.TEST, case_key=_key_of(case), mated=mated, answer=answer) for case, mated, answer in answers]
    Trial.objects.bulk_create(rows)
    _enter("record_test", person, test=test, mated=sum(row.mated for row in rows), of=len(rows))


@transaction.atomic
def give_password(*, person: Person) -> str:
    """Return a new first password, for a person who lost his own or his second factors: these are removed, and no session of his goes on.

    Raises NotEntered where the account is closed.
    """
    with held_alone(person) as held:
        if not held.is_active:
            raise NotEntered(
                f"the account of {held.username} is closed: manage.py people reopen {held.username} opens it, with a first password"
            )
        password = secrets.token_urlsafe(12)
        held.set_password(password)
        held.first_password = True
        held.save(update_fields=["password", "first_password"])
        removed, _ = Authenticator.objects.filter(user=held).delete()
        _enter("give_password", held, second_factors_removed=removed)
        return password


@transaction.atomic
def close_account(*, person: Person) -> None:
    """Close a person's account at once: nobody signs in with it, and no session goes on. Raises NotEntered where it is closed."""
    if not person.is_active:
        raise NotEntered(f"the account of {person.username} is closed already")
    person.is_active = False
    person.save(update_fields=["is_active"])
    _enter("close_account", person, what="closed")


@transaction.atomic
def open_account(*, person: Person) -> str:
    """Open a closed account again and return its first password: no session from before wakes up. Raises NotEntered where it is open."""
    with held_alone(person) as held:
        if held.is_active:
            raise NotEntered(f"the account of {held.username} is open already")
        held.is_active = True
        held.save(update_fields=["is_active"])
        _enter("close_account", held, what="opened again")
        return give_password(person=held)


@transaction.atomic
def lend_roles(*, lender: Agency, borrower: Agency, roles: Sequence[Role], from_on: date, until_on: date, terms: str, today: date) -> None:
    """Lend roles of one agency to another between two days. Raises NotEntered where that is past, or one of them is lent then already.

    Twice on file, an agency would have two lots where a case is examined again.
    """
    _must_fit(*past_faults(from_on, today=today), *lasting_faults(from_on, until_on, today=today), *role_faults(roles))
    if lender == borrower:
        raise NotEntered("an agency lends nothing to itself")
    _alone_at(lender, borrower)
    named = [role.value for role in roles]
    then = Agreement.objects.filter(lender=lender, borrower=borrower, roles__overlap=named, from_on__lte=until_on, until_on__gte=from_on)
    if there := then.order_by("from_on").first():
        both = ", ".join(role for role in there.roles if role in named)
        raise NotEntered(f"{lender.ori} lends {borrower.ori} {both} from {there.from_on} until {there.until_on} already ({there.terms})")
    Agreement.objects.create(lender=lender, borrower=borrower, roles=named, from_on=from_on, until_on=until_on, terms=terms)
    _enter_loan(lender, borrower, roles=named, from_on=from_on.isoformat(), until_on=until_on.isoformat())


@transaction.atomic
def end_loan(*, lender: Agency, borrower: Agency, on: date, today: date) -> None:
    """Let ``on`` be the last day of what one agency lends another; what was to begin later is taken back.

    Raises NotEntered where that is past, or there is nothing to end.
    """
    _must_fit(*past_faults(on, today=today))
    _alone_at(lender, borrower)
    lent = Agreement.objects.filter(lender=lender, borrower=borrower, until_on__gte=on)
    ended, (taken_back, _) = lent.filter(from_on__lte=on).update(until_on=on), lent.filter(from_on__gt=on).delete()
    if not ended and not taken_back:
        raise NotEntered(f"{lender.ori} lends {borrower.ori} nothing on {on}, nor later")
    _enter_loan(lender, borrower, until_on=on.isoformat(), ended=ended, taken_back=taken_back)


def _alone_at(*agencies: Agency) -> None:
    """Wait for whoever enters something of these agencies at the same time: what is on file of them is read after him."""
    there = Agency.objects.select_for_update(no_key=True)  # intake and requests wait for nobody here
    list(there.filter(pk__in=[each.pk for each in agencies]).order_by("pk"))


def _must_fit(*faults: str) -> None:
    if faults:
        raise NotEntered("; ".join(faults))


def _held(person: Person, role: Role, on: date) -> "models.QuerySet[RoleHeld]":
    return person.roles_held.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), role=role)


def _key_of(case: str) -> str:
    return keyed("known case", " ".join(case.split()).casefold())


def _of(agency: Agency) -> str:
    return f"agency:{agency.ori}"


def _enter(kind: str, person: Person, **said: object) -> None:
    details = {"agency": person.agency.ori, "person": keyed("person", person.pk), **said, "by": "administrator"}
    append(kind=kind, subject=_of(person.agency), details=details)


def _enter_loan(lender: Agency, borrower: Agency, **said: object) -> None:
    """Once for each of the two: an auditor reads the entries of his own agency."""
    for agency in (lender, borrower):
        details = {"agency": agency.ori, "lender": lender.ori, "borrower": borrower.ori, **said, "by": "administrator"}
        append(kind="lend_roles", subject=_of(agency), details=details)
