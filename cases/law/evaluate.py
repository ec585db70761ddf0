"""Asks the law at one gate: for each rule the sentence, the citation, the facts it saw, and the answer. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, cast

from cases.law import facts as f
from cases.law import words
from cases.law.merge import Merged
from cases.law.obligations import days_due, obligations_in
from cases.law.schema import Rule
from cases.law.words import Gate


class Answer(StrEnum):
    """What a rule says."""

    HOLDS = "holds"
    REFUSES = "refuses"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule's answer, complete enough to be read alone. ``because``: why it refuses, or why it was not asked."""

    rule: str
    pack: str
    sentence: str
    citation: str
    verify: bool
    saw: tuple[tuple[str, str], ...]
    answer: Answer
    because: tuple[str, ...]


FACTS: dict[Gate, type[f.Facts]] = {
    Gate.PROGRAMME_START: f.ProgrammeStartFacts,
    Gate.INTAKE: f.IntakeFacts,
    Gate.BEFORE_SEARCH: f.BeforeSearchFacts,
    Gate.PROBE_CHECK: f.ProbeFacts,
    Gate.GALLERY_CHECK: f.GalleryFacts,
    Gate.REVIEW: f.ReviewFacts,
    Gate.LEAD_RELEASE: f.LeadReleaseFacts,
    Gate.LINE_UP: f.LineUpFacts,
    Gate.WARRANT_OR_ARREST: f.WarrantOrArrestFacts,
    Gate.COURT: f.CourtFacts,
    Gate.CLOSE: f.CloseFacts,
    Gate.OVERSIGHT: f.OversightFacts,
}


def evaluate(law: Merged, *, gate: Gate, facts: f.Facts) -> tuple[RuleAnswer, ...]:
    """Return the answer of every rule that bites at this gate, as it stood on the day of the event."""
    if type(facts) is not FACTS[gate]:
        raise TypeError(f"the gate {gate} is asked with {FACTS[gate].__name__}")
    return tuple(_ask(rule, facts) for rule in law.rules_at(gate))


def refused_by(law: Merged, *, gate: Gate, facts: f.Facts) -> tuple[str, ...]:
    """Return the keys of the rules that refuse: the same answer as ``evaluate``, without what is said about it. For many cases."""
    if type(facts) is not FACTS[gate]:
        raise TypeError(f"the gate {gate} is asked with {FACTS[gate].__name__}")
    act = getattr(facts, "act", None)
    return tuple(
        rule.key
        for rule in law.rules_at(gate)
        if not (_outside(rule, facts, act) or _elsewhere(rule, facts, facts))
        and next(iter(CHECKS[rule.type](rule, facts)), None) is not None
    )


def refusals(answers: Sequence[RuleAnswer]) -> tuple[RuleAnswer, ...]:
    """Return the answers that shut the gate; it is open only if there is none."""
    return tuple(answer for answer in answers if answer.answer is Answer.REFUSES)


class _Looking:
    """Hands out facts and remembers which were looked at."""

    __slots__ = ("_facts", "saw")

    def __init__(self, facts: f.Facts) -> None:
        self._facts = facts
        self.saw: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._facts, name)
        self.saw[name] = value
        return value


def _ask(rule: Rule, facts: f.Facts) -> RuleAnswer:
    look = _Looking(facts)
    outside = _outside(rule, look, getattr(facts, "act", None)) or _elsewhere(rule, look, facts)
    against = () if outside else tuple(CHECKS[rule.type](rule, look))
    answer = Answer.NOT_ASKED if outside else Answer.REFUSES if against else Answer.HOLDS
    return RuleAnswer(
        rule=rule.key,
        pack=rule.pack,
        sentence=rule.sentence,
        citation=rule.citation,
        verify=rule.verify,
        saw=tuple((name, _spoken(value)) for name, value in look.saw.items()),
        answer=answer,
        because=(outside,) if outside else (*against, *(rule.set_aside if against else ())),
    )


