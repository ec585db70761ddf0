"""What courts, prosecutors and auditors are shown, and what a reviewer tells, in a browser: axe clean, wide and narrow, and without scripts."""

from collections.abc import Callable

import pytest

from ledger.clock import house_now
from review.acts.add_edge import add_edge
from review.acts.record_outside_gate import record_outside_gate
from review.rules.graph import EdgeKind
from tests import world
from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]


def an_arrest_outside(lead: world.Lead) -> None:
    now = house_now()
    said = {"action": "arrest", "happened_at": now, "description": "Arrested on sight at the harbour, before anybody had answered"}
    world.must(record_outside_gate(by=world.person("dana"), at=now, lead_ref=lead.ref, **said))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_prosecutor_reads_what_stands_gives_notice_and_sees_what_is_owed(walker: People, scripts: bool) -> None:
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    an_arrest_outside(lead)
    world.served_in_court(lead, world.given(lead))
    pia = walker("pia", scripts=scripts).follow("Leads").says("Countersigned, in force").picture("prosecution")
    pia.follow("Arrest").says("What the papers have to say today").says("on sight at the harbour").picture("prosecution-lead")
    pia.follow("Duties").says("All searches").says("Not told").picture("prosecution-duties")
    pia.follow("Outside gate: arrest").follow("Give notice of use").picture("notice-form")
    pia.fill(recipient="Counsel Maria Weiss", purpose="Defence in cause 26-CR-1", authority="Rule 16")
    pia.press("Put it on file").says("Notice that a face search was used").says("Counsel Maria Weiss").picture("notice-of-use")
    pia.follow("Back to the lead").says("Counsel Maria Weiss").go("/prosecution/duties").says("None that the defence was not told of")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_court_is_answered_at_the_discovery_desk(walker: People, scripts: bool) -> None:
    lead = world.a_lead()
    world.given(lead)
    lea = walker("lea", scripts=scripts).follow("Discovery").says("No request waits").picture("discovery-none")
    lea.go(f"/cases/{lead.case.ref}/discovery/new").picture("discovery-new")
    lea.fill(court="District Court, part 4", cause_number="26-CR-118", asked_by="Counsel Maria Weiss", due_on=f"{world.today():%Y-%m-%d}")
    lea.fill(items="All searches for this event, empty ones too\nThe source code of the engine").press("Put it on file")
    lea.says("0 of 2 answered").picture("discovery-request")
    lea.follow("Answer item 2").picture("discovery-item").fill(answer="withheld", ground="Trade secret, Rule 16(d)").press("Answer it")
    lea.says("Withheld").follow("Record a service").picture("discovery-serve").go("/discovery").says("Cause 26-CR-118").picture("discovery")
    lea.go(f"/cases/{lead.case.ref}/bundle").picture("bundle-form").fill(recipient="Counsel", purpose="x", authority="x", court_copy="on")
    lea.press("have it made").says("take its request first")
    lea.fill(recipient="District Court, part 4").press("have it made").says("Sealed copy for the court").picture("bundle")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reviewer_tells_an_auditor_and_steps_back(walker: People, scripts: bool) -> None:
    case = world.searched()
    world.drawn(case, "ada", "ben")
    ada = walker("ada", scripts=scripts).follow("Examination")
    ada.follow("spoke to me").picture("spoken-to").fill(ground="of_the_answer", words="The sergeant asked how soon he may go").press("Tell")
    ada.says("An auditor will read it, and nobody else").follow("I know this person").picture("step-back")
    ada.fill(ground="knows_person", words="She lives in my street").press("Step back").says("You have stepped back").picture("stepped-back")
    otto = walker("otto", scripts=scripts).go("/notices").says("A reviewer told you something").go("/told-by-reviewers")
    otto.says("She lives in my street").says("how soon he may go").picture("told-by-reviewers")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_auditor_asks_the_record(walker: People, scripts: bool) -> None:
    lead = world.a_lead()
    world.given(lead)
    otto = walker("otto", scripts=scripts).follow("The record").picture("record")
    otto.fill(case=lead.case.ref, kind="conclude").press("Search").says("conclude").picture("record-case")
    otto.go("/audit/?question=looks-without-a-task").picture("record-question").go("/audit/?case=nobody").picture("record-refused")
    otto.go("/audit/disseminations").says("Lakeside Police").picture("record-left")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_stranger_checks_a_certificate(walker: People, scripts: bool) -> None:
    stranger = walker("dana", scripts=scripts).go("/certificate").picture("check").fill(token="0" * 32).press("Check it")
    stranger.says("Not valid")
    assert "token" not in stranger.page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_pictures_are_held_and_a_result_is_used_in_court(walker: People, scripts: bool) -> None:
    lead = world.a_lead()
    world.asked(lead, "search_warrant")
    goods, order = world.an_item(lead, "firearm_from_search"), world.an_item(lead, "phone_location")
    for item, parent in ((goods, order), (order, "face_result")):
        world.must(add_edge(by=world.person("dana"), at=house_now(), item_ref=item, kind=EdgeKind.AUTHORISED_BY, parent=parent))
    lea = walker("lea", scripts=scripts).go(f"/items/{goods}/hold").says("Got by legal power that rested on the face result")
    lea.picture("hold-decide").fill(may_be_used="yes", grounds="The order names the film alone")
    lea.press("Record the decision").says("Decided").go(f"/items/{goods}/hold").says("It may be used").picture("hold-decided")
    lea.go(f"/cases/{lead.case.ref}").says("is asked for")
    lea.says("Nothing is destroyed while").follow("Set a legal hold").picture("hold-set").fill(document="Order of 2 May, 26-CR-118").press(
        "Set the hold"
    )
    lea.says("Nothing is destroyed while a legal hold stands").picture("case-held").follow("Lift hold").picture("hold-lift")
    lea.fill(document="Disposition of 3 June").press("Lift the hold").says("Other holds of the investigation stand").says(
        "Disposition of 3 June"
    )
    pia = (
        walker("pia", scripts=scripts)
        .go(f"/prosecution/leads/{lead.ref}")
        .says("No use is on file")
        .follow("Use in court")
        .picture("use-in-court")
    )
    pia.fill(stage="trial", court="District Court, part 4", cause_number="26-CR-118", on=f"{world.today():%Y-%m-%d}").press("Ask the law")
    pia.says("District Court, part 4").picture("used-in-court")
