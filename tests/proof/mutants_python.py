"""Mutants of the rules: every small change to a function of a module has to answer otherwise than the database somewhere.

The module's source is changed, read again under its own name, and asked the same questions: graphs to weigh, facts of leads to judge, numbers
to find sharp. Data classes and enumerations stay the ones that the questions are made of.
"""

import ast
import copy
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from cases.rules.act import Act
from cases.rules.finding import Refusal
from review.rules import gate, graph, line_up, weight
from review.rules.gate import GateFacts
from review.rules.graph import Item, independent, weigh
from review.rules.kinds import KINDS
from tests.proof import corpus

LONGEST = 2.0
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
TURNED = {"any": "all", "all": "any", "max": "min", "min": "max"}
NOT_OF_THE_GATE = frozenset({"may_file_form", "may_record"})  # whether a form may be filed is asked at its own door
SHARP = tuple((one_in, tested) for one_in in (0, 1, 2, 99, 100, 101, 199, 200, 1000, 10**6) for tested in (0, 1, 2, 3, 9, 10, 11, 5000))


@dataclass(frozen=True, slots=True)
class Questions:
    """What every mutant is asked, and what the database answers."""

    graphs: tuple[tuple[Item, ...], ...]
    weighed: tuple[dict[str, corpus.Answer], ...]
    numbers: tuple[int, ...]  # how many items of each graph stand apart from each other
    leads: tuple[tuple[GateFacts, str], ...]  # facts and the action asked for
    reasons: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module: its name, what was changed, and how to change its tree; the copy is made when it is asked."""

    module: ModuleType
    name: str
    tree: ast.Module
    place: int
    change: Callable[[Any], None]

    def changed(self) -> ast.Module:
        other = copy.deepcopy(self.tree)
        self.change(list(ast.walk(other))[self.place])
        return ast.fix_missing_locations(other)


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Return every small change to every function of a module."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    tree = ast.parse(source)
    places = {id(each): n for n, each in enumerate(ast.walk(tree))}
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name not in NOT_OF_THE_GATE]:
        for node in (each for line in function.body for each in ast.walk(line)):
            for what, change in _changes(node):
                said = f"{module.__name__.split('.')[-1]}.{function.name}: {what}"
                yield Mutant(module, said, tree, places[id(node)], change)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    match node:
        case ast.Compare():
            for n, op in enumerate(node.ops):
                for instead in COMPARED.get(type(op), ()):
                    yield f"{instead.__name__} in “{ast.unparse(node)}”", lambda x, n=n, instead=instead: x.ops.__setitem__(n, instead())
        case ast.BoolOp():
            turned = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"{turned.__name__} in “{ast.unparse(node)}”", lambda x: setattr(x, "op", turned())
            for n, value in enumerate(node.values):
                yield f"drop “{ast.unparse(value)}” of “{ast.unparse(node)}”", lambda x, n=n: x.values.pop(n)
        case ast.UnaryOp(op=ast.Not()):
            yield f"drop not in “{ast.unparse(node)}”", lambda x: setattr(x, "op", ast.UAdd()) or setattr(x, "operand", _as_bool(x.operand))
        case ast.If() | ast.IfExp() | ast.While():
            yield f"negate “{ast.unparse(node.test)}”", lambda x: setattr(x, "test", ast.UnaryOp(ast.Not(), x.test))
        case ast.Call(func=ast.Name(id=name)) if name in TURNED:
            yield f"{TURNED[name]} for “{ast.unparse(node)}”", lambda x: setattr(x.func, "id", TURNED[x.func.id])
        case ast.Constant(value=bool(value)):
            yield f"{not value} for {value}", lambda x: setattr(x, "value", not x.value)
        case ast.Constant(value=int(value)) | ast.Constant(value=float(value)):
            for by in (1, -1):
                yield f"{value + by} for {value}", lambda x, by=by: setattr(x, "value", x.value + by)
        case ast.BinOp(op=ast.BitOr() | ast.Add()):
            yield f"drop the right of “{ast.unparse(node)}”", lambda x: setattr(x, "right", x.left)
    yield from _dropped(node)


def _dropped(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """Each line of a body left out, but the remark that opens it and what it answers."""
    for n, line in enumerate(getattr(node, "body", None) or () if not isinstance(node, ast.Lambda | ast.IfExp) else ()):
        remark = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
        if not remark and isinstance(line, ast.Expr | ast.AugAssign | ast.If | ast.For | ast.Continue):
            yield f"drop “{' '.join(ast.unparse(line).split())[:70]}”", lambda x, n=n: x.body.__setitem__(n, ast.Pass())


def _as_bool(tree: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [tree], [])


@contextmanager
def installed(mutant: Mutant) -> Iterator[dict[str, Any]]:
    """Yield the changed module's names; whoever imports from it has them too, and has its own back afterwards."""
    names: dict[str, Any] = {"__name__": mutant.module.__name__}
    exec(compile(mutant.changed(), "mutant", "exec"), names)  # noqa: S102 - our own source, changed
    for name, was in vars(mutant.module).items():
        if isinstance(was, type) and name != "_Graph":
            names[name] = was
    users = [(user, name) for user in (gate, graph, line_up) for name in vars(user) if name in names and user is not mutant.module]
    before = {(user, name): getattr(user, name) for user, name in users if getattr(user, name) is getattr(mutant.module, name, None)}
    for user, name in before:
        setattr(user, name, names[name])
    try:
        yield names
    finally:
        for (user, name), was in before.items():
            setattr(user, name, was)


