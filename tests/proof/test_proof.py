"""Each row of the table, bounded here and in full in ``make prove``. Every row has a furnished database of its own."""

import pytest

from tests.proof import attacks, bundles, clocks, conformance, faults, figures, graphs, mutants, outsiders, queue, races, stopped, table

ROWS: tuple[table.Row, ...] = (
    conformance.the_model_itself,
    conformance.against_the_real_system,
    attacks.on_tables,
    attacks.on_doors,
    attacks.on_ways_once_open,
    races.eight_clients,
    races.signing_against_facts,
    races.starting_against_the_clock,
    races.the_last_task,
    graphs.both_gates,
    mutants.of_both_gates,
    bundles.every_bit,
    figures.of_planted_reviewers,
    outsiders.gos_own_libraries,
    faults.kill_9,
    queue.each_effect_once,
    queue.in_any_order,
    stopped.postgres_stopped_hard,
    stopped.disk_full,
    clocks.no_gate_opens_early,
)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "intake"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.__module__.split('.')[-1]}.{row.__name__}")
def test_a_row_of_the_table_holds(row, done, pytestconfig, transactional_db):
    proofs = table.run(row, full=pytestconfig.getoption("--prove"))
    done.extend(proofs)
    for proof in proofs:
        assert proof.tried > 0
        assert not proof.faults, "\n".join(proof.faults[:40])
