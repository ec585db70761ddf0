"""Who is answered what, at every address: the access specification of the pages. An address that is missing here fails."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases import jobs
from cases.law.load import load_pack
from cases.law.shipped import POLICIES
from cases.models import Candidate, Job, LegalHold
from ledger.asking import ask_database
from ledger.clock import house_now
from people.appoint import Appointment, appoint
from people.models import Agency
from people.roles import Role
from review.access import examination_code, face_code
from review.acts.draw_practice import draw_practice
from review.acts.give_notice_of_use import give_notice_of_use
from review.acts.propose_policy import propose_policy
from review.acts.record_outside_gate import record_outside_gate
from review.management.commands.demo_setup import TESTED
from review.models import Custody, Drawn, Lead
from review.rules.leaving import Leaving
from tests import world
from tests.database import as_owner, furnished_anew
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db

# Riverside: Dana asked; Ada is drawn in her case, Cleo is not, Vera is and would read it as an analyst; Rex is of Dana's unit.
# Dex, Sid and Ivy are of another agency, without an agreement; Ivy holds every role there.
HERE = (
    Appointment("dora", "Det. Dora Lind", "Fraud", (Role.DETECTIVE,), ("bias",)),
    Appointment("vera", "Vera Stone", "Image analysis", (Role.ANALYST, Role.REVIEWER), ("face_comparison", "bias"), tested=TESTED),
    Appointment("nell", "Nell Gray", "Records", ()),
)
ELSEWHERE = (
    Appointment("dex", "Det. Dex Howe", "Robbery", (Role.DETECTIVE,)),
    Appointment("sid", "Lt. Sid Amery", "Major crimes", (Role.SUPERVISOR,)),
    Appointment("ivy", "Ivy Everyrole", "All", tuple(Role), ("face_comparison", "bias"), tested=TESTED),
)

# 200, 405 ...  the status              -    404: there is no such thing, for this person
# in            302, to sign-in         302  led on to another page
# GET, POST     that method             form a page and its act; nothing sent is answered 422 to whoever is shown the page, else as the page is
# act           POST; there is no page, and whoever is signed in is answered 405 to GET
TABLE = """
address                 how  dana dora aris ada  cleo vera cora sol  rex  lea  mia  otto paul pia  nell out  dex  sid  ivy
healthz                 GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
readyz                  GET  503  503  503  503  503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
search-results          act  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
search-results-batch    act  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
openapi                 GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
log_checkpoint          GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
log_key                 GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
log_certificate_key     GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
log_tile                GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
log_entries             GET  -    -    -    -    -    -    -    -    -    -    -    200  -    -    -    in   -    -    200
desk                    GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
account_login           GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  200  302  302  302
account_logout          GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
account_logout          POST in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
mfa_authenticate        GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
mfa_reauthenticate      GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
mfa_activate_totp       GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
mfa_index               GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
mfa_view_recovery_codes GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
account_reauthenticate  GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
account_change_password GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
account_signup          GET  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
account_reset_password  GET  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
account_inactive        GET  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
personas                GET  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
be                      act  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
cases                   GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
case                    GET  200  200  200  -    -    -    -    200  200  200  -    200  -    -    -    in   -    -    -
offence                 form -    -    200  -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
probe                   form -    -    200  -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
probe_picture           GET  200  200  200  -    -    -    -    200  200  200  -    200  -    -    -    in   -    -    -
close_case              form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_request             form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   200  -    200
outside_result          form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   200  -    200
new_evidence            form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_ask                 form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_outside_gate        form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_case_evidence       form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_case_outside_gate   form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
without_face            form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
statement               form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
warrant                 form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
line_up                 form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
line_up_result          form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
papers                  form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
recheck                 form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
release                 form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
hold                    form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
legal_view              form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
rival                   form -    -    -    -    -    -    200  -    -    -    -    -    -    -    -    in   -    -    -
evidence_again          form -    -    -    -    -    -    200  -    -    -    -    -    -    -    -    in   -    -    -
faces                   act  422  422  -    -    -    -    -    -    -    -    -    -    -    -    -    in   422  -    422
mfa_deactivate_totp     GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
mfa_add_webauthn        GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
mfa_remove_webauthn     GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
mfa_reauthenticate_webauthn GET  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
report                  form 200  200  200  -    -    -    -    200  200  200  -    200  -    -    -    in   -    -    -
printed_report          GET  200  -    -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_bundle              form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
bundle                  GET  -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
bundle_file             GET  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_discovery           form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
new_legal_hold          form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
lift_legal_hold         form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
discovery               GET  -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    200
discovery_request       GET  -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
discovery_item          form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
discovery_serve         form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
discovery_receipt       form -    -    -    -    -    -    -    -    -    200  -    -    -    -    -    in   -    -    -
prosecution             GET  -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    200
prosecution_duties      GET  -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    200
prosecution_lead        GET  -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    -
notice_of_use           form -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    -
use_in_court            form -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    -
printed_notice          GET  -    -    -    -    -    -    -    -    -    -    -    -    -    200  -    in   -    -    -
audit                   GET  -    -    -    -    -    -    -    -    -    -    -    200  -    -    -    in   -    -    200
audit_download          act  -    -    -    -    -    -    -    -    -    -    -    200  -    -    -    in   -    -    200
disseminations          GET  -    -    -    -    -    -    -    -    -    -    -    200  -    -    -    in   -    -    200
lead_picture            GET  200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
new_edge                form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
evidence                form -    -    -    -    -    -    200  -    -    -    -    -    -    -    -    in   -    -    -
supervise               form -    -    -    -    -    -    -    200  200  -    -    -    -    -    -    in   -    -    -
start                   form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
certificate             form 200  200  -    -    -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
check_certificate       GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
check_certificate       POST 200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
take                    act  -    -    -    200  302  200  -    -    -    -    -    -    -    -    -    in   -    -    200
examination             form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
draft                   act  -    -    -    302  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
lock                    act  -    -    -    302  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
recuse                  form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
spoken_to               form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
drawn                   GET  -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
release_turn            form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
hold_turn               form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
turns                   GET  -    -    -    -    -    -    -    200  200  -    200  -    -    -    -    in   -    200  200
send_back               form -    -    -    -    -    -    -    200  200  -    -    -    -    -    -    in   -    -    -
told_by_reviewers       GET  -    -    -    -    -    -    -    -    -    -    -    200  -    -    -    in   -    -    200
target                  GET  -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
face                    GET  -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
figures                 GET  -    -    -    -    -    -    -    -    -    -    200  200  -    -    -    in   -    -    200
figures_reveal          act  -    -    -    -    -    -    -    -    -    -    -    302  -    -    -    in   -    -    302
figures_mine            GET  -    -    -    200  200  200  -    -    -    -    -    -    -    -    -    in   -    -    200
figures_signed          GET  -    -    -    200  200  200  -    -    -    -    -    -    -    -    -    in   -    -    200
practice                GET  -    -    -    200  200  200  -    -    -    -    -    -    -    -    -    in   -    -    200
practice_draw           act  -    -    -    302  302  302  -    -    -    -    -    -    -    -    -    in   -    -    302
practice_pair           form -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
practice_picture        GET  -    -    -    200  -    -    -    -    -    -    -    -    -    -    -    in   -    -    -
house                   GET  -    -    -    -    -    -    -    -    -    -    200  -    -    -    -    in   -    -    200
retry                   act  -    -    -    -    -    -    -    -    -    -    302  -    -    -    -    in   -    -    -
public_policy           GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
policy_board            GET  -    -    -    -    -    -    -    -    -    -    200  200  200  -    -    in   -    -    200
propose_policy          form -    -    -    -    -    -    -    -    -    -    -    -    200  -    -    in   -    -    200
proposal                GET  -    -    -    -    -    -    -    -    -    -    200  200  200  -    -    in   -    -    200
adopt_policy            form -    -    -    -    -    -    -    -    -    -    -    -    200  -    -    in   -    -    200
obligations             GET  -    -    -    -    -    -    -    -    -    -    200  200  200  -    -    in   -    -    200
obligation_met          act  -    -    -    -    -    -    -    -    -    -    302  -    -    -    -    in   -    -    302
notices                 GET  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  in   200  200  200
notices                 POST 302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  in   302  302  302
"""


@dataclass(frozen=True)
class Row:
    """One line of the table, and what to ask for where its address names something that never was."""

    name: str
    how: str
    answers: dict[str, str]

    @property
    def method(self) -> str:
        return "get" if self.how in ("GET", "form") else "post"

    @property
    def of(self) -> dict[str, str]:
        return NEVER.get(self.name, {})


NAMES, *LINES = (line.split() for line in TABLE.strip().splitlines())
PEOPLE = NAMES[2:]
ROWS = [Row(name, how, dict(zip(PEOPLE, answers, strict=True))) for name, how, *answers in LINES]

OF_A_CASE = ("new_case_evidence", "new_case_outside_gate", "without_face", "new_discovery", "new_bundle", "new_legal_hold")
OF_A_TURN = ("drawn", "release_turn", "hold_turn")
OF_A_LEAD = ("line_up", "line_up_result", "papers", "legal_view", "rival", "prosecution_lead", "notice_of_use", "use_in_court")
OF_AN_ITEM = ("statement", "warrant", "hold", "evidence_again")

# What each address that names something would name if there were no such thing: the same shape, and nothing behind it.
NEVER = {
    **dict.fromkeys(("case", "offence", "probe", "probe_picture", "close_case", *OF_A_CASE), {"ref": "FR-2026-999999"}),
    **dict.fromkeys(("new_evidence", "new_ask", "new_outside_gate", "report", "lead_picture", *OF_A_LEAD), {"ref": "FR-2026-999999-L1"}),
    **dict.fromkeys(("new_edge", "evidence", *OF_AN_ITEM), {"ref": "FR-2026-999999-L1-E1"}),
    **dict.fromkeys(("supervise", "start", "certificate"), {"ref": "FR-2026-999999-L1-C1"}),
    **dict.fromkeys(("examination", "draft", "lock", "recuse", "spoken_to", "target", "face", *OF_A_TURN), {"code": "0123456789"}),
    **dict.fromkeys(("recheck", "release", "send_back"), {"number": "999999"}),
    **dict.fromkeys(("printed_report", "printed_notice"), {"ref": "FR-2026-999999-L1", "number": "999999"}),
    **dict.fromkeys(("bundle", "bundle_file"), {"number": "999999"}),
    **dict.fromkeys(("discovery_request", "discovery_item", "discovery_serve", "discovery_receipt"), {"number": "999999"}),
    "lift_legal_hold": {"number": "999999"},
    "practice_pair": {"code": "0123456789"},
    "practice_picture": {"code": "0123456789", "side": "1"},
    "retry": {"job": "999999"},
    **dict.fromkeys(("proposal", "adopt_policy"), {"number": "999999"}),
    "log_entries": {"path": "x999/999"},
}


@dataclass(frozen=True)
class Town:
    """One committed world for the whole module, and everybody's cookies."""

    browser: Client
    cookies: dict[str, SimpleCookie]
    parts: dict[str, dict[str, str]]

    def address(self, name: str, **other: str) -> str:
        return f"/{name}" if name in ("healthz", "readyz") else reverse(name, kwargs=self.parts.get(name, {}) | other)

    def asks(self, who: str, address: str, method: str = "get") -> HttpResponse:
        """Ask as this person; his cookies stay as they were after signing in."""
        self.browser.cookies = deepcopy(self.cookies[who])
        return self.browser.get(address) if method == "get" else self.browser.post(address, {"csrfmiddlewaretoken": "sent alone"})


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker) -> Iterator[Town]:
    with django_db_blocker.unblock(), furnished_anew():
        with as_owner():
            riverside = Agency.objects.get()
            lakeside = Agency.objects.create(ori="XX0020000", name="Lakeside Police", time_zone="UTC")
            appoint(agency=riverside, appointments=HERE, passwords={}, on=house_now().date())
            appoint(agency=lakeside, appointments=ELSEWHERE, passwords={}, on=house_now().date())
        lead, item, request, drawn, job = walked()
        packs = [load_pack(POLICIES / "us-md-2024.toml")]
        waiting = propose_policy(by=world.person("petra"), at=house_now(), packs=packs)[1]
        practised = draw_practice(by=world.person("ada"), at=house_now())
        sealed = examination_code(drawn)
        a_face = face_code(drawn, Candidate.objects.filter(case=drawn.case).first().token)
        report = world.given(lead)
        court = world.served_in_court(lead, report)
        parts = {
            **dict.fromkeys(("case", "offence", "probe", "probe_picture", "close_case", *OF_A_CASE), {"ref": lead.case.ref}),
            **dict.fromkeys(("new_evidence", "new_ask", "new_outside_gate", "report", "lead_picture", *OF_A_LEAD), {"ref": lead.ref}),
            **dict.fromkeys(("new_edge", "evidence", *OF_AN_ITEM), {"ref": item}),
            **dict.fromkeys(("supervise", "start", "certificate"), {"ref": request}),
            **dict.fromkeys(("examination", "draft", "lock", "recuse", "spoken_to", "target", *OF_A_TURN), {"code": sealed}),
            "face": {"code": sealed, "face": a_face},
            **dict.fromkeys(("recheck", "release"), {"number": str(Custody.objects.get().pk)}),
            "send_back": {"number": str(drawn.pk)},
            "mfa_remove_webauthn": {"pk": "1"},
            "retry": {"job": str(job)},
            "printed_report": {"ref": lead.ref, "number": str(report)},
            "printed_notice": {"ref": lead.ref, "number": str(notice_given(lead))},
            **dict.fromkeys(("discovery_request", "discovery_serve"), {"number": str(court.request_id)}),
            **dict.fromkeys(("bundle", "bundle_file"), {"number": str(world.bundle_wanted(lead))}),
            "discovery_item": {"number": str(court.request.items.get().pk)},
            "discovery_receipt": {"number": str(court.pk)},
            **dict.fromkeys(("proposal", "adopt_policy"), {"number": str(waiting)}),
            "lift_legal_hold": {"number": str(LegalHold.objects.order_by("id").first().pk)},
            "log_tile": {"path": "0/000.p/1"},
            "log_entries": {"path": "000.p/1"},
            "practice_pair": {"code": practised},
            "practice_picture": {"code": practised, "side": "1"},
        }
        cookies = {name: (Client() if name == "out" else signed_in(name)).cookies for name in PEOPLE}
        with django_db_blocker.block(), override_settings(NOTICES_COUNTED_EVERY=600):  # no door asks how many are new
            yield Town(Client(), cookies, parts)
        cache.clear()


