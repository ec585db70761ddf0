"""Derives the whole log again from the exact bytes of its entries: places, tiles, roots and signatures, and names the first that is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db import connections, transaction

from ledger.asking import ask_database, ask_rows
from ledger.checkpoint import trusted_checkpoint
from ledger.log import log_key
from ledger.note import BadSignature, Verifier, read_note, read_signatures, read_vkey
from ledger.tiles import WIDE
from ledger.tree import EMPTY_ROOT, root_of

AT_A_TIME = 20_000


@dataclass(frozen=True, slots=True)
class Derived:
    """What was gone through, and the first thing that is wrong, if any."""

    entries: int
    checkpoints: int
    waiting: int
    first_wrong: str | None


class _Wrong(Exception):
    pass


def fsck(*, using: str = "default") -> Derived:
    """Go through the log once, in one picture of the database; memory stays flat."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
        walk = _Walk(using)
        try:
            walk.whole()
            wrong = None
        except _Wrong as found:
            wrong = str(found)
        waiting = ask_database("select (select count(*) from ledger_entry) - (select count(*) from ledger_leaf)", using=using)
    return Derived(walk.size, walk.checkpoints, waiting, wrong)


class _Walk:
    """Keeps, for each level of tiles, the hashes of the tile that is not full yet."""

    def __init__(self, using: str) -> None:
        self.using, self.size, self.checkpoints = using, 0, 0
        self.levels: list[list[bytes]] = [[]]
        self.last = (0, 0)

    def whole(self) -> None:
        known = log_key(using=self.using)
        signed = iter(ask_rows("select size, root, note from ledger_checkpoint order by size", using=self.using))
        due = next(signed, None)
        if due and not known:
            raise _Wrong("checkpoints are here, and no key of the log")
        for index, xid, seq, body, leaf in self._entries():
            self._place(index, xid, seq, bytes(body), bytes(leaf))
            while due and known and due[0] == self.size:
                self._checkpoint(due[0], bytes(due[1]), due[2], known[1])
                due = next(signed, None)
        if due:
            raise _Wrong(f"entry {self.size} is missing: the log signed {due[0]} entries")
        self._tiles_beyond()

    def _entries(self) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        with connections[self.using].chunked_cursor() as cursor:
            cursor.execute(
                "select l.index, e.xid::text::bigint, e.seq, e.body, e.leaf from ledger_leaf l join ledger_entry e on e.seq = l.entry_id order by l.index"
            )
            while rows := cursor.fetchmany(AT_A_TIME):
                yield from rows

    def _place(self, index: int, xid: int, seq: int, body: bytes, leaf: bytes) -> None:
        if index != self.size:
            raise _Wrong(f"entry {self.size} is missing")
        if (xid, seq) <= self.last:
            raise _Wrong(f"entry {index} stands out of order")
        if sha256(b"\x00" + body).digest() != leaf:
            raise _Wrong(f"entry {index} is not the one that was hashed")
        self.last, self.size = (xid, seq), index + 1
        self.levels[0].append(leaf)
        level = 0
        while len(self.levels[level]) == WIDE:
            hashes, number = self.levels[level], (self.size >> 8 * (level + 1)) - 1
            self._tile(level, number, hashes, root := root_of(hashes))
            self.levels[level] = []
            level += 1
            if len(self.levels) == level:
                self.levels.append([])
            self.levels[level].append(root)

    def _tile(self, level: int, number: int, hashes: list[bytes], root: bytes) -> None:
        rows = ask_rows("select hashes, root from ledger_tile where level = %s and number = %s", level, number, using=self.using)
        if not rows:
            raise _Wrong(f"tile {number} of level {level} is missing")
        stored = bytes(rows[0][0])
        for place, each in enumerate(hashes):
            if stored[place * 32 : place * 32 + 32] != each:
                first = (number * WIDE + place) << 8 * level
                raise _Wrong(f"entry {first} is not the one in tile {number} of level {level}")
        if bytes(rows[0][1]) != root or len(stored) != WIDE * 32:
            raise _Wrong(f"tile {number} of level {level} has another root")

    def _checkpoint(self, size: int, root: bytes, note: str, key: Verifier) -> None:
        self.checkpoints += 1
        try:
            found, _ = trusted_checkpoint(note.encode(), key)
        except (ValueError, BadSignature) as trouble:
            raise _Wrong(f"the checkpoint of {size} entries: {trouble}") from trouble
        if (found.size, found.root) != (size, root) or root != self._root():
            raise _Wrong(f"an entry before {size} is not the one that the log signed")
        self._cosignatures(size, note)

    def _cosignatures(self, size: int, note: str) -> None:
        text = read_note(note.encode()).text
        for vkey, line in ask_rows(
            "select vkey, line from ledger_cosignature where checkpoint_id = %s order by id", size, using=self.using
        ):
            key = read_vkey(vkey)
            try:
                (one,) = read_signatures(line.encode())
                key.signed_at(text, one.signature)
            except (ValueError, BadSignature):
                raise _Wrong(f"the cosignature of {key.name} on the checkpoint of {size} entries does not hold") from None

    def _root(self) -> bytes:
        root: list[bytes] = []
        for hashes in self.levels:
            if hashes or root:
                root = [root_of([*hashes, *root])]
        return root[0] if root else EMPTY_ROOT

    def _tiles_beyond(self) -> None:
        for level, count in ask_rows("select level, count(*) from ledger_tile group by level", using=self.using):
            if count != self.size >> 8 * (level + 1):
                raise _Wrong(f"level {level} has {count} tiles and should have {self.size >> 8 * (level + 1)}")
