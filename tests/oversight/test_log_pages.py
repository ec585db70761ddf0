"""The log over HTTP: whoever has no account checks it with what is served, and reads no entry."""

import pytest
from django.test import Client

from ledger.checkpoint import trusted_checkpoint
from ledger.note import read_vkey
from ledger.tiles import Tile, cut, nodes_from, read_bundle, tiles_of
from ledger.tree import consistency_proof, inclusion_proof, is_consistent, is_included, leaf_hash, span_hash
from tests import world
from tests.database import login
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker"])


@pytest.fixture
def grown(transactional_db):
    """A log that grew and was signed twice; the sizes."""
    sizes = []
    with login("owner") as owner:
        owner.execute("insert into ledger_kind(kind, function_only, meaning) values ('note', false, 'tests')")
    for count in (290, 77):
        with login("app") as app:
            app.execute("select ledger_append('note', 'house', jsonb_build_object('n', n)) from generate_series(1, %s) n", [count])
        sizes.append(world.sequenced().size)
    return sizes


def served(path: str) -> bytes:
    answer = Client().get(f"/log/{path}")
    assert answer.status_code == 200, path
    return answer.content


def test_an_outsider_proves_inclusion_and_consistency_from_what_is_served(grown):
    old, size = grown
    key = read_vkey(served("key").decode().strip())
    found, _ = trusted_checkpoint(served("checkpoint"), key)
    nodes = nodes_from(lambda tile: served(f"tile/{tile.path()}"), size)
    leaves = cut(served("tile/0/000"), 256)

    assert found.size == size
    assert found.root == span_hash(nodes, 0, size)
    assert is_included(leaves[7], 7, size, inclusion_proof(nodes, 7, size), found.root)
    assert is_consistent(old, span_hash(nodes, 0, old), size, found.root, consistency_proof(nodes, old, size))


def test_every_tile_of_every_signed_size_is_served(grown):
    for size in grown:
        for tile in tiles_of(size):
            assert len(served(f"tile/{tile.path()}")) == tile.width * 32


def test_what_no_checkpoint_covers_is_not_served(grown):
    old, size = grown
    wide = size % 256
    for path in (
        "0/001",
        f"0/001.p/{wide + 1}",
        "1/000",
        "1/000.p/2",
        "2/000",
        "0/002.p/1",
        "0/0",
        "0/000.p/0",
        "0/x000/000",
        "x",
        "../key",
    ):
        assert Client().get(f"/log/tile/{path}").status_code == 404, path


def test_how_long_what_is_served_may_be_kept(grown):
    assert Client().get("/log/checkpoint").headers["Cache-Control"] == "public, max-age=1"
    assert Client().get("/log/checkpoint").headers["Content-Type"] == "text/plain; charset=utf-8"
    tile = Client().get("/log/tile/0/000")
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"]
    assert not tile.cookies


def test_the_bytes_of_entries_go_to_auditors_alone(grown):
    size = grown[1]
    path = f"/log/tile/{Tile(None, 1, size - 256).path()}"
    bundle = signed_in("otto").get(path)

    assert bundle.status_code == 200
    assert [leaf_hash(each) for each in read_bundle(bundle.content)] == list(cut(served(f"tile/0/001.p/{size - 256}"), size - 256))
    assert "no-store" in bundle.headers["Cache-Control"]
    assert signed_in("dana").get(path).status_code == 404
    assert Client().get(path).headers["Location"].startswith("/sign-in")


def test_a_log_that_was_never_signed_serves_nothing(transactional_db):
    for path in ("checkpoint", "key", "tile/0/000.p/1"):
        assert Client().get(f"/log/{path}").status_code == 404
