"""A case is examined again by another agency, walked in a real browser: drawn by lot, examined blind, and told when it is done."""

import pytest

from cases.models import Candidate
from review.access import face_code
from tests import world
from tests.browser.test_the_road import People, answer_all
from tests.examined_again import a_pool_lends, again_of, one_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_another_agency_excludes_and_nothing_is_signed(walker: People) -> None:
    a_pool_lends()
    one_in(1)
    lead, asked = world.ready_to_sign()

    cleo = walker("cleo").press("Take the next").says("no face of it is open yet").picture("again-drawn").follow("Open it")
    kept = face_code(again_of("cleo"), Candidate.objects.get(case=lead.case, subject_ref="p012").token)
    answer_all(cleo, lambda face: "keep" if face == kept else "aside", "ears")
    cleo.press("check page").press("Lock")
    answer_all(cleo, lambda _: "-2", "The ear lobes differ")
    cleo.press("check page").press("Lock").says("Thank you. Nothing more is asked of you")

    dana = walker("dana").go(f"/cases/{lead.case.ref}").says("Examined again by another agency")
    dana.says("Excludes the person of a lead").picture("examined-again")
    walker("sol").go(f"/countersignatures/{asked}").says("Examined again, blind, by a reviewer of another agency")
    walker("mia").go("/figures").says("how often it agrees").picture("figures-examined-again")
