"""Whether a request, an item of evidence, a fixing, a closing or a filed result carries what it must."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules import gate
from review.rules.boxes import Box, named
from review.rules.kinds import BY_PERSONS

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
NOT_FIXED_BY_PERSONS = Reason(
    "not_fixed_by_persons",
    "What another agency excluded when it examined the case again is fixed by nobody. Close it: tested, impossible or weighed by two.",
    "docs/examination.md",
)
DOCUMENT_NOT_SEEN = Reason("document_not_seen", "The kind is fixed from the source document; open it first.", "docs/road.md")
ALREADY_CLOSED = Reason("already_closed", "This item is closed already.", "docs/independence.md, G6")
NOT_FIXED_YET = Reason("not_fixed_yet", "This item was not fixed yet; fix it once before it is fixed again.", "docs/independence.md")
SECOND_TO_FIX_AGAIN = Reason(
    "second_to_fix_again",
    "Fixing an item again takes a second corroboration officer with no other part in the investigation; name another.",
    "docs/independence.md",
)
OUTSIDE_TIME_ALONE = Reason(
    "outside_time_alone",
    "A time of an outside record system comes with the system's name, and the name with a time.",
    "docs/independence.md",
)
NO_EARLIER_ENTRY = Reason("no_earlier_entry", "The item names no earlier entry of ours that could say the same.", "docs/independence.md")
ON_NO_LEAD = Reason(
    "on_no_lead",
    "This item is on no lead. Enter it on the lead of the person whom it clears, and close it there; until then it stays open.",
    "docs/independence.md, what speaks for the person",
)
NOT_EXCULPATORY = Reason("not_exculpatory", "Only an item that speaks for the person is closed.", "docs/independence.md, G6")
NEEDS_SECOND = Reason(
    "needs_second",
    "Weighing an item away takes a second corroboration officer with no other part in the investigation; name another.",
    "docs/road.md, G6",
)
UNKNOWN_CLOSING = Reason("unknown_closing", "There is no such way to close an item; choose one from the list.", "docs/rules.md")
UNKNOWN_GALLERY = Reason("unknown_gallery", "There is no such gallery in this agency.", "docs/road.md")
WOULD_TURN_IN_A_CIRCLE = Reason("circle", "With this edge an item would depend on itself.", "docs/independence.md")
REPEAT_UNEXPLAINED = Reason("repeat_unexplained", "This face was searched before: say why again.", "docs/road.md")

OPEN_CLAUSE_ALONE = Reason(
    "open_clause_alone",
    "An offence that is not on the list comes with written reasons and the name of whoever approved it, or with neither.",
    "domain/policy-rules, open clauses",
)
MOVED_SINCE_SHOWN = Reason(
    "moved_since_shown",
    "Something was entered since you opened this page. What the item rests on is shown as it is now: read it again, then decide.",
    "docs/independence.md, T6",
)
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
    other_part: bool = False
    further: tuple[Reason, ...] = ()  # what is wrong with what the law asks besides


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
    if facts.other_part:
        reasons.append(OTHER_PART)
    reasons.extend(facts.further)
    return judge(Act.REQUEST_SEARCH, facts.agency_case, reasons)


def may_file(
    *,
    subject: str,
    said: Mapping[str, str],
    sent_at: datetime,
    now: datetime,
    faults: Sequence[tuple[str, str, str]] = (),
    too_large: bool = False,
    other_part: bool = False,
) -> Finding:
    """Return a Permit to file a result that another agency sent. ``faults`` are (field, code, sentence) of its list."""
    reasons = missing(said)
    if sent_at > now:
        reasons.append(IN_THE_FUTURE)
    if too_large:
        reasons.append(TOO_LARGE)
    if other_part:
        reasons.append(OTHER_PART)
    reasons.extend(Reason(code, f"{field}: {sentence}", "docs/road.md") for field, code, sentence in faults)
    return judge(Act.FILE_OUTSIDE_RESULT, subject, reasons)


def may_confirm_offence(
    *, subject: str, state: str, said: Mapping[str, str], confirmer_requested: bool, open_clause: tuple[str, str] = ("", "")
) -> Finding:
    """Return a Permit to confirm the offence code from the report of crime. An open clause needs its reasons and who approved it."""
    reasons = missing(said)
    if bool(open_clause[0].strip()) != bool(open_clause[1].strip()):
        reasons.append(OPEN_CLAUSE_ALONE)
    if state != "RECEIVED":
        reasons.append(Reason("not_its_turn", "The offence of this case is confirmed already.", "docs/states.md"))
    if confirmer_requested:
        reasons.append(OTHER_PART)
    return judge(Act.CONFIRM_OFFENCE, subject, reasons)


def may_add_evidence(
    *,
    subject: str,
    kind: str,
    said: Mapping[str, str],
    open_for_entries: bool,
    other_part: bool,
    unknown_references: Sequence[str] = (),
    claimed_at: datetime | None = None,
    now: datetime,
) -> Finding:
    """Return a Permit to enter an item; its source may be missing, and then it is shown as not shown."""
    reasons = missing(said)
    if kind not in BY_PERSONS:
        reasons.append(UNKNOWN_KIND)
    if not open_for_entries:
        reasons.append(Reason("not_open", "Evidence is entered on an open lead, or on a case that is not closed.", "docs/road.md"))
    if other_part:
        reasons.append(OTHER_PART)
    reasons.extend(
        Reason("unknown_reference", f"There is no such {name} in this investigation.", "docs/road.md") for name in unknown_references
    )
    if claimed_at is not None and claimed_at > now:
        reasons.append(IN_THE_FUTURE)
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


@dataclass(frozen=True, slots=True)
class FixingFacts:
    """A fixing, before it is stored. ``outside``: the record system and the time that it gave."""

    subject: str
    act: Act
    kind: str
    links_to: str
    document_seen: bool
    times_fixed: int
    other_part: bool
    one_in: int
    tested_on: int
    outside: tuple[str, datetime | None]
    now: datetime
    earlier_agrees: bool
    has_earlier: bool
    has_second: bool
    because: str
    by_another_agency: bool = False


def may_fix(facts: FixingFacts) -> Finding:
    """Return a Permit to fix an item's kind from its source document, for the first time or again with a second person."""
    reasons: list[Reason] = []
    again = facts.act is Act.FIX_AGAIN
    if facts.by_another_agency:
        reasons.append(NOT_FIXED_BY_PERSONS)
    if facts.kind not in BY_PERSONS:
        reasons.append(UNKNOWN_KIND)
    if facts.links_to not in LINKS:
        reasons.append(UNKNOWN_LINK)
    if not facts.document_seen:
        reasons.append(DOCUMENT_NOT_SEEN)
    if facts.times_fixed and not again:
        reasons.append(ALREADY_FIXED)
    if again and not facts.times_fixed:
        reasons.append(NOT_FIXED_YET)
    if again and not facts.has_second:
        reasons.append(SECOND_TO_FIX_AGAIN)
    if again:
        reasons.extend(missing({"because": facts.because}))
    if facts.other_part:
        reasons.append(OTHER_PART)
    if facts.one_in < 1 or facts.tested_on < 1:
        reasons.append(Reason("bad_number", "One innocent person in how many? A whole number from 1.", "docs/independence.md"))
    system, time = facts.outside
    if bool(system.strip()) != (time is not None):
        reasons.append(OUTSIDE_TIME_ALONE)
    if time is not None and time > facts.now:
        reasons.append(IN_THE_FUTURE)
    if facts.earlier_agrees and not facts.has_earlier:
        reasons.append(NO_EARLIER_ENTRY)
    return judge(facts.act, facts.subject, reasons)


