"""What a court copy shows stays with the court, and only what the defence was told of this very case lets a result be used."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.types.json import Jsonb

from cases.models import Case
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from review.acts.serve_discovery import Served, serve_discovery
from review.acts.take_discovery import Asked, take_discovery
from review.models import DiscoveryRequest, Dissemination
from tests import world
from tests.acts.test_in_court import told_lead, used

pytestmark = pytest.mark.django_db


def court_asked(case: Case) -> DiscoveryRequest:
    asked = Asked("District Court", "26-CR-1", "Counsel", world.today(), ("All searches",))
    finding, number = take_discovery(by=world.person("lea"), at=house_now(), case_ref=case.ref, asked=asked)
    world.must(finding)
    return DiscoveryRequest.objects.get(pk=number)


def bundle_left(case: Case, recipient: str, *, court_copy: bool = False) -> int:
    """A bundle on file as having left, as the auditor's login records it."""
    said = {"recipient": recipient, "ori": "", "purpose": "Discovery", "authority": "Order of 1 March", "court_copy": court_copy}
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor")
        cursor.execute("select count(*) + 1 from ledger_entry where subject = %s and kind = 'export_bundle'", [case.ref])
        cursor.execute("select export_recorded(%s, %s, %s)", [case.ref, cursor.fetchone()[0], json.dumps(said)])
        cursor.execute("set local role app")
    return Dissemination.objects.filter(case=case, what="bundle").latest("id").pk


def served(request: DiscoveryRequest, number: int, on: str):
    return serve_discovery(by=world.person("lea"), at=house_now(), number=request.pk, service=Served(number, world.today(), on, "by hand"))


def test_the_defence_is_told_by_a_bundle_of_this_case_and_not_of_a_sibling():
    lead = told_lead()
    sibling = world.searched("25-1", "p013", repeats_because="Another frame")
    world.in_force("nlc-2021", "us-wa-43-386")
    request = court_asked(lead.case)
    world.must(served(request, bundle_left(sibling, "Counsel"), "Counsel"))
    refused = used(lead, "trial")
    assert isinstance(refused, Refusal), "nothing of this list was told"
    assert "law_tell_defence" in refused.codes
    world.must(served(request, bundle_left(lead.case, "Counsel"), "Counsel"))
    world.must(used(lead, "trial"))


def test_what_was_served_on_the_court_did_not_tell_the_defence():
    lead = told_lead()
    world.in_force("nlc-2021", "us-wa-43-386")
    request = court_asked(lead.case)
    world.must(served(request, bundle_left(lead.case, "District Court", court_copy=True), "District Court"))
    world.must(served(request, bundle_left(lead.case, "District Court"), "District Court"))
    refused = used(lead, "trial")
    assert isinstance(refused, Refusal)
    assert "law_tell_defence" in refused.codes


def test_a_court_copy_is_served_on_its_court_alone():
    lead = told_lead()
    request = court_asked(lead.case)
    number = bundle_left(lead.case, "District Court", court_copy=True)
    refused = served(request, number, "Counsel")
    assert isinstance(refused, Refusal)
    assert refused.codes == ("court_alone",)
    said = {"served": number, "served_on": world.today().isoformat(), "served_to": "Counsel", "way": "by hand"}
    with pytest.raises(DatabaseError, match="for its court alone"), transaction.atomic():
        ask_database("select serve_discovery(%s, %s, %s, '{}')", request.pk, world.person("lea").pk, Jsonb(said))
    world.must(served(request, number, "District Court"))
