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
from review.views.doors import signed_in
from review.views.pictures import face_picture, masked_probe
from review.views.session import now_of, person_of

KEEP, ASIDE = "keep", "aside"


@signed_in
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Draw the next examination."""
    person, at = person_of(request), now_of(request)
    ref = take_next(by=person, at=at)
    if ref is None:
        return render(request, "examination/none.html", {"faults": examination.why_none(person)})
    return redirect("examination", code=access.examination_code(Drawn.objects.get(case__ref=ref, reviewer=person)))


@signed_in
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Sort or rate; what is sent goes to the check page first, comes back from it, or stays while one face is looked at large."""
    drawn = access.drawn_for(person_of(request), code, on=now_of(request).date())
    sheet = examination.of(drawn)
    if request.method != "POST" or sheet.step not in ("sort", "rate"):
        return _ask(request, sheet)
    if "sent" in request.POST:
        return _ask(request, sheet, given=_sent(request, sheet) or {})
    given = {each.code: _given(request, each.code) for each in sheet.faces}
    if "look" in request.POST:
        return _ask(request, sheet, given=given, look=request.POST["look"])
    answers, faults = _read(sheet, given)
    if faults:
        return _ask(request, sheet, given=given, faults=faults)
    signed = signing.dumps(given, salt=f"{sheet.code}{sheet.step}")
    return render(request, "examination/check.html", {"sheet": sheet, "answers": _shown(sheet, answers), "sent": signed})


@signed_in
@require_POST
def lock(request: HttpRequest, code: str) -> HttpResponse:
    """Lock what stood on the check page. No undo."""
    person, at = person_of(request), now_of(request)
    drawn = access.drawn_for(person, code, on=at.date())
    sheet = examination.of(drawn)
    given = _sent(request, sheet)
    if given is None:
        return redirect("examination", code=code)
    answers, faults = _read(sheet, given)
    if faults:
        return _ask(request, sheet, given=given, faults=faults)
    tokens = examination.tokens(drawn)
    by_token = {tokens[face]: answer for face, answer in answers.items()}
    if sheet.step == "sort":
        finding = sort_candidates(
            by=person, at=at, case_ref=drawn.case.ref, answers={t: (bool(a[0]), str(a[1])) for t, a in by_token.items()}
        )
    else:
        finding = conclude(by=person, at=at, case_ref=drawn.case.ref, answers={t: (int(str(a[0])), str(a[1])) for t, a in by_token.items()})
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


Given = dict[str, tuple[str, str]]  # face code -> what was answered, and why


def _ask(
    request: HttpRequest, sheet: examination.ExaminationSheet, *, given: Given | None = None, faults: Sequence[str] = (), look: str = ""
) -> HttpResponse:
    """Show the step, with what was answered so far."""
    faces = [(each, *(given or {}).get(each.code, ("", ""))) for each in sheet.faces]
    large = next((each for each in sheet.faces if each.code == look and each.has_picture), None)
    shown = {"sheet": sheet, "faces": faces, "faults": faults, "large": large}
    return render(request, f"examination/{sheet.step}.html", shown, status=422 if faults else 200)


def _given(request: HttpRequest, face: str) -> tuple[str, str]:
    return request.POST.get(f"answer-{face}", ""), request.POST.get(f"why-{face}", "").strip()[:2000]


def _sent(request: HttpRequest, sheet: examination.ExaminationSheet) -> Given | None:
    """Return the answers that stood on the check page, if they are ours and of this step."""
    try:
        sent: Given = signing.loads(request.POST.get("sent", ""), salt=f"{sheet.code}{sheet.step}", max_age=43_200)
    except signing.BadSignature:
        return None
    return sent


def _read(sheet: examination.ExaminationSheet, given: Given) -> tuple[dict[str, tuple[object, str]], list[str]]:
    """Read the answers under their face codes; name each face that still lacks one."""
    answers: dict[str, tuple[object, str]] = {}
    faults = []
    for each in sheet.faces:
        answer, why = given.get(each.code, ("", ""))
        if sheet.step == "sort" and answer in (KEEP, ASIDE):
            answers[each.code] = (answer == KEEP, "kept for a closer look" if answer == KEEP else why)
        elif sheet.step == "rate" and answer in {str(value) for value, _ in sheet.scale}:
            answers[each.code] = (int(answer), why)
        else:
            faults.append(f"Face {each.letter} has no answer.")
            continue
        if not answers[each.code][1]:
            faults.append(f"Face {each.letter} needs a reason.")
    return answers, faults


def _shown(sheet: examination.ExaminationSheet, answers: dict[str, tuple[object, str]]) -> list[tuple[str, str, str]]:
    words = dict(sheet.scale)
    rows = []
    for each in sheet.faces:
        answer, why = answers[each.code]
        said = (
            ("Keep" if answer else "Set aside")
            if sheet.step == "sort"
            else f"{answer:+d}: {words[int(str(answer))]}"
            if answer
            else f"0: {words[0]}"
        )
        rows.append((each.letter, said, why))
    return rows
