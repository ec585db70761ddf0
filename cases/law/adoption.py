"""What has to stand on file before a law is put in force: the record of the vote, against what the packs' own rules ask. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from cases.law.evaluate import evaluate, refusals
from cases.law.facts import ProgrammeStartFacts
from cases.law.merge import Merged
from cases.law.words import Gate


@dataclass(frozen=True, slots=True)
class AdoptionRecord:
    """Who decided, how they voted, what the public was told and could say, and until when it holds."""

    governing_body: str
    voted_on: date
    votes_for: int
    votes_against: int
    votes_abstained: int
    published_at: str
    review_on: date
    noticed_on: date | None = None
    comments_from: date | None = None
    comments_until: date | None = None
    meetings_on: tuple[date, ...] = ()
    written_policy: str = ""
    pilot_ends_on: date | None = None
    assessments: Mapping[str, str] = field(default_factory=dict)  # kind -> the document

    def plain(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def what_is_missing(record: AdoptionRecord, law: Merged, *, on: date) -> tuple[str, ...]:
    """Return every reason why this record does not carry an adoption on this day: the house's own, then each rule's."""
    return (*_of_the_house(record, on), *_asked_by_rules(record, law, on))


def _of_the_house(record: AdoptionRecord, on: date) -> list[str]:
    against = []
    if not record.governing_body.strip():
        against.append("The body that decided is not named.")
    if record.votes_for <= record.votes_against:
        against.append("It was not voted for: more votes for than against are needed.")
    if record.voted_on > on:
        against.append("The vote has not been taken yet.")
    if not record.published_at.strip():
        against.append("Say where the text is published.")
    if record.review_on <= on:
        against.append("The day of the next review has to come after today.")
    if record.pilot_ends_on is not None and record.pilot_ends_on <= on:
        against.append("The pilot would have ended before it began.")
    if (record.comments_from is None) != (record.comments_until is None):
        against.append("A period for comments has a first and a last day.")
    if record.comments_from and record.comments_until and record.comments_from > record.comments_until:
        against.append("The period for comments ends before it begins.")
    if record.comments_until is not None and record.comments_until > record.voted_on:
        against.append("The vote was taken while comments could still be made.")
    if any(day > on for day in (record.noticed_on, *record.meetings_on) if day is not None):
        against.append("A notice or a meeting of a day to come counts for nothing.")
    return against


def _asked_by_rules(record: AdoptionRecord, law: Merged, on: date) -> list[str]:
    answers = refusals(evaluate(law, gate=Gate.PROGRAMME_START, facts=_facts(record, on)))
    adoption = {rule.key for rule in law.rules if rule.type == "adoption"}
    against = [f"{because} ({answer.citation})" for answer in answers if answer.rule in adoption for because in answer.because]
    for rule in law.rules_at(Gate.PROGRAMME_START):
        months = rule.says("review_every_months")
        if months and rule.holds_on(on) and _months(on, record.review_on) > months:
            against.append(f"The next review has to come within {months} months. ({rule.citation})")
    return against


def _facts(record: AdoptionRecord, on: date) -> ProgrammeStartFacts:
    commented = record.comments_from and record.comments_until and (record.comments_until - record.comments_from).days + 1
    return ProgrammeStartFacts(
        on=on,
        starts_on=on,
        body=record.governing_body,
        votes_for=record.votes_for,
        votes_against=record.votes_against,
        noticed_on=record.noticed_on,
        comment_days=commented or None,
        meetings=len(set(record.meetings_on)),
        policy_in_writing=bool(record.written_policy.strip()),
        reviewed_on=record.voted_on,
        pilot_ends_on=record.pilot_ends_on,
        assessments=frozenset(kind for kind, document in record.assessments.items() if document.strip()),
    )


def _months(first: date, last: date) -> int:
    """Months between two days; a part of a month counts as a whole one."""
    return (last.year - first.year) * 12 + last.month - first.month + (last.day > first.day)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
