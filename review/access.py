"""The one way for a person to get a case, a lead or a request: unknown and forbidden look the same.

Every door takes the investigation's lock (shared) before the case's or the lead's, as everything the gate reads is written under it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Reverse, Upper

from cases.models import Case, EnrolmentRun, Investigation, Job, LegalHold, OffenceReport, PolicyProposal, SearchRequest
from cases.rules.act import Act
from ledger.asking import ask_database, ask_rows
from ledger.keyed import keyed
from ledger.worded import first, worded_once
from people.models import Agreement, Person
from people.roles import Role
from review import reexamining
from review.models import (
    BundleWanted,
    Countersignature,
    Custody,
    DiscoveryItem,
    DiscoveryRequest,
    DiscoveryService,
    Dissemination,
    Drawn,
    Evidence,
    Lead,
    NoteWords,
    OutsideGate,
)
from review.reexamining import Reexamining

ROLE_FOR: dict[Act, Role] = {
    Act.REQUEST_SEARCH: Role.DETECTIVE,
    Act.FILE_OUTSIDE_RESULT: Role.DETECTIVE,
    Act.CONFIRM_OFFENCE: Role.ANALYST,
    Act.CHECK_PROBE: Role.ANALYST,
    Act.TAKE_NEXT: Role.REVIEWER,
    Act.SORT_CANDIDATES: Role.REVIEWER,
    Act.CONCLUDE: Role.REVIEWER,
    Act.RECUSE: Role.REVIEWER,
    Act.RELEASE_TURN: Role.REVIEWER,
    Act.HOLD_TURN: Role.REVIEWER,
    Act.SEND_TURN_BACK: Role.SUPERVISOR,
    Act.REPORT_CONTACT: Role.REVIEWER,
    Act.ADD_EVIDENCE: Role.DETECTIVE,
    Act.ADD_EDGE: Role.DETECTIVE,
    Act.RECORD_OUTSIDE_GATE: Role.DETECTIVE,
    Act.RECORD_STATEMENT: Role.DETECTIVE,
    Act.FILE_WARRANT: Role.DETECTIVE,
    Act.FILE_LINE_UP_FORM: Role.DETECTIVE,
    Act.RECORD_LINE_UP: Role.DETECTIVE,
    Act.FILE_PAPERS: Role.DETECTIVE,
    Act.RECORD_RECHECK: Role.DETECTIVE,
    Act.RECORD_RELEASE: Role.DETECTIVE,
    Act.RECORD_WITHOUT_FACE: Role.DETECTIVE,
    Act.FIX_EVIDENCE: Role.CORROBORATION_OFFICER,
    Act.FIX_AGAIN: Role.CORROBORATION_OFFICER,
    Act.WEIGH_RIVAL: Role.CORROBORATION_OFFICER,
    Act.DECIDE_HOLD: Role.LEGAL_ADVISER,
    Act.GIVE_LEGAL_VIEW: Role.LEGAL_ADVISER,
    Act.WANT_BUNDLE: Role.LEGAL_ADVISER,
    Act.TAKE_DISCOVERY: Role.LEGAL_ADVISER,
    Act.ANSWER_ITEM: Role.LEGAL_ADVISER,
    Act.SERVE_DISCOVERY: Role.LEGAL_ADVISER,
    Act.FILE_RECEIPT: Role.LEGAL_ADVISER,
    Act.GIVE_NOTICE_OF_USE: Role.PROSECUTOR,
    Act.USE_IN_COURT: Role.PROSECUTOR,
    Act.CLOSE_EXCULPATORY: Role.CORROBORATION_OFFICER,
    Act.ASK: Role.DETECTIVE,
    Act.START: Role.DETECTIVE,
    Act.ISSUE_CERTIFICATE: Role.DETECTIVE,
    Act.SET_LEGAL_HOLD: Role.LEGAL_ADVISER,
    Act.LIFT_LEGAL_HOLD: Role.LEGAL_ADVISER,
    Act.COUNTERSIGN: Role.SUPERVISOR,
    Act.CLOSE: Role.DETECTIVE,
    Act.PROPOSE_POLICY: Role.POLICY_BOARD,
    Act.ADOPT_POLICY: Role.POLICY_BOARD,
    Act.MEET_OBLIGATION: Role.MANAGER,
    Act.TRY_JOB_AGAIN: Role.MANAGER,
    Act.PRACTISE: Role.REVIEWER,
    Act.REVEAL_SEEDS: Role.AUDITOR,
    Act.READ_SEALED_REASONS: Role.AUDITOR,
}
# acts on a case of which the rule asks the units of people
APART_BY_UNIT = frozenset({Act.SORT_CANDIDATES, Act.CONCLUDE, Act.SEND_TURN_BACK})


class NotVisible(LookupError):
    """There is no such thing, or it is not this person's to see. The two are never told apart."""


