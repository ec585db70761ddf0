"""A legal adviser files the receipt of whoever was served."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.models import Person
from review import access, facts
from review.models import DiscoveryReceipt
from review.rules import discovery
from review.rules.discovery import DayFacts


@dataclass(frozen=True, slots=True)
class Received:
    """When it was received, by whom, and the document that says so."""

    received_on: date
    received_by: str
    document: str


@transaction.atomic
def file_receipt(*, by: Person, at: datetime, number: int, receipt: Received) -> Finding:
    """File the receipt of one service, once."""
    service = access.discovery_service(by, number, on=at.date())
    case = service.request.case
    finding = discovery.may_file_receipt(
        DayFacts(
            subject=case.ref,
            on=receipt.received_on,
            today=at.astimezone(ZoneInfo(case.agency.time_zone)).date(),
            after=service.served_on,
            already=DiscoveryReceipt.objects.filter(service=service).exists(),
            other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
        ),
        {"received_by": receipt.received_by, "document": receipt.document},
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref)
    said = asdict(receipt) | {"received_on": receipt.received_on.isoformat()}
    told = details(by=by, said={"said": keyed("discovery", json.dumps(said, sort_keys=True))})
    ask_database("select file_receipt(%s, %s, %s, %s)", service.pk, by.pk, Jsonb(said), Jsonb(told))
    return finding
