"""Whether a request, an item of evidence, a fixing, a closing or a filed result carries what it must."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.boxes import Box, named
from review.rules.kinds import KINDS

MISSING = Reason("missing", "Something that must be said is missing.", "docs/roles.md")
SEVERAL_FACES = Reason(
    "several_faces", "The picture shows several faces: box the one that is meant.", "Maryland CP 2-503 (others are not analysed)"
)
BOX_OUTSIDE = Reason("box_outside", "The target box lies outside the picture.", "docs/road.md")
BAD_BOX = Reason("bad_box", "The target box is four whole numbers: x, y, width and height, the last two above zero.", "docs/road.md")
NOT_BY_LOOKS = Reason("target_not_explained", "Say, not by looks, why this person is the actor.", "docs/road.md")
IN_THE_FUTURE = Reason("in_the_future", "That time has not come yet.", "docs/roles.md")
TOO_LARGE = Reason("too_large", "The attachment is larger than 20 MB; send what matters of it.", "docs/road.md")
UNKNOWN_KIND = Reason("unknown_kind", "There is no such kind of evidence; choose one from the list.", "docs/rules.md")
OTHER_PART = Reason("other_part", "This person already holds another part in the investigation.", "docs/road.md")
ALREADY_FIXED = Reason("already_fixed", "The kind of this item is fixed already.", "docs/road.md")
DOCUMENT_NOT_SEEN = Reason("document_not_seen", "The kind is fixed from the source document; open it first.", "docs/road.md")
ALREADY_CLOSED = Reason("already_closed", "This item is closed already.", "docs/independence.md, G6")
NOT_EXCULPATORY = Reason("not_exculpatory", "Only an item that speaks for the person is closed.", "docs/independence.md, G6")
NEEDS_SECOND = Reason("needs_second", "Weighing an item away takes a second person.", "docs/road.md, G6")
UNKNOWN_CLOSING = Reason("unknown_closing", "There is no such way to close an item; choose one from the list.", "docs/rules.md")
UNKNOWN_GALLERY = Reason("unknown_gallery", "There is no such gallery in this agency.", "docs/road.md")
WOULD_TURN_IN_A_CIRCLE = Reason("circle", "With this edge an item would depend on itself.", "docs/independence.md")
REPEAT_UNEXPLAINED = Reason("repeat_unexplained", "This face was searched before: say why again.", "docs/road.md")

UNKNOWN_LINK = Reason("unknown_link", "An item links to the offence, the identity, the presence or the character.", "docs/independence.md")

LINKS = ("offence", "identity", "presence", "character")
CLOSINGS = ("tested_excludes", "tested_does_not", "impossible", "weighed")


def missing(said: Mapping[str, str]) -> list[Reason]:
    """Return one reason for each name in ``said`` that is blank, naming it."""
    return [
        Reason("missing", f"“{name.replace('_', ' ')}” must be said.", "docs/roles.md") for name, text in said.items() if not text.strip()
    ]


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A request for a search, before anything is stored."""

    agency_case: str
    said: Mapping[str, str]
    gallery_known: bool
    box: Box | None
    picture: tuple[int, int] | None
    faces: tuple[Box, ...] | None
    captured_at: datetime | None
    now: datetime
    searched_before: bool
    repeats_because: str
    earlier_search: str = ""


def several_faces(faces: Sequence[Box]) -> Reason:
    """Return the reason that names each face with its box, so that a person can choose one and type it."""
    where = "; ".join(f"{name}: {','.join(map(str, box))}" for name, box in named(faces))
    return replace(SEVERAL_FACES, sentence=f"{SEVERAL_FACES.sentence} {len(faces)} were found. {where}.")


def box_reasons(box: Box | None, picture: tuple[int, int] | None) -> list[Reason]:
    """Return what is wrong with a target box (x, y, width, height in pixels) in a picture (width, height)."""
    if box is None:
        return []
    x, y, width, height = box
    if width <= 0 or height <= 0 or x < 0 or y < 0:
        return [BAD_BOX]
    if picture is not None and (x + width > picture[0] or y + height > picture[1]):
        return [BOX_OUTSIDE.with_numbers(picture_width=picture[0], picture_height=picture[1])]
    return []


def may_request(facts: RequestFacts) -> Finding:
    """Return a Permit to open a case for this request, or everything that is missing."""
    reasons = missing(facts.said)
    if not facts.gallery_known:
        reasons.append(UNKNOWN_GALLERY)
    reasons.extend(box_reasons(facts.box, facts.picture))
    if facts.faces is not None and len(facts.faces) > 1 and facts.box is None:
        reasons.append(several_faces(facts.faces))
    if facts.captured_at is not None and facts.captured_at > facts.now:
        reasons.append(IN_THE_FUTURE)
    if (facts.searched_before or facts.earlier_search.strip()) and not facts.repeats_because.strip():
        reasons.append(REPEAT_UNEXPLAINED)
    return judge(Act.REQUEST_SEARCH, facts.agency_case, reasons)


