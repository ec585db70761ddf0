"""RFC 6962: the public vectors are decided as documented, and properties hold for trees of any size."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    nodes_of,
    root_of,
    span_hash,
)

PUBLIC = json.loads(Path(__file__).with_name("merkle_vectors.json").read_text(encoding="utf-8"))
HASHES = [base64.b64decode(each) for each in PUBLIC["hashes"]]
# The eight leaves of the Certificate Transparency tests (google/certificate-transparency-go, merkletree) and the root they have.
CT_LEAVES = [
    bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(count)]


def by_the_book(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, written out."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + by_the_book(hashes[:split]) + by_the_book(hashes[split:])).digest()


@pytest.mark.parametrize("vector", PUBLIC["inclusion"], ids=str)
def test_public_inclusion_vectors_are_decided_as_documented(vector):
    index, size, leaf, root, proof, good, _ = vector

    assert is_included(HASHES[leaf], index, size, [HASHES[each] for each in proof], HASHES[root]) is good


@pytest.mark.parametrize("vector", PUBLIC["consistency"], ids=str)
def test_public_consistency_vectors_are_decided_as_documented(vector):
    old, size, old_root, root, proof, good, _ = vector

    assert is_consistent(old, HASHES[old_root], size, HASHES[root], [HASHES[each] for each in proof]) is good


def test_both_kinds_of_vector_accept_some_and_refuse_most():
    for kind in ("inclusion", "consistency"):
        assert 4 < sum(vector[5] for vector in PUBLIC[kind]) < 10 < len(PUBLIC[kind])


@pytest.mark.parametrize("size", CT_ROOTS)
def test_the_roots_of_the_ct_leaves(size):
    assert root_of([leaf_hash(each) for each in CT_LEAVES[:size]]).hex() == CT_ROOTS[size]


def test_the_empty_tree():
    assert root_of([]) == EMPTY_ROOT == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@given(st.integers(0, 300))
def test_the_root_is_the_one_of_the_book(size):
    assert root_of(leaves(size)) == by_the_book(leaves(size))


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proven_and_no_other_in_its_place(size, data):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(nodes_of(hashes), index, size)
    other = data.draw(st.integers(0, size - 1))

    assert is_included(hashes[index], index, size, proof, root_of(hashes))
    assert is_included(hashes[index], other, size, proof, root_of(hashes)) is (other == index)
    assert is_included(hashes[other], index, size, proof, root_of(hashes)) is (other == index)


@given(st.integers(1, 300), st.data())
def test_every_beginning_is_consistent_and_no_other_root_is(size, data):
    hashes = leaves(size)
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(nodes_of(hashes), old, size)
    other = leaf_hash(b"another")

    assert is_consistent(old, root_of(hashes[:old]), size, root_of(hashes), proof)
    assert not is_consistent(old, other, size, root_of(hashes), proof)
    assert not is_consistent(old, root_of(hashes[:old]), size, other, proof)
    assert span_hash(nodes_of(hashes), 0, old) == root_of(hashes[:old])


@settings(max_examples=60)
@given(st.integers(2, 70), st.data())
def test_no_flipped_bit_of_a_proof_is_accepted(size, data):
    hashes = leaves(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    nodes, root = nodes_of(hashes), root_of(hashes)
    for proof, accepts in (
        (inclusion_proof(nodes, index, size), lambda path: is_included(hashes[index], index, size, path, root)),
        (consistency_proof(nodes, old, size), lambda path: is_consistent(old, root_of(hashes[:old]), size, root, path)),
    ):
        assert accepts(proof)
        assert not accepts([*proof, proof[-1]])
        assert not accepts(proof[:-1])
        bit = data.draw(st.integers(0, len(proof) * 256 - 1))
        flipped = list(proof)
        flipped[bit // 256] = (int.from_bytes(proof[bit // 256], "big") ^ 1 << bit % 256).to_bytes(32, "big")
        assert not accepts(flipped)


@pytest.mark.parametrize("index", [-1, 4, 5])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index):
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_proof(nodes_of(leaves(4)), index, 4)


def test_no_proof_is_made_backwards():
    with pytest.raises(ValueError, match="does not come before"):
        consistency_proof(nodes_of(leaves(4)), 5, 4)


def test_leaves_and_nodes_are_hashed_apart():
    assert leaf_hash(b"a" * 64) != node_hash(b"a" * 32, b"a" * 32)
