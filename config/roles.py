"""The logins of the database, from one definition: made by the embedded server, printed for an administrator."""

from collections.abc import Iterable

LOGINS: dict[str, str] = {
    "owner": "createdb",
    "app": "",
    "intake": "",
    "worker": "",
    "auditor": "",
}
SHORT_TRANSACTIONS = ("app", "intake", "worker")
PLANNER = {
    # what a page elsewhere costs, to the next one: 4 is of turning disks, and has ten million cases read whole for a few
    "random_page_cost": "1.1",
    # a session plans what its functions ask once: a planner that sees an array of investigations plans each statement anew, for longer than it runs
    "plan_cache_mode": "force_generic_plan",
}
QUIET = {
    # the server writes a statement that fails as it was sent, with the names, notes and scores that were said in it, and beside it the row that was refused
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def role_statements(passwords: dict[str, str], *, database: str, test_server: bool) -> list[str]:
    """Return what a superuser runs once. ``tester`` exists on test servers only; nobody here is a superuser."""
    said = [
        f"create role {login} login nosuperuser nocreaterole {extra} password '{passwords[login]}'".replace("  ", " ")
        for login, extra in LOGINS.items()
    ]
    if test_server:
        said.append(f"create role tester login noinherit password '{passwords['tester']}'")
        said.append("grant app, intake, worker, auditor to tester")
    logins = [*LOGINS, *(["tester"] if test_server else [])]
    said += role_settings(logins)
    said.append(f"create database {database} owner owner")
    said.append(f"revoke all on database {database} from public")
    said.append(f"grant connect on database {database} to {', '.join(logins)}")
    return said


def role_settings(logins: Iterable[str]) -> list[str]:
    """Return what each login is set to; said again it changes nothing."""
    return [
        *(f"alter role {login} set idle_in_transaction_session_timeout = '60s'" for login in SHORT_TRANSACTIONS),
        *(f"alter role {login} set {name} = {value}" for login in logins for name, value in (PLANNER | QUIET).items()),
    ]
