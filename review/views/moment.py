"""A day, or a time, as a person gives it: of a year that the house can hold."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from cases.rules.times import FIRST, LAST, YEARS, day_of_these_centuries, of_these_centuries

LAST_MINUTE = LAST - timedelta(minutes=1)


def _box(kind: str, written: str) -> dict[str, str]:
    """Return the attributes by which a browser takes no other year; its boxes then hold four digits of one, and not six."""
    return {"type": kind, "min": FIRST.strftime(written), "max": LAST_MINUTE.strftime(written)}


def _held(given: date) -> None:
    """Refuse a day, or a time, of another year."""
    if not (of_these_centuries(given) if isinstance(given, datetime) else day_of_these_centuries(given)):
        raise forms.ValidationError(f"Write a year {YEARS}.")


class Moment(forms.DateTimeField):
    """Day and time, in the agency's time."""

    widget = forms.DateTimeInput(attrs=_box("datetime-local", "%Y-%m-%dT%H:%M"))
    default_validators = [_held]


class Day(forms.DateField):
    """A day of the calendar."""

    widget = forms.DateInput(attrs=_box("date", "%Y-%m-%d"))
    default_validators = [_held]


class Days(forms.CharField):
    """Several days, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> tuple[date, ...]:
        try:
            found = tuple(date.fromisoformat(line.strip()) for line in super().clean(value).splitlines() if line.strip())
        except ValueError as wrong:
            raise forms.ValidationError("Write one day a line, as in 2026-03-14.") from wrong
        for day in found:
            _held(day)
        return found
