"""The form of a use in court. Types and lengths only; judgement is in the rules."""

from django import forms

from cases.law.words import COURT_USES
from review.views.moment import Day

SHOWN = (("source_code", "The source code of the engine"), ("tests", "Tests of the engine"))


class CourtForm(forms.Form):
    """Where and when the result is to be used."""

    stage = forms.ChoiceField(label="Stage", choices=[(stage, stage.replace("_", " ").capitalize()) for stage in COURT_USES])
    court = forms.CharField(label="Court", max_length=200)
    cause_number = forms.CharField(label="Cause number", max_length=100)
    on = Day(label="Day", help_text="Of the hearing or trial, or on which the paper is filed.")
    showing = forms.MultipleChoiceField(
        label="Ordered upon a showing", choices=SHOWN, required=False, widget=forms.CheckboxSelectMultiple, help_text="What the court ordered told to the defence."
    )  # fmt: skip

    def clean_showing(self) -> tuple[str, ...]:
        """Return what was ordered."""
        return tuple(self.cleaned_data["showing"])
