"""The form by which an auditor asks the record. Types only."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from oversight.record_search import OUTCOMES, QUESTIONS, Asked
from review.views.moment import Day

REF = RegexValidator(
    r"(?i)^[a-z]{2}-\d{4}-\d{6,15}(-[a-z]\d+)*$",
    "This is no number of a case, lead, item or countersignature. Write it as FR-2026-000123, FR-2026-000123-L1 or CS-2026-000123.",
)


class AuditForm(forms.Form):
    """Kind, outcome, case, person, days, or a saved question. No other word may be asked for: what is asked is an entry itself."""

    kind = forms.ChoiceField(required=False, label="Kind")
    outcome = forms.ChoiceField(required=False, label="Outcome", choices=[("", "Any outcome"), *OUTCOMES.items()])
    case = forms.CharField(required=False, label="Case, lead, item or countersignature", max_length=60, validators=[REF])
    person = forms.CharField(required=False, label="Sign-in name of a person", max_length=60)
    since = Day(required=False, label="From day")
    until = Day(required=False, label="To day")
    question = forms.ChoiceField(required=False, label="Saved question")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Any kind"), *kinds]  # type: ignore[attr-defined]
        self.fields["question"].choices = [("", "None"), *((code, q.title) for code, q in QUESTIONS.items())]  # type: ignore[attr-defined]

    def asked(self, person: tuple[str, ...] | None) -> Asked:
        """Return what was asked; ``person``: the keyed hashes of the one that was named."""
        said = self.cleaned_data
        return Asked(
            kind=said["kind"],
            outcome=said["outcome"],
            case=said["case"].upper(),
            person=person,
            since=said["since"],
            until=said["until"],
            question=said["question"],
        )
