"""What the policy board and a manager see of the law: what is in force and since when, the votes, proposals, changes, and what is owed."""

from dataclasses import dataclass
from datetime import date, datetime

from cases.law.compare import Compared, compare
from cases.law.in_force import law_of, law_proposed, policy_in_force
from cases.law.load import PackWrong, load_pack
from cases.law.merge import Merged
from cases.law.obligations import Standing
from cases.law.owed import Owed, obligations
from cases.law.shipped import pack_files
from cases.models import Policy, PolicyProposal
from people.models import Person
from review import facts
from review.models import Countersignature
from review.sheets.notices import shut_by_policy
from review.sheets.words import Chip

MOST = 50
STANDS = {
    Standing.OVERDUE: Chip("Overdue", "shut"),
    Standing.ALARM: Chip("Due soon", "wait"),
    Standing.AHEAD: Chip("Ahead", "open"),
    Standing.MET: Chip("Met", "solid"),
}
ON_EACH_EVENT = Chip("On each event", "law")
HOW = {"added": Chip("Added", "open"), "removed": Chip("Removed", "shut"), "changed": Chip("Changed", "wait")}


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One pack of a version, with its exact text and what the file of that name says today."""

    title: str
    pack: str
    layer: str
    whose: str
    digest: str
    text: str
    on_disk: str


@dataclass(frozen=True, slots=True)
class SettledRow:
    """One conflict, and who settled it where."""

    sentence: str
    goes_first: str
    by: str
    in_writing: str


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    """One adoption with the record of its votes."""

    number: int
    title: str
    adopted_at: datetime
    body: str
    voted_on: date
    votes: tuple[int, int, int]
    first: str
    second: str
    published_at: str
    written_policy: str
    noticed_on: date | None
    comments: tuple[date, date] | None
    meetings: tuple[date, ...]
    assessments: tuple[tuple[str, str], ...]
    review_on: date
    pilot_ends_on: date | None
    holds_until: date | None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal that nobody adopted yet."""

    number: int
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BoardSheet:
    """The board's page."""

    now: AdoptionRow | None
    ended: bool
    layers: tuple[LayerRow, ...]
    settled: tuple[SettledRow, ...]
    waiting: tuple[ProposalLine, ...]
    adoptions: tuple[AdoptionRow, ...]
    shut: tuple[tuple[str, datetime, str], ...]  # case, when, why
    signatures: tuple[tuple[str, str], ...]  # countersignature, action
    pressing: int
    may_propose: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One rule that would come, go or change."""

    how: Chip
    rule: str
    sentence: str
    citation: str
    verify: bool
    says: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProposalSheet:
    """One proposal beside another version."""

    number: int
    title: str
    digest: str
    by: str
    at: datetime
    stands_until: date | None
    layers: tuple[LayerRow, ...]
    settled: tuple[SettledRow, ...]
    beside: str
    others: tuple[tuple[int, str], ...]
    changes: tuple[ChangeRow, ...]
    same: int
    enforced: tuple[tuple[str, str, str], ...]
    asks: tuple[tuple[str, str], ...]  # what the packs ask of the adoption: sentence, citation
    warnings: tuple[str, ...]
    adopted: bool
    may_adopt: bool


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One obligation as it stands today."""

    key: str
    sentence: str
    citation: str
    verify: bool
    owner: str
    due_on: date | None
    after_hours: int | None
    chip: Chip
    document: str
    may_mark: bool


def board(*, at: datetime, may_propose: bool) -> BoardSheet:
    """Return what is in force, what waits, what was adopted before, and what the newest change shut."""
    adopted = list(Policy.objects.select_related("first_adopter", "second_adopter", "proposal").order_by("-id")[:MOST])
    newest = adopted[0] if adopted else None
    in_force = policy_in_force()
    law = law_of(newest.pk) if newest else None
    waiting = PolicyProposal.objects.filter(adopted_as__isnull=True).select_related("by").order_by("-id")[:MOST]
    shut = list(shut_by_policy().filter(policy=newest.pk)[:MOST]) if newest else []
    signed = Countersignature.objects.filter(lead__case__in=[row.case_id for row in shut], state="SIGNED").select_related("action")
    return BoardSheet(
        now=_adoption(newest) if newest and in_force else None,
        ended=newest is not None and in_force is None,
        layers=_layers(law) if law else (),
        settled=_settled(law) if law else (),
        waiting=tuple(ProposalLine(p.pk, p.title, p.by.display_name, p.at) for p in waiting),
        adoptions=tuple(_adoption(policy) for policy in adopted),
        shut=tuple((row.case.ref, row.at, ", ".join(row.reasons).replace("_", " ")) for row in shut),
        signatures=tuple((row.ref, row.action.name) for row in facts.with_holds(signed) if not row.holds),
        pressing=sum(row.standing in (Standing.OVERDUE, Standing.ALARM) for row in obligations(on=at.date())),
        may_propose=may_propose,
    )


