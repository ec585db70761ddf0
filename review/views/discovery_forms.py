"""Forms of the Discovery desk. Types and lengths only; judgement is in the rules."""

from typing import Any

from django import forms

from review.rules.discovery import ANSWERS
from review.sheets.discovery import ANSWER_WORDS
from review.views.moment import Day

GROUND = "Withheld: the rule or privilege. Protective order: its court, and its date or number."
GIVEN_IN = "What left the agency and holds it. A bundle is made first; it is then listed here."


class RequestForm(forms.Form):
    """What a court asks for."""

    court = forms.CharField(label="Court", max_length=200)
    cause_number = forms.CharField(label="Cause number", max_length=100)
    asked_by = forms.CharField(label="Who asks", max_length=200, help_text="The court itself, the prosecutor or counsel.")
    due_on = Day(label="Due on")
    items = forms.CharField(
        label="Items", max_length=40_000, widget=forms.Textarea(attrs={"rows": 6}), help_text="Each on a line of its own, in the words of the request."
    )  # fmt: skip

    def clean_items(self) -> tuple[str, ...]:
        """Return the lines that say something."""
        return tuple(line.strip() for line in str(self.cleaned_data["items"]).splitlines() if line.strip())


class AnswerForm(forms.Form):
    """What is answered to one item."""

    answer = forms.ChoiceField(label="The item is", choices=[(x, ANSWER_WORDS[x]) for x in ANSWERS], widget=forms.RadioSelect)
    ground = forms.CharField(label="Ground or order", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=GROUND)  # fmt: skip
    given_in = forms.TypedChoiceField(label="Given in", required=False, coerce=int, empty_value=None, help_text=GIVEN_IN)

    def __init__(self, *args: Any, left: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_in"].choices = [("", "In nothing"), *left.items()]  # type: ignore[attr-defined]


class ServiceForm(forms.Form):
    """What was served, on whom, when and how."""

    served = forms.TypedChoiceField(label="What was served", coerce=int)
    served_on = Day(label="Served on (day)")
    served_to = forms.CharField(label="Served on (person or office)", max_length=200)
    way = forms.CharField(label="How", max_length=200, help_text="Electronic filing, by hand, by post.")

    def __init__(self, *args: Any, left: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["served"].choices = [*left.items()]  # type: ignore[attr-defined]


class ReceiptForm(forms.Form):
    """The receipt of one service."""

    received_on = Day(label="Received on")
    received_by = forms.CharField(label="Who received it", max_length=200)
    document = forms.CharField(label="Document", max_length=200, help_text="Where the signed receipt lies: number, page.")