def holds(person: Person, role: Role, *, on: date) -> bool:
    """Whether an active person holds a role on a day."""
    return role in roles_on(person, on)


def roles_on(person: Person, on: date) -> frozenset[Role]:
    """Return the roles of an active person on a day. One statement, or none where the door has read them with the person."""
    if not person.is_active:
        return frozenset()
    return frozenset(Role(row.role) for row in person.roles() if row.from_on <= on and (row.until_on is None or row.until_on >= on))


def must_hold(person: Person, act: Act, *, on: date) -> None:
    """Raise NotVisible unless the person holds the role that the act needs."""
    if not holds(person, ROLE_FOR[act], on=on):
        raise NotVisible(str(act))


LAW_READERS = frozenset({Role.POLICY_BOARD, Role.MANAGER, Role.AUDITOR})


def must_read_law(person: Person, *, on: date) -> None:
    """Raise NotVisible unless one of the person's roles reads the board's pages."""
    if not LAW_READERS & roles_on(person, on):
        raise NotVisible("law")


def proposal_for_act(number: int) -> PolicyProposal:
    """Return a proposal of a policy, for whoever holds the role that ``must_hold`` asked for."""
    found = PolicyProposal.objects.select_related("adopted_as", "by").filter(pk=number).first() if number < 2**31 else None
    if found is None:
        raise NotVisible(str(number))
    return found


def case_for_act(by: Person, ref: str, act: Act, *, on: date) -> Case:
    """Return the case, locked, if this person's role and agency let him act on it."""
    case = first(_case(ref))
    if case is None or not _within_reach(by, case, ROLE_FOR[act], on=on):
        raise NotVisible(ref)
    if ROLE_FOR[act] is Role.REVIEWER and not _drawn(case.pk, by.pk):
        raise NotVisible(ref)
    _lock_apart(by, case, units_too=act in APART_BY_UNIT)
    (locked,) = _locked(case.pk)
    return locked


@worded_once
def _case(ref: str) -> QuerySet[Case]:
    return Case.objects.select_related("investigation").filter(ref=ref)


@worded_once
def _drawn(case: int, reviewer: int) -> QuerySet[Drawn, int]:
    return Drawn.objects.filter(case=case, reviewer=reviewer).values_list("pk", flat=True)[:1]


@worded_once
def _locked(case: int) -> QuerySet[Case]:
    return Case.objects.select_for_update(of=("self",), no_key=True).select_related("agency", "investigation").filter(pk=case)


def lead_for_act(by: Person, ref: str, act: Act, *, on: date, beside: str = "") -> Lead:
    """Return the lead, locked, and its investigation, if this person may act on it. ``beside``: another lead that is locked with it."""
    lead = first(_lead(ref))
    if lead is None or not _within_reach(by, lead.case, ROLE_FOR[act], on=on):
        raise NotVisible(ref)
    other = Lead.objects.filter(ref=beside).values_list("pk", flat=True) if beside else ()
    _lock_for_entries(by, lead.case, *sorted({lead.pk, *other}))  # from the lowest
    return lead


@worded_once
def _lead(ref: str) -> QuerySet[Lead]:
    return Lead.objects.select_related("case__investigation", "case__agency", "candidate").filter(ref=ref)


def item_for_act(by: Person, ref: str, act: Act, *, on: date) -> Evidence:
    """Return the item of evidence, its investigation locked and the lead or case that it hangs on, if this person may act on it."""
    item = first(_item(ref))
    if item is None or not _within_reach(by, item.case, ROLE_FOR[act], on=on):
        raise NotVisible(ref)
    alone = act is Act.DECIDE_HOLD  # whether it is held has to be so when the decision is written
    _lock_for_entries(by, item.case, item.lead_id, alone=alone)
    return item


