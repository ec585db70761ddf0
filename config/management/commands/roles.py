"""Print what an administrator runs once, as superuser, to make the logins of the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.roles import LOGINS, role_statements


class Command(BaseCommand):
    """``manage.py roles --sql``."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sql", action="store_true", help="print the statements (the default)")
        parser.add_argument("--database", default="countersign")

    def handle(self, *, database: str, **_: Any) -> None:
        passwords = {login: f"CHANGE-ME-{login}" for login in LOGINS}
        for statement in role_statements(passwords, database=database, test_server=False):
            self.stdout.write(f"{statement};")
