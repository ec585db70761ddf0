"""Who may examine, and what a sorting and a conclusion must carry. Knows people by key only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, Refusal, judge
from review.rules import feature_form
from review.rules.feature_form import Compared

NOT_DRAWN = Reason("not_drawn", "This examination was not drawn for this person.", "docs/road.md, G3")
RECUSED = Reason("recused", "This person has stepped back from this examination.", "docs/examination.md")
WENT_BACK = Reason(
    "went_back", "This task went back to the lot before; nothing that is sent after that is taken. Take the next.", "docs/examination.md"
)
TOOK_OTHER_PART = Reason("took_other_part", "This person already holds another part in the investigation.", "docs/road.md; G3")
OF_REQUESTERS_UNIT = Reason(
    "of_requesters_unit", "This person belongs to the requester's unit, or did at some time since the request.", "docs/road.md, G3"
)
LEFT_THE_LENDER = Reason(
    "left_the_lender",
    "This person does not work any more for the agency of which somebody was drawn for this examination. Step back, and another takes it.",
    "docs/examination.md",
)
NOT_TRAINED = Reason("not_trained", "Training in face comparison is not valid today.", "NLC 2021, training; G3")
NOT_ADMITTED = Reason(
    "not_admitted",
    "Measured accuracy does not admit this person to live review today; a certificate alone does not.",
    "docs/measured.md; G3",
)
ALREADY_SORTED = Reason("already_sorted", "This person has already sorted these faces, and the sorting is locked.", "docs/examination.md")
ALREADY_CONCLUDED = Reason("already_concluded", "This person has already concluded, and the conclusion is locked.", "docs/examination.md")
NO_PICTURE = Reason("no_picture", "A face without a picture cannot be kept: there is nothing to compare.", "docs/examination.md")
SORTING_OVER = Reason("sorting_over", "Which faces are compared one to one is settled already.", "docs/road.md")
NOT_EVERY_FACE = Reason(
    "not_every_face", "Every face in the list needs an answer, no more and no fewer.", "FBI NGI-IPS, all candidates are compared"
)
OTHERS_SORTING = Reason("sorting_not_done", "The faces to compare one to one are not settled yet.", "docs/road.md")
NO_GROUNDS = Reason("no_grounds", "Each answer needs its reason.", "ASTM E3149; FISWG minimum documentation")
UNKNOWN_SORTING_REASON = Reason(
    "unknown_sorting_reason", "A face is set aside for a reason of the list, and kept for a closer look.", "docs/examination.md"
)
NO_NON_MATES = Reason(
    "no_non_mates", "Too few known non-mates are registered for this agency: no examination opens without them.", "docs/examination.md"
)
OFF_THE_SCALE = Reason("off_the_scale", "A rating is a whole number from -3 to +3.", "docs/examination.md")
LIMITED_CAP = Reason("limited_cap", "On a probe graded limited no rating goes above +1.", "docs/examination.md")
NOT_LOOKED = Reason(
    "not_looked",
    "Faces of this step have not been shown to this person since it opened. Open the page again; the draft stays.",
    "docs/examination.md",
)
TOO_SOON = Reason(
    "too_soon",
    "Each face needs its time before a step is locked; the draft stays. Lock it again when the seconds are over.",
    "docs/examination.md",
)


@dataclass(frozen=True, slots=True)
class Looks:
    """What the looks on file still lack for a step: faces not shown to its reviewer, and seconds that are left."""

    unseen: int = 0
    seconds_left: int = 0

    def reasons(self) -> list[Reason]:
        reasons: list[Reason] = []
        if self.unseen:
            reasons.append(NOT_LOOKED.with_numbers(faces=self.unseen))
        if self.seconds_left:
            reasons.append(TOO_SOON.with_numbers(seconds_left=self.seconds_left))
        return reasons


def refuse_without_non_mates(subject: str) -> Refusal:
    """Refuse to open an examination that could not be mixed with known non-mates."""
    return Refusal(Act.TAKE_NEXT, subject, (NO_NON_MATES,))


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """What is asked of a reviewer before an answer of his is taken."""

    subject: str
    drawn: bool
    took_other_part: bool
    of_requesters_unit: bool
    trained: bool
    admitted: bool = False
    recused: bool = False
    went_back: bool = False
    left_the_lender: bool = False

    def reasons(self) -> list[Reason]:
        reasons: list[Reason] = []
        if not self.drawn:
            reasons.append(NOT_DRAWN)
        if self.recused:
            reasons.append(RECUSED)
        if self.went_back:
            reasons.append(WENT_BACK)
        if self.took_other_part:
            reasons.append(TOOK_OTHER_PART)
        if self.of_requesters_unit:
            reasons.append(OF_REQUESTERS_UNIT)
        if self.left_the_lender:
            reasons.append(LEFT_THE_LENDER)
        if not self.trained:
            reasons.append(NOT_TRAINED)
        if not self.admitted:
            reasons.append(NOT_ADMITTED)
        return reasons


@dataclass(frozen=True, slots=True)
class SortingFacts:
    """A sorting: token -> (kept, code of the reason)."""

    reviewer: ReviewerFacts
    listed: frozenset[str]
    without_picture: frozenset[str]
    over: bool
    already: bool
    answers: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    looks: Looks = Looks()


def may_sort(facts: SortingFacts) -> Finding:
    """Return a Permit to lock the sorting."""
    reasons = facts.reviewer.reasons()
    if facts.already:
        reasons.append(ALREADY_SORTED)
    if facts.over:
        reasons.append(SORTING_OVER)
    if frozenset(facts.answers) != facts.listed:
        reasons.append(NOT_EVERY_FACE.with_numbers(listed=len(facts.listed), answered=len(facts.answers)))
    if any(not why.strip() for _, why in facts.answers.values()):
        reasons.append(NO_GROUNDS)
    if any(why not in ((feature_form.CLOSER_LOOK,) if kept else feature_form.SET_ASIDE) for kept, why in facts.answers.values()):
        reasons.append(UNKNOWN_SORTING_REASON)
    if any(kept and token in facts.without_picture for token, (kept, _) in facts.answers.items()):
        reasons.append(NO_PICTURE)
    reasons += facts.looks.reasons()
    return judge(Act.SORT_CANDIDATES, facts.reviewer.subject, reasons)


@dataclass(frozen=True, slots=True)
class ConclusionFacts:
    """Conclusions: token -> form, over the faces that any reviewer kept."""

    reviewer: ReviewerFacts
    kept: frozenset[str]
    sorting_settled: bool
    already: bool
    probe_limited: bool
    answers: Mapping[str, Compared] = field(default_factory=dict)
    looks: Looks = Looks()


def may_conclude(facts: ConclusionFacts) -> Finding:
    """Return a Permit to lock the conclusions."""
    reasons = facts.reviewer.reasons()
    if not facts.sorting_settled:
        reasons.append(OTHERS_SORTING)
    if facts.already:
        reasons.append(ALREADY_CONCLUDED)
    if frozenset(facts.answers) != facts.kept:
        reasons.append(NOT_EVERY_FACE.with_numbers(listed=len(facts.kept), answered=len(facts.answers)))
    if any(not -3 <= each.rating <= 3 for each in facts.answers.values()):
        reasons.append(OFF_THE_SCALE)
    elif facts.probe_limited and any(each.rating > 1 for each in facts.answers.values()):
        reasons.append(LIMITED_CAP)
    if any(not each.grounds.strip() for each in facts.answers.values()):
        reasons.append(NO_GROUNDS)
    reasons += dict.fromkeys(reason for each in facts.answers.values() for reason in feature_form.faults(each))
    reasons += facts.looks.reasons()
    return judge(Act.CONCLUDE, facts.reviewer.subject, reasons)
