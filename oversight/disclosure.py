"""What a bundle tells of a case, as sections of rows: read with the auditor's login, persons by the part they had and not by name."""

from dataclasses import dataclass
from typing import Any

from ledger.asking import ask_rows

SCORE = "A score is the engine's own number. It is no probability, and it means nothing beside the score of another engine."


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the page, and of the data file."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


# title, what is said above it, columns, and the rows; each asks for one case by its number
SECTIONS = (
    ("The case", "", ("case", "agency", "agency case", "track", "door", "searched before screening", "state", "received"),
     "select c.ref, a.ori, i.agency_case, c.track, c.door, c.searched_before_screening, c.state, c.received_at from cases_case c "
     "join people_agency a on a.id = c.agency_id join cases_investigation i on i.id = c.investigation_id where c.ref = %s"),
    ("Other cases of the investigation", "Every search for the same event counts, also one that found nobody.", ("case", "state", "received", "candidates"),
     "select o.ref, o.state, o.received_at, (select number from cases_candidatelist where case_id = o.id) from cases_case c "
     "join cases_case o on o.investigation_id = c.investigation_id and o.id <> c.id where c.ref = %s order by o.id"),
    ("What was asked", "", ("offence code", "purpose", "tried before", "repeated because", "earlier search"),
     "select r.offence_code, r.purpose, r.tried_before, r.repeats_because, r.earlier_search from cases_searchrequest r join cases_case c on c.id = r.case_id where c.ref = %s"),
    ("Where the result came from", "Only where it arrived from elsewhere.", ("sender", "ORI", "their number", "they sent at"),
     "select r.sender, r.sender_ori, r.their_number, r.they_sent_at from cases_outsideresult r join cases_case c on c.id = r.case_id where c.ref = %s"),
    ("Screening", "", ("policy", "eligible", "at"),
     "select p.digest, s.eligible, s.at from cases_screening s join cases_policy p on p.id = s.policy_id join cases_case c on c.id = s.case_id where c.ref = %s order by s.id"),
    ("The probe, and every edit of it", "", ("version", "kind", "source", "place", "captured", "actors", "first description", "why this face", "edit", "SHA-256"),
     "select p.version, p.kind, p.source, p.place, p.captured_at, p.actors, p.first_description, p.target_because, p.edit, s.original_sha256 from cases_probe p "
     "join cases_storedimage s on s.id = p.image_id join cases_case c on c.id = p.case_id where c.ref = %s order by p.version"),
    ("Fit for comparison", "", ("grade", "depicts", "role shown by", "limits", "at"),
     "select p.grade, p.depicts, p.role_shown_by, p.limits, p.at from review_probecheck p join cases_case c on c.id = p.case_id where c.ref = %s"),
    ("Engine and gallery", "What is empty was not reported.",
     ("engine", "version", "template version", "score scale", "threshold", "gallery", "revision", "compared", "candidates"),
     "select l.engine_name, l.engine_version, l.template_version, l.score_scale, l.threshold, l.gallery_name, l.gallery_revision, l.compared, l.number "
     "from cases_candidatelist l join cases_case c on c.id = l.case_id where c.ref = %s"),
    ("The whole candidate list", SCORE, ("rank", "score", "not provided because", "gallery subject", "ended"),
     "select s.rank, s.score, s.not_provided_because, k.subject_ref, e.because from cases_candidate k join cases_case c on c.id = k.case_id "
     "left join cases_sealedscore s on s.candidate_id = k.id left join review_candidateend e on e.candidate_id = k.id where c.ref = %s order by s.rank, k.id"),
    ("Every conclusion", "-3 to -2 excludes, -1 and 0 are no conclusion, +1 to +3 supports. Each reviewer worked alone; who dissents stands here too.",
     ("gallery subject", "reviewer", "conclusion", "grounds", "limits", "at"),
     "select k.subject_ref, 'reviewer ' || dense_rank() over (order by d.turn, d.id), n.rating, n.grounds, n.limits, n.at from review_conclusion n "
     "join cases_candidate k on k.id = n.candidate_id join cases_case c on c.id = k.case_id "
     "join review_drawn d on d.case_id = c.id and d.reviewer_id = n.by_id where c.ref = %s order by k.id, n.id"),
    ("Examined again by another agency", "One case in fifty is drawn by lot once it is joined. Whoever examined it again knew neither the lot nor any conclusion; what was found opens nothing.",
     ("gallery subject", "examined again by", "was joined as", "conclusion", "grounds", "limits", "agrees on every face", "at"),
     "select k.subject_ref, a.name, replace(f.joined, '_', ' '), f.rating, f.grounds, f.limits, r.agrees, r.at from review_reexaminationresult r "
     "join cases_case c on c.id = r.case_id join people_agency a on a.id = r.lender_id "
     "cross join lateral jsonb_to_recordset(r.faces) as f(candidate bigint, joined text, rating integer, grounds text, limits text) "
     "join cases_candidate k on k.id = f.candidate where c.ref = %s order by k.id"),
    ("Leads", "A lead is permission to investigate. It identifies nobody.", ("lead", "gallery subject", "opened", "ended because"),
     "select l.ref, k.subject_ref, l.opened_at, e.because from review_lead l join cases_candidate k on k.id = l.candidate_id join cases_case c on c.id = l.case_id "
     "left join review_leadend e on e.lead_id = l.id where c.ref = %s order by l.id"),
    ("Evidence", "", ("item", "kind", "direction", "description", "source document", "entered", "closed", "why closed"),
     "select e.ref, coalesce(f.kind, e.kind), e.direction, e.description, e.source_document, e.entered_at, x.how, x.because from review_evidence e "
     "join cases_case c on c.id = e.case_id left join review_closing x on x.item_id = e.id left join lateral "
     "(select kind from review_fixing where item_id = e.id order by number desc limit 1) f on true where c.ref = %s order by e.id"),
    ("What each item depends on", "", ("item", "how", "comes from", "at"),
     "select e.ref, g.kind, coalesce(p.ref, g.root), g.at from review_edge g join review_evidence e on e.id = g.item_id join cases_case c on c.id = e.case_id "
     "left join review_evidence p on p.id = g.parent_id where c.ref = %s order by g.id"),
    ("Countersignatures", "", ("number", "lead", "action", "state", "asked", "signed", "reasons of a refusal", "policy"),
     "select s.ref, l.ref, s.action, s.state, s.asked_at, d.signed, array_to_string(d.reasons, ', '), d.policy_digest from review_countersignature s "
     "join review_lead l on l.id = s.lead_id join cases_case c on c.id = l.case_id left join review_decision d on d.countersignature_id = s.id where c.ref = %s order by s.id"),
    ("Acts that were refused", "", ("act", "reasons", "at"),
     "select r.act, array_to_string(r.reasons, ', '), r.at from cases_refused r join cases_case c on c.id = r.case_id where c.ref = %s order by r.id"),
    ("Actions outside the gate", "", ("action", "basis", "happened", "entered", "description", "paper form", "entered late"),
     "select o.action, o.basis, o.happened_at, o.entered_at, o.description, o.paper_serial, o.paper_serial is not null and o.entered_at > o.happened_at + interval '24 hours' from review_outsidegate o join cases_case c on c.id = o.case_id where c.ref = %s order by o.id"),
    ("What left the agency before this bundle", "", ("what", "about", "recipient", "ORI", "purpose", "authority", "at"),
     "select replace(d.what, '_', ' '), coalesce(l.ref, c.ref), d.recipient, d.ori, d.purpose, d.authority, d.at from review_dissemination d "
     "join cases_case c on c.id = d.case_id left join review_lead l on l.id = d.lead_id where c.ref = %s order by d.id"),
    ("What courts asked for, and what was answered", "The newest answer to an item counts; earlier ones stand here too.",
     ("request", "court", "cause number", "asked by", "due", "item", "asked", "answer", "ground or order", "given in", "at"),
     "select r.number, r.court, r.cause_number, r.asked_by, r.due_on, i.number, i.asked, replace(w.answer, '_', ' '), w.ground, "
     "replace(d.what, '_', ' ') || ' of ' || d.at::date || ' to ' || d.recipient, w.at from review_discoveryrequest r join cases_case c on c.id = r.case_id "
     "join review_discoveryitem i on i.request_id = r.id left join review_discoveryanswer w on w.item_id = i.id "
     "left join review_dissemination d on d.id = w.given_in_id where c.ref = %s order by r.number, i.number, w.id"),
    ("What was served", "", ("request", "what", "served on", "on whom", "how", "received on", "received by", "receipt"),
     "select r.number, replace(d.what, '_', ' ') || ' of ' || d.at::date || ' to ' || d.recipient, s.served_on, s.served_to, s.way, x.received_on, "
     "x.received_by, x.document from review_discoveryservice s join review_discoveryrequest r on r.id = s.request_id join cases_case c on c.id = r.case_id "
     "join review_dissemination d on d.id = s.served_id left join review_discoveryreceipt x on x.service_id = s.id where c.ref = %s order by s.id"),
    ("Every move", "", ("act", "from", "to", "at"),
     "select m.act, m.source, m.target, m.at from cases_move m join cases_case c on c.id = m.case_id where c.ref = %s order by m.id"),
)  # fmt: skip


def sections_of(case_ref: str, *, using: str) -> tuple[Section, ...]:
    """Return everything that the bundle tells, in its order; an empty section says that there was nothing."""
    return tuple(
        Section(title, note, columns, tuple(ask_rows(sql, case_ref, using=using)))  # each section is one statement
        for title, note, columns, sql in SECTIONS
    )
