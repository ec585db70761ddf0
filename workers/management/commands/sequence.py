"""Put committed entries in their places in the log, and sign what it has become."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from cases import log_keys
from cases.keystore import KeystoreAway
from ledger.sequencer import AT_MOST, Step, step
from ledger.timestamps import Timestamps
from ledger.witnesses import Witnesses

PAUSE = 1.0  # the merge delay, about
log = logging.getLogger(__name__)


class Command(BaseCommand):
    """``manage.py sequence`` until nothing waits and the witnesses were asked once, or ``--loop`` until stopped. A second one harms nothing."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped, every second")

    def handle(self, *, loop: bool, **_: Any) -> None:
        witnesses, timestamps = Witnesses(), Timestamps()
        while loop:
            try:
                _all_that_waits()
                witnesses.go_on()
                timestamps.go_on()
            except (OperationalError, InterfaceError, KeystoreAway) as trouble:
                log.warning("the log waits: %s", str(trouble).strip())
                connection.close()
            time.sleep(PAUSE)
        found = _all_that_waits()
        while witnesses.go_on() | timestamps.go_on():  # each answer has its end, so this ends
            time.sleep(0.05)
        self.stdout.write(f"the log has {found.size} entries" if found else "another sequencer is at work")


def _all_that_waits() -> Step | None:
    log_keys.make_keys()
    signer = log_keys.signer("log")
    size = -AT_MOST
    while found := step(signer=signer):
        if found.held_by:
            log.error("entries wait for their place since %s, held back by %s", found.waiting_since, found.held_by)
        if found.size - size < AT_MOST:
            return found
        size = found.size
    return None
