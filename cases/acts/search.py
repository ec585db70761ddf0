"""Run the search that was requested: one probe, one target face, one gallery; the list is frozen as received."""

import hashlib
import uuid
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details, record
from cases.galleries import OpenGallery, open_gallery
from cases.images import for_the_engine
from cases.law import answers, case_facts, rows
from cases.law.evaluate import evaluate
from cases.law.in_force import PolicyInForce, law_proposed, policy_ended, policy_in_force, policy_kept
from cases.law.words import Gate
from cases.locks import case_for_machine
from cases.matching.exact import rank
from cases.matching.interface import Engine, ScoredCandidate, select_target
from cases.matching.interface import ProbeRefused as EngineRefuses
from cases.models import Case, Gallery, GallerySubject, Probe, ProbeRefused
from cases.rules import eligibility, orderly
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from cases.uploads import as_array
from ledger.asking import ask_database


class AdoptedMeanwhile(Exception):
    """Another policy came into force, the one that was asked ended, or the case was screened anew, while this was decided."""


def search(*, case_ref: str, at: datetime, engine: Engine) -> Finding:
    """Search once, attach the list, and move the case on if it came back empty.

    A probe that the engine cannot use is a recorded event that a person reviews; the case stays where it is. Nobody who adopts
    a policy waits for the engine: whatever is answered in the end is answered under the policy in force then, or asked anew.
    What was screened under another policy is refused: the screening under this one has it searched.
    """
    while True:
        with suppress(AdoptedMeanwhile):
            return _search(case_ref=case_ref, at=at, engine=engine)


@transaction.atomic
def _search(*, case_ref: str, at: datetime, engine: Engine) -> Finding:
    case = Case.objects.select_related("agency").get(ref=case_ref)  # its job is locked; the case is, when the list is there
    policy = policy_in_force()
    finding = _may_search(case, policy)
    if not isinstance(finding, Permit) or policy is None:
        _must_stand(policy)
        if _may_search(case_for_machine(case_ref), policy) != finding:
            raise AdoptedMeanwhile  # whoever screened it had counted on this search
        return moves.store(case, finding, by=None, at=at)
    if said_no := _law(case, policy, at=at):
        return _unsearched(case, finding, policy, code="law", sentence=said_no)
    probe = Probe.objects.filter(case=case).select_related("image").latest("version")
    gallery = case.request.gallery
    try:
        template, measures = _probe_template(engine, probe)
        threshold = _threshold(engine, probe, gallery)
    except EngineRefuses as refused:
        return _unsearched(case, finding, policy, code=refused.reason_code, sentence=str(refused))
    opened = open_gallery(gallery, template_version=engine.build.template_version)
    at_most = policy.number("candidates_at_most", 20)
    found = rank(template.vector, opened.matrix, threshold=threshold, at_most=at_most)
    _must_stand(policy)
    case = case_for_machine(case_ref)
    if not isinstance(again := _may_search(case, policy), Permit):
        return moves.store(case, again, by=None, at=at)
    if said_no := _law(case, policy, at=at):
        return _unsearched(case, finding, policy, code="law", sentence=said_no)
    _attach(case, probe, engine=engine, opened=opened, found=found, threshold=threshold, at_most=at_most, measures=measures, policy=policy)
    if found:
        return finding
    empty = orderly.may_follow(about=Act.FIND_EMPTY, subject=case.ref, state=case.state, allowed=frozenset({State.FIT}))
    if isinstance(empty, Permit):
        case.find_list_empty(empty)
    return moves.store(case, empty, by=None, at=at, said={"compared": len(opened.subjects)})


def _must_stand(policy: PolicyInForce | None) -> None:
    if policy_kept() != policy:
        raise AdoptedMeanwhile  # what was locked is let go with all that was done


def _unsearched(case: Case, finding: Finding, policy: PolicyInForce, *, code: str, sentence: str) -> Finding:
    _must_stand(policy)
    ProbeRefused.objects.create(case=case, code=code, sentence=sentence)
    record(act=Act.REFUSE_PROBE, subject=case.ref, by=None, said={"reason": code})
    return finding


