"""Reads what a reviewer sent, face by face, into what the rules judge; and shows it again on the form and on the check page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from review.rules import feature_form, marks
from review.rules.draft import Given
from review.rules.feature_form import CLOSER_LOOK, FEATURES, FOUND, LIMITS, NOTHING_BECAUSE, SET_ASIDE, Compared
from review.sheets.examination import ExaminationSheet, FaceSheet

KEEP, ASIDE = "keep", "aside"
NOTE, GROUNDS, MARKS = 300, 2000, 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen, and whether it was."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature of the form, with what was answered so far."""

    code: str
    title: str
    choices: tuple[Choice, ...]
    note: str


@dataclass(frozen=True, slots=True)
class FaceForm:
    """One face with what was answered so far."""

    face: FaceSheet
    answer: str
    why: str
    features: tuple[FeatureRow, ...]
    limits: tuple[Choice, ...]
    nothing: tuple[Choice, ...]
    marks: str


def sent_by(post: QueryDict, sheet: ExaminationSheet) -> Given:
    """Return the fields of every face of the step, those that are empty left out."""
    return {each.code: _fields(post, each.code, sheet.step) for each in sheet.faces}


def _fields(post: QueryDict, face: str, step: str) -> dict[str, str]:
    fields = {"answer": post.get(f"answer-{face}", ""), "why": post.get(f"why-{face}", "").strip()[:GROUNDS]}
    if step == "rate":
        fields["nothing"] = post.get(f"nothing-{face}", "")
        fields["limits"] = " ".join(code for code in LIMITS if code in post.getlist(f"limits-{face}"))
        for code in FEATURES:
            fields[f"found-{code}"] = post.get(f"found-{face}-{code}", "")
            fields[f"note-{code}"] = post.get(f"note-{face}-{code}", "").strip()[:NOTE]
        fields["marks"] = "\n".join(post.get(f"marks-{face}", "").split("\r\n")).strip()[:MARKS]
    return {name: clean for name, value in fields.items() if (clean := value.replace("\x00", ""))}


def forms(sheet: ExaminationSheet, given: Given) -> list[FaceForm]:
    """Return the faces of the step with what was answered so far."""
    return [_form(each, given.get(each.code, {})) for each in sheet.faces]


def _form(face: FaceSheet, fields: Mapping[str, str]) -> FaceForm:
    return FaceForm(
        face=face,
        answer=fields.get("answer", ""),
        why=fields.get("why", ""),
        features=tuple(
            FeatureRow(code, title, _choices(FOUND, fields.get(f"found-{code}", "")), fields.get(f"note-{code}", ""))
            for code, title in FEATURES.items()
        ),
        limits=_choices({code: f"{words}, caps at +{cap}" for code, (words, cap) in LIMITS.items()}, *fields.get("limits", "").split()),
        nothing=_choices(NOTHING_BECAUSE, fields.get("nothing", "")),
        marks=fields.get("marks", ""),
    )


def _choices(words: Mapping[str, str], *chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, said, code in chosen) for code, said in words.items())


def sorted_as(sheet: ExaminationSheet, given: Given) -> tuple[dict[str, tuple[bool, str]], list[str]]:
    """Read a sorting: face code -> (kept, code of the reason), and each face that still lacks something."""
    answers: dict[str, tuple[bool, str]] = {}
    faults = []
    for each in sheet.faces:
        fields = given.get(each.code, {})
        if fields.get("answer") not in (KEEP, ASIDE):
            faults.append(f"Face {each.letter} has no answer.")
        elif fields["answer"] == KEEP:
            answers[each.code] = (True, CLOSER_LOOK)
        elif fields.get("why") in SET_ASIDE:
            answers[each.code] = (False, fields["why"])
        else:
            faults.append(f"Face {each.letter} needs a reason.")
    return answers, faults