def notice_given(lead: Lead) -> int:
    leaving = Leaving("Counsel", "Defence", "Rule 16")
    finding, number = give_notice_of_use(by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=leaving)
    world.must(finding)
    return int(number or 0)


def walked():
    """A lead with an item and a request on it, a second case that Ada has before her, and a job of the lead's case that was given up."""
    case = world.searched("25-1")
    world.drawn(case, "ada", "vera")
    for name in ("ada", "vera"):
        world.sorted_by(case, name, ("p012",))
    for name in ("ada", "vera"):
        world.concluded(case, name, {"p012": 2})
    lead = world.Lead.objects.select_related("case", "candidate").get(case=case)
    item, request = world.an_item(lead), world.asked(lead)
    now = house_now()
    world.must(
        record_outside_gate(by=world.person("dana"), at=now, lead_ref=lead.ref, action="arrest", happened_at=now, description="on sight")
    )
    other = world.searched("25-2", "p013")
    world.drawn(other, "ada")
    with world.the_machine():
        jobs.enqueue(kind="screen", key="screen once more", case=case)
        job = Job.objects.get(key="screen once more").pk
        Job.objects.filter(pk=job).update(given_up_at=house_now(), last_error="OSError: no room", attempts=8)
    assert world.sequenced().signed
    return lead, item, request, Drawn.objects.select_related("case").get(case=other), job