def _law(case: Case, policy: PolicyInForce, *, at: datetime) -> str:
    """What the law in force says against it on the day of the search, which may come long after the screening; nothing where it lets it be."""
    law = law_proposed(policy.proposal, policy.digest)
    row, moment = rows.read([case.pk], count_galleries=rows.counts(law))[case.pk], case_facts.Moment(at)
    gates = (Gate.BEFORE_SEARCH, Gate.GALLERY_CHECK)
    answered = [each for gate in gates for each in evaluate(law, gate=gate, facts=case_facts.of_gate(row, gate, moment))]
    return " ".join(str(reason) for reason in answers.reasons_of(law, answered))


def _may_search(case: Case, policy: PolicyInForce | None) -> Finding:
    """Whether it is its turn, and the case screened under the policy in force."""
    ready = case.state == State.FIT and not case.searched_before_screening and not hasattr(case, "candidate_list")
    in_turn = orderly.may_follow(
        about=Act.ATTACH_LIST, subject=case.ref, state=case.state if ready else "already searched", allowed=frozenset({State.FIT})
    )
    if policy is None:
        return eligibility.without_policy(in_turn, ended=policy_ended())
    newest = rows.newest_screening(case)
    return eligibility.once_screened(in_turn, under_the_policy=newest is not None and newest.policy_id == policy.pk)


def _probe_template(engine: Engine, probe: Probe) -> tuple[Any, dict[str, Any]]:
    picture = as_array(for_the_engine(probe.image))
    faces = engine.find_faces(picture)
    target = select_target(faces, probe.box, (probe.image.width, probe.image.height))
    measures = engine.measure(picture, target, len(faces))
    return engine.template(picture, target), asdict(measures)


class NoThreshold(EngineRefuses):
    """Nobody has set from which score this engine returns faces of this gallery for this kind of probe."""

    reason_code = "no_threshold"


def _threshold(engine: Engine, probe: Probe, gallery: Gallery) -> float:
    row = gallery.thresholds.filter(template_version=engine.build.template_version, probe_kind=probe.kind).first()
    if row is None:
        raise NoThreshold(f"No threshold is set for gallery “{gallery.name}”, this engine and probes of kind {probe.kind}.")
    return row.threshold


def _attach(
    case: Case,
    probe: Probe,
    *,
    engine: Engine,
    opened: OpenGallery,
    found: tuple[ScoredCandidate, ...],
    threshold: float,
    at_most: int,
    measures: dict[str, Any],
    policy: PolicyInForce,
) -> None:
    rows = GallerySubject.objects.in_bulk([opened.subjects[each.position_in_gallery] for each in found])
    candidates = []
    for place, each in enumerate(found, start=1):
        subject = rows[opened.subjects[each.position_in_gallery]]
        candidates.append(
            {
                "token": str(uuid.uuid4()),
                "subject_ref": subject.subject_ref,
                "image": str(subject.image_id),
                "image_sha256": subject.original_sha256,
                "gallery_subject": subject.pk,
                "rank": place,
                "score": round(float(each.score), 6),
            }
        )
    gallery = case.request.gallery
    searched = {
        "probe": probe.pk,
        "gallery": gallery.pk,
        "gallery_revision": opened.revision,
        "compared": len(opened.subjects),
        "threshold": threshold,
        "at_most": at_most,
        "measures": measures,
    }
    listed = {
        "engine_name": engine.build.name,
        "engine_version": engine.build.version,
        "template_version": engine.build.template_version,
        "score_scale": engine.build.score_scale,
        "threshold": threshold,
        "gallery_name": gallery.name,
        "gallery_revision": opened.revision,
        "compared": len(opened.subjects),
        "not_reported": [],
    }
    said = {
        "policy": policy.digest,
        "engine": f"{engine.build.name} {engine.build.version}",
        "gallery_revision": opened.revision,
        "compared": len(opened.subjects),
        "candidates": len(candidates),
        "list_sha256": hashlib.sha256(repr([c["token"] for c in candidates]).encode()).hexdigest(),
    }
    told = details(by=None, said=said)
    ask_database("select attach_list(%s, %s, %s, %s, %s)", case.ref, Jsonb(searched), Jsonb(listed), Jsonb(candidates), Jsonb(told))
