"""Receive results from a source system: result, case, list, job and entry in one statement, and only then the answer. Many at once too."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, OperationalError
from psycopg.types.json import Jsonb

from cases.images import SealedPicture
from ledger.asking import ask_database
from ledger.keyed import keyed

MANY = 500
DOOR = "intake"  # the API's own connection: EXECUTE on receive_result and nothing human


@dataclass(frozen=True, slots=True)
class Answer:
    """201 with a new case, 200 with the answer given before, 409 with what does not fit, 401 where the key is not known."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """One of many results: its fields, the SHA-256 of its body, and its sealed pictures."""

    result: Mapping[str, Any]
    body_sha256: str
    pictures: tuple[SealedPicture, ...] = ()


def hash_of_key(key: str) -> str:
    """Return how a key is known: the hexadecimal SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_is_known(key_hash: str) -> bool:
    """Whether a source system holds this key now; asked before anything large is read."""
    return bool(ask_database("select exists (select 1 from source_of_key(%s))", key_hash, using=DOOR))


def receive_result(*, key_hash: str, result: Mapping[str, Any], body_sha256: str, pictures: tuple[SealedPicture, ...]) -> Answer:
    """Receive once. Two equal results at the same moment end in one case and one stored answer."""
    said = what_is_said(result, body_sha256)
    ask = [key_hash, Jsonb(dict(result)), body_sha256, Jsonb([p.said for p in pictures]), [p.sealed for p in pictures], Jsonb(said)]
    try:
        answer = _call(ask)
    except (IntegrityError, OperationalError):  # its twin was just committed, or a batch was in the way: now it is seen
        answer = _call(ask)
    return _answer(answer)


def receive_results(*, key_hash: str, results: Sequence[Received]) -> list[Answer] | None:
    """Receive up to ``MANY`` results in one statement, each with its own answer; None where the key is not known.

    A result that the database cannot hold is answered 422 and keeps no other back: then each goes by itself. So they do where the batch met
    others twice over what both hold: once beside other batches, and once while no other of its agency was under way.
    """
    for alone in (False, True):
        try:
            return _known(_together(key_hash, results, alone=alone))
        except DataError:
            break
        except (IntegrityError, OperationalError):
            continue
    return _known([_by_itself(key_hash, one) for one in results])


def _known(answers: list[Answer] | None) -> list[Answer] | None:
    """Return the answers; None where the key ended while they were on their way (what is stored stays, and is the same when it is sent again)."""
    return None if answers is None or any(answer.status == 401 for answer in answers) else answers


def _together(key_hash: str, results: Sequence[Received], *, alone: bool) -> list[Answer] | None:
    asked = [
        {
            "result": dict(one.result),
            "body_sha256": one.body_sha256,
            "pictures": [picture.said for picture in one.pictures],
            "details": what_is_said(one.result, one.body_sha256),
        }
        for one in results
    ]
    sealed = [picture.sealed for one in results for picture in one.pictures]
    answers = ask_database("select receive_results(%s, %s, %s::bytea[], %s)", key_hash, Jsonb(asked), sealed, alone, using=DOOR)
    return None if answers is None else [_answer(answer) for answer in answers]


def _by_itself(key_hash: str, one: Received) -> Answer:
    try:
        return receive_result(key_hash=key_hash, result=one.result, body_sha256=one.body_sha256, pictures=one.pictures)
    except DataError:
        return Answer(422, {})


def what_is_said(result: Mapping[str, Any], body_sha256: str) -> dict[str, Any]:
    """What the entry of a result says."""
    return {
        "external_id": keyed("external_id", result["external_id"]),
        "body_sha256": body_sha256,
        "candidates": len(result["candidates"]),
        "not_reported": list(result["list"]["not_reported"]),
        "by": "machine",
    }


def _answer(answer: Mapping[str, Any]) -> Answer:
    if answer["status"] in (401, 409):
        return Answer(answer["status"], {"conflict": answer.get("conflict")})
    return Answer(answer["status"], answer["answer"])


def _call(ask: list[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = ask_database("select receive_result(%s, %s, %s, %s, %s::bytea[], %s)", *ask, using=DOOR)
    return answer  # its job waits for the sweeper, which takes jobs of this kind in batches: intake sends no message a result
