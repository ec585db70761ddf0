"""Practice tells at once and counts for nothing; before the answer nobody reads whose a picture is."""

import psycopg
import pytest

from ledger.clock import house_now
from people.models import Trial
from review.access import NotVisible
from review.acts.draw_practice import draw_practice
from review.acts.practise import practise
from review.models import Practice, PracticeAnswer
from tests import world
from tests.database import login
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_truth_is_told_with_the_answer_and_counts_for_nothing():
    before = Trial.objects.count()
    ada, client = world.person("ada"), client_of("ada")
    truths = set()
    for _ in range(12):
        code = client.post("/practice/draw")["Location"].rsplit("/", 1)[1]
        assert "They show" not in client.get(f"/practice/{code}").content.decode()
        for side in (1, 2):
            assert client.get(f"/practice/{code}/{side}")["Content-Type"].startswith("image/")
        told = client.post(f"/practice/{code}", {"rating": "2"}, follow=True).content.decode()
        answer = PracticeAnswer.objects.get(practice__code=code)
        assert ("They show one person." in told) == answer.same
        assert ("They show two persons." in told) != answer.same
        truths.add(answer.same)
        assert not practise(by=ada, at=house_now(), code=code, rating=-2), "an answer is given once"
    assert truths == {True, False}
    with login("owner") as owner:
        wrong = "select count(*) from review_practice p join review_practiceanswer a on a.practice_id = p.id join review_practicepicture x on x.id = p.one_id join review_practicepicture y on y.id = p.other_id where (x.subject = y.subject) <> a.same"
        assert owner.execute(wrong).fetchone() == (0,)
    assert Trial.objects.count() == before
    assert "you rated 2" in client.get("/practice").content.decode()


def test_it_is_a_reviewer_s_own():
    code = draw_practice(by=world.person("ada"), at=house_now())
    assert client_of("ben").get(f"/practice/{code}").status_code == 404
    assert not practise(by=world.person("ben"), at=house_now(), code=code, rating=1)
    with pytest.raises(NotVisible):
        draw_practice(by=world.person("dana"), at=house_now())
    assert Practice.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        ("app", "select subject from review_practicepicture"),
        ("app", "insert into review_practiceanswer(practice_id, rating, same) values (1, 1, true)"),
        ("worker", "select * from review_practice"),
        ("intake", "select draw_practice(1, 'x')"),
    ],
)
def test_no_login_learns_it_otherwise(name, attempt):
    with login(name) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
        process.execute(attempt)
