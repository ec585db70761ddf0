"""Step back from an examination, or tell an auditor that somebody spoke to you; and the page on which the auditor reads it."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.rules.finding import Finding, Refusal
from review import access
from review.acts.read_sealed_reasons import read_sealed_reasons
from review.acts.recuse import recuse
from review.acts.recuse_reexamination import recuse_reexamination
from review.acts.report_contact import report_contact
from review.acts.report_contact_again import report_contact_again
from review.reexamining import Reexamining
from review.rules.stepping_back import CONTACT_GROUNDS, RECUSAL_GROUNDS
from review.sheets import stepping_back as sheets
from review.views.doors import form_page, refused, signed_in, told
from review.views.session import now_of, person_of

WORDS = "Only an auditor reads it: neither your supervisor nor anybody who works on the case."


class TellForm(forms.Form):
    """What it is about, and a sentence."""

    ground = forms.ChoiceField(label="What is it?", widget=forms.RadioSelect)
    words = forms.CharField(label="In your words", max_length=2000, help_text=WORDS, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, sent: object = None, *, grounds: dict[str, str]) -> None:
        super().__init__(sent)  # type: ignore[arg-type]
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(grounds.items())


@signed_in
def step_back(request: HttpRequest, code: str) -> HttpResponse:
    """Step back, before or after the images were opened. Not taken back."""
    return _tell(
        request,
        code,
        (recuse, recuse_reexamination),
        RECUSAL_GROUNDS,
        said="You have stepped back.",
        title="I know this person or this case",
        button="Step back",
        lead="You step back and somebody else is drawn. This is right at any time, also after you have seen the images or locked an answer.",
        final="This is not taken back: nothing more of this examination is shown to you, and what you have answered is not joined with what others answer; an exclusion still stands.",
    )


@signed_in
def spoken_to(request: HttpRequest, code: str) -> HttpResponse:
    """Tell an auditor that somebody spoke to the reviewer."""
    return _tell(
        request,
        code,
        (report_contact, report_contact_again),
        CONTACT_GROUNDS,
        said="An auditor will read it, and nobody else.",
        title="Someone spoke to me about this",
        button="Tell the auditor",
        lead="The examination goes on. If it sways you, step back as well.",
        final="What you have not sent on the page before is not kept.",
    )


def _tell(
    request: HttpRequest,
    code: str,
    acts: tuple[Callable[..., Finding], Callable[..., Finding]],
    grounds: dict[str, str],
    *,
    said: str,
    title: str,
    button: str,
    lead: str,
    final: str,
) -> HttpResponse:
    person, at = person_of(request), now_of(request)
    drawn = access.drawn_for(person, code, on=at.date())
    form = TellForm(request.POST, grounds=grounds) if request.method == "POST" else TellForm(grounds=grounds)
    if request.method == "POST" and form.is_valid():
        ordinary, again = acts
        if isinstance(drawn, Reexamining):
            finding = again(by=person, at=at, code=code, **form.cleaned_data)
        else:
            finding = ordinary(by=person, at=at, case_ref=drawn.case.ref, **form.cleaned_data)
        if not isinstance(finding, Refusal):
            told(request, finding, said)
            return redirect("examination", code=code)
        refused(request, finding, form)
    back = reverse("examination", kwargs={"code": code})
    return form_page(request, form=form, title=title, button=button, back=back, lead=lead, final=final)


@signed_in
def told_by_reviewers(request: HttpRequest) -> HttpResponse:
    """What reviewers told the auditor alone."""
    rows = read_sealed_reasons(by=person_of(request), at=now_of(request))
    return render(request, "told_by_reviewers/page.html", {"rows": [sheets.of(*row) for row in rows]})
