"""A detective requests a search: a case opens, and no face has been searched yet."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.images import keystore, seal_picture
from cases.jobs import announce
from cases.law import words
from cases.law.asks import HERE, SHOWN_BY_THE_FILE, STATED_GROUNDS, asked_of_a_request
from cases.law.in_force import law_in_force
from cases.matching.interface import Engine
from cases.models import Case, Gallery, Probe
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.uploads import CleanImage, as_array
from ledger.asking import ask_database
from people.models import Person
from review import access
from review.rules import filing, ground
from review.rules.wanted import SearchWanted

LISTS = {  # what a request may say, in the words of the law
    "purpose": tuple(words.PURPOSES),
    "channel": tuple(channel for channel in words.CHANNELS if channel in HERE),
    "suspicion": words.STANDARDS,
    "grounds": tuple(name for name in words.GROUNDS if name in STATED_GROUNDS),
    "bases": words.BASES,
    "uses": words.FORBIDDEN_USES,
    "authority": words.AUTHORITIES,
    "conditions": tuple(name for name in words.CONDITIONS if name not in SHOWN_BY_THE_FILE),
}


@transaction.atomic
def request_search(*, by: Person, at: datetime, wanted: SearchWanted, picture: CleanImage, engine: Engine) -> tuple[Finding, str | None]:
    """Open a case for a search, and return the finding with the new case's reference, or None where it was refused.

    ``picture`` is the cleaned upload. Faces are only found here, so that the target can be boxed; none is compared.
    """
    access.must_hold(by, Act.REQUEST_SEARCH, on=at.date())
    finding = filing.may_request(_facts(by, at, wanted, picture, engine))
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None), None
    gallery = Gallery.objects.get(agency=by.agency, name=wanted.gallery)
    sealed = seal_picture(picture, shows="probe", key_id=keystore().create(f"case:{by.agency.ori}:{wanted.agency_case}"), demo=wanted.demo)
    request: dict[str, Any] = {
        "agency_case": wanted.agency_case,
        "track": wanted.track,
        "gallery": gallery.pk,
        "offence_code": wanted.offence_code,
        "purpose": wanted.purpose,
        "tried_before": wanted.tried_before,
        "persons_named": list(wanted.persons_named),
        "repeats_because": wanted.repeats_because,
        "earlier_search": wanted.earlier_search,
        "armed": wanted.armed,
        "ground": {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(wanted.ground).items()},
        "probe": {
            "image": str(sealed.id),
            "kind": wanted.probe_kind,
            "source": wanted.source,
            "place": wanted.place,
            "captured_at": wanted.captured_at.isoformat() if wanted.captured_at else None,
            "clock_error_seconds": wanted.clock_error_seconds,
            "frame": wanted.frame,
            "actors": wanted.actors,
            "first_description": wanted.first_description,
            "target_box": list(wanted.target_box) if wanted.target_box else None,
            "target_because": wanted.target_because,
        },
    }
    told = details(by=by, said={"offence": wanted.offence_code, "track": wanted.track, "probe_sha256": picture.original_sha256})
    answer = ask_database(
        "select receive_request(%s, %s, %s, %s, %s)", by.pk, Jsonb(request), Jsonb([sealed.said]), [sealed.sealed], Jsonb(told)
    )
    announce(job_id=answer["job"])
    return finding, answer["ref"]


def _facts(by: Person, at: datetime, wanted: SearchWanted, picture: CleanImage, engine: Engine) -> filing.RequestFacts:
    before = Probe.objects.filter(image__original_sha256=picture.original_sha256, case__in=Case.objects.filter(agency=by.agency))
    return filing.RequestFacts(
        agency_case=wanted.agency_case,
        said={
            "agency_case": wanted.agency_case,
            "purpose": wanted.purpose,
            "offence_code": wanted.offence_code,
            "tried_before": wanted.tried_before,
            "source": wanted.source,
            "place": wanted.place,
            "first_description": wanted.first_description,
            "target_because": wanted.target_because,
        },
        gallery_known=Gallery.objects.filter(agency=by.agency, name=wanted.gallery).exists(),
        box=wanted.target_box,
        picture=(picture.width, picture.height),
        faces=tuple(face.box for face in engine.find_faces(as_array(picture.png))),
        captured_at=wanted.captured_at,
        now=at,
        searched_before=before.exists(),
        repeats_because=wanted.repeats_because,
        earlier_search=wanted.earlier_search,
        other_part=access.examined_again_under(by, wanted.agency_case),
        further=ground.faults(
            ground.GroundFacts(
                said=wanted.ground,
                track=wanted.track,
                asked=asked_of_a_request(law_in_force(), on=at.date(), track=wanted.track),
                lists=LISTS,
                tracks=words.PURPOSES,
                now=at,
            )
        ),
    )
