"""What depends on the face result, what stands apart, and what no edge, name or detour can clean."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.graph import FACE_RESULT, PROBE, EdgeKind, Item, Taint, independent, weigh
from review.rules.kinds import KINDS

C, X, S, A = EdgeKind.CONTENT_FROM, EdgeKind.EXPOSED_TO, EdgeKind.SELECTED_BY, EdgeKind.AUTHORISED_BY


def item(ref="E1", kind="fingerprint", *edges, **changes):
    return replace(Item(ref, kind, True, True, True, "offence", True, tuple(edges)), **changes)


def of(*items):
    return weigh(items)["E1"]


def test_a_print_found_because_of_the_lead_still_stands_apart():
    assert of(item("E1", "fingerprint", (S, FACE_RESULT))).counts


def test_a_line_up_on_the_candidate_is_appearance_of_somebody_picked():
    assert of(item("E1", "photo_lineup_identification", (S, FACE_RESULT))).taints == {Taint.T3}


def test_recognition_from_the_film_is_appearance_from_the_probe():
    assert of(item("E1", "officer_recognition", (C, PROBE))).taints == {Taint.T4}


def test_a_statement_by_somebody_told_the_name_depends_on_it():
    assert of(item("E1", "eyewitness_statement", (X, FACE_RESULT))).taints == {Taint.T2}


def test_exposure_of_what_is_no_judgement_taints_nothing():
    assert of(item("E1", "phone_location", (X, FACE_RESULT))).counts


def test_the_candidates_photograph_from_elsewhere_is_copied_content():
    assert Taint.T1 in of(item("E1", "social_media_same_face", (C, FACE_RESULT))).taints


def test_a_bulletin_without_its_source_has_no_source_shown():
    assert of(item("E1", "bulletin")).taints == {Taint.T0}


def test_a_bulletin_takes_on_what_it_passes_on():
    line_up = item("E2", "photo_lineup_identification", (S, FACE_RESULT))
    assert of(item("E1", "bulletin", (C, "E2")), line_up).taints == {Taint.T1}


@pytest.mark.parametrize("kind", ["other", "unknown"])
def test_an_unknown_kind_has_no_source_shown(kind):
    assert of(item("E1", kind)).taints == {Taint.T0}


def test_a_renamed_kind_that_is_not_on_the_list_has_no_source_shown():
    assert of(item("E1", "credible_source")).taints == {Taint.T0}


def test_without_its_document_nothing_counts():
    assert of(item(source_shown=False)).taints == {Taint.T0}


def test_what_would_fit_many_innocent_people_weighs_nothing():
    found = of(item(discriminates=False))
    assert found.taints == {Taint.T5}
    assert found.stands_apart
    assert not found.counts


@pytest.mark.parametrize("links_to", ["identity", "presence", "character"])
def test_only_a_link_to_the_offence_counts(links_to):
    found = of(item(links_to=links_to))
    assert not found.taints
    assert not found.counts


def test_a_tip_never_counts():
    assert not of(item("E1", "informant_tip")).counts


def test_a_relay_keeps_the_selection():
    tip = item("E2", "phone_location", (S, FACE_RESULT))
    assert of(item("E1", "photo_lineup_identification", (S, "E2")), tip).taints == {Taint.T3}


def test_two_copies_of_one_source_count_once():
    original = item("E2", "phone_location")
    weighed = weigh([item("E1", "bank_records", (C, "E2")), original])
    assert len(independent(weighed)) == 1


def test_the_largest_set_is_found_and_not_the_first():
    middle = item("E1", "bank_records", (C, "E2"), (C, "E3"))
    weighed = weigh([middle, item("E2", "phone_location"), item("E3", "dna_match")])
    assert independent(weighed) == ("E2", "E3")


def test_an_edge_to_nowhere_and_a_circle_are_named():
    with pytest.raises(ValueError, match="not on file"):
        weigh([item("E1", "fingerprint", (C, "E9"))])
    with pytest.raises(ValueError, match="depend on each other"):
        weigh([item("E1", "fingerprint", (C, "E2")), item("E2", "fingerprint", (C, "E1"))])


kinds = st.sampled_from(sorted(KINDS))


@st.composite
def graphs(draw, most=5):
    number = draw(st.integers(1, most))
    items = []
    for n in range(1, number + 1):
        parents = st.sampled_from([FACE_RESULT, PROBE, *(f"E{m}" for m in range(1, n))])
        edges = draw(st.lists(st.tuples(st.sampled_from(list(EdgeKind)), parents), max_size=3))
        items.append(
            Item(
                f"E{n}",
                draw(kinds),
                True,
                draw(st.booleans()),
                draw(st.booleans()),
                draw(st.sampled_from(["offence", "identity"])),
                draw(st.booleans()),
                tuple(edges),
            )
        )
    return items


@given(graphs(), st.data())
def test_one_more_edge_never_cleans_and_never_raises_the_count(items, data):
    place = data.draw(st.integers(0, len(items) - 1))
    parents = [FACE_RESULT, PROBE, *(i.ref for i in items[:place])]
    edge = (data.draw(st.sampled_from(list(EdgeKind))), data.draw(st.sampled_from(parents)))
    if KINDS[items[place].kind].passes_on and edge[0] is C:
        return  # an edge that supplies the missing source (docs/independence.md)
    more = [*items]
    more[place] = replace(items[place], edges=(*items[place].edges, edge))

    before, after = weigh(items), weigh(more)

    assert len(independent(after)) <= len(independent(before))
    for ref, was in before.items():
        if was.taints - {Taint.T5}:
            assert after[ref].taints - {Taint.T5}


@given(graphs(), st.integers(1, 3))
def test_passing_through_others_keeps_the_dependence(items, steps):
    tainted = [ref for ref, w in weigh(items).items() if w.taints - {Taint.T5}]
    for ref in tainted[:1]:
        last = ref
        for n in range(steps):
            items.append(Item(f"R{n}", "report_restatement", True, True, True, "offence", True, ((C, last),)))
            last = f"R{n}"
        assert Taint.T1 in weigh(items)[last].taints
