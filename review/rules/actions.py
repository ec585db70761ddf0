"""What each action on a lead demands. Actions that need no safeguard are not asked for: they are always open."""

from dataclasses import dataclass

ALWAYS_OPEN: tuple[tuple[str, str], ...] = (
    ("locate", "locate the person"),
    ("records_check", "check records"),
    ("compare_prints_or_dna", "compare prints or DNA on file"),
    ("preservation_request", "send a preservation request"),
    ("welfare_check", "make a welfare check"),
    ("identity_check", "check the identity of somebody lawfully held already"),
    ("exculpatory_work", "do anything that could clear the person"),
    ("release", "release the person"),
)


@dataclass(frozen=True, slots=True)
class Action:
    """An action, the safeguards it demands, and how many items have to stand apart (the policy may ask for more).

    ``takes_into_custody``: starting it starts the clock of the custody re-check.
    """

    code: str
    name: str
    demands: tuple[str, ...]
    standing_apart: int
    arrest_like: bool
    takes_into_custody: bool = False


_LEAD = ("G1", "G2", "G2R", "G3", "G4")
_FULL = (*_LEAD, "G5", "G6", "G7", "G8")
_HELD = (*_FULL, "G10")

ACTIONS: dict[str, Action] = {
    action.code: action
    for action in (
        Action("interview", "interview, not in custody", _LEAD, 0, False),
        Action("surveillance", "own observation", _LEAD, 0, False),
        Action("account_process", "process for an account or a telephone", (*_LEAD, "GL"), 0, False),
        Action("line_up", "line-up", (*_LEAD, "G5F", "G7"), 1, False),
        Action("search_warrant", "search warrant", (*_LEAD, "G7"), 1, False),
        Action("arrest", "arrest", _FULL, 1, True, True),
        Action("arrest_warrant", "arrest warrant", _FULL, 1, True, True),
        Action("arrest_out_of_state", "arrest in another state", _FULL, 2, True, True),
        Action("wanted_notice", "wanted notice with a name", _FULL, 1, True),
        Action("probation_hold", "probation hold", _FULL, 1, True, True),
        Action("extradition", "extradition", _FULL, 1, True, True),
        Action("stop_or_detention", "stop or detention on the lead", _FULL, 1, True, True),
        Action("custodial_interrogation", "interrogation in custody", _HELD, 1, True),
        Action("custody_extension", "longer custody", _HELD, 1, True),
        Action("execute_warrant", "execution of an existing warrant", (*_LEAD, "G5", "G6", "G7W", "G8"), 1, True, True),
    )
}
