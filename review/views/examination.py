"""The reviewer's pages: take the next, sort, compare one to one, check, lock. Addresses tell nothing."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.matching.reference import reference_engine
from cases.rules.finding import Refusal
from review import access
from review.acts.conclude import conclude
from review.acts.conclude_reexamination import conclude_reexamination
from review.acts.save_draft import Saved, save_draft
from review.acts.sort_candidates import sort_candidates
from review.acts.sort_reexamination import sort_reexamination
from review.acts.take_next import take_next
from review.reexamining import PURPOSE, Reexamining
from review.rules.draft import Given, version_of
from review.sheets import draft as drafts
from review.sheets import examination
from review.views import answers
from review.views.doors import signed_in
from review.views.pictures import face_picture, masked_probe
from review.views.session import now_of, person_of

STEPS = ("sort", "rate")


@signed_in
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Draw the next examination."""
    person, at = person_of(request), now_of(request)
    ref = take_next(by=person, at=at)
    if ref is None:
        return render(request, "examination/none.html", {"faults": examination.why_none(person)})
    return redirect("drawn", code=access.code_of(person, ref))


@signed_in
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Sort or rate; what is sent goes to the check page first, comes back from it, or stays while one face is looked at large."""
    drawn = access.drawn_for(person_of(request), code, on=now_of(request).date())
    sheet = examination.of(drawn)
    if sheet.step not in STEPS:
        return _ask(request, sheet)
    newest = drafts.of(drawn, sheet.step)
    if request.method != "POST":
        return _ask(request, sheet, given=newest.given, version=newest.version, kept=newest)
    if "sent" in request.POST:
        return _ask(request, sheet, given=_sent(request, sheet) or newest.given, version=newest.version, kept=newest)
    given = answers.sent_by(request.POST, sheet)
    based_on = version_of(request.POST.get("version", ""))
    if "look" in request.POST:
        return _ask(request, sheet, given=given, look=request.POST["look"], version=based_on or 0)
    if based_on is not None:
        saved = _save(request, sheet, given, based_on)
        if not saved.kept:
            return _stale(request, sheet, given, saved)
        based_on = saved.version
    shown, faults = _shown(sheet, given)
    if faults:
        return _ask(request, sheet, given=given, faults=faults, version=based_on or 0)
    signed = signing.dumps(given, salt=f"{sheet.code}{sheet.step}")
    return render(request, "examination/check.html", {"sheet": sheet, "answers": shown, "sent": signed})


@signed_in
@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what is written so far; a page that saves by itself is answered in JSON."""
    person = person_of(request)
    drawn = access.not_stepped_back(access.drawn_for(person, code, on=now_of(request).date()))
    sheet = examination.of(drawn)
    if sheet.step not in STEPS:
        said = "This step is over; nothing more is kept."
        return (
            JsonResponse({"kept": False, "version": 0, "said": said}, status=409)
            if _by_itself(request)
            else redirect("examination", code=code)
        )
    given = answers.sent_by(request.POST, sheet)
    saved = _save(request, sheet, given, version_of(request.POST.get("version", "")) or 0)
    if _by_itself(request):
        said = f"Draft of {_clock(request, saved)} is kept." if saved.kept else _newer(request, saved)
        return JsonResponse({"kept": saved.kept, "version": saved.version, "said": said}, status=200 if saved.kept else 409)
    return redirect("examination", code=code) if saved.kept else _stale(request, sheet, given, saved)


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
        return _ask(request, sheet, given=given, faults=faults, version=drafts.of(drawn, sheet.step).version)
    tokens = examination.tokens(drawn)
    if sheet.step == "sort":
        kept = {tokens[face]: answer for face, answer in answers.sorted_as(sheet, given)[0].items()}
        if isinstance(drawn, Reexamining):
            finding = sort_reexamination(by=person, at=at, code=code, answers=kept)
        else:
            finding = sort_candidates(by=person, at=at, case_ref=drawn.case.ref, answers=kept)
    else:
        forms = {tokens[face]: form for face, form in answers.compared_as(sheet, given)[0].items()}
        marked = {tokens[face]: each for face, each in answers.marked_as(sheet, given).items()}
        if isinstance(drawn, Reexamining):
            finding = conclude_reexamination(by=person, at=at, code=code, answers=forms, marked=marked)
        else:
            finding = conclude(by=person, at=at, case_ref=drawn.case.ref, answers=forms, marked=marked)
    if isinstance(finding, Refusal) and "went_back" in finding.codes:
        return _ask(request, examination.of(access.drawn_for(person, code, on=at.date())))
    if isinstance(finding, Refusal):
        said = [str(reason) for reason in finding.reasons]
        return _ask(request, sheet, given=given, faults=said, version=drafts.of(drawn, sheet.step).version)
    return redirect("examination", code=code)


