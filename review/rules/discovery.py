"""Whether a court's request is taken, an item of it answered, what was given served, and a receipt filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.filing import IN_THE_FUTURE, OTHER_PART, missing

ANSWERS = ("given", "withheld", "protective_order")
MOST_ITEMS = 200

DOCS = "docs/discovery.md"
NO_ITEMS = Reason("no_items", "A request asks for something: write each item on a line of its own, at most 200.", DOCS)
UNKNOWN_ANSWER = Reason("unknown_answer", "An item is given, withheld, or under a protective order; choose one.", DOCS)
NO_GROUND = Reason("no_ground", "Say by which rule or privilege the item is withheld.", DOCS)
NO_ORDER = Reason("no_order", "Name the protective order: its court, and its date or number.", DOCS)
NOT_GIVEN_OUT = Reason(
    "not_given_out", "Say in what it is given: a bundle or another paper of this investigation that is on file as having left.", DOCS
)
WITHHELD_AND_GIVEN = Reason("withheld_and_given", "What is withheld is given in nothing: leave that field empty.", DOCS)
BEFORE_IT_LEFT = Reason("before_it_left", "It had not left the agency on that day.", DOCS)
COURT_ALONE = Reason(
    "court_alone",
    "Nothing is covered in a court copy: it is served on its court alone, under the name that stands on file.",
    "docs/decisions/0011-a-court-copy-is-a-bundle-of-its-own.md",
)
SERVED_ALREADY = Reason("served_already", "That was served on this person or office already.", DOCS)
BEFORE_SERVICE = Reason("before_service", "It had not been served on that day.", DOCS)
RECEIPT_ALREADY = Reason("receipt_already", "The receipt of this service is on file already.", DOCS)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer to one item. ``given_out``: what it is given in left the agency, about this investigation; None where nothing is named."""

    subject: str
    answer: str
    ground: str
    given_out: bool | None
    other_part: bool


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day on which something is said to have happened. ``after``: the earliest it could be; None where what it rests on is not on file."""

    subject: str
    on: date
    today: date
    after: date | None
    already: bool
    other_part: bool
    court_alone: bool = False  # a court copy, and this is not its court


def may_take(*, subject: str, items: Sequence[str], said: Mapping[str, str], other_part: bool) -> Finding:
    """Return a Permit to take a request, or every reason why not."""
    reasons = missing(said)
    if not items or len(items) > MOST_ITEMS or not all(item.strip() for item in items):
        reasons.append(NO_ITEMS)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.TAKE_DISCOVERY, subject, reasons)


def may_answer(facts: AnswerFacts) -> Finding:
    """Return a Permit to answer an item."""
    reasons: list[Reason] = []
    if facts.answer not in ANSWERS:
        reasons.append(UNKNOWN_ANSWER)
    if facts.answer == "withheld" and not facts.ground.strip():
        reasons.append(NO_GROUND)
    if facts.answer == "withheld" and facts.given_out is not None:
        reasons.append(WITHHELD_AND_GIVEN)
    if facts.answer == "protective_order" and not facts.ground.strip():
        reasons.append(NO_ORDER)
    if facts.given_out is False or facts.answer == "given" and facts.given_out is None:
        reasons.append(NOT_GIVEN_OUT)
    if facts.other_part:
        reasons.append(OTHER_PART)
    return judge(Act.ANSWER_ITEM, facts.subject, reasons)


def may_serve(facts: DayFacts, said: Mapping[str, str]) -> Finding:
    """Return a Permit to record that something was served."""
    reasons = missing(said)
    if facts.after is None:
        reasons.append(NOT_GIVEN_OUT)
    elif facts.on < facts.after:
        reasons.append(BEFORE_IT_LEFT)
    if facts.court_alone:
        reasons.append(COURT_ALONE)
    reasons.extend(_of_the_day(facts, SERVED_ALREADY))
    return judge(Act.SERVE_DISCOVERY, facts.subject, reasons)


def may_file_receipt(facts: DayFacts, said: Mapping[str, str]) -> Finding:
    """Return a Permit to file a receipt."""
    reasons = missing(said)
    if facts.after is not None and facts.on < facts.after:
        reasons.append(BEFORE_SERVICE)
    reasons.extend(_of_the_day(facts, RECEIPT_ALREADY))
    return judge(Act.FILE_RECEIPT, facts.subject, reasons)


def _of_the_day(facts: DayFacts, already: Reason) -> list[Reason]:
    reasons: list[Reason] = []
    if facts.on > facts.today:
        reasons.append(IN_THE_FUTURE)
    if facts.already:
        reasons.append(already)
    if facts.other_part:
        reasons.append(OTHER_PART)
    return reasons
