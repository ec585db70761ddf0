"""The prosecutor's door: leads told to the office, what stands of each, notice of use for the defence, and what is owed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases.rules.finding import Refusal
from review import access
from review.acts.give_notice_of_use import give_notice_of_use
from review.acts.use_in_court import CourtUseSaid, use_in_court
from review.rules.leaving import Leaving
from review.sheets import prosecution as sheets
from review.views.court_form import CourtForm
from review.views.doors import done, form_page, refused, signed_in
from review.views.leaving_form import LeavingForm
from review.views.session import now_of, person_of


@require_safe
@signed_in
def leads(request: HttpRequest) -> HttpResponse:
    """What was asked for or countersigned on leads of the office."""
    page = sheets.leads(person_of(request), at=now_of(request), before=_key(request, "before"))
    return render(request, "prosecution/page.html", {"page": page})


def _key(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 19 else None


@require_safe
@signed_in
def duties(request: HttpRequest) -> HttpResponse:
    """What is owed and until when."""
    keys = {name: key for name in sheets.PAGED if (key := _key(request, name)) is not None}
    queues = sheets.duties(person_of(request), at=now_of(request), keys=keys)
    return render(request, "prosecution/duties.html", {"queues": queues})


@require_safe
@signed_in
def lead(request: HttpRequest, ref: str) -> HttpResponse:
    """What stands of one lead."""
    at = now_of(request)
    found = access.lead_of_prosecutor(person_of(request), ref, on=at.date())
    return render(request, "prosecution/lead.html", {"sheet": sheets.lead(found, at=at)})


@signed_in
def notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Who gets the notice of use is put on file before there is one to print."""
    person, at = person_of(request), now_of(request)
    found = access.lead_of_prosecutor(person, ref, on=at.date())
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, number = give_notice_of_use(by=person, at=at, lead_ref=ref, leaving=Leaving(**form.cleaned_data))
        if number is not None:
            return redirect("printed_notice", ref=ref, number=number)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title=f"Notice of use for lead {ref}: who gets it?", button="Put it on file and show the notice", back=f"/prosecution/leads/{found.ref}", lead="The defence is told that a face search was used, and everything the papers have to say of it.", final="It stays on file, and whoever gets a bundle of the case reads it.")  # fmt: skip


@signed_in
def court(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that the result is used in court; the law in force answers first."""
    person, at = person_of(request), now_of(request)
    found = access.lead_of_prosecutor(person, ref, on=at.date())
    form = CourtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = use_in_court(by=person, at=at, lead_ref=ref, use=CourtUseSaid(**form.cleaned_data))
        if done(request, form, finding, "On file. The law in force lets it stand."):
            return redirect("prosecution_lead", ref=ref)
    return form_page(request, form=form, title=f"Use in court of lead {ref}", button="Ask the law and put it on file", back=f"/prosecution/leads/{found.ref}", lead="Each rule of the law in force is asked whether the face result may be used at this stage, and whether the defence was told before.", final="A refusal stays on record too.")  # fmt: skip


@require_safe
@signed_in
def printed_notice(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The notice, for the hour after it was put on file who gets it."""
    person, at = person_of(request), now_of(request)
    found = access.lead_of_prosecutor(person, ref, on=at.date())
    given = access.dissemination_for_printing(person, found, number, at=at, what="notice_of_use")
    return render(request, "prosecution/notice.html", {"sheet": sheets.notice(found, at=at, given=given)})
