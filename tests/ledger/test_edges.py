"""The edges of the formats: each is decided as the specification says, and where Go's own library differs it is written here how."""

import base64
import json
from pathlib import Path

import pytest

from ledger import verify
from ledger.canonical import NotCanonical, b64
from ledger.note import BadSignature, Signer, read_note, verified
from ledger.tree import EMPTY_ROOT, consistency_proof, inclusion_proof, is_consistent, is_included, leaf_hash, nodes_of, root_of
from tests.ledger.gos_own import Question, answers, asked, build, why_not

LOG = Signer("example.com/log", bytes(range(32)))
STRANGER = Signer("example.com/log", bytes(range(1, 33)))  # the same name, another key
TEXT = "example.com/log\n3\n" + b64(bytes(32)) + "\n"


def note(text: str = TEXT, *lines: str) -> str:
    return f"{text}\n" + "".join(lines or [LOG.sign(text).line()])


SIGNED, BY_STRANGER = LOG.sign(TEXT).line(), STRANGER.sign(TEXT).line()
FALSE = LOG.sign("something else\n").line()
NOTES = {  # what it is: (the note, whether the log is taken to have signed it here, and by Go)
    "as it should be": (note(), True, True),
    "a text of one newline": (note("\n"), True, True),
    "a text with an empty line": (note("one\n\ntwo\n"), True, True),
    "a text with a line that looks like a signature": (note("one\n\n" + SIGNED), True, True),
    "extension lines, as a note": (note(TEXT + "more\n"), True, True),
    "U+007F, which is no control character below the space": (note("\x7f\n"), True, True),
    "U+0085 in the text": (note("\x85\n"), True, True),
    "a key of the same name that is not known, before": (note(TEXT, BY_STRANGER, SIGNED), True, True),
    "the same unknown line twice": (note(TEXT, BY_STRANGER, BY_STRANGER, SIGNED), True, True),
    "sixteen unknown lines": (note(TEXT, *[BY_STRANGER] * 16, SIGNED), True, True),
    "nobody who is known": (note(TEXT, BY_STRANGER), False, False),
    "a signature over another text": (note(TEXT, FALSE), False, False),
    "a false one by the known key, then a true one": (note(TEXT, FALSE, SIGNED), False, False),
    "the true one twice": (note(TEXT, SIGNED, SIGNED), False, True),
    "a true one, then a false one": (note(TEXT, SIGNED, FALSE), False, True),
    "eighty unknown lines": (note(TEXT, *[BY_STRANGER] * 80, SIGNED), False, True),
    "a hundred and one lines": (note(TEXT, *[BY_STRANGER] * 100, SIGNED), False, False),
    "the hash of another key": (note(TEXT, SIGNED.replace(b64(LOG.verifier.key_id)[:5], b64(STRANGER.verifier.key_id)[:5], 1)), False, False),
    "no signature": (TEXT + "\n", False, False),
    "nothing": ("", False, False),
    "an empty line after the signatures": (note() + "\n", False, False),
    "a line after the signatures": (note() + "more\n", False, False),
    "no newline at the end": (note()[:-1], False, False),
    "CRLF": (note().replace("\n", "\r\n"), False, False),
    "CRLF in the signatures": (note()[:-1] + "\r\n", False, False),
    "a tab in the text": (note("\t\n"), False, False),
    "NUL in the text": (note("\0\n"), False, False),
    "a hyphen for the dash": (note().replace("— ", "- "), False, False),
    "two spaces": (note().replace("— example.com/log ", "— example.com/log  "), False, False),
    "a space that is none of ASCII in the name": (note().replace("— example.com/log ", "— example.com/\u2003log "), False, False),
    "a name with a plus": (note().replace("— example.com/log ", "— example+com "), False, False),
    "no name": (note().replace("— example.com/log ", "—  "), False, False),
    "base64 without its padding": (note(TEXT, SIGNED.rstrip("=\n") + "\n"), False, False),
    "base64 for addresses": (note(TEXT, SIGNED.replace("/", "_").replace("+", "-").replace("com_log", "com/log")), False, False),
    "base64 whose last bits are not zero": (note(TEXT, SIGNED[:-3] + chr(ord(SIGNED[-3]) + 1) + SIGNED[-2:]), False, True),
    "a signature cut short": (note(TEXT, f"— example.com/log {b64(LOG.verifier.key_id + LOG.sign(TEXT).signature[:-1])}\n"), False, False),
    "four bytes": (note(TEXT, f"— example.com/log {b64(LOG.verifier.key_id)}\n", SIGNED), False, False),
}  # fmt: skip


def is_taken(raw: bytes) -> bool:
    try:
        return LOG.verifier in verified(read_note(raw), [LOG.verifier])
    except (NotCanonical, BadSignature):
        return False


@pytest.mark.parametrize("what", NOTES)
def test_notes_at_the_edge(what):
    raw, here, _ = NOTES[what]
    assert is_taken(raw.encode()) is here


