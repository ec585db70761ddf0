"""Of the gate's reasons those that came with the facts are owed to the defence, and one that nobody knows is taken for one."""

from cases.rules.finding import Reason
from review.rules import gate, line_up
from review.rules.since_signing import OF_A_POLICY, OF_A_SIGNATURE, OF_THE_MACHINE, changed

ALL = {each.code for module in (gate, line_up) for each in vars(module).values() if isinstance(each, Reason)}
OF_FACTS = {
    "exclusion_stands", "reviewer_not_apart", "checker_saw_candidates", "exculpatory_open", "exculpatory_holds", "lead_ended", "other_lead_open",
    "nothing_stands_apart", "line_up_too_early", "no_warrant_before", "identity_not_shown", "recheck_failed", "legal_view_against",
}  # fmt: skip


def test_what_changed_in_the_facts_is_told_from_what_bars_a_signature_and_from_what_a_policy_asks():
    assert OF_A_SIGNATURE | OF_A_POLICY | OF_THE_MACHINE <= ALL
    assert not OF_A_SIGNATURE & OF_A_POLICY
    assert changed(ALL, rests_on_less=True) >= OF_FACTS
    assert changed(OF_A_SIGNATURE | OF_A_POLICY | OF_THE_MACHINE, rests_on_less=True) == frozenset()
    assert changed(["not_heard_of"], rests_on_less=False) == {"not_heard_of"}


def test_too_few_items_are_a_change_only_where_it_rests_on_less():
    assert changed(["too_few_stand_apart", "papers_stale"], rests_on_less=True) == {"too_few_stand_apart"}
    assert changed(["too_few_stand_apart", "papers_stale"], rests_on_less=False) == frozenset()