def _outside(rule: Rule, look: Any, act: str | None) -> str | None:
    """Return why a rule is not asked at all."""
    if act == words.EXCULPATORY:
        return "What clears a person is never held back by any rule."
    if rule.status in ("bill", "deferred"):
        return f"It is not law: its status is {rule.status}."
    if look.on < rule.effective_from:
        return f"It takes effect on {rule.effective_from}."
    if rule.effective_until is not None and look.on >= rule.effective_until:
        return f"It ended on {rule.effective_until}."
    for name, fact, inside in (
        ("only_purposes", "purpose", True),
        ("except_purposes", "purpose", False),
        ("only_channels", "channel", True),
    ):
        listed = rule.says(name)
        if listed is not None and (value := getattr(look, fact)) is not None and (value in listed) is not inside:
            return f"It does not speak of this {fact}: {_spoken(value)}."
    return None


def _elsewhere(rule: Rule, look: Any, facts: f.Facts) -> str | None:
    """Return why a rule about legal acts does not speak of the act that is asked for."""
    act = getattr(facts, "act", None)
    if act is None or isinstance(facts, f.LeadReleaseFacts):
        return None
    acts = rule.words("acts")
    if acts and not any(act in words.COVERS.get(each, {each}) for each in acts):
        return f"It does not speak of this act: {_spoken(look.act)}."
    if rule.type in ("tell_prosecutor", "tell_defence") and not _places(rule, facts):
        return "It speaks of other papers."
    if rule.type == "exculpatory_tests" and act not in ("arrest", "arrest_warrant", "stop"):
        return f"It does not speak of this act: {_spoken(look.act)}."
    return None


def _places(rule: Rule, facts: f.Facts) -> frozenset[str]:
    if isinstance(facts, f.CourtFacts):
        return rule.words("where") & {"discovery"}
    act = getattr(facts, "act", "")
    mine = {"search_warrant": {"warrant_papers"}, "arrest_warrant": {"warrant_papers", "arrest_papers"}, "arrest": {"arrest_papers"}}
    return rule.words("where") & mine.get(act, {"warrant_papers"} if act == "probable_cause" else set())


def _must(value: bool | None, wrong: str) -> Iterator[str]:
    """Yield what is wrong unless the fact is true; unknown is said as such."""
    if value is None:
        yield f"Not known: {wrong[0].lower()}{wrong[1:]}"
    elif not value:
        yield wrong


def _must_not(value: bool | None, wrong: str) -> Iterator[str]:
    yield from _must(None if value is None else not value, wrong)


def _has(needed: frozenset[str], given: frozenset[str] | None, what: str) -> Iterator[str]:
    lacking = needed if given is None else needed - given
    if lacking:
        yield f"{what}: {_spoken(lacking)}."


def _offence(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.IntakeFacts, look)
    yield from (
        _must(facts.decided_from_report, "The offence was not decided from the report of crime.")
        if rule.says("decided_from_report")
        else ()
    )
    code, statute = facts.code, facts.statute
    cited = dict(rule.statute_codes).get(statute or "")
    years, least = None, rule.says("penalty_years_at_least")
    listed = bool(code) and bool(rule.says("any_named_offence"))
    listed |= code in rule.words("codes") or (cited is not None and code in cited)
    if rule.says("classes") and not listed:
        listed = bool(rule.words("classes") & (facts.classes or frozenset()))
    if least and (rule.says("penalty_needed_besides") or not listed):
        years = facts.penalty_years
    if least and not rule.says("penalty_needed_besides"):
        listed |= years is not None and years >= least
    away = facts.out_of_state
    if away is None:
        yield "Not known: whether it happened in another state."
    if away:
        listed = bool(rule.says("equivalents")) and (
            facts.equivalent in rule.words("codes") | rule.words("statutes") or (listed and bool(facts.equivalent))
        )
    if not listed and rule.says("open_clause") and facts.open_reasons and facts.open_approver:
        return
    if not listed:
        yield "The offence in the report of crime is not one for which this pack lets a face be searched."
    if least and rule.says("penalty_needed_besides") and (years is None or years < least):
        yield f"The offence must carry a penalty of at least {least} years."
    if facts.attempt is None:
        yield "Not known: whether it was an attempt."
    if facts.attempt and not rule.says("attempts"):
        yield "The pack does not say that an attempt is enough."


