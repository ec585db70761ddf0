"""The embedded servers: a first start that was cut off is finished by the next, and nobody else's number or folder is trusted."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import embedded
from config.embedded import CannotEmbed, Servers, secret_file


@pytest.fixture
def servers(tmp_path):
    made = Servers(tmp_path / "house", fsync=False)
    yield made
    made.stop()


def app_answers(servers: Servers) -> bool:
    with psycopg.connect(servers.urls()["DATABASE_URL"]) as app:
        return app.execute("select current_user").fetchone() == ("app",)


def test_a_folder_that_initdb_left_half_made_is_made_again(servers, monkeypatch):
    def cut_off(command, **_):
        unfinished = Path(command[command.index("-D") + 1])
        unfinished.mkdir(mode=0o700)
        (unfinished / "PG_VERSION").write_text("18\n")  # initdb writes it long before it is done
        raise KeyboardInterrupt

    monkeypatch.setattr(embedded.subprocess, "run", cut_off)
    with pytest.raises(KeyboardInterrupt):
        servers.start()
    monkeypatch.undo()

    servers.start()

    assert app_answers(servers)


def test_logins_that_were_half_made_are_finished(servers, monkeypatch):
    whole = embedded.role_statements

    def cut_off(*given, **named):
        yield whole(*given, **named)[0]
        raise KeyboardInterrupt

    monkeypatch.setattr(embedded, "role_statements", cut_off)
    with pytest.raises(KeyboardInterrupt):
        servers.start()
    servers.stop()
    monkeypatch.undo()

    servers.start()

    assert app_answers(servers)
    log = (servers.home / "postgres.log").read_text(errors="replace")
    assert 'role "owner" already exists' in log
    assert not [each.name for each in servers.home.glob("*.password") if each.read_text().strip() in log]


def test_what_a_session_asked_that_died_stands_in_no_log(servers):
    servers.start()
    app = psycopg.connect(servers.urls()["DATABASE_URL"], autocommit=True)
    with servers.superuser() as admin:
        pid = app.info.backend_pid
        app.pgconn.send_query(b"select pg_sleep(60), 'a tall man named Kronenberg'")
        log, deadline = servers.home / "postgres.log", time.monotonic() + 20
        while not admin.execute("select 1 from pg_stat_activity where pid = %s and query like '%%Kronenberg%%'", [pid]).fetchone():
            assert time.monotonic() < deadline
        os.kill(pid, signal.SIGKILL)
        app.pgconn.finish()
        while "terminated by signal 9" not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert "Kronenberg" not in log.read_text(errors="replace")


def test_logins_of_an_earlier_version_are_set_as_this_one_sets_them(servers):
    servers.start()
    with servers.superuser() as admin:
        admin.execute("alter role app reset log_min_error_statement")
    servers.stop()

    servers.start()

    with psycopg.connect(servers.urls()["DATABASE_URL"]) as app:
        assert app.execute("show log_min_error_statement").fetchone() == ("panic",)


def test_the_database_admits_nobody_by_default(servers):
    servers.start()
    with servers.superuser() as admin:
        admin.execute("create role stranger login password 'x'")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(host=str(servers.run), user="stranger", password="x", dbname="countersign")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(servers.run), user="owner", password="x", dbname="countersign")


def test_a_number_that_now_belongs_to_another_process_does_not_bar_the_start(servers):
    servers.start()
    servers.stop()
    (servers.home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{servers.home / 'postgres'}\n0\n5432\n")

    servers.start()

    assert app_answers(servers)


def test_a_second_house_on_the_same_folder_is_refused_also_by_another_name(servers, tmp_path):
    servers.start()
    (tmp_path / "other").symlink_to(servers.home)
    second = Servers(tmp_path / "other", fsync=False)

    with pytest.raises(CannotEmbed, match="already runs"):
        second.start()

    assert app_answers(servers)


def test_a_folder_too_deep_for_a_socket_gets_a_private_one_and_keeps_it(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    first = Servers(deep)
    try:
        assert len(str(first.run)) < 60
        assert stat.S_IMODE(first.run.stat().st_mode) == 0o700
        assert Servers(deep).run == first.run

        first.run.chmod(0o755)
        again = Servers(deep).run
        assert again != first.run
        again.rmdir()
    finally:
        first.run.rmdir()


def test_secrets_are_for_their_owner_alone_and_never_left_empty(servers, tmp_path):
    servers.start()
    files = list(servers.home.glob("*.password"))

    assert {file.stem for file in files} == {"postgres", "owner", "app", "intake", "worker", "auditor"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    (tmp_path / "key.part").write_text("")
    assert secret_file(tmp_path / "key", "whole").read_text() == "whole"
    assert secret_file(tmp_path / "key", "another").read_text() == "whole"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("uid", [65534, 54321], ids=["an ordinary user", "a number without a name"])
def test_the_servers_run_for(uid, tmp_path_factory):
    probe = "import os, sys, tempfile; from pathlib import Path; sys.path.insert(0, '.'); from config.embedded import Servers\n"
    probe += "home = Path(tempfile.mkdtemp(prefix='cst-')); s = Servers(home, fsync=False); s.start()\n"
    probe += "print((home / 'postgres').stat().st_uid); s.stop()\n__import__('shutil').rmtree(home)"
    become = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    if subprocess.run([*become, sys.executable, "-c", "import config.embedded"], capture_output=True).returncode:
        pytest.skip("this user cannot read the checkout or its interpreter")

    done = subprocess.run([*become, sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout.strip()) == (0, str(uid)), done.stderr
