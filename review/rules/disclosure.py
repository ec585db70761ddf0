"""What the papers of an action must say, and the words they must not use. Sources: Detroit settlement 2024; State v. Arteaga; FBI lead-only wording.

The block is generated from the file; the affiant pastes it and may write more. A text is checked for every sentence of the
block and for words that say more than a face search can.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge

TOO_STRONG: dict[str, str] = {
    "identified": r"\bidentif(?:ied|ies|y|ication)\b",
    "match": r"\bmatch(?:es|ed|ing)?\b",
    "%": r"%|\bper ?cent\b",
    "credible source": r"\b(?:credible|reliable|confidential) (?:source|informant)\b|\binvestigative means\b|\bknown to (?:the|this) affiant\b",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence that the papers must carry."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PapersFacts:
    """The newest papers for an action: which statements they lack, which words are too strong, and whether the file went on."""

    missing: tuple[str, ...]
    wording: tuple[str, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class DisclosureFacts:
    """What the block is made of. "not reported" is said where nobody told us; a score is given with what it is not."""

    engine: str
    performed_by: str
    probe: str
    probe_grade: str
    edits: str
    gallery: str
    candidates: int
    place_and_score: str
    other_searches: Sequence[str]
    ratings: Sequence[str]
    dissent: Sequence[str]
    image_age: str
    differences: Sequence[str]
    witnesses: Sequence[str]
    line_up_too_early: bool
    speaks_for: Sequence[str]
    stands_apart: Sequence[str]
    depends_on_it: Sequence[str]
    error_rates: str
    sets_set_aside: int = 0
    stepped_back: int = 0


def block(facts: DisclosureFacts) -> tuple[Statement, ...]:
    """Return the mandatory statements of one lead, in the order in which they are printed."""
    said = [
        ("search_used", "A face search was used in this investigation."),
        ("lead_only", "Its result is an investigative lead only: it does not say who the person is and is not probable cause."),
        ("engine", f"Engine and version: {facts.engine}."),
        ("performed_by", f"The search was run by {facts.performed_by}."),
        ("probe", f"Probe image: {facts.probe}; graded {facts.probe_grade}."),
        ("edits", f"Edits of the probe: {facts.edits}."),
        ("gallery", f"Gallery searched: {facts.gallery}."),
        (
            "candidates",
            f"The search returned {_count(facts.candidates, 'candidate')}; others were returned besides this one or could have been.",
        ),
        ("place_and_score", f"Place and score of this one: {facts.place_and_score}. A score is not a probability."),
        ("other_searches", f"Other searches, empty ones included: {_list(facts.other_searches)}."),
        ("ratings", f"Reviewers’ ratings that support: {_list(facts.ratings)}."),
        ("dissent", f"Dissent: {_list(facts.dissent)}."),
        ("image_age", f"Age of the gallery image: {facts.image_age}."),
        ("differences", f"Known differences between the images or descriptions: {_list(facts.differences)}."),
        ("witnesses", f"Witnesses, what they had seen before, and whom they picked: {_list(facts.witnesses)}."),
        ("speaks_for", f"What speaks for the person, each with its state: {_list(facts.speaks_for)}."),
        ("stands_apart", f"What stands apart from the face result: {_list(facts.stands_apart)}."),
        ("depends_on_it", f"What depends on the face result and counts for nothing: {_list(facts.depends_on_it)}."),
        ("error_rates", f"Local error rates of the reviewers: {facts.error_rates}."),
    ]
    if facts.sets_set_aside:
        said.append(("set_aside", set_aside_said(facts.sets_set_aside)))
    if facts.stepped_back:
        said.append(("stepped_back", stepped_back_said(facts.stepped_back)))
    if facts.line_up_too_early:
        said.append(("line_up_too_early", "A line-up was held before anything stood apart from the face result; it counts for nothing."))
    return tuple(Statement(code, _soften(sentence)) for code, sentence in said)


def set_aside_said(number: int) -> str:
    """Say that reviewers' sets were set aside."""
    return (
        f"Reviewers whose whole set of answers was set aside, because they supported a face that is known to be somebody else’s: {number}; "
        "a fresh reviewer was drawn for each."
    )


def stepped_back_said(number: int) -> str:
    """Say that reviewers stepped back."""
    return f"Reviewers who stepped back from the examination: {number}; what they had answered is not among the ratings, unless the case was decided before; an exclusion among it still shuts the gate."


def check(text: str, statements: Sequence[Statement]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the statements that ``text`` lacks, and the words in it that are too strong outside the block."""
    folded = _fold(text)
    missing = tuple(each.code for each in statements if _fold(each.sentence) not in folded)
    rest = folded
    for each in statements:
        rest = rest.replace(_fold(each.sentence), " ")
    return missing, tuple(word for word, pattern in TOO_STRONG.items() if re.search(pattern, rest))


def may_file(*, subject: str, text: str, action_known: bool) -> Finding:
    """Return a Permit to file the papers. That they lack something is no reason to refuse them: the gate says it."""
    reasons: list[Reason] = []
    if not text.strip():
        reasons.append(Reason("missing", "The text of the papers is empty.", "docs/disclosure.md"))
    if not action_known:
        reasons.append(Reason("unknown_action", "There is no such action; choose one from the list.", "docs/rules.md"))
    return judge(Act.FILE_PAPERS, subject, reasons)


def _list(values: Sequence[str]) -> str:
    return "; ".join(value.strip().rstrip(".") for value in values) if values else "none on file"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _soften(sentence: str) -> str:
    return " ".join(sentence.split())


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