def _suspicion(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.IntakeFacts, look)
    other = rule.words("or_else")
    if other and other & (facts.bases or frozenset()):
        return
    standard = rule.says("standard")
    if standard and not _reaches(facts.suspicion, standard):
        yield f"The ground must be at least {_spoken(standard)}."
    if not standard and other:
        yield f"One of these is needed: {_spoken(other)}."
    if rule.says("grounds"):
        yield from _has(rule.words("grounds"), facts.grounds, "Not written down")


def _reaches(stated: str | None, standard: str) -> bool:
    return stated in words.STANDARDS and words.STANDARDS.index(stated) >= words.STANDARDS.index(standard)


def _purpose(rule: Rule, look: Any) -> Iterator[str]:
    purpose = cast(f.IntakeFacts, look).purpose
    if purpose is None:
        yield "Not known: what the search is for."
    elif purpose in words.OFF_THE_SUSPECT_TRACK and purpose not in rule.words("purposes"):
        yield f"The pack does not let a face be searched for this purpose: {_spoken(purpose)}."


def _sole(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.WarrantOrArrestFacts, look)
    match rule.says("mode"):
        case "any_other_evidence":
            others = facts.other_items
            if others is not None and rule.says("line_up_counts"):
                others += facts.line_ups_from_result or 0
            if others is None or others < 1:
                yield "Nothing else than the face result is on file for this act."
        case "independent_reliable_linking":
            yield from _must(facts.independent_reliable_linking, "No independent, reliable evidence links the person to the offence.")
        case "independent_and_sufficient_alone":
            yield from _must(facts.independent_and_sufficient, "No independently obtained evidence carries this act by itself.")
        case "none_may_cite":
            yield from _must_not(facts.papers_cite_result, "The papers rest on the face result; they may not name it.")
    if rule.says("items") and (facts.independent_items or 0) < rule.says("items"):
        yield f"At least {rule.says('items')} independent item(s) must be on file."


def _court_use(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.CourtFacts, look)
    allowed = rule.says("allowed")
    if (allowed is not None and facts.act not in allowed) or facts.act in rule.words("banned"):
        yield f"The result may not be used here: {_spoken(facts.act)}."
    if rule.says("unlawful_excluded"):
        yield from _must(facts.obtained_lawfully, "The result was not obtained lawfully.")


def _line_up(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.LineUpFacts, look)
    if rule.says("independent_item_first") and not facts.independent_items:
        yield "No independent, reliable evidence is on file before the line-up."
    if rule.says("witness_not_told"):
        yield from _must_not(facts.witness_told, "The witness was told that a face search picked the person.")
    if rule.says("search_picture") == "banned":
        yield from _must_not(facts.search_picture, "The line-up uses the picture that the search returned.")
    if rule.says("fillers_from_search") == "banned":
        yield from _must_not(facts.fillers_from_search, "The line-up uses fillers from a face search.")
    if rule.says("blind_administrator"):
        yield from _must(facts.blind_administrator, "Whoever holds the line-up knows who is suspected.")
    if rule.says("sequential"):
        yield from _must(facts.sequential, "The pictures are not shown one after another.")


