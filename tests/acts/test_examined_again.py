"""One case in fifty is examined again, blind, by another agency. It can warn and never help; whoever does it is drawn as for any examination."""

import psycopg
import pytest

from cases.acts import link as linking
from cases.models import GallerySubject, Job, Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review import reexamining
from review.access import NotVisible
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.hold_reexamination import hold_reexamination
from review.acts.read_sealed_reasons import read_sealed_reasons
from review.acts.recuse_reexamination import recuse_reexamination
from review.acts.release_reexamination import release_reexamination
from review.acts.report_contact_again import report_contact_again
from review.acts.save_draft import save_draft
from review.acts.sort_reexamination import sort_reexamination
from review.acts.take_next import take_next
from review.models import Conclusion, Evidence, Lead, ReexaminationResult
from review.rules.reexamination import agrees
from tests import world
from tests.acts.test_turns import lapsed, later
from tests.database import login
from tests.examined_again import POOL, a_pool_lends, again_of, examined_again, looked, one_in, rated_again, sorted_again, taken_again
from tests.units import employed

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool():
    """Every joined case is examined again, by Cleo or Remy of the pool."""
    a_pool_lends()
    one_in(1)


def asked(sql: str, *params: object) -> list[object]:
    with login("owner") as owner:
        return list(owner.execute(sql, params).fetchone() or ())


def gate() -> object:
    return asked("select gate_reasons(l.id, 'arrest') from review_lead l")[0]


def takes(name: str) -> str | None:
    return take_next(by=world.person(name), at=house_now())


def no_lead(agency_case: str = "25-1", face: str = "p012"):
    """NO_LEAD: both set every face aside."""
    case = world.searched(agency_case, face)
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ())
    assert world.again(case).state == "NO_LEAD"
    return case


# -- what comes of it -------------------------------------------------------------------------------------------------


@committed
def test_an_exclusion_of_an_open_lead_is_put_on_file_and_shuts_the_gate(pool):
    lead, ref = world.ready_to_sign()
    assert gate() == []

    examined_again(lead.case, -2)

    found = ReexaminationResult.objects.get()
    item = Evidence.objects.get(lead=lead, kind="examined_again")
    assert (found.agrees, found.items) == (False, [item.ref])
    assert (item.direction, item.entered_by) == ("exculpatory", None)
    assert POOL in item.description
    assert Entry.objects.filter(kind="add_evidence", subject=item.ref).count() == 1
    assert "exculpatory_open" in gate()
    assert "exculpatory_open" in world.signed(ref).codes
    assert world.again(lead.case).state == "LEAD"


@committed
def test_an_exclusion_by_another_agency_is_entered_and_fixed_by_nobody(pool):
    """Its kind says that another agency examined blind; a person who could choose it would say so without it."""
    lead, _ = world.ready_to_sign()
    item = world.ItemWanted("examined_again", "they say so too", "Letter", exculpatory=True)
    assert world.add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=item)[0].codes == ("unknown_kind",)
    read = ReadInDocument("examined_again", "offence", 1_000_000, source_document_seen=True)
    alibi = world.add_evidence(
        by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=world.ItemWanted("alibi_lead", "away", "Log")
    )[1]
    assert fix_evidence(by=world.person("cora"), at=house_now(), item_ref=str(alibi), read=read).codes == ("unknown_kind",)

    examined_again(lead.case, -2)
    number, dana = Evidence.objects.get(lead=lead, kind="examined_again").pk, world.person("dana").pk
    columns = "case_id, lead_id, kind, description, source_document, exculpatory_code"
    for direction, by in (("exculpatory", dana), ("incriminating", None)):
        with login("owner") as owner, pytest.raises(psycopg.errors.CheckViolation, match="nobody_enters_what_another_agency_excluded"):
            owner.execute(
                f"insert into review_evidence(ref, {columns}, direction, entered_by_id) select ref || 'X', {columns}, %s, %s from review_evidence where id = %s",
                [direction, by, number],
            )
    with login("owner") as owner, pytest.raises(psycopg.errors.CheckViolation, match="nobody_fixes_what_another_agency_excluded"):
        owner.execute(
            "insert into review_fixing(item_id, number, by_id, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, earlier_agrees) "
            "select %s, 1, id, '', 'examined_again', 'offence', true, 1000000, 1, true, '', false from people_person where username = 'cora'",
            [Evidence.objects.get(ref=alibi).pk],
        )


