"""The workflow as a model of its own: one case on one face, a sibling, three reviewers, and everybody who might sign. Pure; it imports
nothing of the application, is explored state by state, and its invariants are written without looking at its rules.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

Attempt = tuple[str, str]


class World(NamedTuple):
    """One state of everything that decides. ``reviews``: who was drawn, and how far he has come, in order."""

    case: str = "RECEIVED"
    reviews: tuple[tuple[str, str], ...] = ()
    sibling_excludes: bool = False
    apart: int = 0
    dependent: bool = False
    tested: bool = False
    open_item: bool = False
    papers: str = "none"
    listed: bool = True
    needed: int = 1
    request: str = "none"


OVER = ("CLOSED", "DESTROYED")
HAS_LEAD = ("LEAD", *OVER)  # with two who support
RATINGS = ("2", "0", "-2")
REVIEWERS = ("ada", "ben", "sam")  # sam is a supervisor as well
OF_THE_UNIT = ("dana", "rob", "rex")
SUPERVISORS = ("sol", "sam", "rex")
MACHINE = {
    "INELIGIBLE": ("RECEIVED", "ELIGIBLE", "FIT"),
    "NO_CANDIDATES": ("FIT",),
    "CLOSED": ("INELIGIBLE", "UNFIT", "NO_CANDIDATES", "NO_LEAD"),
    "DESTROYED": ("CLOSED",),
    "FIT": (),
    "LEAD": (),
}
ATTEMPTS: tuple[Attempt, ...] = (
    ("confirm", "aris"),
    *(("check_probe", how) for how in ("fit", "unfit", "fit by the requester")),
    *(("draw", who) for who in (*REVIEWERS, "rob")),
    *(("sort", who) for who in REVIEWERS),
    *(("conclude", f"{who} {rating}") for who in REVIEWERS for rating in RATINGS),
    ("sibling", ""),
    *(("evidence", what) for what in ("apart", "dependent", "tests", "open", "close")),
    ("papers", ""),
    *(("policy", what) for what in ("delist", "list", "two", "one", "none")),
    *(("ask", who) for who in ("dana", "sol")),
    *(("sign", who) for who in ("sol", "sam", "rex", "ada", "dana")),
    ("decline", "sol"),
    *(("start", who) for who in ("dana", "sol")),
    *(("close", who) for who in ("dana", "aris")),
    *(("machine", target) for target in MACHINE),
)

BUGS = {
    "whoever asked signs": "self_countersign",
    "a supervisor of the unit signs": "unit_signs",
    "a reviewer of the case signs": "reviewer_signs",
    "one reviewer is drawn twice": "drawn_twice",
    "a reviewer of the unit is drawn": "unit_reviews",
    "a third outvotes an exclusion": "outvoted",
    "a wide gap needs no third": "no_third",
    "one who supports is enough": "one_supports",
    "started after a new open item": "start_blind",
    "an item that depends on the face carries an arrest": "dependent_counts",
    "the exclusion of a sibling is ignored": "sibling_ignored",
    "a policy asks for no item": "no_floor",
    "the machine makes a lead": "machine_leads",
    "the machine finds a probe fit": "machine_fits",
    "the machine destroys what is held": "destroys_held",
    "a closed case is acted on": "closed_open",
    "a closed case comes back": "comes_back",
    "papers that are older than the file are enough": "stale_papers",
    "an offence that is no longer listed is enough": "delisted",
    "a case whose offence left the list goes on": "not_screened_again",
    "tests that could clear the person are left out": "untested",
    "a request that was refused is signed": "refused_signed",
}


def shut(w: World, bugs: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return why the gate is shut for an arrest; only asked of a case that has a lead."""
    counted = w.apart + (w.dependent if "dependent_counts" in bugs else 0)
    why = {
        "case_over": w.case in OVER and "closed_open" not in bugs,
        "offence_not_listed": not w.listed and "delisted" not in bugs,
        "not_screened": not w.listed and w.case not in OVER and "delisted" not in bugs,  # it was, again; what is over is not
        "exclusion_stands": w.sibling_excludes and "sibling_ignored" not in bugs,
        "exculpatory_open": w.open_item,
        "exculpatory_untested": not w.tested and "untested" not in bugs,
        "nothing_stands_apart": counted == 0 and w.needed > 0,
        "too_few_stand_apart": 0 < counted < w.needed,
        "no_papers": w.papers == "none",
        "papers_stale": w.papers == "stale" and "stale_papers" not in bugs,
    }
    return frozenset(code for code, is_so in why.items() if is_so)


