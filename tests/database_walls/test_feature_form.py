"""The form once more, below the program: the lists and the reasons of the database are those of the code, and no rating stands without its form."""

import json
import random
from dataclasses import asdict, replace

import psycopg
import pytest

from ledger.asking import ask_database
from ledger.clock import house_now
from review import faces
from review.acts.conclude import conclude
from review.acts.sort_candidates import sort_candidates
from review.models import Conclusion, NonMateRating
from review.replay.forms import looked, scripted
from review.rules import feature_form
from review.rules.feature_form import FEATURES, FOUND, LIMITS, NOTHING_BECAUSE, SET_ASIDE, Compared
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db


def sent(form: Compared) -> dict[str, object]:
    return {**asdict(form), "limits": sorted(form.limits)}


def test_the_lists_are_those_of_the_code():
    with login("owner") as owner:
        lists = owner.execute("select feature_lists()").fetchone()[0]

    assert lists["features"] == list(FEATURES)
    assert lists["found"] == list(FOUND)
    assert lists["limits"] == {code: cap for code, (_, cap) in LIMITS.items()}
    assert lists["nothing_because"] == list(NOTHING_BECAUSE)
    assert lists["set_aside"] == list(SET_ASIDE)


def test_on_random_forms_the_database_answers_as_the_rule_does():
    rng = random.Random(20261126)
    seen, asked = set(), []
    for _ in range(400):
        form = replace(scripted(rng.randint(-3, 3), "ear"), rating=rng.randint(-3, 3))
        features = dict(form.features)
        features[rng.choice(list(FEATURES))] = (rng.choice([*FOUND, "alike"]), rng.choice(["", "wider"]))
        if rng.random() < 0.1:
            features.pop(rng.choice(list(FEATURES)))
        limits = frozenset(rng.sample([*LIMITS, "rain"], rng.randint(0, 2)))
        form = replace(form, features=features, limits=limits, nothing_because=rng.choice(["", form.nothing_because, "light", "tired"]))
        here = {reason.code for reason in feature_form.faults(form)}
        seen |= here
        asked.append((form, here))
    with login("owner") as owner:
        for form, here in asked:
            assert here == set(owner.execute("select form_reasons(%s::jsonb)", [json.dumps(sent(form))]).fetchone()[0]), form

    assert seen == {"not_every_feature", "no_note", "unknown_limit", "over_the_cap", "no_conclusion_why", "form_disagrees"}


@pytest.mark.parametrize("nothing", [[[], ""], [["similar"], ""], [None, ""], [], {"0": "similar"}, "", 0])
def test_a_feature_of_which_nothing_was_found_does_not_count_as_compared(nothing):
    form = sent(scripted(2, "ear"))
    form["features"] = {**form["features"], "chin": nothing}
    with login("owner") as owner:
        assert owner.execute("select form_reasons(%s::jsonb)", [json.dumps(form)]).fetchone()[0] == ["not_every_feature"]


def test_a_note_of_blank_lines_is_no_note():
    form = sent(scripted(-2, "ear"))
    form["features"] = {**form["features"], "chin": ["different", "\n\t "]}
    with login("owner") as owner:
        assert owner.execute("select form_reasons(%s::jsonb)", [json.dumps(form)]).fetchone()[0] == ["no_note"]


def at_the_form(name: str = "ada"):
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for each in ("ada", "ben"):
        world.sorted_by(case, each, ("p012",))
    tokens = [world.tokens(case)["p012"], *(t for t, again in faces.non_mates(world.person(name), case).items() if again)]
    return case, tokens


def test_what_the_form_lacks_is_refused_by_both_and_nothing_is_stored():
    case, tokens = at_the_form()
    forms = dict.fromkeys(tokens, scripted(-2, "ear")) | {tokens[0]: replace(scripted(2, "ear"), limits=frozenset({"cover"}))}
    ada = world.person("ada")
    looked(ada, case)

    assert conclude(by=ada, at=house_now(), case_ref=case.ref, answers=forms).codes == ("over_the_cap",)
    told = []
    for body in ({token: sent(form) for token, form in forms.items()}, {token: {"rating": 2, "grounds": "x"} for token in tokens}):
        told.append(ask_database("select conclude(%s, %s, %s::jsonb, '{}')", case.ref, ada.pk, json.dumps(body)))
    assert told == [["over_the_cap"], ["form_disagrees", "not_every_feature"]]
    assert not Conclusion.objects.exists()


def test_the_whole_form_is_on_file_for_the_non_mates_too(as_role):
    case, _ = at_the_form()
    world.concluded(case, "ada", {"p012": 0})

    stored = Conclusion.objects.get()
    assert stored.compared() == replace(scripted(0, "ear, brow and chin"))
    as_role("auditor")
    assert all(each.compared().titles("different") for each in NonMateRating.objects.all())


def test_a_face_is_sorted_for_a_reason_of_the_list():
    case = world.searched()
    world.drawn(case, "ada")
    ada = world.person("ada")
    tokens = [*world.tokens(case).values(), *faces.non_mates(ada, case)]
    said = dict.fromkeys(tokens, (False, "looks wrong"))
    looked(ada, case)

    assert sort_candidates(by=ada, at=house_now(), case_ref=case.ref, answers=said).codes == ("unknown_sorting_reason",)
    body = json.dumps({token: {"kept": True, "reason": "ears"} for token in tokens})
    assert ask_database("select sort_candidates(%s, %s, %s::jsonb, '{}')", case.ref, ada.pk, body) == ["unknown_sorting_reason"]


@pytest.mark.django_db(transaction=True)
def test_no_rating_and_no_sorting_stands_without_it_for_the_owner_either():
    at_the_form()
    candidate, ada = "(select id from cases_candidate where subject_ref = 'p012')", "(select id from people_person where username = 'ada')"
    for sql in (
        f"insert into review_conclusion(candidate_id, by_id, rating, grounds) values ({candidate}, {ada}, 2, 'x')",
        "insert into review_nonmaterating(shown_id, rating, grounds) select id, -3, 'x' from review_nonmateshown limit 1",
        f"insert into review_conclusionsetaside(candidate_id, by_id, rating, grounds) values ({candidate}, {ada}, 2, 'x')",
        f"insert into review_sorting(candidate_id, by_id, kept, reason) values ({candidate}, {ada}, true, 'x')",
        "insert into review_nonmatesorting(shown_id, kept, reason) select id, false, 'x' from review_nonmateshown limit 1",
    ):
        with login("owner") as owner, pytest.raises(psycopg.Error) as told:
            owner.execute(sql)
        assert told.value.sqlstate == "CS014", sql
