"""What is put in force: which packs, by whom, on what record; and what a changed or an ended policy does to cases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.law.adoption import AdoptionRecord
from cases.law.conflicts import Settlement
from cases.law.in_force import law_in_force, law_of, law_proposed, policy_in_force
from cases.law.load import load_pack
from cases.law.merge import merge
from cases.law.obligations import Standing
from cases.law.owed import obligations
from cases.law.shipped import POLICIES
from cases.models import Job, Policy, PolicyObligation, PolicyProposal, PolicyStatute, Refused, Screening
from cases.rules.finding import Permit, Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from people.roles import Role
from review import facts
from review.access import NotVisible
from review.acts.adopt_policy import adopt_policy
from review.acts.meet_obligation import meet_obligation
from review.acts.propose_policy import propose_policy
from review.acts.take_next import take_next
from review.models import Countersignature
from review.rules.gate import ask_gate
from review.sheets import notices
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db

PICTURE = "search_picture:us-ut/fillers:us-mi-detroit-307-5/picture"
SETTLED = Settlement(PICTURE, "us-mi-detroit-307-5/picture", "Counsel of the city", "letter of 3 March 2026")


def packs(*names):
    return [load_pack(POLICIES / f"{name}.toml") for name in names]


def proposed(*names, by="petra", **further):
    return propose_policy(by=world.person(by), at=house_now(), packs=packs(*names), **further)


def a_record(**changes) -> AdoptionRecord:
    day = house_now().date()
    sound = AdoptionRecord(
        governing_body="City council",
        voted_on=day,
        votes_for=5,
        votes_against=2,
        votes_abstained=1,
        published_at="https://council.example/policy",
        review_on=day + timedelta(days=300),
        noticed_on=day - timedelta(days=40),
        comments_from=day - timedelta(days=30),
        comments_until=day - timedelta(days=10),
        meetings_on=(day - timedelta(days=20),),
        written_policy="Ordinance 4",
        pilot_ends_on=day + timedelta(days=200),
    )
    return replace(sound, **changes)


def adopted(proposal, by="paul", **changes):
    return adopt_policy(by=world.person(by), at=house_now(), proposal_id=proposal, record=a_record(**changes))


@pytest.fixture
def a_day_later(transactional_db):
    def ahead(by: timedelta) -> None:
        with login("owner") as owner:
            owner.execute("update ledger_clock set ahead_by = %s", [by])

    yield lambda: ahead(timedelta(days=1))
    ahead(timedelta(0))


def holds(request: str) -> bool:
    return facts.with_holds(Countersignature.objects.filter(ref=request)).get().holds


def said(finding) -> str:
    assert isinstance(finding, Refusal)
    return " ".join(reason.sentence for reason in finding.reasons)


def test_several_layers_are_one_law_rebuilt_from_the_texts_that_were_adopted():
    finding, proposal = proposed("nlc-2021", "us-wa-43-386")
    assert isinstance(finding, Permit)
    finding, policy = adopted(proposal, meetings_on=tuple(house_now().date() - timedelta(days=n) for n in (12, 15, 20)))
    assert isinstance(finding, Permit)

    law = merge(packs("nlc-2021", "us-wa-43-386"))
    assert law_of(policy) == law == law_in_force()
    assert policy_in_force().pack == "us-wa-43-386 + nlc-2021"
    assert policy_in_force().digest == law.digest
    assert Policy.objects.get(pk=policy).governing_body == "City council"
    assert set(PolicyObligation.objects.filter(policy=policy).values_list("key", flat=True)) == {
        row["key"] for row in law.compiled(on=house_now().date())["obligations"]
    }


def test_the_performers_packs_bind_too_and_are_marked_as_his():
    _, proposal = propose_policy(by=world.person("petra"), at=house_now(), packs=packs("nlc-2021"), performer=packs("us-me", "nlc-2021"))
    adopted(proposal)

    assert {(layer.pack, layer.sides) for layer in law_in_force().layers} == {
        ("nlc-2021", ("performer", "requester")),
        ("us-me", ("performer",)),
    }


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("us-in",), ["has no rules"]),
        (("us-fl",), ["no pack lists the serious crimes", "no pack asks people to look"]),
        (("us-in", "us-fl"), ["no pack lists the serious crimes", "no pack asks people to look"]),
        (("nlc-2021", "us-ma-bills", "us-va-2022"), ["us-ma-bills: status is “bill”", "us-va-2022: status is “sunset”"]),
    ],
)
def test_what_protects_nobody_or_is_no_law_is_refused_with_every_reason(names, why):
    finding, proposal = proposed(*names)

    assert proposal is None
    assert all(words in said(finding) for words in why)
    assert Refused.objects.get(act="propose_policy").reasons == ["not_adoptable"] * len(finding.reasons)


def test_colliding_duties_are_settled_by_a_named_person_in_writing_before():
    finding, _ = proposed("us-ut", "us-mi-detroit-307-5")
    assert "not settled" in said(finding)
    finding, _ = proposed("us-ut", "us-mi-detroit-307-5", settlements=[replace(SETTLED, by=" ")])
    assert finding.codes == ("pack_wrong",)
    assert "names a person and a writing" in said(finding)

    _, proposal = proposed("us-ut", "us-mi-detroit-307-5", settlements=[SETTLED])
    adopted(proposal)

    assert law_in_force().settlements == (SETTLED,)
    assert any("Counsel of the city settled in letter" in note for rule in law_in_force().rules for note in rule.set_aside)


def test_whoever_proposed_does_not_adopt_and_nothing_is_adopted_twice():
    _, proposal = proposed("nlc-2021")
    assert adopted(proposal, by="petra")[0].codes == ("own_proposal",)
    assert isinstance(adopted(proposal)[0], Permit)
    assert adopted(proposal)[0].codes == ("adopted_once",)
    with pytest.raises(NotVisible):
        proposed("nlc-2021", by="sol")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"governing_body": " "}, ["The body that decided is not named.", "it must be: elected officials"]),
        ({"votes_for": 2}, ["It was not voted for", "No vote for it is on record"]),
        ({"meetings_on": ()}, ["At least 1 public meetings are needed."]),
        ({"pilot_ends_on": None}, ["No pilot with an end is on file."]),
        ({"published_at": ""}, ["Say where the text is published."]),
        ({"voted_on": date(2999, 1, 1)}, ["The vote has not been taken yet."]),
        ({"review_on": date(2020, 1, 1)}, ["has to come after today"]),
        ({"pilot_ends_on": date(2020, 1, 1)}, ["The pilot would have ended"]),
        ({"comments_until": None}, ["a first and a last day"]),
        ({"meetings_on": (), "votes_for": 0, "published_at": " "}, ["public meetings", "voted for", "published"]),
    ],
)
def test_a_record_that_lacks_what_the_packs_ask_is_refused_with_every_reason(change, why):
    _, proposal = proposed("nlc-2021")
    before = policy_in_force()

    finding, policy = adopted(proposal, **change)

    assert policy is None
    assert policy_in_force() == before
    assert set(finding.codes) == {"record_incomplete"}
    assert all(words in said(finding) for words in why)


def test_notice_comments_and_review_are_asked_by_the_packs_that_ask_for_them():
    _, proposal = proposed("nlc-2021", "us-ut", "us-wa-43-386")
    day = house_now().date()

    finding, _ = adopted(proposal, comments_from=day - timedelta(days=20), review_on=day + timedelta(days=800), written_policy="")

    assert "At least 15 days for comments are needed." in said(finding)
    assert "At least 3 public meetings are needed." in said(finding)
    assert "The next review has to come within 24 months." in said(finding)
    assert "No written policy is in force." in said(finding)


def test_an_offence_that_is_listed_only_with_its_statute_is_eligible_with_it_alone():
    world.in_force("us-mi-detroit-307-5")
    assert PolicyStatute.objects.filter(policy=policy_in_force().pk, statute="MCL 750.110a(2)", code="220").exists()

    home = world.screened(world.requested("25-1", "p012", ground=world.GROUND), "220", "MCL 750.110a(2)")
    shop = world.screened(world.requested("25-2", "p013", ground=world.GROUND), "220")

    assert (home.state, shop.state) == ("ELIGIBLE", "INELIGIBLE")


def test_a_lead_under_a_statute_is_open_in_both_gates():
    world.in_force("us-mi-detroit-307-5")
    case = world.examined(world.checked(world.screened(world.requested(ground=world.GROUND), "220", "MCL 750.110a(2)")))
    lead = world.Lead.objects.select_related("case__investigation", "candidate").get(case=case)

    from_rules = {reason.code for answer in ask_gate(facts.gate(lead), action="arrest") for reason in answer.reasons}

    assert "offence_not_listed" not in from_rules
    assert from_rules == set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))


def shorter(tmp_path, name="shorter"):
    text = (POLICIES / "nlc-2021.toml").read_text(encoding="utf-8").replace('"nlc-2021"', f'"{name}"')
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace('"120", ', ""), encoding="utf-8")
    return path


def test_a_changed_policy_shuts_what_no_longer_holds_and_says_which(tmp_path):
    lead, request = world.ready_to_sign("25-3")
    world.must(world.signed(request))
    at_eligible = world.screened(world.requested("25-1", "p013"))
    at_fit = world.searched("25-2", "p014")
    waits = world.requested("25-4", "p015")
    mine = world.screened(world.requested("25-5", "p016"), "200")

    policy = world.in_force(shorter(tmp_path))
    world.run_jobs()
    world.run_jobs()

    assert [world.again(case).state for case in (at_eligible, at_fit, lead.case, waits, mine)] == [
        "INELIGIBLE",
        "INELIGIBLE",
        "LEAD",
        "RECEIVED",
        "ELIGIBLE",
    ]
    assert not holds(request)
    screened = dict(Screening.objects.filter(policy=policy).values_list("case__ref", "eligible"))
    assert screened == {at_eligible.ref: False, at_fit.ref: False, lead.case.ref: False, mine.ref: True}
    with world.the_machine():  # the worker mails them
        mailed = {(n.case, n.what) for n in notices.of(world.person("petra"), at=house_now(), roles=frozenset({Role.POLICY_BOARD}))}
    assert set(Entry.objects.filter(kind="screen_again").values_list("subject", flat=True)) == {lead.case.ref, mine.ref}
    told = {(n.case, n.what) for n in notices.of(world.person("petra"), at=house_now(), roles=frozenset({Role.POLICY_BOARD}))}
    assert told == mailed
    assert {case for case, what in told if what.startswith("No longer eligible")} == {at_eligible.ref, at_fit.ref, lead.case.ref}

    world.in_force("nlc-2021")
    world.run_jobs()
    world.run_jobs()

    assert world.again(at_fit).state == "INELIGIBLE", "what ended stays ended"
    assert holds(request)


def test_many_pending_cases_are_screened_again_batch_by_batch(tmp_path, monkeypatch):
    monkeypatch.setattr("cases.acts.rescreen.BATCH", 2)
    found = [world.screened(world.requested(f"25-{n}", f"p01{n}")) for n in range(2, 7)]

    world.in_force(shorter(tmp_path))
    while world.run_jobs():
        pass

    assert {world.again(case).state for case in found} == {"INELIGIBLE"}
    assert Job.objects.filter(kind="rescreen").count() == 1 + 1 + 2


def test_an_older_adoptions_job_leaves_the_cases_to_the_newest(tmp_path):
    case = world.screened(world.requested())
    world.in_force(shorter(tmp_path))
    world.in_force("nlc-2021")
    while world.run_jobs():
        pass

    assert world.again(case).state == "ELIGIBLE"


def test_obligations_are_owed_marked_and_owed_again():
    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    day = house_now().date()

    def row(key):
        return next(row for row in obligations(on=day) if row.obligation.key == key)

    weekly, mia = row("us-mi-detroit-307-5/weekly"), world.person("mia")
    assert (weekly.standing, weekly.due_on) == (Standing.ALARM, day + timedelta(days=7))
    given = {"key": "us-mi-detroit-307-5/weekly", "due_on": weekly.due_on}
    assert meet_obligation(by=mia, at=house_now(), **given, document=" ").codes == ("missing",)
    world.must(meet_obligation(by=mia, at=house_now(), **given, document="Report 1"))
    assert meet_obligation(by=mia, at=house_now(), **given, document="Report 1").codes == ("not_owed",)
    assert row("us-mi-detroit-307-5/weekly").due_on == day + timedelta(days=14)
    assert row("us-mi-detroit-307-5/weekly").last_document == "Report 1"

    once = row("nlc-2021/publish")
    assert (once.standing, once.due_on) == (Standing.ALARM, None), "what has no day is owed from the first"
    world.must(meet_obligation(by=mia, at=house_now(), key="nlc-2021/publish", due_on=None, document="Page of the city"))
    assert row("nlc-2021/publish").met
    assert row("nlc-2021/vote").met, "the record of the adoption is its document"
    with pytest.raises(NotVisible):
        meet_obligation(by=world.person("petra"), at=house_now(), **given, document="x")

    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    assert row("us-mi-detroit-307-5/weekly").due_on == day + timedelta(days=14), "adopting again gives nobody more time"


@pytest.mark.django_db(transaction=True)
def test_after_its_pilot_nothing_opens_and_the_reason_is_said(a_day_later):
    _, proposal = proposed("nlc-2021")
    adopted(proposal, pilot_ends_on=house_now().date() + timedelta(days=1))
    lead, request = world.ready_to_sign("25-1")
    world.must(world.signed(request))
    waits = world.screened(world.requested("25-2", "p013"))
    new = world.requested("25-3", "p014")
    to_examine = world.searched("25-4", "p016")

    a_day_later()

    assert policy_in_force() is None
    assert law_in_force() is None
    assert not holds(request)
    assert {r.code for answer in ask_gate(facts.gate(lead), action="arrest") for r in answer.reasons} >= {"policy_ended"}
    assert "policy_ended" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert take_next(by=world.person("cleo"), at=house_now()) is None
    assert ask_database("select draw(%s, %s, 1, 'ABCDEFABCD', '{}')", to_examine.pk, world.person("cleo").pk) is None
    assert world.screened(new).state == "RECEIVED"
    assert world.checked(waits).state == "FIT"
    assert not hasattr(world.again(waits), "candidate_list")
    assert [row.reasons for row in Refused.objects.filter(act__in=("screen", "attach_list")).order_by("id")] == [
        ["policy_ended"],
        ["policy_ended"],
    ]
    assert obligations(on=house_now().date()), "what is owed outlives the pilot"
    told = [n.what for n in notices.of(world.person("paul"), at=house_now(), roles=frozenset({Role.POLICY_BOARD})) if n.case == "nlc-2021"]
    assert [what.split(" on ")[0] for what in told] == ["Ended"]

    world.in_force("nlc-2021")
    while world.run_jobs():
        pass
    assert world.again(new).state == "ELIGIBLE"
    assert hasattr(world.again(waits), "candidate_list")
    assert holds(request)


@pytest.mark.django_db(transaction=True)
def test_what_is_on_file_is_what_was_proposed_or_it_is_not_adopted():
    _, proposal = proposed("nlc-2021")
    with login("owner") as owner:
        owner.execute("alter table cases_policyproposal disable trigger user")
        owner.execute("update cases_policyproposal set compiled = jsonb_set(compiled, '{offences}', '[]') where id = %s", [proposal])
    assert adopted(proposal)[0].codes == ("not_as_proposed",)

    _, proposal = proposed("nlc-2021")
    law_proposed(proposal, PolicyProposal.objects.get(pk=proposal).digest)  # read before it was altered, and remembered
    other = PolicyProposal.objects.get(pk=proposed("us-md-2024")[1]).packs.get().text_id
    with login("owner") as owner:
        owner.execute("alter table cases_proposedpack disable trigger user")
        owner.execute("update cases_proposedpack set text_id = %s, pack = 'us-md-2024' where proposal_id = %s", [other, proposal])
    assert adopted(proposal)[0].codes == ("not_as_proposed",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pilot_ends_on": 29}, ["Ends on"]),
        ({"pilot_ends_on": 40}, []),
        ({"pilot_ends_on": 40, "review_on": 1}, []),
    ],
)
def test_the_board_is_told_before_an_adoption_ends(changes, words):
    day = house_now().date()
    _, proposal = proposed("nlc-2021")
    adopted(proposal, **{name: day + timedelta(days=days) for name, days in changes.items()})

    told = [n.what for n in notices.of(world.person("paul"), at=house_now(), roles=frozenset({Role.POLICY_BOARD})) if n.case == "nlc-2021"]

    assert [what[: len(word)] for what, word in zip(told, words, strict=True)] == words


def test_a_file_edited_after_adoption_changes_nothing(tmp_path):
    path = shorter(tmp_path)
    policy = world.in_force(path)
    before = law_of(policy)
    path.write_text(path.read_text(encoding="utf-8").replace("reviewers = 2", "reviewers = 3"), encoding="utf-8")

    assert law_of(policy) == before
    assert load_pack(path).digest != before.layers[0].digest
