"""Leads that differ from a sound one in one fact each, copied row by row in a throw-away database, for both gates to be asked.

The sound lead is walked by real acts; its rows are then copied, and one statement changes each copy. What a copy is asked stands beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connections

from cases.rules.eligibility import ListedOffences
from review import facts
from review.models import Lead
from review.rules.gate import GateFacts, ask_gate
from tests import world
from tests.proof.corpus import Owner, triggers_off

STEP = 1_000_000
LATER = 900_000_000  # what a change adds is newer than every copied row
TREE = [
    "cases_investigation",
    "cases_case",
    "cases_probe",
    "cases_screening",
    "cases_offencereport",
    "cases_searchrequest",
    "cases_search",
    "cases_candidatelist",
    "cases_candidate",
    "review_probecheck",
    "review_drawn",
    "review_conclusion",
    "review_lead",
    "review_evidence",
    "review_fixing",
    "review_statement",
    "review_edge",
    "review_closing",
    "review_papers",
]
FULL = "arrest"
OWN = "md5('probe' || n)::uuid"  # the picture of a copy's probe
AN_ITEM = """
insert into review_evidence(id, ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id{more})
  values ({id}, 'x{id}', {case}, {lead}, '{kind}', '{direction}', 'x', 'Report', '', {dana}{values});
insert into review_fixing(item_id, number, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, outside_at, earlier_agrees, by_id)
  values ({id}, 1, '', '{kind}', '{links}', true, 1, 1, true, '{system}', {outside}, false, {cora})"""
A_SIBLING = """
insert into cases_case(id, ref, state, track, door, searched_before_screening, agency_id, investigation_id, requested_by_id)
  select {sib}, 'sib{sib}', 'LEAD', 'suspect', 'person', false, agency_id, {inv_of_sib}, requested_by_id from cases_case where id = {case};
insert into cases_candidatelist(id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, not_reported, case_id)
  select {sib}, engine_name, engine_version, template_version, score_scale, {gallery}, gallery_revision, 1, not_reported, {sib}
    from cases_candidatelist where case_id = {case};
