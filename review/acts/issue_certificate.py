"""A detective of the investigation has a certificate issued: one paper, with a token by which anybody who holds it can ask what it is worth."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import log_keys, moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.keyed import keyed
from ledger.note import signed_note
from people.models import Person
from review import access, facts
from review.acts.disagreement import DatabaseDisagrees
from review.rules import certifying
from review.rules.certifying import CertifyingFacts
from review.rules.leaving import Leaving
from review.states import CountersignatureState


@dataclass(frozen=True, slots=True)
class Issued:
    """What stands on the paper: the token, which is told once, and the signed statement."""

    token: str
    note: str


@transaction.atomic
def issue_certificate(*, by: Person, at: datetime, ref: str, leaving: Leaving) -> tuple[Finding, Issued | None]:
    """Issue a certificate. The database composes the statement; the key of the house signs it."""
    signed = access.countersignature_for_act(by, ref, Act.ISSUE_CERTIFICATE, on=at.date())
    case = signed.lead.case
    ask_database("select lock_investigation(%s, false)", case.investigation_id)
    statement = ask_database("select certificate_statement(%s)", ref)
    finding = certifying.may_issue(
        CertifyingFacts(
            subject=ref,
            signed=signed.state == CountersignatureState.SIGNED,
            holds=ask_database("select countersignature_holds(%s)", ref),
            in_the_log=statement is not None,
            by_detective_of_it="detective" in facts.parts_of(by, case.investigation_id),
        ),
        leaving,
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref, said={"countersignature": ref}), None
    issued = Issued(secrets.token_hex(16), signed_note(statement, [log_keys.signer("certificates").sign(statement)]))
    told = details(by=by, said={"recipient": keyed("recipient", leaving.recipient.strip().casefold())})
    answer = ask_database(
        "select issue_certificate(%s, %s, %s, %s, %s, %s)",
        ref, by.pk, sha256(issued.token.encode()).hexdigest(), issued.note, Jsonb(asdict(leaving)), Jsonb(told),
    )  # fmt: skip
    if answer:
        raise DatabaseDisagrees(f"{ref}: {', '.join(answer)}")
    return finding, issued
