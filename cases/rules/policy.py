"""Whether packs may be proposed, and whether a proposal may be put in force by another member of the board."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge

PACK_WRONG = Reason("pack_wrong", "A pack cannot be read.", "docs/policy-packs.md")
NOT_ADOPTABLE = Reason("not_adoptable", "These packs cannot be adopted as they are.", "docs/policy-packs.md")
RECORD_INCOMPLETE = Reason("record_incomplete", "The record of the adoption lacks something.", "NLC 2021, vote before use")
NOT_AS_PROPOSED = Reason(
    "not_as_proposed", "What the stored texts come to today is not what was proposed: propose it anew.", "docs/policy-packs.md"
)
OWN_PROPOSAL = Reason("own_proposal", "Whoever proposed a policy does not adopt it: another member of the board does.", "docs/roles.md")
ADOPTED_ONCE = Reason("adopted_once", "This proposal was adopted once; what comes after is proposed anew.", "docs/policy-packs.md")
NOT_OWED = Reason("not_owed", "No such obligation is owed for that day, or it was met already.", "docs/policy-packs.md")


@dataclass(frozen=True, slots=True)
class AdoptFacts:
    """What adopting looks at."""

    subject: str
    own: bool
    adopted: bool
    as_proposed: bool
    against: Sequence[str]  # of the law on this day
    missing: Sequence[str]  # of the record


def may_propose(subject: str, against: Sequence[str]) -> Finding:
    """Return a Permit to propose packs against which nothing stands."""
    return judge(Act.PROPOSE_POLICY, subject, _each(NOT_ADOPTABLE, against))


def unreadable(subject: str, why: str) -> Finding:
    """Return the refusal of packs that cannot be read or merged."""
    return judge(Act.PROPOSE_POLICY, subject, _each(PACK_WRONG, [why]))


def may_adopt(facts: AdoptFacts) -> Finding:
    """Return a Permit to put a proposal in force."""
    reasons = []
    if facts.own:
        reasons.append(OWN_PROPOSAL)
    if facts.adopted:
        reasons.append(ADOPTED_ONCE)
    if not facts.as_proposed:
        reasons.append(NOT_AS_PROPOSED)
    return judge(
        Act.ADOPT_POLICY, facts.subject, [*reasons, *_each(NOT_ADOPTABLE, facts.against), *_each(RECORD_INCOMPLETE, facts.missing)]
    )


def may_meet(subject: str, *, owed: bool, document: str) -> Finding:
    """Return a Permit to say that an obligation was met."""
    reasons = [] if owed else [NOT_OWED]
    if not document.strip():
        reasons.append(Reason("missing", "“document” must be said.", "docs/roles.md"))
    return judge(Act.MEET_OBLIGATION, subject, reasons)


def _each(reason: Reason, against: Sequence[str]) -> list[Reason]:
    return [Reason(reason.code, why, reason.source) for why in against]
