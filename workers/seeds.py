"""Asks the database, agency by agency, whether a known case enters now. What it did is not told here: not even the worker learns it."""

import logging

from django.db import DataError, IntegrityError

from ledger.asking import ask_database
from people.models import Agency

log = logging.getLogger(__name__)


def send_seeds() -> None:
    """Ask once for each agency, each in a transaction of its own. Asked more often, no more enter: the lots go by the time that passed."""
    for agency_id in Agency.objects.order_by("pk").values_list("pk", flat=True):
        try:
            ask_database("select send_seed(%s)", agency_id)
        except (IntegrityError, DataError):  # something else came first under the same number; it is asked again in a minute
            log.warning("the lots of agency %s could not be drawn; they are drawn again", agency_id)
