"""A time as a person gives it."""

from datetime import datetime
from typing import Any

from django import forms

from cases.rules.times import YEARS, of_these_centuries


class Moment(forms.DateTimeField):
    """Day and time, in the agency's time, of a year that the house can hold."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def clean(self, value: Any) -> datetime | None:
        found: datetime | None = super().clean(value)
        if found is not None and not of_these_centuries(found):
            raise forms.ValidationError(f"Write a year {YEARS}.")
        return found
