"""The logins of the database, from one definition: made by the embedded server, printed for an administrator."""

LOGINS: dict[str, str] = {
    "owner": "createdb",
    "app": "",
    "intake": "",
    "worker": "",
    "auditor": "",
}
SHORT_TRANSACTIONS = ("app", "intake", "worker")


def role_statements(passwords: dict[str, str], *, database: str, test_server: bool) -> list[str]:
    """Return what a superuser runs once. ``tester`` exists on test servers only; nobody here is a superuser."""
    said = [
        f"create role {login} login nosuperuser nocreaterole {extra} password '{passwords[login]}'".replace("  ", " ")
        for login, extra in LOGINS.items()
    ]
    said += [f"alter role {login} set idle_in_transaction_session_timeout = '60s'" for login in SHORT_TRANSACTIONS]
    if test_server:
        said.append(f"create role tester login noinherit password '{passwords['tester']}'")
        said.append("grant app, intake, worker, auditor to tester")
    said.append(f"create database {database} owner owner")
    said.append(f"revoke all on database {database} from public")
    connecting = [*LOGINS, *(["tester"] if test_server else [])]
    said.append(f"grant connect on database {database} to {', '.join(connecting)}")
    return said