@worded_once
def _item(ref: str) -> QuerySet[Evidence]:
    return Evidence.objects.select_related("case__investigation", "case__agency", "lead").filter(ref=ref)


def custody_for_act(by: Person, number: int, act: Act, *, on: date) -> Custody:
    """Return the custody, its investigation locked and the lead or case that it hangs on, if this person may act on it."""
    custody = Custody.objects.select_related("case__investigation", "case__agency", "lead").filter(pk=number).first()
    if custody is None or not _within_reach(by, custody.case, ROLE_FOR[act], on=on):
        raise NotVisible(str(number))
    _lock_for_entries(by, custody.case, custody.lead_id)
    return custody


def custody_for_reading(by: Person, number: int, act: Act, *, on: date) -> Custody:
    """Return the custody that this person may act on. No lock is taken: it is only shown."""
    apart = Custody.objects.exclude(case__investigation__in=investigations_examined_again(by.pk))
    custody = apart.select_related("case__investigation", "lead").filter(pk=number).first() if number < 2**31 else None
    if custody is None or not _within_reach(by, custody.case, ROLE_FOR[act], on=on):
        raise NotVisible(str(number))
    return custody


def lead_for_officer(by: Person, ref: str, *, on: date) -> Lead:
    """Return a lead that this corroboration officer may weigh against another. No face is shown with it."""
    lead = first(_lead_apart(by.pk, ref))
    if lead is None or not _within_reach(by, lead.case, Role.CORROBORATION_OFFICER, on=on):
        raise NotVisible(ref)
    return lead


@worded_once
def _lead_apart(by: int, ref: str) -> QuerySet[Lead]:
    apart = Lead.objects.exclude(case__investigation__in=investigations_examined_again(by))
    return apart.select_related("case__investigation", "case__agency", "candidate").filter(ref=ref)


def second_person(username: str, *, role: Role, beside: Person, on: date) -> Person | None:
    """Return another active person of the same agency who holds ``role``, by sign-in name; None where there is none."""
    found = Person.objects.filter(username=username, agency=beside.agency_id).exclude(pk=beside.pk).first()
    return found if found is not None and holds(found, role, on=on) else None


def countersignature_for_act(by: Person, ref: str, act: Act, *, on: date) -> Countersignature:
    """Return the request if this person may answer or start it; the database takes the lock alone, so none is taken here."""
    found = first(_countersignature(by.pk, ref))
    if found is None or not _within_reach(by, found.lead.case, ROLE_FOR[act], on=on):
        raise NotVisible(ref)
    return found


@worded_once
def _countersignature(by: int, ref: str) -> QuerySet[Countersignature]:
    apart = Countersignature.objects.exclude(lead__case__investigation__in=investigations_examined_again(by))
    return apart.select_related("lead__case__investigation", "lead__candidate").filter(ref=ref)


def _within_reach(by: Person, case: Case, role: Role, *, on: date) -> bool:
    """Own agency, or one to which an agreement lends this role on this day."""
    if not holds(by, role, on=on):
        return False
    if by.agency_id == case.agency_id:
        return True
    lent = Agreement.objects.filter(
        lender=by.agency_id, borrower=case.agency_id, roles__contains=[role.value], from_on__lte=on, until_on__gte=on
    )
    return lent.exists()


def examined_again(person: Person, investigation_id: int) -> bool:
    """Whether a person examined a case of the investigation again for another agency. Wherever he went since, he does nothing else there."""
    return bool(ask_database("select %s in (select investigations_examined_again(%s))", investigation_id, person.pk))


def examined_again_under(by: Person, agency_case: str) -> bool:
    """Whether a person examined a case again of what his agency has under its own number: there he opens none."""
    theirs = Investigation.objects.filter(agency=by.agency_id, agency_case=agency_case.strip())
    return theirs.filter(pk__in=investigations_examined_again(by.pk)).exists()


def investigations_examined_again(by: int) -> RawSQL:
    """Return whatever is linked to a case that this person examined again for another agency."""
    return RawSQL("select investigations_examined_again(%s)", (by,))