def _human_review(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ReviewFacts, look)
    if rule.says("reviewers") and len(set(facts.people or ())) < rule.says("reviewers"):
        yield f"At least {rule.says('reviewers')} different people must have reviewed."
    for role in sorted(rule.words("distinct_from")):
        holder = getattr(facts, role)
        if not facts.people or holder is None:
            yield f"Not known: whether the {role} reviewed."
        elif holder in facts.people:
            yield f"The {role} reviewed."
    for name, value, wrong in (
        ("blind", "blind", "A reviewer had seen another opinion before."),
        ("all_candidates", "all_viewed", "Not every candidate was compared."),
        ("supervisor_approves", "supervisor_approved", "No supervisor approved."),
        ("may_change_decision", "may_change_decision", "The reviewers have no authority to change the decision."),
    ):
        if rule.says(name):
            yield from _must(getattr(facts, value), wrong)
    if rule.says("disagreement_ends"):
        yield from _must_not(facts.disagreement, "The reviewers disagree, so there is no lead.")
    for name, wrong in (("candidates_at_least", "The list is shorter than"), ("candidates_at_most", "The list is longer than")):
        limit = rule.says(name)
        if limit is None:
            continue
        if facts.candidates is None:
            yield "Not known: how many candidates there are."
        elif facts.candidates < limit if name == "candidates_at_least" else facts.candidates > limit:
            yield f"{wrong} {limit}."


def _authority(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.AuthorityFacts, look)
    kinds = rule.says("kinds")
    if kinds is not None and not _granted(kinds, facts):
        yield from _without_authority(rule, kinds, facts)
    needed, rank = rule.says("sign_offs"), rule.says("rank")
    if needed or rank:
        least = words.RANKS.index(rank) if rank else 0
        signed = {who for who, its in facts.sign_offs or () if its in words.RANKS and words.RANKS.index(its) >= least}
        if len(signed) < (needed or 1):
            yield f"{needed or 1} sign-off(s) needed{' of the rank of ' + _spoken(rank) + ' or above' if rank else ''}."


def _granted(kinds: tuple[str, ...], facts: f.AuthorityFacts) -> bool:
    if facts.authority not in kinds or facts.at is None or facts.authority_granted_at is None:
        return False
    ends = facts.authority_ends_at
    return facts.authority_granted_at <= facts.at and (ends is None or facts.at < ends)


def _without_authority(rule: Rule, kinds: tuple[str, ...], facts: f.AuthorityFacts) -> Iterator[str]:
    """Without the authority only an emergency whose clock still runs, or a first naming, lets a search be made."""
    if facts.authority_refused:
        yield "The authority was refused" + (": stop at once and delete everything." if rule.says("refused_means_stop_and_delete") else ".")
        return
    if rule.says("except_first_naming") and facts.first_naming:
        return
    hours = rule.says("exigent_hours")
    if not (hours or rule.says("exigent_allowed")) or not facts.exigent:
        yield f"One of these is needed first: {_spoken(kinds)}."
        return
    if rule.says("exigent_reasons_written") and not (facts.exigent_reasons or "").strip():
        yield "The emergency is not written down with its reasons."
    if facts.at is None or facts.exigent_since is None or facts.authority_refused is None:
        yield "Not known: since when the emergency stands, and what was said to the request."
    elif hours and facts.at > facts.exigent_since + timedelta(hours=hours):
        yield f"The {hours} hours of the emergency are over: stop and ask."


def _training(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.PeopleFacts, look)
    if not facts.people or facts.courses is None:
        yield "Not known: who acts, or what they were trained in."
        return
    oldest = facts.on - timedelta(days=rule.says("max_age_days")) if rule.says("max_age_days") else date.min
    if rule.says("by_day") and facts.on < rule.says("by_day"):
        return
    valid = {(each.person, each.course) for each in facts.courses if oldest <= each.passed_on <= facts.on}
    for course in sorted(rule.words("courses")):
        if any((person, course) not in valid for person in facts.people):
            yield f"Somebody's training is not valid on that day: {_spoken(course)}."


def _probe_kind(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProbeFacts, look)
    allowed = rule.says("allowed")
    if allowed is not None or rule.says("banned"):
        if facts.kind is None:
            yield "Not known: what kind of image the probe is."
        elif facts.kind in rule.words("banned") or (allowed is not None and facts.kind not in allowed):
            yield f"This kind of image may not be searched: {_spoken(facts.kind)}."
    if rule.says("quality_recorded"):
        yield from _must(facts.quality_recorded, "The quality of the probe is not recorded.")
    if rule.says("source_recorded"):
        yield from _must(facts.source_recorded, "The source of the probe is not recorded.")
    if rule.says("limited_accepted") == 0:
        yield from _must(None if facts.grade is None else facts.grade != "limited", "A probe graded limited is not accepted.")


