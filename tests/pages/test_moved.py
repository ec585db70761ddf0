"""Whoever examined a case again for a pool and comes to work at home afterwards: the database lets him do nothing there, and every page says so cleanly."""

import re
from html import unescape

import pytest

from cases.models import Refused
from ledger.clock import house_now
from people.roles import Role
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument
from review.acts.record_without_face import record_without_face
from review.acts.recuse_reexamination import recuse_reexamination
from review.models import Closing, Evidence, Fixing, ReexaminationResult
from review.rules.filing import CHECKED_BY_ANOTHER, NEEDS_SECOND, SECOND_TO_FIX_AGAIN
from tests import world
from tests.acts.test_stepping_back import appointed
from tests.database import login
from tests.examined_again import a_pool_lends, examined_again, one_in, rated_again, sorted_again, taken_again
from tests.pages.signing import client_of
from tests.units import employed

pytestmark = pytest.mark.django_db(transaction=True)


def moved(name: str, role: Role) -> None:
    """He works for the agency now whose case he examined again, in a unit of its own and in this role."""
    appointed(name, role)
    with login("owner") as owner:
        employed(owner, "XX0010000", "Newcomers", name)


@pytest.fixture
def case():
    """A lead ready to be signed, of which Cleo excluded the person."""
    a_pool_lends()
    one_in(1)
    lead, asked = world.ready_to_sign()
    examined_again(lead.case, -2)
    return lead, asked


def text_of(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.CORROBORATION_OFFICER, ["/evidence/{excluded}", "/evidence/{item}/again", "/leads/{lead}/rivals"]),
        (Role.SUPERVISOR, ["/countersignatures/{asked}", "/cases/{case}"]),
        (Role.DETECTIVE, ["/cases/{case}", "/leads/{lead}/papers", "/leads/{lead}/ask", "/countersignatures/{asked}/start", "/leads/{lead}/evidence/new"]),
        (Role.ANALYST, ["/cases/{case}", "/cases/{case}/offence", "/cases/{case}/probe"]),
        (Role.LEGAL_ADVISER, ["/items/{item}/hold", "/leads/{lead}/legal-view"]),
    ],
)  # fmt: skip
def test_no_page_of_the_investigation_is_his_and_his_desk_does_not_offer_it(case, role, pages):
    lead, asked = case
    excluded = Evidence.objects.get(lead=lead, source_document__startswith="Examination again")
    item = lead.evidence.order_by("id")[0]
    moved("cleo", role)
    cleo = client_of("cleo")
    names = {"excluded": excluded.ref, "item": item.ref, "lead": lead.ref, "asked": asked, "case": lead.case.ref}

    desk = cleo.get("/").content.decode()
    assert not [name for name, ref in names.items() if ref in desk]
    for page in pages:
        for answer in (
            cleo.get(page.format(**names)),
            cleo.post(page.format(**names), {"how": "tested_does_not", "because": "no", "sentence": "I sign"}),
        ):
            assert answer.status_code == 404, (page, answer.status_code)


def test_he_is_nobodys_second_and_the_refusal_says_what_to_do(case):
    lead, _ = case
    excluded = Evidence.objects.get(lead=lead, source_document__startswith="Examination again")
    moved("cleo", Role.CORROBORATION_OFFICER)
    cora, before = client_of("cora"), (Closing.objects.count(), Fixing.objects.count())

    weighed = cora.post(f"/evidence/{excluded.ref}", {"how": "weighed", "because": "Another light", "second": "cleo"})
    assert weighed.status_code == 422
    assert NEEDS_SECOND.sentence in text_of(weighed)
    item = lead.evidence.get(kind="fingerprint")
    read = ReadInDocument("fingerprint", "offence", 1_000_000, source_document_seen=True)
    again = fix_again(by=world.person("cora"), second=world.person("cleo"), at=house_now(), item_ref=item.ref, read=read, because="Worn")
    assert again.codes == (SECOND_TO_FIX_AGAIN.code,)
    now = house_now()
    without = record_without_face(
        by=world.person("dana"), at=now, lead_ref=lead.ref, action="arrest", happened_at=now, description="On the prints alone",
        checked_by=world.person("cleo"), search_disclosed=True,
    )  # fmt: skip
    assert CHECKED_BY_ANOTHER.code in without.codes
    assert (Closing.objects.count(), Fixing.objects.count()) == before
    assert Refused.objects.count() == 3


def test_whoever_moves_before_he_has_answered_answers_no_more():
    a_pool_lends()
    one_in(1)
    lead = world.a_lead()
    code = taken_again(lead.case).code
    world.must(sorted_again("cleo"))
    moved("cleo", Role.CORROBORATION_OFFICER)

    assert rated_again("cleo", {"p012": 2}).codes == ("left_the_lender",)
    with login("app") as app:
        who = world.person("cleo").pk
        assert "left_the_lender" in app.execute("select conclude_again(%s, %s, '{}', '{}', '{}')", [who, code]).fetchone()[0]
    assert not ReexaminationResult.objects.exists()
    said = {"ground": "other_tie", "words": "I work there now"}
    world.must(recuse_reexamination(by=world.person("cleo"), at=house_now(), code=code, **said))
    examined_again(lead.case, 2, name="remy")
    assert ReexaminationResult.objects.get().agrees


def test_elsewhere_he_works_as_anybody_does(case):
    """Another investigation of the same agency is nothing that he examined."""
    moved("cleo", Role.CORROBORATION_OFFICER)
    other = world.a_lead("25-9", face="p014")
    item = world.an_item(other)
    alibi = world.add_evidence(
        by=world.person("dana"), at=house_now(), lead_ref=other.ref, item=world.ItemWanted("alibi_lead", "elsewhere", "Log", exculpatory=True)
    )[1]  # fmt: skip

    assert client_of("cleo").get(f"/evidence/{item}").status_code == 200
    world.must(
        world.close_exculpatory(
            by=world.person("cora"), at=house_now(), item_ref=str(alibi), how="weighed", because="Not him", second=world.person("cleo")
        )
    )
