"""A day, or a time, as a person gives it: of a year that the house can hold."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from cases.rules.times import FIRST, LAST, YEARS, day_of_these_centuries, of_these_centuries

WRITE_A_YEAR = f"Write a year {YEARS}."
LAST_MINUTE = LAST - timedelta(minutes=1)


def _box(kind: str, written: str) -> dict[str, str]:
    """Return the attributes by which a browser takes no other year; its boxes then hold four digits of one, and not six."""
    return {"type": kind, "min": FIRST.strftime(written), "max": LAST_MINUTE.strftime(written)}


class Moment(forms.DateTimeField):
    """Day and time, in the agency's time."""

    widget = forms.DateTimeInput(attrs=_box("datetime-local", "%Y-%m-%dT%H:%M"))

    def clean(self, value: Any) -> datetime | None:
        found: datetime | None = super().clean(value)
        if found is not None and not of_these_centuries(found):
            raise forms.ValidationError(WRITE_A_YEAR)
        return found


class Day(forms.DateField):
    """A day of the calendar."""

    widget = forms.DateInput(attrs=_box("date", "%Y-%m-%d"))

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found is not None and not day_of_these_centuries(found):
            raise forms.ValidationError(WRITE_A_YEAR)
        return found


class Days(forms.CharField):
    """Several days, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> tuple[date, ...]:
        try:
            found = tuple(date.fromisoformat(line.strip()) for line in super().clean(value).splitlines() if line.strip())
        except ValueError as wrong:
            raise forms.ValidationError("Write one day a line, as in 2026-03-14.") from wrong
        if not all(map(day_of_these_centuries, found)):
            raise forms.ValidationError(WRITE_A_YEAR)
        return found
