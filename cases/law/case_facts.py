"""From the rows of one case to what the law asks of it, gate by gate, as of a moment. What nobody knows stays unknown. Pure.

People stand in the facts by their part, never by name: a page shows what the law saw.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.law import facts as f
from cases.law import words
from cases.law.evaluate import RuleAnswer, evaluate
from cases.law.merge import Merged
from cases.law.rows import CaseRow, who_asked
from cases.law.words import Gate

OF_THE_TRACK = {"suspect": "suspect", "victim_or_witness": "victim", "unidentified": "cannot_say_who_they_are", "missing": "missing"}
PROBE_KINDS = {
    "cctv_still": "still_from_video",
    "photograph": "photo",
    "document_photo": "photo",
}  # "another still" is known as none of them
GALLERY_KINDS = {"booking_photos": "arrest_photos", "licence_photos": "driving_licences", "demo": "arrest_photos"}
GRADES = ("fit", "limited", "unfit")
THE_REQUESTER = "whoever asked"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the law is asked, on which day training is looked at, and whether a written policy is in force."""

    at: datetime
    trained_on: date | None = None
    policy_in_writing: bool = True


def screening(row: CaseRow, at: datetime) -> Moment:
    """Return the moment of a screening. Screened again under another policy, whoever was trained at the first one stays so."""
    return Moment(at, trained_on=(row.first_screened_at or at).date())


def screened_at(row: CaseRow) -> tuple[Gate, ...]:
    """Return the gates that screening asks. A result from elsewhere was searched before: this house makes no search of it."""
    if row["searched_before_screening"]:
        return (Gate.INTAKE,)
    return (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.GALLERY_CHECK)


def asked_at_screening(law: Merged, row: CaseRow, *, at: datetime) -> tuple[RuleAnswer, ...]:
    """Return what the law answers at each gate that a screening asks."""
    moment = screening(row, at)
    return tuple(answer for gate in screened_at(row) for answer in evaluate(law, gate=gate, facts=of_gate(row, gate, moment)))


def intake(row: CaseRow, moment: Moment) -> f.IntakeFacts:
    """Return what the law asks of a request and of the report of crime."""
    confirmed = row.report("code") is not None
    return f.IntakeFacts(
        **_authority(row, moment),
        code=row.report("code"),
        statute=row.report("statute") or None,
        attempt=row.report("attempt"),
        out_of_state=row.report("out_of_state"),
        equivalent=row.report("equivalent") or None,
        classes=_words(row.report("classes")),
        penalty_years=row.report("penalty_years"),
        decided_from_report=True if confirmed else None,
        open_reasons=row.report("open_reasons") or None,
        open_approver=row.report("open_approver") or None,
        suspicion=row.ground("suspicion") or None,
        grounds=_grounds(row),
        bases=_words(row.ground("bases")),
        protected_activity=row.ground("protected_activity"),
        records_protected_activity=row.ground("records_protected_activity"),
        uses=_words(row.ground("uses")),
        request_fields=_fields(row),
    )


def before_search(row: CaseRow, moment: Moment) -> f.BeforeSearchFacts:
    """Return what the law asks before a search is made here."""
    performer = row.gallery("performer")
    return f.BeforeSearchFacts(
        **_authority(row, moment),
        performer=performer,
        third_party=None if performer is None else performer in ("vendor", "other_agency"),
        provenance=frozenset(words.PROVENANCE) if row.asked("by_id") else None,  # each of them is a column of the search
        conditions=_conditions(row, moment),
    )


def gallery_check(row: CaseRow, moment: Moment) -> f.GalleryFacts:
    """Return what the law asks of the gallery."""
    known = row.asked("gallery_id") is not None
    kind = GALLERY_KINDS.get(row.gallery("kind") or "")
    return f.GalleryFacts(
        **_event(row, moment),
        kinds=frozenset({kind}) if kind else None,
        named=bool(row.gallery("name").strip()) if known else None,
        lawful_source=bool(row.gallery("lawful_basis").strip()) if known else None,
        weighed=bool(row.gallery("weighed").strip()) if known else None,
        leaves_out=_words(row.gallery("leaves_out")),
        scrubbed_on=row.gallery("scrubbed_on"),
        people=row.enrolled,
    )


def probe_check(row: CaseRow, moment: Moment, *, grade: str | None) -> f.ProbeFacts:
    """Return what the law asks of the probe. ``grade``: the analyst's, or None before he gave it."""
    newest = row.versions[-1] if row.versions else None
    edits = tuple(
        f.Edit(kind=each["edit"], description=each["edit"], made_on=each["added_at"].date(), copy_kept=True) for each in row.versions[1:]
    )
    return f.ProbeFacts(
        **_event(row, moment),
        kind=PROBE_KINDS.get(newest["kind"]) if newest else None,
        quality_recorded=grade in GRADES,
        source_recorded=bool(newest["source"].strip()) if newest else None,
        grade=grade,
        edits=edits if newest else None,
        original_kept=row.versions[0]["version"] == 1 if newest else None,
        target_chosen=bool(newest["target_box"] or newest["target_because"].strip()) if newest else None,
        others_analysed=False,  # the engine is given the one face that was boxed
        enrolled=False,  # no way leads from a probe into a gallery
        minor=row.ground("minor"),
        sealed=row.ground("sealed"),
    )


