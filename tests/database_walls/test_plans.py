"""What the planner is told, so that nothing is read whole because somebody left it to guess."""

import pytest

from tests.database import login

GUESSED = "select proname from pg_proc where pronamespace = 'public'::regnamespace and proretset and prorows = 1000"


@pytest.mark.django_db
def test_each_function_that_answers_rows_says_about_how_many():
    """Left to guess, PostgreSQL takes a thousand, and then reads a table of millions rather than look a few items up."""
    with login("owner") as owner:
        assert owner.execute(GUESSED).fetchall() == []