def _lock_apart(by: Person, case: Case, *, units_too: bool = False) -> None:
    """Lock the investigation, unless this person examined a case of it again; before it, if said so, the units of all people. One statement."""
    units = "units_stand_still(), " if units_too else ""
    _examined_nothing_again(by, case, f"{units}lock_investigation(%s, false)", case.investigation_id)


def _lock_for_entries(by: Person, case: Case, *leads: int | None, alone: bool = False) -> None:
    """Lock the investigation and then the leads, or the case as such: who comes second is judged after the first. One statement."""
    locks = ", ".join(["lock_investigation(%s, %s)", *["lock_entries(%s, %s)"] * len(leads)])
    entries = (key for lead in leads for key in (case.pk, lead))
    _examined_nothing_again(by, case, locks, case.investigation_id, alone, *entries)


def _examined_nothing_again(by: Person, case: Case, locks: str, *locked: object) -> None:
    asked = f"select {locks}, %s in (select investigations_examined_again(%s))"
    ((*_, again),) = ask_rows(asked, *locked, case.investigation_id, by.pk)
    if again:
        raise NotVisible(case.ref)


def _lock_with_units(case: Case) -> None:
    ask_rows("select units_stand_still(), lock_investigation(%s, false)", case.investigation_id)


# Whatever is linked to a case that was drawn for him, or that he examined again for its agency.
EXAMINED = (
    "select unnest(investigation_set(o.investigation_id)) from review_drawn d join cases_case o on o.id = d.case_id where d.reviewer_id = %s "
    "union select investigations_examined_again(%s)"
)
READERS = (Role.DETECTIVE, Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_ADVISER)
OF_A_CASE = ("investigation", "agency", "request", "offence_report")  # read with it; each further table doubles what the planner weighs


def case_for_reading(by: Person, ref: str, *, on: date) -> Case:
    """Return a case if one of this person's roles reads case pages. A reviewer in its investigation, or in a linked one, never does."""
    case = first(_case_to_read(ref))
    if case is None:
        raise NotVisible(ref)
    _must_read(by, case, on=on)
    return case


@worded_once
def _case_to_read(ref: str) -> QuerySet[Case]:
    return Case.objects.select_related(*OF_A_CASE).filter(ref=ref)


def _must_read(by: Person, case: Case, *, on: date) -> None:
    if not _reads(by, case, on=on) or ask_database(f"select %s in ({EXAMINED})", case.investigation_id, by.pk, by.pk):
        raise NotVisible(case.ref)


def _reads(by: Person, case: Case, *, on: date) -> bool:
    held = [role.value for role in READERS if holds(by, role, on=on)]
    if not held or by.agency_id == case.agency_id:
        return bool(held)
    lent = Agreement.objects.filter(lender=by.agency_id, borrower=case.agency_id, roles__overlap=held)
    return lent.filter(from_on__lte=on, until_on__gte=on).exists()


def lead_for_reading(by: Person, ref: str, *, on: date) -> Lead:
    """Return a lead whose case this person may read."""
    lead = first(_lead_to_read(ref))
    if lead is None:
        raise NotVisible(ref)
    (lead.case,) = _case_of_a_lead(lead.case_id)
    _must_read(by, lead.case, on=on)
    return lead


@worded_once
def _lead_to_read(ref: str) -> QuerySet[Lead]:
    return Lead.objects.select_related("candidate", "ended").filter(ref=ref)


@worded_once
def _case_of_a_lead(case: int) -> QuerySet[Case]:
    return Case.objects.select_related(*OF_A_CASE).filter(pk=case)


REPRINTED_WITHIN = timedelta(hours=1)


def dissemination_for_printing(by: Person, lead: Lead, number: int, *, at: datetime, what: str = "lead_report") -> Dissemination:
    """Return what this person put on file of a lead within the hour. Later it is another paper, and is put on file again."""
    mine = Dissemination.objects.filter(lead=lead, what=what, by=by, at__gt=at - REPRINTED_WITHIN)
    found = mine.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(lead.ref)
    return found


def cases_for_reading(by: Person, *, on: date) -> QuerySet[Case]:
    """Return the cases of this person's agency, and of those that borrow one of his reading roles; none for a reviewer."""
    held = [role for role in READERS if holds(by, role, on=on)]
    if not held:
        return Case.objects.none()
    return Case.objects.filter(_reached(by, held, on=on)).filter(not_examined_by(by))


