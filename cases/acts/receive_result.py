"""Receive one result from a source system: result, case, list, job and entry in one statement, and only then the answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from cases.images import SealedPicture
from ledger.asking import ask_database
from ledger.keyed import keyed

DOOR = "intake"  # the API's own connection: EXECUTE on receive_result and nothing human


@dataclass(frozen=True, slots=True)
class Answer:
    """201 with a new case, 200 with the answer given before, 409 with what does not fit, 401 where the key is not known."""

    status: int
    body: Mapping[str, Any]


def hash_of_key(key: str) -> str:
    """Return how a key is known: the hexadecimal SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_is_known(key_hash: str) -> bool:
    """Whether a source system holds this key now; asked before anything large is read."""
    return bool(ask_database("select exists (select 1 from source_of_key(%s))", key_hash, using=DOOR))


def receive_result(*, key_hash: str, result: Mapping[str, Any], body_sha256: str, pictures: tuple[SealedPicture, ...]) -> Answer:
    """Receive once. Two equal results at the same moment end in one case and one stored answer."""
    said = {
        "external_id": keyed("external_id", result["external_id"]),
        "body_sha256": body_sha256,
        "candidates": len(result["candidates"]),
        "not_reported": list(result["list"]["not_reported"]),
        "by": "machine",
    }
    ask = [key_hash, Jsonb(dict(result)), body_sha256, Jsonb([p.said for p in pictures]), [p.sealed for p in pictures], Jsonb(said)]
    try:
        answer = _call(ask)
    except IntegrityError:  # its twin was just committed: now it is seen
        answer = _call(ask)
    if answer["status"] in (401, 409):
        return Answer(answer["status"], {"conflict": answer.get("conflict")})
    return Answer(answer["status"], answer["answer"])


def _call(ask: list[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = ask_database("select receive_result(%s, %s, %s, %s, %s::bytea[], %s)", *ask, using=DOOR)
    return answer  # its job waits for the sweeper, which takes jobs of this kind in batches: intake sends no message a result
