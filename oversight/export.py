"""Makes a bundle: reads the case, records that it leaves, waits until the log has signed that, and packs files, proofs and keys."""

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from psycopg.types.json import Jsonb

from cases.log_keys import signer
from ledger.asking import ask_database, ask_rows
from ledger.bundle import Told, bundle_of
from ledger.log import cosigned_checkpoint, log_key, nodes_at, witnesses_at
from oversight.disclosure import sections_of
from oversight.news import mark, news
from oversight.pictures import pictures_of, section_of
from review.pdf import accessible
from review.rules.leaving import Leaving

# Whatever is about a case: itself, what is numbered under it, and its countersignatures.
OF_THE_CASE = """
select l.index, e.body from ledger_entry e join ledger_leaf l on l.entry_id = e.seq
 where e.subject = any(%s) and l.index < %s order by l.index
"""
SUBJECTS = """
select array(select %(ref)s union select l.ref from review_lead l join cases_case c on c.id = l.case_id where c.ref = %(ref)s
  union select e.ref from review_evidence e join cases_case c on c.id = e.case_id where c.ref = %(ref)s
  union select s.ref from review_countersignature s join review_lead l on l.id = s.lead_id join cases_case c on c.id = l.case_id where c.ref = %(ref)s)
"""
# A bundle rests on the first checkpoint that covers the entry which records it, and that its witnesses have seen.
COVERING = """
select l.index, ledger_resting_on(l.index)
  from ledger_entry e left join ledger_leaf l on l.entry_id = e.seq where e.subject = %s and e.kind = 'export_bundle' order by e.seq
"""
MANY_PICTURES = 300  # whose names and hashes an entry holds: it has room for 64 KiB


class NotMade(RuntimeError):
    """The bundle could not be made, and why."""


def export(
    *,
    case_ref: str,
    leaving: Leaving,
    wait: Callable[[], bool],
    wanted: int | None = None,
    court_copy: bool = False,
    using: str = "default",
) -> bytes:
    """Return the bundle of a case; ``wanted`` is the number of the wish on the pages. ``wait`` lets time pass until the log may have gone on, and says whether to ask again.

    In a court copy the faces of other candidates are not covered. Raises NotMade. What was recorded stays recorded also when what follows fails.
    """
    if reasons := leaving.reasons():
        raise NotMade(" ".join(str(reason) for reason in reasons))
    key = log_key(using=using)
    if key is None:
        raise NotMade("the log has no key yet; start the sequencer (manage.py sequence)")
    if not ask_database("select exists (select 1 from cases_case where ref = %s)", case_ref, using=using):
        raise NotMade(f"there is no case {case_ref}")
    with transaction.atomic(using=using, durable=True):
        number, files, told = _files(case_ref, court_copy=court_copy, using=using)
        files, digests = _to_record(files)
        said = {
            **told,
            **({"wanted": wanted} if wanted is not None else {}),
            "files": digests,
            "court_copy": court_copy,
            "recipient": leaving.recipient,
            "ori": leaving.ori,
            "purpose": leaving.purpose,
            "authority": leaving.authority,
        }
        ask_database("select export_recorded(%s, %s, %s)", case_ref, number, Jsonb(said), using=using)
    index, size, earlier = _covered(case_ref, wait, using=using)
    checkpoint = cosigned_checkpoint(size, at_index=index, using=using)
    witnesses, quorum = witnesses_at(index, using=using)
    stamped, timestamps = _timestamped(size, using=using)
    listed = json.loads(files["case.json"])["entries"]
    placed = {index: bytes(body) for index, body in ask_rows(OF_THE_CASE, _subjects(case_ref, using=using), size, using=using)}
    known = {each["index"] for each in listed}
    return bundle_of(
        Told(
            key[1].name,
            case_ref,
            number,
            {**files, **timestamps, "README.txt": _instructions(case_ref, number, court_copy=court_copy)},
            key[1],
            witnesses,
            quorum,
        ),
        {index: body for index, body in placed.items() if index in known or _records(body, number)},
        checkpoint=checkpoint,
        nodes=nodes_at(size, using=using),
        earlier=sorted({*earlier, *stamped}),
        signer=signer("bundles", using=using),
    )


