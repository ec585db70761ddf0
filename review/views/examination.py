"""The reviewer's pages: take the next, sort, compare one to one, check, lock. Addresses tell nothing."""

from collections.abc import Sequence

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.matching.reference import reference_engine
from cases.rules.finding import Refusal
from review import access
from review.acts.conclude import conclude
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.models import Drawn
from review.sheets import examination
from review.views import answers
from review.views.answers import Given
from review.views.doors import signed_in
from review.views.pictures import face_picture, masked_probe
from review.views.session import now_of, person_of


@signed_in
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Draw the next examination."""
    person, at = person_of(request), now_of(request)
    ref = take_next(by=person, at=at)
    if ref is None:
        return render(request, "examination/none.html", {"faults": examination.why_none(person)})
    return redirect("drawn", code=access.examination_code(Drawn.objects.get(case__ref=ref, reviewer=person)))


@signed_in
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Sort or rate; what is sent goes to the check page first, comes back from it, or stays while one face is looked at large."""
    drawn = access.drawn_for(person_of(request), code, on=now_of(request).date())
    sheet = examination.of(drawn)
    if request.method != "POST" or sheet.step not in ("sort", "rate"):
        return _ask(request, sheet)
    if "sent" in request.POST:
        return _ask(request, sheet, given=_sent(request, sheet) or {})
    given = answers.sent_by(request.POST, sheet)
    if "look" in request.POST:
        return _ask(request, sheet, given=given, look=request.POST["look"])
    shown, faults = _shown(sheet, given)
    if faults:
        return _ask(request, sheet, given=given, faults=faults)
    signed = signing.dumps(given, salt=f"{sheet.code}{sheet.step}")
    return render(request, "examination/check.html", {"sheet": sheet, "answers": shown, "sent": signed})


@signed_in
@require_POST
def lock(request: HttpRequest, code: str) -> HttpResponse:
    """Lock what stood on the check page. No undo."""
    person, at = person_of(request), now_of(request)
    drawn = access.drawn_for(person, code, on=at.date())
    sheet = examination.of(drawn)
    if sheet.step == "gone":
        return _ask(request, sheet)
    given = _sent(request, sheet)
    if given is None:
        return redirect("examination", code=code)
    _, faults = _shown(sheet, given)
    if faults:
        return _ask(request, sheet, given=given, faults=faults)
    tokens = examination.tokens(drawn)
    if sheet.step == "sort":
        kept = {tokens[face]: answer for face, answer in answers.sorted_as(sheet, given)[0].items()}
        finding = sort_candidates(by=person, at=at, case_ref=drawn.case.ref, answers=kept)
    else:
        forms = {tokens[face]: form for face, form in answers.compared_as(sheet, given)[0].items()}
        finding = conclude(by=person, at=at, case_ref=drawn.case.ref, answers=forms)
    if isinstance(finding, Refusal) and "went_back" in finding.codes:
        return _ask(request, examination.of(access.drawn_for(person, code, on=at.date())))
    if isinstance(finding, Refusal):
        return _ask(request, sheet, given=given, faults=[str(reason) for reason in finding.reasons])
    return redirect("examination", code=code)


@signed_in
def target(request: HttpRequest, code: str) -> HttpResponse:
    """The target face; other faces in the picture are greyed out."""
    person = person_of(request)
    drawn = access.not_stepped_back(access.drawn_for(person, code, on=now_of(request).date()))
    return masked_probe(drawn.case, by=person, engine=reference_engine(), purpose="examination")


@signed_in
def face(request: HttpRequest, code: str, face: str) -> HttpResponse:
    """One face of this reviewer's list."""
    person = person_of(request)
    drawn = access.not_stepped_back(access.drawn_for(person, code, on=now_of(request).date()))
    for _, each in examination.shuffled(drawn):
        if each.image and access.face_code(drawn, each.token) == face:
            return face_picture(each.image.pk, by=person, purpose="examination")
    raise access.NotVisible(face)


def _ask(
    request: HttpRequest, sheet: examination.ExaminationSheet, *, given: Given | None = None, faults: Sequence[str] = (), look: str = ""
) -> HttpResponse:
    """Show the step, with what was answered so far. What is sent after the turn went back is not taken, and that is said."""
    if sheet.step == "gone":
        sent = request.method == "POST"
        return render(request, "examination/gone.html", {"sheet": sheet, "sent": sent}, status=409 if sent else 200)
    large = next((each for each in sheet.faces if each.code == look and each.has_picture), None)
    shown = {"sheet": sheet, "forms": answers.forms(sheet, given or {}), "faults": faults, "large": large}
    return render(request, f"examination/{sheet.step}.html", shown, status=422 if faults else 200)


def _sent(request: HttpRequest, sheet: examination.ExaminationSheet) -> Given | None:
    """Return the answers that stood on the check page, if they are ours and of this step."""
    try:
        sent: Given = signing.loads(request.POST.get("sent", ""), salt=f"{sheet.code}{sheet.step}", max_age=43_200)
    except signing.BadSignature:
        return None
    return sent


def _shown(sheet: examination.ExaminationSheet, given: Given) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return the lines of the check page, or what is still missing."""
    if sheet.step == "sort":
        sorting, faults = answers.sorted_as(sheet, given)
        return ([] if faults else answers.shown_sorting(sheet, sorting)), faults
    forms, faults = answers.compared_as(sheet, given)
    return ([] if faults else answers.shown_forms(sheet, forms)), faults
