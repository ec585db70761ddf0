"""A legal adviser records that what left the agency for a request was served: on whom, when and how."""

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
from review.models import DiscoveryService
from review.rules import discovery
from review.rules.discovery import DayFacts


@dataclass(frozen=True, slots=True)
class Served:
    """What was served (its number among what left), on whom, when and how."""

    served: int
    served_on: date
    served_to: str
    way: str


@transaction.atomic
def serve_discovery(*, by: Person, at: datetime, number: int, service: Served) -> Finding:
    """Record a service. Days are those of the agency's own time zone."""
    request = access.discovery_request(by, number, on=at.date())
    case, zone = request.case, ZoneInfo(request.case.agency.time_zone)
    left = facts.left_about(case).filter(pk=service.served).first()
    finding = discovery.may_serve(
        DayFacts(
            subject=case.ref,
            on=service.served_on,
            today=at.astimezone(zone).date(),
            after=left.at.astimezone(zone).date() if left else None,
            already=DiscoveryService.objects.filter(request=request, served=service.served, served_to=service.served_to.strip()).exists(),
            other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
            court_alone=left is not None and service.served_to.strip() != left.recipient and facts.court_copy(left),
        ),
        {"served_to": service.served_to, "way": service.way},
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref)
    said = asdict(service) | {"served_on": service.served_on.isoformat()}
    told = details(by=by, said={"said": keyed("discovery", json.dumps(said, sort_keys=True))})
    ask_database("select serve_discovery(%s, %s, %s, %s)", request.pk, by.pk, Jsonb(said), Jsonb(told))
    return finding