def said(answer: HttpResponse) -> str:
    """Return an answer in the words of the table."""
    if answer.status_code == 302 and answer["Location"].split("?")[0] == "/sign-in":
        return "in"
    return "-" if answer.status_code == 404 else str(answer.status_code)


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> set[str]:
    """Return every address by its name, or by itself where it has none."""
    found: set[str] = set()
    for each in patterns:
        if isinstance(each, URLResolver):
            found |= addresses(each.url_patterns, before + str(each.pattern))
        else:
            found.add(each.name or before + str(each.pattern))
    return found


def test_every_address_stands_in_the_table():
    assert {row.name for row in ROWS} == addresses(get_resolver().url_patterns)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.how}")
def test_everybody_is_answered_as_the_table_says(town, row):
    address = town.address(row.name)
    assert {who: said(town.asks(who, address, row.method)) for who in PEOPLE} == row.answers
    if row.how == "form":
        nothing_sent = {who: said(town.asks(who, address, "post")) for who in PEOPLE}
        assert nothing_sent == {who: "422" if answer == "200" else answer for who, answer in row.answers.items()}
    if row.how == "act":
        looked_at = {who: said(town.asks(who, address)) for who in PEOPLE}
        assert looked_at == {who: "in" if answer == "in" else "405" for who, answer in row.answers.items()}


