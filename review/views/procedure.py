"""What surrounds an action: statements, warrants, line-ups, papers, legal views and holds, rivals, custody. Access, parse, one call, answer."""

from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.rules.act import Act
from people.models import Person
from people.roles import Role
from review import access, facts, holds, papers
from review.acts.decide_hold import decide_hold
from review.acts.file_line_up_form import file_line_up_form
from review.acts.file_papers import file_papers
from review.acts.file_warrant import file_warrant
from review.acts.give_legal_view import give_legal_view
from review.acts.record_line_up import record_line_up
from review.acts.record_recheck import record_recheck
from review.acts.record_release import record_release
from review.acts.record_statement import record_statement
from review.acts.record_without_face import record_without_face
from review.acts.weigh_rival import weigh_rival
from review.models import Lead
from review.rules.filing import MOVED_SINCE_SHOWN, StatementSaid
from review.rules.line_up import LineUpFacts
from review.sheets import hold as hold_sheet
from review.sheets.case_file import on_no_lead
from review.views.doors import done, form_page, signed_in
from review.views.procedure_forms import (
    HoldForm,
    LegalViewForm,
    LineUpFormForm,
    LineUpResultForm,
    PapersForm,
    RecheckForm,
    ReleaseForm,
    RivalForm,
    StatementForm,
    WarrantForm,
    WithoutFaceForm,
)
from review.views.session import now_of, person_of


@signed_in
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    """Write down how a statement was taken."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.RECORD_STATEMENT, on=at.date())
    item = access.item_for_reading(person, ref, on=at.date())
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        taken_by, author = (_somebody(said.pop(name), beside=person) for name in ("taken_by", "author"))
        name = said.pop("taken_by_name")
        finding = record_statement(
            by=person, at=at, item_ref=ref, said=StatementSaid(**said), taken_by=taken_by, taken_by_name=name, author=author
        )
        if done(request, form, finding, "Written down. Who was exposed is computed from it and from the recorded looks."):
            return redirect("case", ref=item.case.ref)
    return form_page(request, form=form, title=f"How was item {_number(ref)} taken?", button="Write it down", back=f"/cases/{item.case.ref}", final="It is written once and stays.", lead=item.description)  # fmt: skip


@signed_in
def warrant(request: HttpRequest, ref: str) -> HttpResponse:
    """File the form of an existing warrant."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.FILE_WARRANT, on=at.date())
    item = access.item_for_reading(person, ref, on=at.date())
    form = WarrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = file_warrant(by=person, at=at, item_ref=ref, **form.cleaned_data)
        if done(request, form, finding, "The form is on file."):
            return redirect("case", ref=item.case.ref)
    return form_page(request, form=form, title="Existing warrant", button="File the form", back=f"/cases/{item.case.ref}", lead="A warrant says what was done, never who the person is.")  # fmt: skip


@signed_in
def line_up(request: HttpRequest, ref: str) -> HttpResponse:
    """The nine fields, before a line-up is held."""
    person, at, lead = _lead(request, ref, Act.FILE_LINE_UP_FORM)
    form = LineUpFormForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        array = tuple(line.strip().lower() for line in said.pop("array").splitlines() if line.strip())
        finding = file_line_up_form(by=person, at=at, lead_ref=ref, form=LineUpFacts(**said), array_sha256=array)
        if done(request, form, finding, "The form is on file. A supervisor countersigns the line-up itself."):
            return redirect("case", ref=lead.case.ref)
    return form_page(request, form=form, title="Line-up: the form", button="File the form", back=f"/cases/{lead.case.ref}", lead="Nine fields, all of them before it is held (Wells et al. 2020). Something that stands apart from the face has to be on file first.")  # fmt: skip


@signed_in
def line_up_result(request: HttpRequest, ref: str) -> HttpResponse:
    """What the witness did."""
    person, at, lead = _lead(request, ref, Act.RECORD_LINE_UP)
    form = LineUpResultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = record_line_up(by=person, at=at, lead_ref=ref, **form.cleaned_data)
        if done(request, form, finding, "Recorded. A filler or nobody speaks for the person, and is entered as such."):
            return redirect("case", ref=lead.case.ref)
    return form_page(request, form=form, title="Line-up: what the witness did", button="Record it", back=f"/cases/{lead.case.ref}", final="The same witness is not asked again.")  # fmt: skip


@signed_in
def write_papers(request: HttpRequest, ref: str) -> HttpResponse:
    """The papers of an action, begun with the sentences that they must carry."""
    person, at, lead = _lead(request, ref, Act.FILE_PAPERS)
    sentences = papers.statements(lead)
    form = PapersForm(request.POST or None, initial={"text": "\n".join(each.sentence for each in sentences)})
    if request.method == "POST" and form.is_valid():
        finding, filed = file_papers(by=person, at=at, lead_ref=ref, **form.cleaned_data)
        if filed is not None and (filed.missing or filed.wording):
            lacks = [each.sentence for each in sentences if each.code in filed.missing]
            form.add_error(None, "Filed, and the gate stays shut until papers without these faults are filed.")
            for sentence in lacks:
                form.add_error("text", f"Missing: {sentence}")
            for word in filed.wording:
                form.add_error("text", f"Says too much: {word}")
        elif done(request, form, finding, "Filed. They carry every statement that they must."):
            return redirect("case", ref=lead.case.ref)
    return form_page(request, form=form, title="Papers", button="File and check", back=f"/cases/{lead.case.ref}", lead="Whatever is entered after them makes them stale: file them last.")  # fmt: skip