@dataclass(frozen=True, slots=True)
class StatementSaid:
    """How a statement or judgement was taken, as it is written down."""

    taken_at: datetime
    recorded: bool
    name_unprompted: bool
    named_first_by: str
    shown: str
    told_of_search: bool
    warned: bool = False
    detail_not_public: bool = False


NAMED_FIRST = ("nobody", "witness", "taker", "other")
SHOWN = ("nothing", "probe", "candidate", "array")


def may_record_statement(
    *, subject: str, said: StatementSaid, taker_known: bool, already: bool, other_part: bool, now: datetime
) -> Finding:
    """Return a Permit to write down how a statement was taken. What speaks against it is written down, not refused."""
    reasons: list[Reason] = []
    if not taker_known:
        reasons.append(Reason("no_taker", "Say who took the statement.", "docs/independence.md, statements"))
    if already:
        reasons.append(
            Reason("already_written", "How this statement was taken is written down already.", "docs/independence.md, statements")
        )
    if said.named_first_by not in NAMED_FIRST or said.shown not in SHOWN:
        reasons.append(Reason("unknown_answer", "Choose one of the answers offered.", "docs/independence.md, statements"))
    if said.name_unprompted and said.named_first_by in ("taker", "other"):
        reasons.append(
            Reason("contradiction", "A name that somebody else said first was not unprompted.", "docs/independence.md, statements")
        )
    if said.taken_at > now:
        reasons.append(IN_THE_FUTURE)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.RECORD_STATEMENT, subject, reasons)


