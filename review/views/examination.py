"""The reviewer's pages: take the next, sort, compare one to one, check, lock. Addresses tell nothing."""

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
from review.views.pictures import candidate_picture, masked_probe
from review.views.session import now_of, person_of

KEEP, ASIDE = "keep", "aside"


@signed_in
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Draw the next examination."""
    person, at = person_of(request), now_of(request)
    ref = take_next(by=person, at=at)
    if ref is None:
        return render(request, "examination/none.html")
    return redirect("examination", code=access.examination_code(Drawn.objects.get(case__ref=ref, reviewer=person)))


@signed_in
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Sort or rate; what is sent goes to the check page first."""
    drawn = access.drawn_for(person_of(request), code, on=now_of(request).date())
    sheet = examination.of(drawn)
    if request.method == "POST" and sheet.step in ("sort", "rate"):
        answers, faults = _read(request, sheet)
        if not faults:
            return render(
                request,
                "examination/check.html",
                {"sheet": sheet, "answers": _shown(sheet, answers), "sent": signing.dumps(answers, salt=f"{sheet.code}{sheet.step}")},
            )
        return render(request, f"examination/{sheet.step}.html", {"sheet": sheet, "faults": faults, "given": answers}, status=422)
    return render(request, f"examination/{sheet.step}.html", {"sheet": sheet, "faults": [], "given": {}})


@signed_in
@require_POST
def lock(request: HttpRequest, code: str) -> HttpResponse:
    """Lock what stood on the check page. No undo."""
    person, at = person_of(request), now_of(request)
    drawn = access.drawn_for(person, code, on=at.date())
    sheet = examination.of(drawn)
    try:
        answers = signing.loads(request.POST.get("sent", ""), salt=f"{sheet.code}{sheet.step}", max_age=43_200)
    except signing.BadSignature:
        return redirect("examination", code=code)
    by_token = {examination.tokens(drawn)[face]: tuple(answer) for face, answer in answers.items()}
    if sheet.step == "sort":
        finding = sort_candidates(
            by=person, at=at, case_ref=drawn.case.ref, answers={t: (bool(a[0]), str(a[1])) for t, a in by_token.items()}
        )
    else:
        finding = conclude(by=person, at=at, case_ref=drawn.case.ref, answers={t: (int(a[0]), str(a[1])) for t, a in by_token.items()})
    if isinstance(finding, Refusal):
        faults = [str(reason) for reason in finding.reasons]
        return render(request, f"examination/{sheet.step}.html", {"sheet": sheet, "faults": faults, "given": {}}, status=422)
    return redirect("examination", code=code)


@signed_in
def target(request: HttpRequest, code: str) -> HttpResponse:
    """The target face; other faces in the picture are greyed out."""
    person = person_of(request)
    drawn = access.drawn_for(person, code, on=now_of(request).date())
    return masked_probe(drawn.case, by=person, engine=reference_engine(), purpose="examination")


@signed_in
def face(request: HttpRequest, code: str, face: str) -> HttpResponse:
    """One face of this reviewer's list."""
    person = person_of(request)
    drawn = access.drawn_for(person, code, on=now_of(request).date())
    for _, candidate in examination.shuffled(drawn):
        if access.face_code(drawn, candidate.token) == face:
            return candidate_picture(candidate, by=person, purpose="examination")
    raise access.NotVisible(face)


def _read(request: HttpRequest, sheet: examination.ExaminationSheet) -> tuple[dict[str, tuple[object, str]], list[str]]:
    """Read the answers under their face codes; name each face that still lacks one."""
    answers: dict[str, tuple[object, str]] = {}
    faults = []
    for each in sheet.faces:
        answer, why = request.POST.get(f"answer-{each.code}", ""), request.POST.get(f"why-{each.code}", "").strip()[:2000]
        if sheet.step == "sort" and answer in (KEEP, ASIDE):
            answers[each.code] = (answer == KEEP, why or ("kept for a closer look" if answer == KEEP else ""))
        elif sheet.step == "rate" and answer.lstrip("-").isdigit():
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
        said = ("Keep" if answer else "Set aside") if sheet.step == "sort" else f"{answer:+d}: {words[int(str(answer))]}"
        rows.append((each.letter, said, why))
    return rows