@committed
def test_what_was_signed_does_not_hold_any_more_until_the_item_is_closed(pool):
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    assert ask_database("select countersignature_holds(%s)", ref)

    examined_again(lead.case, -3)

    assert not ask_database("select countersignature_holds(%s)", ref)
    item = Evidence.objects.get(lead=lead, kind="examined_again")
    said = {"at": house_now(), "item_ref": item.ref, "how": "tested_does_not", "because": "prints compared"}
    world.must(world.close_exculpatory(by=world.person("cora"), **said))
    assert gate() == ["papers_stale"]  # they have to say it


@committed
@pytest.mark.parametrize("rating", [3, 1, 0, -1])
def test_support_changes_nothing_and_no_conclusion_only_says_that_they_do_not_agree(pool, rating):
    lead, ref = world.ready_to_sign()
    before = Conclusion.objects.count()

    examined_again(lead.case, rating)

    found = ReexaminationResult.objects.get()
    assert (found.agrees, found.items) == (rating >= 1, [])
    assert gate() == []
    assert (Conclusion.objects.count(), Lead.objects.count()) == (before, 1)
    assert Evidence.objects.filter(kind="examined_again").count() == 0
    world.must(world.signed(ref))


@committed
def test_support_of_a_face_that_was_set_aside_opens_no_lead(pool):
    case = no_lead()

    examined_again(case, 3)

    assert not ReexaminationResult.objects.get().agrees
    assert (world.again(case).state, Lead.objects.count()) == ("NO_LEAD", 0)


@committed
def test_where_nobody_keeps_a_face_it_is_done_with_the_sorting(pool):
    case = no_lead()
    taken_again(case)
    world.must(sorted_again("cleo", keep=()))

    assert ReexaminationResult.objects.get().agrees
    assert again_of("cleo").over


@committed
def test_a_lead_that_he_set_aside_comes_one_to_one_all_the_same(pool):
    lead = world.a_lead()
    taken_again(lead.case)
    world.must(sorted_again("cleo", keep=()))
    world.must(rated_again("cleo", {"p012": -2}))

    assert ReexaminationResult.objects.get().items


@committed
def test_a_lead_that_has_ended_is_left_as_it_is(pool):
    lead, _ = world.ready_to_sign()
    taken_again(lead.case)
    item = Evidence.objects.filter(lead=lead, direction="incriminating")[0]
    ref = world.add_evidence(
        by=world.person("dana"),
        at=house_now(),
        lead_ref=lead.ref,
        item=world.ItemWanted("alibi_lead", "elsewhere", "Log", exculpatory=True),
    )[1]
    said = {"at": house_now(), "item_ref": str(ref), "how": "tested_excludes", "because": "was elsewhere"}
    world.must(world.close_exculpatory(by=world.person("cora"), **said))
    world.must(sorted_again("cleo"))
    world.must(rated_again("cleo", {"p012": -3}))

    found = ReexaminationResult.objects.get()
    assert (found.agrees, found.items) == (False, [])
    assert item.kind_id == "fingerprint"


@committed
def test_a_lead_opens_on_whom_it_excluded_where_somebody_was_named_and_not_returned(pool):
    first = world.a_lead("25-1")
    others = set(GallerySubject.objects.values_list("subject_ref", flat=True)) - {"p012"}
    case = world.requested(
        "25-2", "p012", repeats_because="another copy", persons_named=tuple(f"Somebody [{ref}]" for ref in sorted(others))
    )
    with world.the_machine():
        Job.objects.filter(kind="link", case=case).update(done_at=house_now())  # it is linked while it is examined
    case = world.checked(world.screened(case))
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": 2})
    examined_again(first.case, -2)
    with world.the_machine():
        assert linking.link(case_ref=case.ref, at=house_now(), engine=None) == 1

    world.must(world.concluded(case, "ben", {"p012": 1}))

    on_it = Evidence.objects.filter(lead__case=case).order_by("id")
    assert set(on_it.values_list("kind", flat=True)) == {"examined_again", "named_and_not_returned"}
    assert [ref.rsplit("-", 1)[1] for ref in on_it.values_list("ref", flat=True)] == [f"E{n}" for n in range(1, len(on_it) + 1)]