def _probe_edits(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProbeFacts, look)
    if facts.edits is None:
        yield "Not known: whether the probe was edited."
    for edit in facts.edits or ():
        if edit.kind in rule.words("banned"):
            yield f"This edit is not allowed: {_spoken(edit.kind)}."
        if rule.says("described") and not edit.description.strip():
            yield "An edit is not described."
        if rule.says("dated") and edit.made_on is None:
            yield "An edit has no date."
        if rule.says("copy_kept") and not edit.copy_kept:
            yield "No copy of an edited version is kept."
    if rule.says("keep_original"):
        yield from _must(facts.original_kept, "The original is not kept.")


def _target_face(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProbeFacts, look)
    if rule.says("one_target"):
        yield from _must(facts.target_chosen, "The one face that is meant is not marked.")
        yield from _must_not(facts.others_analysed, "A person who is not meant was analysed.")
    if rule.says("no_stored_video_scan"):
        yield from _must(None if facts.channel is None else facts.channel != "stored_video", "Stored video was scanned for faces.")
    for name, value, wrong in (
        ("probe_not_enrolled", "enrolled", "The probe was put into the gallery."),
        ("minors_excluded", "minor", "The person is a minor."),
        ("sealed_excluded", "sealed", "The record is sealed."),
    ):
        if rule.says(name):
            yield from _must_not(getattr(facts, value), wrong)


def _gallery(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.GalleryFacts, look)
    allowed = rule.says("kinds")
    if allowed is not None or rule.says("banned"):
        if not facts.kinds:
            yield "Not known: what the gallery is made of."
        for kind in sorted(facts.kinds or ()):
            if kind in rule.words("banned") or (allowed is not None and kind not in allowed):
                yield f"This kind of gallery may not be searched: {_spoken(kind)}."
    for name, wrong in (
        ("named", "The gallery is not named."),
        ("lawful_source", "The gallery has no lawful source on file."),
        ("weighed", "Nobody has written down why this gallery was chosen."),
    ):
        if rule.says(name):
            yield from _must(getattr(facts, name), wrong)
    if rule.says("leaves_out"):
        yield from _has(rule.words("leaves_out"), facts.leaves_out, "The gallery does not leave these out")
    months = rule.says("scrubbed_every_months")
    if months and (facts.scrubbed_on is None or _months_between(facts.scrubbed_on, facts.on) >= months):
        yield f"The gallery was not cleaned within {months} months."
    most = rule.says("people_at_most")
    if most and (facts.people is None or facts.people > most):
        yield f"The gallery holds more than {most} people, or nobody knows how many."


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def _channel(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.BeforeSearchFacts, look)
    channel, allowed = facts.channel, rule.says("allowed")
    if channel is None:
        yield "Not known: in which way the search is made."
        return
    if channel in rule.words("banned") or (allowed is not None and channel not in allowed):
        yield f"A search may not be made in this way: {_spoken(channel)}."
    if channel not in rule.words("limited"):
        return
    if rule.says("unless") is not None and not rule.words("unless") & (facts.conditions or frozenset()):
        yield f"One of these is needed: {_spoken(rule.words('unless'))}."
    if rule.says("and_also"):
        yield from _has(rule.words("and_also"), facts.conditions, "This is needed besides")
    if rule.says("place_and_period_stated"):
        yield from _must(facts.place_and_period_stated, "Place, start and end are not stated.")
    if rule.says("overt"):
        yield from _must(facts.overt, "It is not done openly.")


def _protected(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.IntakeFacts, look)
    if rule.says("unless"):
        if facts.protected_activity is None:
            yield "Not known: whether the search touches protected activity or traits."
        if facts.protected_activity and (rule.says("unless") == "never" or not _reaches(facts.suspicion, rule.says("unless"))):
            yield "The search touches protected activity or traits."
    if rule.says("no_record"):
        yield from _must_not(facts.records_protected_activity, "The request records protected activity or traits.")


