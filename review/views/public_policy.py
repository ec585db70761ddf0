"""The one page of the law that needs no sign-in: the public text of the policy in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ledger.clock import house_now
from review.sheets import lots, public_policy


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """What is in force today, rule by rule, with its citations and the exact texts. How many cases another agency examined again. It names no person and no case."""
    sheet = public_policy.in_force(on=house_now().date())
    ended = sheet is None and public_policy.ended()
    return render(request, "policy/page.html", {"sheet": sheet, "ended": ended, "lots": lots.counted()})