@committed
def test_the_database_compares_as_the_rule_does(pool):
    lead = world.a_lead()
    subjects = sorted(world.tokens(lead.case))
    taken_again(lead.case)
    world.must(sorted_again("cleo", keep=tuple(subjects[:3])))
    world.must(rated_again("cleo", dict.fromkeys({*subjects[:3], "p012"}, 1)))

    found = ReexaminationResult.objects.get()
    said = [(face["joined"], face["rating"]) for face in found.faces]
    assert len(said) == len(subjects)
    assert found.agrees is all(agrees(*each) for each in said)
    assert [joined for joined, rating in said if rating].count("lead") == 1


@committed
def test_the_record_holds_the_lot_from_the_first_and_opens_it_with_the_result(pool):
    lead = world.a_lead()
    (lot,) = Entry.objects.filter(kind="draw_lot")
    assert lot.subject == lead.case.ref
    sealed = ask_database("select convert_from(body, 'UTF8')::jsonb from ledger_entry where kind = 'draw_lot'")
    assert set(sealed) == {"kind", "subject", "at", "by", "commitment"}

    examined_again(lead.case, 2)

    told = ask_database(
        "select convert_from(body, 'UTF8')::jsonb from ledger_entry where kind = 'reexamined' and subject = %s", lead.case.ref
    )
    assert told["commitment"] == sealed["commitment"]
    assert (told["agrees"], told["lender"]) == (True, POOL)
    opened = asked("select encode(sha256(convert_to(%s, 'UTF8')), 'hex')", f"{told['nonce']}|{lead.case.ref}|{POOL}|t")
    assert opened == [sealed["commitment"]]


@committed
def test_until_then_nothing_in_the_record_names_the_case(pool):
    lead = world.a_lead()
    last = Entry.objects.order_by("-seq")[0].seq
    again = taken_again(lead.case)
    world.must(sorted_again("cleo"))
    save_draft(by=world.person("cleo"), at=house_now(), code=again.code, step="rate", based_on=0, given={"a": {"why": "x"}})
    world.must(report_contact_again(by=world.person("cleo"), at=house_now(), code=again.code, ground="of_the_case", words="A call"))

    since = list(Entry.objects.filter(seq__gt=last))
    assert {entry.kind_id for entry in since} == {"take_next", "look", "sort_candidates", "report_contact"}
    assert {entry.subject for entry in since} == {reexamining.SUBJECT}
    assert not [entry for entry in since if lead.case.ref.encode() in bytes(entry.body)]


# -- the lot ----------------------------------------------------------------------------------------------------------


@committed
def test_without_an_agreement_no_lot_is_drawn():
    world.a_lead()
    assert asked("select count(*) from review_reexamination") == [0]
    assert not Entry.objects.filter(kind="draw_lot").exists()


@committed
def test_a_lot_that_was_not_drawn_is_sealed_like_one_that_was(pool):
    world.a_lead()
    with login("owner") as owner:
        owner.execute("create or replace function strong_chance() returns float8 language sql volatile as $$ select 0.9999::float8 $$")
        owner.execute("create or replace function reexamined_one_in() returns integer language sql stable as $$ select 50 $$")
    no_lead("25-2", "p014")

    assert asked("select array_agg(chosen order by case_id) from review_reexamination") == [[True, False]]
    bodies = [entry.body for entry in Entry.objects.filter(kind="draw_lot")]
    assert len({len(bytes(body)) for body in bodies}) == 1
    assert asked("select count(*) from review_reexaminationwaiting") == [1]


