"""The line-up form: nine fields that have to be on file before a line-up is held. Source: Wells et al. 2020, nine recommendations."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge

SOURCE = "Wells et al. 2020, nine recommendations; G5"
FEWEST_FILLERS = 5

NO_FORM = Reason("no_line_up_form", "No line-up form is on file for this lead.", SOURCE)
FORM_INCOMPLETE = Reason("line_up_form_incomplete", "The line-up form lacks some of its nine fields.", SOURCE)
SAME_PICTURE = Reason(
    "same_picture", "The array uses the very picture that the search returned; another photograph is needed.", "Maryland 2024; G5"
)
UNKNOWN_PICK = Reason("unknown_pick", "The witness picked the suspect, a filler or nobody.", SOURCE)
ALREADY_HELD = Reason("already_held", "This line-up has been held; the same witness is not asked again.", SOURCE)
NOT_OPEN = Reason("gate_shut", "The gate is not open for a line-up on this lead.", "Detroit 307.5; G5")

PICKS = ("suspect", "filler", "nobody")


@dataclass(frozen=True, slots=True)
class LineUpFacts:
    """The nine fields, as a detective filled them in before the line-up."""

    prior_interview: str  # 1 what the witness said before any picture
    suspicion_in_writing: str  # 2 what, apart from the face, makes this person a suspect
    administrator: str  # 3 who holds it and does not know which one the suspect is
    fillers: int  # 4 one suspect and at least five fillers who fit the description
    instructions: bool  # 5 "the person may not be there", read out
    words_at_once: bool  # 6 in the witness's own words, at once
    recorded_on_video: bool  # 7
    no_repeat: bool  # 8 this witness has not seen this person in a procedure before
    no_show_up: bool  # 9 not a show-up


def lacking(facts: LineUpFacts) -> tuple[str, ...]:
    """Return the names of the fields that do not hold."""
    held = {
        "prior interview": bool(facts.prior_interview.strip()),
        "suspicion in writing": bool(facts.suspicion_in_writing.strip()),
        "blind administrator": bool(facts.administrator.strip()),
        "fillers": facts.fillers >= FEWEST_FILLERS,
        "instructions": facts.instructions,
        "own words at once": facts.words_at_once,
        "video": facts.recorded_on_video,
        "no repeat": facts.no_repeat,
        "no show-up": facts.no_show_up,
    }
    return tuple(name for name, holds in held.items() if not holds)


def may_be_held(facts: LineUpFacts | None) -> list[Reason]:
    """Return why a line-up may not be held as far as its form goes."""
    if facts is None:
        return [NO_FORM]
    missing = lacking(facts)
    return [FORM_INCOMPLETE.with_numbers(missing=len(missing))] if missing else []


def may_file_form(*, subject: str, array: frozenset[str], candidate: frozenset[str], lead_open: bool) -> Finding:
    """Return a Permit to file the form. ``array`` and ``candidate`` are SHA-256 of pictures; none may be the same."""
    reasons: list[Reason] = []
    if not lead_open:
        reasons.append(Reason("not_a_lead", "A line-up is held on an open lead.", "docs/road.md"))
    if array & candidate:
        reasons.append(SAME_PICTURE)
    return judge(Act.FILE_LINE_UP_FORM, subject, reasons)


def may_record(*, subject: str, picked: str, already: bool) -> Finding:
    """Return a Permit to record what the witness did. That the gate was shut is no reason: it happened, and the papers say so."""
    reasons: list[Reason] = []
    if picked not in PICKS:
        reasons.append(UNKNOWN_PICK)
    if already:
        reasons.append(ALREADY_HELD)
    return judge(Act.RECORD_LINE_UP, subject, reasons)