def _reached(by: Person, roles: Iterable[Role], *, on: date, agency: str = "agency") -> Q:
    """What belongs to this person's agency, or to one to which an agreement lends one of these roles on this day."""
    lent = Agreement.objects.filter(lender=by.agency_id, from_on__lte=on, until_on__gte=on, roles__overlap=[role.value for role in roles])
    return Q(**{agency: by.agency_id}) | Q(**{f"{agency}__in": lent.values("borrower")})


def not_examined_by(by: Person, investigation: str = "investigation_id") -> Func:
    """Nothing that is linked to a case that was drawn for him: there he would read what the others found of the same face.

    The numbers are gathered once (``<> all``): with ``not in`` the planner reads every case rather than look for a few.
    """
    examined = RawSQL(f"array({EXAMINED})", (by.pk, by.pk))  # noqa: S611 - the numbers are parameters
    return Func(F(investigation), examined, template="%(expressions)s", arg_joiner=" <> all ", output_field=BooleanField())


def may_be_told_of(by: int, investigation: str = "investigation_id") -> Func:
    """Nothing of an investigation in which he examined, as the database says; the worker that mails the notices reads no turn."""
    asked = (RawSQL("%s", (by,)), F(investigation))
    return Func(*asked, function="is_kept_from", template="not %(function)s(%(expressions)s)", output_field=BooleanField())


def numbered(rows: QuerySet[Case], sought: str, *, offences: Iterable[str]) -> list[QuerySet[Case]]:
    """Return the cases whose number, or whose agency case number, begins or ends with what is sought, and those of these offences.

    The offence is the confirmed one, or the requested one as long as none is confirmed. Each way is a list of its own, so that each is
    answered by its own index, the newest first and no further than asked for; a case may stand in several (``newest``).
    """
    begins, ends = sought.upper(), sought.upper()[::-1]
    theirs = Investigation.objects.annotate(tail=Reverse(Upper("agency_case")))
    # not ``isnull``: of an outer join the planner believes that nearly no case is without a report, and reads them all
    unconfirmed = ~Exists(OffenceReport.objects.filter(case=OuterRef("pk")))
    return [
        rows.annotate(tail=Reverse("ref")).filter(Q(ref__startswith=begins) | Q(tail__startswith=ends)),
        rows.filter(investigation__in=theirs.filter(Q(agency_case__istartswith=begins) | Q(tail__startswith=ends))),
        rows.filter(pk__in=OffenceReport.objects.filter(code__in=offences).values("case")),
        rows.filter(unconfirmed, pk__in=SearchRequest.objects.filter(offence_code__in=offences).values("case")),
    ]


def newest(ways: Sequence[QuerySet[Case]], most: int) -> list[int]:
    """Return the keys of the newest cases that were found in any of these ways, at most so many, by one statement.

    Keys alone: with what a list shows of them joined beside, the planner reads ten million rows of each to show a page.
    """
    found = [each.order_by("-pk").values_list("pk", flat=True)[:most] for each in ways if not each.query.is_empty()]
    if not found:  # whoever reads no case finds none, and nothing is asked
        return []
    one, *others = found
    return list(one.union(*others).order_by("-pk")[:most] if others else one)


def words_asked_for(sought: str) -> str:
    """Return what of a search the index of the notes can look up; nothing where no word has to be there."""
    tree = str(ask_database("select querytree(websearch_to_tsquery('english', %s))", sought))
    return "" if tree == "T" else tree


def noted(rows: QuerySet[Case], sought: str) -> QuerySet[Case]:
    """Return the cases with a note in which these words stand: a phrase in quotes, “or” between words, a minus before what must not be there."""
    found = NoteWords.objects.filter(words=SearchQuery(sought, search_type="websearch", config="english"))
    return rows.filter(pk__in=found.values("case"))


Examining = Drawn | Reexamining  # an examination of this agency or of one that borrows, or one again for another: alike on the desk


def drawn_for(by: Person, code: str, *, on: date) -> Examining:
    """Return the examination that was drawn for this person under this code. No other person's code opens anything."""
    drawn = (first(_drawn_under(by.pk, code)) or Reexamining.of(by, code)) if holds(by, Role.REVIEWER, on=on) else None
    if drawn is None:
        raise NotVisible(code)
    return drawn