def may_file(
    *,
    subject: str,
    said: Mapping[str, str],
    sent_at: datetime,
    now: datetime,
    faults: Sequence[tuple[str, str, str]] = (),
    too_large: bool = False,
) -> Finding:
    """Return a Permit to file a result that another agency sent. ``faults`` are (field, code, sentence) of its list."""
    reasons = missing(said)
    if sent_at > now:
        reasons.append(IN_THE_FUTURE)
    if too_large:
        reasons.append(TOO_LARGE)
    reasons.extend(Reason(code, f"{field}: {sentence}", "docs/road.md") for field, code, sentence in faults)
    return judge(Act.FILE_OUTSIDE_RESULT, subject, reasons)


def may_confirm_offence(*, subject: str, state: str, said: Mapping[str, str], confirmer_requested: bool) -> Finding:
    """Return a Permit to confirm the offence code from the report of crime."""
    reasons = missing(said)
    if state != "RECEIVED":
        reasons.append(Reason("not_its_turn", "The offence of this case is confirmed already.", "docs/states.md"))
    if confirmer_requested:
        reasons.append(OTHER_PART)
    return judge(Act.CONFIRM_OFFENCE, subject, reasons)


def may_add_evidence(*, subject: str, kind: str, said: Mapping[str, str], lead_open: bool, other_part: bool) -> Finding:
    """Return a Permit to enter an item; its source may be missing, and then it is shown as not shown."""
    reasons = missing(said)
    if kind not in KINDS:
        reasons.append(UNKNOWN_KIND)
    if not lead_open:
        reasons.append(Reason("not_a_lead", "Evidence is entered on an open lead.", "docs/road.md"))
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.ADD_EVIDENCE, subject, reasons)


def may_add_edge(*, subject: str, parent_known: bool, circle: bool, other_part: bool) -> Finding:
    """Return a Permit to add an edge; edges are never removed."""
    reasons: list[Reason] = []
    if not parent_known:
        reasons.append(Reason("unknown_parent", "There is no such item on this lead.", "docs/independence.md"))
    if circle:
        reasons.append(WOULD_TURN_IN_A_CIRCLE)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.ADD_EDGE, subject, reasons)


def may_fix(*, subject: str, kind: str, links_to: str, document_seen: bool, already: bool, other_part: bool, one_in: int) -> Finding:
    """Return a Permit to fix an item's kind from its source document."""
    reasons: list[Reason] = []
    if kind not in KINDS:
        reasons.append(UNKNOWN_KIND)
    if links_to not in LINKS:
        reasons.append(UNKNOWN_LINK)
    if not document_seen:
        reasons.append(DOCUMENT_NOT_SEEN)
    if already:
        reasons.append(ALREADY_FIXED)
    if other_part:
        reasons.append(OTHER_PART)
    if one_in < 1:
        reasons.append(Reason("bad_number", "One innocent person in how many? A whole number from 1.", "docs/independence.md"))
    return judge(Act.FIX_EVIDENCE, subject, reasons)


def may_close_item(
    *, subject: str, how: str, exculpatory: bool, already: bool, has_second: bool, other_part: bool, said: Mapping[str, str]
) -> Finding:
    """Return a Permit to close an item that speaks for the person."""
    reasons = missing(said)
    if how not in CLOSINGS:
        reasons.append(UNKNOWN_CLOSING)
    if not exculpatory:
        reasons.append(NOT_EXCULPATORY)
    if already:
        reasons.append(ALREADY_CLOSED)
    if other_part:
        reasons.append(OTHER_PART)
    if how == "weighed" and not has_second:
        reasons.append(NEEDS_SECOND)
    return judge(Act.CLOSE_EXCULPATORY, subject, reasons)


def may_record_outside_gate(*, subject: str, said: Mapping[str, str], happened_at: datetime, now: datetime) -> Finding:
    """Return a Permit to record what was done without a countersignature."""
    reasons = missing(said)
    if happened_at > now:
        reasons.append(IN_THE_FUTURE)
    return judge(Act.RECORD_OUTSIDE_GATE, subject, reasons)


def may_close_case(*, subject: str, over: bool, known: bool, said: Mapping[str, str]) -> Finding:
    """Return a Permit to close a case with a disposition."""
    reasons = missing(said)
    if not known:
        reasons.append(Reason("unknown_disposition", "There is no such disposition; choose one from the list.", "docs/states.md"))
    if over:
        reasons.append(Reason("already_over", "The case is closed already.", "docs/states.md"))
    return judge(Act.CLOSE, subject, reasons)
