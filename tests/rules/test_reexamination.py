"""What another agency found against what was joined: agreement is said, an exclusion of a lead warns, nothing else happens."""

import pytest

from review.rules import reexamination
from review.rules.reexamination import Found

ENDED = ("excluded", "not_supported", "set_aside")
RATINGS = (None, -3, -2, -1, 0, 1, 2, 3)


def test_a_rating_is_one_of_four_things():
    said = [Found.SET_ASIDE, Found.EXCLUDES, Found.EXCLUDES, Found.NO_CONCLUSION, Found.NO_CONCLUSION]
    assert [reexamination.found(rating) for rating in RATINGS] == [*said, Found.SUPPORTS, Found.SUPPORTS, Found.SUPPORTS]


@pytest.mark.parametrize("rating", RATINGS)
def test_a_lead_is_confirmed_by_support_alone(rating):
    assert reexamination.agrees("lead", rating) is (rating is not None and rating >= 1)


@pytest.mark.parametrize("joined", ENDED)
@pytest.mark.parametrize("rating", RATINGS)
def test_a_face_that_is_no_lead_is_none_for_the_other_unless_he_supports_it(joined, rating):
    assert reexamination.agrees(joined, rating) is not (rating is not None and rating >= 1)
    assert not reexamination.speaks_for_the_person(joined, rating)


@pytest.mark.parametrize("rating", RATINGS)
def test_only_an_exclusion_of_a_lead_speaks_for_its_person(rating):
    assert reexamination.speaks_for_the_person("lead", rating) is (rating is not None and rating <= -2)
