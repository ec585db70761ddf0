"""Each row of the table, bounded here and in full in ``make prove``. Every row has a furnished database of its own."""

import pytest

from tests.proof import attacks, table

ROWS: tuple[table.Row, ...] = (attacks.on_tables, attacks.on_doors, attacks.on_ways_once_open)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.__module__.split('.')[-1]}.{row.__name__}")
def test_a_row_of_the_table_holds(row, done, pytestconfig, transactional_db):
    proofs = table.run(row, full=pytestconfig.getoption("--prove"))
    done.extend(proofs)
    for proof in proofs:
        print(table.table([proof]))
        assert proof.tried > 0
        assert not proof.faults, "\n".join(proof.faults[:40])