def has_lead(w: World) -> bool:
    """Whether there is a lead: it stays when the case is closed."""
    return w.case == "LEAD" or (w.case in OVER and joined(tuple(r for _, r in w.reviews)) == "LEAD")


def joined(ratings: tuple[str, ...], bugs: frozenset[str] = frozenset()) -> str | None:
    """Return what the ratings come to, or None while somebody still has to conclude."""
    if len(ratings) < 2 or any(rating not in RATINGS for rating in ratings):
        return None
    supports = ratings.count("2")
    if "-2" in ratings and not ("outvoted" in bugs and supports >= 2):
        return "DISPUTED" if "outvoted" in bugs and len(ratings) == 2 and supports else "NO_LEAD"
    if "2" in ratings and "0" in ratings and len(ratings) == 2 and "no_third" not in bugs:
        return "DISPUTED"
    return "LEAD" if supports >= (1 if {"one_supports", "no_third"} & bugs else 2) else "NO_LEAD"


def step(w: World, attempt: Attempt, bugs: frozenset[str] = frozenset()) -> World | None:
    """Return the state after the attempt, or None where it is refused. ``bugs`` are planted; without them this is the rule."""
    name, said = attempt
    return _RULES[name](w, said, bugs)


def _confirm(w: World, said: str, bugs: frozenset[str]) -> World | None:
    return w._replace(case="ELIGIBLE" if w.listed else "INELIGIBLE") if w.case == "RECEIVED" else None


def _check_probe(w: World, said: str, bugs: frozenset[str]) -> World | None:
    return w._replace(case=said.upper()) if w.case == "ELIGIBLE" and said in ("fit", "unfit") else None


def _draw(w: World, who: str, bugs: frozenset[str]) -> World | None:
    waiting = (w.case == "FIT" and len(w.reviews) < 2) or (w.case == "DISPUTED" and len(w.reviews) == 2)
    if not waiting or (who in OF_THE_UNIT and "unit_reviews" not in bugs) or (who in dict(w.reviews) and "drawn_twice" not in bugs):
        return None
    return w._replace(reviews=(*w.reviews, (who, "drawn")))


def _set(w: World, who: str, now: str, to: str) -> World | None:
    places = [n for n, each in enumerate(w.reviews) if each == (who, now)]
    if not places:
        return None
    return w._replace(reviews=(*w.reviews[: places[0]], (who, to), *w.reviews[places[0] + 1 :]))


def _sort(w: World, who: str, bugs: frozenset[str]) -> World | None:
    return _set(w, who, "drawn", "sorted") if w.case == "FIT" else None


def _conclude(w: World, said: str, bugs: frozenset[str]) -> World | None:
    who, rating = said.split()
    settled = len(w.reviews) >= 2 and all(how != "drawn" for _, how in w.reviews[:2])
    if w.case not in ("FIT", "DISPUTED") or not settled:
        return None
    after = _set(w, who, "sorted" if w.case == "FIT" else "drawn", rating)
    return after and after._replace(case=joined(tuple(how for _, how in after.reviews), bugs) or w.case)


def _sibling(w: World, said: str, bugs: frozenset[str]) -> World | None:
    if w.case != "LEAD" or not w.listed or w.sibling_excludes:
        return None
    return _aged(w)._replace(sibling_excludes=True)