class TooLong(Exception):
    """A mutant ran on; that is noticed."""


def is_red(mutant: Mutant, asked: Questions) -> bool:
    """Whether the changed module answers otherwise anywhere, raises, or runs on."""

    def stop(*_: object) -> None:
        raise TooLong

    was = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        with installed(mutant) as names:
            return _differs(mutant, names, asked)
    except Exception:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, was)


def _differs(mutant: Mutant, names: dict[str, Any], asked: Questions) -> bool:
    if mutant.module is weight:
        return any(names["discriminates"](one_in=p, tested_on=n) != sharp(p, n) for p, n in SHARP)
    if mutant.module is graph:
        return _weighs_otherwise(names, asked) or _raises_otherwise(names)
    here = names if mutant.module is gate else vars(gate)
    return any(codes(here, facts, action) != said for (facts, action), said in zip(asked.leads, asked.reasons, strict=True))


def _weighs_otherwise(names: dict[str, Any], asked: Questions) -> bool:
    for items, said, number in zip(asked.graphs, asked.weighed, asked.numbers, strict=True):
        weighed = names["weigh"](items)
        chosen = names["independent"](weighed)
        apart = all(not weighed[a].ancestors & weighed[b].ancestors for a in chosen for b in chosen if a != b)
        if {ref: corpus.as_answer(each) for ref, each in weighed.items()} != said or len(chosen) != number or not apart:
            return True
    return False


def _raises_otherwise(names: dict[str, Any]) -> bool:
    """A circle and an edge to nowhere are no graph; a long chain and a diamond are."""
    link = graph.EdgeKind.CONTENT_FROM
    for edges in ({"A": "B", "B": "A"}, {"A": "nowhere"}, {"A": "A"}):
        try:
            names["weigh"]([_plain(ref, ((link, to),)) for ref, to in edges.items()])
        except ValueError:
            continue
        return True
    return False


def _plain(ref: str, edges: tuple[tuple[graph.EdgeKind, str], ...]) -> Item:
    return Item(ref, KINDS["phone_location"], True, True, "offence", True, edges)


def codes(names: dict[str, Any], facts: GateFacts, action: str) -> tuple[str, ...]:
    """Return the codes of every reason, in order of the alphabet; what may be done on them must not be another answer."""
    found = tuple(sorted({reason.code for answer in names["ask_gate"](facts, action=action) for reason in answer.reasons}))
    finding = names["may_act"](facts, action=action, about=Act.COUNTERSIGN, subject=facts.lead)
    if isinstance(finding, Refusal):
        return found if set(finding.codes) == set(found) else ("may_act answers otherwise",)
    return found if not found and finding.rests_on == independent(weigh(facts.items)) else ("may_act answers otherwise",)


@cache
def sharp(one_in: int, tested: int) -> bool:
    """Whether an item discriminates, in whole numbers: the rule said otherwise (docs/independence.md, T5)."""
    if one_in < 1 or tested < 1:
        return False
    return 1 - (1 - Fraction(1, one_in)) ** tested <= Fraction(1, 100)


def all_mutants() -> list[Mutant]:
    """Return every mutant of the rules that the gate is made of, each under a name of its own."""
    return numbered([mutant for module in (gate, graph, line_up, weight) for mutant in mutants(module)])


def numbered(found: Sequence[Mutant]) -> list[Mutant]:
    seen: Counter[str] = Counter()
    named = []
    for mutant in found:
        seen[mutant.name] += 1
        named.append(replace(mutant, name=f"{mutant.name} ({seen[mutant.name]})") if seen[mutant.name] > 1 else mutant)
    return named
