"""Writes ``docs/law.md``: each type of rule, where it bites, which packs use it, how two of them meet, and its test."""

from collections.abc import Sequence

from cases.law.load import Pack
from cases.law.schema import RULE_TYPES, Rule, RuleType
from cases.law.words import ADOPTABLE, Gate

TEST = "test_a_rule_allows_and_refuses_what_its_text_says"
ASKED_BY: dict[Gate, tuple[str, ...]] = {  # gate -> the acts of this house that ask it
    Gate.PROGRAMME_START: ("adopt_policy",),
    Gate.INTAKE: ("request_search", "screen"),
    Gate.BEFORE_SEARCH: ("request_search", "screen", "search"),
    Gate.PROBE_CHECK: ("check_probe",),
    Gate.GALLERY_CHECK: ("screen", "search"),
    Gate.REVIEW: ("countersign", "start"),
    Gate.LEAD_RELEASE: (),
    Gate.LINE_UP: ("countersign", "start"),
    Gate.WARRANT_OR_ARREST: ("countersign", "start"),
    Gate.COURT: ("use_in_court",),
    Gate.CLOSE: ("destroy",),
    Gate.OVERSIGHT: (),
}
NO_ACT: dict[Gate, str] = {  # why no act asks it
    Gate.LEAD_RELEASE: "no act: the lead report always prints what these rules ask, and the case page says so",
    Gate.OVERSIGHT: "no act: what is owed on a day has its owner and alarm; what a log or report says is not asked yet",
}
OWED = "no act: it is owed, with owner and alarm; `adopt_policy` asks the rules on adoption alone"
NOT_STATED = (
    ("authority, at intake", "sign-offs of a request: nobody signs one, so such a rule shuts"),
    (
        "authority, before a warrant or arrest",
        "sign-offs above the rank of supervisor: a countersignature is one supervisor's, so such a rule shuts",
    ),
    ("line up", "whether the witness was told of the search, and whether pictures come one by one: unknown, so such a rule shuts"),
    ("human review", "a supervisor approves a review by countersigning, not before; so the case page shows it as if it were signed now"),
    (
        "offence, suspicion, authority, channel",
        "of a result from elsewhere what the sender did not say is unknown; rules on making a search are not asked of it",
    ),
    ("channel", "whether a place and a period were stated, and whether it is done openly: this house has no live search"),
    (
        "court use, tell prosecutor, tell defence",
        "what the defence was told is read from notices of use and from what was served on file; what the prosecutor was told is what his page of the lead says; "
        "whether a result was obtained lawfully is whether its case was found eligible",
    ),
    (
        "retention",
        "what is destroyed are the pictures of a case; lists, records and the log stay. Whether somebody was charged or found innocent is not known here: "
        "where such a rule is in force, a legal adviser's hold and its lifting say it",
    ),
    ("tell defence", "source code, tests and the versions of a probe are in no paper, so a rule that wants them there shuts"),
    (
        "training",
        "the training “bias and its limits” counts as the courses bias and limits; a course is valid as long as the register says",
    ),
)


def law_page(packs: Sequence[Pack]) -> str:
    """Return the page. A type or a gate that no pack uses is said as such."""
    rules = [rule for pack in sorted(packs, key=lambda pack: pack.id) for rule in pack.rules]
    rows = [
        _row(kind, gate, [r for r in rules if r.type == kind.name and gate in r.gates])
        for kind in RULE_TYPES.values()
        for gate in kind.gates
    ]
    return "\n".join(
        [
            "# The law",
            "",
            "Written by `manage.py draw_docs` from `cases/law/schema.py` and `policies/`. How a pack is written: [policy-packs.md](policy-packs.md).",
            "R1 to R30 are the types of rule that laws and model policies use; H1 to H4 are this house's own. Nothing here is legal advice.",
            "",
            "## The packs",
            "",
            "| pack | title | layer | status | from | until | rules | of them to verify |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(_pack(pack) for pack in sorted(packs, key=lambda pack: pack.id)),
            "",
            "Only " + ", ".join(_plain(status) for status in ADOPTABLE) + " can be adopted.",
            "",
            "## Where each type of rule bites",
            "",
            "Every rule named here is tested from its pack's own text, one thing it allows and one it refuses: "
            f"`tests/law/test_own_text.py::{TEST}[…]` with the name in the last column. "
            "Types that bind people outside the program are also owed on a day, with owner and alarm: `tests/law/test_obligations.py`.",
            "",
            "| | type | it asks | bites at | asked by | owed on a day | packs | tested as, for one |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            "An act asks before it moves anything; screening and a backtest give the facts to the same function. "
            "The database asks its own floor beside it (`docs/database.md`). Facts: `cases/law/case_facts.py`, `review/law_facts.py`.",
            "",
            "## What nobody here can state yet",
            "",
            "Unknown is no, so a pack with such a rule shuts where it is in force.",
            "",
            "| type | what is not known |",
            "| --- | --- |",
            *(f"| {type_} | {what} |" for type_, what in NOT_STATED),
            "",
            "## How two rules of a type meet",
            "",
            "All rules are asked, each for itself; this is what they come to.",
            "",
            "| type | parameter | it is | two of them come to |",
            "| --- | --- | --- | --- |",
            *(
                f"| {_plain(kind.name)} | `{name}` | {parameter.kind.value} | {parameter.merge.value} |"
                for kind in RULE_TYPES.values()
                for name, parameter in kind.parameters.items()
            ),
            "",
        ]
    )


def name_in_tests(rule: Rule, gate: Gate) -> str:
    """Return the name under which a rule is tested at a gate."""
    return rule.key if gate is rule.gates[0] else f"{rule.key}@{gate.value}"


def _row(kind: RuleType, gate: Gate, rules: Sequence[Rule]) -> str:
    packs = ", ".join(sorted({rule.pack for rule in rules})) or "no shipped pack"
    law = [rule for rule in rules if rule.status != "bill"]
    test = f"`{name_in_tests(law[0], gate)}`" if law else "not tested: no shipped rule"
    owed = "yes" if kind.obligation else ""
    return (
        f"| {kind.code} | {_plain(kind.name)} | {kind.asks} | {_plain(gate.value)} | {_asked_by(kind, gate)} | {owed} | {packs} | {test} |"
    )


def _asked_by(kind: RuleType, gate: Gate) -> str:
    if gate is Gate.PROGRAMME_START and kind.name != "adoption":
        return OWED
    return ", ".join(f"`{act}`" for act in ASKED_BY[gate]) or NO_ACT[gate]


def _pack(pack: Pack) -> str:
    until = str(pack.effective_until or "")
    verify = sum(rule.verify for rule in pack.rules)
    return (
        f"| {pack.id} | {pack.title} | {_plain(pack.layer)} | {_plain(pack.status)} | {pack.effective_from} | {until} "
        f"| {len(pack.rules)} | {verify} |"
    )


def _plain(word: str) -> str:
    return word.replace("_", " ")
