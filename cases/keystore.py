"""Keys of cases and galleries, wrapped, in a store of their own: destroying a key destroys the faces under it everywhere."""

import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.keyed import KeysAway

NONCE = 12
MARK = "the mark of the house"  # the row that every keystore has from the day it was made; it opens under the master key of its house alone
WHAT_TO_DO = (
    "Mount the volume it lies on, or restore it from its backup; “manage.py make_keystore” then says whether it is the right one. "
    "It is made once, with a new house, and never again by itself."
)


class KeyDestroyed(LookupError):
    """There is no such key: it was destroyed, or it never was."""


class KeystoreAway(KeysAway):
    """The keystore cannot be reached; nothing is sealed or opened meanwhile."""


class SealBroken(ValueError):
    """Sealed bytes were altered, or belong to another image or key."""


class Keystore(Protocol):
    """Where keys are kept. A KMS may stand behind it."""

    def make(self) -> bool: ...
    def mark(self) -> bool: ...
    def check(self) -> None: ...
    def create(self, owner: str) -> str: ...
    def key(self, key_id: str) -> bytes: ...
    def destroy(self, key_id: str) -> None: ...
    def exists(self, key_id: str) -> bool: ...


def seal(key: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    """Return nonce and AES-256-GCM ciphertext; ``aad`` binds them to what they belong to."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_sealed(key: bytes, blob: bytes, *, aad: bytes) -> bytes:
    """Return the plaintext. Raises SealBroken if a single bit, the key or the binding differs."""
    try:
        return AESGCM(key).decrypt(blob[:NONCE], blob[NONCE:], aad)
    except (InvalidTag, ValueError) as trouble:
        raise SealBroken("sealed bytes do not open: they were altered or belong elsewhere") from trouble


class FileKeystore:
    """The default: one SQLite file, mode 0600, AES-256 keys wrapped under a master key kept in another file.

    Safe for several processes; every key is on disk (fsync) before its id is returned. The file is made once, by ``make``, with the mark of
    its house in it. One that is missing, that has no mark or that of another house is away, whatever is asked of it: a key that is not in
    it was not destroyed.
    """

    def __init__(self, path: str | Path, master_key_file: str | Path) -> None:
        self.path, self.master_key_file = Path(path), Path(master_key_file)

    def make(self) -> bool:
        """Make the file, marked and without keys, and return True; False where the one of this house is there. Raises KeystoreAway."""
        master = self._master()
        part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}.part")
        try:
            if self.path.exists():
                self.mark()
                return False
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with self._connected(part) as store:
                store.execute("create table wrapped_key(id text primary key, owner text not null, wrapped blob not null)")
                self._write_mark(store, master)
            os.link(part, self.path)  # whole, or not at all; of two that are made at once one stays
            _sync_folder(self.path.parent)
        except FileExistsError:
            self.check()
            return False
        except OSError as trouble:
            raise KeystoreAway(f"the keystore cannot be made: {trouble}") from trouble
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return True

    def mark(self) -> bool:
        """Mark a keystore from before there were marks, if it has keys and each opens, and return True; False where it is marked. Raises KeystoreAway."""
        master = self._master()
        with self._connected(self.path) as store:
            rows = store.execute("select id, owner, wrapped from wrapped_key").fetchall()
            if any(row[0] == MARK for row in rows) or not rows:
                self._judge(store, master)
                return False
            try:
                for key_id, owner, wrapped in rows:
                    open_sealed(master, wrapped, aad=self._bind(key_id, owner))
            except SealBroken:
                raise self._of_another_house() from None
            self._write_mark(store, master)
        return True

    def check(self) -> None:
        """Raise KeystoreAway, saying what is wrong and what to do, unless the keystore of this house is there."""
        with self._open():
            pass

    def create(self, owner: str) -> str:
        """Make a key for ``owner`` and return its id."""
        key_id = uuid.uuid4().hex
        with self._open() as (store, master):
            wrapped = seal(master, secrets.token_bytes(32), aad=self._bind(key_id, owner))
            store.execute("insert into wrapped_key(id, owner, wrapped) values (?, ?, ?)", (key_id, owner, wrapped))
        return key_id

    def key(self, key_id: str) -> bytes:
        """Return a key in clear. Raises KeyDestroyed, KeystoreAway or SealBroken."""
        with self._open() as (store, master):
            row = store.execute("select owner, wrapped from wrapped_key where id = ?", (key_id,)).fetchone()
        if row is None:
            raise KeyDestroyed(f"there is no key {key_id}")
        return open_sealed(master, row[1], aad=self._bind(key_id, row[0]))

    def destroy(self, key_id: str) -> None:
        """Overwrite and delete a key; doing it again changes nothing."""
        with self._open() as (store, _):
            store.execute("update wrapped_key set wrapped = randomblob(length(wrapped)) where id = ?", (key_id,))
            store.execute("delete from wrapped_key where id = ?", (key_id,))

    def exists(self, key_id: str) -> bool:
        """Whether the key is there."""
        with self._open() as (store, _):
            return store.execute("select 1 from wrapped_key where id = ?", (key_id,)).fetchone() is not None

    @staticmethod
    def _bind(key_id: str, owner: str) -> bytes:
        return f"{key_id}\x00{owner}".encode()

    def _write_mark(self, store: sqlite3.Connection, master: bytes) -> None:
        wrapped = seal(master, secrets.token_bytes(32), aad=self._bind(MARK, MARK))
        store.execute("insert into wrapped_key(id, owner, wrapped) values (?, ?, ?) on conflict do nothing", (MARK, MARK, wrapped))

    def _master(self) -> bytes:
        try:
            master = bytes.fromhex(self.master_key_file.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as trouble:
            raise KeystoreAway(f"the master key cannot be read: {trouble}") from trouble
        if len(master) != 32:
            raise KeystoreAway("the master key must be 32 bytes in hexadecimal")
        return master

    def _judge(self, store: sqlite3.Connection, master: bytes) -> None:
        row = store.execute("select wrapped from wrapped_key where id = ?", (MARK,)).fetchone()
        if row is None:
            raise KeystoreAway(f"the keystore at {self.path} has no mark: nothing says that it is the one of this house. {WHAT_TO_DO}")
        try:
            open_sealed(master, row[0], aad=self._bind(MARK, MARK))
        except SealBroken:
            raise self._of_another_house() from None

    def _of_another_house(self) -> KeystoreAway:
        return KeystoreAway(
            f"the keystore at {self.path} and the master key at {self.master_key_file} are not of the same house. "
            f"Give the house its own master key, or its own keystore. {WHAT_TO_DO}"
        )

    @contextmanager
    def _open(self) -> Iterator[tuple[sqlite3.Connection, bytes]]:
        """The keystore of this house and its master key, read once."""
        master = self._master()
        with self._connected(self.path) as store:
            self._judge(store, master)
            yield store, master

    @contextmanager
    def _connected(self, path: Path) -> Iterator[sqlite3.Connection]:
        """A file that is there: none is ever made here."""
        try:
            if not path.exists():
                raise KeystoreAway(f"there is no keystore at {path}. {WHAT_TO_DO}")
            store = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)
        except (OSError, sqlite3.Error) as trouble:
            raise KeystoreAway(f"the keystore at {path} cannot be opened: {trouble}. {WHAT_TO_DO}") from trouble
        try:
            store.execute("pragma synchronous = full")
            store.execute("pragma secure_delete = on")
            yield store
            store.commit()
        except sqlite3.Error as trouble:
            raise KeystoreAway(f"the keystore at {path} cannot be used: {trouble}. {WHAT_TO_DO}") from trouble
        finally:
            store.close()


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
