"""The policy board's desk: propose packs, compare, adopt with the record of the vote; and what is owed outside the program."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.law.load import Pack, PackWrong, load_pack
from cases.law.merge import Merged, MergeWrong, merge
from cases.law.shipped import pack_files
from cases.rules.act import Act
from cases.rules.finding import Refusal
from people.roles import Role
from review import access
from review.acts.adopt_policy import adopt_policy
from review.acts.meet_obligation import meet_obligation
from review.acts.propose_policy import propose_policy
from review.sheets import lots, policy_board
from review.views.doors import refused, signed_in, told
from review.views.policy_forms import AdoptForm, MetForm, ProposeForm
from review.views.session import now_of, person_of


@signed_in
def board(request: HttpRequest) -> HttpResponse:
    """What is in force, what waits for a second member, the votes, and what the newest change shut."""
    person, at = person_of(request), now_of(request)
    access.must_read_law(person, on=at.date())
    may_propose = access.holds(person, Role.POLICY_BOARD, on=at.date())
    sheet = policy_board.board(at=at, may_propose=may_propose)
    return render(request, "policy_board/page.html", {"sheet": sheet, "lots": lots.counted()})


@signed_in
def propose(request: HttpRequest) -> HttpResponse:
    """Choose packs; where some collide, the same page comes back with what has to be settled."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.PROPOSE_POLICY, on=at.date())
    shipped = _shipped()
    chosen, performer = ([shipped[name] for name in request.POST.getlist(which) if name in shipped] for which in ("packs", "performer"))
    choices = [(pack.id, f"{pack.title} ({pack.layer.replace('_', ' ')}, {pack.status.replace('_', ' ')})") for pack in shipped.values()]
    form = ProposeForm(request.POST or None, shipped=choices, law=_merged(chosen, performer))
    if request.method == "POST" and form.is_valid():
        finding, number = propose_policy(by=person, at=at, packs=chosen, performer=performer, settlements=form.settlements)
        if not isinstance(finding, Refusal) and number is not None:
            told(request, finding, "Proposed. It binds nobody until another member of the board adopts it.")
            return redirect("proposal", number=number)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return render(request, "policy_board/propose.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """One proposal beside the version in force, or beside an earlier one."""
    person, at = person_of(request), now_of(request)
    access.must_read_law(person, on=at.date())
    beside = request.GET.get("beside", "")
    sheet = policy_board.proposal(
        access.proposal_for_act(number),
        reader=person,
        at=at,
        beside=int(beside) if beside.isdecimal() and len(beside) < 10 else None,
        may_adopt=access.holds(person, Role.POLICY_BOARD, on=at.date()),
    )
    return render(request, "policy_board/proposal.html", {"sheet": sheet})


@signed_in
def adopt(request: HttpRequest, number: int) -> HttpResponse:
    """Write down the vote and put the proposal in force."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.ADOPT_POLICY, on=at.date())
    row = access.proposal_for_act(number)
    form = AdoptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finding, _ = adopt_policy(by=person, at=at, proposal_id=row.pk, record=form.record)
        if not isinstance(finding, Refusal):
            told(request, finding, "In force. Pending cases are screened again now.")
            return redirect("policy_board")
        refused(request, finding, form)
    sheet = policy_board.proposal(row, reader=person, at=at, beside=None, may_adopt=True)
    return render(request, "policy_board/adopt.html", {"form": form, "sheet": sheet}, status=422 if form.errors else 200)


@signed_in
def obligations(request: HttpRequest) -> HttpResponse:
    """What the law asks of people outside the program, the most pressing first."""
    person, at = person_of(request), now_of(request)
    access.must_read_law(person, on=at.date())
    rows = policy_board.owed(at=at, may_mark=access.holds(person, Role.MANAGER, on=at.date()))
    return render(request, "policy_board/obligations.html", {"rows": rows, "may_mark": any(row.may_mark for row in rows)})


@signed_in
@require_POST
def met(request: HttpRequest) -> HttpResponse:
    """Say with its document that an obligation was met."""
    person, at = person_of(request), now_of(request)
    access.must_hold(person, Act.MEET_OBLIGATION, on=at.date())
    form = MetForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was marked: that is no obligation.")
        return redirect("obligations")
    finding = meet_obligation(by=person, at=at, **form.cleaned_data)
    if isinstance(finding, Refusal):
        messages.error(request, " ".join(str(reason) for reason in finding.reasons))
    else:
        told(request, finding, "Marked as met.")
    return redirect("obligations")


def _shipped() -> dict[str, Pack]:
    """Return the packs in ``policies/`` that can be read; ``manage.py policy check`` names what is wrong with others."""
    found = {}
    for path in pack_files():
        try:
            found[path.stem] = load_pack(path)
        except PackWrong:
            continue
    return found


def _merged(packs: list[Pack], performer: list[Pack]) -> Merged | None:
    """Return what was chosen so far, nothing settled; None where nothing was chosen. What cannot be merged the act refuses."""
    try:
        return merge(packs, performer=performer)
    except MergeWrong:
        return None
