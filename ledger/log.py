"""The log as it lies in the database: its tiles, its checkpoints, its keys. Reads only."""

from dataclasses import dataclass

from ledger.asking import ask_database, ask_rows
from ledger.canonical import NotCanonical
from ledger.note import Verifier, read_vkey
from ledger.tiles import Tile, bundle, nodes_from
from ledger.tree import Nodes


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """The newest checkpoint, or the one of a size."""

    size: int
    root: bytes
    note: str


def newest_checkpoint(*, using: str = "default") -> SignedCheckpoint | None:
    """Return the newest checkpoint, or None while nothing was signed."""
    rows = ask_rows("select size, root, note from ledger_checkpoint order by size desc limit 1", using=using)
    return SignedCheckpoint(rows[0][0], bytes(rows[0][1]), rows[0][2]) if rows else None


def served_checkpoint(*, using: str = "default") -> str | None:
    """Return the newest checkpoint that as many witnesses cosigned as the policy demands, with what they signed.

    Where no witnesses are demanded, or none has cosigned yet, the newest one with whatever cosignatures it has. None while nothing was signed.
    """
    size = ask_database(
        "select coalesce((select max(w.checkpoint_id) from ledger_witnessed w where w.policy_id = (select id from ledger_witnesspolicy order by id desc limit 1) "
        "and (select quorum from ledger_witnesspolicy order by id desc limit 1) > 0), (select max(size) from ledger_checkpoint))",
        using=using,
    )
    return None if size is None else cosigned_checkpoint(size, using=using)


def cosigned_checkpoint(size: int, *, using: str = "default", at_index: int | None = None) -> str:
    """Return a checkpoint with the cosignatures of the witnesses in force, or of those of the policy when the entry at an index was placed."""
    policy = "(ledger_policy_at(%s)).id" if at_index is not None else "(select max(id) from ledger_witnesspolicy)"
    rows = ask_rows(
        "select c.line from ledger_cosignature c join ledger_witness w on w.vkey = c.vkey "  # noqa: S608
        f"where c.checkpoint_id = %s and w.policy_id = {policy} order by w.id",
        *[size, *([] if at_index is None else [at_index])],
        using=using,
    )
    (note,) = ask_rows("select note from ledger_checkpoint where size = %s", size, using=using)[0]
    return str(note) + "".join(line for (line,) in rows)


def witnesses_at(index: int, *, using: str = "default") -> tuple[tuple[Verifier, ...], int]:
    """Return the witnesses of the policy when the entry at an index was placed, and how many of them it demands."""
    rows = ask_rows("select w.vkey from ledger_witness w where w.policy_id = (ledger_policy_at(%s)).id order by w.id", index, using=using)
    return tuple(read_vkey(vkey) for (vkey,) in rows), int(
        ask_database("select coalesce((ledger_policy_at(%s)).quorum, 0)", index, using=using)
    )


def read_tile(tile: Tile, *, using: str = "default") -> bytes:
    """Return the hashes of a tile. Raises NotCanonical where there are not so many."""
    found = ask_database("select ledger_tile_hashes(%s, %s, %s)", tile.level, tile.number, tile.width, using=using)
    if found is None:
        raise NotCanonical("the log has no such tile")
    return bytes(found)


def read_entries(tile: Tile, *, using: str = "default") -> bytes:
    """Return the entries of a bundle, in their exact bytes."""
    first = tile.number * 256
    rows = ask_rows(
        "select e.body from ledger_leaf l join ledger_entry e on e.seq = l.entry_id where l.index between %s and %s order by l.index",
        first,
        first + tile.width - 1,
        using=using,
    )
    if len(rows) != tile.width:
        raise NotCanonical("the log has no such bundle")
    return bundle([bytes(body) for (body,) in rows])


def nodes_at(size: int, *, using: str = "default") -> Nodes:
    """Answer with nodes of the log at this size."""
    return nodes_from(lambda tile: read_tile(tile, using=using), size)


def log_key(what: str = "log", *, using: str = "default") -> tuple[str, Verifier] | None:
    """Return the id in the keystore and the public half of the key of the log, or of its bundles; None before the first start."""
    rows = ask_rows("select key_id, vkey from ledger_logkey where what = %s", what, using=using)
    return (rows[0][0], read_vkey(rows[0][1])) if rows else None
