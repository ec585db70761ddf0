"""The desk, the corroboration officer's papers, the supervisor's requests, the manager's house, and the demonstration's personas."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Refusal
from people.models import Person
from people.roles import Role
from people.signing_in import note_leaving
from review import access
from review.acts.close_exculpatory import close_exculpatory
from review.acts.countersign import countersign
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.read_notices import read_notices
from review.acts.try_job_again import try_job_again
from review.models import Evidence
from review.sheets import desk as desk_sheet
from review.sheets import evidence as evidence_sheet
from review.sheets import house as house_sheet
from review.sheets import notices as notices_sheet
from review.sheets import supervise as supervise_sheet
from review.views.doors import refused, signed_in, told
from review.views.forms import CloseItemForm, FixAgainForm, FixForm, SignForm
from review.views.session import now_of, person_of, roles_of


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "desk/page.html", {"sheet": desk_sheet.of(person_of(request), at=now_of(request))})


@signed_in
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Fix an item from its source document, or close what speaks for the person. No face is here."""
    person, at = person_of(request), now_of(request)
    item = access.item_for_officer(person, ref, on=at.date())
    return _close_item(request, item) if item.direction == "exculpatory" else _fix(request, item)


def _fix(request: HttpRequest, item: Evidence) -> HttpResponse:
    form = FixForm(request.POST or None, initial={"kind": item.kind_id})
    if request.method == "POST" and form.is_valid():
        finding = fix_evidence(by=person_of(request), at=now_of(request), item_ref=item.ref, read=ReadInDocument(**form.cleaned_data))
        if not isinstance(finding, Refusal):
            told(request, finding, "Fixed. To change the kind later takes a second person.")
            return redirect("desk")
        refused(request, finding, form)
    return _paper(request, item, form)


@signed_in
def evidence_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Fix an item again, with a second officer and a reason."""
    person, at = person_of(request), now_of(request)
    item = access.item_for_officer(person, ref, on=at.date())
    form = FixAgainForm(request.POST or None, initial={"kind": item.kind_id})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        second = access.second_person(said.pop("second"), role=Role.CORROBORATION_OFFICER, beside=person, on=at.date())
        because = said.pop("because")
        finding = fix_again(by=person, second=second, at=at, item_ref=ref, read=ReadInDocument(**said), because=because)
        if not isinstance(finding, Refusal):
            told(request, finding, "Fixed again. Both readings stay on file, and the papers say so.")
            return redirect("desk")
        refused(request, finding, form)
    return _paper(request, item, form)


def _close_item(request: HttpRequest, item: Evidence) -> HttpResponse:
    form = CloseItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        second = Person.objects.filter(username=said["second"], agency=person_of(request).agency_id).first() if said["second"] else None
        finding = close_exculpatory(
            by=person_of(request), at=now_of(request), item_ref=item.ref, how=said["how"], because=said["because"], second=second
        )
        if not isinstance(finding, Refusal):
            told(request, finding, "Closed. If the test holds, the lead has ended.")
            return redirect("desk")
        refused(request, finding, form)
    return _paper(request, item, form)


def _paper(request: HttpRequest, item: Evidence, form: Form) -> HttpResponse:
    shown = {"sheet": evidence_sheet.of(item), "form": form}
    return render(request, "evidence/page.html", shown, status=422 if form.errors else 200)


@signed_in
def supervise(request: HttpRequest, ref: str) -> HttpResponse:
    """One request: the facts, the sentence and the answer; then a page to check; then the act, which is not taken back."""
    person, at = person_of(request), now_of(request)
    asked = access.countersignature_for_act(person, ref, Act.COUNTERSIGN, on=at.date())
    form = SignForm(request.POST or None)
    refusal: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        if "sure" not in request.POST and "back" not in request.POST:
            sheet = supervise_sheet.of(asked, reader=person, on=at.date())
            return render(request, "supervise/check.html", {"sheet": sheet, "said": form.cleaned_data})
        if "sure" in request.POST:
            finding = countersign(
                by=person, at=at, ref=ref, sign=form.cleaned_data["answer"] == "sign", sentence=form.cleaned_data["sentence"]
            )
            if not isinstance(finding, Refusal):
                told(request, finding, "Countersigned. It holds as long as nothing on file changes that.")
                return redirect("desk")
            refusal = [(str(reason), reason.source) for reason in finding.reasons]
    sheet = supervise_sheet.of(asked, reader=person, on=at.date())
    return render(
        request, "supervise/page.html", {"sheet": sheet, "form": form, "refusal": refusal}, status=422 if refusal or form.errors else 200
    )


@signed_in
def house(request: HttpRequest) -> HttpResponse:
    """Galleries, enrolment and jobs, for a manager."""
    person, at = person_of(request), now_of(request)
    if not access.holds(person, Role.MANAGER, on=at.date()):
        raise access.NotVisible("house")
    return render(request, "house/page.html", {"sheet": house_sheet.of(person, at=at)})


@signed_in
@require_POST
def retry(request: HttpRequest, job: int) -> HttpResponse:
    """Have a job tried again that was given up."""
    if try_job_again(by=person_of(request), at=now_of(request), job_id=job):
        messages.success(request, "The job waits for a worker again.")
    else:
        messages.error(request, "This job was not given up, or is done.")
    return redirect("house")


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """What happened to what this person asked for or signed."""
    person, at = person_of(request), now_of(request)
    rows = notices_sheet.of(person, at=at, roles=frozenset(Role(role) for role in roles_of(person, at)))
    if request.method == "POST":
        read_notices(by=person)
        return redirect("notices")
    return render(request, "notices/page.html", {"notices": rows, "any_new": any(row.new for row in rows)})


def personas(request: HttpRequest) -> HttpResponse:
    """The demonstration's persona picker; it does not exist outside demo settings."""
    if not settings.DEMO:
        raise Http404
    at = now_of(request)
    rows = [
        (p.username, p.display_name, ", ".join(roles_of(p, at)).replace("_", " "), p.unit.name)
        for p in Person.objects.prefetch_related("roles_held").order_by("id")
    ]
    return render(request, "demo/page.html", {"personas": rows})


@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """Become a persona of the demonstration."""
    if not settings.DEMO:
        raise Http404
    person = Person.objects.filter(username=request.POST.get("persona", ""), is_active=True).first()
    if person is None:
        messages.error(request, "There is no such persona.")
        return redirect("personas")
    if request.user.is_authenticated:
        note_leaving(person_of(request), what="became another persona")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["persona"] = True
    record(act="sign_in", subject="door", by=person, said={"what": "persona of the demonstration"})
    return redirect("desk")


def not_offered(request: HttpRequest) -> HttpResponse:
    """Addresses that allauth names and this house does not offer."""
    raise Http404
