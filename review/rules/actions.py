"""What each action on a lead demands. Actions that need no safeguard are not asked for: they are always open."""

from dataclasses import dataclass

ALWAYS_OPEN: tuple[str, ...] = (
    "locate the person",
    "check records",
    "compare prints or DNA on file",
    "preservation request",
    "welfare check",
    "work that could clear the person",
)


@dataclass(frozen=True, slots=True)
class Action:
    """An action, the safeguards it demands, and how many items have to stand apart (the policy may ask for more)."""

    code: str
    name: str
    demands: tuple[str, ...]
    standing_apart: int
    arrest_like: bool


_LEAD = ("G1", "G2", "G2R", "G3", "G4")
_FULL = (*_LEAD, "G5", "G6", "G7")

ACTIONS: dict[str, Action] = {
    action.code: action
    for action in (
        Action("interview", "interview, not in custody", _LEAD, 0, False),
        Action("line_up", "line-up", (*_LEAD, "G7"), 1, False),
        Action("search_warrant", "search warrant", (*_LEAD, "G7"), 1, False),
        Action("arrest", "arrest", _FULL, 1, True),
        Action("arrest_warrant", "arrest warrant", _FULL, 1, True),
        Action("arrest_out_of_state", "arrest in another state", _FULL, 2, True),
        Action("wanted_notice", "wanted notice with a name", _FULL, 1, True),
        Action("stop_or_detention", "stop or detention on the lead", _FULL, 1, True),
    )
}