insert into cases_candidate(id, token, subject_ref, image_sha256, list_id, case_id)
  values ({sib}, gen_random_uuid(), {subject}, {sha}, {sib}, {sib})"""
STALE = {
    "an entry": "update review_evidence set entered_at = house_now() where id = {item}",
    "a fixing": "update review_fixing set at = house_now() where item_id = {item}",
    "a statement": "insert into review_statement(item_id, taken_by_name, present, taken_at, recorded, name_unprompted, named_first_by, shown, told_of_search, warned, detail_not_public, by_id) values ({item}, 'x', '{{}}', house_now(), true, true, 'witness', 'nothing', false, false, false, {dana})",
    "an edge": "insert into review_edge(item_id, kind, root) values ({item}, 'selected_by', 'face_result')",
    "a closing": "update review_closing set at = house_now() where item_id = {alibi}",
    "a hold": "insert into review_holddecision(item_id, may_be_used, grounds, court, by_id) values ({item}, true, 'x', '', {lea})",
    "a conclusion": "update review_conclusion set at = house_now() where candidate_id = {cand}",
}
FORM = "insert into review_lineupform(lead_id, prior_interview, suspicion_in_writing, administrator, fillers, instructions, words_at_once, recorded_on_video, no_repeat, no_show_up, array_sha256, by_id) values ({{lead}}, {0}, '{{{{}}}}', {{dana}})"
NINE = ["'said'", "'a print'", "'another'", "5", "true", "true", "true", "true", "true"]
LESS = ["' '", "' '", "' '", "4", "false", "false", "false", "false", "false"]


@dataclass(frozen=True, slots=True)
class Changed:
    """One copy: what is changed in it, and which actions are asked for."""

    name: str
    sql: str
    actions: tuple[str, ...] = (FULL,)


def _item(kind: str, *, links: str = "offence", direction: str = "incriminating", system: str = "", outside: str = "null", lead: str = "{lead}", number: int = 1, more: str = "", values: str = "") -> str:  # fmt: skip
    plain = AN_ITEM.replace("{kind}", kind).replace("{links}", links).replace("{direction}", direction).replace("{system}", system)
    return plain.replace("{outside}", outside).replace("{lead}", lead).replace("{id}", f"{{new{number}}}").replace("{more}", more).replace("{values}", values)  # fmt: skip


def _sibling(*, subject: str = "(select subject_ref from cases_candidate where id = {cand})", sha: str = "''", gallery: str = "gallery_name", inv: str = "{inv}") -> str:  # fmt: skip
    return A_SIBLING.replace("{subject}", subject).replace("{sha}", sha).replace("{gallery}", gallery).replace("{inv_of_sib}", inv)


SHA = "(select image_sha256 from cases_candidate where id = {cand})"
EXCLUDED = ";insert into review_conclusion(candidate_id, by_id, rating, grounds, limits) values ({sib}, {cleo}, -2, 'x', '{{}}')"
STEPPED_BACK = ";insert into review_drawn(case_id, reviewer_id, turn, seed, code) values ({sib}, {cleo}, 1, 1, 'y{sib}');insert into review_conclusionsetaside(candidate_id, by_id, rating, grounds, limits) values ({sib}, {cleo}, -2, 'x', '{{}}')"
ELSEWHERE = "insert into cases_investigation(id, agency_id, agency_case) select {sib}, agency_id, 'other{sib}' from cases_investigation where id = {inv};"
RIVAL = ";insert into review_lead(id, ref, candidate_id, case_id) values ({sib}, 'rival{sib}', {sib}, {sib})"
SAME_PROBE = ";insert into cases_probe(case_id, version, image_id, kind, source, place, actors, first_description, target_because, frame, edit) select {sib}, 1, image_id, kind, source, place, actors, first_description, target_because, frame, edit from cases_probe where case_id = {case}"
OTHER_PICTURE = ";insert into cases_storedimage select (jsonb_populate_record(i, jsonb_build_object('id', {picture}, 'original_sha256', 'other{sib}'))).* from cases_storedimage i join cases_probe p on p.image_id = i.id where p.case_id = {case} on conflict do nothing"
OTHER_PROBE = OTHER_PICTURE + SAME_PROBE.replace("select {sib}, 1, image_id", "select {sib}, 1, {picture}")
OWN_PICTURE = "insert into cases_storedimage(id, shows, key_id, sealed, original_sha256, stored_sha256, media_type, width, height, demo) select md5('{case}')::uuid, 'candidate', key_id, sealed, original_sha256, stored_sha256, media_type, width, height, demo from cases_storedimage where id = (select image_id from cases_candidate where id = {cand}); update cases_candidate set image_id = md5('{case}')::uuid where id = {cand}; "
LOOKED = (
    OWN_PICTURE
    + "insert into cases_look(image_id, by_id, purpose, entry, at) select image_id, {who}, 'x', -{case}, {at} from cases_candidate where id = {cand}"
)
AGAIN = "insert into cases_look(image_id, by_id, purpose, entry, at) select image_id, {who}, 'x', -{case} - 1, {at} from cases_candidate where id = {cand}"
CUSTODY = "insert into review_outsidegate(id, case_id, lead_id, action, basis, happened_at, {columns}) values ({case}, {case}, {lead}, 'arrest', 'outside_gate', house_now(), {values}); insert into review_custody(id, case_id, lead_id, outside_id, recheck_by) values ({case}, {case}, {lead}, {case}, house_now())"
WARRANT = (
    _item("existing_warrant", system="court", outside="'2020-01-01'")
    + "; insert into review_existingwarrant(item_id, court, number, issued_on, search_used, by_id) values ({new1}, 'c', '1', '2020-01-01', 'no', {dana}); "
)
KNOWN = _item("custody_identity_check", links="identity", number=2)
EVERY = ("arrest", "arrest_out_of_state", "interview", "account_process", "line_up", "search_warrant", "custody_extension", "execute_warrant", "dance")  # fmt: skip


def _changes() -> Iterator[Changed]:
    yield Changed("nothing", "select 1", EVERY)
    # eligible
    yield Changed("never screened", "delete from cases_screening where case_id = {case}")
    screened = "insert into cases_screening(case_id, policy_id, eligible, reasons, refused_by) values ({case}, policy_in_force(), {0}, '{{}}', '{{}}')"
    yield Changed("screened again, not eligible", screened.replace("{0}", "false"))
    yield Changed("screened twice, eligible at last", screened.replace("{0}", "false") + ";" + screened.replace("{0}", "true"))
    elsewhere = "update cases_screening set policy_id = -1 where case_id = {case}"
    yield Changed("screened under another policy", elsewhere, (FULL, "interview"))
    yield Changed("not eligible under another policy", elsewhere + ";update cases_screening set eligible = false where case_id = {case}")
    yield Changed("screened under another policy, then under this one", elsewhere + ";" + screened.replace("{0}", "true"))
    for state in ("CLOSED", "DESTROYED", "NO_LEAD"):
        yield Changed(f"the case stands at {state}", f"update cases_case set state = '{state}' where id = {{case}}", (FULL, "interview"))
    yield Changed("offence not on the list", "update cases_offencereport set code = '999' where case_id = {case}", (FULL, "interview"))
    yield Changed("no report of crime", "delete from cases_offencereport where case_id = {case}")
    yield Changed("a missing person", "update cases_case set track = 'missing' where id = {case}", (FULL, "interview"))
    yield Changed("a missing person, offence not listed", "update cases_case set track = 'missing' where id = {case}; update cases_offencereport set code = '999' where case_id = {case}", (FULL, "interview"))  # fmt: skip
    # probe
    yield Changed("probe not checked", "delete from review_probecheck where case_id = {case}")
    for grade in ("unfit", "limited"):
        yield Changed(
            f"probe {grade}",
            f"update review_probecheck set grade = '{grade}' where case_id = {{case}}",
            (FULL, "interview", "search_warrant"),
        )
    yield Changed("probe limited, two items", "update review_probecheck set grade = 'limited' where case_id = {case};" + _item("phone_location"), (FULL, "arrest_out_of_state"))  # fmt: skip
    yield Changed("role not shown", "update review_probecheck set role_shown_by = ' ' where case_id = {case}")
    before = "(select at - interval '1 second' from review_probecheck where case_id = {case})"
    after = "(select at + interval '1 second' from review_probecheck where case_id = {case})"
    yield Changed("the checker had seen a candidate", LOOKED.replace("{who}", "{aris}").replace("{at}", before))
    yield Changed("the checker saw a candidate later", LOOKED.replace("{who}", "{aris}").replace("{at}", after))
    yield Changed("somebody else had seen a candidate", LOOKED.replace("{who}", "{sol}").replace("{at}", before))
    # reviewers and conclusions
    yield Changed("one reviewer", "delete from review_conclusion where candidate_id = {cand} and by_id = {ben}", (FULL, "interview"))
    yield Changed("a reviewer of the requester's unit", "update review_conclusion set by_id = {rex} where candidate_id = {cand} and by_id = {ben}; update review_drawn set reviewer_id = {rex} where case_id = {case} and reviewer_id = {ben}")  # fmt: skip
    yield Changed("a reviewer nobody drew", "delete from review_drawn where case_id = {case} and reviewer_id = {ben}")
    yield Changed("nobody who concluded was drawn", "delete from review_drawn where case_id = {case} and reviewer_id = {ben}; update review_drawn set reviewer_id = {cleo} where case_id = {case}")  # fmt: skip
    yield Changed("nobody concluded", "delete from review_conclusion where candidate_id = {cand}", (FULL, "interview"))
    yield Changed("a reviewer with another part", "update review_closing set by_id = {ben} where item_id = {alibi}")
    yield Changed(
        "a reviewer of two cases",
        _sibling() + ";insert into review_drawn(case_id, reviewer_id, turn, seed, code) values ({sib}, {ben}, 1, 1, 'x{sib}')",
    )
    yield Changed(
        "concluded before the training", "update review_conclusion set at = '2001-01-01' where candidate_id = {cand} and by_id = {ben}"
    )
    for rating in (0, 1, 3, -1, -2, -3):
        yield Changed(
            f"rated {rating}", f"update review_conclusion set rating = {rating} where candidate_id = {{cand}} and by_id = {{ben}}"
        )
    yield Changed("excluded in a sibling", _sibling() + EXCLUDED)
    yield Changed(
        "excluded in a sibling by one who stepped back",
        _sibling()
        + STEPPED_BACK
        + ";insert into review_recusal(drawn_id, sorting_stays) select id, false from review_drawn where code = 'y{sib}'",
    )
    yield Changed("excluded in a sibling by one whose set is set aside", _sibling() + STEPPED_BACK)
    yield Changed(
        "excluded in a sibling by one, and another stepped back",
        _sibling()
        + STEPPED_BACK
        + ";insert into review_drawn(case_id, reviewer_id, turn, seed, code) values ({sib}, {dana}, 2, 1, 'z{sib}');insert into review_recusal(drawn_id, sorting_stays) select id, false from review_drawn where code = 'z{sib}'",
    )
    yield Changed(
        "excluded in a sibling by one who stepped back elsewhere",
        _sibling()
        + STEPPED_BACK.replace("values ({sib}, {cleo}, 1", "values ({case}, {cleo}, 3")
        + ";insert into review_recusal(drawn_id, sorting_stays) select id, false from review_drawn where code = 'y{sib}'",
    )
    yield Changed(
        "a reviewer stepped back since",
        "insert into review_recusal(drawn_id, sorting_stays) select min(id), true from review_drawn where case_id = {case}",
    )
    yield Changed("rated -1 in a sibling", _sibling() + EXCLUDED.replace("-2", "-1"))
    yield Changed("another person excluded in a sibling", _sibling(subject="'somebody'") + EXCLUDED)
    yield Changed("excluded in a sibling's other gallery", _sibling(gallery="'other'") + EXCLUDED)
    yield Changed(
        "excluded in a sibling by the same picture",
        "update cases_candidate set image_sha256 = 'aa' where id = {cand};" + _sibling(subject="'x'", sha=SHA) + EXCLUDED,
    )
    yield Changed("nobody named, excluded in a sibling", "update cases_candidate set subject_ref = '', image_sha256 = '' where id = {cand};" + _sibling() + EXCLUDED)  # fmt: skip
    yield Changed("excluded in another investigation", ELSEWHERE + _sibling(inv="{sib}") + EXCLUDED)
    yield Changed("excluded in a linked investigation", ELSEWHERE + _sibling(inv="{sib}") + EXCLUDED + ";insert into cases_investigationlink(one_id, other_id, because) values ({inv}, {sib}, 'same_probe')")  # fmt: skip
    yield Changed("the lead ended", "insert into review_leadend(lead_id, because) values ({lead}, 'x')", (FULL, "interview"))
    # what speaks for the person
    yield Changed("something open", "delete from review_closing where item_id = {alibi}", (FULL, "interview", "execute_warrant"))
    yield Changed("a test not made", "update review_evidence set exculpatory_code = '' where id = {alibi}")
    yield Changed("a test that clears", "update review_closing set how = 'tested_excludes' where item_id = {alibi}")
    for how in ("impossible", "weighed"):
        yield Changed(f"closed as {how}", f"update review_closing set how = '{how}', second_id = {{cody}} where item_id = {{alibi}}")
    yield Changed("a test made of another case's item", "update review_evidence set lead_id = null where id = {alibi}")
    yield Changed(
        "an incriminating item closed",
        "insert into review_closing(item_id, how, because, by_id) values ({item}, 'tested_excludes', 'x', {cora})",
    )
    yield Changed("the listed test incriminates", "update review_evidence set direction = 'incriminating' where id = {alibi}")
    yield Changed("something open on the same person's other lead", _sibling() + RIVAL + ";" + _item("alibi_lead", direction="exculpatory", lead="{sib}").replace("{case}", "{sib}"))  # fmt: skip
    yield Changed("something open on no lead", _item("alibi_lead", direction="exculpatory", lead="null"))
    yield Changed("something open on another person's lead", _sibling(subject="'q'") + RIVAL + ";" + _item("alibi_lead", direction="exculpatory", lead="{sib}").replace("{case}", "{sib}"))  # fmt: skip
    yield Changed("something open on the lead that ended", "delete from review_closing where item_id = {alibi}; insert into review_leadend(lead_id, because) values ({lead}, 'x')")  # fmt: skip
    yield Changed("another lead on the face", "insert into review_lead(id, ref, candidate_id, case_id) select {sib}, 'r{sib}', id, {case} from cases_candidate where case_id = {case} and id <> {cand} order by id limit 1")  # fmt: skip
    ended = ";insert into review_leadend(lead_id, because) values ({sib}, 'x')"
    weighed = ";insert into review_rivalweighed(lead_id, rival_id, because, by_id, second_id) values ({0}, 'x', {cora}, {cody})"
    rival = "insert into review_lead(id, ref, candidate_id, case_id) select {sib}, 'r{sib}', id, {case} from cases_candidate where case_id = {case} and id <> {cand} order by id limit 1"
    yield Changed("another lead that ended", rival + ended)
    yield Changed("another lead weighed away", rival + weighed.replace("{0}", "{lead}, {sib}"))
    yield Changed("weighed away against the other", rival + weighed.replace("{0}", "{sib}, {lead}"))
    yield Changed("another lead weighed away against somebody else's", rival + weighed.replace("{0}", "(select min(id) from review_lead), {sib}"))  # fmt: skip
    yield Changed("somebody else's lead weighed away", rival + weighed.replace("{0}", "{lead}, (select min(id) from review_lead)"))
    yield Changed("another lead on the same probe in a sibling", _sibling(subject="'q'") + RIVAL + SAME_PROBE)
    yield Changed("another lead on another probe in a sibling", _sibling(subject="'q'") + RIVAL + OTHER_PROBE)
    yield Changed("the same person's lead on the same probe", _sibling() + RIVAL + SAME_PROBE)
    yield Changed("another lead in another investigation", ELSEWHERE + _sibling(subject="'q'", inv="{sib}") + RIVAL + SAME_PROBE)
    there = ELSEWHERE + _sibling(subject="'q'", inv="{sib}")
    linked = ";insert into cases_investigationlink(one_id, other_id, because) values ({inv}, {sib}, 'same_event')"
    yield Changed("the same picture in another investigation", there + SAME_PROBE, (FULL, "interview"))
    yield Changed("another picture in another investigation", there + OTHER_PROBE)
    yield Changed("the same picture in a linked investigation", there + SAME_PROBE + linked)
    since = ";insert into cases_investigationlink(one_id, other_id, because, linked_at) values ({inv}, {sib}, '{0}', {1})"
    long_ago = since.replace("{0}", "same_event").replace("{1}", "'2020-01-01'")
    yield Changed("linked before the papers", there + long_ago)
    yield Changed("linked before the papers, and once more after them", there + long_ago + since.replace("{0}", "same_probe").replace("{1}", "house_now()"))  # fmt: skip
    beyond = "insert into cases_investigation(id, agency_id, agency_case) select {new1}, agency_id, 'beyond{sib}' from cases_investigation where id = {inv};"
    beyond += _sibling(subject="'q'", inv="{new1}").replace("{sib}", "{new1}") + OTHER_PROBE.replace("{sib}", "{new1}")
    yield Changed("a linked investigation's picture in another", there + OTHER_PROBE + linked + ";" + beyond)
    # line-ups
    unfix = "delete from review_fixing where item_id = {item}"
    show = "insert into review_outsidegate(case_id, lead_id, action, basis, happened_at, {columns}) values ({case}, {lead}, '{0}', 'outside_gate', house_now(), {values})"
    for also, sql in (("", "select 1"), (" and nothing counts", unfix)):
        yield Changed(f"a line-up outside the gate{also}", show.replace("{0}", "line_up") + ";" + sql)
        yield Changed(f"a stop outside the gate{also}", show.replace("{0}", "stop_or_detention") + ";" + sql)
        yield Changed(f"an item of a line-up{also}", _item("photo_lineup_identification") + ";" + sql)
        yield Changed(f"an item of another kind{also}", _item("officer_recognition") + ";" + sql)
        yield Changed(f"a line-up that became another kind{also}", _item("photo_lineup_identification") + ";update review_fixing set kind = 'officer_recognition' where item_id = {new1};" + sql)  # fmt: skip
        yield Changed(f"a line-up of another's{also}", _item("photo_lineup_identification", lead="null") + ";" + sql)
        form = FORM.format(", ".join(NINE)) + ";insert into review_lineupheld(form_id, picked, words, item_id, by_id) select id, 'nobody', 'x', {item}, {dana} from review_lineupform where lead_id = {lead}"  # fmt: skip
        yield Changed(f"a line-up held{also}", form + ";" + sql)
    yield Changed("a line-up held too early, and an interview asked for", form + ";" + unfix, ("interview",))
    yield Changed("a line-up form", FORM.format(", ".join(NINE)), ("line_up",))
    yield Changed("a line-up form, nothing held and nothing counts", FORM.format(", ".join(NINE)) + ";" + unfix)
    for n in range(9):
        yield Changed(
            f"a line-up form without its {n + 1}. field", FORM.format(", ".join([*NINE[:n], LESS[n], *NINE[n + 1 :]])), ("line_up",)
        )
    yield Changed("a line-up form mended", FORM.format(", ".join(LESS)) + ";" + FORM.format(", ".join(NINE)), ("line_up",))
    yield Changed("a line-up form spoiled", FORM.format(", ".join(NINE)) + ";" + FORM.format(", ".join(LESS)), ("line_up",))
    # what stands apart
    yield Changed("nothing counts", unfix, (FULL, "search_warrant", "interview"))
    yield Changed("two items", _item("phone_location"), (FULL, "arrest_out_of_state"))
    yield Changed("what counts is another's", unfix + ";" + _sibling(subject="'q'") + RIVAL + ";" + _item("phone_location", lead="{sib}") + ended, (FULL, "search_warrant"))  # fmt: skip
    yield Changed("two items of one source", _item("phone_location") + ";insert into review_edge(item_id, kind, parent_id, root) values ({new1}, 'content_from', {item}, '')", (FULL, "arrest_out_of_state"))  # fmt: skip
    told = ";insert into review_statement(item_id, taken_by_name, present, taken_at, recorded, name_unprompted, named_first_by, shown, told_of_search, warned, detail_not_public, by_id{c}) values ({new1}, 'x', {0}, house_now(), {1}, {2}, 'witness', 'nothing', false, {3}, {4}, {dana}{v})"
    witness = unfix + ";" + _item("eyewitness_names_known_person") + told

    def said(sql: str, present: str = "'{{}}'", recorded: str = "true", unprompted: str = "true", warned: str = "true", detail: str = "true", c: str = "", v: str = "") -> str:  # fmt: skip
        for n, value in enumerate((present, recorded, unprompted, warned, detail)):
            sql = sql.replace(f"{{{n}}}", value)
        return sql.replace("{c}", c).replace("{v}", v)

    yield Changed("one statement", said(witness))
    yield Changed("one statement, a warrant asked for", said(witness), ("search_warrant",))
    yield Changed("two statements", said(witness) + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}"))
    yield Changed("a statement and a print that rests on it", said(_item("jail_call") + told) + ";insert into review_edge(item_id, kind, parent_id, root) values ({item}, 'content_from', {new1}, '')")  # fmt: skip
    yield Changed("one statement fixed before", said(witness) + ";update review_fixing set outside_system = 'court', outside_at = '2020-01-01' where item_id = {new1}")  # fmt: skip
    yield Changed("a statement fixed before and another", said(witness) + ";update review_fixing set outside_system = 'court', outside_at = '2020-01-01' where item_id = {new1};" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}"), ("arrest_out_of_state", FULL))  # fmt: skip
    early = ";insert into review_evidence(id, ref, case_id, kind, direction, description, source_document, exculpatory_code, entered_by_id, entered_at) values ({new2}, 'x{new2}', {case}, 'jail_call', 'incriminating', 'x', '', '', {dana}, '{0}'); update review_evidence set earlier_id = {new2} where id = {new1}; update review_fixing set earlier_agrees = {1} where item_id = {new1}"
    for when, agrees in (("2020-01-01", "true"), ("2020-01-01", "false"), ("2099-01-01", "true")):
        yield Changed(
            f"an earlier entry of {when} that agrees: {agrees}", said(witness) + early.replace("{0}", when).replace("{1}", agrees)
        )
    last = "'2020-01-01'"
    for name, sql in {
        "a list": f"update cases_candidatelist set received_at = {last} where case_id = {{case}}",
        "a search": f"update cases_search set at = {last} where case_id = {{case}}",
        "a result from elsewhere": f"update cases_case set searched_before_screening = true, received_at = {last} where id = {{case}}",
        "an outside result": f"insert into cases_outsideresult(case_id, filed_by_id, sender, sender_ori, their_number, they_sent_at) values ({{case}}, {{dana}}, 's', 'o', 'n', {last})",  # fmt: skip
        "a face result as an item": _item("private_fr_result", number=2)
        + f";update review_evidence set entered_at = {last} where id = {{new2}}",
        "a face result claimed early": _item("private_fr_result", number=2)
        + f";update review_evidence set claimed_at = {last} where id = {{new2}}",
        "an early entry": _item("bank_records", number=2) + f";update review_evidence set entered_at = {last} where id = {{new2}}",
        "an early case": f"update cases_case set received_at = {last} where id = {{case}}",
    }.items():
        yield Changed(f"{name} before the reader's time", said(witness) + f";update review_fixing set outside_system = 'reader', outside_at = '2021-01-01' where item_id = {{new1}};{sql}")  # fmt: skip
    seen = ";" + LOOKED.replace("{at}", "house_now() - interval '1 second'")
    two = said(witness) + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}")
    for who in ("author_id", "taken_by_id"):
        for recorded, unprompted in (("true", "true"), ("false", "true"), ("true", "false")):
            one = said(witness, recorded=recorded, unprompted=unprompted, c=f", {who}", v=", {lea}") + ";update review_fixing set outside_system = 'court', outside_at = {t} where item_id = {new1}"  # fmt: skip
            for time in ("'2020-01-01'", "'2099-01-01'"):
                yield Changed(f"{who} had looked, recorded {recorded}, unprompted {unprompted}, reader {time}", one.replace("{t}", time) + seen.replace("{who}", "{lea}") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}"))  # fmt: skip
    yield Changed("a bystander had looked", said(witness, present="array[{lea}]", recorded="false") + seen.replace("{who}", "{lea}") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}"))  # fmt: skip
    yield Changed("a bystander looked afterwards", said(witness, present="array[{lea}]", recorded="false") + seen.replace("{who}", "{lea}").replace("- interval '1 second'", "+ interval '1 hour'") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}"))  # fmt: skip
    yield Changed("a stranger had looked", two + seen.replace("{who}", "{lea}"))
    spoken = said(witness, recorded="false") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}")
    yield Changed("a stranger had looked, the statement was not recorded", spoken + seen.replace("{who}", "{lea}"))
    taken = said(witness, recorded="false", c=", taken_by_id", v=", {dana}") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}")  # fmt: skip
    yield Changed("a stranger had looked, and somebody else took the statement", taken + seen.replace("{who}", "{lea}"))
    author = said(witness, c=", author_id", v=", {lea}") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}")
    moment = "(select at from review_statement where item_id = {new1})"
    later = LOOKED.replace("{who}", "{lea}").replace("{at}", f"{moment} + interval '1 hour'")
    yield Changed("the author looked afterwards", author + ";" + later)
    yield Changed("the author looked at that moment", author + ";" + LOOKED.replace("{who}", "{lea}").replace("{at}", moment))
    yield Changed("the author looked before and afterwards", author + seen.replace("{who}", "{lea}") + ";" + AGAIN.replace("{who}", "{lea}").replace("{at}", f"{moment} + interval '1 hour'"))  # fmt: skip
    bystander = said(witness, present="array[{lea}]", recorded="false") + ";" + _item("jail_call", number=2) + said(told).replace("{new1}", "{new2}")  # fmt: skip
    yield Changed("a bystander looked at that moment", bystander + ";" + LOOKED.replace("{who}", "{lea}").replace("{at}", moment))
    yield Changed("an earlier entry of the moment of the face result", said(witness) + early.replace("'{0}'", "first_face_result_at(array[{inv}]::bigint[])").replace("{1}", "true"))  # fmt: skip
    yield Changed("a face result made from the probe, and an appearance from it", _item("private_fr_result", number=2) + ";" + _item("officer_recognition") + ";insert into review_edge(item_id, kind, root) values ({new2}, 'content_from', 'probe');insert into review_edge(item_id, kind, parent_id, root) values ({new1}, 'content_from', {new2}, '')")  # fmt: skip
    confession = unfix + ";" + _item("suspect_statement", system="court", outside="'2020-01-01'") + told
    yield Changed("a confession", said(confession))
    for missing in ("recorded", "warned", "detail"):
        yield Changed(f"a confession, not {missing}", said(confession, **{missing: "false"}))
    yield Changed("a confession nobody wrote down", confession.replace(told, ""))
    # an existing warrant
    for name, sql in {
        "": "select 1",
        " whose papers used it": "update review_existingwarrant set search_used = 'yes' where item_id = {new1}",
        " without its form": "delete from review_existingwarrant where item_id = {new1}",
        " issued later": "update review_fixing set outside_at = '2099-01-01' where item_id = {new1}",
        " that is none": "update review_fixing set kind = 'criminal_history' where item_id = {new1}",
        " that links to nothing": "update review_fixing set links_to = 'character' where item_id = {new1}",
        " and nobody known": "update review_fixing set links_to = 'presence' where item_id = {new2}",
    }.items():
        yield Changed(f"an existing warrant{name}", WARRANT + KNOWN + ";update review_papers set action = 'execute_warrant' where lead_id = {lead};update review_papers set at = house_now() where lead_id = {lead};" + sql, ("execute_warrant",))  # fmt: skip
    yield Changed(
        "an item that is no warrant fixed before",
        _item("phone_location", system="reader", outside="'2020-01-01'") + ";" + KNOWN,
        ("execute_warrant",),
    )
    # papers
    yield Changed("no papers", "delete from review_papers where lead_id = {lead}", (FULL, "interview"))
    yield Changed("papers of another action", "update review_papers set action = 'extradition' where lead_id = {lead}")
    yield Changed("papers that lack something", "update review_papers set missing = array['probe'] where lead_id = {lead}")
    yield Changed("papers that say too much", "update review_papers set wording = array['match'] where lead_id = {lead}")
    newer = ";insert into review_papers(lead_id, action, text, missing, wording, by_id) values ({lead}, 'arrest', 'x', {0}, '{{}}', {dana})"
    yield Changed("newer papers lack something", "select 1" + newer.replace("{0}", "array['probe']"))
    yield Changed(
        "newer papers lack nothing",
        "update review_papers set missing = array['probe'] where lead_id = {lead}" + newer.replace("{0}", "'{{}}'"),
    )
    for name, sql in STALE.items():
        yield Changed(f"{name} after the papers", sql)
    yield Changed("an entry at the moment of the papers", "update review_evidence set entered_at = (select max(at) from review_papers where lead_id = {lead}) where id = {item}")  # fmt: skip
    yield Changed("a lead of the investigation ended after the papers", _sibling(subject="'q'") + RIVAL + ended)
    yield Changed(
        "an entry in a sibling after the papers",
        _sibling(subject="'q'") + ";" + _item("phone_location", lead="null").replace("{case}", "{sib}"),
    )
    # legal adviser
    view = "insert into review_legalview(lead_id, action, agrees, grounds, by_id) values ({lead}, '{0}', {1}, 'x', {lea})"
    agrees, against = (view.replace("{0}", "account_process").replace("{1}", value) for value in ("true", "false"))
    yield Changed("the adviser agrees", agrees, ("account_process",))
    yield Changed("the adviser is against", against, ("account_process",))
    yield Changed("the adviser agreed at last", against + ";" + agrees, ("account_process",))
    yield Changed("the adviser is against at last", agrees + ";" + against, ("account_process",))
    yield Changed("the adviser agreed to something else", view.replace("{0}", "arrest").replace("{1}", "true"), ("account_process",))
    yield Changed("the adviser agreed on another lead", _sibling() + RIVAL + ";" + agrees.replace("{lead}", "{sib}"), ("account_process",))
    # custody
    test = "insert into review_recheck(custody_id, test, outcome, document, by_id) values ({case}, 'prints', '{0}', 'd', {dana})"
    papers = ";update review_papers set action = 'custody_extension', at = house_now() where lead_id = {lead}"
    for outcomes in (["same_person"], ["other_person"], ["not_possible"], ["same_person", "other_person"], ["other_person", "same_person"], ["same_person", "not_possible"], []):  # fmt: skip
        tests = ";".join([CUSTODY, *(test.replace("{0}", outcome) for outcome in outcomes)])
        yield Changed(f"re-check says {outcomes}", tests + papers, ("custody_extension",))
    yield Changed("the same person re-checked on another lead", _sibling() + RIVAL + ";" + CUSTODY.replace("{lead}", "{sib}") + ";" + test.replace("{0}", "same_person") + papers, ("custody_extension",))  # fmt: skip
    yield Changed("another person re-checked", _sibling(subject="'q'") + RIVAL + ";" + CUSTODY.replace("{lead}", "{sib}") + ";" + test.replace("{0}", "same_person") + papers, ("custody_extension",))  # fmt: skip


CHANGES: tuple[Changed, ...] = tuple(_changes())
POLICIES = {
    "as adopted": "select 1",
    "three reviewers": "update cases_policynumber set value = 3 where policy_id = policy_in_force() and name = 'reviewers'",
    "two items": "update cases_policynumber set value = 2 where policy_id = policy_in_force() and name = 'items_that_stand_apart'",
    "three items": "update cases_policynumber set value = 3 where policy_id = policy_in_force() and name = 'items_that_stand_apart'",
    "limited refused": "update cases_policynumber set value = 0 where policy_id = policy_in_force() and name = 'limited_probe_accepted'",
    "another list of tests": "update cases_policyexculpatory set code = 'other' where policy_id = policy_in_force() and code = 'description'",
    "no tests": "delete from cases_policyexculpatory where policy_id = policy_in_force()",
    "other offences": "update cases_policyoffence set code = 'x' || code where policy_id = policy_in_force()",
    "numbers unsaid": "delete from cases_policynumber where policy_id = policy_in_force()",
    "none adopted": "create or replace function policy_in_force() returns bigint language sql stable as 'select null::bigint'",
}
SAID_OTHERWISE: dict[str, Callable[[GateFacts], dict[str, object]]] = {
    "as adopted": lambda read: {},
    "three reviewers": lambda read: {"reviewers_needed": 3},
    "two items": lambda read: {"standing_apart_needed": 2},
    "three items": lambda read: {"standing_apart_needed": 3},
    "limited refused": lambda read: {"limited_accepted": False},
    "another list of tests": lambda read: {"exculpatory_listed": read.exculpatory_listed - {"description"} | {"other"}},
    "no tests": lambda read: {"exculpatory_listed": frozenset()},
    "other offences": lambda read: {"listed": ListedOffences(frozenset({"x"}), frozenset())},
    "numbers unsaid": lambda read: {"reviewers_needed": 2, "standing_apart_needed": 1, "limited_accepted": True},
    "none adopted": lambda read: {
        "listed": None, "policy_ended": True, "exculpatory_listed": frozenset(), "reviewers_needed": 2, "standing_apart_needed": 1, "limited_accepted": True,
    },
}  # fmt: skip
UNDER_OTHER_POLICIES = (
    "nothing",
    "one reviewer",
    "probe limited",
    "probe limited, two items",
    "two items",
    "a test not made",
    "rated 0",
    "nothing counts",
    "one statement fixed before",
)
Asked = tuple[str, str, str]  # policy, change, action
Answers = dict[Asked, tuple[str, ...]]


@contextmanager
def standing_in(owner: Owner) -> Iterator[None]:
    """Let every connection of the program stand in the throw-away database."""
    before = {each.alias: each.settings_dict["NAME"] for each in connections.all()}
    for each in connections.all():
        each.close()
        each.settings_dict["NAME"] = owner.info.dbname
    try:
        yield
    finally:
        for each in connections.all():
            each.close()
            each.settings_dict["NAME"] = before[each.alias]


def prepare(owner: Owner) -> dict[str, int]:
    """Walk the sound lead, copy it once for each change, change the copies; returns each change's lead. Triggers are off meanwhile."""
    with standing_in(owner):
        lead, _ = world.ready_to_sign()
        lead_id, case_id, investigation, candidate = lead.pk, lead.case_id, lead.case.investigation_id, lead.candidate_id
    with triggers_off(owner):
        owner.execute("delete from review_countersignature")
        for table, also in (("cases_policyproposal", ""), ("cases_policy", ", 'proposal_id', -1")):  # one that was in force before
            owner.execute(
                f"insert into {table} overriding system value "  # type: ignore[arg-type]
                f"select (jsonb_populate_record(p, jsonb_build_object('id', -1{also}))).* from {table} p order by id desc limit 1"
            )
        owner.execute("update review_papers set at = at + interval '1 millisecond'")
        people = dict(owner.execute("select username, id from people_person"))  # type: ignore[arg-type, var-annotated]
        (item,) = _row(owner, "select id from review_evidence where lead_id = %s and kind = 'fingerprint'", lead_id)
        (alibi,) = _row(owner, "select min(id) from review_evidence where lead_id = %s and exculpatory_code = 'description'", lead_id)
        columns, values = _others(owner)
        for (sequence,) in owner.execute(
            "select format('%I', relname) from pg_class where relkind = 'S' and relname like '%\\_id\\_seq'"
        ).fetchall():
            owner.execute(f"select setval('{sequence}', {LATER})")  # type: ignore[arg-type]
        _copy_tree(owner, investigation, len(CHANGES))
        leads = {}
        for n, change in enumerate(CHANGES, start=1):
            by = n * STEP
            known = {
                **people, "lead": lead_id + by, "case": case_id + by, "inv": investigation + by, "cand": candidate + by, "item": item + by,
                "alibi": alibi + by, "sib": by + 500_000, "new1": by + 600_000, "new2": by + 600_001, "picture": f"md5('other{n}')::uuid",
                "columns": columns, "values": values,
            }  # fmt: skip
            try:
                for statement in change.sql.replace("'{{}}'", "'{}'").split(";"):
                    for name, value in known.items():
                        statement = statement.replace("{" + name + "}", str(value))
                    if statement.strip():
                        owner.execute(statement)
            except Exception as trouble:
                trouble.add_note(f"{change.name}: {statement}")
                raise
            leads[change.name] = lead_id + by
    return leads


