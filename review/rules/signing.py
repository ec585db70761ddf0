"""Who may ask for an action, who may sign it, and what a signature must say."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.actions import ACTIONS

NOT_A_LEAD = Reason("not_a_lead", "Actions are asked for on an open lead.", "docs/road.md")
UNKNOWN_ACTION = Reason("unknown_action", "There is no such action; choose one from the list.", "docs/rules.md")
ALREADY_ASKED = Reason("already_asked", "This action is already asked for, signed and not lapsed, or started on this lead.", "docs/road.md")
NO_PLACE = Reason("no_place", "Say where, or by which agency, the action would be taken.", "docs/road.md")
NO_SENTENCE = Reason("no_sentence", "Say in your own words why you would act if the face result vanished.", "docs/road.md")
SIGNER_ASKED = Reason("signer_asked", "Whoever asked for the action does not sign it.", "docs/road.md")
SIGNER_OF_THE_UNIT = Reason(
    "signer_of_the_unit", "The signer belongs to the requester's unit, or did at some time since the request.", "docs/road.md"
)
SIGNER_TOOK_PART = Reason("signer_took_part", "The signer already holds another part in the investigation.", "docs/road.md")
SIGNER_NOT_SUPERVISOR = Reason("signer_not_supervisor", "Only a supervisor signs.", "docs/road.md")
SIGNER_DECLINED = Reason("signer_declined", "The supervisor refused it, in the sentence on file.", "docs/road.md")
NOT_WAITING = Reason("not_waiting", "This request has already been answered.", "docs/states.md")
DOES_NOT_HOLD = Reason("does_not_hold", "The countersignature does not hold any more.", "docs/road.md")
NOT_SIGNED = Reason("not_signed", "Only a signed action can start.", "docs/states.md")
GATES_DISAGREE = Reason("gates_disagree", "The two gates answer differently, so nothing is signed; the alarm is raised.", "docs/road.md")
WITNESSES_SILENT = Reason(
    "witnesses_silent",
    "Nobody outside the agency has seen the log for too long. Nothing is signed until witnesses see it again; the request goes on waiting.",
    "docs/log.md, the witnesses",
)
STARTER_DID_NOT_ASK = Reason("starter_did_not_ask", "The action is started by a detective of the investigation.", "docs/road.md")


@dataclass(frozen=True, slots=True)
class AskingFacts:
    """What asking for an action rests on."""

    lead: str
    lead_open: bool
    action: str
    already_live: bool
    place: str


def may_ask(facts: AskingFacts) -> Finding:
    """Return a Permit to ask. The gate is not asked here: one may ask, and be refused with reasons."""
    reasons: list[Reason] = []
    if not facts.lead_open:
        reasons.append(NOT_A_LEAD)
    if facts.action not in ACTIONS:
        reasons.append(UNKNOWN_ACTION)
    if facts.already_live:
        reasons.append(ALREADY_ASKED)
    if not facts.place.strip():
        reasons.append(NO_PLACE)
    return judge(Act.ASK, facts.lead, reasons)


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """What is asked of the signer, beside the gate."""

    waiting: bool
    is_supervisor: bool
    asked_it: bool
    of_requesters_unit: bool
    took_other_part: bool
    sentence: str

    def reasons(self) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        if not self.waiting:
            reasons.append(NOT_WAITING)
        if not self.is_supervisor:
            reasons.append(SIGNER_NOT_SUPERVISOR)
        if self.asked_it:
            reasons.append(SIGNER_ASKED)
        if self.of_requesters_unit:
            reasons.append(SIGNER_OF_THE_UNIT)
        if self.took_other_part:
            reasons.append(SIGNER_TOOK_PART)
        if not self.sentence.strip():
            reasons.append(NO_SENTENCE)
        return tuple(reasons)


def stopped(*, witnesses_silent: bool) -> tuple[Reason, ...]:
    """Return why nobody may sign now, whoever he is. To refuse is always open."""
    return (WITNESSES_SILENT,) if witnesses_silent else ()


def may_start(*, subject: str, signed: bool, holds: bool, by_detective_of_it: bool, further: tuple[Reason, ...] = ()) -> Finding:
    """Return a Permit to start a signed action that still holds. ``further``: what the law in force says against it."""
    reasons: list[Reason] = []
    if not signed:
        reasons.append(NOT_SIGNED)
    elif not holds:
        reasons.append(DOES_NOT_HOLD)
    if not by_detective_of_it:
        reasons.append(STARTER_DID_NOT_ASK)
    reasons.extend(further)
    return judge(Act.START, subject, reasons)
