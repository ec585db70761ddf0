"""Statements of each page, counted in one realistic world; and no page asks more often because more is on file.

Four statements belong to every page of a signed-in person: the session, the person, the house's time, the roles. A bar with
notices adds two or three.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import FunctionType

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from cases.models import LegalHold, PolicyProposal
from ledger import worded
from ledger.clock import house_now
from review import access
from review.acts.add_edge import add_edge
from review.acts.draw_practice import draw_practice
from review.acts.give_notice_of_use import give_notice_of_use
from review.acts.record_outside_gate import record_outside_gate
from review.models import (
    BundleWanted,
    Custody,
    DiscoveryItem,
    DiscoveryRequest,
    DiscoveryService,
    Dissemination,
    Drawn,
    Evidence,
    Lead,
    Practice,
)
from review.rules.graph import EdgeKind
from review.rules.leaving import Leaving
from tests import world
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db

# address: who asks, statements, and above twelve why
TABLE: dict[str, list[tuple[str, int, str]]] = {
    "": [
        ("dana", 7, ""),
        ("aris", 6, ""),
        ("ada", 6, ""),
        ("cora", 6, ""),
        ("sol", 7, ""),
        ("mia", 9, ""),
        ("otto", 8, "the alarms of the re-check"),
        ("petra", 11, ""),
        ("lea", 7, ""),
        ("pia", 6, ""),
    ],
    "cases": [("dana", 9, ""), ("ada", 5, ""), ("otto", 11, "the alarms of the re-check"), ("sol", 9, "")],
    "cases/<slug:ref>": [
        (
            "dana",
            61,
            "the file, a gate of nine safeguards over the whole investigation, the drawing, custody, requests, seven kinds of events, "
            "what left, legal holds and actions that hold too, what speaks on no lead, and nine for what the law was asked",
        ),
        ("aris", 59, "the same without notices"),
        ("sol", 61, "the same"),
        ("otto", 63, "the same without notices, and the alarms of the re-check"),
        ("lea", 59, "the same without notices"),
    ],
    "cases/<slug:ref>/offence": [("aris", 7, "")],
    "cases/<slug:ref>/probe": [("aris", 8, "")],
    "cases/<slug:ref>/probe/picture": [("dana", 11, ""), ("aris", 11, "")],
    "cases/<slug:ref>/close": [("dana", 8, "")],
    "cases/<slug:ref>/discovery/new": [("lea", 6, "")],
    "cases/<slug:ref>/bundle": [("lea", 6, "")],
    "cases/<slug:ref>/legal-hold": [("lea", 6, "")],
    "legal-holds/<int:number>/lift": [("lea", 7, "")],
    "bundles/<int:number>": [("lea", 7, "")],
    "discovery": [("lea", 6, "")],
    "discovery/<int:number>": [("lea", 10, "")],
    "discovery/<int:number>/serve": [("lea", 7, "")],
    "discovery/items/<int:number>": [("lea", 7, "")],
    "discovery/services/<int:number>/receipt": [("lea", 5, "")],
    "requests/new": [("dana", 10, "")],
    "prosecution": [("pia", 7, "")],
    "prosecution/duties": [("pia", 13, "what is owed, of six kinds; of actions the newest are found first, and then asked")],
    "prosecution/leads/<slug:ref>": [
        ("pia", 35, "the sentences that the papers must carry, made from the whole file, and what speaks on no lead")
    ],
    "prosecution/leads/<slug:ref>/court": [("pia", 7, "")],
    "prosecution/leads/<slug:ref>/notice": [("pia", 7, "")],
    "prosecution/leads/<slug:ref>/notice/<int:number>": [("pia", 33, "the same sentences, on paper")],
    "results/new": [("dana", 6, "")],
    "leads/<slug:ref>/evidence/new": [("dana", 15, "the lists that an item may name: earlier entries, countersignatures, stops, tests")],
    "leads/<slug:ref>/ask": [("dana", 9, "")],
    "leads/<slug:ref>/outside-gate": [("dana", 9, "")],
    "leads/<slug:ref>/report": [("dana", 9, "")],
    "leads/<slug:ref>/report/<int:number>": [("dana", 56, "the case page on paper")],
    "audit/": [("otto", 13, "what may be asked of the record, and the notices of the auditor")],
    "audit/disseminations": [("otto", 9, "")],
    "leads/<slug:ref>/picture": [("dana", 11, "")],
    "items/<slug:ref>/edge": [("dana", 11, "")],
    "evidence/<slug:ref>": [("cora", 17, "the standing is computed over the whole investigation")],
    "cases/<slug:ref>/evidence/new": [("dana", 14, "the same lists")],
    "cases/<slug:ref>/outside-gate": [("dana", 8, "")],
    "cases/<slug:ref>/without-face": [("dana", 8, "")],
    "items/<slug:ref>/statement": [("dana", 9, "")],
    "items/<slug:ref>/warrant": [("dana", 9, "")],
    "items/<slug:ref>/hold": [("lea", 22, "the standing is computed over the whole investigation, with what the item rests on")],
    "evidence/<slug:ref>/again": [("cora", 17, "the same")],
    "leads/<slug:ref>/line-up": [("dana", 9, "")],
    "leads/<slug:ref>/line-up/held": [("dana", 9, "")],
    "leads/<slug:ref>/papers": [("dana", 32, "the sentences that the papers must carry, made from the whole file")],
    "leads/<slug:ref>/legal-view": [("lea", 8, "")],
    "leads/<slug:ref>/rivals": [("cora", 8, "")],
    "custody/<int:number>/re-check": [("dana", 7, "")],
    "custody/<int:number>/release": [("dana", 7, "")],
    "countersignatures/<slug:ref>": [
        ("sol", 41, "the gate of nine safeguards, what is asked of the signer, evidence, what speaks on no lead, and earlier requests")
    ],
    "countersignatures/<slug:ref>/certificate": [("dana", 10, "")],
    "certificate": [("dana", 6, "")],
    "countersignatures/<slug:ref>/start": [("dana", 11, "")],
    "examinations/<slug:code>": [("ada", 14, "with his draft, and whether a break is due")],
    "examinations/<slug:code>/target": [("ada", 10, "")],
    "examinations/<slug:code>/faces/<slug:face>": [("ada", 11, "")],
    "examinations/<slug:code>/recuse": [("ada", 5, "")],
    "examinations/<slug:code>/spoken-to": [("ada", 5, "")],
    "examinations/<slug:code>/drawn": [("ada", 9, "")],
    "examinations/<slug:code>/release": [("ada", 5, "")],
    "examinations/<slug:code>/hold": [("ada", 6, "")],
    "turns": [("sol", 8, ""), ("mia", 11, "")],
    "turns/<int:number>/back": [("sol", 8, "")],
    "told-by-reviewers": [("otto", 11, "")],
    "figures": [
        ("mia", 13, "with what is owed in the bar, whether known cases are in stock, and how many lots were drawn"),
        ("otto", 13, "with those for auditors alone, and how many lots were drawn"),
    ],
    "figures/mine": [("ada", 6, "")],
    "figures/mine/signed": [("ada", 6, "")],
    "practice": [("ada", 5, "")],
    "practice/<slug:code>": [("ada", 5, "")],
    "practice/<slug:code>/<int:side>": [("ada", 10, "")],
    "house": [("mia", 19, "seven lists of what a manager keeps, people with roles and trainings, and what is owed in the bar")],
    "policy": [("dana", 11, "")],
    "policy-board": [
        ("petra", 21, "the law, its texts and votes, what was shut, how many lots were drawn, and what is owed in the bar"),
        ("mia", 19, "the same"),
        ("otto", 18, "the same, without what is owed in the bar"),
    ],
    "policy-board/propose": [("petra", 11, "")],
    "policy-board/proposals/<int:number>": [("petra", 15, "the law, its texts, and what is owed in the bar"), ("otto", 12, "")],
    "policy-board/proposals/<int:number>/adopt": [("petra", 15, "the same")],
    "policy-board/obligations": [("mia", 13, "what is owed, on the page and in the bar"), ("petra", 15, "the same")],
    "notices": [("dana", 8, ""), ("sol", 8, ""), ("ada", 5, "")],
}
NO_PAGES = {
    "audit/download",
    "bundles/<int:number>/file",
    "figures/reveal",
    "practice/draw",
    "demo/be",
    "house/jobs/<int:job>/again",
    "examinations/next",
    "examinations/<slug:code>/draft",
    "examinations/<slug:code>/lock",
    "demo",
    "requests/faces",
    "policy-board/obligations/met",
}
NOT_OURS = re.compile(r"sign-|second-factor|password|not-offered")


NUMBERED = {
    "bundles": BundleWanted,
    "legal-holds": LegalHold,
    "policy-board": PolicyProposal,
    "leads": Dissemination,
    "discovery": DiscoveryRequest,
    "discovery/items": DiscoveryItem,
    "discovery/services": DiscoveryService,
    "turns": Drawn,
}


@dataclass
class World:
    """What the addresses are filled with."""

    lead: Lead
    asked: str
    fresh: str
    eligible: str
    drawn: Drawn

    def path(self, route: str) -> str:
        """Return the address of a route on what fits it."""
        if route.endswith("notice/<int:number>"):
            route = route.replace("<int:number>", str(Dissemination.objects.get(what="notice_of_use").pk))
        refs = {"prosecution": self.lead.ref, "leads": self.lead.ref, "countersignatures": self.asked, "cases": self.lead.case.ref}
        ref = refs.get(route.split("/")[0], self.lead.evidence.order_by("id")[0].ref)
        ref = {"cases/<slug:ref>/offence": self.fresh, "cases/<slug:ref>/probe": self.eligible}.get(route, ref)
        code, token = access.examination_code(self.drawn), next(iter(world.tokens(self.drawn.case).values()))
        code = Practice.objects.get().code if route.startswith("practice") else code
        filled = route.replace("<slug:ref>", ref).replace("<slug:code>", code).replace("<int:side>", "1")
        first = "/".join(route.split("/")[:2]) if route.startswith(("discovery/items", "discovery/services")) else route.split("/")[0]
        numbered = NUMBERED.get(first, Custody)
        filled = filled.replace("<int:number>", str(numbered.objects.order_by("id")[0].pk))
        return "/" + filled.replace("<slug:face>", access.face_code(self.drawn, token))


def an_edge(lead: Lead) -> None:
    first, second = lead.evidence.order_by("id")[:2]
    world.must(add_edge(by=world.person("dana"), at=house_now(), item_ref=second.ref, kind=EdgeKind.SELECTED_BY, parent=first.ref))


def an_arrest_outside(lead: Lead) -> None:
    now = house_now()
    finding = record_outside_gate(
        by=world.person("dana"), at=now, lead_ref=lead.ref, action="arrest", happened_at=now - timedelta(hours=1), description="on sight"
    )
    world.must(finding)


@pytest.fixture
def full() -> World:
    """A lead with five items, an edge, a signed and an open request and an action outside; a case at each earlier stage."""
    lead, asked = world.ready_to_sign("25-1")
    world.an_item(lead, "phone_location", document="Carrier report")
    an_edge(lead)
    world.papers_filed(lead)
    world.must(world.signed(asked))
    an_arrest_outside(lead)
    world.served_in_court(lead, world.given(lead))
    world.bundle_wanted(lead)
    leaving = Leaving("Counsel", "Defence", "Rule 16")
    world.must(give_notice_of_use(by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=leaving)[0])
    still_open = world.asked(lead, "search_warrant")
    waiting = world.searched("25-2", "p014")
    world.drawn(waiting, "ada")
    assert draw_practice(by=world.person("ada"), at=house_now())
    fresh, eligible = world.requested("25-3", "p016"), world.screened(world.requested("25-4", "p018"))
    assert lead.evidence.count() == 5
    return World(lead, still_open, fresh.ref, eligible.ref, Drawn.objects.get(case=waiting))


def at_home(name: str) -> Client:
    client = client_of(name)
    client.get("/notices")  # what the first page of a session writes is no page's own
    return client


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    renewed = sum('UPDATE "django_session"' in query["sql"] for query in counted.captured_queries)  # once a minute, no page's own
    return len(counted) - 3 * renewed


def test_each_page_asks_the_database_as_often_as_the_table_says(full):
    clients: dict[str, Client] = {}
    found, said = {}, {}
    for route, rows in TABLE.items():
        for name, number, why in rows:
            clients[name] = clients.get(name) or at_home(name)
            said[route, name] = number
            found[route, name] = statements(clients[name], full.path(route))
            assert found[route, name] <= 12 or why, f"{route} asks {found[route, name]} times, for no reason given"

    assert found == said, "; ".join(f"{key}={found[key]}" for key in found if found[key] != said[key])


HOUSE = ("people.", "cases.", "review.", "oversight.", "workers.")
KEPT = worded.worded_once(lambda: Lead.objects.none()).__code__


def test_each_query_whose_words_are_kept_answers_on_the_road_and_on_its_pages_as_django_does(monkeypatch, request):
    compared, apart, answer = set(), [], worded.Words.answer

    def beside(words, said):
        rows = answer(words, said)
        if [as_read(row) for row in rows] != [as_read(row) for row in words.anew(said)]:
            apart.append((words.query.__qualname__, said))  # raised here, it would be the failure of a job, which is put off
        compared.add(f"{words.query.__module__}.{words.query.__qualname__}")
        return rows

    monkeypatch.setattr(worded.Words, "answer", beside)
    full = request.getfixturevalue("full")
    for route, rows in TABLE.items():
        for name, *_ in rows:
            client_of(name).get(full.path(route))

    ours = [(name, list(vars(module).values())) for name, module in list(sys.modules.items()) if name.startswith(HOUSE)]
    kept = {
        f"{name}.{each.__qualname__}"
        for name, values in ours
        for each in values
        if isinstance(each, FunctionType) and each.__code__ is KEPT and each.__module__ == name
    }
    assert len(kept) > 40
    assert apart == []
    assert sorted(kept - compared) == []


def as_read(row: object, *, of: object = None) -> object:
    """Return what was read of a row: its columns, and those of the rows that were read beside it."""
    if not isinstance(row, Model):
        return row
    beside = {name: as_read(each, of=row) for name, each in row._state.fields_cache.items() if each is not of}
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}, beside


def test_every_page_is_in_the_table():
    routes = {str(each.pattern) for each in get_resolver("review.urls").url_patterns}
    routes |= {f"audit/{each.pattern}" for each in get_resolver("oversight.audit_urls").url_patterns}

    assert {route for route in routes if not NOT_OURS.match(route)} - NO_PAGES == set(TABLE)


Page = tuple[str, str]


def grown(pages: list[Page], more: Callable[[], None]) -> dict[Page, tuple[int, int]]:
    """Return the pages (who, address) that ask more or less often after there is more on file."""
    clients = {name: at_home(name) for name, _ in pages}
    before = {(name, path): statements(clients[name], path) for name, path in pages}
    more()
    after = {(name, path): statements(clients[name], path) for name, path in pages}
    return {page: (before[page], after[page]) for page in pages if before[page] != after[page]}


def test_no_page_asks_more_because_a_lead_has_more_on_file():
    lead = world.a_lead()
    item = world.an_item(lead)
    world.an_item(lead, "phone_location", document="Carrier report")
    asked = world.asked(lead)
    an_arrest_outside(lead)
    of_the_lead = [
        ("pia", f"/prosecution/leads/{lead.ref}"),
        ("dana", f"/cases/{lead.case.ref}"),
        ("dana", f"/leads/{lead.ref}/report/{world.given(lead)}"),
        ("sol", f"/countersignatures/{asked}"),
    ]
    others = [
        ("sol", "/"),
        ("cora", "/"),
        ("dana", f"/items/{item}/edge"),
        ("cora", f"/evidence/{item}"),
        ("dana", "/notices"),
        ("otto", "/audit/disseminations"),
        ("otto", "/audit/"),
        ("pia", "/prosecution"),
        ("pia", "/prosecution/duties"),
    ]

    def more() -> None:
        an_edge(lead)
        for number in range(4):
            world.an_item(lead, "bank_records", document=f"Statement {number}")
            an_arrest_outside(lead)
            world.given(lead)
        world.cleared_tests(lead)
        for action in ("line_up", "arrest_warrant", "wanted_notice"):
            world.asked(lead, action)

    assert grown([*of_the_lead, *others], more) == {}
    assert Evidence.objects.filter(lead=lead).count() == 9


def test_no_desk_and_no_list_asks_more_because_there_are_more_cases():
    world.requested("25-0", "p013")
    world.screened(world.requested("25-1", "p012"))
    world.drawn(world.searched("25-2", "p014"), "ada")
    desks = [(name, "/") for name in ("dana", "aris", "ada", "cora", "sol", "mia", "otto", "lea")]
    lists = [
        ("dana", "/cases"),
        ("otto", "/cases?q=25-1"),
        ("dana", "/cases?notes=till"),
        ("aris", "/cases?state=RECEIVED"),
        ("dana", "/notices"),
        ("mia", "/house"),
        ("mia", "/turns"),
    ]

    def more() -> None:
        for number in range(4):
            world.requested(f"25-1{number}", f"p01{number + 5}")
            world.screened(world.requested(f"25-2{number}", f"p02{number}"))
        for number in range(4):
            world.drawn(world.searched(f"25-3{number}", f"p03{number}"), "ada")

    assert grown([*desks, *lists], more) == {}
    assert Drawn.objects.filter(reviewer__username="ada").count() == 5