@worded_once
def _drawn_under(reviewer: int, code: str) -> QuerySet[Drawn]:
    rows = Drawn.objects.filter(reviewer=reviewer, code=code)
    return rows.select_related("case__investigation", "case__agency", "set_aside", "recusal", "given_back")


def not_stepped_back(drawn: Examining) -> Examining:
    """Return the examination, unless its reviewer stepped back or it went back: then nothing of it is shown to him."""
    if stepped_back(drawn) or gone_back(drawn):
        raise NotVisible(drawn.code)
    return drawn


def stepped_back(drawn: Examining) -> bool:
    """Whether its reviewer stepped back."""
    return drawn.stepped_back if isinstance(drawn, Reexamining) else hasattr(drawn, "recusal")


def gone_back(drawn: Examining) -> bool:
    """Whether it went back to the lot."""
    return drawn.went_back if isinstance(drawn, Reexamining) else hasattr(drawn, "given_back")


def reexamination_for_act(by: Person, code: str, act: Act, *, on: date) -> Reexamining:
    """Return what this person examines again, its investigation locked."""
    found = Reexamining.of(by, code) if holds(by, ROLE_FOR[act], on=on) else None
    if found is None:
        raise NotVisible(code)
    _lock_with_units(found.case)
    return found


def code_of(by: Person, ref: str) -> str:
    """Return the name of the examination of a case that was just drawn for this person."""
    drawn = Drawn.objects.filter(case__ref=ref, reviewer=by).first()
    code = drawn.code if drawn else reexamining.code_of(by, ref)
    if code is None:
        raise NotVisible(ref)
    return code


QUEUE_KEEPERS = frozenset({Role.SUPERVISOR, Role.MANAGER})


def must_keep_the_queue(person: Person, *, on: date) -> None:
    """Raise NotVisible unless the person is told who examines what, and until when."""
    if not QUEUE_KEEPERS & roles_on(person, on):
        raise NotVisible("turns")


def turn_of_supervisor(by: Person, number: int, *, on: date) -> Drawn:
    """Return a turn of this supervisor's agency; none of an investigation in which he is drawn himself."""
    drawn = Drawn.objects.select_related("case", "reviewer").filter(pk=number).first() if number < 2**63 else None
    if drawn is None or by.agency_id != drawn.case.agency_id or not holds(by, Role.SUPERVISOR, on=on):
        raise NotVisible(str(number))
    if not cases_for_reading(by, on=on).filter(pk=drawn.case_id).exists():
        raise NotVisible(str(number))
    return drawn


def turn_for_act(by: Person, number: int, act: Act, *, on: date) -> Drawn:
    """Return a turn that this supervisor may send back, its case locked."""
    drawn = turn_of_supervisor(by, number, on=on)
    drawn.case = case_for_act(by, drawn.case.ref, act, on=on)
    return drawn


def examination_code(drawn: Examining) -> str:
    """Return the name under which a reviewer knows an examination: it tells no case number and differs for each reviewer."""
    return drawn.code


def face_code(drawn: Examining, token: object) -> str:
    """Return the name under which a reviewer knows a face: meaningless, and another for each reviewer."""
    of = f"face again of {drawn.pk}" if isinstance(drawn, Reexamining) else f"face of {drawn.pk}"
    return keyed(of, str(token))[:12]


def item_for_reading(by: Person, ref: str, *, on: date) -> Evidence:
    """Return an item whose case this person may read."""
    item = Evidence.objects.select_related("case", "lead").filter(ref=ref).first()
    if item is None:
        raise NotVisible(ref)
    case_for_reading(by, item.case.ref, on=on)
    return item


def jobs_for_manager(by: Person, *, on: date) -> QuerySet[Job]:
    """Return the jobs of this manager's agency, of its cases and of its galleries, and those of the whole house, which are every manager's."""
    must_hold(by, Act.TRY_JOB_AGAIN, on=on)
    runs = EnrolmentRun.objects.filter(gallery__agency=by.agency_id).values_list("pk", flat=True)
    of_the_house = Q(case=None) & ~Q(kind="enrol")
    return Job.objects.filter(Q(case__agency=by.agency_id) | Q(kind="enrol", details__run__in=list(runs)) | of_the_house)


