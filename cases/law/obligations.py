"""What the law asks of people outside the program: votes, contracts, reports, penalties. Each with owner, day and alarm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count, takewhile

from cases.law.schema import Rule

ALARM_DAYS = 14


class Standing(StrEnum):
    """How an obligation stands on a day."""

    AHEAD = "ahead"
    ALARM = "alarm"
    OVERDUE = "overdue"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty with its owner. Without any time it is met once, before the program starts."""

    key: str
    owner: str
    sentence: str
    citation: str
    verify: bool
    begins: date
    ends: date | None
    due: tuple[str, ...]
    every_months: int | None
    every_days: int | None
    once_on: date | None
    within_hours: int | None
    alarm_days: int


def obligations_in(rules: Sequence[Rule]) -> tuple[Obligation, ...]:
    """Return the obligations of these rules."""
    return tuple(
        Obligation(
            key=rule.key,
            owner=rule.says("owner"),
            sentence=rule.sentence,
            citation=rule.citation,
            verify=rule.verify,
            begins=rule.effective_from,
            ends=rule.effective_until,
            due=tuple(rule.says("due") or ()),
            every_months=rule.says("every_months"),
            every_days=rule.says("every_days"),
            once_on=rule.says("once_on"),
            within_hours=rule.says("within_hours") or rule.says("notice_hours"),
            alarm_days=ALARM_DAYS if rule.says("alarm_days") is None else rule.says("alarm_days"),
        )
        for rule in rules
        if rule.kind.obligation
    )


def days_due(obligation: Obligation, *, started: date, until: date) -> tuple[date, ...]:
    """Return each day on which the obligation falls due after ``started``, up to and with ``until``."""
    begins = max(started, obligation.begins)
    last = until if obligation.ends is None else min(until, obligation.ends - timedelta(days=1))
    if obligation.once_on is not None:
        return (obligation.once_on,) if begins <= obligation.once_on <= last else ()
    if obligation.due:
        yearly = (_on(year, day) for year in range(begins.year, last.year + 1) for day in sorted(obligation.due))
        return tuple(day for day in yearly if begins < day <= last)
    if obligation.every_months or obligation.every_days:
        return tuple(takewhile(lambda day: day <= last, _recurring(obligation, begins)))
    return ()


def next_due(obligation: Obligation, *, started: date, met: frozenset[date]) -> date | None:
    """Return the first day due that has not been met; None for what has no day any more."""
    a_period = max(366, 31 * (obligation.every_months or 0), obligation.every_days or 0)
    horizon = max((started, obligation.begins, obligation.once_on or started, *met)) + timedelta(days=a_period)
    return next((day for day in days_due(obligation, started=started, until=horizon) if day not in met), None)


def standing(obligation: Obligation, *, started: date, met: frozenset[date], on: date) -> Standing:
    """Return how it stands: an alarm rings ``alarm_days`` before the day."""
    day = next_due(obligation, started=started, met=met)
    if day is None:
        return Standing.MET
    if day < on:
        return Standing.OVERDUE
    return Standing.ALARM if on >= day - timedelta(days=obligation.alarm_days) else Standing.AHEAD


def deadline(obligation: Obligation, *, event_at: datetime) -> datetime | None:
    """Return until when the duty that an event starts has to be done, or None where no event starts it."""
    return None if obligation.within_hours is None else event_at + timedelta(hours=obligation.within_hours)


def _recurring(obligation: Obligation, begins: date) -> Iterator[date]:
    for number in count(1):
        if obligation.every_days:
            yield begins + timedelta(days=number * obligation.every_days)
        else:
            months = begins.month - 1 + number * (obligation.every_months or 1)
            yield _on(begins.year + months // 12, f"{months % 12 + 1:02d}-{begins.day:02d}")


def _on(year: int, month_and_day: str) -> date:
    month, day = (int(part) for part in month_and_day.split("-"))
    while True:  # the last day of a short month stands for a day it does not have
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
