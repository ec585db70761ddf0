"""Cases: the list, the page, the request, the paper from elsewhere, the offence, the probe, the end."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.matching import ofiq
from cases.matching.reference import reference_engine
from cases.models import Case, PolicyOffence
from cases.models.case import Track
from cases.rules.act import Act
from cases.rules.finding import Refusal
from cases.uploads import CleanImage, UploadRefused, as_array, clean_upload
from people.roles import Role
from review import access
from review.acts.check_probe import Measured, check_probe
from review.acts.close import close
from review.acts.confirm_offence import confirm_offence
from review.acts.file_outside_result import file_outside_result
from review.acts.request_search import request_search
from review.rules.actions import ACTIONS
from review.rules.boxes import named
from review.rules.probe_fitness import Grade
from review.rules.wanted import ListedFace, OutsideFiled, SearchWanted
from review.sheets import case_file, desk, words
from review.sheets import probe as probe_sheet
from review.views.doors import form_page, refused, signed_in, told
from review.views.forms import CloseCaseForm, OffenceForm, OutsideForm, ProbeForm, RequestForm
from review.views.ground_form import ground_said, read_in_report
from review.views.session import now_of, person_of

PAGE, COUNTED, MOST_WORDS = 25, 1000, 200
OFF_THE_LIST = "The offence is not on the list in force: once an analyst has confirmed it, the case ends and no face is searched."


@signed_in
def cases(request: HttpRequest) -> HttpResponse:
    """The list, searched by numbers, offence and words of the notes, filtered by state and track; the query string is the view."""
    person, on = person_of(request), now_of(request).date()
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in ("q", "notes", "state", "track")}
    refusal = _not_searched(asked["notes"])
    ways = [] if refusal else _sought(access.cases_for_reading(person, on=on), **asked)
    keys = access.newest(ways, COUNTED + 1)
    number, before = len(keys), request.GET.get("before", "")
    if before.isdecimal() and len(before) < 100:
        keys = [key for key in keys if key < int(before)]
        if number > COUNTED and len(keys) <= PAGE:  # further down than was counted
            keys = access.newest([rows.filter(pk__lt=int(before)) for rows in ways], PAGE + 1)
    rows = Case.objects.filter(pk__in=keys[: PAGE + 1]).select_related("investigation", "offence_report", "request")
    found = list(rows.order_by("-pk"))
    names = dict(PolicyOffence.objects.order_by("policy_id").values_list("code", "name"))
    sheet = {
        **asked,
        "lines": [desk.case_line(case, offence=_offence_of(case, names)) for case in found[:PAGE]],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "number": f"more than {COUNTED}" if number > COUNTED else str(number),
        "one": number == 1,
        "filtered": any(asked.values()),
        "states": [(code, said[0]) for code, said in words.STATE_WORDS.items()],
        "tracks": Track.choices,
        "may_investigate": access.holds(person, Role.DETECTIVE, on=on),
        "kept": urlencode(asked),
        "refusal": refusal,
    }
    return render(request, "cases/page.html", sheet, status=422 if refusal else 200)


def _not_searched(notes: str) -> str:
    """Say why these words are not looked for in the notes; nothing where they are, or where none were given."""
    if len(notes) > MOST_WORDS:
        return f"Shorten the words of the notes to {MOST_WORDS} characters; these are {len(notes)}."
    if notes and not access.words_asked_for(notes):
        return "Name a word that stands in the note. Words like “the” and what has a minus before it cannot be looked for alone."
    return ""


def _sought(rows: QuerySet[Case], *, q: str, notes: str, state: str, track: str) -> list[QuerySet[Case]]:
    if state in words.STATE_WORDS:
        rows = rows.filter(state=state)
    if track in Track.values:
        rows = rows.filter(track=track)
    if notes:
        rows = access.noted(rows, notes)
    if not q:
        return [rows]
    codes = PolicyOffence.objects.filter(Q(code__iexact=q) | Q(name__icontains=q)).values_list("code", flat=True)
    return access.numbered(rows, q, offences=[*codes, q.upper()])


def _offence_of(case: Case, names: dict[str, str]) -> str:
    report, wanted = getattr(case, "offence_report", None), getattr(case, "request", None)
    code = report.code if report else (wanted.offence_code if wanted else "")
    return f"{code} {names.get(code, 'not on the list in force')}" if code else ""


@signed_in
def case_page(request: HttpRequest, ref: str) -> HttpResponse:
    """One case, with “Why not?” for the action that is asked about; two faces only where the reader chose to look at them."""
    person, at = person_of(request), now_of(request)
    case = access.case_for_reading(person, ref, on=at.date())
    if "searching" in request.GET:
        return _search_is_over(case, at=at)
    action = request.GET.get("action", "arrest")
    sheet = case_file.of(case, reader=person, at=at, action=action if action in ACTIONS else "arrest", with_law=True)
    live = [lead.number for lead in sheet.leads if not lead.ended]
    may_look = live[0] if len(live) == 1 and sheet.may_investigate else ""
    shown = {
        "sheet": sheet,
        "actions": [(a.code, a.name) for a in ACTIONS.values()],
        "may_look": may_look,
        "looks": may_look != "" and request.GET.get("faces") == may_look,
    }
    return render(request, "case_file/page.html", shown)


def _search_is_over(case: Case, *, at: datetime) -> HttpResponse:
    """Answer the page that waits for a search: nothing yet, read the page again, or (286) ask no more."""
    asked_long = at - case.probe_check.at > timedelta(minutes=10) if hasattr(case, "probe_check") else True
    answer = HttpResponse(status=286 if asked_long else 204)
    if case.state != "FIT" or hasattr(case, "candidate_list") or case.probe_refusals.exists():
        answer["HX-Refresh"] = "true"
    return answer


@signed_in
def new_request(request: HttpRequest) -> HttpResponse:
    """Request a search."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.REQUEST_SEARCH, on=at.date())
    form = RequestForm(request.POST or None, request.FILES or None, agency=person.agency, on=at.date())
    if request.method == "POST" and form.is_valid():
        picture = _picture(form, "picture")
        if picture is not None:
            said = form.cleaned_data
            wanted = SearchWanted(
                **{name: said[name] for name in ("agency_case", "offence_code", "track", "purpose", "gallery", "probe_kind", "target_box", "target_because",
                                                 "source", "place", "captured_at", "clock_error_seconds", "frame", "actors", "first_description", "tried_before", "armed")},
                persons_named=_lines(said["persons_named"]) if said["named"] == "yes" else (),
                earlier_search=said["earlier_search"] if said["searched"] == "yes" else "",
                repeats_because=said["repeats_because"],
                ground=ground_said(said),
            )  # fmt: skip
            finding, ref = request_search(by=person, at=at, wanted=wanted, picture=picture, engine=reference_engine())
            if ref is not None:
                off = said["track"] == Track.SUSPECT and not form.on_the_list
                told(request, finding, f"{ref} is open. No face has been searched yet." + (f" {OFF_THE_LIST}" if off else ""))
                return redirect("case", ref=ref)
            if isinstance(finding, Refusal):
                refused(request, finding, form)
    return render(request, "request/page.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def faces(request: HttpRequest) -> HttpResponse:
    """Find the faces in a picture that is about to be sent, so that one can be chosen. Nothing is stored and nothing compared."""
    access.must_hold(person_of(request), Act.REQUEST_SEARCH, on=now_of(request).date())
    sent = request.FILES.get("picture")
    try:
        picture = clean_upload(sent.read() if sent else b"")
    except UploadRefused as trouble:
        return render(request, "request/_faces.html", {"trouble": str(trouble)}, status=422)
    found = named(face.box for face in reference_engine().find_faces(as_array(picture.png)))
    shown = [(name, ",".join(map(str, box))) for name, box in found]
    return render(request, "request/_faces.html", {"faces": shown, "width": picture.width, "height": picture.height})


@signed_in
def outside_result(request: HttpRequest) -> HttpResponse:
    """File what another agency sent."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.FILE_OUTSIDE_RESULT, on=at.date())
    form = OutsideForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        probe = _picture(form, "picture") if said["picture"] else None
        if not form.errors:
            filed = OutsideFiled(
                **{name: said[name] for name in ("agency_case", "track", "sender", "sender_ori", "their_number", "they_sent_at")},
                not_reported=("engine.name", "engine.version", "gallery.name", "scores"),
            )
            lines = [line.strip() for line in said["candidates"].splitlines() if line.strip()]
            faces = [ListedFace(subject_ref=line, not_provided_because="not given in the paper") for line in lines]
            attachment = said["attachment"].read() if said["attachment"] else None
            finding, ref = file_outside_result(by=person, at=at, filed=filed, faces=faces, attachment=attachment, probe=probe)
            if ref is not None:
                told(request, finding, f"{ref} is open, marked as searched before screening.")
                return redirect("case", ref=ref)
            if isinstance(finding, Refusal):
                refused(request, finding, form)
    return form_page(request, form=form, title="File a result from elsewhere", button="File it", back="/", lead="It becomes a case that was searched before screening. Nothing of it is shown until it is screened.")  # fmt: skip


@signed_in
def offence(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm the offence from the report of crime."""
    person, at = person_of(request), now_of(request)
    case = _for_analyst(request, ref, Act.CONFIRM_OFFENCE)
    form = OffenceForm(request.POST or None, on=at.date())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        finding = confirm_offence(
            by=person,
            at=at,
            case_ref=case.ref,
            code=said["code"],
            statute=said["statute"],
            report_reference=said["report_reference"],
            read=read_in_report(said),
        )
        if not isinstance(finding, Refusal):
            told(request, finding, "Confirmed. The policy in force is applied now.")
            return redirect("case", ref=ref)
        refused(request, finding, form)
    return form_page(request, form=form, title=f"Confirm the offence of {case.ref}", button="Confirm", back=f"/cases/{ref}", lead="Read it in the report of crime. What the detective chose does not count.")  # fmt: skip


@signed_in
def probe(request: HttpRequest, ref: str) -> HttpResponse:
    """Check the probe, without any candidate."""
    person, at = person_of(request), now_of(request)
    case = _for_analyst(request, ref, Act.CHECK_PROBE)
    sheet = probe_sheet.of(case, engine=reference_engine(), ofiq=ofiq.installed())
    form = ProbeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {**form.cleaned_data, "grade": Grade(form.cleaned_data["grade"])}
        measured = Measured(sheet.tool, sheet.values) if sheet.values else None
        finding = check_probe(by=person, at=at, case_ref=case.ref, measured=measured, **said)
        if not isinstance(finding, Refusal):
            told(request, finding, "Recorded. If it is fit, the search runs now.")
            return redirect("case", ref=ref)
        refused(request, finding, form)
    return render(request, "probe/page.html", {"ref": case.ref, "form": form, "probe": sheet}, status=422 if form.errors else 200)


@signed_in
def close_case(request: HttpRequest, ref: str) -> HttpResponse:
    """Close a case with a disposition."""
    person, at = person_of(request), now_of(request)
    case = access.case_for_reading(person, ref, on=at.date())
    access.must_hold(person, Act.CLOSE, on=at.date())
    form = CloseCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = close(by=person, at=at, case_ref=case.ref, **form.cleaned_data)
        if not isinstance(finding, Refusal):
            told(request, finding, f"{case.ref} is closed.")
            return redirect("case", ref=ref)
        refused(request, finding, form)
    return form_page(request, form=form, title=f"Close {case.ref}", button="Close the case", back=f"/cases/{ref}", final="A closed case does not open again; what comes after is a new case.")  # fmt: skip


def _for_analyst(request: HttpRequest, ref: str, act: Act) -> Case:
    person, on = person_of(request), now_of(request).date()
    access.must_hold(person, act, on=on)
    return access.case_for_reading(person, ref, on=on)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _picture(form: Form, field: str) -> CleanImage | None:
    """Clean an uploaded picture; what is wrong with it stands on its field."""
    try:
        return clean_upload(form.cleaned_data[field].read())
    except UploadRefused as trouble:
        form.add_error(field, str(trouble))
    return None
