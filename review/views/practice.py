"""Practice: a pair, a rating, and the truth at once. Apart from casework and from what is measured."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.rules.act import Act
from review import access
from review.acts.draw_practice import draw_practice
from review.acts.practise import practise
from review.models import Practice, PracticePicture
from review.sheets.examination import SCALE
from review.views.doors import signed_in
from review.views.pictures import practice_picture
from review.views.session import now_of, person_of

LAST = 20


class RatingForm(forms.Form):
    """One rating on the scale."""

    rating = forms.TypedChoiceField(
        label="The images show",
        coerce=int,
        choices=[(value, f"{value:+d} {words}" if value else f"0 {words}") for value, words in SCALE],
        widget=forms.RadioSelect,
    )


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """The last pairs and what was true of them."""
    person, on = person_of(request), now_of(request).date()
    access.must_hold(person, Act.PRACTISE, on=on)
    rows = Practice.objects.filter(reviewer=person, answer__isnull=False).select_related("answer").order_by("-pk")[:LAST]
    told = [(row.code, row.answer.rating, row.answer.same) for row in rows]
    return render(request, "practice/page.html", {"told": told})


@signed_in
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a pair."""
    code = draw_practice(by=person_of(request), at=now_of(request))
    if code is None:
        messages.error(request, "There are too few practice pictures. Your administrator registers them.")
        return redirect("practice")
    return redirect("practice_pair", code=code)


@signed_in
def pair(request: HttpRequest, code: str) -> HttpResponse:
    """Rate a pair; once it is rated, the same page says what is true."""
    person, at = person_of(request), now_of(request)
    found = _mine(request, code)
    form = RatingForm(request.POST or None) if request.method == "POST" else RatingForm()
    if request.method == "POST" and form.is_valid():
        practise(by=person, at=at, code=code, rating=form.cleaned_data["rating"])
        return redirect("practice_pair", code=code)
    answer = getattr(found, "answer", None)
    shown = {"code": code, "form": form, "answer": (answer.rating, answer.same) if answer else None}
    return render(request, "practice/pair.html", shown, status=422 if form.errors or request.method == "POST" else 200)


@signed_in
def picture(request: HttpRequest, code: str, side: int) -> HttpResponse:
    """One of the two pictures."""
    found = _mine(request, code)
    if side not in (1, 2):
        raise access.NotVisible(code)
    shown = found.one_id if side == 1 else found.other_id
    image = PracticePicture.objects.filter(pk=shown).values_list("image", flat=True).get()
    return practice_picture(image, by=person_of(request))


def _mine(request: HttpRequest, code: str) -> Practice:
    person, on = person_of(request), now_of(request).date()
    access.must_hold(person, Act.PRACTISE, on=on)
    found = Practice.objects.filter(reviewer=person, code=code).select_related("answer").first()
    if found is None:
        raise access.NotVisible(code)
    return found
