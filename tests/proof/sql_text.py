"""Takes a file of promises apart: its statements, the bodies of its functions, and every small change that could be made to one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = re.compile(r"""--[^\n]*|'(?:[^']|'')*'|\$\$|:=|::|->>|->|<=|>=|<>|\|\||&&|%rowtype|[A-Za-z_][A-Za-z_0-9.]*|\d+|\s+|.""", re.S)
ENDS = frozenset(
    {
        "and",
        "or",
        "then",
        "order",
        "group",
        "limit",
        "union",
        "loop",
        ";",
        "from",
        "as",
        ",",
        "into",
        "join",
        "left",
        "when",
        "else",
        "end",
        "having",
    }
)
COMPARED = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "=": ("<>",), "<>": ("=",)}
TURNED = {
    "greatest": "least",
    "least": "greatest",
    "bool_and": "bool_or",
    "bool_or": "bool_and",
    "max": "min",
    "min": "max",
    "desc": "asc",
    "true": "false",
    "false": "true",
    "intersect": "union",
    "union": "intersect",
}


def statements(text: str) -> list[str]:
    """Split a file at the semicolons that stand outside functions, words in quotes and remarks."""
    found, here, inside = [], "", False
    for word in WORDS.findall(text):
        inside ^= word == "$$"
        here += word
        if word == ";" and not inside:
            found.append(here.strip())
            here = ""
    return found


def name_of(statement: str) -> str:
    """Return the name of the function that a statement makes, or nothing."""
    found = re.search(r"create (?:or replace )?function ([a-z0-9_]+)", statement)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed function: where it stands, what was changed, and the statement that installs it."""

    file: str
    function: str
    what: str
    sql: str

    @property
    def name(self) -> str:
        return f"{self.function}: {self.what}"


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Return every small change to every function of a file."""
    for statement in statements(text):
        function = name_of(statement)
        if not function:
            continue
        head, body, tail = statement.split("$$")
        head = re.sub(r"create function", "create or replace function", head)
        seen = {body}
        for what, changed in _changes(body):
            if changed not in seen:
                seen.add(changed)
                yield Mutant(file, function, what, f"{head}$${changed}$${tail}")


def _changes(body: str) -> Iterator[tuple[str, str]]:
    words = WORDS.findall(body)
    at = [n for n, w in enumerate(words) if not w.isspace() and not w.startswith("--")]  # the places of what is said
    after_begin = next((n for n in at if words[n] == "begin"), 0)

    def without(first: int, last: int, instead: str = "") -> str:
        return "".join([*words[:first], instead, *words[last + 1 :]])

    def said(first: int, last: int) -> str:
        text = " ".join("".join(words[first : last + 1]).split())
        return text if len(text) <= 70 else text[:67] + "..."

    for place, n in enumerate(at):
        word = words[n]
        before = words[at[place - 1]] if place else ""
        after = words[at[place + 1]] if place + 1 < len(at) else ""
        if word == "if" and before in ("begin", ";", "loop", "then", "else") and n > after_begin:
            last = _end_of_if(words, at, place)
            yield f"drop “{said(n, last)}”", without(n, last + (1 if words[last + 1 : last + 2] == [";"] else 0))
        if word in ("if", "elsif") and before != "end" and n > after_begin:
            then = next(m for m in at[place:] if words[m] == "then")
            condition = "".join(words[n + 1 : then]).strip()
            yield f"negate “{said(n, then - 1)}”", without(n + 1, then - 1, f" not coalesce(({condition}), false) ")
        if word in COMPARED and n > 0:
            for other in COMPARED[word]:
                if word == "=" and (before == "set" or _is_set(words, at, place)):
                    continue
                yield f"{other} for {word} in “{_around(words, n)}”", without(n, n, other)
        if word.isdigit() and before != "select":
            for other in (str(int(word) + 1), str(int(word) - 1)):
                yield f"{other} for {word} in “{_around(words, n)}”", without(n, n, other)
        if word in TURNED:
            yield f"{TURNED[word]} for {word} in “{_around(words, n)}”", without(n, n, TURNED[word])
        if word in ("and", "or") and not _is_between(words, at, place):
            yield (
                f"{'or' if word == 'and' else 'and'} for {word} in “{_around(words, n)}”",
                without(n, n, "or" if word == "and" else "and"),
            )
            last = _end_of_operand(words, at, place)
            yield f"drop “{said(n, last)}”", without(n, last)
        if word == "where":
            last = _end_of_operand(words, at, place)
            yield f"drop “{said(n, last)}”", without(n, last, "where true")
        if word == "not" and after not in ("null", "found"):
            yield f"drop not in “{_around(words, n)}”", without(n, n)
        if word == "exists" and before != "not":
            yield f"not exists for exists in “{_around(words, n)}”", without(n, n, "not exists")
        if word == "||" and re.fullmatch(r"roots|t\d\w*", before):
            yield f"drop “{said(n, at[place + 1])}”", without(n, at[place + 1])
        if word.startswith("'") and before in ("(", ",") and _in_list(words, at, place):
            gone = without(n, at[place + 1]) if after == "," else without(at[place - 1], n) if before == "," else ""
            if gone:
                yield f"drop {word} from its list", gone
        if word.startswith("'") and before in ("=", "<>") and word not in ("''",):
            yield f"another word for {word}", without(n, n, "'another'")
        if word == "union" and after in ("all", "select"):
            last = _end_of_branch(words, at, place)
            yield f"drop “{said(n, last)}”", without(n, last)


