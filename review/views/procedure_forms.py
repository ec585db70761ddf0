"""Forms of what surrounds an action: statements, warrants, line-ups, papers, holds, custody. Types and lengths only; judgement is in the rules."""

from typing import Any

from django import forms

from review.rules.actions import ACTIONS
from review.rules.filing import NAMED_FIRST, SHOWN
from review.rules.line_up import PICKS
from review.views.moment import Day, Moment

AREA = {"rows": 3}
YES_NO_UNKNOWN = [("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")]
NAMED_WORDS = {"nobody": "Nobody", "witness": "The witness", "taker": "Whoever took the statement", "other": "Somebody else"}
SHOWN_WORDS = {"nothing": "Nothing", "probe": "The image from the scene", "candidate": "The candidate’s picture", "array": "An array with the candidate"}  # fmt: skip
PICK_WORDS = {"suspect": "The suspect", "filler": "A filler", "nobody": "Nobody"}


def _text(label: str, *, help_text: str = "", required: bool = True, area: bool = False, most: int = 2000) -> forms.CharField:
    widget = forms.Textarea(attrs=AREA) if area else None
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, widget=widget)


def _yes(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class StatementForm(forms.Form):
    """How a statement or judgement was taken."""

    taken_by_name = _text("Who took it", help_text="Name and unit. A person of this house: give the sign-in name in the next field instead.", required=False, most=200)  # fmt: skip
    taken_by = _text("Sign-in name of who took it", required=False, most=60)
    author = _text(
        "Sign-in name of who judged", required=False, help_text="Where a person of this house recognised somebody himself.", most=60
    )
    taken_at = Moment(label="Taken at")
    shown = forms.ChoiceField(label="What was shown before", choices=[(x, SHOWN_WORDS[x]) for x in SHOWN], widget=forms.RadioSelect)
    named_first_by = forms.ChoiceField(
        label="Who said a name first", choices=[(x, NAMED_WORDS[x]) for x in NAMED_FIRST], widget=forms.RadioSelect
    )
    name_unprompted = _yes("The name came unprompted")
    recorded = _yes("It was recorded")
    told_of_search = _yes("Whoever said it had been told of the search")
    warned = _yes("The person was warned (a suspect’s statement)")
    detail_not_public = _yes("It holds a detail that was not public (a suspect’s statement)")


class WarrantForm(forms.Form):
    """An existing warrant."""

    court = _text("Court", most=200)
    number = _text("Number", most=100)
    issued_on = Day(label="Issued on")
    search_used = forms.ChoiceField(label="Did its papers use the search?", choices=YES_NO_UNKNOWN, widget=forms.RadioSelect)


class LineUpFormForm(forms.Form):
    """The nine fields of a line-up, before it is held."""

    prior_interview = _text("1. What the witness said before any picture", area=True)
    suspicion_in_writing = _text("2. What, apart from the face, makes this person a suspect", area=True)
    administrator = _text("3. Who holds it and does not know which one the suspect is", most=200)
    fillers = forms.IntegerField(
        label="4. Fillers who fit the description", min_value=0, max_value=50, help_text="At least five, one suspect."
    )
    instructions = _yes("5. “The person may not be there” is read out")
    words_at_once = _yes("6. How sure the witness is, is asked at once and written in his own words")
    recorded_on_video = _yes("7. It is recorded on video")
    no_repeat = _yes("8. This witness has not seen this person in a procedure before")
    no_show_up = _yes("9. It is no show-up")
    array = _text("SHA-256 of each picture of the array, one a line", area=True, required=False, help_text="The very picture that the search returned is refused.", most=4000)  # fmt: skip


class LineUpResultForm(forms.Form):
    """What the witness did."""

    picked = forms.ChoiceField(label="The witness picked", choices=[(x, PICK_WORDS[x]) for x in PICKS], widget=forms.RadioSelect)
    words = _text("In the witness’s own words", area=True)
    document = _text("Report", most=200)


class PapersForm(forms.Form):
    """The papers of an action."""

    action = forms.ChoiceField(label="Action", choices=[(a.code, a.name) for a in ACTIONS.values() if "G8" in a.demands])
    text = forms.CharField(
        label="Text of the papers",
        widget=forms.Textarea(attrs={"rows": 20}),
        max_length=100_000,
        help_text="The sentences below are generated from the file and have to stay word for word; write what is yours around them.",
    )


class LegalViewForm(forms.Form):
    """A legal adviser's view."""

    action = forms.ChoiceField(label="Action", choices=[(a.code, a.name) for a in ACTIONS.values() if "GL" in a.demands])
    agrees = forms.ChoiceField(label="Your view", choices=[("yes", "I agree"), ("no", "I speak against it")], widget=forms.RadioSelect)
    grounds = _text("Grounds", area=True)


class HoldForm(forms.Form):
    """Whether a held item may be used."""

    may_be_used = forms.ChoiceField(
        label="Your decision", choices=[("yes", "It may be used"), ("no", "It may not be used")], widget=forms.RadioSelect
    )
    grounds = _text("Grounds", area=True)
    court = _text("Court, if this is a judge’s ruling", required=False, help_text="A ruling outranks every adviser’s view.", most=200)


class RivalForm(forms.Form):
    """Another lead on the same face."""

    rival = forms.ChoiceField(label="The lead that is weighed away")
    because = _text("Because", area=True)
    second = _text("Second corroboration officer (sign-in name)", most=60)

    def __init__(self, *args: Any, rivals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rival"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = rivals


class RecheckForm(forms.Form):
    """A test in custody."""

    test = _text("Test", help_text="The fastest conclusive one first: prints or DNA.", most=200)
    outcome = forms.ChoiceField(
        label="It says",
        choices=[("same_person", "The same person"), ("other_person", "Another person: the lead ends, release"), ("not_possible", "Not possible")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    document = _text("Report", most=200)


class ReleaseForm(forms.Form):
    """A release."""

    released_at = Moment(label="Released at")
    because = _text("Because", area=True)


class WithoutFaceForm(forms.Form):
    """An action that stands without the face."""

    action = forms.ChoiceField(label="What was done", choices=[(a.code, a.name) for a in ACTIONS.values()])
    happened_at = Moment(label="When")
    description = _text("On what it stands", area=True)
    checked_by = _text("Corroboration officer who checked it (sign-in name)", most=60)
    search_disclosed = _yes("The papers say that a face search was used")
