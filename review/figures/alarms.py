"""Signs that somebody answers without looking, or looks at what another answers. An alarm is a question to a person, not a finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import comb

from people.measuring import Answer
from review.figures.intervals import ENOUGH
from review.figures.pairs import Pair
from review.figures.rates import Trial

ALWAYS = 0.9  # of all answers on one side; on seeds at least half are of strangers
BY_CHANCE = 0.001  # how seldom an alarm may come of chance alone


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was noticed, of whom, in numbers."""

    code: str
    reviewers: tuple[int, ...]
    seen: int
    of: int


SENTENCES = {
    "always_yes": "Supports almost every face, whoever is in the list.",
    "always_no": "Excludes or sets aside almost every face, whoever is in the list.",
    "agree_too_often": "These two give the same answer more often than their own shares of answers explain, wrong ones included.",
}


def alarms(trials: Iterable[Trial], pairs: Iterable[Pair]) -> Iterator[Alarm]:
    """Yield the alarms of these trials, reviewers first. Fewer than 20 trials raise none."""
    of_reviewer: dict[int, list[Answer]] = {}
    for trial in trials:
        of_reviewer.setdefault(trial.reviewer, []).append(trial.answer)
    for reviewer, answers in sorted(of_reviewer.items()):
        for code, sides in (("always_yes", (Answer.SUPPORTS,)), ("always_no", (Answer.EXCLUDES, Answer.SET_ASIDE))):
            seen = sum(answer in sides for answer in answers)
            if len(answers) >= ENOUGH and seen >= ALWAYS * len(answers):
                yield Alarm(code, (reviewer,), seen, len(answers))
    for pair in pairs:
        joint = pair.joint_error
        if joint.enough and joint.errors and _at_least(joint.errors, joint.trials, pair.if_independent) < BY_CHANCE:
            yield Alarm("agree_too_often", (pair.one, pair.other), joint.errors, joint.trials)


def _at_least(seen: int, trials: int, rate: float) -> float:
    """The chance to see that many or more."""
    return 1 - sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(seen))
