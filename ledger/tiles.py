"""The layout of C2SP tlog-tiles: where a tile lies, what a tree of some size needs, and how entries stand in a bundle."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.canonical import NotCanonical
from ledger.tree import HASH, Nodes, root_of

HEIGHT, WIDE = 8, 256
LONGEST = 65535
PLACE = re.compile(
    r"(?:(?P<level>0|[1-9]\d?)|(?P<entries>entries))/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, or a bundle of entries where ``level`` is None; ``width`` is 256 where it is full."""

    level: int | None
    number: int
    width: int = WIDE

    def path(self) -> str:
        """Return the address below ``tile/``."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])
        part = "" if self.width == WIDE else f".p/{self.width}"
        return f"{'entries' if self.level is None else self.level}/{number}{part}"

    def covered_by(self, size: int) -> bool:
        """Whether a tree of that size has every hash of this tile."""
        return self.number * WIDE + self.width <= size >> (HEIGHT * (self.level or 0))


def read_path(path: str) -> Tile:
    """Read the address below ``tile/``. Raises NotCanonical for any other writing of it."""
    found = PLACE.fullmatch(path)
    if not found or len(path) > 60:
        raise NotCanonical("no tile lies at this address")
    number = int(found["number"].replace("x", "").replace("/", ""))
    tile = Tile(None if found["entries"] else int(found["level"]), number, int(found["width"] or WIDE))
    if tile.path() != path or (tile.level or 0) > 63 or number >= 1 << 55:
        raise NotCanonical("no tile lies at this address")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile of hashes that a tree of this size has, partial ones too."""
    level = 0
    while wide := size >> (HEIGHT * level):
        full, part = divmod(wide, WIDE)
        yield from (Tile(level, number) for number in range(full))
        if part:
            yield Tile(level, full, part)
        level += 1


def nodes_from(read: Callable[[Tile], bytes], size: int) -> Nodes:
    """Answer with nodes of a tree of this size, read from its tiles; each tile is read once."""

    @lru_cache(maxsize=1024)
    def hashes(level: int, number: int) -> tuple[bytes, ...]:
        width = min(WIDE, (size >> (HEIGHT * level)) - number * WIDE)
        return cut(read(Tile(level, number, width)), width)

    @lru_cache(maxsize=8192)
    def node(level: int, index: int) -> bytes:
        height = level % HEIGHT
        first = index << height
        place = first % WIDE
        return root_of(hashes(level // HEIGHT, first // WIDE)[place : place + (1 << height)])

    return node


def cut(tile: bytes, width: int) -> tuple[bytes, ...]:
    """Return the hashes of a tile. Raises NotCanonical where there are not so many."""
    if len(tile) != width * HASH:
        raise NotCanonical(f"a tile of {width} hashes has {width * HASH} bytes, this one {len(tile)}")
    return tuple(tile[at : at + HASH] for at in range(0, len(tile), HASH))


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as they stand in an entry bundle: each after its length in two bytes."""
    if any(len(entry) > LONGEST for entry in entries):
        raise NotCanonical(f"an entry has at most {LONGEST} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(raw: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises NotCanonical where it ends within one."""
    entries, at = [], 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        at += 2 + length
        if at > len(raw):
            raise NotCanonical("the bundle ends within an entry")
        entries.append(raw[at - length : at])
    return entries
