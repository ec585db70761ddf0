"""Forms on which a legal adviser sets a legal hold, and lifts one."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from review import access
from review.acts.lift_legal_hold import lift_legal_hold
from review.acts.set_legal_hold import set_legal_hold
from review.sheets.retention import BECAUSE
from review.views.doors import done, form_page, signed_in
from review.views.session import now_of, person_of


class SetForm(forms.Form):
    """The document on which a hold rests."""

    document = forms.CharField(
        label="Document", max_length=500, help_text="The court's order, the prosecutor's letter: its name, date and number."
    )


class LiftForm(forms.Form):
    """The document that says the matter is over."""

    document = forms.CharField(label="Document", max_length=500, help_text="The disposition, the order or the letter that ends it: its name, date and number.")  # fmt: skip


@signed_in
def new(request: HttpRequest, ref: str) -> HttpResponse:
    """Set a hold."""
    person, at = person_of(request), now_of(request)
    case = access.case_of_adviser(person, ref, on=at.date())
    form = SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = set_legal_hold(by=person, at=at, case_ref=case.ref, **form.cleaned_data)
        if done(request, form, finding, "The hold stands on the whole linked investigation."):
            return redirect("case", ref=case.ref)
    return form_page(request, form=form, title=f"Legal hold on {case.ref}", button="Set the hold", back=f"/cases/{case.ref}", final="Nothing of the investigation is destroyed until it is lifted, whatever the policy's time says.")  # fmt: skip


@signed_in
def lift(request: HttpRequest, number: int) -> HttpResponse:
    """Lift a hold."""
    person, at = person_of(request), now_of(request)
    held = access.legal_hold(person, number, on=at.date())
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = lift_legal_hold(by=person, at=at, number=held.pk, **form.cleaned_data)
        if done(request, form, finding, "Lifted. Other holds of the investigation stand."):
            return redirect("case", ref=held.case.ref)
    return form_page(request, form=form, title=f"Lift a legal hold on {held.case.ref}", lead=f"{BECAUSE[held.because]}. {held.document}".strip(), button="Lift the hold", back=f"/cases/{held.case.ref}", final="Once no hold stands and the time has run, the pictures are destroyed for good.")  # fmt: skip