def job_for_act(by: Person, number: int, *, on: date) -> Job:
    """Return a job that this manager may have tried again."""
    job = jobs_for_manager(by, on=on).filter(pk=number).first()
    if job is None:
        raise NotVisible(str(number))
    return job


def item_for_officer(by: Person, ref: str, *, on: date) -> Evidence:
    """Return an item that this corroboration officer may fix or close. No lock is taken: it is only shown."""
    item = first(_item_apart(by.pk, ref))
    if item is None or not _within_reach(by, item.case, Role.CORROBORATION_OFFICER, on=on):
        raise NotVisible(ref)
    return item


@worded_once
def _item_apart(by: int, ref: str) -> QuerySet[Evidence]:
    apart = Evidence.objects.exclude(case__investigation__in=investigations_examined_again(by))
    return apart.select_related("case__investigation", "case__agency", "lead").filter(ref=ref)


def case_of_adviser(by: Person, ref: str, *, on: date) -> Case:
    """Return a case for whose court this legal adviser answers."""
    case = case_for_reading(by, ref, on=on)
    if not _within_reach(by, case, Role.LEGAL_ADVISER, on=on):
        raise NotVisible(ref)
    return case


def legal_hold(by: Person, number: int, *, on: date) -> LegalHold:
    """Return a legal hold of a case for whose court this legal adviser answers."""
    found = LegalHold.objects.select_related("case", "lifted").filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(str(number))
    case_of_adviser(by, found.case.ref, on=on)
    return found


def cases_of_prosecutor(by: Person, *, on: date) -> QuerySet[Case]:
    """Return the cases of this prosecutor's agency, and of those that borrow the role; none that is linked to an examination of his own."""
    must_hold(by, Act.GIVE_NOTICE_OF_USE, on=on)
    return Case.objects.filter(_reached(by, [Role.PROSECUTOR], on=on)).filter(not_examined_by(by))


def leads_of_prosecutor(by: Person, *, on: date) -> QuerySet[Lead]:
    """Return the leads that were told to this prosecutor's office: an action was asked for on them, or was taken outside the gate."""
    asked = Countersignature.objects.filter(lead=OuterRef("pk"))
    outside = OutsideGate.objects.filter(Q(lead=OuterRef("pk")) | Q(linked_leads__lead=OuterRef("pk")))
    return Lead.objects.filter(Exists(asked) | Exists(outside), case__in=cases_of_prosecutor(by, on=on))


def lead_of_prosecutor(by: Person, ref: str, *, on: date) -> Lead:
    """Return one of them."""
    rows = leads_of_prosecutor(by, on=on).select_related("candidate", "ended", "case__agency", "case__investigation")
    found = rows.filter(ref=ref).first()
    if found is None:
        raise NotVisible(ref)
    return found


def discovery_requests(by: Person, *, on: date) -> QuerySet[DiscoveryRequest]:
    """Return what courts asked for in cases of this legal adviser's agency, and of those that borrow the role; none of an examination of his own."""
    must_hold(by, Act.TAKE_DISCOVERY, on=on)
    return DiscoveryRequest.objects.filter(_reached(by, [Role.LEGAL_ADVISER], on=on, agency="case__agency")).filter(
        not_examined_by(by, "case__investigation_id")
    )


def discovery_request(by: Person, number: int, *, on: date) -> DiscoveryRequest:
    """Return one of them."""
    found = discovery_requests(by, on=on).select_related("case__agency").filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(str(number))
    return found


def discovery_item(by: Person, number: int, *, on: date) -> DiscoveryItem:
    """Return an item of one of them."""
    items = DiscoveryItem.objects.filter(request__in=discovery_requests(by, on=on)).select_related("request__case__agency")
    found = items.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(str(number))
    return found


def discovery_service(by: Person, number: int, *, on: date) -> DiscoveryService:
    """Return a service of what was given for one of them."""
    services = DiscoveryService.objects.filter(request__in=discovery_requests(by, on=on)).select_related("request__case__agency")
    found = services.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(str(number))
    return found


def bundle_wanted(by: Person, number: int, *, on: date) -> BundleWanted:
    """Return a bundle that was asked for, to a legal adviser of its case."""
    rows = BundleWanted.objects.select_related("case", "made__dissemination")
    found = rows.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotVisible(str(number))
    case_of_adviser(by, found.case.ref, on=on)
    return found