def may_file_warrant(*, subject: str, is_warrant: bool, already: bool, said: Mapping[str, str], search_used: str) -> Finding:
    """Return a Permit to file the form of an existing warrant."""
    reasons = missing(said)
    if not is_warrant:
        reasons.append(Reason("no_warrant", "The item is no existing warrant.", "docs/independence.md, existing warrants"))
    if already:
        reasons.append(Reason("already_written", "The form of this warrant is on file already.", "docs/independence.md"))
    if search_used not in ("yes", "no", "unknown"):
        reasons.append(Reason("unknown_answer", "Say whether its papers used the search: yes, no or unknown.", "docs/independence.md"))
    return judge(Act.FILE_WARRANT, subject, reasons)


def may_weigh_rival(*, subject: str, is_rival: bool, already: bool, has_second: bool, other_part: bool, said: Mapping[str, str]) -> Finding:
    """Return a Permit to weigh away another lead on the same face. Of two leads only one is: the other has to end first."""
    reasons = missing(said)
    if not is_rival:
        reasons.append(Reason("no_rival", "That is no open lead on the same face.", "docs/independence.md, G6"))
    if already:
        reasons.append(
            Reason(
                "rival_weighed", "Of two leads on one face one was weighed away already; the other has to end.", "docs/independence.md, G6"
            )
        )
    if not has_second:
        reasons.append(NEEDS_SECOND)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.WEIGH_RIVAL, subject, reasons)


def may_decide_hold(*, subject: str, held: bool, as_shown: bool, other_part: bool, said: Mapping[str, str]) -> Finding:
    """Return a Permit to decide whether an item that was got by a power resting on the face may be used, as it was shown to whoever decides."""
    reasons = missing(said)
    if not as_shown:
        reasons.append(MOVED_SINCE_SHOWN)
    if not held:
        reasons.append(Reason("not_held", "No legal decision is awaited on this item.", "docs/independence.md, T6"))
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.DECIDE_HOLD, subject, reasons)


def may_give_legal_view(*, subject: str, action_asks: bool, other_part: bool, said: Mapping[str, str]) -> Finding:
    """Return a Permit to agree to an action, or to speak against it."""
    reasons = missing(said)
    if not action_asks:
        reasons.append(Reason("unknown_action", "No legal adviser is asked about this action.", "docs/rules.md"))
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.GIVE_LEGAL_VIEW, subject, reasons)


def may_close_item(
    *,
    subject: str,
    how: str,
    exculpatory: bool,
    on_a_lead: bool,
    already: bool,
    has_second: bool,
    other_part: bool,
    said: Mapping[str, str],
) -> Finding:
    """Return a Permit to close an item that speaks for the person. What is on no lead clears nobody by name."""
    reasons = missing(said)
    if how not in CLOSINGS:
        reasons.append(UNKNOWN_CLOSING)
    if not exculpatory:
        reasons.append(NOT_EXCULPATORY)
    if already:
        reasons.append(ALREADY_CLOSED)
    if other_part:
        reasons.append(OTHER_PART)
    if how == "tested_excludes" and not on_a_lead:
        reasons.append(ON_NO_LEAD)
    if how == "weighed" and not has_second:
        reasons.append(NEEDS_SECOND)
    return judge(Act.CLOSE_EXCULPATORY, subject, reasons)


PAPER_SIGNERS = Reason(
    "paper_signers", "A paper form has a serial number and the signatures of two people of the agency; give all three.", "docs/custody.md"
)
PAPER_ENTERED = Reason("paper_entered", "A paper form with this serial number is entered already.", "docs/custody.md")
PAPER_DAY = timedelta(hours=24)


def entered_late(*, happened_at: datetime, entered_at: datetime) -> bool:
    """Whether a paper form was entered later than 24 hours after what it is about. It is entered all the same, and counted."""
    return entered_at - happened_at > PAPER_DAY


