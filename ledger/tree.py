"""RFC 6962 hashing and proofs. Knows hashes only; where the nodes lie is the caller's matter.

``Nodes`` answers with the hash of a complete subtree: ``nodes(level, index)`` spans the leaves from ``index << level`` on, ``1 << level`` of them.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH = 32
EMPTY_ROOT = sha256(b"").digest()

Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node."""
    return sha256(b"\x01" + left + right).digest()


def level_above(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the next level; an odd last hash goes up as it is."""
    each = iter(hashes)
    above = [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]
    if len(hashes) % 2:
        above.append(hashes[-1])
    return above


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, one hash for each interior node."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        hashes = level_above(hashes)
    return hashes[0]


def nodes_of(hashes: Sequence[bytes]) -> Nodes:
    """Keep every level of a tree in memory and answer from it."""
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        levels.append(level_above(levels[-1][: len(levels[-1]) // 2 * 2]))
    return lambda level, index: levels[level][index]


def span_hash(nodes: Nodes, start: int, end: int) -> bytes:
    """Return the hash over the leaves from ``start`` to before ``end``; ``start`` is a multiple of what the tree splits at."""
    if start == end:
        return EMPTY_ROOT
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(nodes(level, start >> level))
        start += 1 << level
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the path of a leaf, its sibling first (RFC 6962, 2.1.1). Raises ValueError for a leaf that is not there."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(span_hash(nodes, middle, end))
            end = middle
        else:
            path.append(span_hash(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """Return the proof that the first ``old`` leaves stayed (RFC 6962, 2.1.2); nothing to prove from 0, or from a size to itself."""
    if not 0 <= old <= size:
        raise ValueError(f"{old} does not come before {size}")
    if old in (0, size):
        return []
    start, end, whole, path = 0, size, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(span_hash(nodes, middle, end))
            end = middle
        else:
            path.append(span_hash(nodes, start, middle))
            start, whole = middle, False
    return [*([] if whole else [span_hash(nodes, start, end)]), *path[::-1]]


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof binds the leaf at that index to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    place, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``old`` leaves is the beginning of the other (RFC 9162, 2.1.4.2).

    From size 0 nothing is proven, so it is refused, as the public vectors have it; a witness sees to its first checkpoint itself.
    """
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    if not proof or not _are_hashes([old_root, root, *proof]):
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(each, before), node_hash(each, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, each)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH for value in values)