def seen(answer: HttpResponse, address: str) -> tuple[int, bytes, dict[str, str]]:
    """Return all that a person can see of an answer, without his own token and the address that he asked for."""
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", answer.content).replace(address.encode(), b"address")
    return answer.status_code, body, {name: said for name, said in answer.headers.items() if name != "Expires"}  # a clock


@pytest.mark.parametrize("row", [row for row in ROWS if row.of], ids=lambda row: row.name)
def test_what_is_forbidden_looks_like_what_never_was(town, row):
    there, never = town.address(row.name), town.address(row.name, **row.of)
    assert never != there
    barred = [who for who in ("dana", "ada", "cleo", "vera", "mia", "nell", "dex", "ivy") if row.answers[who] == "-"]
    assert len(barred) > 4
    for who in barred:
        for method in ("get", "post") if row.how == "form" else (row.method,):
            forbidden, unknown = town.asks(who, there, method), town.asks(who, never, method)
            assert seen(forbidden, there) == seen(unknown, never), (who, method)
            assert forbidden.status_code == 404


def test_one_face_too_many_looks_like_none(town):
    """A reviewer inside her own examination learns nothing of faces that are not hers, either."""
    code = town.parts["face"]["code"]
    foreign = face_code(Drawn.objects.filter(reviewer__username="vera").get(), Candidate.objects.first().token)
    answers = [town.asks("ada", f"/examinations/{code}/faces/{face}") for face in (foreign, "0" * 12)]
    assert answers[0].status_code == 404
    assert seen(answers[0], foreign) == seen(answers[1], "0" * 12)


