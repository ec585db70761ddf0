"""Turns at examinations: open, hold or give back what was drawn; and, for those who keep the queue, what is under way."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from people.roles import Role
from review import access, facts
from review.acts.hold_reexamination import hold_reexamination
from review.acts.hold_turn import hold_turn
from review.acts.release_reexamination import release_reexamination
from review.acts.release_turn import release_turn
from review.acts.send_turn_back import send_turn_back
from review.reexamining import Reexamining
from review.rules.turns import TurnFacts
from review.sheets import turns
from review.views.doors import done, form_page, signed_in
from review.views.session import now_of, person_of


class ReleaseForm(forms.Form):
    """No reason is owed for what was not opened."""

    unopened = forms.BooleanField(label="I have looked at no face of it")


class HoldForm(forms.Form):
    """For how long."""

    hours = forms.IntegerField(label="Hours", min_value=1, help_text="Whole hours, once in this examination.")


class SendBackForm(forms.Form):
    """Why it goes back."""

    because = forms.CharField(
        label="Why is it sent back?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For instance that the reviewer is ill. Kept with the turn.",
    )


@signed_in
def drawn(request: HttpRequest, code: str) -> HttpResponse:
    """What was drawn, before a face of it is opened."""
    mine = access.drawn_for(person_of(request), code, on=now_of(request).date())
    if _turn(mine).reasons():
        return redirect("examination", code=code)
    return render(request, "turns/drawn.html", {"sheet": turns.of(mine)})


def _turn(mine: access.Examining) -> TurnFacts:
    return facts.turn_again(mine) if isinstance(mine, Reexamining) else facts.turn(mine, mine.case)


@signed_in
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Give it back unopened."""
    person, at = person_of(request), now_of(request)
    mine = access.drawn_for(person, code, on=at.date())
    form = ReleaseForm(request.POST) if request.method == "POST" else ReleaseForm()
    if request.method == "POST" and form.is_valid():
        if isinstance(mine, Reexamining):
            finding = release_reexamination(by=person, at=at, code=code)
        else:
            finding = release_turn(by=person, at=at, case_ref=mine.case.ref)
        if done(request, form, finding, "You have given it back. Somebody else is drawn."):
            return redirect("desk")
    return form_page(
        request,
        form=form,
        title="Give it back unopened",
        button="Give it back",
        back=reverse("drawn", kwargs={"code": code}),
        lead="It goes back to the lot and somebody else is drawn. No reason is asked, as long as you have looked at no face of it.",
        final="This is not taken back: it is not drawn for you again.",
    )


@signed_in
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Put the timer on hold."""
    person, at = person_of(request), now_of(request)
    mine = access.drawn_for(person, code, on=at.date())
    form = HoldForm(request.POST) if request.method == "POST" else HoldForm()
    if request.method == "POST" and form.is_valid():
        hours = form.cleaned_data["hours"]
        if isinstance(mine, Reexamining):
            finding = hold_reexamination(by=person, at=at, code=code, hours=hours)
        else:
            finding = hold_turn(by=person, at=at, case_ref=mine.case.ref, hours=hours)
        if done(request, form, finding, "The timer has these hours more."):
            return redirect("examination", code=code)
    return form_page(
        request,
        form=form,
        title="Put it on hold",
        button="Put it on hold",
        back=reverse("examination", kwargs={"code": code}),
        lead=f"For the end of a shift: the timer of this examination gets up to {facts.hold_hours()} hours more, once.",
        final="A draft that you have saved stays; what you have not saved is not kept.",
    )


@signed_in
def under_way(request: HttpRequest) -> HttpResponse:
    """Who has which examination, and until when."""
    person, at = person_of(request), now_of(request)
    access.must_keep_the_queue(person, on=at.date())
    sheet = {"rows": turns.under_way(person, at=at), "sends": access.holds(person, Role.SUPERVISOR, on=at.date())}
    return render(request, "turns/page.html", sheet)


@signed_in
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Send one back to the lot."""
    person, at = person_of(request), now_of(request)
    turn = access.turn_of_supervisor(person, number, on=at.date())
    form = SendBackForm(request.POST) if request.method == "POST" else SendBackForm()
    if request.method == "POST" and form.is_valid():
        finding = send_turn_back(by=person, at=at, turn=number, **form.cleaned_data)
        if done(request, form, finding, "It is back in the lot."):
            return redirect("turns")
    return form_page(
        request,
        form=form,
        title=f"Send an examination of {turn.case.ref} back to the lot",
        button="Send it back",
        back=reverse("turns"),
        lead="Somebody else is drawn by lot: you choose neither who nor when. What its reviewer has locked stays.",
        final="This is not taken back.",
    )
