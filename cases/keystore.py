"""Keys of cases and galleries, wrapped, in a store of their own: destroying a key destroys the faces under it everywhere."""

import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.keyed import KeysAway

NONCE = 12


class KeyDestroyed(LookupError):
    """There is no such key: it was destroyed, or it never was."""


class KeystoreAway(KeysAway):
    """The keystore cannot be reached; nothing is sealed or opened meanwhile."""


class SealBroken(ValueError):
    """Sealed bytes were altered, or belong to another image or key."""


class Keystore(Protocol):
    """Where keys are kept. A KMS may stand behind it."""

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

    Safe for several processes; every key is on disk (fsync) before its id is returned.
    """

    def __init__(self, path: str | Path, master_key_file: str | Path) -> None:
        self.path, self.master_key_file = Path(path), Path(master_key_file)

    def create(self, owner: str) -> str:
        """Make a key for ``owner`` and return its id."""
        key_id = uuid.uuid4().hex
        wrapped = seal(self._master(), secrets.token_bytes(32), aad=self._bind(key_id, owner))
        with self._open() as store:
            store.execute("insert into wrapped_key(id, owner, wrapped) values (?, ?, ?)", (key_id, owner, wrapped))
        return key_id

    def key(self, key_id: str) -> bytes:
        """Return a key in clear. Raises KeyDestroyed, KeystoreAway or SealBroken."""
        with self._open() as store:
            row = store.execute("select owner, wrapped from wrapped_key where id = ?", (key_id,)).fetchone()
        if row is None:
            raise KeyDestroyed(f"there is no key {key_id}")
        return open_sealed(self._master(), row[1], aad=self._bind(key_id, row[0]))

    def destroy(self, key_id: str) -> None:
        """Overwrite and delete a key; doing it again changes nothing."""
        with self._open() as store:
            store.execute("update wrapped_key set wrapped = randomblob(length(wrapped)) where id = ?", (key_id,))
            store.execute("delete from wrapped_key where id = ?", (key_id,))

    def exists(self, key_id: str) -> bool:
        """Whether the key is there."""
        with self._open() as store:
            return store.execute("select 1 from wrapped_key where id = ?", (key_id,)).fetchone() is not None

    @staticmethod
    def _bind(key_id: str, owner: str) -> bytes:
        return f"{key_id}\x00{owner}".encode()

    def _master(self) -> bytes:
        try:
            master = bytes.fromhex(self.master_key_file.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as trouble:
            raise KeystoreAway(f"the master key cannot be read: {trouble}") from trouble
        if len(master) != 32:
            raise KeystoreAway("the master key must be 32 bytes in hexadecimal")
        return master

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            store = sqlite3.connect(self.path, timeout=10)
        except (OSError, sqlite3.Error) as trouble:
            raise KeystoreAway(f"the keystore cannot be opened: {trouble}") from trouble
        try:
            store.execute("pragma synchronous = full")
            store.execute("pragma secure_delete = on")
            store.execute("create table if not exists wrapped_key(id text primary key, owner text not null, wrapped blob not null)")
            yield store
            store.commit()
        except sqlite3.Error as trouble:
            raise KeystoreAway(f"the keystore cannot be used: {trouble}") from trouble
        finally:
            store.close()
