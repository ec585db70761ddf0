"""What could open a shut safeguard, and how long it usually takes: the fastest first. Pure; the hours are practice, to be set locally."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do: what, usual hours, and what either answer would mean."""

    what: str
    hours: float
    means: str


STEPS: dict[str, NextStep] = {
    "exculpatory_untested": NextStep(
        "Compare prints or DNA on file, then the first description, then where the person was",
        2,
        "If a test holds, the lead ends today; if not, one safeguard fewer is shut.",
    ),
    "exculpatory_open": NextStep("Test the open item that speaks for the person", 4, "If it holds, the lead ends; if not, it is closed."),
    "nothing_stands_apart": NextStep(
        "Ask for what a look-alike would not leave: a print, a plate, a payment, stolen goods",
        6,
        "One item from outside the face opens this; none found is worth knowing too.",
    ),
    "too_few_stand_apart": NextStep("Find one more item that rests on none of the others", 6, "Two items that share a source count once."),
    "line_up_too_early": NextStep(
        "Nothing repairs the line-up; the same witness is not asked again", 6, "Once an item stands apart this safeguard opens."
    ),
    "role_not_shown": NextStep("Show by the film or a log that the person in the probe did the act", 3, "Presence is not the act."),
    "too_few_reviewers": NextStep("Wait for the blind reviewers, or borrow one by agreement", 24, "Two that are apart have to conclude."),
    "same_picture_not_linked": NextStep(
        "Wait until the machine has linked the other case; where its job was given up, a manager there has it tried again",
        0.1,
        "What is on file there is asked from then on.",
    ),
    "not_screened": NextStep("Have the offence confirmed from the report of crime", 1, "The list in force decides."),
    "screening_outdated": NextStep("Wait for the screening under the new policy, which makes itself", 0.1, "The law in force decides."),
    "probe_not_checked": NextStep("Have the probe checked by an analyst who has seen no candidate", 2, "Unfit ends the case."),
}


def fastest(codes: Iterable[str], *, at_most: int = 2) -> tuple[NextStep, ...]:
    """Return the fastest things that could open what these reasons shut."""
    found = {STEPS[code] for code in codes if code in STEPS}
    return tuple(sorted(found, key=lambda step: (step.hours, step.what)))[:at_most]