def _others(owner: Owner) -> tuple[str, str]:
    """The further columns of what happened outside the gate, and plain values for them."""
    said = {"text": "'x'", "bigint": "{dana}", "boolean": "false", "timestamp with time zone": "house_now()", "ARRAY": "'{}'"}
    rows = owner.execute(
        """select column_name, data_type from information_schema.columns where table_name = 'review_outsidegate' and is_nullable = 'NO'
             and column_default is null and is_identity = 'NO' and column_name not in ('case_id', 'lead_id', 'action', 'basis', 'happened_at')"""
    ).fetchall()
    (dana,) = _row(owner, "select id from people_person where username = 'dana'")
    return ", ".join(str(r[0]) for r in rows), ", ".join(said[str(r[1])].replace("{dana}", str(dana)) for r in rows)


def _row(owner: Owner, sql: str, *params: object) -> tuple[int, ...]:
    row = owner.execute(sql, params).fetchone()
    assert row is not None, sql
    return row  # type: ignore[return-value]


def _copy_tree(owner: Owner, investigation: int, times: int) -> None:
    """Copy every row of an investigation so many times, its numbers moved by a step each; what it shares with others stays shared, but its probe."""
    owner.execute(
        f"insert into cases_storedimage select (jsonb_populate_record(t, jsonb_build_object('id', {OWN}, 'original_sha256', 'probe' || n))).* "  # type: ignore[arg-type]
        "from cases_probe p join cases_storedimage t on t.id = p.image_id join cases_case c on c.id = p.case_id cross join generate_series(1, %(times)s) n "
        "where c.investigation_id = %(root)s",
        {"times": times, "root": investigation},
    )
    for table, moved in _moved(owner).items():
        rows = [f"'{column}', t.{column} + n * {STEP}" for column in ("id", *moved)]
        unique = {"ref": "t.ref || '.' || n", "agency_case": "t.agency_case || '.' || n", "token": "gen_random_uuid()"}
        rows += [f"'{column}', {value}" for column, value in unique.items() if column in _columns(owner, table)]
        rows += ["'code', t.code || '.' || n"] if table == "review_drawn" else []
        rows += [f"'image_id', {OWN}"] if table == "cases_probe" else []  # the very picture of another case would be linked with it
        where = "t.id = %(root)s"
        if moved:
            where = f"t.{moved[0]} in (select id from {_refers(owner, table)[moved[0]]} where id < {STEP})"
        owner.execute(
            f"insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(t) || jsonb_build_object({', '.join(rows)}))).* "  # type: ignore[arg-type]
            f"from {table} t cross join generate_series(1, %(times)s) n where {where}",
            {"times": times, "root": investigation},
        )


