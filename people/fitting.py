"""What may not be entered of people, beside what is on file. Pure: standard library only; each fault in a sentence that says what to do."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from people.reading_alike import one_like, read_as
from people.roles import Role

LONGEST_YEARS = 10  # a training or an agreement that says more is a typing error


def past_faults(day: date, *, today: date) -> list[str]:
    """A first or a last day: what was done is judged by what was held on its day."""
    return [f"{day} is past: what was done until today keeps its ground. Today is {today}"] if day < today else []


def lasting_faults(begins: date, ends: date, *, today: date) -> list[str]:
    """What counts from one day to another."""
    if ends < begins or ends < today:
        return [f"{begins} to {ends} is over before it counts; today is {today}"]
    if begins.year < today.year - LONGEST_YEARS or ends.year > today.year + LONGEST_YEARS:
        return [f"{begins} to {ends} is longer than {LONGEST_YEARS} years back or ahead"]
    return []


def passed_faults(passed: date, until: date, *, today: date) -> list[str]:
    """A training. Tomorrow has begun where an agency is east of the house's day."""
    if passed > today + timedelta(days=1):
        return [f"{passed} is to come: nobody has passed yet"]
    return lasting_faults(passed, until, today=today)


def role_faults(roles: Collection[Role]) -> list[str]:
    """Roles that are given or lent together."""
    return ["a role is named twice"] if len(set(roles)) < len(roles) else []


def unit_faults(wanted: Collection[str], *, there: Collection[str]) -> list[str]:
    """Units that would be made: none may read as another."""
    return [
        f"the unit “{name}” reads as “{like}”: whoever asks and whoever signs must be of two units, so write it as that one, or name it otherwise"
        for name in sorted(set(wanted) - set(there))
        if (like := one_like(name, {*wanted, *there}))
    ]


def unknown_unit_faults(wanted: Collection[str], *, new: Collection[str], there: Collection[str], named_by: str) -> list[str]:
    """Units that are not there, and are not said to be new. ``named_by`` says how that is said."""
    return [
        f"there is no unit “{name}”: known are {', '.join(sorted(there)) or 'none'}. Whoever asks and whoever signs must be of two units, so "
        f"a typing error counts: {named_by} if it is meant"
        for name in sorted(set(wanted) - set(there) - set(new))
    ]


def move_faults(username: str, unit: str, *, new: bool, now_in: str, there: Collection[str], is_open: bool) -> list[str]:
    """A person who would belong to another unit of his agency, whose units are ``there``."""
    closed = f"the account of {username} is closed: manage.py people reopen {username} opens it; nobody who is not there is moved"
    said = unknown_unit_faults([unit], new=[unit] if new else [], there=there, named_by="add --new-unit")
    return [
        *([] if is_open else [closed]),
        *([f"{username} belongs to “{unit}” already"] if unit == now_in else []),
        *([f"the unit “{unit}” is there already: leave --new-unit out"] if new and unit in there and unit != now_in else []),
        *said,
        *(unit_faults([unit], there=there) if not said else []),
    ]


def name_faults(wanted: Iterable[tuple[str, str]], *, there: Mapping[str, str]) -> list[str]:
    """Persons by sign-in name and name: whoever has two accounts counts as two people, where two have to agree."""
    named, faults = dict(there), []
    for username, name in wanted:
        faults += [
            f"{username}: “{name}” is the name of {other} too: a person has one account (one that is closed is opened with "
            f"manage.py people reopen). For somebody else write what tells the two apart, as a badge number"
            for other, theirs in named.items()
            if other != username and read_as(theirs) == read_as(name)
        ]
        named[username] = name
    return faults