def _aged(w: World) -> World:
    return w._replace(papers="stale" if w.papers == "fresh" else w.papers)


def _evidence(w: World, what: str, bugs: frozenset[str]) -> World | None:
    if what == "close":
        return _aged(w)._replace(open_item=False) if has_lead(w) and w.open_item else None
    if w.case != "LEAD":
        return None
    if what == "apart":
        return _aged(w)._replace(apart=w.apart + 1) if w.apart < 2 else None
    return _aged(w)._replace(**{{"dependent": "dependent", "tests": "tested", "open": "open_item"}[what]: True})  # type: ignore[arg-type]


def _papers(w: World, said: str, bugs: frozenset[str]) -> World | None:
    return w._replace(papers="fresh") if has_lead(w) else None


def _policy(w: World, what: str, bugs: frozenset[str]) -> World | None:
    if what == "none":
        return w._replace(needed=0) if "no_floor" in bugs else None
    w = w._replace(listed=what == "list") if what in ("list", "delist") else w._replace(needed={"one": 1, "two": 2}[what])
    screened_again = w.case in ("ELIGIBLE", "FIT") and "not_screened_again" not in bugs
    return w._replace(case="INELIGIBLE") if screened_again and not w.listed else w


def _ask(w: World, who: str, bugs: frozenset[str]) -> World | None:
    may = who == "dana" and w.case == "LEAD" and w.request in ("none", "REFUSED")
    return w._replace(request="ASKED") if may else None


def _may_sign(w: World, who: str, bugs: frozenset[str]) -> bool:
    if who == "dana":
        return "self_countersign" in bugs
    if who in OF_THE_UNIT:
        return who in SUPERVISORS and "unit_signs" in bugs
    return who in SUPERVISORS and (who not in dict(w.reviews) or "reviewer_signs" in bugs)


def _sign(w: World, who: str, bugs: frozenset[str]) -> World | None:
    waiting = ("ASKED", "REFUSED") if "refused_signed" in bugs else ("ASKED",)
    if w.request not in waiting or not _may_sign(w, who, bugs):
        return None
    return w._replace(request="REFUSED" if shut(w, bugs) else "SIGNED")


def _decline(w: World, who: str, bugs: frozenset[str]) -> World | None:
    return w._replace(request="REFUSED") if w.request == "ASKED" else None


def _start(w: World, who: str, bugs: frozenset[str]) -> World | None:
    why = shut(w, bugs) - ({"exculpatory_open", "papers_stale"} if "start_blind" in bugs else frozenset())
    return w._replace(request="STARTED") if who == "dana" and w.request == "SIGNED" and not why else None


def _close(w: World, who: str, bugs: frozenset[str]) -> World | None:
    if w.case == "CLOSED" and "comes_back" in bugs and w.reviews:
        return w._replace(case="FIT")
    return w._replace(case="CLOSED") if who == "dana" and w.case not in OVER else None


def _machine(w: World, target: str, bugs: frozenset[str]) -> World | None:
    planted = (target == "LEAD" and w.case == "FIT" and "machine_leads" in bugs) or (
        target == "FIT" and w.case == "ELIGIBLE" and "machine_fits" in bugs
    )
    if target == "DESTROYED" and w.request == "STARTED" and "destroys_held" not in bugs:
        return None  # an action that started holds the pictures
    return w._replace(case=target) if planted or w.case in MACHINE[target] else None


_RULES: dict[str, Callable[[World, str, frozenset[str]], World | None]] = {
    "confirm": _confirm, "check_probe": _check_probe, "draw": _draw, "sort": _sort, "conclude": _conclude, "sibling": _sibling, "evidence": _evidence,
    "papers": _papers, "policy": _policy, "ask": _ask, "sign": _sign, "decline": _decline, "start": _start, "close": _close, "machine": _machine,
}  # fmt: skip


