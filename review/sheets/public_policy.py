"""The policy in force for everybody: each rule in its plain sentence with its citation, the record of the vote, and the exact texts."""

from dataclasses import dataclass
from datetime import date, datetime

from cases.law.in_force import law_of, policy_ended, policy_in_force
from cases.law.merge import Merged
from cases.law.words import Gate
from cases.models import Policy

STEPS = {
    Gate.PROGRAMME_START: "Before the program starts",
    Gate.INTAKE: "When a search is asked for",
    Gate.BEFORE_SEARCH: "Before a search is made",
    Gate.PROBE_CHECK: "The image that is searched with",
    Gate.GALLERY_CHECK: "The faces that are searched",
    Gate.REVIEW: "When people examine",
    Gate.LEAD_RELEASE: "When a lead leaves the house",
    Gate.LINE_UP: "Before a line-up",
    Gate.WARRANT_OR_ARREST: "Before a warrant or an arrest",
    Gate.COURT: "In court",
    Gate.CLOSE: "What is kept, and what is deleted",
    Gate.OVERSIGHT: "Records, reports and misuse",
}


@dataclass(frozen=True, slots=True)
class PublicRule:
    """One rule. ``from_on`` and ``until_on`` only where they lie ahead."""

    rule: str
    sentence: str
    citation: str
    verify: bool
    from_on: date | None
    until_on: date | None
    set_aside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicPack:
    """One pack with its exact text and the digest of it."""

    title: str
    source: str
    digest: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicPolicy:
    """The whole page. Without a policy in force it says so and nothing else."""

    title: str
    adopted_at: datetime
    body: str
    voted_on: date
    votes: tuple[int, int, int]
    review_on: date
    pilot_ends_on: date | None
    published_at: str
    steps: tuple[tuple[str, tuple[PublicRule, ...]], ...]
    packs: tuple[PublicPack, ...]
    to_verify: int
    digest: str


def in_force(*, on: date) -> PublicPolicy | None:
    """Return the policy in force as everybody may read it, or None where none is."""
    policy = policy_in_force()
    if policy is None:
        return None
    row, law = Policy.objects.get(pk=policy.pk), law_of(policy.pk)
    return PublicPolicy(
        title=row.title,
        adopted_at=row.adopted_at,
        body=row.governing_body,
        voted_on=row.voted_on,
        votes=(row.votes_for, row.votes_against, row.votes_abstained),
        review_on=row.review_on,
        pilot_ends_on=row.pilot_ends_on,
        published_at=row.published_at,
        steps=_steps(law, on=on),
        packs=tuple(PublicPack(pack.title, pack.source, pack.digest, pack.text) for pack in law.packs),
        to_verify=sum(rule.verify for rule in law.rules),
        digest=law.digest,
    )


def ended() -> bool:
    """Whether there was a policy, and it has ended."""
    return policy_ended()


def _steps(law: Merged, *, on: date) -> tuple[tuple[str, tuple[PublicRule, ...]], ...]:
    rules = [
        (
            name,
            tuple(
                PublicRule(
                    rule=rule.key,
                    sentence=rule.sentence,
                    citation=rule.citation,
                    verify=rule.verify,
                    from_on=rule.effective_from if rule.effective_from > on else None,
                    until_on=rule.effective_until if rule.effective_until and rule.effective_until > on else None,
                    set_aside=rule.set_aside,
                )
                for rule in law.rules_at(gate)
                if rule.effective_until is None or rule.effective_until > on
            ),
        )
        for gate, name in STEPS.items()
    ]
    return tuple((name, found) for name, found in rules if found)
