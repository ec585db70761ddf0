"""The case page's sheet: what those who may read a case are shown. No score, no rank, no reviewer's name, no face of an ended candidate."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from cases.law.in_force import PolicyInForce, policy_in_force
from cases.models import Case, InvestigationLink, Move, PolicyOffence, Probe, Refused, Screening
from people.models import Person
from people.roles import Role
from review import access, facts
from review.models import (
    CandidateEnd,
    Closing,
    Conclusion,
    Countersignature,
    Custody,
    Dissemination,
    Edge,
    Evidence,
    Lead,
    Marks,
    OutsideGate,
)
from review.rules import marks
from review.rules.actions import ACTIONS, ALWAYS_OPEN
from review.rules.disclosure import set_aside_said, stepped_back_said
from review.rules.feature_form import in_words
from review.rules.gate import GateFacts, SafeguardAnswer, ask_gate
from review.rules.graph import Taint, Weighed, independent, weigh
from review.rules.joining import SUPPORTS_FROM
from review.rules.kinds import KINDS, Trait
from review.rules.next_steps import NextStep, fastest
from review.rules.one_thing import that_would_help
from review.sheets import reexamined, retention
from review.sheets.drawing import Drawing, draw
from review.sheets.law import Explained, explained
from review.sheets.words import ACT_WORDS, ENDED_WORDS, KIND_WORDS, OPEN, RATINGS, REASON_WORDS, SHUT, STATE_WORDS, TRIED_WORDS, Chip


@dataclass(frozen=True, slots=True)
class SafeguardRow:
    """One safeguard of the gate's answer."""

    name: str
    state: Chip
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action, whether its gate is open today, and which safeguards shut it."""

    name: str
    state: Chip
    shut: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateSheet:
    """The gate's answer for one action."""

    action: str
    action_code: str
    state: Chip
    rows: tuple[SafeguardRow, ...]
    opened: int
    shut: int
    steps: tuple[NextStep, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """An item with its computed standing."""

    ref: str
    number: str
    kind: str
    description: str
    document: str
    standing: Chip
    why: str
    counts: bool
    exculpatory: bool
    closed: str
    no_statement: bool
    is_warrant: bool


@dataclass(frozen=True, slots=True)
class OnNoLeadRow:
    """What speaks for a person and is on no lead: asked of every lead of the investigation until it is closed.

    ``ref``: nothing where it is another agency's; of that no more is said than in the papers. ``stands``: how it was closed, or on whose desk it waits.
    """

    ref: str
    description: str
    state: Chip
    stands: str
    closed: bool


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """What an item depends on, and who said so."""

    item: str
    edge: str
    comes_from: str
    written_by: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """An action that was asked for."""

    ref: str
    action: str
    state: Chip
    asked_at: datetime
    sentence: str
    holds: bool


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """Somebody in custody on this lead: when the re-check is due, and what it said."""

    number: int
    began_at: datetime
    recheck_by: datetime
    state: Chip
    released: bool


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """One action outside the gate: its own words where it belongs to this case, else what it was and where it stands."""

    what: str
    elsewhere: str
    at: datetime
    known: str


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """One lead: its gate, evidence, conclusions and requests."""

    ref: str
    number: str
    ended: str
    gallery_record: str
    conclusions: tuple[str, ...]
    dissent: tuple[str, ...]
    compared: tuple[str, ...]
    sets_set_aside: str
    stepped_back: str
    gate: GateSheet
    actions: tuple[ActionRow, ...]
    evidence: tuple[EvidenceRow, ...]
    on_no_lead: tuple[OnNoLeadRow, ...]
    edges: tuple[EdgeRow, ...]
    counting: int
    exculpatory_open: int
    asked: tuple[AskedRow, ...]
    outside: tuple[OutsideRow, ...]
    drawing: Drawing | None
    would_help: tuple[tuple[str, str], ...]
    custodies: tuple[CustodyRow, ...]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Something that happened."""

    at: datetime
    what: str
    more: str
    who: str


@dataclass(frozen=True, slots=True)
class EndedRow:
    """Candidates that ended for one reason. Neither their place in the list nor their faces are told."""

    number: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class LeftRow:
    """Something that left the agency."""

    number: int
    what: str
    recipient: str
    purpose: str
    authority: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The whole page."""

    ref: str
    agency_case: str
    linked: tuple[str, ...]
    same_probe: tuple[tuple[str, str], ...]
    state: Chip
    next: str
    track: str
    offence: str
    offence_listed: bool
    offence_confirmed: bool
    received_at: datetime
    policy: str
    purpose: str
    searched_before_screening: bool
    probe_place: str
    probe_source: str
    first_description: str
    has_probe: bool
    measures: tuple[tuple[str, str], ...]
    candidates: int | None
    leads: tuple[LeadSheet, ...]
    ended: tuple[EndedRow, ...]
    reexamined: reexamined.ReexaminedSheet | None
    searching: bool
    search_refused: str
    armed: str
    earlier_search: str
    timeline: tuple[TimelineRow, ...]
    left: tuple[LeftRow, ...]
    law: Explained | None
    retention: retention.RetentionSheet
    always_open: tuple[str, ...]
    may_investigate: bool
    may_confirm: bool
    may_check: bool
    may_answer_court: bool


def of(case: Case, *, reader: Person, at: datetime, action: str = "arrest", with_law: bool = False) -> CaseSheet:
    """Return the sheet of a case for one reader; the gate, and the law if it is wanted, are asked of ``action``."""
    policy = policy_in_force()
    report = getattr(case, "offence_report", None)
    request = getattr(case, "request", None)
    code = report.code if report else (request.offence_code if request else "")
    listed = bool(policy and policy.listed.holds(code, report.statute if report else ""))
    word, shape, following = STATE_WORDS[case.state]
    probe = Probe.objects.filter(case=case).order_by("-version").first()
    search = getattr(case, "search", None)
    here = Lead.objects.filter(case=case).select_related("case", "candidate", "ended").order_by("id")
    read = [(lead, *_read(lead, policy)) for lead in here]
    speaking = on_no_lead(case) if read else ()
    leads = tuple(_lead_sheet(lead, rows, gate_facts, speaking, action=action) for lead, rows, gate_facts in read)
    number = getattr(case, "candidate_list", None)
    unusable = case.probe_refusals.order_by("-id").first() if case.state == "FIT" and number is None else None
    on = at.date()
    return CaseSheet(
        ref=case.ref,
        agency_case=case.investigation.agency_case,
        linked=tuple(
            Case.objects.filter(investigation=case.investigation).exclude(pk=case.pk).order_by("id").values_list("ref", flat=True)
        ),
        same_probe=_same_probe(case),
        state=Chip(word, shape),
        next=following,
        track=case.get_track_display(),
        offence=_offence(code, report.statute if report else "", listed=listed),
        offence_listed=listed,
        offence_confirmed=report is not None,
        received_at=case.received_at,
        policy=policy.pack if policy else "none in force",
        purpose=request.purpose if request else "",
        searched_before_screening=case.searched_before_screening,
        probe_place=probe.place if probe else "",
        probe_source=probe.source if probe else "",
        first_description=probe.first_description if probe else "",
        has_probe=probe is not None,
        measures=_measures(search.measures) if search else (),
        candidates=number.number if number else None,
        leads=leads,
        ended=_ended(case),
        reexamined=reexamined.of(case, [lead for lead, _, _ in read]),
        searching=case.state == "FIT" and number is None and not unusable,
        search_refused=unusable.sentence if unusable else "",
        armed=request.armed if request else "",
        earlier_search=request.earlier_search if request else "",
        timeline=_timeline(case),
        left=tuple(left_row(row) for row in Dissemination.objects.filter(case=case).select_related("lead").order_by("-id")),
        law=_law(case, read, action=action, at=at, policy=policy) if with_law else None,
        retention=retention.of(case, policy),
        always_open=tuple(name for _, name in ALWAYS_OPEN),
        may_investigate=access.holds(reader, Role.DETECTIVE, on=on),
        may_confirm=access.holds(reader, Role.ANALYST, on=on) and case.state == "RECEIVED" and report is None,
        may_check=access.holds(reader, Role.ANALYST, on=on) and case.state == "ELIGIBLE",
        may_answer_court=access.holds(reader, Role.LEGAL_ADVISER, on=on),
    )


SAME = {"same_probe": "the same picture", "near_probe": "nearly the same picture"}


def _same_probe(case: Case) -> tuple[tuple[str, str], ...]:
    """Return each other investigation that the same or nearly the same probe links to this one; of another agency, without its number."""
    here = case.investigation_id
    rows = InvestigationLink.objects.filter(Q(one=here) | Q(other=here), because__in=SAME).select_related("one", "other").order_by("id")
    others = [(row.other if row.one_id == here else row.one, SAME[row.because]) for row in rows]
    return tuple((other.agency_case if other.agency_id == case.agency_id else "of another agency", how) for other, how in others)


def left_row(row: Dissemination) -> LeftRow:
    """Return what left the agency, in words."""
    about = f" of lead {row.lead.ref.rsplit('-', 1)[1]}" if row.lead else ""
    recipient = f"{row.recipient} ({row.ori})" if row.ori else row.recipient
    return LeftRow(row.pk, f"{row.get_what_display()}{about}", recipient, row.purpose, row.authority, row.at)


def _offence(code: str, statute: str, *, listed: bool) -> str:
    if not code:
        return "not confirmed yet"
    name = PolicyOffence.objects.filter(code=code).order_by("-policy").values_list("name", flat=True).first() if listed else None
    said = name or ("listed by its statute" if listed else "not on the list in force")
    return f"{code} {said}{f', {statute}' if statute else ''}"


def _law(
    case: Case, read: list[tuple[Lead, list[Evidence], GateFacts]], *, action: str, at: datetime, policy: PolicyInForce | None
) -> Explained:
    return explained(case, [(lead, seen) for lead, _, seen in read], action=action, at=at, policy=policy.pk if policy else None)


def _ended(case: Case) -> tuple[EndedRow, ...]:
    found = CandidateEnd.objects.filter(candidate__case=case).values("because").annotate(number=Count("id"), last=Max("at"))
    return tuple(EndedRow(row["number"], row["last"], ENDED_WORDS[row["because"]]) for row in found.order_by("because"))


def lead_sheet(lead: Lead, *, action: str, policy: PolicyInForce | None = None) -> LeadSheet:
    """Return the sheet of one lead, with the gate asked of ``action``."""
    return _lead_sheet(lead, *_read(lead, policy), on_no_lead(lead.case), action=action)


def _marks(lead: Lead) -> QuerySet[Marks]:
    """Return what was marked with the conclusions that are shown."""
    return Marks.objects.filter(token=lead.candidate.token, drawn__set_aside__isnull=True, drawn__recusal__isnull=True).order_by("id")


def _read(lead: Lead, policy: PolicyInForce | None) -> tuple[list[Evidence], GateFacts]:
    rows = facts.evidence(lead)
    return rows, facts.gate(lead, rows=rows, policy=policy)


def _lead_sheet(
    lead: Lead, rows_on_file: list[Evidence], gate_facts: GateFacts, speaking: tuple[OnNoLeadRow, ...], *, action: str
) -> LeadSheet:
    answers = ask_gate(gate_facts, action=action)
    rows = [_safeguard_row(answer) for answer in answers]
    codes = [reason.code for answer in answers for reason in answer.reasons]
    weighed = weigh(gate_facts.items)
    ratings = [rating for _, _, rating in gate_facts.ratings]
    evidence = tuple(evidence_row(item, weighed[item.ref]) for item in rows_on_file)
    return LeadSheet(
        ref=lead.ref,
        number=lead.ref.rsplit("-", 1)[1],
        ended=lead.ended.because if hasattr(lead, "ended") else "",
        gallery_record=lead.candidate.subject_ref,
        conclusions=tuple(said_rating(r) for r in ratings if r >= SUPPORTS_FROM),
        dissent=tuple(said_rating(r) for r in ratings if r < SUPPORTS_FROM),
        compared=tuple(in_words(each.compared()) for each in Conclusion.objects.filter(candidate=lead.candidate_id).order_by("id"))
        + tuple(f"marked: {marks.in_words(each.annotations)}" for each in _marks(lead)),
        sets_set_aside=set_aside_said(aside) if (aside := facts.sets_set_aside(lead.case)) else "",
        stepped_back=stepped_back_said(back) if (back := facts.stepped_back(lead.case)) else "",
        gate=GateSheet(
            action=ACTIONS[action].name,
            action_code=action,
            state=SHUT if codes else OPEN,
            rows=tuple(sorted(rows, key=lambda row: row.state is OPEN)),
            opened=sum(row.state is OPEN for row in rows),
            shut=sum(row.state is SHUT for row in rows),
            steps=fastest(codes),
        ),
        actions=tuple(_action_row(gate_facts, code) for code in ACTIONS),
        evidence=evidence,
        on_no_lead=speaking,
        edges=tuple(edge_row(edge) for item in rows_on_file for edge in item.edges.all()),
        counting=len(independent(weighed)),
        exculpatory_open=sum(row.exculpatory and not row.closed for row in evidence) + sum(not row.closed for row in speaking),
        asked=tuple(
            _asked_row(row) for row in facts.with_holds(lead.countersignatures.select_related("action", "decision")).order_by("-id")
        ),
        outside=_outside(lead),
        drawing=draw(gate_facts.items, weighed, {row.ref: (row.standing.word, row.standing.shape) for row in evidence}),
        would_help=tuple((each.item.rsplit("-", 1)[1], each.what) for each in that_would_help(gate_facts.items)),
        custodies=tuple(
            _custody_row(custody) for custody in lead.custodies.prefetch_related("rechecks").select_related("release").order_by("id")
        ),
    )


LEAD_KNOWN = {
    "yes": "This lead was known to whoever did it.",
    "no": "This lead was not known to whoever did it.",
    "unknown": "Whether this lead was known is not known.",
}


def _outside(lead: Lead) -> tuple[OutsideRow, ...]:
    """What was done outside the gate on this lead, or to this person elsewhere in the agency; the database linked it."""
    rows = OutsideGate.objects.filter(Q(lead=lead) | Q(linked_leads__lead=lead)).distinct().select_related("case").order_by("id")
    return tuple(
        OutsideRow(
            what=row.description if row.case_id == lead.case_id else ACTIONS[row.action].name.capitalize(),
            elsewhere=row.case.ref if row.case_id != lead.case_id else "",
            at=row.happened_at,
            known=LEAD_KNOWN.get(row.lead_known, ""),
        )
        for row in rows
    )


OUTCOMES = {
    "same_person": Chip("Same person", "solid"),
    "other_person": Chip("Another person: release", "shut"),
    "not_possible": Chip("Test not possible, another is due", "wait"),
}


def _custody_row(custody: Custody) -> CustodyRow:
    newest = max(custody.rechecks.all(), key=lambda row: row.pk, default=None)
    state = OUTCOMES[newest.outcome] if newest else Chip("Re-check is due", "wait")
    return CustodyRow(custody.pk, custody.began_at, custody.recheck_by, state, hasattr(custody, "release"))


def said_rating(rating: int) -> str:
    """Return a rating in words with its number."""
    return f"{RATINGS[rating]} ({rating:+d})" if rating else f"{RATINGS[0]} (0)"


def _action_row(gate_facts: GateFacts, code: str) -> ActionRow:
    shut = tuple(answer.safeguard.name for answer in ask_gate(gate_facts, action=code) if answer.reasons)
    return ActionRow(ACTIONS[code].name, SHUT if shut else OPEN, shut)


def _safeguard_row(answer: SafeguardAnswer) -> SafeguardRow:
    said = tuple((str(reason), reason.source) for reason in answer.reasons)
    safeguard = answer.safeguard
    return SafeguardRow(safeguard.name.capitalize(), SHUT if said else OPEN, said or ((safeguard.when_open, safeguard.source),))


STANDING = {
    Taint.T0: "Its source document has not been shown to a corroboration officer, or its source is not on file.",
    Taint.T1: "Its content comes from the face result, or from something that depends on it.",
    Taint.T2: "Whoever said it had seen or been told of the face result.",
    Taint.T3: "It is appearance, of a person who was picked by the face result.",
    Taint.T4: "It is appearance taken from the probe itself, or a tip that nothing fixes before the face result.",
    Taint.T5: "It would fit too many innocent people.",
    Taint.T6: "The power by which it was got rested on the face result; a legal adviser decides whether it may be used.",
    Taint.ROOT: "It is a face result itself.",
    Taint.T2U: "Nobody wrote down what whoever said it had seen or been told before.",
}


def standing_of(weighed: Weighed) -> Chip:
    """Say in a word whether an item depends on the face result, as the graph computes it."""
    if Taint.T0 in weighed.taints:
        return Chip("Source not shown", "wait")
    if weighed.held:
        return Chip("Legal decision awaited", "law")
    return Chip("Depends on the face result", "shut") if weighed.tainted else Chip("Stands apart", "open")


def why_of(weighed: Weighed) -> str:
    """Say in sentences why an item does not stand apart; nothing where it does."""
    return " ".join(STANDING[taint] for taint in sorted(weighed.taints))


def evidence_row(item: Evidence, weighed: Weighed) -> EvidenceRow:
    """Return an item with its standing, as the graph computes it."""
    closing = getattr(item, "closing", None)
    fixing = facts.newest_fixing(item)
    if item.direction == "exculpatory":
        standing = Chip("Closed", "solid") if closing else Chip("Open", "wait")
        why = f"It speaks for the person. {_closed(closing)}".strip()
    else:
        standing = standing_of(weighed)
        why = why_of(weighed) or ("It counts." if weighed.counts else "It does not link to the offence.")
    kind = fixing.kind_id if fixing else item.kind_id
    return EvidenceRow(
        ref=item.ref,
        number=item.ref.rsplit("-", 1)[1],
        kind=KIND_WORDS[kind],
        description=item.description,
        document=item.source_document,
        standing=standing,
        why=why,
        counts=weighed.counts,
        exculpatory=item.direction == "exculpatory",
        closed=_closed(closing),
        no_statement=Taint.T2U in weighed.taints,
        is_warrant=kind in KINDS and Trait.WARRANT in KINDS[kind] and not hasattr(item, "warrant"),
    )


def on_no_lead(case: Case) -> tuple[OnNoLeadRow, ...]:
    """Return what speaks for a person and is on no lead, in the whole investigation, for whoever reads this case."""
    return tuple(_on_no_lead(item, ours=item.case.agency_id == case.agency_id) for item in facts.speaking_on_no_lead(case))


def _on_no_lead(item: Evidence, *, ours: bool) -> OnNoLeadRow:
    closing: Closing | None = getattr(item, "closing", None)
    if closing is None:
        stands = OUR_DESK if ours else THEIR_DESK
    else:
        stands = _closed(closing) if ours else f"{_how(closing).removesuffix(', because')}."
    return OnNoLeadRow(
        ref=item.ref if ours else "",
        description=item.description if ours else OF_ANOTHER,
        state=Chip("Closed", "solid") if closing else Chip("Open", "wait"),
        stands=stands,
        closed=closing is not None,
    )


OF_ANOTHER = "An item of another agency"
OUR_DESK = "Waits on the corroboration desk of the agency of this case, which closes it."
THEIR_DESK = "Waits on the corroboration desk of that agency, which alone can close it."


def _closed(closing: Closing | None) -> str:
    if closing is None:
        return ""
    how = _how(closing)
    return f"{how}: {closing.because}" if how.endswith("because") else f"{how}."


def _how(closing: Closing) -> str:
    how = closing.get_how_display()
    return f"{how[0].upper()}{how[1:]}"


EDGE_WORDS = {
    "content_from": "takes its content from",
    "exposed_to": "by somebody who had seen or been told of",
    "selected_by": "looked for because of",
    "authorised_by": "got by legal power that rested on",
}


def edge_row(edge: Edge) -> EdgeRow:
    """Return an edge in words."""
    parent = f"item {edge.parent.ref.rsplit('-', 1)[1]}" if edge.parent else edge.get_root_display()
    return EdgeRow(edge.item.ref.rsplit("-", 1)[1], EDGE_WORDS[edge.kind], parent, "a person" if edge.written_by_id else "the system")


ASKED_SHAPES = {"ASKED": "wait", "SIGNED": "open", "STARTED": "solid", "REFUSED": "shut"}
ASKED_WORDS = {"ASKED": "Asked", "SIGNED": "Countersigned", "STARTED": "Started", "REFUSED": "Refused"}


def _asked_row(row: Countersignature) -> AskedRow:
    decision = getattr(row, "decision", None)
    return AskedRow(
        ref=row.ref,
        action=row.action.name,
        state=Chip(ASKED_WORDS[row.state], ASKED_SHAPES[row.state]),
        asked_at=row.asked_at,
        sentence=decision.sentence if decision else "",
        holds=row.holds,  # type: ignore[attr-defined]
    )


def _measures(said: dict[str, object]) -> tuple[tuple[str, str], ...]:
    wanted = (
        ("inter_eye_distance", "pixels between the eyes"),
        ("sharpness", "sharpness"),
        ("dynamic_range", "dynamic range"),
        ("faces_found", "faces found"),
    )
    return tuple((name, str(said[key])) for key, name in wanted if key in said)


def _in_words(codes: list[str]) -> str:
    return " ".join(REASON_WORDS.get(code, code.replace("_", " ").capitalize() + ".") for code in codes)


def _timeline(case: Case) -> tuple[TimelineRow, ...]:
    """Everything that happened to the case, newest first; persons by their part, never by name."""
    rows = [
        TimelineRow(
            case.received_at,
            "Received",
            "searched before screening" if case.searched_before_screening else "a search was requested",
            "detective" if case.door == "person" else "machine",
        )
    ]
    for move in Move.objects.filter(case=case):
        word = STATE_WORDS[move.target][0]
        rows.append(TimelineRow(move.at, word, ACT_WORDS.get(move.act, move.act), "a person" if move.by_id else "machine"))
    for screening in Screening.objects.filter(case=case).exclude(reasons=[]):
        rows.append(TimelineRow(screening.at, "Not eligible", _in_words(screening.reasons), "policy"))
    for refused in Refused.objects.filter(case=case):
        tried = TRIED_WORDS.get(refused.act, refused.act.replace("_", " "))
        rows.append(TimelineRow(refused.at, f"Refused {tried}", _in_words(refused.reasons), "a person" if refused.by_id else "machine"))
    for item in Evidence.objects.filter(case=case):
        rows.append(TimelineRow(item.entered_at, f"Evidence {item.ref.rsplit('-', 1)[1]}", item.description, "detective"))
    result = getattr(case, "reexamined", None)
    if result is not None:
        rows.append(TimelineRow(result.at, "Examined again", reexamined.state_of(result).word.lower(), "another agency"))
    for asked in Countersignature.objects.filter(lead__case=case).select_related("action", "decision"):
        rows.append(TimelineRow(asked.asked_at, f"Asked: {asked.action.name}", asked.because, "detective"))
        decision = getattr(asked, "decision", None)
        if decision:
            what = "Countersigned" if decision.signed else "Refused"
            rows.append(TimelineRow(decision.at, f"{what}: {asked.action.name}", decision.sentence, "supervisor"))
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True))
