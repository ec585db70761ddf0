"""Leads: evidence, edges, actions asked for, what was done outside the gate, and the printed report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.models import Case, Policy, PolicyExculpatory
from cases.rules.act import Act
from cases.rules.finding import Refusal
from review import access, facts
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.disseminate import disseminate
from review.acts.record_outside_gate import record_outside_gate
from review.acts.start import start
from review.models import Countersignature, Evidence, Lead, OutsideGate
from review.pdf import can_draw
from review.rules.graph import FACE_RESULT, PROBE, EdgeKind
from review.rules.leaving import Leaving
from review.sheets import report as report_sheet
from review.views.doors import form_page, refused, signed_in, told
from review.views.forms import AskForm, EdgeForm, EvidenceForm, OutsideGateForm
from review.views.leaving_form import LeavingForm
from review.views.papers import as_pdf
from review.views.session import now_of, person_of

STANDING = "Its standing is computed from its kind, its source and its edges; nobody sets it."
OF_NOBODY = (
    "What speaks for the person of a lead is entered on that lead: here it shuts every lead of the investigation until it is closed."
)


@signed_in
def new_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter an item on a lead."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADD_EVIDENCE, on=at.date())
    lead = access.lead_for_reading(person, ref, on=at.date())
    return _new_item(request, lead.case, lead)


@signed_in
def new_case_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter an item on a case in any state; before the search it is our own earlier entry."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADD_EVIDENCE, on=at.date())
    return _new_item(request, access.case_for_reading(person, ref, on=at.date()), None)


def _new_item(request: HttpRequest, case: Case, lead: Lead | None) -> HttpResponse:
    newest = Policy.objects.order_by("-id").first()
    tests = list(PolicyExculpatory.objects.filter(policy=newest).values_list("code", "name"))
    whole = Case.objects.filter(investigation__in=facts.linked(case), agency=case.agency_id)  # of another agency's file nothing is told
    earlier = [(e.ref, f"{e.ref}: {e.description[:50]}") for e in Evidence.objects.filter(case__in=whole, lead=None).order_by("id")]
    under = [(c.ref, f"{c.ref}: {c.action.name}") for c in Countersignature.objects.filter(lead__case__in=whole, state="STARTED").select_related("action")]  # fmt: skip
    stops = [(str(o.pk), f"{o.happened_at:%d %b %Y}: {o.description[:50]}") for o in OutsideGate.objects.filter(case__in=whole, action="stop_or_detention")]  # fmt: skip
    form = EvidenceForm(request.POST or None, tests=tests, earlier=earlier, under=under, stops=stops)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wanted = ItemWanted(
            kind=said["kind"],
            description=said["description"],
            source_document=said["source_document"],
            exculpatory=said["direction"] == "exculpatory",
            exculpatory_code=said["exculpatory_code"],
            looked_for=not said["unasked"],
            claimed_at=said["claimed_at"],
            earlier=said["earlier"],
            got_under=said["got_under"],
            got_at_stop=int(said["got_at_stop"]) if said["got_at_stop"] else None,
        )
        finding, item = add_evidence(
            by=person_of(request), at=now_of(request), item=wanted, lead_ref=lead.ref if lead else "", case_ref="" if lead else case.ref
        )
        if item is not None:
            told(request, finding, "Entered. What it was looked for or got by is written by the system.")
            return redirect("case", ref=case.ref)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    intro = STANDING if lead else f"{STANDING} {OF_NOBODY}"
    return form_page(request, form=form, title="Add evidence", button="Enter it", back=f"/cases/{case.ref}", lead=intro)


@signed_in
def new_edge(request: HttpRequest, ref: str) -> HttpResponse:
    """Add an edge to an item."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADD_EDGE, on=at.date())
    item = access.item_for_reading(person, ref, on=at.date())
    others = (
        Evidence.objects.filter(case__investigation__in=facts.linked(item.case)).exclude(pk=item.pk).select_related("case").order_by("id")
    )
    parents = [
        (FACE_RESULT, "the face result"),
        (PROBE, "the probe"),
        *((o.ref, _said_of(o, agency_id=item.case.agency_id)) for o in others),
    ]
    form = EdgeForm(request.POST or None, parents=parents)
    if request.method == "POST" and form.is_valid():
        finding = add_edge(by=person, at=at, item_ref=ref, kind=EdgeKind(form.cleaned_data["kind"]), parent=form.cleaned_data["parent"])
        if not isinstance(finding, Refusal):
            told(request, finding, "The edge is on file.")
            return redirect("case", ref=item.case.ref)
        refused(request, finding, form)
    return form_page(request, form=form, title=f"What does item {ref.rsplit('-', 1)[1]} depend on?", button="Add the edge", back=f"/cases/{item.case.ref}", final="An edge is never removed.")  # fmt: skip


