"""The first rule that applies decides, for every pair and triple of ratings there is."""

from itertools import product

import pytest

from review.rules.joining import CandidateRatings, Joined, join, join_case, may_join


@pytest.mark.parametrize(
    ("ratings", "joined"),
    [
        ((), Joined.WAITING),
        ((3,), Joined.WAITING),
        ((2, 1), Joined.LEAD),
        ((1, 1), Joined.LEAD),
        ((3, 1), Joined.NEEDS_THIRD),
        ((2, 0), Joined.NEEDS_THIRD),
        ((1, 0), Joined.NOT_SUPPORTED),
        ((0, 0), Joined.NOT_SUPPORTED),
        ((3, -2), Joined.EXCLUDED),
        ((1, -1), Joined.NEEDS_THIRD),
        ((3, 1, 1), Joined.LEAD),
        ((2, 0, 1), Joined.LEAD),
        ((2, 0, 0), Joined.NOT_SUPPORTED),
        ((3, 3, -2), Joined.EXCLUDED),
    ],
)
def test_joins(ratings, joined):
    assert join(ratings, reviewers=2) is joined


def test_a_third_never_outvotes_an_exclusion():
    for ratings in product(range(-3, 4), repeat=3):
        if min(ratings) <= -2:
            assert join(ratings, reviewers=2) is Joined.EXCLUDED


def test_a_lead_always_rests_on_two_that_support_and_none_that_excludes():
    for number in (2, 3):
        for ratings in product(range(-3, 4), repeat=number):
            if join(ratings, reviewers=2) is Joined.LEAD:
                assert sum(r >= 1 for r in ratings) >= 2
                assert min(ratings) > -2


def test_never_fewer_than_two_reviewers():
    with pytest.raises(ValueError, match="two"):
        join((3,), reviewers=1)


def test_a_case_waits_for_the_last_answer():
    joined = join_case([CandidateRatings("a", True, (2,)), CandidateRatings("b", False, ())], reviewers=2)

    assert joined.state is None
    with pytest.raises(ValueError, match="cannot be joined"):
        may_join(subject="FR-1", state="FIT", joined=joined)


def test_one_disputed_candidate_keeps_the_whole_case_open():
    case = [CandidateRatings("a", True, (2, 2)), CandidateRatings("b", True, (2, 0))]
    assert join_case(case, reviewers=2).state == "DISPUTED"
    assert join_case(case[:1], reviewers=2).state == "LEAD"


def test_set_aside_by_all_is_no_exclusion():
    joined = join_case([CandidateRatings("a", False, ())], reviewers=2)
    assert (joined.state, joined.tokens(Joined.SET_ASIDE)) == ("NO_LEAD", ("a",))
