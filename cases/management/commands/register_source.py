"""Give a source system its API key: printed this once, stored as its hash. Needs the owner's login."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases.registering import LONGEST_KEY, register_source
from ledger.clock import house_now
from people.administering import agency_of, as_administrator


class Command(BaseCommand):
    """``manage.py register_source XX0010000 "State system" --days 365``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori", help="the agency that receives its results")
        parser.add_argument("name")
        parser.add_argument("--days", type=int, default=365, help=f"how long the key is valid, at most {LONGEST_KEY}")

    def handle(self, *, ori: str, name: str, days: int, **_: Any) -> None:
        with as_administrator(what="A source system is registered", so_far="Nothing was registered"):
            key = register_source(agency=agency_of(ori), at=house_now(), name=name, days=days)
        self.stdout.write(f"API key of “{name}”, printed this once: {key}")
