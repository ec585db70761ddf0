"""Certificates: issued to a detective as one printed page, looked up by anybody who holds the paper."""

from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.rules.act import Act
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.models import Person
from review import access
from review.acts.issue_certificate import issue_certificate
from review.models import Countersignature
from review.pdf import can_draw
from review.rules.leaving import Leaving
from review.sheets import certificate as certificate_sheet
from review.views.doors import form_page, refused, signed_in
from review.views.leaving_form import LeavingForm
from review.views.papers import as_pdf
from review.views.session import now_of, person_of

PAPER, AN_HOUR = "certificate on paper", 3600


@signed_in
def issue(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask who gets the certificate, then show it, once: its token is kept nowhere."""
    person, at = person_of(request), now_of(request)
    found = access.countersignature_for_act(person, ref, Act.ISSUE_CERTIFICATE, on=at.date())
    access.lead_for_reading(person, found.lead.ref, on=at.date())
    address = request.build_absolute_uri(reverse("check_certificate"))
    if request.method == "POST" and "paper" in request.POST:
        return _as_pdf(request, found, person, address=address)
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, issued = issue_certificate(by=person, at=at, ref=ref, leaving=Leaving(**form.cleaned_data))
        if issued is not None:
            sheet = certificate_sheet.of(found, token=issued.token, note=issued.note, address=address)
            sealed = signing.dumps([person.pk, ref, issued.token, issued.note], salt=PAPER) if can_draw() else ""
            return render(request, "certificate/page.html", {"sheet": sheet, "sealed": sealed})
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title=f"Certificate of {ref}: who gets it?", button="Put it on file and show the certificate", back=f"/cases/{found.lead.case.ref}", lead="One page with a code. Whoever holds it can ask what it is worth; it is worth only what the gate says then.", final="It is shown once. Print it at once; another certificate has another token.")  # fmt: skip


def _as_pdf(request: HttpRequest, found: Countersignature, person: Person, *, address: str) -> HttpResponse:
    """Draw the paper that was just shown to this person. The page brings it back under the seal of the house: the token is still kept nowhere."""
    try:
        by, ref, token, note = signing.loads(request.POST["paper"], salt=PAPER, max_age=AN_HOUR)
    except signing.BadSignature:
        raise Http404("this page is more than an hour old, or was altered; have another certificate issued") from None
    if (by, ref) != (person.pk, found.ref):
        raise Http404("this page was shown to somebody else")
    sheet = certificate_sheet.of(found, token=token, note=note, address=address)
    code = {"code.png": certificate_sheet.picture_of_code(address, token)}
    return as_pdf(request, "certificate/paper.html", sheet, name=f"certificate-{ref}", files=code)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Say what a certificate is worth now, to anybody who gives the token on it; a strange token is answered like an unknown one.

    The form sends the token in the body, where no log of a proxy keeps it; only the link of the printed code has it in its address.
    """
    token = (request.POST if request.method == "POST" else request.GET).get("token")
    answer = "" if token is None else _answer(token, request)
    page = render(request, "certificate/check.html", {"answer": answer})
    page["Referrer-Policy"] = "strict-origin"  # nothing that the page loads tells the address with the token
    return page


def _answer(token: str, request: HttpRequest) -> str:
    """Spaces and case are forgiven, as the token is typed from paper."""
    typed = "".join(token[:200].split()).lower()
    asker = keyed("asker", network_of(str(request.META.get(settings.ASKER, ""))))
    return str(ask_database("select check_certificate(%s, %s)", sha256(typed.encode("utf-8", "replace")).hexdigest(), asker))


def network_of(address: str) -> str:
    """Return what one asker holds: an IPv4 address, or the /64 network of an IPv6 address, in which he can change his own at will."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
