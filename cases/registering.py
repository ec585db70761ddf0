"""Registers source systems, and galleries with their thresholds: an administrator's work, done with the owner's login; each is an entry in the record."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from cases.images import keystore
from cases.law.words import LEFT_OUT, PERFORMERS
from cases.matching.exact import HIGHEST, LOWEST
from cases.models import Gallery, GalleryThreshold, SourceSystem
from cases.models.gallery import GALLERY_KINDS
from cases.models.probe import PROBE_KINDS
from cases.rules.entered import number_faults, past_day_faults, text_faults, word_faults
from ledger.append import append
from people.administering import NotEntered, agency_of
from people.models import Agency

LONGEST_NAME, LONGEST_LINE = 200, 2000
LONGEST_KEY = 3650  # days: whoever holds a key longer is asked for a new one
OFFERED = tuple(kind for kind in GALLERY_KINDS if kind != "demo")


class NotRegistered(NotEntered):
    """What was said cannot be registered: every fault, one a line, each with what to do. Nothing was written."""


def gallery_of(ori: str, name: str) -> Gallery:
    """Return a gallery of an agency by its name. Raises NotEntered, naming those that are there."""
    agency = agency_of(ori)
    found = Gallery.objects.filter(agency=agency, name=name).first() if name.isprintable() else None
    if found is None:
        known = ", ".join(f"“{each}”" for each in Gallery.objects.filter(agency=agency).order_by("name").values_list("name", flat=True))
        raise NotRegistered(f"{ori} has no gallery {name!r}; it has {known or 'none'}. manage.py register_gallery registers one")
    return found


@transaction.atomic
def register_gallery(
    *,
    agency: Agency,
    at: datetime,
    name: str,
    kind: str,
    basis: str,
    weighed: str,
    leaves_out: Sequence[str] | None,
    scrubbed_on: date | None,
    performer: str,
    demo: bool = False,
) -> Gallery:
    """Register a gallery under a key of its own. ``leaves_out`` and ``scrubbed_on`` are None where nobody knows. Raises NotRegistered, KeystoreAway."""
    # the law counts days in UTC, people by the clock of their agency
    today = max(at.date(), at.astimezone(ZoneInfo(agency.time_zone)).date())
    _must_be_right(
        *text_faults("name", name, longest=LONGEST_NAME),
        *word_faults("kind", (kind,), ("demo",) if demo else OFFERED),
        *text_faults("basis", basis, longest=LONGEST_LINE),
        *text_faults("weighed", weighed, longest=LONGEST_LINE, may_be_empty=True),
        *word_faults("leaves-out", leaves_out or (), LEFT_OUT),
        *(past_day_faults("scrubbed-on", scrubbed_on, today=today) if scrubbed_on else ()),
        *word_faults("performer", (performer,), PERFORMERS),
    )
    there = f"{agency.ori} has a gallery called “{name}” already: what was registered stays, and another one needs another name"
    if Gallery.objects.filter(agency=agency, name=name).exists():
        raise NotRegistered(there)
    left_out = None if leaves_out is None else list(dict.fromkeys(leaves_out))
    try:
        with transaction.atomic():
            gallery = Gallery.objects.create(
                agency=agency,
                name=name,
                kind=kind,
                lawful_basis=basis,
                weighed=weighed,
                leaves_out=left_out,
                scrubbed_on=scrubbed_on,
                performer=performer,
                key_id=keystore().create(f"gallery:{agency.ori}:{name}"),  # should the row not come to stay, this key seals nothing
                demo=demo,
            )
    except IntegrityError:
        raise NotRegistered(there) from None
    append(
        kind="register_gallery",
        subject=f"gallery:{gallery.pk}",
        details={
            "agency": agency.ori,
            "name": name,
            "of_kind": kind,
            "basis": basis,
            "weighed": weighed,
            "leaves_out": left_out,
            "scrubbed_on": None if scrubbed_on is None else scrubbed_on.isoformat(),
            "performer": performer,
            "by": "administrator",
        },
    )
    return gallery


@transaction.atomic
def set_threshold(*, gallery: Gallery, template_version: str, probe_kind: str, threshold: float, because: str) -> GalleryThreshold:
    """Set from which score a face is returned, once for a gallery, a template version and a kind of probe. Raises NotRegistered."""
    _must_be_right(
        *text_faults("template-version", template_version, longest=LONGEST_NAME),
        *word_faults("probe kind", (probe_kind,), PROBE_KINDS),
        *number_faults("threshold", threshold, lowest=LOWEST, highest=HIGHEST),
        *text_faults("because", because, longest=LONGEST_LINE),
    )
    kind = {"gallery": gallery, "template_version": template_version, "probe_kind": probe_kind}
    try:
        with transaction.atomic():
            row = GalleryThreshold.objects.create(**kind, threshold=threshold, because=because)
    except IntegrityError:
        standing = GalleryThreshold.objects.get(**kind)
        raise NotRegistered(
            f"“{gallery.name}” has a threshold for {probe_kind} and {template_version} already: {standing.threshold:g}, "
            f"since {standing.set_at:%Y-%m-%d}. It stays as it is; for another one register a gallery of another name"
        ) from None
    append(
        kind="set_threshold",
        subject=f"gallery:{gallery.pk}",
        details={
            "agency": gallery.agency.ori,
            "template_version": template_version,
            "probe_kind": probe_kind,
            "threshold": threshold,
            "because": because,
            "by": "administrator",
        },
    )
    return row


@transaction.atomic
def register_source(*, agency: Agency, at: datetime, name: str, days: int) -> str:
    """Register a source system and return its key, of which the hash alone is kept. Raises NotRegistered."""
    _must_be_right(*text_faults("name", name, longest=LONGEST_NAME))
    if not 1 <= days <= LONGEST_KEY:
        raise NotRegistered(f"--days is {days}: a key is valid from 1 to {LONGEST_KEY} days")
    key = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            source = SourceSystem.objects.create(
                agency=agency, name=name, key_sha256=hashlib.sha256(key.encode()).hexdigest(), active_until=at + timedelta(days=days)
            )
    except IntegrityError:
        raise NotRegistered(f"{agency.ori} has a source system called “{name}” already") from None
    append(kind="register_source", subject=f"source:{source.pk}", details={"agency": agency.ori, "days": days, "by": "administrator"})
    return key


def _must_be_right(*faults: str) -> None:
    if faults:
        raise NotRegistered("\n".join(faults))