def close(row: CaseRow, *, at: datetime, closed_at: datetime, irrelevant: bool, on_hold: bool, destroying: bool) -> f.CloseFacts:
    """Return what the law asks of a closed case: of what is held now, or, ``destroying``, of what would be gone."""
    outcomes = {"irrelevant"} if irrelevant else set()
    if row.ground("authority_refused"):
        outcomes.add("refused")
    return f.CloseFacts(
        **_event(row, Moment(at)),
        held=frozenset() if destroying else words.PICTURES,
        destroyed=words.PICTURES if destroying else frozenset(),
        age_days=(at - row["received_at"]).days,
        outcomes=frozenset(outcomes),
        legal_hold=on_hold,
        period_set=True,  # the policy's days, else this house's
        closed_days=(at - closed_at).days,
    )


def ended(row: CaseRow, *, at: datetime, ended_at: datetime) -> f.CloseFacts:
    """Return what the law asks of a case in which nobody's move is next: how long it has stood so. Its pictures are asked about once it is closed."""
    return f.CloseFacts(
        **_event(row, Moment(at)),
        held=frozenset(),
        destroyed=frozenset(),
        outcomes=frozenset(),
        period_set=True,
        ended_days=(at - ended_at).days,
    )


def of_gate(row: CaseRow, gate: Gate, moment: Moment) -> f.Facts:
    """Return the facts of a gate that screening asks."""
    return _BUILT[gate](row, moment)


_BUILT = {Gate.INTAKE: intake, Gate.BEFORE_SEARCH: before_search, Gate.GALLERY_CHECK: gallery_check}


def event(row: CaseRow, moment: Moment) -> dict[str, Any]:
    """Return what every gate sees: day, purpose, way of searching."""
    return _event(row, moment)


def _event(row: CaseRow, moment: Moment) -> dict[str, Any]:
    return {"on": moment.at.date(), "purpose": row.ground("purpose") or OF_THE_TRACK[row["track"]], "channel": row.ground("channel")}


def authority(row: CaseRow, moment: Moment) -> dict[str, Any]:
    """Return who allowed it, and the emergency, as the request says."""
    ground = row.ground
    return {
        "at": moment.at,
        "authority": ground("authority") or None,
        "authority_granted_at": ground("authority_granted_at"),
        "authority_ends_at": ground("authority_ends_at"),
        "exigent": ground("exigent"),
        "exigent_since": ground("exigent_since"),
        "exigent_reasons": ground("exigent_reasons") or None,
        "authority_refused": ground("authority_refused"),
    }


def _authority(row: CaseRow, moment: Moment) -> dict[str, Any]:
    on, person = moment.trained_on or moment.at.date(), who_asked(row.columns)
    known = person is not None
    return {
        **_event(row, moment),
        **authority(row, moment),
        "people": (THE_REQUESTER,) if known else None,
        "courses": row.taught(person, label=THE_REQUESTER, on=on) if person is not None else None,
    }


def _words(given: list[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(given)


def _grounds(row: CaseRow) -> frozenset[str] | None:
    if row.asked("by_id") is None:
        return None
    shown = {
        "narrative": bool(row.asked("purpose").strip()),
        "other_means_tried": bool(row.asked("tried_before").strip()),
        "active_case": bool(row["investigation__agency_case"].strip()),
        "unknown_person_did_it": not row.asked("persons_named"),
    }
    return frozenset(name for name, holds in shown.items() if holds) | frozenset(row.ground("grounds") or ())


def _fields(row: CaseRow) -> frozenset[str] | None:
    if row.asked("by_id") is None:
        return None
    said = {
        "case_number": bool(row["investigation__agency_case"].strip()),
        "crime": bool(row.asked("offence_code").strip()),
        "narrative": bool(row.asked("purpose").strip()),
        "purpose": bool(row.asked("purpose").strip()),
        "requester": True,
        "order_copy": bool(row.ground("authority")),
        "person_unknown": not row.asked("persons_named"),
        "web_form": True,
    }
    return frozenset(name for name, holds in said.items() if holds)


def _conditions(row: CaseRow, moment: Moment) -> frozenset[str] | None:
    if row.ground("channel") is None:
        return None
    granted = row.ground("authority_granted_at")
    holds = granted is not None and granted <= moment.at
    shown = {
        "warrant": holds and row.ground("authority") == "warrant",
        "exigency": bool(row.ground("exigent")),
        "develop_leads": row["track"] == "suspect",
        "probable_cause": row.ground("suspicion") == "probable_cause",
        "written_policy": moment.policy_in_writing,
        "victim_or_missing_person": row["track"] in ("victim_or_witness", "missing"),
    }
    return frozenset(name for name, held in shown.items() if held) | frozenset(row.ground("conditions") or ())