def _around(words: list[str], n: int) -> str:
    """Return some words before and after a place, so that a reader finds it."""
    return " ".join("".join(words[max(0, n - 8) : n + 8]).split())


def _end_of_if(words: list[str], at: list[int], place: int) -> int:
    depth = 0
    for m in range(place, len(at)):
        word, before = words[at[m]], words[at[m - 1]] if m else ""
        if word == "if" and before != "end":
            depth += 1
        elif word == "if":
            depth -= 1
            if depth == 0:
                return at[m]
    return at[-1]


def _is_set(words: list[str], at: list[int], place: int) -> bool:
    """Whether an equals sign sets a column of an update."""
    for m in range(place - 1, -1, -1):
        word = words[at[m]]
        if word == "set":
            return True
        if word in ("where", "select", ";", "if", "and", "or", "when", "on"):
            return False
    return False


def _is_between(words: list[str], at: list[int], place: int) -> bool:
    return any(words[at[m]] == "between" for m in range(max(0, place - 6), place))


def _in_list(words: list[str], at: list[int], place: int) -> bool:
    """Whether a quoted word stands in ``in (...)`` or ``array[...]``."""
    for m in range(place - 1, -1, -1):
        word = words[at[m]]
        if word == "(":
            return words[at[m - 1]] == "in"
        if word == "[":
            return True
        if word != "," and not word.startswith("'"):
            return False
    return False


def _end_of_operand(words: list[str], at: list[int], place: int) -> int:
    """Return the last place of what an ``and``, ``or`` or ``where`` governs."""
    depth, last = 0, at[place]
    between = False
    for m in range(place + 1, len(at)):
        word = words[at[m]]
        if word == "(" or word == "[":
            depth += 1
        elif word == ")" or word == "]":
            if depth == 0:
                return last
            depth -= 1
        elif depth == 0 and word in ENDS and not (word == "from" and words[at[m - 1]] == "distinct") and not (between and word == "and"):
            return last
        between = between and word != "and" or word == "between"
        last = at[m]
    return last


def _end_of_branch(words: list[str], at: list[int], place: int) -> int:
    depth, last = 0, at[place]
    for m in range(place + 1, len(at)):
        word = words[at[m]]
        if word == "(":
            depth += 1
        elif word == ")":
            if depth == 0:
                return last
            depth -= 1
        elif depth == 0 and (word == "union" or word == ";"):
            return last
        last = at[m]
    return last