def _forbidden_use(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.IntakeFacts, look)
    if facts.uses is None:
        yield "Not known: what else the search is for."
    for use in sorted(rule.words("banned") & (facts.uses or frozenset())):
        yield f"The use is forbidden: {_spoken(use)}."


def _written_request(rule: Rule, look: Any) -> Iterator[str]:
    yield from _has(rule.words("fields"), cast(f.IntakeFacts, look).request_fields, "The request does not say")


def _who_searches(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.BeforeSearchFacts, look)
    if rule.says("performers") is not None and facts.performer not in rule.words("performers"):
        yield f"This body may not run the search: {_spoken(facts.performer)}."
    if rule.says("no_third_party"):
        yield from _must_not(facts.third_party, "A third party was asked to search.")
    if rule.says("provenance"):
        yield from _has(rule.words("provenance"), facts.provenance, "Not kept on the search")


def _retention(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.CloseFacts, look)
    if rule.says("period_set"):
        yield from _must(facts.period_set, "No period is set after which it is deleted.")
    if rule.says("keep"):
        kept = frozenset(part for thing in rule.words("keep") for part in words.CONTAINS.get(thing, frozenset({thing})))
        gone = kept & (facts.destroyed or frozenset())
        if facts.destroyed is None or (gone and (facts.age_days is None or facts.age_days < rule.says("keep_at_least_days"))):
            yield f"It must be kept for {rule.says('keep_at_least_days')} days: {_spoken(gone or kept)}."
    if rule.says("delete"):
        yield from _overstayed(rule, facts)
    if rule.says("close_after_days") is not None and (facts.ended_days or 0) > rule.says("close_after_days"):
        yield f"It must have been closed within {rule.says('close_after_days')} days of its end."
    days = rule.says("destroy_after_days")
    if days is not None and facts.held and not facts.legal_hold and (facts.closed_days or 0) > days:
        yield f"It must have been deleted within {days} days of closing: {_spoken(facts.held)}."


def _overstayed(rule: Rule, facts: f.CloseFacts) -> Iterator[str]:
    when, within = rule.says("delete_when"), rule.says("delete_within_days") or 0
    if when != "always" and facts.outcomes is None:
        yield "Not known: what became of the case."
    if when != "always" and when not in (facts.outcomes or frozenset()):
        return
    still = rule.words("delete") & (rule.words("delete") if facts.held is None else facts.held)
    if facts.legal_hold or not still:
        return
    if facts.age_days is None or facts.age_days > within:
        yield f"It must have been deleted within {within} days: {_spoken(still)}."


def _tell(rule: Rule, look: Any) -> Iterator[str]:
    if isinstance(seen := getattr(look, "_facts", look), f.CourtFacts):
        yield from _tell_in_court(rule, cast(f.CourtFacts, look))
        return
    facts = cast(f.WarrantOrArrestFacts, look)
    if facts.search_used is False and not rule.says("even_if_unused"):
        return
    for place in sorted(_places(rule, seen)):
        said = frozenset(item for where, item in facts.told or () if where == place)
        yield from _has(rule.words("items"), said, f"Not said in the {_spoken(place)}")


def _tell_in_court(rule: Rule, facts: f.CourtFacts) -> Iterator[str]:
    if facts.offered_at_trial is False and not rule.says("even_if_unused"):
        return
    told = facts.told_defence if rule.type == "tell_defence" else facts.told_prosecutor
    yield from _has(rule.words("items"), told, "Not told")
    if rule.says("on_showing"):
        yield from _has(rule.words("on_showing") & (facts.showing_made or frozenset()), told, "Not told though a showing was made")
    if rule.says("before_trial"):
        told_on, trial_on = facts.told_on, facts.trial_on
        yield from _must(None if told_on is None or trial_on is None else told_on < trial_on, "It was not told before trial.")


