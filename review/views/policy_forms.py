"""Forms of the policy board: packs to propose with their conflicts to settle, the record of an adoption, and what was met."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms

from cases.law.adoption import AdoptionRecord
from cases.law.conflicts import Conflict, Settlement
from cases.law.merge import Merged
from cases.law.words import ASSESSMENTS
from review.views.moment import Day, Days


class ProposeForm(forms.Form):
    """Which packs, whose, and how each conflict among them was settled."""

    packs = forms.MultipleChoiceField(
        label="Packs of this agency",
        widget=forms.CheckboxSelectMultiple,
        help_text="All rules of all packs are asked, so each pack more can only shut.",
    )
    performer = forms.MultipleChoiceField(
        label="Packs of another agency that searches for this one",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Both agencies’ rules are asked then.",
    )

    def __init__(self, *args: Any, shipped: Sequence[tuple[str, str]], law: Merged | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts = law.conflicts if law else ()
        sentences = {rule.key: rule.sentence for rule in law.rules} if law else {}
        for name in ("packs", "performer"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = list(shipped)
        for conflict in self.conflicts:
            self.fields[f"first_{_named(conflict)}"] = forms.ChoiceField(
                label=f"{conflict.sentence} Which goes first?",
                choices=[(rule, f"{rule}: {sentences[rule]}") for rule in conflict.rules],
                widget=forms.RadioSelect,
                error_messages={"required": "These two collide. Say which goes first, who settled it, and where it is written."},
            )
            self.fields[f"by_{_named(conflict)}"] = forms.CharField(label="Who settled it", help_text="A person, by name.", max_length=200)
            self.fields[f"writing_{_named(conflict)}"] = forms.CharField(
                label="Where it is written", help_text="Letter, order or minutes, with the day.", max_length=500
            )

    @property
    def settlements(self) -> list[Settlement]:
        """Return what was settled, once the form is sound."""
        said = self.cleaned_data
        named = [(c.id, _named(c)) for c in self.conflicts]
        return [Settlement(conflict, said[f"first_{n}"], said[f"by_{n}"], said[f"writing_{n}"]) for conflict, n in named]


def _named(conflict: Conflict) -> str:
    """Return a name for a conflict's fields that stays the same whatever other packs are chosen."""
    return hashlib.sha256(conflict.id.encode()).hexdigest()[:8]


class AdoptForm(forms.Form):
    """The record of the adoption."""

    governing_body = forms.CharField(label="Body that decided", max_length=200)
    voted_on = Day(label="Day of the vote")
    votes_for = forms.IntegerField(label="Votes for", min_value=0, max_value=10_000)
    votes_against = forms.IntegerField(label="Votes against", min_value=0, max_value=10_000)
    votes_abstained = forms.IntegerField(label="Abstained", min_value=0, max_value=10_000)
    published_at = forms.CharField(label="Where the text is published", max_length=500)
    review_on = Day(label="Day of the next review")
    pilot_ends_on = Day(label="End of the pilot", required=False, help_text="From that day nothing opens, unless the board adopts anew.")
    noticed_on = Day(label="Day of the public notice", required=False)
    comments_from = Day(label="Comments from", required=False)
    comments_until = Day(label="Comments until", required=False)
    meetings_on = Days(label="Days of public meetings", required=False, help_text="One a line, as in 2026-03-14.")
    written_policy = forms.CharField(label="Written policy: where it is filed", required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ASSESSMENTS:
            self.fields[f"assessed_{kind}"] = forms.CharField(
                label=f"Assessment, {kind.replace('_', ' ')}: its document", required=False, max_length=500
            )

    @property
    def record(self) -> AdoptionRecord:
        """Return the record, once the form is sound."""
        said = dict(self.cleaned_data)
        assessed = {kind: said.pop(f"assessed_{kind}") for kind in ASSESSMENTS}
        return AdoptionRecord(**said, assessments={kind: document for kind, document in assessed.items() if document})


class MetForm(forms.Form):
    """An obligation that was met."""

    key = forms.CharField(max_length=200)
    due_on = Day(required=False)
    document = forms.CharField(max_length=500, required=False)
