"""What the law in force asks besides, as fields: those that it asks for and no others. Judgement is in ``review/rules/ground.py``."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from cases.law import words
from cases.law.asks import HERE, SHOWN_BY_THE_FILE, STATED_GROUNDS
from review.acts.confirm_offence import ReadInReport
from review.rules.wanted import GroundSaid
from review.views.moment import Moment

NONE, REFUSED = "none", "refused"
YES_OR_NO = (("no", "No"), ("yes", "Yes"))
UNKNOWN = (*YES_OR_NO, ("", "Nobody knows"))
AREA = forms.Textarea(attrs={"rows": 3})


def _plain(word: str) -> str:
    text = word.replace("_", " ")
    return text[0].upper() + text[1:]


def _options(allowed: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, _plain(word)) for word in allowed]


def _one(label: str, allowed: Iterable[str], *, empty: str = "Choose", help_text: str = "") -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", empty), *_options(allowed)], required=False, help_text=help_text)


def _several(label: str, options: list[tuple[str, str]], *, help_text: str = "") -> forms.Field:
    return forms.MultipleChoiceField(label=label, choices=options, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text)


def _yes_or_no(label: str, options: Iterable[tuple[str, str]] = YES_OR_NO, *, help_text: str = "") -> forms.Field:
    return forms.ChoiceField(label=label, choices=list(options), required=False, widget=forms.RadioSelect, help_text=help_text)


def _text(label: str, *, help_text: str = "", area: bool = False) -> forms.Field:
    return forms.CharField(label=label, required=False, max_length=2000, help_text=help_text, widget=AREA if area else None)


OFF_THE_TRACK = [(word, f"{_plain(word)} ({_plain(words.PURPOSES[word]).lower()})") for word in words.OFF_THE_SUSPECT_TRACK]
BESIDES: dict[str, Callable[[], dict[str, forms.Field]]] = {  # question -> fields
    "purpose": lambda: {
        "exact_purpose": forms.ChoiceField(
            label="If not for a suspect: what for, exactly?", choices=[("", "It is for a suspect"), *OFF_THE_TRACK], required=False
        )
    },
    "channel": lambda: {"channel": _one("Way of searching", [each for each in words.CHANNELS if each in HERE], empty="Desktop")},
    "suspicion": lambda: {"suspicion": _one("Ground of suspicion", words.STANDARDS)},
    "grounds": lambda: {
        "grounds": _several("Grounds", _options(each for each in words.GROUNDS if each in STATED_GROUNDS)),
        "in_writing": _text("The grounds in writing", area=True),
    },
    "bases": lambda: {"bases": _several("What it rests on", _options(words.BASES))},
    "uses": lambda: {
        "uses": _several(
            "Is it, or will it be, used for any of these?", [(NONE, "None of these"), *_options(words.FORBIDDEN_USES)]
        )
    },
    "protected_activity": lambda: {
        "protected_activity": _yes_or_no(
            "Does it touch what people may freely think, say or be?", help_text="Speech, gatherings, religion, unions, descent, health."
        )
    },
    "records": lambda: {"records_protected_activity": _yes_or_no("Does this request write such things down?")},
    "authority": lambda: {
        "authority": forms.ChoiceField(
            label="Authority", choices=[("", "None yet"), *_options(words.AUTHORITIES), (REFUSED, "It was asked for and refused")], required=False
        ),
        "authority_document": _text("Its document", help_text="Court, number, page."),
        "authority_granted_at": Moment(label="Given at", required=False),
        "authority_ends_at": Moment(label="Ends at", required=False),
    },
    "exigency": lambda: {
        "exigent": _yes_or_no("Is it an emergency?"),
        "exigent_since": Moment(label="Since when", required=False),
        "exigent_reasons": _text("Why it cannot wait", area=True),
    },
    "minor": lambda: {"minor": _yes_or_no("Is the person a minor?", UNKNOWN)},
    "sealed": lambda: {"sealed": _yes_or_no("Is a record of this sealed?", UNKNOWN)},
}  # fmt: skip
OF_A_REPORT: dict[str, Callable[[], dict[str, forms.Field]]] = {
    "classes": lambda: {"classes": _several("The report calls it", _options(words.CLASSES))},
    "penalty_years": lambda: {
        "penalty_years": forms.IntegerField(label="Highest penalty in years", required=False, min_value=0, max_value=200)
    },
    "equivalent": lambda: {
        "equivalent": _text("If in another state: the offence here that it equals", help_text="A code or a statute of the list.")
    },
    "open_clause": lambda: {
        "open_reasons": _text("If it is not on the list: why a face may still be searched", area=True),
        "open_approver": _text("And who approved that, by name and rank"),
    },
}


def fields_for(asked: Iterable[str], conditions: Iterable[str] = ()) -> dict[str, forms.Field]:
    """Return the fields of the questions that are asked, in the order of the table."""
    wanted = set(asked)
    fields = {name: field for question, make in BESIDES.items() if question in wanted for name, field in make().items()}
    named = [each for each in words.CONDITIONS if each in set(conditions) - SHOWN_BY_THE_FILE]
    if "conditions" in wanted and named:
        fields["conditions"] = _several("Which of these is met?", _options(named))
    return fields


def fields_of_report(asked: Iterable[str]) -> dict[str, forms.Field]:
    """Return the fields of what the law asks of the report of crime."""
    wanted = set(asked)
    return {name: field for question, make in OF_A_REPORT.items() if question in wanted for name, field in make().items()}


def ground_said(said: dict[str, Any]) -> GroundSaid:
    """Read the answers. What was not asked, or not answered, stays unknown."""
    uses = said.get("uses") or []
    authority = said.get("authority") or ""
    return GroundSaid(
        purpose=said.get("exact_purpose") or "",
        channel=said.get("channel") or "desktop",
        suspicion=said.get("suspicion") or "",
        grounds=tuple(said.get("grounds") or ()),
        in_writing=said.get("in_writing") or "",
        bases=tuple(said.get("bases") or ()),
        uses=tuple(use for use in uses if use != NONE) if uses else None,
        protected_activity=_known(said.get("protected_activity")),
        records_protected_activity=_known(said.get("records_protected_activity")),
        authority="" if authority == REFUSED else authority,
        authority_document=said.get("authority_document") or "",
        authority_granted_at=said.get("authority_granted_at"),
        authority_ends_at=said.get("authority_ends_at"),
        authority_refused=(authority == REFUSED) if authority else None,
        exigent=_known(said.get("exigent")),
        exigent_since=said.get("exigent_since"),
        exigent_reasons=said.get("exigent_reasons") or "",
        conditions=tuple(said.get("conditions") or ()),
        minor=_known(said.get("minor")),
        sealed=_known(said.get("sealed")),
    )


def read_in_report(said: dict[str, Any]) -> ReadInReport:
    """Read what else the report of crime says."""
    classes = said.get("classes")
    return ReadInReport(
        attempt=bool(said.get("attempt")),
        out_of_state=bool(said.get("out_of_state")),
        equivalent=said.get("equivalent") or "",
        classes=tuple(classes) if classes else None,
        penalty_years=said.get("penalty_years"),
        open_reasons=said.get("open_reasons") or "",
        open_approver=said.get("open_approver") or "",
    )


def _known(answer: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(answer or "")
