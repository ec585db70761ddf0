"""What depends on the face result, what stands apart, and what no edge, name or detour can clean."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.graph import FACE_RESULT, PROBE, EdgeKind, Item, Taint, independent, weigh
from review.rules.kinds import KINDS, Trait

C, X, S, A = EdgeKind.CONTENT_FROM, EdgeKind.EXPOSED_TO, EdgeKind.SELECTED_BY, EdgeKind.AUTHORISED_BY


def item(ref="E1", kind="fingerprint", *edges, **changes):
    return replace(Item(ref, KINDS[kind], True, True, "offence", True, tuple(edges)), **changes)


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


@pytest.mark.parametrize("kind", [C, X, S, A])
def test_an_edge_to_the_probe_gives_no_power_and_lifts_no_hold(kind):
    seized = item("E1", "firearm_from_search", (A, FACE_RESULT))

    assert of(item("E1", "firearm_from_search", (kind, PROBE))).held
    assert of(replace(seized, edges=(*seized.edges, (kind, PROBE)))).held
    assert of(item("E1", "phone_location", (kind, PROBE), (A, "E2")), item("E2", "device_search", (kind, PROBE))).held


@pytest.mark.parametrize("kind", ["other", "unknown"])
def test_an_unknown_kind_has_no_source_shown(kind):
    assert of(item("E1", kind)).taints == {Taint.T0}


def test_without_its_document_nothing_counts():
    assert of(item(source_shown=False)).taints == {Taint.T0}


def test_what_would_fit_many_innocent_people_weighs_nothing():
    found = of(item(discriminates=False))
    assert found.taints == {Taint.T5}
    assert not found.tainted
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


# what T0 to T6 and the counting say beyond the first road (docs/independence.md, readings)


@pytest.mark.parametrize("kind", [k for k in KINDS if Trait.ROOT in KINDS[k]])
def test_a_face_result_is_a_root_and_nothing_else(kind):
    assert of(item("E1", kind, (C, PROBE), source_shown=False)).taints == {Taint.ROOT}


def test_a_path_ends_at_a_root():
    second = item("E2", "fr_search_result", (C, PROBE))
    found = of(item("E1", "officer_visual_comparison", (C, "E2"), (X, "E2")), second)
    assert found.taints == {Taint.T1, Taint.T2}


def test_a_judgement_of_which_nobody_wrote_down_what_was_seen_is_dependent():
    assert of(item("E1", "officer_recognition", (C, PROBE), exposure_written_down=False)).taints == {Taint.T2U, Taint.T4}


def test_fixed_before_the_face_result_does_not_excuse_exposure():
    assert of(item("E1", "eyewitness_names_known_person", fixed_before=True, exposed=True)).taints == {Taint.T2}


def test_a_tip_is_appearance_from_the_probe_unless_something_fixes_it_before():
    assert of(item("E1", "informant_tip")).taints == {Taint.T4}
    assert of(item("E1", "informant_tip", source_shown=False)).taints == {Taint.T0}
    fixed = of(item("E1", "informant_tip", fixed_before=True))
    assert not fixed.taints
    assert not fixed.counts


def test_what_was_got_by_a_power_resting_on_the_face_is_held():
    found = of(item("E1", "phone_location", (A, FACE_RESULT)))
    assert found.taints == {Taint.T6}
    assert not found.counts
    assert of(item("E1", "phone_location", (A, FACE_RESULT), may_be_used=True)).counts


def test_a_power_that_rests_on_what_stands_apart_holds_nothing():
    assert of(item("E1", "device_search", (A, "E2")), item("E2", "scene_match")).counts


def test_a_hold_passes_on_to_what_is_copied_from_it_and_to_what_rests_on_it():
    held = item("E2", "phone_location", (A, FACE_RESULT))
    assert of(item("E1", "bank_records", (C, "E2")), held).taints == {Taint.T6}
    assert of(item("E1", "search_warrant_finds", (A, "E2")), held).taints == {Taint.T6}


@pytest.mark.parametrize("kind", [k for k in KINDS if Trait.NEEDS_AUTHORITY in KINDS[k]])
def test_what_needs_a_power_is_held_without_one(kind):
    assert of(item("E1", kind)).taints == {Taint.T6}


def test_two_readings_of_one_film_count_once():
    weighed = weigh([item("E1", "vehicle_evidence", (C, PROBE)), item("E2", "clothing_recovered", (C, PROBE))])
    assert len(independent(weighed)) == 1


def test_a_shared_face_result_makes_nothing_one():
    weighed = weigh([item("E1", "fingerprint", (S, "E3")), item("E2", "phone_location", (S, "E3")), item("E3", "fr_search_result")])
    assert independent(weighed) == ("E1", "E2")


def test_what_speaks_for_the_person_passes_on_what_it_depends_on():
    said = item("E2", "eyewitness_statement", (X, FACE_RESULT), incriminating=False)
    assert of(item("E1", "report_restatement", (C, "E2")), said).taints == {Taint.T1}


def test_of_another_lead_an_item_counts_nothing_here_but_still_taints():
    other = item("E2", "officer_recognition", (C, FACE_RESULT), mine=False)
    assert of(item("E1", "report_restatement", (C, "E2")), other).taints == {Taint.T1}
    assert not weigh([item("E1", mine=False)])["E1"].counts


@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=3), max_size=8))
def test_the_number_that_counts_is_the_size_of_a_largest_set_without_a_shared_source(sources):
    parents = [item(f"P{n}", "other") for n in range(10)]
    children = [item(f"E{n}", "fingerprint", *((S, f"P{p}") for p in sorted(own))) for n, own in enumerate(sources)]
    best = max(
        (len(chosen) for size in range(len(sources) + 1) for chosen in combinations(sources, size) if not any(a & b for a, b in combinations(chosen, 2))),
        default=0,
    )  # fmt: skip

    assert len(independent(weigh([*parents, *children]))) == best


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
                KINDS[draw(kinds)],
                draw(st.booleans()),
                draw(st.booleans()),
                draw(st.sampled_from(["offence", "identity"])),
                draw(st.booleans()),
                tuple(edges),
                fixed_before=draw(st.booleans()),
                exposed=draw(st.booleans()),
                exposure_written_down=draw(st.booleans()),
                may_be_used=draw(st.booleans()),
            )
        )
    return items


@given(graphs(), st.data())
def test_one_more_edge_never_cleans_and_never_raises_the_count(items, data):
    place = data.draw(st.integers(0, len(items) - 1))
    parents = [FACE_RESULT, PROBE, *(i.ref for i in items[:place])]
    edge = (data.draw(st.sampled_from(list(EdgeKind))), data.draw(st.sampled_from(parents)))
    if Trait.PASSES_ON in items[place].kind and edge[0] is C:
        return  # an edge that supplies the missing source (docs/independence.md)
    if Trait.NEEDS_AUTHORITY in items[place].kind and edge[0] is A:
        return  # likewise: the power by which it was got
    more = [*items]
    more[place] = replace(items[place], edges=(*items[place].edges, edge))

    before, after = weigh(items), weigh(more)

    assert len(independent(after)) <= len(independent(before))
    for ref, was in before.items():
        if was.tainted:
            assert after[ref].tainted


@given(graphs(), st.integers(1, 3))
def test_passing_through_others_keeps_the_dependence(items, steps):
    tainted = [ref for ref, w in weigh(items).items() if w.tainted]
    for ref in tainted[:1]:
        last = ref
        for n in range(steps):
            items.append(item(f"R{n}", "report_restatement", (C, last)))
            last = f"R{n}"
        assert Taint.T1 in weigh(items)[last].taints
