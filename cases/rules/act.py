"""Everything that can be done, as a closed list: a file name, an act, a kind of entry and a row of the state table alike."""

from enum import StrEnum


class Act(StrEnum):
    """An act by its one name. The comment says whose it is; a machine cannot even import a person's."""

    # a machine's
    RECEIVE_RESULT = "receive_result"
    SCREEN = "screen"
    REFUSE_PROBE = "refuse_probe"
    ATTACH_LIST = "attach_list"
    FIND_EMPTY = "find_empty"
    EXPIRE = "expire"
    DESTROY = "destroy"
    ENROL = "enrol"
    LINK = "link"

    # a person's
    REQUEST_SEARCH = "request_search"
    FILE_OUTSIDE_RESULT = "file_outside_result"
    CONFIRM_OFFENCE = "confirm_offence"
    CHECK_PROBE = "check_probe"
    TAKE_NEXT = "take_next"
    SORT_CANDIDATES = "sort_candidates"
    CONCLUDE = "conclude"
    JOIN = "join"
    ADD_EVIDENCE = "add_evidence"
    FIX_EVIDENCE = "fix_evidence"
    ADD_EDGE = "add_edge"
    CLOSE_EXCULPATORY = "close_exculpatory"
    RECORD_OUTSIDE_GATE = "record_outside_gate"
    ASK = "ask"
    COUNTERSIGN = "countersign"
    START = "start"
    CLOSE = "close"
    PROPOSE_POLICY = "propose_policy"
    ADOPT_POLICY = "adopt_policy"
    TRY_JOB_AGAIN = "try_job_again"
    LOOK = "look"
