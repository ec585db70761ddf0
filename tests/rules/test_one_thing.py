"""Of an item that does not count, the page names the single thing that would help, and never one that would not."""

from dataclasses import replace

from review.rules.graph import FACE_RESULT, EdgeKind, Item
from review.rules.kinds import KINDS
from review.rules.one_thing import that_would_help

PLATE = Item("E1", KINDS["vehicle_evidence"], True, True, "offence", True)


def test_a_document_that_was_not_shown_would_help():
    (found,) = that_would_help([replace(PLATE, source_shown=False, discriminates=False, links_to="")])

    assert (found.item, found.what) == ("E1", "show its source document to a corroboration officer")


def test_a_statement_of_which_nothing_was_written_down_would_help():
    (found,) = that_would_help([replace(PLATE, kind=KINDS["eyewitness_statement"], exposure_written_down=False)])

    assert found.what == "write down how the statement was taken"


def test_a_legal_decision_would_help():
    (found,) = that_would_help([replace(PLATE, edges=((EdgeKind.AUTHORISED_BY, FACE_RESULT),))])

    assert found.what == "have a legal adviser decide whether it may be used"


def test_nothing_cleans_what_depends_on_the_face():
    assert that_would_help([replace(PLATE, kind=KINDS["photo_lineup_identification"], exposure_written_down=False)]) == ()
    assert that_would_help([replace(PLATE, edges=((EdgeKind.CONTENT_FROM, FACE_RESULT),), source_shown=False)]) == ()


def test_what_counts_already_or_speaks_of_another_needs_nothing():
    assert that_would_help([PLATE]) == ()
    assert that_would_help([replace(PLATE, source_shown=False, mine=False)]) == ()


def test_two_things_that_are_missing_are_not_one():
    assert that_would_help([replace(PLATE, source_shown=False, edges=((EdgeKind.AUTHORISED_BY, FACE_RESULT),))]) == ()
