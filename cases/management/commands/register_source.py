"""Give a source system its API key: printed this once, stored as its hash. Needs the owner's login."""

import hashlib
import secrets
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from cases.models import SourceSystem
from cases.registering import LONGEST_NAME
from cases.rules.entered import text_faults
from ledger.append import append
from ledger.clock import house_now
from people.models import Agency

LONGEST = 3650  # days: whoever holds a key longer is asked for a new one


class Command(BaseCommand):
    """``manage.py register_source XX0010000 "State system" --days 365``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori", help="the agency that receives its results")
        parser.add_argument("name")
        parser.add_argument("--days", type=int, default=365, help=f"how long the key is valid, at most {LONGEST}")

    def handle(self, *, ori: str, name: str, days: int, **_: Any) -> None:
        agency = Agency.objects.filter(ori=ori).first()
        if agency is None:
            raise CommandError(f"there is no agency {ori}; known are {', '.join(Agency.objects.values_list('ori', flat=True))}")
        if faults := text_faults("name", name, longest=LONGEST_NAME):
            raise CommandError(f"{'; '.join(faults)}. Nothing was registered.")
        if not 1 <= days <= LONGEST:
            raise CommandError(f"--days is {days}: a key is valid from 1 to {LONGEST} days")
        key = secrets.token_urlsafe(32)
        try:
            with transaction.atomic():
                source = SourceSystem.objects.create(
                    agency=agency,
                    name=name,
                    key_sha256=hashlib.sha256(key.encode()).hexdigest(),
                    active_until=house_now() + timedelta(days=days),
                )
                append(kind="register_source", subject=f"source:{source.pk}", details={"agency": ori, "days": days, "by": "administrator"})
        except IntegrityError:
            raise CommandError(f"{ori} has a source system called “{name}” already") from None
        self.stdout.write(f"API key of “{name}”, printed this once: {key}")
