"""Whether a machine's or a person's step comes in its order."""

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge

NOT_ITS_TURN = Reason("not_its_turn", "The case does not stand where this step begins.", "docs/states.md")


def may_follow(*, about: Act, subject: str, state: str, allowed: frozenset[str]) -> Finding:
    """Return a Permit if ``state`` is one this step begins from."""
    return judge(about, subject, [] if state in allowed else [NOT_ITS_TURN])
