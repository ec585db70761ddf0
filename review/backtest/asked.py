"""One question of a backtest, asked under two laws; and what all of them come to, with a digest that is the same each time. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cases.law.evaluate import refused_by
from cases.law.facts import Facts
from cases.law.merge import Merged
from cases.law.words import Gate


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of a case or a scenario at one gate, as of a moment, and the law of that time (None: there was none)."""

    of: str
    gate: Gate
    about: str  # the lead and the action, where one case is asked several times
    at: datetime
    facts: Facts
    law: Merged | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One question that would have gone another way. ``goes``: shut where it was open, or open where it was shut."""

    of: str
    gate: str
    about: str
    at: str
    goes: str
    rules: tuple[str, ...]  # those that say no: the draft's where it shuts, the old law's where it opens


@dataclass(slots=True)
class Tally:
    """What the questions come to, counted as they come."""

    draft: Merged
    cases: int = 0
    asked: int = 0
    skipped: int = 0
    differences: list[Difference] = field(default_factory=list)
    _known: dict[tuple[str, Gate, Facts], tuple[str, ...]] = field(default_factory=dict)

    def take(self, questions: Iterable[Question]) -> None:
        """Ask both laws. A question that no law was there to answer is not compared."""
        for question in questions:
            if question.law is None:
                self.skipped += 1
                continue
            self.asked += 1
            before, after = self._asked(question.law, question), self._asked(self.draft, question)
            if bool(before) != bool(after):
                goes = "shut" if after else "open"
                said = (question.of, question.gate.value, question.about, question.at.isoformat(), goes, after or before)
                self.differences.append(Difference(*said))

    def _asked(self, law: Merged, question: Question) -> tuple[str, ...]:
        """Equal facts under one law have one answer, so it is looked up."""
        key = (law.digest, question.gate, question.facts)
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = refused_by(law, gate=question.gate, facts=question.facts)
        return self._known[key]

    def outcome(self, *, others: Iterable[Merged] = ()) -> dict[str, Any]:
        """Return everything as plain JSON values, the digest of it last."""
        named = {key for each in self.differences for key in each.rules}
        rules = {rule.key: rule for law in (*others, self.draft) for rule in law.rules}
        said: dict[str, Any] = {
            "draft": {"packs": self.draft.pack, "digest": self.draft.digest},
            "cases": self.cases,
            "questions": self.asked,
            "not_compared": self.skipped,
            "would_be_shut": sum(each.goes == "shut" for each in self.differences),
            "would_be_open": sum(each.goes == "open" for each in self.differences),
            "by_rule": self._by_rule(),
            "rules": {
                key: {"sentence": rules[key].sentence, "citation": rules[key].citation, "verify": rules[key].verify}
                for key in sorted(named)
                if key in rules
            },
            "differences": [asdict(each) | {"rules": list(each.rules)} for each in self.differences],
        }
        return {**said, "digest": digest_of(said)}

    def _by_rule(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for each in self.differences:
            for key in each.rules:
                row = found.setdefault(key, {"shut": 0, "open": 0})
                row[each.goes] += 1
        return dict(sorted(found.items()))


def digest_of(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is said, in one order."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
