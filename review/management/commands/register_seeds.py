"""Register known cases of a file as stock: from then on they enter by themselves, by lot, as results of a source system."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from psycopg.types.json import Jsonb

from cases.acts.receive_result import Received, what_is_said
from cases.api.batch import read_line
from cases.api.body import ShortText
from cases.models import SourceSystem, StoredImage
from ledger.asking import ask_database
from ledger.clock import house_now
from review.models import SealedSeed, SeedStock


class KnownLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A line of the file: a result as the machine's door takes it, and which of its candidates are the person; none of a stranger's.

    ``idempotency_key`` is the header that would come with it; without one it is as the batch makes it.
    """

    result: msgspec.Raw
    mates: list[str]
    idempotency_key: ShortText | None = None


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A known case that was read: what arrives, the SHA-256 of its probe, and those of the pictures of the same person."""

    received: Received
    probe_sha256: str
    mates: tuple[str, ...]


class Command(BaseCommand):
    """``manage.py register_seeds FILE --agency XX0010000 --source "State system"``. Run with the owner's login."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help='one a line: {"result": {…as the API takes it…}, "mates": ["subject_ref", …]}')
        parser.add_argument("--agency", required=True, help="its ORI")
        parser.add_argument("--source", required=True, help="the source system in whose name they come; take one that sends real results")

    def handle(self, *, file: Path, agency: str, source: str, **_: Any) -> None:
        found = SourceSystem.objects.filter(agency__ori=agency, name=source, active_until__gt=house_now()).first()
        if found is None:
            raise CommandError(f"{agency} has no source system “{source}” whose key is valid; manage.py register_source gives one.")
        if not file.is_file():
            raise CommandError(f"There is no file {file.name}.")
        number = register(found, list(_read(file, found)))
        self.stdout.write(f"{number} known cases are in stock. They enter by themselves from now on; delete the file.")


@transaction.atomic
def register(source: SourceSystem, cases: list[KnownCase]) -> int:
    """Seal what is known of the cases, by commitments, and store them ready to enter. Raises CommandError if too few are strangers'."""
    batch = [{"probe_sha256": case.probe_sha256, "mates": list(case.mates), "nonce": secrets.token_hex(32)} for case in cases]
    try:
        with transaction.atomic():
            ask_database("select seal_known(%s, 'administrator')", Jsonb(batch))
    except DatabaseError as trouble:
        raise CommandError(f"Nothing was registered: {str(trouble).splitlines()[0]}.") from trouble
    for case in cases:
        SeedStock.objects.create(
            seed=SealedSeed.objects.get(probe_sha256=case.probe_sha256),
            source=source,
            result=dict(case.received.result),
            body_sha256=case.received.body_sha256,
            pictures=[picture.said for picture in case.received.pictures],
            sealed=[picture.sealed for picture in case.received.pictures],
            said=what_is_said(case.received.result, case.received.body_sha256),
        )
    return len(cases)


def _read(file: Path, source: SourceSystem) -> Iterator[KnownCase]:
    now = house_now()
    for number, raw in enumerate(file.read_bytes().splitlines(), start=1):
        if not raw.strip():
            continue
        try:
            line = msgspec.json.decode(raw, type=KnownLine)
        except msgspec.MsgspecError as trouble:
            raise CommandError(f"Line {number} is no known case: {trouble}.") from trouble
        read = read_line(bytes(line.result), number, key_hash=source.key_sha256, now=now)
        if read.received is None:
            raise CommandError(f"Line {number}: {'; '.join(f'{fault.field}: {fault.sentence}' for fault in read.faults)}")
        fields = read.received.result if line.idempotency_key is None else {**read.received.result, "idempotency_key": line.idempotency_key}
        yield _known(replace(read.received, result=fields), line.mates, number)


def _known(received: Received, mates: list[str], number: int) -> KnownCase:
    probes = [picture.said["original_sha256"] for picture in received.pictures if picture.said["shows"] == "probe"]
    faces = {each["subject_ref"]: each["image_sha256"] for each in received.result["candidates"] if each["image"]}
    if not probes or len(faces) < len(received.result["candidates"]) or not faces:
        raise CommandError(f"Line {number}: a known case has a probe and at least one candidate, each with its picture.")
    if unknown := sorted(set(mates) - set(faces)):
        raise CommandError(f"Line {number}: no candidate is called {', '.join(unknown)}.")
    if StoredImage.objects.filter(original_sha256=probes[0], case__isnull=False).exists():
        raise CommandError(f"Line {number}: its probe is in a case already; it would never enter.")
    return KnownCase(received, probes[0], tuple(faces[name] for name in mates))