def _public_notice(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProgrammeStartFacts, look)
    yield from _has(rule.words("items"), facts.published, "Not published")
    if rule.says("days_before"):
        yield from _days(facts.noticed_on, facts.starts_on, rule.says("days_before"))


def _days(noticed: date | None, starts: date | None, least: int) -> Iterator[str]:
    if noticed is None or starts is None or (starts - noticed).days < least:
        yield f"The public must be told at least {least} days before."


def _audit(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.OversightFacts, look)
    if rule.says("log_fields"):
        yield from _has(rule.words("log_fields"), facts.log_fields, "Not in the log")
    if rule.says("access"):
        yield from _has(rule.words("access"), facts.access, "Access is not")
    if rule.says("on_demand"):
        asked = rule.words("on_demand") if facts.asked_by is None else facts.asked_by
        yield from _has(rule.words("on_demand") & asked, facts.handed_to, "The audit file was not handed to")
    if rule.says("confidential"):
        yield from _must_not(facts.log_is_public, "The log is open to the public; it must not be.")
    if rule.says("public_log"):
        yield from _must(facts.log_is_public, "The log is not open to the public.")
    yield from _kept_days(rule, facts)


def _report(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.OversightFacts, look)
    if rule.says("fields"):
        yield from _has(rule.words("fields"), facts.report_fields, "Not in the report")
    yield from _kept_days(rule, facts)


def _kept_days(rule: Rule, facts: f.OversightFacts) -> Iterator[str]:
    if not any(rule.says(name) for name in ("due", "every_months", "every_days", "once_on")):
        return
    if facts.started_on is None or facts.met is None:
        yield "Not known: which days were kept."
        return
    met = {day for key, day in facts.met if key == rule.key}
    for duty in obligations_in((rule,)):
        for day in days_due(duty, started=facts.started_on, until=facts.on - timedelta(days=1)):
            if day not in met:
                yield f"It was due on {day}."


def _adoption(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProgrammeStartFacts, look)
    if rule.says("body") and not (facts.body or "").strip():
        yield f"The body that decided is not named; it must be: {rule.says('body')}."
    if rule.says("vote") and (facts.votes_for or 0) <= (facts.votes_against or 0):
        yield "No vote for it is on record."
    if rule.says("notice_days"):
        yield from _days(facts.noticed_on, facts.starts_on, rule.says("notice_days"))
    for name, wrong in (("comment_days", "days for comments"), ("meetings", "public meetings")):
        least = rule.says(name)
        if least and (getattr(facts, name) or 0) < least:
            yield f"At least {least} {wrong} are needed."
    months = rule.says("review_every_months")
    if months and (facts.reviewed_on is None or _months_between(facts.reviewed_on, facts.on) >= months):
        yield f"The policy was not renewed within {months} months."
    if rule.says("policy_in_writing"):
        yield from _must(facts.policy_in_writing, "No written policy is in force.")
    if rule.says("pilot") and facts.pilot_ends_on is None:
        yield "No pilot with an end is on file."
    if rule.says("assessments"):
        yield from _has(rule.words("assessments"), facts.assessments, "Not assessed")


def _accuracy(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.ProgrammeStartFacts, look)
    if facts.engine_version is None or facts.engine_version != facts.tested_version:
        yield "The version in use is not the version that was tested."
    least = rule.says("true_positive_percent_each_group")
    if least and not facts.true_positive_percent:
        yield "Not known: how good it is for each group."
    for group, percent in facts.true_positive_percent or () if least else ():
        if percent < least:
            yield f"Below {least} percent for a group: {group}."
    most = rule.says("false_alerts_per_thousand")
    if most is not None and (facts.false_alerts_per_thousand is None or facts.false_alerts_per_thousand > most):
        yield f"More than {most} false alerts in a thousand, or nobody knows."
    if rule.says("independent_test"):
        yield from _must(facts.independent_test, "No independent test is on file.")
    if rule.says("operating_conditions"):
        yield from _must(facts.operating_conditions, "It was not tested in the conditions of its use.")
    months = rule.says("tested_within_months")
    if months and (facts.tested_on is None or _months_between(facts.tested_on, facts.on) >= months):
        yield f"It was not tested within {months} months."