_known: dict[str, dict[str, str]] = {}


def _refers(owner: Owner, table: str) -> dict[str, str]:
    """Foreign keys of a table into the tree: column to table."""
    if table not in _known:
        rows = owner.execute(
            """select a.attname, r.relname from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class r on r.oid = c.confrelid
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
                where c.contype = 'f' and t.relname = %s and r.relname = any (%s) order by a.attnotnull desc, a.attnum""",
            (table, TREE),
        )
        _known[table] = {str(column): str(other) for column, other in rows}
    return _known[table]


def _moved(owner: Owner) -> dict[str, tuple[str, ...]]:
    return {table: tuple(_refers(owner, table)) for table in TREE}


def _columns(owner: Owner, table: str) -> frozenset[str]:
    rows = owner.execute("select column_name from information_schema.columns where table_name = %s", (table,))
    return frozenset(str(row[0]) for row in rows)


def facts_of(leads: dict[str, int], changes: Sequence[Changed] = CHANGES) -> dict[Asked, GateFacts]:
    """Read what the pages' gate is asked of each copy, and of some as if under other policies."""
    found: dict[Asked, GateFacts] = {}
    for change in changes:
        lead = Lead.objects.select_related("case", "candidate").get(pk=leads[change.name])
        read = facts.gate(lead)
        for policy, otherwise in SAID_OTHERWISE.items():
            if policy == "as adopted" or change.name in UNDER_OTHER_POLICIES:
                under = replace(read, **otherwise(read))  # type: ignore[arg-type]
                found |= {(policy, change.name, action): under for action in change.actions if action != "dance"}
    return found


