"""What the measures of a probe say against the thresholds in force: raw values and flags, named after ISO/IEC 29794-5; no overall score is made.

Measuring can only lower a grade, and only where the policy in force sets the threshold itself: a house threshold is shown, and forbids nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from review.rules.probe_fitness import Grade


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of one component. ``number`` is its name in a policy; a share is given in percent there."""

    flag: str
    component: str
    measure: str
    number: str
    house: int
    at_most: Grade
    sentence: str
    above: bool = False
    percent: bool = False


THRESHOLDS = (
    Threshold("inter_eye_distance_unfit", "Inter-eye distance", "inter_eye_distance", "probe_inter_eye_unfit_below", 30, Grade.UNFIT, "Few pixels between the eyes: little can be compared."),
    Threshold("inter_eye_distance_limited", "Inter-eye distance", "inter_eye_distance", "probe_inter_eye_limited_below", 60, Grade.LIMITED, "Not many pixels between the eyes: fine detail is lost."),
    Threshold("head_pose", "Head pose, yaw", "head_pose_yaw_estimate", "probe_yaw_percent_above", 70, Grade.UNFIT, "The head is turned far to one side.", above=True, percent=True),
    Threshold("dynamic_range", "Dynamic range", "dynamic_range", "probe_dynamic_range_below", 40, Grade.LIMITED, "The face is flat: hardly any difference between dark and light."),
    Threshold("under_exposure", "Under-exposure prevention", "under_exposure", "probe_under_exposed_percent_above", 25, Grade.LIMITED, "Much of the face is black.", above=True, percent=True),
    Threshold("over_exposure", "Over-exposure prevention", "over_exposure", "probe_over_exposed_percent_above", 25, Grade.LIMITED, "Much of the face is burnt out.", above=True, percent=True),
    Threshold("illumination", "Illumination uniformity", "illumination_uniformity", "probe_illumination_percent_below", 40, Grade.LIMITED, "One side of the face is much darker than the other.", percent=True),
)  # fmt: skip
ORDER = (Grade.UNFIT, Grade.LIMITED, Grade.FIT)


@dataclass(frozen=True, slots=True)
class Flag:
    """A component beyond its limit. ``binding``: the policy in force set the limit, and no better grade is given."""

    code: str
    component: str
    value: float
    limit: float
    binding: bool
    at_most: Grade
    sentence: str


def flags(measures: Mapping[str, float], numbers: Mapping[str, int]) -> tuple[Flag, ...]:
    """Return what lies beyond its limit, worst first; ``numbers`` are those of the policy in force."""
    found = []
    for each in THRESHOLDS:
        value = measures.get(each.measure)
        limit = numbers.get(each.number, each.house) / (100 if each.percent else 1)
        if value is not None and (abs(value) > limit if each.above else value < limit):
            found.append(Flag(each.flag, each.component, value, limit, each.number in numbers, each.at_most, each.sentence))
    return tuple(found)


def highest(raised: tuple[Flag, ...]) -> Grade:
    """Return the best grade that the binding flags leave."""
    return min((flag.at_most for flag in raised if flag.binding), key=ORDER.index, default=Grade.FIT)


def allows(grade: Grade, best: Grade) -> bool:
    """Whether a grade is no better than the best one."""
    return ORDER.index(grade) <= ORDER.index(best)


def logged(measures: Mapping[str, float], numbers: Mapping[str, int], *, tool: str) -> dict[str, object]:
    """Return what the record keeps of a measuring: raw values, every threshold that was asked, the flags, and by which tool."""
    return {
        "tool": tool,
        "measures": dict(measures),
        "thresholds": {each.number: numbers.get(each.number, each.house) for each in THRESHOLDS},
        "flags": [flag.code for flag in flags(measures, numbers)],
    }