def proposal(row: PolicyProposal, *, reader: Person, at: datetime, beside: int | None, may_adopt: bool) -> ProposalSheet:
    """Return a proposal beside the version in force, or beside the adoption that is asked for."""
    law, on = law_proposed(row.pk, row.digest), at.date()
    other = Policy.objects.filter(pk=beside).first() if beside else Policy.objects.order_by("-id").first()
    compared: Compared = compare(law_of(other.pk) if other else None, law, on=on)
    adopted = hasattr(row, "adopted_as")
    return ProposalSheet(
        number=row.pk,
        title=row.title,
        digest=row.digest,
        by=row.by.display_name,
        at=row.at,
        stands_until=row.stands_until,
        layers=_layers(law),
        settled=_settled(law),
        beside=f"adoption {other.pk}, {other.title}" if other else "",
        others=tuple((p.pk, f"Adoption {p.pk} of {p.adopted_at.date()}: {p.title}") for p in Policy.objects.order_by("-id")[:MOST]),
        changes=tuple(ChangeRow(HOW[c.how], c.rule, c.sentence, c.citation, c.verify, c.says) for c in compared.rules),
        same=compared.same,
        enforced=compared.enforced,
        asks=tuple((rule.sentence, rule.citation) for rule in law.rules if rule.type == "adoption" and rule.holds_on(on)),
        warnings=(*law.leaves_nothing(on=on), *law.why_not_adoptable(on=on)),
        adopted=adopted,
        may_adopt=may_adopt and not adopted and row.by_id != reader.pk,
    )


def owed(*, at: datetime, may_mark: bool) -> tuple[OwedRow, ...]:
    """Return what the newest policy asks of people outside the program, the most pressing first."""
    return tuple(_owed(row, may_mark) for row in obligations(on=at.date()))


def _owed(row: Owed, may_mark: bool) -> OwedRow:
    each = row.obligation
    return OwedRow(
        key=each.key,
        sentence=each.sentence,
        citation=each.citation,
        verify=each.verify,
        owner=each.owner.replace("_", " "),
        due_on=row.due_on,
        after_hours=each.within_hours,
        chip=ON_EACH_EVENT if each.within_hours and row.due_on is None else STANDS[row.standing],
        document=row.last_document,
        may_mark=may_mark and not row.met,
    )


def _layers(law: Merged) -> tuple[LayerRow, ...]:
    now = _on_disk()
    texts = {pack.id: pack.text for pack in law.packs}
    return tuple(
        LayerRow(
            title=layer.title,
            pack=layer.pack,
            layer=layer.layer.replace("_", " "),
            whose=" and ".join(layer.sides),
            digest=layer.digest,
            text=texts[layer.pack],
            on_disk=_same(now.get(layer.pack), layer.digest),
        )
        for layer in law.layers
    )


def _same(found: str | None, digest: str) -> str:
    if found is None:
        return "There is no such file in policies/ today; the text on file stays what counts."
    return "" if found == digest else "The file in policies/ was edited since; the text on file stays what counts."


def _on_disk() -> dict[str, str]:
    found = {}
    for path in pack_files():
        try:
            found[path.stem] = load_pack(path).digest
        except PackWrong:
            found[path.stem] = "cannot be read"
    return found


def _settled(law: Merged) -> tuple[SettledRow, ...]:
    done = {each.conflict: each for each in law.settlements}
    return tuple(SettledRow(c.sentence, done[c.id].goes_first, done[c.id].by, done[c.id].in_writing) for c in law.conflicts if c.id in done)


def _adoption(policy: Policy) -> AdoptionRow:
    return AdoptionRow(
        number=policy.pk,
        title=policy.title,
        adopted_at=policy.adopted_at,
        body=policy.governing_body,
        voted_on=policy.voted_on,
        votes=(policy.votes_for, policy.votes_against, policy.votes_abstained),
        first=policy.first_adopter.display_name,
        second=policy.second_adopter.display_name,
        published_at=policy.published_at,
        written_policy=policy.written_policy,
        noticed_on=policy.noticed_on,
        comments=(policy.comments_from, policy.comments_until) if policy.comments_from and policy.comments_until else None,
        meetings=tuple(policy.meetings_on),
        assessments=tuple((kind.replace("_", " "), document) for kind, document in sorted(policy.assessments.items())),
        review_on=policy.review_on,
        pilot_ends_on=policy.pilot_ends_on,
        holds_until=policy.holds_until,
    )