def may_record_outside_gate(
    *, subject: str, said: Mapping[str, str], happened_at: datetime, now: datetime, action_known: bool, stop: bool, lead_known: str,
    other_leads: bool = False, paper_sound: bool = True, paper_known: bool = False,
) -> Finding:  # fmt: skip
    """Return a Permit to record what was done without a countersignature.

    Of a stop, and of whatever was done to a person on whom the house had another lead, it is asked whether the lead was known.
    """
    reasons = missing(said)
    if happened_at > now:
        reasons.append(IN_THE_FUTURE)
    if not action_known:
        reasons.append(Reason("unknown_action", "There is no such action; choose one from the list.", "docs/rules.md"))
    if (stop or other_leads) and lead_known not in ("yes", "no", "unknown"):
        reasons.append(Reason("lead_known_unsaid", "Was the lead known to whoever made the stop? Yes, no or unknown.", "docs/custody.md"))
    if not paper_sound:
        reasons.append(PAPER_SIGNERS)
    if paper_known:
        reasons.append(PAPER_ENTERED)
    return judge(Act.RECORD_OUTSIDE_GATE, subject, reasons)


RESTS_ON_THE_FACE = Reason(
    "rests_on_the_face",
    "Too little was fixed before the face result, and no DNA or friction ridge ties the person to the offence.",
    "docs/independence.md, what stands without the face",
)
CHECKED_BY_ANOTHER = Reason(
    "not_checked",
    "Another corroboration officer with no other part in the investigation checks that it stands without the face; name one.",
    "docs/independence.md",
)
USE_NOT_DISCLOSED = Reason("use_not_disclosed", "The papers say that a face search was used.", "docs/disclosure.md")


def may_record_without_face(
    *, subject: str, said: Mapping[str, str], happened_at: datetime, now: datetime, action_known: bool, codes: Sequence[str], checked: bool, disclosed: bool
) -> Finding:  # fmt: skip
    """Return a Permit to record an action that stands without the face, whatever the face part says. ``codes``: what the file lacks."""
    reasons = missing(said)
    known = {
        reason.code: reason for reason in (RESTS_ON_THE_FACE, gate.EXCULPATORY_OPEN, gate.EXCULPATORY_HOLDS, gate.SAME_PICTURE_NOT_LINKED)
    }
    reasons.extend(known[code] for code in codes)
    if happened_at > now:
        reasons.append(IN_THE_FUTURE)
    if not action_known:
        reasons.append(Reason("unknown_action", "There is no such action; choose one from the list.", "docs/rules.md"))
    if not checked:
        reasons.append(CHECKED_BY_ANOTHER)
    if not disclosed:
        reasons.append(USE_NOT_DISCLOSED)
    return judge(Act.RECORD_WITHOUT_FACE, subject, reasons)


def may_record_recheck(*, subject: str, outcome: str, said: Mapping[str, str], over: bool) -> Finding:
    """Return a Permit to record a test made in custody."""
    reasons = missing(said)
    if outcome not in ("same_person", "other_person", "not_possible"):
        reasons.append(Reason("unknown_answer", "The test says the same person, another person, or was not possible.", "docs/custody.md"))
    if over:
        reasons.append(Reason("released", "The person was released already.", "docs/custody.md"))
    return judge(Act.RECORD_RECHECK, subject, reasons)


def may_record_release(
    *, subject: str, released_at: datetime, began_at: datetime, now: datetime, over: bool, said: Mapping[str, str]
) -> Finding:
    """Return a Permit to record that a person was released."""
    reasons = missing(said)
    if released_at > now:
        reasons.append(IN_THE_FUTURE)
    if released_at < began_at:
        reasons.append(Reason("before_custody", "That is before the custody began.", "docs/custody.md"))
    if over:
        reasons.append(Reason("released", "The person was released already.", "docs/custody.md"))
    return judge(Act.RECORD_RELEASE, subject, reasons)


def may_close_case(*, subject: str, over: bool, known: bool, said: Mapping[str, str]) -> Finding:
    """Return a Permit to close a case with a disposition."""
    reasons = missing(said)
    if not known:
        reasons.append(Reason("unknown_disposition", "There is no such disposition; choose one from the list.", "docs/states.md"))
    if over:
        reasons.append(Reason("already_over", "The case is closed already.", "docs/states.md"))
    return judge(Act.CLOSE, subject, reasons)
