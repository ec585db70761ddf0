"""Leads: evidence, edges, actions asked for, what was done outside the gate, and the printed report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.models import Policy, PolicyExculpatory
from cases.rules.act import Act
from cases.rules.finding import Refusal
from review import access, facts
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.record_outside_gate import record_outside_gate
from review.acts.start import start
from review.models import Evidence
from review.rules.graph import FACE_RESULT, PROBE, EdgeKind
from review.sheets import report as report_sheet
from review.views.doors import form_page, refused, signed_in, told
from review.views.forms import AskForm, EdgeForm, EvidenceForm, OutsideGateForm
from review.views.session import now_of, person_of


@signed_in
def new_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter an item on a lead."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADD_EVIDENCE, on=at.date())
    lead = access.lead_for_reading(person, ref, on=at.date())
    newest = Policy.objects.order_by("-id").first()
    tests = list(PolicyExculpatory.objects.filter(policy=newest).values_list("code", "name"))
    form = EvidenceForm(request.POST or None, tests=tests)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        exculpatory = said.pop("direction") == "exculpatory"
        finding, item = add_evidence(by=person, at=at, lead_ref=lead.ref, item=ItemWanted(exculpatory=exculpatory, **said))
        if item is not None:
            told(request, finding, "Entered. That it was looked for because of the lead is written by the system.")
            return redirect("case", ref=lead.case.ref)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title="Add evidence", button="Enter it", back=f"/cases/{lead.case.ref}", lead="Its standing is computed from its kind, its source and its edges; nobody sets it.")  # fmt: skip


@signed_in
def new_edge(request: HttpRequest, ref: str) -> HttpResponse:
    """Add an edge to an item."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADD_EDGE, on=at.date())
    item = access.item_for_reading(person, ref, on=at.date())
    others = Evidence.objects.filter(case__investigation__in=facts.linked(item.case)).exclude(pk=item.pk).order_by("id")
    parents = [
        (FACE_RESULT, "the face result"),
        (PROBE, "the probe"),
        *((o.ref, f"{o.ref.rsplit('-', 1)[1]}: {o.description[:60]}") for o in others),
    ]
    form = EdgeForm(request.POST or None, parents=parents)
    if request.method == "POST" and form.is_valid():
        finding = add_edge(by=person, at=at, item_ref=ref, kind=EdgeKind(form.cleaned_data["kind"]), parent=form.cleaned_data["parent"])
        if not isinstance(finding, Refusal):
            told(request, finding, "The edge is on file.")
            return redirect("case", ref=item.case.ref)
        refused(request, finding, form)
    return form_page(request, form=form, title=f"What does item {ref.rsplit('-', 1)[1]} depend on?", button="Add the edge", back=f"/cases/{item.case.ref}", final="An edge is never removed.")  # fmt: skip


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
    """Record what was done without a countersignature."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.RECORD_OUTSIDE_GATE, on=at.date())
    lead = access.lead_for_reading(person, ref, on=at.date())
    form = OutsideGateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = record_outside_gate(by=person, at=at, lead_ref=lead.ref, **form.cleaned_data)
        if not isinstance(finding, Refusal):
            told(request, finding, "Recorded and counted. It makes nothing right.")
            return redirect("case", ref=lead.case.ref)
        refused(request, finding, form)
    return form_page(request, form=form, title="Record an action outside the gate", button="Record it", back=f"/cases/{lead.case.ref}", final="It stays on file, and the papers say so.")  # fmt: skip


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
    """The lead report, one printed page."""
    person, at = person_of(request), now_of(request)
    lead = access.lead_for_reading(person, ref, on=at.date())
    return render(request, "report/page.html", {"sheet": report_sheet.of(lead, reader=person, at=at)})
