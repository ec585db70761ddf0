"""What people may send, as forms: types and lengths only. Judgement is in the rules."""

from datetime import date
from typing import Any

from django import forms

from cases.law.asks import asked_of_a_report, asked_of_a_request, conditions_asked
from cases.law.in_force import law_in_force
from cases.models import Gallery, Policy, PolicyOffence
from cases.models.case import Track
from people.models import Agency
from review.models import Closing, Disposition
from review.rules.actions import ACTIONS
from review.rules.filing import LINKS
from review.rules.graph import EdgeKind
from review.rules.kinds import BY_PERSONS, Channel
from review.rules.probe_fitness import Grade
from review.sheets.words import KIND_WORDS
from review.views.ground_form import fields_for, fields_of_report
from review.views.moment import Moment


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


AREA = forms.Textarea(attrs={"rows": 3})
NOT_LISTED = [("23C", "23C Shoplifting: not on the list in force"), ("90Z", "90Z Another offence: not on the list in force")]


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Set what a choice offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class BoxField(forms.CharField):
    """Four whole numbers: x, y, width, height; what the browser's boxing fills in and a person may type."""

    def clean(self, value: Any) -> tuple[int, int, int, int] | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            x, y, width, height = (int(part) for part in text.replace(" ", "").split(","))
        except ValueError:
            raise forms.ValidationError("Write four whole numbers with commas: x, y, width, height.") from None
        return x, y, width, height