@signed_in
def legal_view(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to an action, or speak against it."""
    person, at, lead = _lead(request, ref, Act.GIVE_LEGAL_VIEW)
    form = LegalViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        finding = give_legal_view(
            by=person, at=at, lead_ref=ref, action=said["action"], agrees=said["agrees"] == "yes", grounds=said["grounds"]
        )
        if done(request, form, finding, "Your view is on file; the newest counts."):
            return redirect("case", ref=lead.case.ref)
    return form_page(request, form=form, title=f"Legal view on lead {_number(ref)}", button="Record my view", back=f"/cases/{lead.case.ref}", on_no_lead=on_no_lead(lead.case))  # fmt: skip


@signed_in
def hold(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide whether a held item may be used, as the page showed what it rests on."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.DECIDE_HOLD, on=at.date())
    item = access.item_for_reading(person, ref, on=at.date())
    form, shown = HoldForm(request.POST or None), request.POST.get("shown", "")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        finding = decide_hold(
            by=person,
            at=at,
            item_ref=ref,
            may_be_used=said["may_be_used"] == "yes",
            grounds=said["grounds"],
            court=said["court"],
            shown=shown,
        )
        if done(request, form, finding, "Decided. The gate reads it at once."):
            return redirect("desk")
    line = holds.line(item)
    if form.errors and shown != line.mark and not form.has_error(NON_FIELD_ERRORS):
        form.add_error(None, str(MOVED_SINCE_SHOWN))
    readable = access.cases_for_reading(person, on=at.date()).filter(pk__in=line.all_cases)
    sheet = hold_sheet.of(line, agency_case=item.case.investigation.agency_case, readable=set(readable.values_list("pk", flat=True)))
    return render(request, "hold/page.html", {"sheet": sheet, "form": form}, status=422 if form.errors else 200)


@signed_in
def rival(request: HttpRequest, ref: str) -> HttpResponse:
    """Weigh another lead on the same face away, with a second officer."""
    person, at = person_of(request), now_of(request)
    lead = access.lead_for_officer(person, ref, on=at.date())
    others = Lead.objects.filter(case__investigation__in=facts.linked(lead.case), ended__isnull=True).exclude(pk__in=facts.family(lead))
    form = RivalForm(request.POST or None, rivals=[(other.ref, other.ref) for other in others.order_by("id")])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        second = access.second_person(said["second"], role=Role.CORROBORATION_OFFICER, beside=person, on=at.date())
        finding = weigh_rival(by=person, second=second, at=at, lead_ref=ref, rival_ref=said["rival"], because=said["because"])
        if done(request, form, finding, "Weighed away. Of the two leads the other has to end first."):
            return redirect("desk")
    return form_page(request, form=form, title=f"Leads against lead {_number(ref)}", button="Weigh it away", back="/", lead="Of two leads on one face at most one is right.", final="It takes two officers and is not taken back.")  # fmt: skip


@signed_in
def recheck(request: HttpRequest, number: int) -> HttpResponse:
    """A test made in custody."""
    person, at = person_of(request), now_of(request)
    held = access.custody_for_reading(person, number, Act.RECORD_RECHECK, on=at.date())
    form = RecheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = record_recheck(by=person, at=at, custody=number, **form.cleaned_data)
        if done(request, form, finding, "Recorded."):
            return redirect("case", ref=held.case.ref)
    return form_page(request, form=form, title="Custody re-check", button="Record it", back=f"/cases/{held.case.ref}", final="If it says another person, the lead ends at once.")  # fmt: skip


@signed_in
def release(request: HttpRequest, number: int) -> HttpResponse:
    """A release."""
    person, at = person_of(request), now_of(request)
    held = access.custody_for_reading(person, number, Act.RECORD_RELEASE, on=at.date())
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding = record_release(by=person, at=at, custody=number, **form.cleaned_data)
        if done(request, form, finding, "The release is on file."):
            return redirect("case", ref=held.case.ref)
    return form_page(request, form=form, title="Release", button="Record the release", back=f"/cases/{held.case.ref}", lead="Release is always open; nobody has to sign.")  # fmt: skip


@signed_in
def without_face(request: HttpRequest, ref: str) -> HttpResponse:
    """An action that stands without the face, in any state of the case."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.RECORD_WITHOUT_FACE, on=at.date())
    case = access.case_for_reading(person, ref, on=at.date())
    form = WithoutFaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        checked_by = access.second_person(said.pop("checked_by"), role=Role.CORROBORATION_OFFICER, beside=person, on=at.date())
        finding = record_without_face(by=person, at=at, case_ref=ref, checked_by=checked_by, **said)
        if done(request, form, finding, "Recorded as standing without the face, and counted."):
            return redirect("case", ref=ref)
    return form_page(request, form=form, title="An action that stands without the face", button="Record it", back=f"/cases/{case.ref}", lead="Enough was fixed before the face result, or DNA or friction ridges tie the person to the offence.", final="Auditors and prosecutors are told.")  # fmt: skip


def _lead(request: HttpRequest, ref: str, act: Act) -> tuple[Person, datetime, Lead]:
    person, at = person_of(request), now_of(request)
    access.must_hold(person, act, on=at.date())
    return person, at, access.lead_for_reading(person, ref, on=at.date())


def _somebody(username: str, *, beside: Person) -> Person | None:
    return Person.objects.filter(username=username, agency=beside.agency_id).first() if username else None


def _number(ref: str) -> str:
    return ref.rsplit("-", 1)[1]
