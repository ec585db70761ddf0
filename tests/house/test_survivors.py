"""The list of mutants that nobody notices names mutants that there are."""

from tests.proof import mutants, mutants_python, mutants_sql


def test_each_survivor_is_a_mutant_of_the_gate_as_it_is() -> None:
    there = {mutant.name for mutant in (*mutants_sql.all_mutants(), *mutants_python.all_mutants())}
    assert mutants.explained() - there == set()