def _vendor(rule: Rule, look: Any) -> Iterator[str]:
    yield from _has(rule.words("clauses"), cast(f.ProgrammeStartFacts, look).clauses, "Not in the contract")


def _penalties(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.OversightFacts, look)
    if rule.says("steps"):
        yield from _has(rule.words("steps"), facts.steps_in_force, "Not in force as an answer to misuse")
    hours = rule.says("notice_hours")
    if not hours:
        return
    if facts.breaches is None or facts.at is None:
        yield "Not known: whether there was misuse."
        return
    for breach in facts.breaches:
        until = breach.found_at + timedelta(hours=hours)
        told = frozenset(who for who, told_at in breach.told if told_at <= until)
        if facts.at > until:
            yield from _has(rule.words("notice_to"), told, f"Not told within {hours} hours")


def _exculpatory_tests(rule: Rule, look: Any) -> Iterator[str]:
    needed = frozenset(code for code, _ in rule.says("tests"))
    yield from _has(needed, cast(f.WarrantOrArrestFacts, look).tests_closed, "Not tested, weighed or shown impossible")


def _time_to_act(rule: Rule, look: Any) -> Iterator[str]:
    hours = cast(f.WarrantOrArrestFacts, look).hours_since_signed
    if hours is None or hours > rule.says("hours"):
        yield f"The countersignature is older than {rule.says('hours')} hours, or nobody knows."


def _custody_recheck(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.WarrantOrArrestFacts, look)
    hours = facts.hours_in_custody
    if not facts.recheck_made and (hours is None or hours > rule.says("hours")):
        yield f"The re-check was not made within {rule.says('hours')} hours of custody, or nobody knows."


def _lead_wording(rule: Rule, look: Any) -> Iterator[str]:
    facts = cast(f.LeadReleaseFacts, look)
    if rule.says("lead_only"):
        yield from _must(facts.says_lead_only, "The lead does not say that it is a lead only.")
    if rule.says("past_no_results_attached"):
        yield from _must(facts.past_no_results_attached, "Earlier searches that found nobody are not attached.")
    most = rule.says("candidates_at_most")
    if most and (facts.candidates is None or facts.candidates > most):
        yield f"More than {most} candidates are handed out, or nobody knows."


CHECKS: dict[str, Callable[[Rule, Any], Iterator[str]]] = {
    "offence": _offence,
    "suspicion": _suspicion,
    "purposes_without_offence": _purpose,
    "no_arrest_on_the_face": _sole,
    "no_probable_cause_on_the_face": _sole,
    "no_positive_identification": _sole,
    "court_use": _court_use,
    "line_up": _line_up,
    "human_review": _human_review,
    "authority": _authority,
    "training": _training,
    "probe_kind": _probe_kind,
    "probe_edits": _probe_edits,
    "target_face": _target_face,
    "gallery": _gallery,
    "channel": _channel,
    "protected_activity": _protected,
    "forbidden_use": _forbidden_use,
    "written_request": _written_request,
    "who_searches": _who_searches,
    "retention": _retention,
    "tell_prosecutor": _tell,
    "tell_defence": _tell,
    "public_notice": _public_notice,
    "audit": _audit,
    "report": _report,
    "adoption": _adoption,
    "accuracy": _accuracy,
    "vendor": _vendor,
    "penalties": _penalties,
    "exculpatory_tests": _exculpatory_tests,
    "time_to_act": _time_to_act,
    "custody_recheck": _custody_recheck,
    "lead_wording": _lead_wording,
}


def _spoken(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(_spoken(each) for each in value)) or "nothing"
    if isinstance(value, tuple):
        return ", ".join(_spoken(each) for each in value) or "nothing"
    return str(value).replace("_", " ")
