"""Receive one result from a source system: result, case, list, job and entry in one statement, and only then the answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connections
from psycopg.types.json import Jsonb

from cases.images import SealedPicture
from cases.jobs import announce
from ledger.asking import ask_database
from ledger.keyed import keyed

DOOR = "intake"  # the API's own connection: EXECUTE on receive_result and nothing human


@dataclass(frozen=True, slots=True)
class Answer:
    """201 with a new case, 200 with the answer given before, 409 with what does not fit."""

    status: int
    body: Mapping[str, Any]


def source_of_key(key: str) -> tuple[int, int] | None:
    """Return (source id, agency id) of an API key that is active now, or None."""
    with connections[DOOR].cursor() as cursor:
        cursor.execute("select source_id, agency_id from source_of_key(%s)", [hashlib.sha256(key.encode()).hexdigest()])
        row = cursor.fetchone()
    return row if row is None else (int(row[0]), int(row[1]))


def receive_result(*, source_id: int, result: Mapping[str, Any], body_sha256: str, pictures: tuple[SealedPicture, ...]) -> Answer:
    """Receive once. Two equal results at the same moment end in one case and one stored answer."""
    said = {
        "source": source_id,
        "external_id": keyed("external_id", f"{source_id}:{result['external_id']}"),
        "body_sha256": body_sha256,
        "candidates": len(result["candidates"]),
        "not_reported": list(result["list"]["not_reported"]),
        "by": "machine",
    }
    ask = [source_id, Jsonb(dict(result)), body_sha256, Jsonb([p.said for p in pictures]), [p.sealed for p in pictures], Jsonb(said)]
    try:
        answer = _call(ask)
    except IntegrityError:  # its twin was just committed: now it is seen
        answer = _call(ask)
    if answer["status"] == 409:
        return Answer(409, {"conflict": answer["conflict"]})
    return Answer(answer["status"], answer["answer"])


def _call(ask: list[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = ask_database("select receive_result(%s, %s, %s, %s, %s::bytea[], %s)", *ask, using=DOOR)
    if "job" in answer:
        announce(job_id=answer["job"], using=DOOR)
    return answer
