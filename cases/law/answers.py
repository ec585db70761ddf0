"""From the law's answers to the reasons of a refusal: the sentence, the citation, and a code that the record knows. Pure."""

from collections.abc import Collection, Mapping, Sequence

from cases.law.evaluate import RuleAnswer, refusals
from cases.law.merge import Merged
from cases.rules.finding import Reason

SCREENED = {"offence": "offence_not_listed", "training": "requester_untrained"}  # what screening asked before, under its old code
NO_OLD: Mapping[str, str] = {}
_APART = ("nothing_stands_apart", "too_few_stand_apart", "no_warrant_before")
ASKED_BY_THE_GATE = {  # what the gate asks too: where it says no, the rule's reason stands beside it under the same code
    "no_arrest_on_the_face": _APART,
    "no_probable_cause_on_the_face": _APART,
    "no_positive_identification": _APART,
    "exculpatory_tests": ("exculpatory_untested", "exculpatory_open", "exculpatory_holds"),
    "tell_defence": ("no_papers", "papers_incomplete"),
    "human_review": ("too_few_reviewers", "reviewer_not_apart", "conclusions_do_not_support"),
    "line_up": ("line_up_form_incomplete", "no_line_up_form", *_APART),
    "custody_recheck": ("recheck_not_made",),
}


def reasons_of(
    law: Merged, answers: Sequence[RuleAnswer], *, beside: Collection[str] = (), old: Mapping[str, str] = NO_OLD
) -> tuple[Reason, ...]:
    """Return one reason for each rule that refuses: its sentence, why it refuses, and its citation with the mark to verify.

    ``beside``: the codes that the gate gave already. ``old``: the codes under which the same act gave such reasons before.
    """
    types = {rule.key: rule.type for rule in law.rules}
    return tuple(
        Reason(_code(types[each.rule], beside, old), f"{each.sentence} {' '.join(each.because)}", _source(each))
        for each in refusals(answers)
    )


def _code(type_: str, beside: Collection[str], old: Mapping[str, str]) -> str:
    same = next((code for code in ASKED_BY_THE_GATE.get(type_, ()) if code in beside), None)
    return same or old.get(type_, f"law_{type_}")


def _source(answer: RuleAnswer) -> str:
    return f"{answer.citation} (to verify); {answer.rule}" if answer.verify else f"{answer.citation}; {answer.rule}"