def _to_record(files: dict[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files and what the entry holds of them, each with its hash: of many pictures a list of them, which is a file of its own."""
    digests = {name: sha256(raw).hexdigest() for name, raw in files.items()}
    pictures = {name: digest for name, digest in digests.items() if name.startswith("pictures/")}
    if len(pictures) <= MANY_PICTURES:
        return files, digests
    listed = "".join(f"{digest} {name}\n" for name, digest in sorted(pictures.items())).encode()
    others = {name: digest for name, digest in digests.items() if name not in pictures}
    return {**files, "pictures.txt": listed}, {**others, "pictures.txt": sha256(listed).hexdigest()}


def _records(body: bytes, number: int) -> bool:
    said = json.loads(body)
    return bool(said["kind"] == "export_bundle" and said["bundle"] == number)


def _files(case_ref: str, *, court_copy: bool, using: str) -> tuple[int, dict[str, bytes], dict[str, Any]]:
    """Everything that the log has placed of the case so far is listed; what waits for its place stands in the next bundle.

    Returned beside the number and the files: what the next bundle has to know to say what is new in it.
    """
    number = len(ask_rows(COVERING, case_ref, using=using)) + 1
    rows = ask_rows(OF_THE_CASE, _subjects(case_ref, using=using), 1 << 62, using=using)
    entries = [{"index": index, **{name: json.loads(bytes(body))[name] for name in ("kind", "subject", "at")}} for index, body in rows]
    shown = pictures_of(case_ref, court_copy=court_copy, using=using)
    sections = [*sections_of(case_ref, using=using), section_of(shown, court_copy=court_copy)]
    new = news(_before(case_ref, using=using), sections, entries)
    data = {
        "case": case_ref,
        "bundle": number,
        "court_copy": court_copy,
        "new": new and asdict(new),
        "sections": [
            {"title": s.title, "note": s.note, "rows": [dict(zip(s.columns, row, strict=True)) for row in s.rows]} for s in sections
        ],
        "entries": entries,
    }
    sheet = {"case": case_ref, "number": number, "sections": sections, "entries": entries, "new": new, "court_copy": court_copy}
    shown_files = {each.file: each.content for each in shown if each.content is not None}
    page = render_to_string("bundle/page.html", sheet | {"pictures": [each for each in shown if each.content is not None]})
    pdf = accessible(page, files=shown_files)
    return (
        number,
        {
            "case.json": json.dumps(data, indent=1, ensure_ascii=False, default=str).encode(),
            "case.html": page.encode(),
            **({"case.pdf": pdf} if pdf is not None else {}),
            **shown_files,
        },
        mark(sections, entries),
    )


def _before(case_ref: str, *, using: str) -> dict[str, Any] | None:
    """Return what the entry of the bundle before says."""
    newest = "select body from ledger_entry where subject = %s and kind = 'export_bundle' order by seq desc limit 1"
    for (body,) in ask_rows(newest, case_ref, using=using):
        return dict(json.loads(bytes(body)))
    return None


def _subjects(case_ref: str, *, using: str) -> list[str]:
    return list(ask_database(SUBJECTS.replace("%(ref)s", "%s"), *[case_ref] * 4, using=using))


def _covered(case_ref: str, wait: Callable[[], bool], *, using: str) -> tuple[int, int, list[int]]:
    """Return the place of the newest bundle's entry, the size of the checkpoint on which it rests, and those of the bundles before it."""
    while True:
        *before, (index, newest) = ask_rows(COVERING, case_ref, using=using)
        if newest is not None:
            return index, int(newest), sorted({int(size) for _, size in before if size is not None and size < newest})
        if not wait():
            raise NotMade(_why_not(index, using=using))


def _timestamped(size: int, *, using: str) -> tuple[list[int], dict[str, bytes]]:
    """Return the newest timestamp token of a log that is not longer, and its checkpoint, as files; and the size, where it is a shorter one."""
    rows = ask_rows(
        "select c.size, c.note, t.token from ledger_timestamp t join ledger_checkpoint c on c.size = t.checkpoint_id "
        "where c.size <= %s order by c.size desc limit 1",
        size,
        using=using,
    )
    files = {}
    for of_size, note, token in rows:
        files = {f"timestamps/{of_size}.checkpoint": note.encode(), f"timestamps/{of_size}.tsr": bytes(token)}
    return [of_size for of_size, _, _ in rows if of_size < size], files


def _why_not(index: int | None, *, using: str) -> str:
    if index is not None and ask_database("select exists (select 1 from ledger_checkpoint where size > %s)", index, using=using):
        return "the witnesses have not cosigned the entry of this bundle; are they reachable (manage.py witnesses)?"
    return "the log has not signed the entry of this bundle; is the sequencer running (manage.py sequence --loop)?"


def _instructions(case_ref: str, number: int, *, court_copy: bool) -> bytes:
    return render_to_string("bundle/README.txt", {"case": case_ref, "number": number, "court_copy": court_copy}).encode()
