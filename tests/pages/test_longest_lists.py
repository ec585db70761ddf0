"""The longest list that the machine's door takes is sorted on the page, and as many faces as may be kept are rated there."""

import re
from collections.abc import Callable, Mapping

import pytest
from django.conf import settings
from django.test import Client

from cases.api.body import LONGEST_SENT
from cases.law.schema import LONGEST_LIST, MOST_NON_MATES
from cases.models import Case
from ledger.clock import house_now
from review import access
from review import faces as shown
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.replay.forms import looked
from review.rules.draft import FIELDS_A_FACE
from review.rules.feature_form import CLOSER_LOOK
from tests import world
from tests.acts.test_turns import later
from tests.api.test_search_results import b64, send, sound, source
from tests.pages.signing import signed_in

__all__ = ["source"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake", "auditor"])
SORTED = {"answer": "aside", "why": "ears", "version": "0"}
RATED = {
    "answer": "-2",
    "why": "ears",
    "version": "0",
    "found": "different",
    "note": "an ear",
    "nothing": "",
    "marks": "",
    "limits": "low_quality",
}


def to_examine(faces: list[dict[str, object]]) -> Case:
    answer = send(sound(candidates=faces))
    assert answer.status_code == 201, answer.content
    case = world.checked(world.screened(Case.objects.get(ref=answer.json()["case"])))
    assert case.state == "FIT"
    return case


def written(client: Client, code: str, answers: Mapping[str, str]) -> dict[str, list[str]]:
    """What a browser sends of the form, each box of it ticked."""
    page = client.get(f"/examinations/{code}")
    assert page.status_code == 200
    form = re.search(r'<form class="cs-form".*?</form>', page.content.decode(), re.S)
    assert form
    names = re.findall(r'<(?:input|select|textarea)[^>]*?name="([^"]+)"', form.group(0))
    several = {name: names.count(name) if name.startswith("limits-") else 1 for name in names}
    return {name: [answers[kind]] * many for name, many in several.items() if (kind := name.split("-")[0]) in answers}


def sent(client: Client, code: str, said: Mapping[str, list[str]]) -> list[int]:
    return [client.post(f"/examinations/{code}{where}", said).status_code for where in ("", "/draft")]


def test_the_longest_list_that_is_sent_is_sorted(source: Callable[..., object]) -> None:
    case = to_examine([{"subject_ref": f"S{n}", "rank": n, "score": 1000.0 - n} for n in range(1, LONGEST_SENT + 1)])
    assert take_next(by=world.person("ada"), at=house_now()) == case.ref
    client, code = signed_in("ada"), access.code_of(world.person("ada"), case.ref)
    assert sent(client, code, written(client, code, SORTED)) == [200, 302]


def test_as_many_faces_as_two_reviewers_kept_are_rated(source: Callable[..., object]) -> None:
    refs = [f"p{n:03}" for n in range(2, 27)]
    case = to_examine(
        [{"subject_ref": ref, "rank": n, "score": 1000.0 - n, "image": b64(f"{ref}_mugshot.jpg")} for n, ref in enumerate(refs, 1)]
    )
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        looked(world.person(name), case)
    later(1)
    for name in ("ada", "ben"):
        answers = dict.fromkeys(world.tokens(case).values(), (True, CLOSER_LOOK))
        answers |= dict.fromkeys(shown.non_mates(world.person(name), case), (False, "chin"))
        world.must(sort_candidates(by=world.person(name), at=house_now(), case_ref=case.ref, answers=answers))
    client, code = signed_in("ada"), access.code_of(world.person("ada"), case.ref)
    said = written(client, code, RATED)
    number = sum(map(len, said.values()))
    assert number > 1000
    assert (number - 1) % FIELDS_A_FACE == 0, "a face has as many fields as the limit takes it to have"
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS >= 1 + FIELDS_A_FACE * (LONGEST_LIST + MOST_NON_MATES)
    assert sent(client, code, said) == [200, 302]