@committed
def test_the_house_draws_one_in_fifty_and_a_policy_never_fewer():
    assert asked("select reexamined_one_in()") == [50]
    (drawn,) = asked("select count(*) from generate_series(1, 50000) where strong_chance() < 1.0 / reexamined_one_in()")
    assert 850 < drawn < 1150  # 1,000 give or take nearly five standard deviations
    one_in(7)
    assert asked("select reexamined_one_in()") == [7]
    with login("owner") as owner:
        owner.execute("alter table cases_policynumber disable trigger user")
        owner.execute("update cases_policynumber set value = 5000 where name = 'reexamined_one_in'")
    assert asked("select reexamined_one_in()") == [50]


@committed
def test_an_agency_that_examined_it_examines_it_not_again():
    a_pool_lends("ben", "cleo")
    one_in(1)
    world.a_lead()  # by Ada and Ben

    assert asked("select count(*) from review_reexamination") == [0]


@committed
def test_a_known_case_draws_a_lot_and_is_never_chosen(pool):
    case = world.searched()
    with login("owner") as owner:
        owner.execute("alter table review_sealedseed disable trigger user")
        owner.execute(
            "insert into review_sealedseed(probe_sha256, mates, nonce, commitment, sealed_at) "
            "select i.original_sha256, '{}', repeat('n', 32), 'c', c.received_at - interval '1 day' from cases_case c "
            "join cases_probe p on p.case_id = c.id join cases_storedimage i on i.id = p.image_id"
        )
    world.examined(case)

    assert asked("select array_agg(chosen) from review_reexamination") == [[False]]
    assert Entry.objects.filter(kind="draw_lot", subject=case.ref).count() == 1
    assert takes("cleo") is None


# -- who --------------------------------------------------------------------------------------------------------------


@committed
def test_only_the_lender_is_drawn_and_one_at_a_time(pool):
    lead = world.a_lead()
    assert takes("ada") is None
    taken_again(lead.case)
    assert takes("remy") is None
    assert takes("cleo") is None


@committed
def test_whoever_saw_a_face_of_it_or_holds_another_lent_role_is_not_drawn():
    a_pool_lends(roles="{reviewer,supervisor}")
    one_in(1)
    lead = world.a_lead()
    with login("owner") as owner:
        owner.execute(
            "insert into people_roleheld(person_id, role, from_on) select id, 'supervisor', '2020-01-01' from people_person where username = 'cleo'"
        )
        owner.execute(
            "select record_look(k.image_id, p.id, 'scripted', '{}') from cases_candidate k, people_person p where p.username = 'remy' limit 1"
        )
    assert takes("cleo") is None
    assert takes("remy") is None
    with login("owner") as owner:
        owner.execute(
            "update people_roleheld set until_on = '2020-02-01' where role = 'supervisor' and person_id = (select id from people_person where username = 'cleo')"
        )
    assert takes("cleo") == lead.case.ref


@committed
def test_an_agreement_that_ended_draws_nobody(pool):
    world.a_lead()
    with login("owner") as owner:
        owner.execute("update people_agreement set until_on = current_date - 1")
    assert takes("cleo") is None


@committed
def test_whoever_examined_it_again_is_drawn_for_no_other_case_of_the_investigation(pool):
    lead = world.a_lead()
    examined_again(lead.case, 2)
    repeat = world.searched("25-1", repeats_because="A better frame was found", face="p012")
    assert repeat.investigation_id == lead.case.investigation_id

    assert takes("cleo") is None
    assert takes("remy") == repeat.ref


@committed
def test_it_counts_among_the_examinations_of_his_day(pool):
    lead = world.a_lead()
    assert asked("select turns_today(id) from people_person where username = 'cleo'") == [0]
    taken_again(lead.case)
    assert asked("select turns_today(id) from people_person where username = 'cleo'") == [1]


# -- a turn -----------------------------------------------------------------------------------------------------------


@committed
def test_whoever_supports_a_known_non_mate_is_set_aside_and_another_is_drawn(pool):
    lead = world.a_lead()
    taken_again(lead.case)
    world.must(sorted_again("cleo"))
    world.must(rated_again("cleo", {"p012": -3}, non_mate=1))

    assert not ReexaminationResult.objects.exists()
    assert not Evidence.objects.filter(kind="examined_again").exists()
    assert takes("cleo") is None
    examined_again(lead.case, 2, name="remy")
    assert ReexaminationResult.objects.get().agrees
    assert Entry.objects.filter(kind="set_aside", subject=reexamining.SUBJECT).count() == 1


