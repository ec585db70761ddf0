"""The Discovery desk of a legal adviser: what a court asks for, each item answered, what was served, and receipts."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases.rules.finding import Refusal
from review import access
from review.acts.answer_item import answer_item
from review.acts.file_receipt import Received, file_receipt
from review.acts.serve_discovery import Served, serve_discovery
from review.acts.take_discovery import Asked, take_discovery
from review.sheets import discovery as sheets
from review.views.discovery_forms import AnswerForm, ReceiptForm, RequestForm, ServiceForm
from review.views.doors import done, form_page, refused, signed_in, told
from review.views.session import now_of, person_of


@require_safe
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, by the day on which it is due."""
    return render(request, "discovery/page.html", {"queues": sheets.desk(person_of(request), at=now_of(request))})


@require_safe
@signed_in
def page(request: HttpRequest, number: int) -> HttpResponse:
    """One request."""
    at = now_of(request)
    found = access.discovery_request(person_of(request), number, on=at.date())
    today = at.astimezone(ZoneInfo(found.case.agency.time_zone)).date()
    return render(request, "discovery/request.html", {"sheet": sheets.of(found, today=today)})


@signed_in
def new(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a request."""
    person, at = person_of(request), now_of(request)
    case = access.case_of_adviser(person, ref, on=at.date())
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, made = take_discovery(by=person, at=at, case_ref=case.ref, asked=Asked(**form.cleaned_data))
        if made is not None:
            told(request, finding, "On file. Answer each item.")
            return redirect("discovery_request", number=made)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title=f"What does the court ask for? Case {case.ref}", button="Put it on file", back=f"/cases/{case.ref}", final="It stays on file as it is written here.")  # fmt: skip


@signed_in
def item(request: HttpRequest, number: int) -> HttpResponse:
    """Answer one item."""
    person, at = person_of(request), now_of(request)
    found = access.discovery_item(person, number, on=at.date())
    form = AnswerForm(request.POST or None, left=sheets.named(found.request))
    if request.method == "POST" and form.is_valid():
        finding = answer_item(by=person, at=at, number=found.pk, **form.cleaned_data)
        if done(request, form, finding, "Answered. An earlier answer stays on file."):
            return redirect("discovery_request", number=found.request_id)
    return form_page(request, form=form, title=f"Item {found.number}", lead=found.asked, button="Answer it", back=f"/discovery/{found.request_id}", final="An answer is never removed; a later one counts instead.")  # fmt: skip


@signed_in
def serve(request: HttpRequest, number: int) -> HttpResponse:
    """Record a service."""
    person, at = person_of(request), now_of(request)
    found = access.discovery_request(person, number, on=at.date())
    form = ServiceForm(request.POST or None, left=sheets.named(found))
    if request.method == "POST" and form.is_valid():
        finding = serve_discovery(by=person, at=at, number=found.pk, service=Served(**form.cleaned_data))
        if done(request, form, finding, "On file."):
            return redirect("discovery_request", number=found.pk)
    return form_page(request, form=form, title=f"What was served? Cause {found.cause_number}", button="Put it on file", back=f"/discovery/{found.pk}", lead="Only what is on file as having left the agency can have been served.")  # fmt: skip


@signed_in
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """File a receipt."""
    person, at = person_of(request), now_of(request)
    found = access.discovery_service(person, number, on=at.date())
    form = ReceiptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = file_receipt(by=person, at=at, number=found.pk, receipt=Received(**form.cleaned_data))
        if done(request, form, finding, "On file."):
            return redirect("discovery_request", number=found.request_id)
    return form_page(request, form=form, title=f"Receipt of what was served on {found.served_to}", button="File it", back=f"/discovery/{found.request_id}")  # fmt: skip
