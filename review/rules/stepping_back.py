"""Whether a reviewer may step back or tell an auditor something. Next to nothing stands in the way: neither is ever a matter of permission."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.examination import NOT_DRAWN

RECUSAL_GROUNDS = {
    "knows_person": "I know a person who is shown",
    "saw_case": "I saw or heard of this case before",
    "other_tie": "Another tie to the case",
}
CONTACT_GROUNDS = {
    "of_the_case": "About the case or the person",
    "of_the_answer": "About what I should answer, or when",
    "other_talk": "About something else in it",
}
ALREADY_RECUSED = Reason("already_recused", "This person has already stepped back from this examination.", "docs/examination.md")
NO_WORDS = Reason("no_words", "Say in a sentence what happened; only an auditor reads it.", "docs/examination.md")
UNKNOWN_GROUND = Reason("unknown_ground", "Choose what it is about from the list.", "docs/examination.md")


@dataclass(frozen=True, slots=True)
class TellingFacts:
    """What is asked before something is sealed for an auditor."""

    subject: str
    drawn: bool
    recused: bool
    ground: str
    words: str


def may_recuse(facts: TellingFacts) -> Finding:
    """Return a Permit to step back: before or after the images were opened, and whatever was locked."""
    reasons = _asked(facts, RECUSAL_GROUNDS)
    if facts.recused:
        reasons.append(ALREADY_RECUSED)
    return judge(Act.RECUSE, facts.subject, reasons)


def may_report_contact(facts: TellingFacts) -> Finding:
    """Return a Permit to tell an auditor that somebody spoke to the reviewer."""
    return judge(Act.REPORT_CONTACT, facts.subject, _asked(facts, CONTACT_GROUNDS))


def _asked(facts: TellingFacts, grounds: dict[str, str]) -> list[Reason]:
    reasons: list[Reason] = []
    if not facts.drawn:
        reasons.append(NOT_DRAWN)
    if facts.ground not in grounds:
        reasons.append(UNKNOWN_GROUND)
    if not facts.words.strip():
        reasons.append(NO_WORDS)
    return reasons
