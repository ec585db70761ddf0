"""The house asks its witnesses: real ones over HTTP, and such as are silent, slow, forgetful or false. None of them stalls the log."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from ledger.log import cosigned_checkpoint, log_key, newest_checkpoint, served_checkpoint
from ledger.models import Cosignature, Witnessed
from ledger.note import COSIGNATURE, Signer, Verifier, read_note, verified
from ledger.policy import BadPolicy, read_policy
from ledger.witness import Witness, witness_in
from ledger.witnesses import Witnesses
from tests import world
from tests.database import login
from tests.witnessing import alarms, asked, policy, serving, unguarded, went_on_until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
NAMES = ("one.example", "two.example", "three.example")


@pytest.fixture(autouse=True)
def a_kind(transactional_db):
    with login("owner") as owner:
        owner.execute("insert into ledger_kind(kind, function_only, meaning) values ('note', false, 'tests') on conflict do nothing")


def add(count: int = 3) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select ledger_append('note', 'house', jsonb_build_object('n', n)) from generate_series(1, %s) n", [count])
    return world.sequenced().size


@contextmanager
def listening(answer: Callable[[socket.socket], None], calls: list[socket.socket] | None = None) -> Iterator[str]:
    """A server that takes every call, keeps it in ``calls`` and does with it what it likes."""
    taken: list[socket.socket] = [] if calls is None else calls
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                taken.append(line)
                threading.Thread(target=answer, args=(line,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def says_nothing(line: socket.socket) -> None:
    """Until whoever called has gone."""
    with contextlib.suppress(OSError):
        while line.recv(65536):
            pass


def trickles(line: socket.socket) -> None:
    """A byte at a time, so that no single read takes long, until whoever called has gone."""
    with contextlib.suppress(OSError):
        while True:
            line.sendall(b"H")
            time.sleep(0.05)


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def send(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        line.close()

    return send


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[list[Witness], list[tuple[Verifier, str]]]]:
    """Three witnesses that know our log, and the lines of a policy."""
    add()
    with world.the_machine():
        _, key = log_key()
    with ExitStack() as stack:
        each = [witness_in(tmp_path / name, name, [key]) for name in NAMES]
        yield each, [(w.signer.verifier, stack.enter_context(serving(w))) for w in each]


def test_every_checkpoint_is_cosigned_and_served_with_its_cosignatures(three, tmp_path):
    _, named = three
    witnesses = Witnesses()
    policy(tmp_path, named, 2)
    for _ in range(3):
        size = add()
        asked(witnesses)
        note = read_note(Client().get("/log/checkpoint").content)
        assert note.text.split("\n")[1] == str(size)
        assert set(verified(note, [log_key()[1], *(key for key, _ in named)])) == {log_key()[1], *(key for key, _ in named)}
        assert Witnessed.objects.filter(checkpoint_id=size).count() == 1
    (said,) = alarms("set_witnesses")
    assert (said["quorum"], said["witnesses"]) == (2, [key.vkey() for key, _ in named])
    shown = StringIO()
    call_command("witnesses", "--using", "auditor", stdout=shown)
    assert f"one.example at {named[0][1]}: cosigned {size} entries" in shown.getvalue()
    assert not Cosignature.objects.exclude(vkey__in=[key.vkey() for key, _ in named]).exists()


class Clock:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_whoever_is_silent_slow_or_away_stalls_nothing(three, tmp_path):
    """An hour of patience, by a clock that stands: a sequencer that waited for anybody would never come back."""
    _, named = three
    now = Clock()
    silent_calls: list[socket.socket] = []
    slow_calls: list[socket.socket] = []
    with listening(says_nothing, silent_calls) as silent, listening(trickles, slow_calls) as slow:
        keys = [
            Signer(name, bytes([n]) * 32, COSIGNATURE).verifier
            for n, name in enumerate(("silent.example", "slow.example", "away.example"), 1)
        ]
        policy(tmp_path, [*named, (keys[0], silent), (keys[1], slow), (keys[2], "http://127.0.0.1:9")], 3)
        witnesses = Witnesses(patience=3600.0, rest=7200.0, now=now)
        mine = sorted(key.vkey() for key, _ in named)
        size, later = add(), 0

        def cosigned(checkpoint: int) -> list[str]:
            return sorted(Cosignature.objects.filter(checkpoint_id=checkpoint).values_list("vkey", flat=True))

        with world.the_machine():
            assert witnesses.go_on()
        went_on_until(witnesses, lambda: cosigned(size) == mine and keys[2] in witnesses.resting)
        assert set(witnesses.asked) == {keys[0], keys[1]}, "who answered is heard while the others are awaited"

        now.at += 3600
        with world.the_machine():
            assert not witnesses.go_on(), "the hour is over, and who did not answer has not answered"
        assert set(witnesses.resting) == set(keys)
        later = add()
        asked(witnesses)
        assert cosigned(later) == mine
        assert Witnessed.objects.filter(checkpoint_id=later).exists()
        assert (len(silent_calls), len(slow_calls)) == (1, 1), "who did not answer rests"

        now.at += 7200
        size = add()
        went_on_until(witnesses, lambda: cosigned(size) == mine and (len(silent_calls), len(slow_calls)) == (2, 2))
        now.at += 3600
        asked(witnesses)


def test_a_witness_that_was_asked_by_another_sequencer_is_asked_again_from_where_it_stands(three, tmp_path):
    _, named = three
    policy(tmp_path, named, 1)
    asked(Witnesses())
    first = Witnesses()
    add(5)
    asked(first)
    add(6)
    with unguarded("ledger_cosignature", "ledger_witnessed") as owner:  # what it answered never arrived
        owner.execute("delete from ledger_witnessed; delete from ledger_cosignature")
    size = add(7)
    asked(Witnesses())

    assert Cosignature.objects.filter(checkpoint_id=size).count() == 3
    assert not alarms("witness_refused")


def test_a_database_put_back_to_an_old_backup_is_refused_and_named(three, tmp_path):
    _, named = three
    policy(tmp_path, named, 2)
    old = newest_checkpoint().size
    size = add(9)
    asked(Witnesses())
    with unguarded("ledger_cosignature", "ledger_witnessed", "ledger_leaf", "ledger_checkpoint", "ledger_entry") as owner:
        owner.execute("delete from ledger_witnessed; delete from ledger_cosignature")
        owner.execute("delete from ledger_checkpoint where size > %s", [old])
        owner.execute("delete from ledger_leaf where index >= %s", [old])
        owner.execute(
            "delete from ledger_entry where seq not in (select entry_id from ledger_leaf union select entry_id from ledger_witnesspolicy)"
        )
    world.sequenced()
    asked(Witnesses())

    said = alarms("witness_refused")
    assert len(said) == 3
    assert all(f"it has seen a log of {size} entries" in each["why"] for each in said)
    assert not Cosignature.objects.exists()


def test_a_log_that_was_rewritten_and_signed_with_the_stolen_key_is_refused(three, tmp_path):
    """Whoever owns the database and holds the key builds the whole log anew; fsck finds it sound, the witnesses do not."""
    _, named = three
    policy(tmp_path, named, 2)
    size = add(9)
    asked(Witnesses())
    with unguarded("ledger_entry", "ledger_checkpoint", "ledger_cosignature", "ledger_witnessed") as owner:
        owner.execute("delete from ledger_witnessed; delete from ledger_cosignature; delete from ledger_checkpoint")
        owner.execute(
            "update ledger_entry set body = body || '\\x20', leaf = sha256('\\x00'::bytea || body || '\\x20'::bytea) "
            "where seq = (select entry_id from ledger_leaf where index = 2)"
        )
    world.sequenced()
    later = add(4)
    asked(Witnesses())
    asked(Witnesses())

    said = alarms("witness_refused")
    assert [each["why"] for each in said] == ["the log does not go on from what it saw"] * 3
    assert {each["size"] for each in said} <= {later, later + 1, later + 2, later + 3}
    assert not Cosignature.objects.filter(checkpoint_id__gte=size).exists()


FALSE = {
    "a cosignature of nothing": lambda key: (
        Signer(key.name, bytes([7]) * 32, COSIGNATURE).sign("another\n1\nAA==\n", at=1_772_000_000).line()
    ),
    "of another": lambda key: Signer("elsewhere.example", bytes([7]) * 32, COSIGNATURE).sign("x\n", at=1).line(),
    "words": lambda key: "thank you\n",
    "nothing": lambda key: "",
}


@pytest.mark.parametrize("how", FALSE)
def test_a_false_cosignature_is_not_kept(how, tmp_path):
    add()
    key = Signer("false.example", bytes([7]) * 32, COSIGNATURE).verifier
    body = FALSE[how](key).encode()
    with listening(says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))) as address:
        policy(tmp_path, [(key, address)], 1)
        add()
        asked(Witnesses())

    assert not Cosignature.objects.exists()
    assert [each["why"] for each in alarms("witness_refused")] == ["its cosignature does not hold"]


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 301 x\r\nLocation: http://127.0.0.1:9/\r\n\r\n", b"\0\0", b"HTTP/1.1 409 x\r\nContent-Length: 3\r\n\r\n01\n"]
)
def test_other_answers_are_none(answer, tmp_path):
    add()
    with listening(says(answer)) as address:
        policy(tmp_path, [(Signer("odd.example", bytes([7]) * 32, COSIGNATURE).verifier, address)], 1)
        asked(Witnesses())

    assert not Cosignature.objects.exists()


def test_witnesses_that_were_silent_too_long_are_an_alarm_once_until_they_saw_it(three, tmp_path):
    each, named = three
    policy(tmp_path, [(named[0][0], "http://127.0.0.1:9"), *named[1:2]], 2, minutes=1)
    witnesses = Witnesses(patience=1.0, rest=0.1)
    add()
    asked(witnesses)
    silent = "select witnesses_silent_since()"
    with login("app") as app, login("owner") as owner:
        assert app.execute(silent).fetchone() == (None,)
        owner.execute("update ledger_clock set ahead_by = interval '2 minutes'")
        assert app.execute(silent).fetchone() != (None,)
        for _ in range(2):
            time.sleep(0.15)
            add()
            asked(witnesses)
        assert len(alarms("witnesses_silent")) == 1
        policy_lines = [(named[0][0], named[0][1]), *named[1:2]]
        policy(tmp_path, policy_lines, 2, minutes=1)
        owner.execute("update ledger_clock set ahead_by = interval '10 minutes'")
        time.sleep(0.15)
        assert app.execute(silent).fetchone() != (None,)
        add()
        asked(witnesses)
        assert app.execute(silent).fetchone() == (None,)
        owner.execute("update ledger_clock set ahead_by = interval '2 days'")
        world.sequenced()
        asked(witnesses)
        assert app.execute(silent).fetchone() == (None,), "a house in which nothing happens waits for nobody"


def test_only_the_worker_keeps_cosignatures_and_only_the_owner_names_witnesses(three, tmp_path):
    _, named = three
    policy(tmp_path, named[:1], 1)
    size = add()
    key = named[0][0]
    line = Signer(key.name, bytes(32), COSIGNATURE).sign("x\n", at=1).line()
    for role in ("app", "intake", "auditor"):
        with login(role) as other:
            for sql in (
                "ledger_keep_cosignature(1, 'x', 'x')",
                "ledger_witness_refused('x', 1, 'x')",
                "ledger_keep_timestamp(1, '')",
                "ledger_witnesses_alarm()",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    other.execute(f"select {sql}")
    with login("worker") as worker:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("select ledger_set_witnesses('', 0, '1 hour', '', '{}', '{}')")
        for vkey, said in ((named[1][0].vkey(), line), (key.vkey(), line), (key.vkey(), "x"), (key.vkey(), line[:-1])):
            with pytest.raises(psycopg.Error):
                worker.execute("select ledger_keep_cosignature(%s, %s, %s)", [size, vkey, said])
    with pytest.raises(CommandError, match="owner's login"):
        call_command("witnesses", tmp_path / "witnesses.toml", "--using", "auditor")
    with login("owner") as owner:
        for table in ("ledger_witnesspolicy", "ledger_witness", "ledger_cosignature", "ledger_witnessed"):
            for sql in (f"delete from {table}", f"update {table} set id = id"):
                asked(Witnesses())
                with pytest.raises(psycopg.Error, match="stay as they are"):
                    owner.execute(sql)


KEY = Signer("w.example", bytes(32), COSIGNATURE).verifier.vkey()
ONE = f'[[witness]]\nkey = "{KEY}"\naddress = "https://w.example"\n'
BAD = {
    "quorum = ": "no TOML",
    "silent_after_minutes = 5": "quorum must be a whole number between 0 and 0",
    f"quorum = 2\nsilent_after_minutes = 5\n{ONE}": "between 0 and 1",
    f"quorum = true\nsilent_after_minutes = 5\n{ONE}": "quorum must be a whole number",
    f"quorum = 1\n{ONE}": "silent_after_minutes must be a whole number between 1 and 43200",
    f"quorum = 1\nsilent_after_minutes = 5\n{ONE}{ONE}": "named twice",
    f"quorum = 1\nsilent_after_minutes = 5\nquota = 1\n{ONE}": "“quota” means nothing here",
    f"quorum = 1\nsilent_after_minutes = 5\n{ONE.replace('https://', '')}": "is no address",
    f"quorum = 1\nsilent_after_minutes = 5\n{ONE.replace('https://', 'https://me:pass@')}": "is no address",
    f"quorum = 1\nsilent_after_minutes = 5\n{ONE.replace(KEY, KEY[:-3])}": "witness 1",
    f"quorum = 1\nsilent_after_minutes = 5\n{ONE.replace(KEY, Signer('w.example', bytes(32)).verifier.vkey())}": "signs notes",
    "quorum = 0\nsilent_after_minutes = 5\nwitness = 3": r"\[\[witness\]\]",
    "quorum = 0\nsilent_after_minutes = 5\ntimestamps = 3": "timestamps: “3” is no address",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_policy_says_what_to_write(text, tmp_path):
    with pytest.raises(BadPolicy, match=BAD[text]):
        read_policy(text)
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("witnesses", tmp_path / "bad.toml", "--using", "owner")
    assert not alarms("set_witnesses")


def test_without_witnesses_the_newest_checkpoint_is_served_as_it_was_signed():
    size = add()
    asked(Witnesses())

    assert served_checkpoint() == newest_checkpoint().note == cosigned_checkpoint(size)
    assert not alarms("witnesses_silent")
    shown = StringIO()
    call_command("witnesses", stdout=shown)
    assert "the quorum is 0" in shown.getvalue()