@pytest.mark.parametrize("who", ["cleo", "ada", "paul", "nell", "dex", "sid", "ivy"])
def test_no_list_names_a_case_to_whoever_may_not_read_it(town, who):
    for address in (
        "/",
        "/cases",
        "/cases?q=25-1",
        "/cases?q=120",
        "/cases?state=LEAD",
        "/notices",
        "/house",
        "/audit/",
        "/audit/disseminations",
        "/prosecution",
        "/prosecution/duties",
    ):
        page = town.asks(who, address).content
        assert not re.search(rb"FR-2\d|25-[12]\b", page.replace(b'value="25-1"', b"")), address


def test_lists_name_a_case_to_whoever_reads_it(town):
    for who, address in [
        ("dana", "/"),
        ("dora", "/cases"),
        ("vera", "/cases"),
        ("otto", "/cases?q=120"),
        ("otto", "/audit/disseminations"),
        ("mia", "/house"),
        ("pia", "/prosecution"),
        ("pia", "/prosecution/duties"),
    ]:
        assert b"FR-2" in town.asks(who, address).content, (who, address)
    assert town.parts["case"]["ref"].encode() not in town.asks("vera", "/cases").content, "she is drawn in it"


def test_a_job_of_another_agency_is_not_tried_again(town):
    job = town.parts["retry"]["job"]
    assert town.asks("ivy", f"/house/jobs/{job}/again", "post").status_code == 404
    assert Job.objects.get(pk=job).given_up_at
    assert not ask_database("select try_job_again(%s, %s, '{}')", job, world.person("ivy").pk), "the database says so too"
    assert town.asks("mia", f"/house/jobs/{job}/again", "post").status_code == 302
    assert not Job.objects.get(pk=job).given_up_at


@pytest.mark.parametrize("address", ["/cases/%00", "/leads/%00/report", "/cases/FR-1%0aX", "/examinations/%00/faces/%00", "/house/jobs/99999999999999999999/again", "/cases?before=%C2%B2", "/cases?q=%00&state=%00&before=%00", "/cases?before=99999999999999999999999", "/audit/?case=%00&before=%C2%B2&person=%00", "/certificate?token=%00%ff", "/audit/disseminations?q=%00&before=%C2%B2", "/audit/disseminations?before=99999999999999999999999", "/prosecution?before=%C2%B2", "/prosecution?before=99999999999999999999999", "/prosecution/duties?started=%C2%B2&items=%00&shut=-1", "/prosecution/duties?signed=99999999999999999999999&items=999999999999999999&outside=0", "/prosecution/leads/%00"])  # fmt: skip
def test_a_strange_address_is_answered_like_any_other(town, address):
    method = "post" if address.endswith("again") else "get"
    assert {town.asks(who, address, method).status_code for who in ("dana", "mia", "ada", "ivy", "otto", "pia", "out")} <= {200, 302, 404}


def test_what_a_person_is_sent_is_kept_nowhere(town):
    public = {"healthz", "readyz", "openapi", "log_checkpoint", "log_key", "log_certificate_key", "log_tile"}
    for row in ROWS:
        who = next((who for who in PEOPLE if who != "out" and row.answers[who] == "200"), None)
        if who and row.name not in public:
            assert "no-store" in town.asks(who, town.address(row.name)).headers.get("Cache-Control", ""), row.name


def test_no_act_is_taken_from_another_site(town):
    machine = {"search-results", "search-results-batch", "openapi", "healthz", "readyz"}  # they read no cookie
    careful = replace(town, browser=Client(enforce_csrf_checks=True))
    for row in ROWS:
        if row.name not in machine:
            answer = careful.asks("dana", town.address(row.name), "post")
            assert answer.status_code == 403, row.name
            assert b"This cannot be done here" in answer.content
