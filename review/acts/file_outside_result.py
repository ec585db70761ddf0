"""A detective files a result that another agency sent on paper or by mail: marked as searched before screening, sealed, never rendered."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.images import keystore, seal_attachment, seal_picture
from cases.jobs import announce
from cases.rules.act import Act
from cases.rules.arrival import Listed, faults_of_list
from cases.rules.finding import Finding, Permit
from cases.uploads import MOST_BYTES, CleanImage
from ledger.asking import ask_database
from people.models import Person
from review import access
from review.rules import filing
from review.rules.wanted import ListedFace, OutsideFiled


@transaction.atomic
def file_outside_result(
    *,
    by: Person,
    at: datetime,
    filed: OutsideFiled,
    faces: Sequence[ListedFace],
    attachment: bytes | None = None,
    probe: CleanImage | None = None,
) -> tuple[Finding, str | None]:
    """Open a case for it and return the finding with the case's reference.

    No face is a result like any other. The attachment (at most 20 MB) is sealed as it came; without a probe the analyst ends the case.
    """
    access.must_hold(by, Act.FILE_OUTSIDE_RESULT, on=at.date())
    faults = faults_of_list([Listed(f.subject_ref, f.rank, f.score, f.not_provided_because) for f in faces])
    finding = filing.may_file(
        subject=filed.agency_case,
        said={
            "agency_case": filed.agency_case,
            "sender": filed.sender,
            "sender_ori": filed.sender_ori,
            "their_number": filed.their_number,
        },
        sent_at=filed.they_sent_at,
        now=at,
        faults=[(fault.field, fault.code, fault.sentence) for fault in faults],
        too_large=len(attachment or b"") > MOST_BYTES,
        other_part=access.examined_again_under(by, filed.agency_case),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None), None
    pictures = []
    if attachment is not None or probe is not None:
        key_id = keystore().create(f"outside:{by.agency.ori}:{filed.agency_case}")
        if attachment is not None:
            pictures.append(seal_attachment(attachment, sha256=hashlib.sha256(attachment).hexdigest(), key_id=key_id))
        if probe is not None:
            pictures.append(seal_picture(probe, shows="probe", key_id=key_id))
    row: dict[str, Any] = {
        "agency_case": filed.agency_case,
        "track": filed.track,
        "sender": filed.sender,
        "sender_ori": filed.sender_ori,
        "their_number": filed.their_number,
        "they_sent_at": filed.they_sent_at.isoformat(),
        "attachment": str(pictures[0].id) if attachment is not None else None,
        "list": {"not_reported": list(filed.not_reported)},
        "candidates": [
            {
                "token": str(uuid.uuid4()),
                "subject_ref": face.subject_ref,
                "rank": face.rank,
                "score": face.score,
                "not_provided_because": face.not_provided_because,
            }
            for face in faces
        ],
    }
    if probe is not None:
        row["probe"] = {"image": str(pictures[-1].id), "source": filed.sender}
    told = details(by=by, said={"sender_ori": filed.sender_ori, "candidates": len(faces), "track": filed.track})
    answer = ask_database(
        "select receive_outside(%s, %s, %s, %s::bytea[], %s)",
        by.pk,
        Jsonb(row),
        Jsonb([picture.said for picture in pictures]),
        [picture.sealed for picture in pictures],
        Jsonb(told),
    )
    announce(job_id=answer["job"])
    return finding, answer["ref"]
