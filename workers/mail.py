"""Mails that something is new: case numbers and the address of the house. Whoever reads a mailbox learns nothing else."""

import hashlib
import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from people.models import Person
from review import access
from review.models import NoticeMailed
from review.sheets import notices
from review.sheets.notices import Notice

SUBJECT = "Countersign: something is new"
log = logging.getLogger(__name__)


def mail_new_notices(*, at: datetime) -> int:
    """Send one mail to each person who has an address and new notices that were not mailed to him; return how many mails."""
    if not settings.EMAIL_HOST:
        return 0
    return sum(_mail(person, at=at) for person in Person.objects.filter(is_active=True).exclude(mail="").order_by("id"))


def _mail(person: Person, *, at: datetime) -> bool:
    """One person, one transaction: if the server does not take the mail, nothing was mailed and the next round tries again."""
    try:
        with transaction.atomic():
            cases = sorted({notice.case for notice in _new(person, at=at) if _first_time(person, notice)})
            if cases:
                text = render_to_string("notices/new.txt", {"cases": cases, "house": settings.HOUSE_ADDRESS})
                send_mail(SUBJECT, text, None, [person.mail])
    except (SMTPException, OSError, ValueError) as trouble:  # ValueError: what stands in the row is no address
        log.warning("a mail of new notices was not taken (%s); the next round tries again", type(trouble).__name__)
        return False
    return bool(cases)


def _new(person: Person, *, at: datetime) -> list[Notice]:
    roles = frozenset(role for role in notices.HAVE_NOTICES if access.holds(person, role, on=at.date()))
    return [notice for notice in notices.of(person, at=at, roles=roles) if notice.new]


def _first_time(person: Person, notice: Notice) -> bool:
    """Whether this notice is mailed now. Another worker at the same notice waits here, and then finds it mailed."""
    digest = hashlib.sha256(f"{notice.at.isoformat()}|{notice.case}|{notice.what}".encode()).hexdigest()
    return NoticeMailed.objects.get_or_create(person=person, digest=digest)[1]
