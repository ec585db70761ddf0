"""The C2SP formats: what the specifications show is read, and what could be written in another way is refused."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import NotCanonical, base64_bytes, number
from ledger.checkpoint import Checkpoint, read_checkpoint, trusted_checkpoint
from ledger.note import COSIGNATURE, BadSignature, Note, Signer, read_note, read_signatures, read_vkey, signed_note, verified
from ledger.proof import TlogProof, proven, read_proof
from ledger.tiles import Tile, bundle, nodes_from, read_bundle, read_path, tiles_of
from ledger.tree import EMPTY_ROOT, inclusion_proof, leaf_hash, nodes_of, root_of

# From c2sp.org/signed-note, "Example".
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# From c2sp.org/tlog-checkpoint; its keys are not published, so it is read and not verified.
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
LOG = Signer("example.com/log", bytes(range(32)))
WITNESS = Signer("witness.example/w", bytes(range(1, 33)), COSIGNATURE)
ENTRIES = [b"entry %d" % n for n in range(700)]
LEAVES = [leaf_hash(each) for each in ENTRIES]


def checkpoint(size: int = 700, *, signer: Signer = LOG) -> str:
    text = Checkpoint("example.com/log", size, root_of(LEAVES[:size])).text()
    return signed_note(text, [signer.sign(text), WITNESS.sign(text, at=1679315147)])


def test_the_published_note_verifies():
    verifier = read_vkey(KEY)

    assert verifier.vkey() == KEY
    assert verified(read_note(NOTE.encode()), [verifier]) == {verifier: None}
    assert read_note(NOTE.encode()).said() == NOTE


def test_no_flipped_bit_of_the_published_note_verifies():
    raw, verifier = bytearray(NOTE.encode()), read_vkey(KEY)
    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        with contextlib.suppress(NotCanonical, BadSignature):
            assert verifier not in verified(read_note(bytes(raw)), [verifier])
        raw[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no signature\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("foo ", "foo  "),
        NOTE.replace("foo ", "f+o "),
        NOTE.replace("aQM=", "aQM"),
        NOTE.replace("aQM=", "aQN="),  # the last bits of base64 are not zero
        NOTE.replace("This", "\tThis"),
        NOTE + "— a AAAA\n",  # a signature without a byte
        "text\n\n" + "— a AAAAAAA=\n" * 65,
    ],
)
def test_a_note_that_is_not_canonical_is_refused(text):
    with pytest.raises(NotCanonical):
        read_note(text.encode())


def test_a_note_that_is_no_text_is_refused():
    with pytest.raises(NotCanonical):
        read_note(b"\xff" + NOTE.encode())


def test_unknown_signatures_count_for_nothing_and_the_same_key_twice_is_refused():
    text = "words\n"
    mine, stranger = LOG.sign(text), Signer("stranger", bytes(32)).sign(text)

    assert verified(Note(text, (stranger,)), [LOG.verifier]) == {}
    assert verified(Note(text, (stranger, mine)), [LOG.verifier]) == {LOG.verifier: None}
    with pytest.raises(BadSignature, match="twice"):
        verified(Note(text, (mine, mine)), [LOG.verifier])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a+b",
        KEY.replace("530d903a", "530D903A"),
        KEY.replace("530d903a", "530d903b"),
        KEY + "=",
        KEY.replace("+Aek", "+Bek"),
        "+" + KEY,
    ],
)
def test_a_key_that_is_not_canonical_is_refused(key):
    with pytest.raises(NotCanonical):
        read_vkey(key)


def test_a_key_whose_base64_has_a_plus_is_read():
    seeds = (n.to_bytes(32, "big") for n in range(200))
    verifier = next(v for seed in seeds if "+" in (v := Signer("a.example", seed).verifier).vkey().split("+", 2)[2])

    assert read_vkey(verifier.vkey()) == verifier


def test_a_cosignature_says_its_time_and_the_time_is_signed():
    note = read_note(checkpoint().encode())
    cosigned = note.signatures[1]
    later = cosigned.signature[:7] + bytes([cosigned.signature[7] ^ 1]) + cosigned.signature[8:]

    assert verified(note, [LOG.verifier, WITNESS.verifier]) == {LOG.verifier: None, WITNESS.verifier: 1679315147}
    with pytest.raises(BadSignature):
        WITNESS.verifier.signed_at(note.text, later)
    with pytest.raises(BadSignature, match="no time"):
        WITNESS.verifier.signed_at(note.text, WITNESS.sign(note.text, at=0).signature)
    assert read_signatures(cosigned.line().encode()) == (cosigned,)


def test_the_published_checkpoint_is_read():
    found, note = read_checkpoint(CHECKPOINT.encode())

    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text() == note.text
    assert [each.name for each in note.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("\n20852163\n", "\n020852163\n"),
        ("\n20852163\n", "\n+20852163\n"),
        ("\n20852163\n", "\n 20852163\n"),
        ("\n20852163\n", "\n-1\n"),
        ("\n20852163\n", "\n\n"),
        ("\n20852163\n", "\n9223372036854775808\n"),
        ("\n20852163\n", "\n٣\n"),  # a digit, but not of ASCII
        ("\n20852163\n", "\n0\n"),  # the root of an empty tree is known
        ("q2I=\n\n", "q2I=\nextension\n\n"),
        ("q2I=\n\n", "q2I=\n\n\n"),
        ("q2I=\n\n", "q2J=\n\n"),
        ("CsUY", "Cs"),
        ("example.com/behind-the-sofa\n2", "\n2"),
        ("example.com/behind-the-sofa\n2", "example com\n2"),
    ],
)
def test_a_checkpoint_that_is_not_canonical_is_refused(was, becomes):
    with pytest.raises(NotCanonical):
        read_checkpoint(CHECKPOINT.replace(was, becomes, 1).encode())


def test_a_checkpoint_is_trusted_only_under_the_name_of_its_key():
    other = Signer("example.com/other", bytes(range(32)))

    assert trusted_checkpoint(checkpoint().encode(), LOG.verifier)[0].size == 700
    with pytest.raises(NotCanonical, match="not of example.com/other"):
        trusted_checkpoint(checkpoint(signer=other).encode(), other.verifier)
    with pytest.raises(NotCanonical, match="did not sign"):
        trusted_checkpoint(checkpoint(signer=other).encode(), LOG.verifier)


@pytest.mark.parametrize("text", ["00", "01", "", "+1", "1 ", "1_0", "²", "9223372036854775808", "1" * 40])
def test_a_number_is_written_in_one_way(text):
    with pytest.raises(NotCanonical):
        number(text)


@given(st.integers(0, 2**63 - 1))
def test_every_number_is_read_back(value):
    assert number(str(value)) == value


@given(st.binary(max_size=40), st.data())
def test_base64_is_written_in_one_way(raw, data):
    text = base64.b64encode(raw).decode()
    assert base64_bytes(text) == raw
    if text:
        at = data.draw(st.integers(0, len(text) - 1))
        with pytest.raises(NotCanonical):
            base64_bytes(text[:at] + "\n" + text[at:])


# c2sp.org/tlog-tiles: index 1234067 is x001/x234/067, and what a tree of 70,000 and one of 256 need.
@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(0, 0), "0/000"),
        (Tile(1, 999, 17), "1/999.p/17"),
        (Tile(63, 1000), "63/x001/000"),
        (Tile(None, 273, 112), "entries/273.p/112"),
        (Tile(None, 5), "entries/005"),
    ],
)
def test_tiles_lie_where_the_specification_says(tile, path):
    assert tile.path() == path
    assert read_path(path) == tile


@pytest.mark.parametrize(
    "path",
    ["0/0", "0/0000", "00/000", "64/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/x000/000", "0/001/002", "0/x001", "0/000/", "/0/000",
     "0/000.p/", "-1/000", "a/000", "entries", "entries/0", "0/٠٠٠", "0/000.p/1\n", "0/" + "x999/" * 12 + "000", "data/000"],
)  # fmt: skip
def test_no_tile_lies_elsewhere(path):
    with pytest.raises(NotCanonical):
        read_path(path)


def test_what_a_tree_of_70000_has():
    tiles = list(tiles_of(70_000))

    assert sum(each.level == 0 and each.width == 256 for each in tiles) == 273
    assert [each for each in tiles if each.level or each.width < 256] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []
    assert all(each.covered_by(70_000) for each in tiles)
    assert not any(each.covered_by(69_999) for each in (Tile(0, 273, 112), Tile(0, 273)))


def test_proofs_from_tiles_are_those_of_the_tree():
    leaves = [leaf_hash(b"%d" % n) for n in range(66_000)]
    levels = [leaves, [root_of(leaves[at : at + 256]) for at in range(0, 65_793, 256)][:257]]
    levels.append([root_of(levels[1][:256])])
    asked = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        assert tile.covered_by(66_000)
        return b"".join(levels[tile.level or 0][tile.number * 256 : tile.number * 256 + tile.width])

    by_tile, straight = nodes_from(read, 66_000), nodes_of(leaves)
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        assert inclusion_proof(by_tile, index, 66_000) == inclusion_proof(straight, index, 66_000)
    assert len(set(asked)) == len(asked)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_are_read_back_and_no_shorter_one_is_the_same(entries):
    raw = bundle(entries)

    assert read_bundle(raw) == entries
    if raw and entries[-1]:
        with pytest.raises(NotCanonical):
            read_bundle(raw[:-1])


def test_an_entry_too_long_for_a_bundle_is_refused():
    assert read_bundle(bundle([b"x" * 65_535]))
    with pytest.raises(NotCanonical):
        bundle([b"x" * 65_536])


def proof(index: int = 5, size: int = 700) -> str:
    return TlogProof(index, tuple(inclusion_proof(nodes_of(LEAVES), index, size)), checkpoint(size)).said()


def test_a_proof_proves_its_entry_and_no_other():
    assert proven(ENTRIES[5], proof().encode(), LOG.verifier)[0] == 5
    assert read_proof(proof().encode()).said() == proof()
    with pytest.raises(NotCanonical, match="does not stand"):
        proven(ENTRIES[6], proof().encode(), LOG.verifier)


def test_no_flipped_bit_of_a_proof_is_accepted_but_in_what_unknown_keys_signed():
    raw = bytearray(proof().encode())
    unknown = len(raw) - len(WITNESS.sign("x\n", at=1).line().encode())
    for bit in range(unknown * 8):
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NotCanonical, BadSignature)):
            proven(ENTRIES[5], bytes(raw), LOG.verifier)
        raw[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("@v1", "@v2"),
        ("@v1\n", "@v1\n\n"),
        ("@v1\n", "@v1\nextra AA\n"),
        ("@v1\n", "@v1\nextra AB==\n"),
        ("@v1\n", "@v1\nextra\n"),
        ("@v1\n", "@v1\nextra AA==\nextra AA==\n"),
        ("index 5\n", "index 5\nextra AA==\n"),
        ("index 5\n", "index 9223372036854775808\n"),
        ("index 5\n", "index -5\n"),
        ("index 5\n", "index 700\n"),
        ("index 5\n", "index 5\r\n"),
        ("index 5\n", "index 05\n"),
        ("index 5\n", "index  5\n"),
        ("index 5\n", ""),
        ("index 5\n", "index 5\n" + base64.b64encode(bytes(32)).decode() + "\n"),
        ("index 5\n", "index 5\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 64),
        ("index 5\n", "index 5\nAAAA\n"),
        ("\n\nexample", "\nexample"),
        ("\n\nexample", "\n\n\nexample"),
    ],
)
def test_a_proof_that_is_not_canonical_is_refused(was, becomes):
    with pytest.raises(NotCanonical):
        proven(ENTRIES[5], proof().replace(was, becomes, 1).encode(), LOG.verifier)


def test_what_others_put_beside_a_proof_is_read_and_vouches_for_nothing():
    raw = proof().replace("@v1\n", "@v1\nextra YWdlLXY=\n", 1)

    assert (read_proof(raw.encode()).extra, read_proof(proof().encode()).extra) == (b"age-v", None)
    assert read_proof(raw.encode()).said() == raw
    assert proven(ENTRIES[5], raw.encode(), LOG.verifier)[0] == 5


def test_the_checkpoint_of_an_empty_log():
    text = Checkpoint("example.com/log", 0, EMPTY_ROOT).text()

    assert trusted_checkpoint(signed_note(text, [LOG.sign(text)]).encode(), LOG.verifier)[0].size == 0