@pytest.mark.parametrize("raw", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"], ids=bytes.hex)
def test_what_is_no_utf_8_is_no_note(raw):
    signed = note().encode()
    assert is_taken(signed)
    assert not is_taken(raw + signed)


HASHES = [leaf_hash(b"%d" % n) for n in range(20)]
NODES, ROOTS = nodes_of(HASHES), [root_of(HASHES[:size]) for size in range(21)]


def every_pair() -> list[Question]:
    """Each proof of a tree of up to nine leaves, asked about every index and size, and with a hash too many, too few, and none."""
    found = []
    for size in range(1, 10):
        for index in range(size):
            path = inclusion_proof(NODES, index, size)
            for other in (path, [*path, HASHES[0]], path[:-1], []):
                found += [asked("inclusion", s, ROOTS[s], i, HASHES[index], other) for s in range(10) for i in range(s + 2)]
        for old in range(size + 1):
            path = consistency_proof(NODES, old, size)
            for other in (path, [*path, HASHES[0]], path[:-1], []):
                found += [asked("consistency", s, ROOTS[s], o, ROOTS[old], other) for s in range(10) for o in range(s + 2)]
    return found


def decided(question: Question) -> bool:
    root, value, *proof = (verify.b64(each) for each in (question["Root"], question["Hash"], *question["Proof"]))
    if question["What"] == "inclusion":
        return is_included(value, question["At"], question["Size"], proof, root)
    return is_consistent(question["At"], value, question["Size"], root, proof)


def decided_in_a_bundle(question: Question) -> bool:
    root, value, *proof = (verify.b64(each) for each in (question["Root"], question["Hash"], *question["Proof"]))
    try:
        if question["What"] == "inclusion":
            return verify.included(value, question["At"], question["Size"], proof, root)
        return verify.consistent(question["At"], value, question["Size"], root, proof)
    except verify.Refused:
        return False


PUBLIC = json.loads(Path(__file__).with_name("merkle_vectors.json").read_text(encoding="utf-8"))
PUBLIC_HASHES = [base64.b64decode(each) for each in PUBLIC["hashes"]]


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_the_reader_of_bundles_decides_the_public_vectors_as_documented(kind):
    for one, size, value, root, places, good, what in PUBLIC[kind]:
        path = [PUBLIC_HASHES[each] for each in places]
        try:
            if kind == "inclusion":
                found = verify.included(PUBLIC_HASHES[value], one, size, path, PUBLIC_HASHES[root])
            else:
                found = verify.consistent(one, PUBLIC_HASHES[value], size, PUBLIC_HASHES[root], path)
        except verify.Refused:
            found = False
        assert found is good, what


def test_both_readers_decide_every_pair_of_sizes_alike():
    questions = every_pair()
    assert [decided(each) for each in questions] == [decided_in_a_bundle(each) for each in questions]
    assert sum(map(decided, questions)) > 100


@pytest.mark.parametrize("index", [-1, 3, 4, 2**32, 2**63 - 1, 2**63, 2**64 + 1])
def test_an_index_that_is_not_there(index):
    assert not is_included(HASHES[1], index, 3, inclusion_proof(NODES, 1, 3), ROOTS[3])
    assert not is_included(HASHES[0], index, 0, [], EMPTY_ROOT)


def test_a_tree_of_one_and_an_empty_one():
    assert is_included(HASHES[0], 0, 1, [], HASHES[0])
    assert not is_included(HASHES[0], 0, 1, [HASHES[1]], HASHES[0])
    assert not is_included(EMPTY_ROOT, 0, 0, [], EMPTY_ROOT)
    assert is_consistent(1, HASHES[0], 1, HASHES[0], [])
    assert not is_consistent(1, HASHES[0], 1, HASHES[0], [HASHES[0]])
    assert not is_consistent(0, EMPTY_ROOT, 5, ROOTS[5], [])
    assert not is_consistent(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert not is_consistent(5, ROOTS[5], 3, ROOTS[3], consistency_proof(NODES, 3, 5))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_of_another_length(length):
    odd = bytes(length)
    assert not is_included(odd, 0, 1, [], odd)
    assert not verify.included(odd, 0, 1, [], odd)
    assert not is_consistent(1, HASHES[0], 2, ROOTS[2], [odd])
    assert not is_included(HASHES[0], 0, 2, [odd], ROOTS[2])


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "everything is here")
def test_gos_own_libraries_decide_as_is_written_here(tmp_path: Path):
    go, key = build(tmp_path), LOG.verifier.vkey()
    questions = every_pair()
    by_go = answers(go, [{"What": "note", "Key": key, "Note": raw} for raw, _, _ in NOTES.values()])

    assert dict(zip(NOTES, by_go, strict=True)) == {what: gos for what, (_, _, gos) in NOTES.items()}
    assert answers(go, questions) == [decided(each) for each in questions]
