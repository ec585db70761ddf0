"""How states, acts and ratings are said on pages, and the chip that shows a state."""

from dataclasses import dataclass

STATE_WORDS = {
    "RECEIVED": ("Received", "wait", "A person confirms the offence from the report of crime."),
    "ELIGIBLE": ("Eligible", "open", "An analyst checks the probe."),
    "INELIGIBLE": ("Ineligible", "shut", "Nothing more is done; no face is searched."),
    "FIT": ("Fit for comparison", "open", "The search runs, then two reviewers examine blind."),
    "UNFIT": ("Unfit for comparison", "shut", "Nothing more is done with this probe."),
    "NO_CANDIDATES": ("No candidates", "solid", "The search returned nobody."),
    "DISPUTED": ("Disputed", "wait", "A third blind reviewer examines."),
    "LEAD": ("Lead", "solid", "A lead is permission to investigate. It does not say who the person is."),
    "NO_LEAD": ("No lead", "solid", "The examinations gave no lead."),
    "CLOSED": ("Closed", "solid", "Retention runs."),
    "DESTROYED": ("Destroyed", "solid", "Images and keys are gone; the proof of it remains."),
}
ACT_WORDS = {
    "screen": "Screened under the policy in force",
    "check_probe": "Probe checked",
    "find_empty": "The list came and was empty",
    "join": "Conclusions joined by rule",
    "close": "Closed by a person",
    "expire": "Closed by the policy's time",
}
RATINGS = {
    3: "supports strongly",
    2: "supports moderately",
    1: "supports to a limited degree",
    0: "no conclusion",
    -1: "no conclusion, leans towards different persons",
    -2: "excludes",
    -3: "excludes strongly",
}

ICONS = {"open": "check_circle_outline", "shut": "lock", "wait": "schedule", "law": "account_balance", "solid": "flag"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as icon, word and border: never colour alone."""

    word: str
    shape: str

    @property
    def icon(self) -> str:
        return ICONS[self.shape]


OPEN, SHUT = Chip("Open", "open"), Chip("Shut", "shut")
