"""Cases: the list, the page, the request, the paper from elsewhere, the offence, the probe, the end."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.matching.reference import reference_engine
from cases.models import Case, Probe
from cases.rules.act import Act
from cases.rules.finding import Refusal
from cases.uploads import CleanImage, UploadRefused, clean_upload
from review import access
from review.acts.check_probe import check_probe
from review.acts.close import close
from review.acts.confirm_offence import confirm_offence
from review.acts.file_outside_result import file_outside_result
from review.acts.request_search import request_search
from review.rules.actions import ACTIONS
from review.rules.probe_fitness import Grade
from review.rules.wanted import ListedFace, OutsideFiled, SearchWanted
from review.sheets import case_file, desk, words
from review.views.doors import form_page, refused, signed_in, told
from review.views.forms import CloseCaseForm, OffenceForm, OutsideForm, ProbeForm, RequestForm
from review.views.session import now_of, person_of

PAGE = 25


@signed_in
def cases(request: HttpRequest) -> HttpResponse:
    """The list, searched by case number and offence, filtered by state; the query string is the view."""
    person, on = person_of(request), now_of(request).date()
    rows = access.cases_for_reading(person, on=on).select_related("investigation")
    sought, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if sought:
        rows = access.numbered(rows, sought)
    if state in words.STATE_WORDS:
        rows = rows.filter(state=state)
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    sheet = {
        "lines": [desk.case_line(case) for case in found[:PAGE]],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "q": sought,
        "state": state,
        "states": [(code, said[0]) for code, said in words.STATE_WORDS.items()],
    }
    return render(request, "cases/page.html", sheet)


@signed_in
def case_page(request: HttpRequest, ref: str) -> HttpResponse:
    """One case, with “Why not?” for the action that is asked about."""
    person, at = person_of(request), now_of(request)
    case = access.case_for_reading(person, ref, on=at.date())
    action = request.GET.get("action", "arrest")
    sheet = case_file.of(case, reader=person, at=at, action=action if action in ACTIONS else "arrest")
    return render(request, "case_file/page.html", {"sheet": sheet, "actions": [(a.code, a.name) for a in ACTIONS.values()]})


@signed_in
def new_request(request: HttpRequest) -> HttpResponse:
    """Request a search."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.REQUEST_SEARCH, on=at.date())
    form = RequestForm(request.POST or None, request.FILES or None, agency=person.agency)
    if request.method == "POST" and form.is_valid():
        picture = _picture(form, "picture")
        if picture is not None:
            said = form.cleaned_data
            wanted = SearchWanted(
                **{name: said[name] for name in ("agency_case", "offence_code", "track", "purpose", "gallery", "probe_kind", "target_box", "target_because",
                                                 "source", "place", "captured_at", "first_description", "tried_before", "repeats_because")},
                persons_named=tuple(line.strip() for line in said["persons_named"].splitlines() if line.strip()),
            )  # fmt: skip
            finding, ref = request_search(by=person, at=at, wanted=wanted, picture=picture, engine=reference_engine())
            if ref is not None:
                told(request, finding, f"{ref} is open. No face has been searched yet.")
                return redirect("case", ref=ref)
            if isinstance(finding, Refusal):
                refused(request, finding, form)
    return render(request, "request/page.html", {"form": form}, status=422 if form.errors else 200)


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
    form = OffenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = confirm_offence(by=person, at=at, case_ref=case.ref, **form.cleaned_data)
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
    form = ProbeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {**form.cleaned_data, "grade": Grade(form.cleaned_data["grade"])}
        finding = check_probe(by=person, at=at, case_ref=case.ref, **said)
        if not isinstance(finding, Refusal):
            told(request, finding, "Recorded. If it is fit, the search runs now.")
            return redirect("case", ref=ref)
        refused(request, finding, form)
    found = Probe.objects.filter(case=case).order_by("-version").select_related("image").first()
    sheet = {
        "ref": case.ref,
        "form": form,
        "has_probe": found is not None,
        "size": f"{found.image.width} × {found.image.height} px, native" if found else "",
        "context": [
            ("Source", found.source),
            ("Place", found.place),
            ("Actors in the film", found.actors),
            ("Why this person", found.target_because),
        ]
        if found
        else [],
    }
    return render(request, "probe/page.html", sheet, status=422 if form.errors else 200)


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


def _picture(form: Form, field: str) -> CleanImage | None:
    """Clean an uploaded picture; what is wrong with it stands on its field."""
    try:
        return clean_upload(form.cleaned_data[field].read())
    except UploadRefused as trouble:
        form.add_error(field, str(trouble))
    return None