def answered(read: GateFacts, action: str) -> tuple[str, ...]:
    """Return the codes that the pages' gate answers, in order of the alphabet."""
    return tuple(sorted({reason.code for answer in ask_gate(read, action=action) for reason in answer.reasons}))


def asked_of_database(owner: Owner, leads: dict[str, int], policies: Sequence[str] = tuple(POLICIES)) -> Answers:
    """Ask the database's gate of every copy, and of some under other policies; the changes of policy are undone."""
    answers: Answers = {}
    for policy in policies:
        changes = [c for c in CHANGES if policy == "as adopted" or c.name in UNDER_OTHER_POLICIES]
        asked = [(change.name, leads[change.name], action) for change in changes for action in change.actions]
        owner.execute("savepoint policy")
        owner.execute(POLICIES[policy])  # type: ignore[arg-type]
        rows = owner.execute(
            "select array(select unnest(gate_reasons(lead, action)) order by 1) from unnest(%s::bigint[], %s::text[]) with ordinality a(lead, action, n) order by n",
            ([lead for _, lead, _ in asked], [action for _, _, action in asked]),
        ).fetchall()
        owner.execute("rollback to savepoint policy")
        answers |= {(policy, name, action): tuple(row[0]) for (name, _, action), row in zip(asked, rows, strict=True)}  # type: ignore[arg-type]
    return answers
