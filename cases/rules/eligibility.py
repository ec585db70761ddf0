"""G1: may this search be made, or this result be looked at, at all? Decided from the report of crime, never from a face."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, Refusal, judge
from cases.rules.orderly import NOT_ITS_TURN

OFFENCE_NOT_LISTED = Reason(
    "offence_not_listed", "The offence in the report of crime is not on the list of serious crimes in force.", "NLC 2021, serious crime; G1"
)
NO_POLICY = Reason("no_policy", "No policy has been adopted, so nothing may be searched.", "NLC 2021, vote before use; G1")
POLICY_ENDED = Reason(
    "policy_ended",
    "The policy that was adopted has ended (its pilot, or one of its packs), so nothing may be searched.",
    "NLC 2021, pilot; G1",
)
GALLERY_UNREGISTERED = Reason("gallery_unregistered", "The gallery has no stated lawful basis on file.", "NLC 2021, weigh galleries; G1")
REQUESTER_UNTRAINED = Reason(
    "requester_untrained", "The requester's training in bias and limits is not valid today.", "NLC 2021, training; G1"
)
SCREENING_OUTDATED = Reason(
    "screening_outdated",
    "The case was screened under another policy; it is screened under the one in force first.",
    "docs/policy-packs.md; G1",
)

ENDS_IF_NOT_ELIGIBLE = ("RECEIVED", "ELIGIBLE", "FIT")
PENDING = ("ELIGIBLE", "FIT", "DISPUTED", "LEAD")
NEEDS_NO_OFFENCE = frozenset({"victim_or_witness", "unidentified", "missing"})


@dataclass(frozen=True, slots=True)
class ListedOffences:
    """The list in force: codes, and codes that are listed only with their statute."""

    codes: frozenset[str]
    statutes: frozenset[tuple[str, str]] = frozenset()  # (statute, code)

    def holds(self, code: str | None, statute: str | None) -> bool:
        """Whether an offence stands on the list, by its code or by the statute that goes with it."""
        return code in self.codes or (statute, code) in self.statutes


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """What screening looks at. ``listed`` is the list in force; ``requester_trained`` is None where nobody requested."""

    subject: str
    track: str
    offence_code: str
    statute: str
    listed: ListedOffences | None
    policy_ended: bool
    gallery_has_basis: bool | None
    requester_trained: bool | None


def may_screen(facts: ScreeningFacts, *, state: str, again: bool = False) -> Finding:
    """Return a Permit to screen: to either side, for INELIGIBLE is a permitted move. Without a policy nothing moves.

    ``again``: it was screened under another policy, so its turn has come once more while it is pending.
    """
    reasons = [] if facts.listed is not None else [POLICY_ENDED if facts.policy_ended else NO_POLICY]
    if state not in (PENDING if again else ("RECEIVED",)):
        reasons.append(NOT_ITS_TURN)
    return judge(Act.SCREEN, facts.subject, reasons)


def reasons_against(facts: ScreeningFacts) -> tuple[Reason, ...]:
    """Return every reason why the case is not eligible; none means it is."""
    reasons: list[Reason] = []
    if facts.track not in NEEDS_NO_OFFENCE and not (facts.listed and facts.listed.holds(facts.offence_code, facts.statute)):
        reasons.append(OFFENCE_NOT_LISTED)
    if facts.gallery_has_basis is False:
        reasons.append(GALLERY_UNREGISTERED)
    if facts.requester_trained is False:
        reasons.append(REQUESTER_UNTRAINED)
    return tuple(reasons)


def without_policy(finding: Finding, *, ended: bool) -> Finding:
    """Return the refusal of a step that no policy in force allows, beside what stood against it already."""
    before = finding.reasons if isinstance(finding, Refusal) else ()
    return judge(finding.about, finding.subject, [POLICY_ENDED if ended else NO_POLICY, *before])


def once_screened(finding: Finding, *, under_the_policy: bool) -> Finding:
    """Return the refusal of a step whose case was screened under another policy than the one in force; its turn comes after that screening."""
    return finding if under_the_policy or isinstance(finding, Refusal) else judge(finding.about, finding.subject, [SCREENING_OUTDATED])