def broken(before: World, attempt: Attempt, after: World) -> Iterator[str]:
    """Say which promises this transition breaks. Written from the promises, with none of the rules above."""
    name, who = attempt
    people = [person for person, _ in after.reviews]
    ratings = [rating for _, rating in after.reviews]
    if len(set(people)) < len(people) or set(people) & {"rob", "dana", "rex"}:
        yield "reviewers are different people, none of the requester's unit"
    if after.case == "LEAD" != before.case:
        if name != "conclude":
            yield "only conclusions make a lead"
        if "-2" in ratings or len({person for person, rating in after.reviews if rating == "2"}) < 2:
            yield "a lead has two who support and nobody who excludes"
        if "0" in ratings and len(ratings) < 3:
            yield "where two are far apart, a third has concluded"
    if name == "machine" and before.case != after.case and after.case not in ("INELIGIBLE", "NO_CANDIDATES", "CLOSED", "DESTROYED"):
        yield "behind the human floor a machine only ends or takes away"
    if name == "machine" and before[1:] != after[1:]:
        yield "a machine touches nothing that people found"
    if before.case in OVER and after.case not in (before.case, "DESTROYED"):
        yield "what is closed is only destroyed"
    if after.case == "DESTROYED" != before.case and before.request == "STARTED":
        yield "what was acted on is not destroyed while its hold stands"
    if name == "policy" and not after.listed and after.case in ("ELIGIBLE", "FIT"):
        yield "what is no longer eligible is not examined"
    if after.needed < 1:
        yield "no policy lowers the floor"
    if before.request != after.request:
        if (before.request, after.request) not in {
            ("none", "ASKED"),
            ("REFUSED", "ASKED"),
            ("ASKED", "SIGNED"),
            ("ASKED", "REFUSED"),
            ("SIGNED", "STARTED"),
        }:
            yield "a countersignature moves along its table"
        if after.request in ("SIGNED", "STARTED"):
            yield from _unfounded(after)
        if after.request == "SIGNED" and (who not in ("sol", "sam") or who in people):
            yield "a supervisor signs who is of another unit and holds no other part"


def _unfounded(w: World) -> Iterator[str]:
    supporting = {person for person, rating in w.reviews if rating == "2"}
    if w.case != "LEAD":
        yield "nothing is signed or started on a case that is over"
    if len(supporting) < 2:
        yield "two different people support"
    if w.sibling_excludes or any(rating == "-2" for _, rating in w.reviews):
        yield "no exclusion stands in the investigation"
    if w.open_item or not w.tested:
        yield "nothing that speaks for the person is open"
    if w.apart < max(1, w.needed):
        yield "enough stands apart from the face"
    if w.papers != "fresh":
        yield "the papers say what is on file"
    if not w.listed:
        yield "the offence is on the list in force"


def explore(bugs: frozenset[str] = frozenset(), *, at_first: bool = False) -> tuple[int, int, int, list[str]]:
    """Walk every state, breadth first: how many states, transitions and refusals there are, and what was broken on which way."""
    start = World()
    came_from: dict[World, tuple[World, Attempt] | None] = {start: None}
    todo = deque([start])
    moves = refused = 0
    faults: list[str] = []
    while todo:
        here = todo.popleft()
        for attempt in ATTEMPTS:
            after = step(here, attempt, bugs)
            if after is None:
                refused += 1
                continue
            moves += 1
            for promise in broken(here, attempt, after):
                if len(faults) < 20:
                    faults.append(f"{promise}: {' > '.join(_way(came_from, here))} > {' '.join(attempt)}")
                if at_first:
                    return len(came_from), moves, refused, faults
            if after not in came_from:
                came_from[after] = (here, attempt)
                todo.append(after)
    return len(came_from), moves, refused, faults


def _way(came_from: dict[World, tuple[World, Attempt] | None], here: World) -> list[str]:
    way: list[str] = []
    while (step_ := came_from[here]) is not None:
        here, attempt = step_
        way.append(" ".join(attempt).strip())
    return way[::-1]