@signed_in
def target(request: HttpRequest, code: str) -> HttpResponse:
    """The target face; other faces in the picture are greyed out."""
    person = person_of(request)
    drawn = access.not_stepped_back(access.drawn_for(person, code, on=now_of(request).date()))
    return masked_probe(drawn.case, by=person, engine=reference_engine(), purpose=_purpose(drawn))


@signed_in
def face(request: HttpRequest, code: str, face: str) -> HttpResponse:
    """One face of this reviewer's list."""
    person = person_of(request)
    drawn = access.not_stepped_back(access.drawn_for(person, code, on=now_of(request).date()))
    for _, each in examination.shuffled(drawn):
        if each.image and access.face_code(drawn, each.token) == face:
            return face_picture(each.image.pk, by=person, purpose=_purpose(drawn))
    raise access.NotVisible(face)


def _purpose(drawn: access.Examining) -> str:
    return PURPOSE if isinstance(drawn, Reexamining) else "examination"


def _ask(
    request: HttpRequest,
    sheet: examination.ExaminationSheet,
    *,
    given: Given | None = None,
    faults: Sequence[str] = (),
    look: str = "",
    version: int = 0,
    kept: drafts.DraftSheet | None = None,
    other: Sequence[tuple[str, str, str]] = (),
) -> HttpResponse:
    """Show the step, with what was answered so far; ``other``: what a newer draft says otherwise."""
    if sheet.step == "gone":
        sent = request.method == "POST"
        return render(request, "examination/gone.html", {"sheet": sheet, "sent": sent}, status=409 if sent else 200)
    large = next((each for each in sheet.faces if each.code == look and each.has_picture), None)
    shown = {"sheet": sheet, "forms": answers.forms(sheet, given or {}), "faults": faults, "large": large}
    shown |= {"version": version, "kept": kept, "other": other}
    return render(request, f"examination/{sheet.step}.html", shown, status=409 if other else 422 if faults else 200)


def _stale(request: HttpRequest, sheet: examination.ExaminationSheet, given: Given, saved: Saved) -> HttpResponse:
    """Show both: what he sent, on the form, and what the newer draft says otherwise."""
    if not saved.version:
        return redirect("examination", code=sheet.code)
    other = answers.different(sheet, saved.given, given)
    return _ask(request, sheet, given=given, faults=[_newer(request, saved)], version=saved.version, other=other)


def _save(request: HttpRequest, sheet: examination.ExaminationSheet, given: Given, based_on: int) -> Saved:
    return save_draft(by=person_of(request), at=now_of(request), code=sheet.code, step=sheet.step, based_on=based_on, given=given)


def _by_itself(request: HttpRequest) -> bool:
    return "itself" in request.POST


def _newer(request: HttpRequest, saved: Saved) -> str:
    if not saved.version:
        return "This step is over; nothing more is kept."
    return (
        f"A newer draft, of {_clock(request, saved)}, is kept; yours was not. It was saved in another window or on another machine. "
        "Save yours, or take the kept one; both are still there."
    )


def _clock(request: HttpRequest, saved: Saved) -> str:
    at = saved.at or now_of(request)
    return f"{at.astimezone(ZoneInfo(person_of(request).agency.time_zone)):%H:%M}"


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
