"""The roles of the house, as a closed list. Pure: standard library only."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may be asked to do. Requester and investigator are one role: detective."""

    DETECTIVE = "detective"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    CORROBORATION_OFFICER = "corroboration_officer"
    SUPERVISOR = "supervisor"
    LEGAL_ADVISER = "legal_adviser"
    PROSECUTOR = "prosecutor"
    AUDITOR = "auditor"
    MANAGER = "manager"
    POLICY_BOARD = "policy_board"
