"""The logins of the database, from one definition: made by the embedded server, printed for an administrator."""

LOGINS: dict[str, str] = {
    "owner": "createdb",
    "app": "",
    "intake": "",
    "worker": "",
    "auditor": "",
}
SHORT_TRANSACTIONS = ("app", "intake", "worker")
A_LOOK_ELSEWHERE = (
    1.1  # what a page elsewhere costs, to the next one: 4 is of turning disks, and has ten million cases read whole for a few
)


def role_statements(passwords: dict[str, str], *, database: str, test_server: bool) -> list[str]:
    """Return what a superuser runs once. ``tester`` exists on test servers only; nobody here is a superuser."""
    said = [
        f"create role {login} login nosuperuser nocreaterole {extra} password '{passwords[login]}'".replace("  ", " ")
        for login, extra in LOGINS.items()
    ]
    said += [f"alter role {login} set idle_in_transaction_session_timeout = '60s'" for login in SHORT_TRANSACTIONS]
    said += [f"alter role {login} set random_page_cost = {A_LOOK_ELSEWHERE}" for login in LOGINS]
    if test_server:
        said.append(f"create role tester login noinherit password '{passwords['tester']}'")
        said.append("grant app, intake, worker, auditor to tester")
        said.append(f"alter role tester set random_page_cost = {A_LOOK_ELSEWHERE}")
    said.append(f"create database {database} owner owner")
    said.append(f"revoke all on database {database} from public")
    connecting = [*LOGINS, *(["tester"] if test_server else [])]
    said.append(f"grant connect on database {database} to {', '.join(connecting)}")
    return said