def _said_of(item: Evidence, *, agency_id: int) -> str:
    """Say what an item is; of another agency's its number alone, because what is copied from it has to be said all the same."""
    return (
        f"{item.ref.rsplit('-', 1)[1]}: {item.description[:60]}" if item.case.agency_id == agency_id else f"{item.ref}: of another agency"
    )


@signed_in
def new_ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for an action."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ASK, on=at.date())
    lead = access.lead_for_reading(person, ref, on=at.date())
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, asked = ask(by=person, at=at, lead_ref=lead.ref, **form.cleaned_data)
        if asked is not None:
            told(request, finding, "Asked. A supervisor from outside your unit answers.")
            return redirect("case", ref=lead.case.ref)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title="Ask for an action", button="Ask", back=f"/cases/{lead.case.ref}", lead="You may ask at any time. The gate answers with all its reasons when a supervisor takes it up.")  # fmt: skip


@signed_in
def new_outside_gate(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what was done on a lead without a countersignature."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.RECORD_OUTSIDE_GATE, on=at.date())
    lead = access.lead_for_reading(person, ref, on=at.date())
    return _outside(request, lead.case, lead)


@signed_in
def new_case_outside_gate(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what was done without a countersignature, in any state of the case."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.RECORD_OUTSIDE_GATE, on=at.date())
    return _outside(request, access.case_for_reading(person, ref, on=at.date()), None)


def _outside(request: HttpRequest, case: Case, lead: Lead | None) -> HttpResponse:
    form = OutsideGateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lead_ref, case_ref = (lead.ref, "") if lead else ("", case.ref)
        finding = record_outside_gate(by=person_of(request), at=now_of(request), lead_ref=lead_ref, case_ref=case_ref, **form.cleaned_data)
        if not isinstance(finding, Refusal):
            told(request, finding, "Recorded and counted. It makes nothing right.")
            return redirect("case", ref=case.ref)
        refused(request, finding, form)
    return form_page(request, form=form, title="Record an action outside the gate", button="Record it", back=f"/cases/{case.ref}", final="It stays on file, and the papers say so. Auditors and prosecutors are told.")  # fmt: skip


@signed_in
def start_action(request: HttpRequest, ref: str) -> HttpResponse:
    """Start a countersigned action: a page to check, then the act."""
    person, at = person_of(request), now_of(request)
    found = access.countersignature_for_act(person, ref, Act.START, on=at.date())
    access.lead_for_reading(person, found.lead.ref, on=at.date())
    reasons: list[str] = []
    if request.method == "POST":
        finding = start(by=person, at=at, ref=ref)
        if not isinstance(finding, Refusal):
            told(request, finding, "Started.")
            return redirect("case", ref=found.lead.case.ref)
        reasons = [str(reason) for reason in finding.reasons]
    sheet = {
        "ref": ref,
        "case": found.lead.case.ref,
        "action": found.action.name,
        "place": found.place,
        "act_by": found.act_by,
        "reasons": reasons,
    }
    return render(request, "start/page.html", sheet, status=422 if reasons else 200)


@signed_in
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Who gets the lead report is put on file before there is one to print."""
    person, at = person_of(request), now_of(request)
    lead = access.lead_for_reading(person, ref, on=at.date())
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, number = disseminate(by=person, at=at, lead_ref=ref, leaving=Leaving(**form.cleaned_data))
        if number is not None:
            return redirect("printed_report", ref=ref, number=number)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title=f"Lead report {ref}: who gets it?", button="Put it on file and show the report", back=f"/cases/{lead.case.ref}", lead="What leaves the agency is on file before it leaves: who gets it, for what, and by whose authority.", final="It stays on file, and whoever gets a bundle of the case reads it.")  # fmt: skip


@signed_in
def printed_report(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The lead report, one printed page, for the hour after it was put on file who gets it."""
    person, at = person_of(request), now_of(request)
    lead = access.lead_for_reading(person, ref, on=at.date())
    given = access.dissemination_for_printing(person, lead, number, at=at)
    sheet = report_sheet.of(lead, reader=person, at=at, given=given)
    if request.GET.get("as") == "pdf":
        return as_pdf(request, "report/paper.html", sheet, name=f"lead-report-{ref}-{number}")
    return render(request, "report/page.html", {"sheet": sheet, "can_draw": can_draw()})
