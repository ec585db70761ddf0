"""A legal adviser has a bundle made on the pages; the login that reads everything makes it, and says once what came of it."""

import json
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from psycopg.types.json import Jsonb

from ledger import verify
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.log import log_key
from ledger.models import Entry
from oversight.bundles import INTERRUPTED, forget, make_next
from oversight.export import export
from review import access
from review.acts.want_bundle import want_bundle
from review.models import BundleKept, BundleMade, BundleWanted, Dissemination
from review.rules.leaving import Leaving, may_want_bundle
from tests import world
from tests.database import login
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
COUNSEL = Leaving("Counsel Maria Weiss", "discovery", "order of 1 March 2026")
SAID = {"recipient": COUNSEL.recipient, "purpose": COUNSEL.purpose, "authority": COUNSEL.authority}


def wanted(case_ref: str) -> int:
    finding, number = want_bundle(by=world.person("lea"), at=house_now(), case_ref=case_ref, leaving=COUNSEL)
    world.must(finding)
    return int(number or 0)


def sequenced() -> bool:
    return bool(world.sequenced())


def test_a_bundle_is_asked_for_made_by_another_login_and_taken_along(transactional_db):
    lead = roads.a_lead(1)
    sequenced()
    lea = signed_in("lea")
    ref = lead.case.ref
    assert reverse("new_bundle", args=[ref]) in lea.get(reverse("case", args=[ref])).content.decode()
    assert lea.post(reverse("new_bundle", args=[ref]), SAID | {"recipient": ""}).status_code == 422
    page = lea.post(reverse("new_bundle", args=[ref]), SAID)["Location"]
    assert "It is being made" in lea.get(page).content.decode()
    assert lea.get(f"{page}/file").status_code == 404

    number = BundleWanted.objects.get().pk
    assert make_next(wait=sequenced, using="auditor") == number
    assert make_next(wait=sequenced, using="auditor") is None
    assert "It is made" in lea.get(page).content.decode()
    assert not Entry.objects.filter(kind="fetch_bundle").exists()
    answer = lea.get(f"{page}/file")
    assert verify.check(answer.content, log_key()[1].vkey())[:2] == (ref, "1")
    told = json.loads(bytes(Entry.objects.get(kind="fetch_bundle").body))
    made = BundleMade.objects.get()
    assert (told["sha256"], made.dissemination) == (made.sha256, Dissemination.objects.get(what="bundle"))
    assert made.dissemination.recipient == COUNSEL.recipient
    assert b"Weiss" not in bytes(Entry.objects.get(kind="want_bundle").body)
    assert answer.content[:2] == b"PK"
    assert b"case.json" not in bytes(BundleKept.objects.get().sealed)
    for other in ("dana", "otto", "ada"):
        assert signed_in(other).get(f"{page}/file").status_code == 404

    assert forget(using="auditor") == 0
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = %s", [timedelta(days=8)])
    assert forget(using="auditor") == 1
    assert not BundleKept.objects.exists()
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = %s", [timedelta(0)])
    assert "The file is not kept any more" in lea.get(page).content.decode()
    assert lea.get(f"{page}/file").status_code == 404


def test_what_cannot_be_made_says_why_and_is_not_tried_again(transactional_db):
    lead = roads.a_lead(1)
    sequenced()
    first, second = wanted(lead.case.ref), wanted(lead.case.ref)
    assert make_next(wait=lambda: False, using="auditor") == first
    assert "is the sequencer running" in BundleMade.objects.get().why_not
    assert "It could not be made" in signed_in("lea").get(reverse("bundle", args=[first])).content.decode()
    export(case_ref=lead.case.ref, leaving=COUNSEL, wait=sequenced, wanted=second, using="auditor")
    call_command("make_bundles", "--using", "auditor", stdout=StringIO())
    assert BundleMade.objects.get(wanted=second).why_not == INTERRUPTED
    assert make_next(wait=sequenced, using="auditor") is None
    assert Entry.objects.filter(kind="bundle_not_made").count() == 2


def test_only_a_legal_adviser_asks_and_only_the_other_login_answers(transactional_db):
    lead = roads.a_lead(1)
    assert may_want_bundle(subject="FR-1", leaving=Leaving("", "", ""), other_part=True).codes == ("no_recipient", "no_purpose", "no_authority", "other_part")  # fmt: skip
    for name in ("dana", "sol", "otto", "ada", "pia"):
        with pytest.raises(access.NotVisible):
            want_bundle(by=world.person(name), at=house_now(), case_ref=lead.case.ref, leaving=COUNSEL)
        with pytest.raises(DatabaseError, match="only a legal adviser"):
            ask_database("select want_bundle(%s, %s, %s, '{}')", lead.case.ref, world.person(name).pk, Jsonb(SAID))
    with pytest.raises(DatabaseError, match="must be said"):
        ask_database("select want_bundle(%s, %s, %s, '{}')", lead.case.ref, world.person("lea").pk, Jsonb(SAID | {"purpose": " "}))
    number = wanted(lead.case.ref)
    with login("auditor") as auditor:
        with pytest.raises(psycopg.Error, match="no bundle left because of wish"):
            auditor.execute("select bundle_made(%s, %s, 'x')", [number, "0" * 64])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute("delete from review_bundlekept")
    for role in ("app", "intake", "worker"):
        with login(role) as other:
            for sql in (
                "select bundle_made(%s, '0', 'x')",
                "select bundle_not_made(%s, 'x')",
                "delete from review_bundlewanted where id = %s",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    other.execute(sql, [number])
