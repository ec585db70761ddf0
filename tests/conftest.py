"""What every test has: the database of the owner, and roles to wear."""

import pytest

from tests.database import as_role, django_db_setup

__all__ = ["as_role", "django_db_setup"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default="", help="folder in which the walks keep pictures of the pages they visit")
    parser.addoption("--prove", action="store_true", help="try in full what the proofs otherwise try in part")