class RequestForm(forms.Form):
    """A request for a face search. Nothing that fixes the track or the offence is preset."""

    agency_case = forms.CharField(label="Agency case number", max_length=60, help_text="Cases on the same number are one investigation.")
    offence_code = forms.ChoiceField(
        label="Offence, from the report of crime", help_text="Type a code or a word. An analyst confirms it from the report."
    )
    track = forms.ChoiceField(
        label="Who is the person in the image?",
        choices=[
            (Track.SUSPECT, "The person who did it"),
            (Track.VICTIM_OR_WITNESS, "A victim or a witness"),
            (Track.UNIDENTIFIED, "Unidentified: a patient or a deceased person"),
            (Track.MISSING, "Missing or endangered"),
        ],
        widget=forms.RadioSelect,
        help_text="This fixes the track: it cannot be changed later. Arrest actions exist for “the person who did it” alone.",
    )
    purpose = forms.CharField(label="What is the search for?", widget=AREA, max_length=2000)
    gallery = forms.ChoiceField(label="Gallery", help_text="The known faces that are searched.")
    picture = forms.FileField(label="Image", help_text="JPEG, PNG or WebP, at most 20 MB and 40 megapixels. The original’s hash is kept.")
    probe_kind = forms.ChoiceField(
        label="Kind of image",
        choices=[
            ("cctv_still", "Still from a surveillance film"),
            ("photograph", "Photograph"),
            ("document_photo", "Photo of a document"),
            ("other_still", "Another still"),
        ],
    )
    target_box = BoxField(
        label="Target face in pixels",
        required=False,
        help_text="Left edge, top edge, width, height, with commas: 120,80,60,75. Other faces are never searched.",
    )
    target_because = forms.CharField(
        label="Why is this person the one who did it? Not by looks.",
        help_text="What they do in the film, what a record says. “Looks like” is no answer.",
        widget=AREA,
        max_length=2000,
    )
    source = forms.CharField(label="Source of the image", max_length=200, help_text="Camera or device, and who exported it.")
    place = forms.CharField(label="Place", max_length=200, help_text="Address, or what the camera looks at.")
    captured_at = Moment(
        label="Taken at",
        required=False,
        help_text="In your agency’s time, corrected.",
    )
    clock_error_seconds = forms.IntegerField(
        label="Clock error in seconds",
        required=False,
        min_value=-31_536_000,
        max_value=31_536_000,
        help_text="120 if the clock is two minutes fast, -120 if slow. Empty: not checked.",
    )
    frame = forms.CharField(label="Frame", required=False, max_length=60, help_text="Number or time code in the film.")
    actors = forms.IntegerField(label="How many people act in it?", min_value=1, max_value=100, initial=1)
    first_description = forms.CharField(
        label="First description, as first given", help_text="Word for word, before any picture was shown.", widget=AREA, max_length=2000
    )
    tried_before = forms.CharField(
        label="What else was tried, and what came of it",
        help_text="Prints or DNA, plate readers, other cameras, witnesses.",
        widget=AREA,
        max_length=2000,
    )
    named = forms.ChoiceField(
        label="Has anybody been named already?",
        choices=[("no", "Nobody was named"), ("yes", "Somebody was named")],
        widget=forms.RadioSelect,
        help_text="By anybody, before this search. Reviewers are never told. A named person whom the search does not return is a fact that may clear somebody.",
    )
    persons_named = forms.CharField(
        label="Persons named", required=False, help_text="One a line: name as given, by whom, when.", widget=AREA, max_length=4000
    )
    searched = forms.ChoiceField(
        label="Was this face searched before, here or elsewhere?",
        choices=[("no", "No, as far as is known"), ("yes", "Yes")],
        widget=forms.RadioSelect,
    )
    earlier_search = forms.CharField(
        label="When, where, and what came of it",
        required=False,
        help_text="“No candidates” is a result too. It stays on file and in the papers.",
        widget=AREA,
        max_length=2000,
    )
    repeats_because = forms.CharField(label="Why again?", required=False, max_length=2000)
    armed = forms.CharField(
        label="Weapon or other danger, as reported",
        required=False,
        max_length=200,
        help_text="Printed as a caution on a lead report: “showed a handgun, says the cashier”.",
    )

    def __init__(self, *args: Any, agency: Agency, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        law = law_in_force()
        besides = fields_for(asked_of_a_request(law, on=on), conditions_asked(law, on=on))
        self.fields.update(besides)
        self.besides = [self[name] for name in besides]
        newest = Policy.objects.order_by("-id").first()
        listed = [(o.code, f"{o.code} {o.name}") for o in PolicyOffence.objects.filter(policy=newest).order_by("code")] if newest else []
        names = list(Gallery.objects.filter(agency=agency).order_by("name").values_list("name", flat=True))
        self.listed = frozenset(code for code, _ in listed)
        _offer(self, "offence_code", [("", "Choose an offence"), *listed, *NOT_LISTED])
        _offer(self, "gallery", [(name, name) for name in names])
        self.fields["offence_code"].widget.attrs["data-listed"] = " ".join(sorted(self.listed))

    @property
    def on_the_list(self) -> bool | None:
        """Whether the offence that was sent is on the list in force; None before one was chosen."""
        code = self["offence_code"].value()
        return code in self.listed if code else None

    def clean(self) -> dict[str, Any]:
        """What a “yes” asks for has to be said."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("named") == "yes" and not said.get("persons_named", "").strip():
            self.add_error("persons_named", "Write who was named, by whom and when, or choose “nobody was named”.")
        if said.get("searched") == "yes" and not said.get("earlier_search", "").strip():
            self.add_error("earlier_search", "Write when and where, and what came of it.")
        return said


class OutsideForm(forms.Form):
    """A result that another agency sent on paper or by mail."""

    agency_case = forms.CharField(label="Our agency case number", max_length=60)
    track = forms.ChoiceField(label="Who is the person in the image?", choices=Track.choices)
    sender = forms.CharField(label="Sender", max_length=200)
    sender_ori = forms.CharField(label="Sender's ORI", max_length=9)
    their_number = forms.CharField(label="Their number", max_length=60)
    they_sent_at = Moment(label="Received at")
    candidates = forms.CharField(
        label="Candidates they listed", required=False, help_text="One reference a line; none is a result like any other.", widget=AREA
    )
    attachment = forms.FileField(label="Their paper or mail", required=False, help_text="Sealed as it came, and never shown.")
    picture = forms.FileField(label="The probe, if they sent it", required=False)


class OffenceForm(forms.Form):
    """The offence as a person read it in the report of crime."""

    code = forms.CharField(label="Offence code in the report of crime (NIBRS)", max_length=10)
    statute = forms.CharField(
        label="Statute, if the report names one",
        required=False,
        max_length=60,
        help_text="As it is cited there. Some codes are listed only with their statute.",
    )
    report_reference = forms.CharField(label="Where it stands", help_text="Report number and page.", max_length=200)
    attempt = forms.BooleanField(label="It was an attempt", required=False)
    out_of_state = forms.BooleanField(label="It happened in another state", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(fields_of_report(asked_of_a_report(law_in_force(), on=on)))


class ProbeForm(forms.Form):
    """The analyst's check."""

    grade = forms.ChoiceField(
        label="Fit for comparison?",
        choices=[(Grade.FIT.value, "Fit"), (Grade.LIMITED.value, "Limited: no rating above +1, and two items must stand apart"), (Grade.UNFIT.value, "Unfit: the case ends")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    depicts = forms.CharField(label="Whom does it show, and how is that known?", widget=AREA, max_length=2000)
    role_shown_by = forms.CharField(
        label="What, other than the face, shows that this person did the act?",
        required=False,
        help_text="Leave it empty if nothing does: then no arrest is open until something shows it.",
        widget=AREA,
        max_length=2000,
    )
    limits = forms.CharField(label="Limits", required=False, max_length=500)


class EvidenceForm(forms.Form):
    """An item of evidence on a lead."""

    direction = forms.ChoiceField(
        label="It speaks",
        choices=[("incriminating", "Against the person"), ("exculpatory", "For the person")],
        widget=forms.RadioSelect,
        initial="incriminating",
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=[(k.name, _upper(KIND_WORDS[k.name])) for k in BY_PERSONS.values()],
        help_text="A corroboration officer fixes it from the source document.",
    )
    description = forms.CharField(label="What it is", widget=AREA, max_length=2000)
    source_document = forms.CharField(
        label="Source document", required=False, help_text="Without one it stays “source not shown” and counts for nothing.", max_length=200
    )
    exculpatory_code = forms.ChoiceField(label="Test on the policy's list, if it is one", required=False)

    unasked = forms.BooleanField(label="It came in unasked: nobody looked for it because of the lead", required=False)
    claimed_at = Moment(
        label="Time that it claims",
        required=False,
        help_text="Shown as claimed. It proves nothing by itself.",
    )
    earlier = forms.ChoiceField(label="Our own earlier entry that says the same", required=False)
    got_under = forms.ChoiceField(label="Countersignature under which it was got", required=False)
    got_at_stop = forms.ChoiceField(label="Stop at which it was got", required=False)

    def __init__(
        self,
        *args: Any,
        tests: list[tuple[str, str]],
        earlier: list[tuple[str, str]],
        under: list[tuple[str, str]],
        stops: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "exculpatory_code", [("", "None of them"), *tests])
        for name, found in (("earlier", earlier), ("got_under", under), ("got_at_stop", stops)):
            _offer(self, name, [("", "None"), *found])
            if not found:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        return {"earlier": "", "got_under": "", "got_at_stop": "", **(super().clean() or {})}


class EdgeForm(forms.Form):
    """What an item depends on. An edge is never removed."""

    kind = forms.ChoiceField(
        label="This item",
        choices=[
            (EdgeKind.CONTENT_FROM.value, "takes its content from"),
            (EdgeKind.EXPOSED_TO.value, "was said by somebody who had seen or been told of"),
            (EdgeKind.SELECTED_BY.value, "was looked for because of"),
            (EdgeKind.AUTHORISED_BY.value, "was got by legal power that rested on"),
        ],
    )
    parent = forms.ChoiceField(label="the other")

    def __init__(self, *args: Any, parents: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "parent", parents)


LINK_WORDS = {
    "offence": "The offence: place and time of the act, or its proceeds",
    "identity": "Identity only: does not count",
    "presence": "Presence in the town only: does not count",
    "character": "Character or record only: does not count",
}


CHANNEL_WORDS = {Channel.BIOMETRIC_OTHER: "trace of the body, not the face"}


class FixForm(forms.Form):
    """What the corroboration officer reads in the source document."""

    source_document_seen = forms.BooleanField(label="I have the source document before me", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[(k.name, f"{_upper(KIND_WORDS[k.name])} (channel: {CHANNEL_WORDS.get(k.channel, k.channel.value).replace('_', ' ')})") for k in BY_PERSONS.values()], help_text="From the document, not from the detective's words. The kind fixes the channel.")  # fmt: skip
    links_to = forms.ChoiceField(
        label="It links to",
        choices=[(link, LINK_WORDS[link]) for link in LINKS],
        widget=forms.RadioSelect,
    )
    one_in = forms.IntegerField(label="Does it discriminate? One innocent person in how many would show the same?", min_value=1, max_value=2_000_000_000, help_text="1000 means one in a thousand people in town. Under 100 it weighs nothing.")  # fmt: skip
    tested_on = forms.IntegerField(label="On how many candidates was the same test made?", min_value=1, max_value=1_000_000, initial=1, help_text="A trawl over many weakens a test.")  # fmt: skip
    outside_system = forms.CharField(
        label="Outside record system that gave it a time", required=False, max_length=200, help_text="As the document shows: a plate reader, a till, an operator."
    )  # fmt: skip
    outside_at = Moment(label="That time", required=False)
    earlier_agrees = forms.BooleanField(label="Our own earlier entry, which the item names, says the same", required=False)


class FixAgainForm(FixForm):
    """Another reading of the same document, by two officers."""

    second = forms.CharField(label="Second corroboration officer (sign-in name)", max_length=60)
    because = forms.CharField(label="Why it is fixed again", widget=AREA, max_length=2000, help_text="The papers say that it was.")


class CloseItemForm(forms.Form):
    """How what speaks for the person is closed."""

    how = forms.ChoiceField(label="Closed as", choices=Closing._meta.get_field("how").choices or (), widget=forms.RadioSelect)
    because = forms.CharField(label="Because", widget=AREA, max_length=2000)
    second = forms.CharField(label="Second person (sign-in name), where it is weighed", required=False, max_length=60)


class AskForm(forms.Form):
    """An action asked for on a lead."""

    action = forms.ChoiceField(label="Action", choices=[(a.code, _upper(a.name)) for a in ACTIONS.values()])
    place = forms.CharField(label="Where, or by which agency", max_length=200)
    because = forms.CharField(label="Why now", required=False, widget=AREA, max_length=2000)


class OutsideGateForm(forms.Form):
    """What was done without a countersignature."""

    action = forms.ChoiceField(
        label="What was done", choices=[("line_up", "line-up"), *((a.code, a.name) for a in ACTIONS.values() if a.code != "line_up")]
    )
    happened_at = Moment(label="When")
    description = forms.CharField(label="What happened", widget=AREA, max_length=2000)
    lead_known = forms.ChoiceField(
        label="If it was a stop, or there was a lead on the person: was the lead known to whoever did it?",
        choices=[("", "Neither"), ("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")],
        required=False,
        help_text="What was got at a stop waits for a legal decision, unless the answer is no.",
    )
    subject_ref = forms.CharField(
        label="Gallery record of the person, where known",
        required=False,
        max_length=200,
        help_text="Every lead of the last thirty days on this record is linked.",
    )
    paper_serial = forms.CharField(
        label="Serial number of the paper form, if one was used",
        required=False,
        max_length=40,
        help_text="It is entered within 24 hours of what was done; later ones are counted as late.",
    )
    paper_first = forms.CharField(label="Who signed it first (sign-in name)", required=False, max_length=150)
    paper_second = forms.CharField(label="Who signed it second (sign-in name)", required=False, max_length=150)


class SignForm(forms.Form):
    """The supervisor's answer."""

    answer = forms.ChoiceField(label="Your answer", choices=[("sign", "Sign"), ("refuse", "Refuse")], widget=forms.RadioSelect)
    sentence = forms.CharField(
        label="If the face result vanished I would still act because …",
        widget=AREA,
        max_length=2000,
        help_text="In your own words; it is printed. If you refuse, say why.",
    )


class CloseCaseForm(forms.Form):
    """A disposition."""

    disposition = forms.ChoiceField(label="Disposition", choices=Disposition._meta.get_field("disposition").choices or ())
    note = forms.CharField(label="Note", widget=AREA, max_length=2000)
