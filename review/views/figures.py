"""What is measured: a reviewer's own figures, to take along as well; a unit's; and the reveal of seeds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.rules.finding import Refusal
from people.roles import Role
from review import access, signed
from review.acts.reveal_seeds import reveal_seeds
from review.sheets import figures, lots
from review.views.doors import signed_in
from review.views.session import now_of, person_of


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """A reviewer's own figures. Nobody else's are here."""
    person, on = person_of(request), now_of(request).date()
    _must_be(request, Role.REVIEWER)
    return render(request, "figures/mine.html", {"sheet": figures.own(person, on=on, key=signed.public_key())})


@signed_in
def mine_signed(request: HttpRequest) -> HttpResponse:
    """The same, signed, as a file."""
    person, on = person_of(request), now_of(request).date()
    _must_be(request, Role.REVIEWER)
    answer = HttpResponse(signed.signed(figures.to_take_along(person, on=on)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="figures-{on}.json"'
    return answer


@signed_in
def units(request: HttpRequest) -> HttpResponse:
    """Units and shifts, for managers and auditors; who is meant by an alarm, for auditors."""
    person, on = person_of(request), now_of(request).date()
    auditor = access.holds(person, Role.AUDITOR, on=on)
    if not auditor:
        _must_be(request, Role.MANAGER)
    sheet = figures.of_agency(person.agency, on=on, names_people=auditor)
    return render(request, "figures/units.html", {"sheet": sheet, "lots": lots.counted()})


@signed_in
@require_POST
def reveal(request: HttpRequest) -> HttpResponse:
    """Have the decided seeds revealed."""
    finding = reveal_seeds(by=person_of(request), at=now_of(request))
    if isinstance(finding, Refusal):
        for reason in finding.reasons:
            messages.error(request, str(reason))
    else:
        messages.success(request, "Revealed. They are trials of their reviewers from now on.")
    return redirect("figures")


def _must_be(request: HttpRequest, role: Role) -> None:
    if not access.holds(person_of(request), role, on=now_of(request).date()):
        raise access.NotVisible("figures")
