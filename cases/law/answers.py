"""From the law's answers to the reasons of a refusal: the sentence, the citation, and a code that the record knows. Pure."""

from collections.abc import Sequence

from cases.law.evaluate import RuleAnswer, refusals
from cases.law.merge import Merged
from cases.law.schema import Rule
from cases.rules.finding import Reason

KNOWN = {"offence": "offence_not_listed", "training": "requester_untrained"}  # what screening asked before, under its old code


def code_of(rule: Rule) -> str:
    """Return the code under which a rule's refusal stands in the record."""
    return KNOWN.get(rule.type, f"law_{rule.type}")


def reasons_of(law: Merged, answers: Sequence[RuleAnswer]) -> tuple[Reason, ...]:
    """Return one reason for each rule that refuses: its sentence, why it refuses, and its citation with the mark to verify."""
    rules = {rule.key: rule for rule in law.rules}
    return tuple(
        Reason(code_of(rules[each.rule]), f"{each.sentence} {' '.join(each.because)}", _source(each)) for each in refusals(answers)
    )


def _source(answer: RuleAnswer) -> str:
    return f"{answer.citation} (to verify); {answer.rule}" if answer.verify else f"{answer.citation}; {answer.rule}"
