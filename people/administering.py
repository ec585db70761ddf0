"""What the commands of an administrator have in common: days and agencies as they are typed, and errors that say what to do."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError, ProgrammingError

from people.models import Agency


class NotEntered(ValueError):
    """What an administrator wanted to enter does not fit what is on file; it says what and what to do, and nothing was written."""


@contextmanager
def as_administrator(*, what: str, so_far: str) -> Iterator[None]:
    """Let a command end in a sentence. ``what`` needs the owner's login, as “A threshold is set”; ``so_far`` as “Nothing was set”."""
    try:
        yield
    except NotEntered as trouble:
        raise CommandError(f"{trouble}. {so_far}.") from None
    except (OperationalError, InterfaceError) as trouble:
        raise CommandError(f"The database does not answer: {str(trouble).strip()}. {so_far}.") from trouble
    except ProgrammingError as trouble:
        raise CommandError(f"{what} with the owner's login (as manage.py migrate is run). {so_far}.") from trouble


def agency_of(ori: str) -> Agency:
    """Return the agency of an ORI. Raises NotEntered, naming those that are there."""
    found = Agency.objects.filter(ori=ori).first() if ori.isprintable() else None
    if found is None:
        raise NotEntered(f"there is no agency {ori!r}; known are {', '.join(Agency.objects.values_list('ori', flat=True)) or 'none'}")
    return found


def day(said: str) -> date:
    """Return a day of the command line."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ArgumentTypeError(f"{said!r} is no day: write it as 2026-01-02") from None
