"""What every test has: the database of the owner, and roles to wear."""

from tests.database import as_role, django_db_setup

__all__ = ["as_role", "django_db_setup"]