@committed
def test_it_is_given_back_unopened_and_not_after_a_face_was_seen(pool):
    lead = world.a_lead()
    again = taken_again(lead.case)
    cleo = world.person("cleo")
    looked(again)
    assert release_reexamination(by=cleo, at=house_now(), code=again.code).codes == ("turn_opened",)
    assert Refused.objects.get().case is None
    world.must(recuse_reexamination(by=cleo, at=house_now(), code=again.code, ground="knows_person", words="My cousin"))
    assert "recused" in sorted_again("cleo").codes

    other = taken_again(lead.case, "remy")
    world.must(release_reexamination(by=world.person("remy"), at=house_now(), code=other.code))
    assert "went_back" in sorted_again("remy").codes
    assert takes("remy") is None


@committed
def test_a_turn_on_which_nothing_is_done_lapses_and_a_hold_gives_it_its_hours(pool):
    lead = world.a_lead()
    again = taken_again(lead.case)
    said = {"by": world.person("cleo"), "at": house_now(), "code": again.code}
    assert hold_reexamination(**said, hours=17).codes == ("hold_too_long",)
    world.must(hold_reexamination(**said, hours=10))
    assert hold_reexamination(**said, hours=1).codes == ("held_before",)
    later(17.9)
    assert lapsed() == 0
    later(0.2)
    assert lapsed() == 1
    assert again_of("cleo").went_back
    taken_again(lead.case, "remy")


@committed
def test_what_he_tells_is_read_by_an_auditor_of_his_own_agency_alone(pool):
    lead = world.a_lead()
    again = taken_again(lead.case)
    world.must(
        report_contact_again(
            by=world.person("cleo"), at=house_now(), code=again.code, ground="of_the_answer", words="They asked me to hurry"
        )
    )
    assert read_sealed_reasons(by=world.person("otto"), at=house_now()) == []
    with login("owner") as owner:
        employed(owner, POOL, "Inspection", "otto")
    ((case, _, about, _, words, _),) = read_sealed_reasons(by=world.person("otto"), at=house_now())
    assert (case, about, words) == (again.code, "spoken_to", "They asked me to hurry")


@committed
def test_stepping_back_after_the_result_takes_nothing_away(pool):
    lead = world.a_lead()
    examined_again(lead.case, -2)
    code = again_of("cleo").code
    world.must(recuse_reexamination(by=world.person("cleo"), at=house_now(), code=code, ground="saw_case", words="On the news"))

    assert again_of("cleo").stepped_back
    assert ReexaminationResult.objects.get().items
    again = recuse_reexamination(by=world.person("cleo"), at=house_now(), code=code, ground="saw_case", words="On the news")
    assert again.codes == ("already_recused",)


@committed
def test_a_step_takes_every_face_its_looks_and_its_form(pool):
    lead = world.a_lead()
    again = taken_again(lead.case)
    tokens = world.tokens(lead.case)
    wrong = {tokens["p012"]: (True, "no such reason")}
    finding = sort_reexamination(by=world.person("cleo"), at=house_now(), code=again.code, answers=wrong)
    assert {"not_every_face", "unknown_sorting_reason", "not_looked"} <= set(finding.codes)
    world.must(sorted_again("cleo"))
    assert "already_sorted" in sorted_again("cleo").codes
    assert "off_the_scale" in rated_again("cleo", {"p012": 9}).codes
    assert "not_every_face" in rated_again("cleo", {}).codes
    assert not ReexaminationResult.objects.exists()


@committed
def test_nobody_elses_code_opens_it(pool):
    lead = world.a_lead()
    again = taken_again(lead.case)
    for name in ("remy", "ada"):
        assert reexamining.Reexamining.of(world.person(name), again.code) is None
        with pytest.raises(NotVisible):
            release_reexamination(by=world.person(name), at=house_now(), code=again.code)