def compared_as(sheet: ExaminationSheet, given: Given) -> tuple[dict[str, Compared], list[str]]:
    """Read the forms: face code -> form, and each face that still lacks something."""
    answers: dict[str, Compared] = {}
    faults = []
    for each in sheet.faces:
        fields = given.get(each.code, {})
        if fields.get("answer") not in {str(value) for value, _ in sheet.scale}:
            faults.append(f"Face {each.letter} has no answer.")
            continue
        form = answers[each.code] = _compared(fields)
        if not form.grounds:
            faults.append(f"Face {each.letter} needs a reason.")
        missing = [title.lower() for code, title in FEATURES.items() if code not in form.features]
        faults += [f"Face {each.letter}: nothing is said of {', '.join(missing)}."] if missing else []
        faults += [
            f"Face {each.letter}: {reason.sentence}"
            for reason in feature_form.faults(form)
            if not missing or reason.code != "not_every_feature"
        ]
        faults += [f"Face {each.letter}: {fault}" for fault in _marked(sheet, each, given)[1]]
    return answers, faults


def marked_as(sheet: ExaminationSheet, given: Given) -> dict[str, tuple[marks.Mark, ...]]:
    """Return face code -> its marks."""
    return {each.code: _marked(sheet, each, given)[0] for each in sheet.faces}


def _marked(sheet: ExaminationSheet, face: FaceSheet, given: Given) -> tuple[tuple[marks.Mark, ...], list[str]]:
    sizes = {"target": sheet.target_size, "face": (face.width, face.height)}
    return marks.read(given.get(face.code, {}).get("marks", ""), sizes=sizes)


def _compared(fields: Mapping[str, str]) -> Compared:
    features = {code: (found, fields.get(f"note-{code}", "")) for code in FEATURES if (found := fields.get(f"found-{code}"))}
    limits = frozenset(fields.get("limits", "").split())
    return Compared(int(fields["answer"]), fields.get("why", ""), features, limits, fields.get("nothing", ""))


def different(sheet: ExaminationSheet, kept: Given, yours: Given) -> list[tuple[str, str, str]]:
    """Return what two drafts do not say alike: where, what the kept one says, what the other says."""
    rows = []
    for each in sheet.faces:
        one, other = kept.get(each.code, {}), yours.get(each.code, {})
        names = [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
        rows += [(f"Face {each.letter}, {_name(name)}", _said(name, one), _said(name, other)) for name in names]
    return rows


def _name(field: str) -> str:
    kind, _, feature = field.partition("-")
    names = {"answer": "answer", "why": "reason", "nothing": "why there is no conclusion", "limits": "limits", "marks": "marks"}
    return names.get(kind) or f"{'note on ' if kind == 'note' else ''}{FEATURES[feature].lower()}"


def _said(field: str, fields: Mapping[str, str]) -> str:
    said = fields.get(field, "")
    if field == "limits":
        return ", ".join(LIMITS[code][0].lower() for code in said.split())
    words = {"answer": {KEEP: "keep", ASIDE: "set aside"}, "why": SET_ASIDE, "nothing": NOTHING_BECAUSE}
    return {**FOUND, **words.get(field, {})}.get(said, said) if field.startswith(("answer", "why", "nothing", "found")) else said


def shown_sorting(sheet: ExaminationSheet, answers: Mapping[str, tuple[bool, str]]) -> list[tuple[str, str, str]]:
    """Return the lines of the check page: letter, answer, reason."""
    said = [(each.letter, *answers[each.code]) for each in sheet.faces]
    return [(letter, "Keep" if kept else "Set aside", "for a closer look" if kept else SET_ASIDE[why]) for letter, kept, why in said]


def shown_forms(sheet: ExaminationSheet, answers: Mapping[str, Compared]) -> list[tuple[str, str, str]]:
    """Return the lines of the check page: letter, rating in words, grounds with the form in one line."""
    words = dict(sheet.scale)
    rows = []
    for each in sheet.faces:
        form = answers[each.code]
        why = f" ({NOTHING_BECAUSE[form.nothing_because].lower()})" if form.nothing_because else ""
        said = f"{form.rating:+d}: {words[form.rating]}{why}" if form.rating else f"0: {words[0]}{why}"
        rows.append((each.letter, said, f"{form.grounds}. Features: {feature_form.in_words(form).split(': ', 1)[1]}"))
    return rows
